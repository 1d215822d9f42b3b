package engine

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Native code cannot look at the word of its run, which it does not know. It
// looks at one word for all, at the back-edges of loops and where functions
// begin, and calls Hooks.Check where that is not 0: a run has been interrupted
// and has goroutines, or stacks have grown large.
var attention struct {
	word atomic.Uint32
	deep atomic.Bool // part of the word: stacks are large

	sync.Mutex
	runs int // the other part
}

// StopWord is the word that native code looks at.
func (m *Machine) StopWord() *uint32 { return (*uint32)(unsafe.Pointer(&attention.word)) }

// attend sets the word; the caller holds the lock.
func attend() {
	n := uint32(attention.runs)
	if attention.deep.Load() {
		n++
	}
	attention.word.Store(n)
}

// begin notes a goroutine of the run.
func (r *Run) begin() {
	r.alive.Add(1)
	if r.stop.Load() != 0 {
		r.heed()
	}
}

// end notes that the goroutine that runs ends.
func (r *Run) end() {
	left := r.alive.Add(-1)
	if r.stop.Load() != 0 {
		attention.Lock()
		delete(r.raised, goroutine())
		if left == 0 && r.heeded && r.alive.Load() == 0 {
			r.heeded = false
			attention.runs--
			attend()
		}
		attention.Unlock()
	}
	if left == 0 {
		r.unlabel()
	}
}

// heed makes native code look whether it belongs to this interrupted run.
func (r *Run) heed() {
	attention.Lock()
	defer attention.Unlock()
	if !r.heeded && r.alive.Load() > 0 {
		r.heeded = true
		attention.runs++
		attend()
	}
}

// raise notes that the goroutine that runs has been given the run's interrupt:
// its deferred calls go on until the second one. It is false where it has been
// noted before.
func (r *Run) raise() bool {
	r.unwinding.Store(true)
	attention.Lock()
	defer attention.Unlock()
	if _, ok := r.raised[goroutine()]; ok {
		return false
	}
	if r.raised == nil {
		r.raised = map[uintptr]struct{}{}
	}
	r.raised[goroutine()] = struct{}{}
	return true
}

// quiet reports whether the goroutine that runs is one in which the deferred
// calls that follow the interrupt go on.
func (r *Run) quiet() bool {
	if r.stop.Load() != 1 {
		return false
	}
	attention.Lock()
	defer attention.Unlock()
	_, ok := r.raised[goroutine()]
	return ok
}

// here is the run that the goroutine belongs to.
func (m *Machine) here() *Run {
	working.RLock()
	r := working.runs[goroutineLabels()]
	working.RUnlock()
	if r == nil {
		return m.named()
	}
	return r
}

// check is Hooks.Check.
func (m *Machine) check() {
	r := m.here()
	if n := r.stop.Load(); n > 1 || n == 1 && r.raise() {
		panic(ErrInterrupted)
	}
	if attention.deep.Load() && stackUsed() > maxStackUse && manyCalls() {
		m.overflow()
	}
}

// overflow ends a recursion of native code that is too deep. Compiled code
// between may take the panic for one of its own, so the run is ended too.
func (m *Machine) overflow() {
	if m.compiledBetween() {
		trace := m.nativeFrames()
		m.here().End(ErrStackOverflow, trace[:min(1, len(trace))])
	}
	panic(ErrStackOverflow)
}

// manyCalls tells recursion from a few calls with very large variables, which
// end as the runtime has it.
func manyCalls() bool {
	var pcs [fewCalls]uintptr
	return runtime.Callers(2, pcs[:]) == len(pcs)
}

// fewCalls is how many calls of native code are no recursion without end: each
// would have to take more than a megabyte.
const fewCalls = 100

// Endless recursion in native code has to be noticed before the stack is as
// large as it may be, which ends the process. The runtime says how much memory
// all stacks have. They grow by doubling, so one that uses maxStackUse has just
// been given more than twice that; while it moves there, which may take a
// second, it has its old memory too, so it is time to look when there is less
// memory as well.
const (
	largeStacks = 3 * maxStackUse / 2
	stackPeriod = 10 * time.Millisecond
	stackLooks  = 50 // periods
)

// watchStacks has native code look at its depth whenever large stacks have
// changed, until no goroutine of cells is left.
func (m *Machine) watchStacks() {
	if !m.bound.Load() || !m.watching.CompareAndSwap(false, true) {
		return
	}
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
		var known uint64
		looks := 0
		for m.asleep.live.Load() > 0 {
			time.Sleep(stackPeriod)
			metrics.Read(sample)
			now := sample[0].Value.Uint64()
			if looks--; now >= largeStacks && now != known {
				looks = stackLooks
			}
			deepen(looks > 0)
			known = now
		}
		deepen(false)
		m.watching.Store(false)
		if m.asleep.live.Load() > 0 {
			m.watchStacks()
		}
	}()
}

// deepen says whether large stacks have just changed.
func deepen(deep bool) {
	if attention.deep.Load() == deep {
		return
	}
	attention.Lock()
	defer attention.Unlock()
	attention.deep.Store(deep)
	attend()
}
