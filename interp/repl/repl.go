// Package repl is the command line face of a session: a prompt with line
// editing, history and completion on a terminal, plain reading of cells when
// standard input is a pipe or a file.
//
// It shows text only; what a cell displays in richer forms is for notebooks.
// It must not be used by two goroutines at once, nor twice in one process at
// the same time: it owns the terminal.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/sheaf-go/sheaf/internal/traceback"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// An Engine evaluates cells and knows what may come next in one. Offsets are
// in bytes. Complete may be called while Execute runs.
type Engine interface {
	Execute(ctx context.Context, c show.Cell, sink show.Sink) show.Result
	Complete(ctx context.Context, source string, offset int) show.Completions
	Inspect(ctx context.Context, source string, offset, detail int) (show.Bundle, bool)
	Completeness(source string) show.Completeness
	// Interrupt is for a cell that asks or that goes on although its ctx has been
	// cancelled, which interrupts it too: the first interrupt keeps the state, a
	// second one ends the worker.
	Interrupt()
}

// Options change what Run does; the zero value is a REPL on the process's own
// standard streams.
type Options struct {
	Stdin          io.Reader // nil: os.Stdin
	Stdout, Stderr io.Writer // nil: os.Stdout, os.Stderr
	Banner         string    // first line on a terminal
	History        string    // history file; "": sheaf/history in the user's configuration folder
}

// A reader is where lines come from.
type reader interface {
	// line returns the next line without its end: io.EOF when there are no
	// more, errAborted when the person dropped the line.
	line(prompt string) (string, error)
	// password is line without an echo.
	password(prompt string) (string, error)
	// code is line for cells: it returns the lines of one that has come back.
	code(prompt string) (string, error)
	// begin lets a person go back to a line of the cell that is being typed.
	begin(line string)
	// remember keeps a cell for later sessions and for going back to it.
	remember(cell string)
	// running gives the terminal to a cell until the returned function is called.
	running() func()
	close()
}

var errAborted = errors.New("input was interrupted")

// repl is one conversation.
type repl struct {
	engine      Engine
	in          reader
	stdout      io.Writer
	stderr      io.Writer
	interactive bool
	color       bool // stderr shows ANSI colours
	count       int
	pending     string // the lines of the cell that is being typed

	mu   sync.Mutex // guards stdout: goroutines of earlier cells may print at any time
	tail string     // what stands on the current line of standard output
}

// Run reads cells, evaluates them and prints what they give, until the input
// ends, the person leaves (Ctrl-D, %quit) or a cell ends the session. It
// returns the exit status: 0, what a cell gave to os.Exit, or 1 if input that
// is not a terminal had a cell that failed, which ends the run at that cell.
func Run(ctx context.Context, engine Engine, opts Options) int {
	r := &repl{engine: engine, stdout: opts.Stdout, stderr: opts.Stderr}
	if r.stdout == nil {
		r.stdout = os.Stdout
	}
	if r.stderr == nil {
		r.stderr = os.Stderr
	}
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	r.color = Coloured(r.stderr)
	// The line editor always talks to the process's own streams.
	r.interactive = opts.Stdin == os.Stdin && r.stdout == os.Stdout &&
		isTerminal(os.Stdin) && isTerminal(os.Stdout)
	if r.interactive {
		r.in = newTerminal(r.complete, opts.History)
		if opts.Banner != "" {
			fmt.Fprintln(r.stdout, opts.Banner)
		}
	} else {
		r.in = newPlain(opts.Stdin)
	}
	defer r.in.close()
	return r.loop(ctx)
}

// Coloured reports whether Run colours the errors that it writes there.
func Coloured(stderr io.Writer) bool { return isTerminal(stderr) }

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (r *repl) loop(ctx context.Context) int {
	for ctx.Err() == nil {
		source, err := r.read()
		if errors.Is(err, errAborted) {
			continue
		}
		if err != nil && strings.TrimSpace(source) == "" {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintf(r.stderr, "repl: reading: %v\n", err)
				return 1
			}
			return 0
		}
		switch command := strings.TrimSpace(source); {
		case command == "":
			continue
		case command == "%quit" || command == "%exit":
			return 0
		case question.MatchString(command):
			r.inspect(ctx, command)
			continue
		}
		res := r.run(ctx, source)
		switch {
		case res.Exit != nil:
			return *res.Exit
		case res.Err != nil && !r.interactive:
			return 1
		}
	}
	return 0
}

