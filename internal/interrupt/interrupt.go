// Package interrupt tells compiled code that the cell which has called it is
// interrupted. A verb that can take more than some milliseconds asks about once
// for every millisecond of its work, and ends by a panic that no code between
// it and the cell takes for its own: nothing is returned, so nothing that the
// cell has is changed.
//
// In a program without a session nothing is ever interrupted, and asking costs
// a load. It is not for cells: what they run is interrupted by the engine.
package interrupt

import (
	"errors"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Err is the panic that ends interrupted work. Code that recovers panics passes
// it on; see [Fatal].
var Err = errors.New("interrupted")

var session atomic.Pointer[func() bool]

// Watch makes asked decide, for the goroutine that calls it, whether its work is
// interrupted. A session calls Watch once something has been interrupted.
func Watch(asked func() bool) { session.Store(&asked) }

// Requested reports whether this goroutine works for a cell that is
// interrupted, directly or as one that such work has started.
func Requested() bool {
	yield()
	asked := session.Load()
	return asked != nil && (*asked)()
}

// Check panics with [Err] if the work is interrupted.
//
//go:noinline
func Check() {
	if Requested() {
		panic(Err)
	}
}

// apart is how many rows are worked on between two checks, which takes from some
// microseconds to a millisecond.
const apart = 1 << 12

// Spans cuts n rows into pieces and asks for the interrupt between them.
func Spans(n int) iter.Seq2[int, int] {
	return func(yield func(lo, hi int) bool) {
		for lo := 0; lo < n; lo += apart {
			if lo > 0 { // who works on many short lists asks by itself
				Check()
			}
			if !yield(lo, min(lo+apart, n)) {
				return
			}
		}
	}
}

// pause is how long work goes on without a yield.
const pause = 500 * time.Microsecond

var (
	begin   = time.Now()
	yielded atomic.Int64 // when, since begin
)

// yield lets whoever brings the interrupt have a processor: where work keeps all
// of them busy, it would wait for 10 ms and more.
func yield() {
	now := int64(time.Since(begin))
	if before := yielded.Load(); now-before > int64(pause) && yielded.CompareAndSwap(before, now) {
		runtime.Gosched()
	}
}

// Fatal reports whether a panic's value ends the cell whatever code on the way
// makes of panics: an interrupt, or one of what else a session stops cells with.
func Fatal(v any) bool {
	if v == nil || v == any(Err) {
		return v != nil
	}
	_, ok := v.(interface{ Fatal() })
	return ok
}

// Together runs work in n goroutines and returns when all have ended; part
// counts from 0. A panic in one of them is the caller's then. An interrupt is
// the caller's at once: the other parts, of which the machine may just run none,
// end at their next check, and what they work on must bear that.
func Together(n int, work func(part int)) {
	if n == 1 {
		work(0)
		return
	}
	g := group{ended: make(chan any, n+1)}
	g.left.Store(int64(n))
	for part := range n {
		go func() {
			defer g.end()
			defer func() { g.note(recover()) }()
			work(part)
		}()
	}
	if v := <-g.ended; v != nil {
		panic(v)
	}
}

// Cores is how many goroutines should work on n rows: one, or where there are so
// many that another is worth its while, one for each core.
func Cores(n, many int) int {
	if n < many {
		return 1
	}
	return runtime.GOMAXPROCS(0)
}

// Ranges runs work on so many ranges of n rows, see [Together]; they start at
// multiples of 64, and may be empty.
func Ranges(n, parts int, work func(part, lo, hi int)) {
	step := (n/parts/64 + 1) * 64
	Together(parts, func(part int) {
		work(part, min(part*step, n), min((part+1)*step, n))
	})
}

// A group is goroutines that work together.
type group struct {
	left  atomic.Int64
	ended chan any // why the caller goes on; no one waits to send

	mu    sync.Mutex
	first any // panic
}

func (g *group) note(v any) {
	switch {
	case v == nil:
	case Fatal(v):
		g.ended <- v
	default:
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.first == nil {
			g.first = v
		}
	}
}

func (g *group) end() {
	if g.left.Add(-1) == 0 {
		g.ended <- g.first
	}
}
