package interp

import (
	"context"
	"fmt"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// longSource is the length of cells whose parsing and checking people might
// want to interrupt.
const longSource = 1 << 16

// beside runs work of package parser or types on a long source, which nothing
// stops, in a goroutine that an interrupt of the cell leaves to itself. It must
// change nothing that outlives the cell.
func (s *Session) beside(src string, work func()) {
	if len(src) < longSource {
		work()
		return
	}
	over := make(chan any, 1)
	go func() {
		defer func() { over <- recover() }()
		work()
	}()
	select {
	case v := <-over:
		if v != nil {
			panic(v)
		}
	case <-s.run.Interrupted():
		panic(engine.ErrInterrupted)
	}
}

// Beside calls f, which calls functions of cells, beside the cell that runs:
// what f and its goroutines show goes to sink. A panic ends f, and is reported
// on the standard error as what happened in title. Cancelling ctx interrupts f.
func (s *Session) Beside(ctx context.Context, title string, sink show.Sink, f func()) {
	run := s.newRun(title)
	run.Owner = sink
	defer run.Own()()
	defer context.AfterFunc(ctx, func() { run.Interrupt(); run.Leave() })()
	p := s.machine.Beside(run, f)
	if p == nil {
		return
	}
	switch v := p.Value.(type) {
	case Exit:
		fmt.Fprintf(s.cfg.Stderr, "os.Exit(%d) in %s: the session goes on\n", int(v), title)
	default:
		if v == error(engine.ErrInterrupted) || v == error(engine.ErrLeft) {
			fmt.Fprintf(s.cfg.Stderr, "%s was interrupted\n", title)
			break
		}
		s.reportPanic("panic in "+title, s.panicsText(p), p.Trace)
	}
}
