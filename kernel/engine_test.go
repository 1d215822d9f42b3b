package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A script is an Engine for protocol tests: each line of a cell is a command,
// so that a test says exactly what happens in which order.
//
//	print TEXT | eprint TEXT | raw GO-QUOTED-TEXT   output
//	value TEXT | html TEXT | png | sized            the result, sized a picture with its size
//	next TEXT                                       takes the place of the cell's source
//	display TEXT [ID] | update TEXT ID | clear      displays
//	lines N | big N                                 N printed lines, a display of N bytes
//	fail TEXT | exit N                              an error
//	sleep DURATION | spin                           until then, or until interrupted
//	gate NAME                                       until the test opens it, or until interrupted
//	defer DURATION                                  spin, and end so much later
//	input PROMPT | password PROMPT                  prints the answer in <>
//	later NAME TEXT                                 prints from a goroutine that outlives the cell, when the test opens that gate
//	comm ID TARGET                                  opens a comm, with bytes beside it
type script struct {
	mu     sync.Mutex
	stop   context.CancelFunc
	cells  []show.Cell
	closed bool

	targets map[string]string // of comms
	gates   map[string]chan struct{}
}

var _ Engine = (*script)(nil)

func (e *script) Execute(ctx context.Context, c show.Cell, sink show.Sink) (res show.Result) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e.mu.Lock()
	e.stop = cancel
	e.cells = append(e.cells, c)
	e.mu.Unlock()
	for _, line := range strings.Split(c.Source, "\n") {
		verb, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := e.do(ctx, sink, &res, verb, arg); err != nil {
			res.Err = &show.Error{Name: "script error", Value: err.Error(), Traceback: []string{"cell[" + strconv.Itoa(c.Count) + "]"}}
			if ctx.Err() != nil {
				res.Err.Name = "interrupted"
			}
			return res
		}
	}
	res.Exprs = make(map[string]show.ExprResult)
	for name, x := range c.Exprs {
		if x == "fail" {
			res.Exprs[name] = show.ExprResult{Err: &show.Error{Name: "script error", Value: "no such name"}}
		} else {
			res.Exprs[name] = show.ExprResult{Value: show.Plain(x)}
		}
	}
	return res
}

func (e *script) do(ctx context.Context, sink show.Sink, res *show.Result, verb, arg string) error {
	switch verb {
	case "", "#":
	case "print":
		sink.Stream("stdout", arg+"\n")
	case "eprint":
		sink.Stream("stderr", arg+"\n")
	case "raw":
		s, err := strconv.Unquote(arg)
		sink.Stream("stdout", s)
		return err
	case "value":
		res.Value = show.Plain(arg)
	case "next":
		res.Next = arg
	case "html":
		res.Value = show.Bundle{Data: map[string]any{show.MIMEHTML: arg, show.MIMEText: "text"}}
	case "png":
		res.Value = show.Bundle{Data: map[string]any{show.MIMEPNG: []byte("\x89PNG")}}
	case "sized":
		res.Value = show.Bundle{Data: map[string]any{show.MIMEPNG: []byte{1}, show.MIMEJSON: map[string]int{"a": 1}}, Metadata: map[string]any{show.MIMEPNG: map[string]any{"width": 640}}}
	case "display":
		text, id, _ := strings.Cut(arg, " ")
		sink.Display(show.Display{Bundle: show.Plain(text), ID: id})
	case "update":
		text, id, _ := strings.Cut(arg, " ")
		sink.Display(show.Display{Bundle: show.Plain(text), ID: id, Update: true})
	case "clear":
		sink.Clear(true)
	case "fail":
		return errors.New(arg)
	case "exit":
		n, _ := strconv.Atoi(arg)
		res.Exit = &n
		return errors.New("the cell exited")
	default:
		return e.long(ctx, sink, verb, arg)
	}
	return nil
}

