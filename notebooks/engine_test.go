package notebooks

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// script is an engine whose cells are lists of commands, one a line, for the
// rules of collecting output; what Go cells do is tested with a real session.
type script struct {
	dir        string
	interrupts chan struct{}
}

var _ Engine = (*script)(nil)

func newScript(dir string) (Engine, error) {
	return &script{dir, make(chan struct{}, 9)}, nil
}

func (s *script) Interrupt()   { s.interrupts <- struct{}{} }
func (s *script) Close() error { return nil }

func (s *script) Execute(ctx context.Context, c show.Cell, sink show.Sink) (res show.Result) {
	for line := range strings.Lines(c.Source) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		text, err := strconv.Unquote(`"` + rest + `"`)
		if err != nil {
			panic(err)
		}
		if !s.command(ctx, sink, &res, name, text, c.Count) {
			break
		}
	}
	return res
}

// command runs one line and reports whether the cell goes on.
func (s *script) command(ctx context.Context, sink show.Sink, res *show.Result, name, text string, cell int) bool {
	word, rest, _ := strings.Cut(text, " ")
	switch name {
	case "", "#":
	case "stdout", "stderr":
		sink.Stream(name, text)
	case "display":
		sink.Display(show.Display{Bundle: show.Plain(text)})
	case "show": // show ID TEXT
		sink.Display(show.Display{Bundle: show.Plain(rest), ID: word})
	case "update": // update ID TEXT
		sink.Display(show.Display{Bundle: show.Plain(rest), ID: word, Update: true})
	case "rich":
		sink.Display(show.Display{Bundle: show.Bundle{
			Data: map[string]any{
				show.MIMEText: "chart", show.MIMEPNG: []byte("png"), show.MIMEHTML: "<b>\n</b>",
				show.MIMEVegaLite: json.RawMessage(`{"mark":"bar","n":1.50}`), show.MIMEJSON: []any{1, "a"}, "text/x-number": 7,
			},
			Metadata: map[string]any{show.MIMEPNG: map[string]any{"width": 3}},
		}})
	case "clear":
		sink.Clear(text == "wait")
	case "ask":
		_, err := sink.Input(ctx, text, false)
		res.Err = &show.Error{Name: "error", Value: err.Error()}
	case "dir":
		res.Value = show.Plain(filepath.Base(s.dir))
	case "result":
		res.Value = show.Plain(text)
	case "fail": // fail NAME VALUE
		res.Err = &show.Error{Name: word, Value: rest, Cell: cell, Line: 1,
			Traceback: []string{"\x1b[31m" + word + ": " + rest + "\x1b[0m", fmt.Sprintf("  at cell[%d]:1:1", cell)}}
		return false
	case "hang": // until interrupted
		<-ctx.Done()
		res.Err = &show.Error{Name: "interrupted"}
		return false
	case "stubborn": // until interrupted a second time
		select {
		case <-s.interrupts:
			res.Err = &show.Error{Name: "worker died", Value: "it was ended"}
		case <-time.After(time.Minute):
			res.Err = &show.Error{Name: "nobody", Value: "ended it"}
		}
		return false
	case "exit":
		status, _ := strconv.Atoi(text)
		res.Exit = &status
		res.Err = &show.Error{Name: "exit", Value: "os.Exit(" + text + ")"}
		return false
	default:
		panic("no such command: " + name)
	}
	return true
}