// read returns the next cell: lines until the engine does not call them
// incomplete. At the end of the input it returns what there is, with io.EOF.
func (r *repl) read() (string, error) {
	r.pending = ""
	prompt := fmt.Sprintf("[%d]> ", r.count+1)
	more := strings.Repeat(".", len(prompt)-1) + " "
	for {
		line, err := r.in.code(prompt)
		if err != nil { // what there is of a cell can be taken up again
			r.in.remember(strings.TrimSuffix(r.pending, "\n"))
		}
		if errors.Is(err, io.EOF) && r.interactive {
			fmt.Fprintln(r.stdout)
			return "", err
		}
		if err != nil {
			return r.pending, err
		}
		source := r.pending + line
		if r.engine.Completeness(source).Status != "incomplete" {
			r.in.remember(source)
			return source, nil
		}
		r.in.begin(line)
		r.pending = source + "\n"
		prompt = more
	}
}

// run evaluates one cell; Ctrl-C meanwhile interrupts it.
func (r *repl) run(ctx context.Context, source string) show.Result {
	r.count++
	// The first interrupt may come before the engine knows the cell.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer r.in.running()()
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-signals:
				if ctx.Err() == nil {
					cancel()
				} else {
					r.engine.Interrupt()
				}
			case <-done:
				return
			}
		}
	}()
	out := &sink{repl: r, shown: map[string]string{}, latest: map[string]string{}}
	res := r.engine.Execute(ctx, show.Cell{Source: source, Count: r.count}, out)
	signal.Stop(signals)
	close(done)
	<-stopped
	out.finish(res)
	return res
}

// width is how many characters a line of the terminal has.
func (r *repl) width() int {
	if f, ok := r.stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return 80
}

// question matches a name with one or two question marks.
var question = regexp.MustCompile(`^[\pL_][\pL\pN_.]*\?\??$`)

// inspect prints what is known of a name: the line "name?", and "name??" for
// more.
func (r *repl) inspect(ctx context.Context, command string) {
	name := strings.TrimRight(command, "?")
	b, ok := r.engine.Inspect(ctx, name, len(name), len(command)-len(name)-1)
	if !ok {
		fmt.Fprintf(r.stderr, "nothing is known of %s\n", name)
		return
	}
	fmt.Fprintln(r.stdout, strings.TrimRight(b.PlainText(), "\n"))
}

// complete returns the proposals at a byte offset of the line being typed: the
// part of the line that stays before them, they, and the part after.
func (r *repl) complete(ctx context.Context, line string, offset int) (head string, words []string, tail string) {
	c := r.engine.Complete(ctx, r.pending+line, len(r.pending)+offset)
	start, end := c.Start-len(r.pending), c.End-len(r.pending)
	if start < 0 || end < start || end > len(line) {
		return line[:offset], nil, line[offset:]
	}
	seen := map[string]bool{}
	for _, item := range c.Items {
		if !seen[item.Text] {
			seen[item.Text] = true
			words = append(words, item.Text)
		}
	}
	return line[:start], words, line[end:]
}

// ansi matches the escape sequences of terminal colours and cursor moves.
var ansi = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")

// fail prints the error of a cell.
func (r *repl) fail(e *show.Error) {
	lines := e.Traceback
	if r.color {
		lines = traceback.Terminal.Colour(e.Name, lines)
	}
	text := strings.TrimRight(strings.Join(lines, "\n"), "\n")
	if !strings.Contains(ansi.ReplaceAllString(text, ""), e.Value) || text == "" {
		text = strings.TrimRight(e.Error()+"\n"+text, "\n")
	}
	if !r.color {
		text = ansi.ReplaceAllString(text, "")
	}
	fmt.Fprintln(r.stderr, text)
}