// long runs the commands that take their time.
func (e *script) long(ctx context.Context, sink show.Sink, verb, arg string) error {
	switch verb {
	case "lines":
		n, _ := strconv.Atoi(arg)
		for i := range n {
			sink.Stream("stdout", "line "+strconv.Itoa(i)+"\n")
		}
	case "big":
		n, _ := strconv.Atoi(arg)
		sink.Display(show.Display{Bundle: show.Plain(string(bytes.Repeat([]byte("x"), n)))})
	case "sleep":
		d, _ := time.ParseDuration(arg)
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return errors.New("interrupted in sleep")
		}
	case "gate":
		select {
		case <-e.gate(arg):
		case <-ctx.Done():
			return errors.New("interrupted at a gate")
		}
	case "spin", "defer":
		<-ctx.Done()
		d, _ := time.ParseDuration(arg)
		time.Sleep(d)
		return errors.New("interrupted in " + verb)
	case "input", "password":
		s, err := sink.Input(ctx, arg, verb == "password")
		sink.Stream("stdout", "<"+s+">")
		return err
	case "later":
		name, text, _ := strings.Cut(arg, " ")
		go func() {
			<-e.gate(name)
			sink.Stream("stdout", text)
		}()
	case "comm":
		id, target, _ := strings.Cut(arg, " ")
		sink.(show.CommSink).Comm(show.Comm{
			Event: show.CommOpen, ID: id, Target: target, Data: json.RawMessage(`{"n":1}`), Metadata: json.RawMessage(`{"version":"2"}`), Buffers: [][]byte{{0, 255}},
		})
	default:
		return fmt.Errorf("script: no verb %q", verb)
	}
	return nil
}

// gate is what cells wait at until the test opens it.
func (e *script) gate(name string) chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.gates[name] == nil {
		if e.gates == nil {
			e.gates = map[string]chan struct{}{}
		}
		e.gates[name] = make(chan struct{})
	}
	return e.gates[name]
}

func (e *script) open(name string) { close(e.gate(name)) }

// Comm prints what comes, and answers as the target says: "echo" with the same,
// "spin" not before it is interrupted; other comms are closed.
func (e *script) Comm(ctx context.Context, m show.Comm, sink show.Sink) {
	e.mu.Lock()
	if e.targets == nil {
		e.targets = map[string]string{}
	}
	if m.Event == show.CommOpen {
		e.targets[m.ID] = m.Target
	}
	target := e.targets[m.ID]
	e.mu.Unlock()
	sink.Stream("stdout", m.Event+" "+target)
	answer := sink.(show.CommSink).Comm
	switch {
	case target == "spin":
		<-ctx.Done()
	case target != "echo":
		answer(show.Comm{Event: show.CommClose, ID: m.ID})
	case m.Event == show.CommMessage:
		m.Target = ""
		answer(m)
	}
}

// Complete proposes what the word before the cursor could become.
func (e *script) Complete(_ context.Context, source string, offset int) show.Completions {
	start := strings.LastIndexAny(source[:offset], " \n") + 1
	return show.Completions{Start: start, End: offset, Items: []show.Completion{
		{Text: source[start:offset] + "ln", Kind: "function", Signature: "func()"},
	}}
}

func (e *script) Inspect(_ context.Context, source string, offset, detail int) (show.Bundle, bool) {
	if source == "" {
		return show.Bundle{}, false
	}
	return show.Plain(fmt.Sprintf("%s|%s detail %d", source[:offset], source[offset:], detail)), true
}

func (e *script) Completeness(source string) show.Completeness {
	switch {
	case strings.HasSuffix(source, "{"):
		return show.Completeness{Status: "incomplete", Indent: "\t"}
	case strings.HasSuffix(source, "}}"):
		return show.Completeness{Status: "invalid"}
	}
	return show.Completeness{Status: "complete"}
}

func (e *script) Interrupt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stop != nil {
		e.stop()
	}
}

func (e *script) Close() error {
	e.Interrupt()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	return nil
}

// all returns the cells that were executed.
func (e *script) all() []show.Cell {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.cells)
}

// ran returns the sources that were executed.
func (e *script) ran() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var s []string
	for _, c := range e.cells {
		s = append(s, c.Source)
	}
	return s
}
