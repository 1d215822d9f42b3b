package repl

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// toy is an engine for what the prompt itself does. A cell is a command and
// its text; braces that do not close make it incomplete.
type toy struct{ interrupted chan struct{} }

var _ Engine = (*toy)(nil)

func newToy() *toy { return &toy{make(chan struct{}, 9)} }

func (e *toy) Interrupt() { e.interrupted <- struct{}{} }

func (e *toy) Completeness(source string) show.Completeness {
	if strings.Count(source, "{") > strings.Count(source, "}") {
		return show.Completeness{Status: "incomplete", Indent: "\t"}
	}
	return show.Completeness{Status: "complete"}
}

var words = []string{"price", "printed", "printer", "süß", "süßer"}

// Complete proposes words for the last one before the offset.
func (e *toy) Complete(_ context.Context, source string, offset int) show.Completions {
	start := strings.LastIndexAny(source[:offset], " {(\n") + 1
	c := show.Completions{Start: start, End: offset}
	for _, w := range words {
		if strings.HasPrefix(w, source[start:offset]) {
			c.Items = append(c.Items, show.Completion{Text: w}, show.Completion{Text: w, Kind: "again"})
		}
	}
	return c
}

func (e *toy) Inspect(_ context.Context, source string, offset, detail int) (show.Bundle, bool) {
	if source == "nothing" {
		return show.Bundle{}, false
	}
	return show.Plain(fmt.Sprintf("what %s is, seen from %d in detail %d", source, offset, detail)), true
}

func (e *toy) Execute(ctx context.Context, c show.Cell, out show.Sink) (res show.Result) {
	name, text, _ := strings.Cut(c.Source, " ")
	switch name {
	case "echo":
		res.Value = show.Plain(text)
	case "count":
		res.Value = show.Plain(fmt.Sprint(c.Count))
	case "print": // without a line end
		out.Stream("stdout", text)
	case "warn":
		out.Stream("stderr", text+"\n")
	case "show":
		out.Display(show.Display{Bundle: show.Plain("shown " + text), ID: "id"})
		out.Stream("stdout", "between\n")
		for i := range 3 {
			out.Display(show.Display{Bundle: show.Plain(fmt.Sprint("state ", i)), ID: "id", Update: true})
		}
	case "ask", "secret":
		answer, err := out.Input(ctx, text, name == "secret")
		res.Value = show.Plain(fmt.Sprintf("answer %q %v", answer, err))
	case "partial": // asks as fmt.Print and fmt.Scan do
		out.Stream("stdout", "first\n\tYour "+text+": ")
		answer, err := out.Input(ctx, "", false)
		res.Value = show.Plain(fmt.Sprintf("answer %q %v", answer, err))
	case "fail":
		res.Err = &show.Error{Name: "panic", Value: text, Traceback: []string{"\x1b[31mpanic: " + text + "\x1b[0m", fmt.Sprintf("at cell[%d]:1:6", c.Count)}}
	case "bare":
		res.Err = &show.Error{Name: "panic", Value: text}
	case "exit":
		status := len(text)
		res.Exit, res.Err = &status, &show.Error{Name: "exit"}
	case "hang":
		out.Stream("stdout", "hanging\n")
		select {
		case <-ctx.Done():
			res.Err = &show.Error{Name: "interrupted"}
		case <-time.After(time.Minute):
		}
	default:
		res.Value = show.Plain(fmt.Sprintf("cell %q", c.Source))
	}
	return res
}
