package interp

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// runCapture runs the cell and keeps what it prints in a string variable. Its
// displays and its value are dropped; errors are shown.
func runCapture(ctx context.Context, c *Call) error {
	if !c.Cell {
		return errors.New("stands above a whole cell: %%capture NAME")
	}
	var stdout, display bool
	args, err := c.flags(func(fs *flag.FlagSet) {
		fs.BoolVar(&stdout, "no-stdout", false, "print as always")
		fs.BoolVar(&display, "no-display", false, "display as always")
	})
	switch {
	case err != nil:
		return err
	case len(args) > 1 || len(args) == 1 && (!token.IsIdentifier(args[0]) || args[0] == "_"):
		return fmt.Errorf("wants the name of one variable, got %q", c.Args)
	}
	run := func() error { return c.Run(ctx, "", c.Body) }
	if !display {
		drop := c.withSink(run)
		run = drop
	}
	var text string
	if stdout {
		err = run()
	} else {
		text, err = c.Session.capture(run)
	}
	if len(args) == 0 || ctx.Err() != nil {
		return err
	}
	return errors.Join(err, c.Go(ctx, args[0]+" := "+strconv.Quote(text))) // also of a cell that failed
}

// withSink makes f run without displays.
func (c *Call) withSink(f func() error) func() error {
	return func() error {
		s := c.Session
		set := func(to show.Sink) show.Sink {
			s.mu.Lock()
			defer s.mu.Unlock()
			was := s.sink
			s.sink = to
			return was
		}
		was := set(quiet{s.current().sink})
		defer set(was)
		sink := c.Sink
		c.Sink = quiet{sink}
		defer func() { c.Sink = sink }()
		return f()
	}
}

// quiet is a sink without displays.
type quiet struct{ show.Sink }

// Display implements show.Sink.
func (quiet) Display(show.Display) {}

// Clear implements show.Sink.
func (quiet) Clear(bool) {}

// A stdoutSwitch is the standard output of a session. While a cell is captured
// it leads elsewhere.
type stdoutSwitch struct {
	mu sync.Mutex
	to io.Writer
}

// Write implements io.Writer.
func (w *stdoutSwitch) Write(p []byte) (int, error) {
	return w.leads().Write(p)
}

func (w *stdoutSwitch) leads() io.Writer {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to
}

func (w *stdoutSwitch) lead(to io.Writer) (was io.Writer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	was, w.to = w.to, to
	return was
}

// capture runs f and returns what it has printed: by the session's writer, and
// to the process's standard output, by compiled code and programs too.
func (s *Session) capture(f func() error) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.Close()
		io.Copy(&buf, r)
	}()
	restore, err := redirectStdout(w)
	if err != nil {
		w.Close()
		return "", err
	}
	if out, ok := s.cfg.Stdout.(*stdoutSwitch); ok {
		was := out.lead(w)
		defer out.lead(was)
	}
	err = f()
	restore()
	w.Close()
	select {
	case <-done:
	case <-time.After(quietFor): // a program that the cell has left behind holds it
		r.SetReadDeadline(time.Now())
		<-done
	}
	return buf.String(), err
}
