package interp

import (
	"github.com/sheaf-go/sheaf/interp/internal/engine"
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
