package interp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// An evaluation is one call of Execute: what is the cell's and not the
// session's.
//
// Any number of them may be on their way. One has the turn: it alone reads and
// changes what the session keeps, and lets others have the turn while code of
// the cell or a program runs, so that a cell that goes on for hours keeps
// nobody from checking and running another.
type evaluation struct {
	count       int
	title, name string    // of the text that runs: as people see it, as positions have it
	sink, owner show.Sink // of the text that runs; of its cell
	ctx         context.Context
	shown       []any
	alone       bool        // the cell is one line
	next        string      // to take the place of its source
	run         *engine.Run // of the cell
	spent       []*checked  // texts of the cell that nothing will ask for after it
	nested      int         // commands that run cells now
	others      *engine.Run // stands for cells that may come; nil: none will
}

func (s *Session) newEvaluation(ctx context.Context, cell show.Cell, sink show.Sink) *evaluation {
	e := &evaluation{
		count: cell.Count, title: cell.Name, sink: sink, owner: sink, ctx: ctx,
		alone: !strings.Contains(strings.TrimSpace(cell.Source), "\n"),
	}
	if e.title == "" {
		e.title = fmt.Sprintf("cell[%d]", cell.Count)
	}
	e.run = s.newRun(e.title)
	e.run.Owner = sink
	if cell.Shared {
		e.others = engine.NewRun("")
	}
	return e
}

// enter makes e one of those on their way and waits for its turn; false: ctx
// has ended before.
func (s *Session) enter(e *evaluation) bool {
	select {
	case s.turn <- struct{}{}:
	case <-e.ctx.Done():
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = append(s.active, e)
	if len(s.active) > 1 { // calls from compiled code have to find out whose they are
		s.machine.Alongside(1)
	}
	s.machine.Announce(e.run)
	if e.others != nil {
		s.machine.Announce(e.others)
	}
	s.evaluation = e
	return true
}

// leave ends e, which has the turn.
func (s *Session) leave(e *evaluation) {
	s.mu.Lock()
	if s.active = slices.DeleteFunc(s.active, func(o *evaluation) bool { return o == e }); len(s.active) > 0 {
		s.machine.Alongside(-1)
	}
	if n := len(s.active); n > 0 {
		s.machine.SetCurrent(s.active[n-1].run)
	} else {
		s.machine.SetCurrent(s.newRun(e.title)) // callbacks that come later are not this cell's
	}
	s.mu.Unlock()
	s.machine.Conclude(e.run)
	if e.others != nil {
		s.machine.Conclude(e.others)
	}
	<-s.turn
}

// apart runs f, which may take long, while others may have the turn. It must
// leave alone what the session keeps.
func (s *Session) apart(f func()) {
	e := s.evaluation
	<-s.turn
	defer func() {
		s.turn <- struct{}{}
		s.mu.Lock()
		s.evaluation = e
		s.mu.Unlock()
	}()
	f()
}

// A face is where a cell shows and asks.
type face struct {
	ctx   context.Context
	sink  show.Sink
	owner show.Sink // what Execute was given
}

// current is the face of the cell that the running goroutine comes from, or of
// the one that ran last: goroutines that earlier cells left use it too.
func (s *Session) current() face {
	var owner show.Sink
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.evaluation
	if len(s.active) > 1 {
		owner = Owner()
	}
	if i := slices.IndexFunc(s.active, func(e *evaluation) bool { return e.owner == owner }); owner != nil && i >= 0 {
		e = s.active[i]
	}
	return face{e.ctx, e.sink, e.owner}
}
