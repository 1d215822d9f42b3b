package engine

import (
	"context"
	"runtime/pprof"
	"sync"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// Compiled code that works for a run, and watches for its interrupt, is told
// from other runs' by the labels of its goroutine. A goroutine inherits them
// from the one that starts it, in compiled code as well.

// working are the runs that a goroutine of theirs has been started for, by
// their labels.
var working struct {
	sync.RWMutex
	runs map[unsafe.Pointer]*Run
}

// goroutineLabels is what the runtime keeps as the labels of the goroutine that runs.
//
//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() unsafe.Pointer

// Own makes the goroutine that runs, and those it starts from now on, the run's,
// until release is called. What an interrupted run has started may go on a
// while, and still has to be told.
func (r *Run) Own() (release func()) {
	defer republish(r)
	working.Lock()
	defer working.Unlock()
	if r.labels == nil {
		r.labels = pprof.WithLabels(context.Background(), pprof.Labels("cell", r.Title))
	}
	pprof.SetGoroutineLabels(r.labels)
	if working.runs == nil {
		working.runs = map[unsafe.Pointer]*Run{}
	}
	r.label = goroutineLabels()
	working.runs[r.label] = r
	r.guards++
	return r.disown
}

func (r *Run) disown() {
	working.Lock()
	defer working.Unlock()
	r.guards--
	r.forgetLabel()
}

// unlabel forgets the run's labels when its last goroutine has ended.
func (r *Run) unlabel() {
	working.Lock()
	defer working.Unlock()
	r.forgetLabel()
}

func (r *Run) forgetLabel() {
	if r.guards == 0 && r.alive.Load() == 0 && r.stop.Load() == 0 {
		delete(working.runs, r.label)
	}
}

// Owner is the Owner of the run that the running goroutine works for, nil if
// it is not known to work for one.
func Owner() any {
	working.RLock()
	defer working.RUnlock()
	if r := working.runs[goroutineLabels()]; r != nil {
		return r.Owner
	}
	return nil
}

// Lingering reports whether goroutines of runs that have ended go on.
func Lingering() bool {
	working.RLock()
	defer working.RUnlock()
	for _, r := range working.runs {
		if r.guards == 0 && r.alive.Load() > 0 {
			return true
		}
	}
	return false
}

// workInterrupted reports whether the goroutine that runs is that of an
// interrupted run; once deferred calls run, they may work until a second
// interrupt.
func workInterrupted() bool {
	working.RLock()
	defer working.RUnlock()
	r := working.runs[goroutineLabels()]
	if r == nil {
		return false
	}
	n := r.stop.Load()
	return n > 1 || n == 1 && !r.unwinding.Load()
}

// ErrInterrupted is what an interrupted run panics with; cells cannot recover it.
var ErrInterrupted = interrupt.Err
