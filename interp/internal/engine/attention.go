package engine

import (
	"context"
	"go/token"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/halt"
)

// Native code does not look whether its run is interrupted: package halt stops
// it, while there is a run that is interrupted and has goroutines, and while
// stacks have grown large. A goroutine that is not meant loses a microsecond at
// each turn of its loops then, so native code is stopped for short times, from
// time to time.
var attention struct {
	sync.Mutex
	runs   []*Run // interrupted ones that have goroutines, the last one last
	latest *Run   // the last one, until another run begins
	deep   bool   // stacks are large
	wake   chan struct{}
	pulses bool // that goroutine runs

	wanted  atomic.Pointer[wanted]
	deepest atomic.Pointer[Machine] // that has found large stacks
}

// A wanted is what native code is stopped for. It is never changed, because the
// handler of a signal reads it.
type wanted struct {
	runs  []wantedRun
	other []uintptr  // labels of runs that go on
	rest  *wantedRun // what goroutines of no known run belong to
	deep  bool
}

type wantedRun struct {
	*Run
	label uintptr
}

// For how long native code is stopped, and left alone.
const (
	stopTime    = 2 * time.Millisecond
	restTime    = 2 * time.Millisecond // at first, for runs: it doubles
	maxRestTime = 100 * time.Millisecond
	deepRest    = 8 * time.Millisecond // while stacks are large
)

func init() { halt.Decide, halt.End = decide, halted }

// decide is halt.Decide: it reports goroutines of interrupted runs that have
// not been told, or may not go on, and those whose stacks are too large.
//
//go:norace
func decide(g, sp, bp uintptr, entry bool) bool {
	w := attention.wanted.Load()
	if w == nil {
		return false
	}
	if end := *(*uintptr)(pointer(g + stackEndAt)); w.deep && entry && end-sp > maxStackUse && manyCalls(bp, end) {
		return true
	}
	r := w.of(*(*uintptr)(pointer(g + labelsAt)))
	return r != nil && (r.stop.Load() > 1 || !r.told.Load().has(g))
}

// of is the run that goroutines with these labels are to be stopped for; nil:
// they go on.
//
//go:norace
func (w *wanted) of(label uintptr) *wantedRun {
	for i := range w.runs {
		if w.runs[i].label == label {
			return &w.runs[i]
		}
	}
	for _, l := range w.other {
		if l == label {
			return nil
		}
	}
	return w.rest
}

// manyCalls tells recursion from a few calls with very large variables, which
// end as the runtime has it. It follows the frames from bp on.
//
//go:norace
func manyCalls(bp, end uintptr) bool {
	for range fewCalls {
		next := *(*uintptr)(pointer(bp))
		if next <= bp || next >= end {
			return false
		}
		bp = next
	}
	return true
}

// fewCalls is how many calls of native code are no recursion without end: each
// would have to take more than a megabyte.
const fewCalls = 100

// halted is halt.End.
func halted() {
	var r *wantedRun
	if w := attention.wanted.Load(); w != nil {
		r = w.of(uintptr(goroutineLabels()))
	}
	told := r != nil && !r.raise() && r.stop.Load() < 2
	if m := attention.deepest.Load(); m != nil && (r == nil || told) && stackUsed() > maxStackUse {
		m.overflow()
	}
	panic(ErrInterrupted)
}

// overflow ends a recursion of native code that is too deep. Compiled code
// between may take the panic for one of its own, so the run is ended too: in the
// function that begins, as interpreted code has it.
func (m *Machine) overflow() {
	if m.compiledBetween() {
		trace := m.nativeFrames()
		trace = trace[:min(1, len(trace))]
		for i := range trace {
			trace[i].Pos = m.beginning(trace[i].Pos)
		}
		m.here().End(ErrStackOverflow, trace)
		runtime.Goexit() // which nobody takes for a panic of its own, call by call
	}
	panic(ErrStackOverflow)
}

// beginning is where the function begins that has a native form and this
// position in it.
func (m *Machine) beginning(pos token.Pos) token.Pos {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.places {
		if d.Pos() <= pos && pos < d.End() {
			return d.Pos()
		}
	}
	return pos
}

// Where the runtime's descriptor of a goroutine has the end of its stack, and
// its labels.
const stackEndAt = unsafe.Sizeof(uintptr(0))

var labelsAt uintptr

// findLabels looks for them in a descriptor.
var findLabels = sync.OnceFunc(func() {
	found := make(chan uintptr)
	go func() {
		const last = 64 * unsafe.Sizeof(uintptr(0))
		fits := func(at uintptr, name string) bool {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("name", name)))
			return *(*unsafe.Pointer)(pointer(goroutine() + at)) == goroutineLabels()
		}
		for at := 2 * stackEndAt; at < last; at += stackEndAt {
			if fits(at, "a") && fits(at, "b") {
				found <- at
				return
			}
		}
		panic("engine: a goroutine's labels are not where they are expected")
	}()
	labelsAt = <-found
})

// pointer makes a pointer of an address outside of what the collector moves.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// attend says what native code is to be stopped for from now on. The caller
// holds attention's lock.
func attend() {
	if len(attention.runs) == 0 && !attention.deep {
		attention.wanted.Store(nil)
		return
	}
	findLabels()
	w := &wanted{deep: attention.deep, runs: make([]wantedRun, 0, len(attention.runs))}
	working.RLock()
	for _, r := range attention.runs {
		w.runs = append(w.runs, wantedRun{r, uintptr(r.label)})
		if r == attention.latest {
			w.rest = &w.runs[len(w.runs)-1]
		}
	}
	for label, r := range working.runs {
		if !r.heeded {
			w.other = append(w.other, uintptr(label))
		}
	}
	working.RUnlock()
	attention.wanted.Store(w)
	if attention.wake == nil {
		attention.wake = make(chan struct{}, 1)
	}
	if !attention.pulses {
		attention.pulses = true
		go pulses()
	}
}

// hurry stops native code at once, for a run whose state has changed.
func hurry() {
	halt.Set(halt.All)
	select {
	case attention.wake <- struct{}{}:
	default:
	}
}

// pulses stops native code from time to time while that is wanted.
func pulses() {
	rest := restTime
	for {
		attention.Lock()
		w := attention.wanted.Load()
		if w == nil {
			attention.pulses = false
			halt.Set(halt.Nothing)
			attention.Unlock()
			return
		}
		attention.Unlock()
		what, pause := halt.All, rest
		if len(w.runs) == 0 {
			what = halt.Entries
		}
		if w.deep {
			pause = min(rest, deepRest)
		}
		halt.Set(what)
		time.Sleep(stopTime)
		halt.Set(halt.Nothing)
		select {
		case <-attention.wake:
			rest = restTime
		case <-time.After(pause):
			rest = min(2*rest, maxRestTime)
		}
	}
}

// begin notes a goroutine of the run.
func (r *Run) begin() {
	first := r.alive.Add(1) == 1
	if r.stop.Load() != 0 {
		r.heed()
	} else if first {
		republish(r)
	}
}

// republish notes that a run begins, or has labels now, while others are
// interrupted.
func republish(r *Run) {
	if attention.wanted.Load() == nil {
		return
	}
	attention.Lock()
	defer attention.Unlock()
	if r != attention.latest {
		attention.latest = nil
	}
	attend()
}

// end notes that the goroutine that runs ends.
func (r *Run) end() {
	left := r.alive.Add(-1)
	if r.stop.Load() != 0 {
		attention.Lock()
		r.told.Load().remove(goroutine())
		if left == 0 && r.heeded && r.alive.Load() == 0 {
			r.heeded = false
			attention.runs = slices.DeleteFunc(attention.runs, func(other *Run) bool { return other == r })
			attend()
		}
		attention.Unlock()
	}
	if left == 0 {
		r.unlabel()
	}
}

// heed makes native code stop for this interrupted run.
func (r *Run) heed() {
	attention.Lock()
	defer attention.Unlock()
	if r.alive.Load() == 0 || r.heeded {
		return
	}
	r.heeded = true
	attention.runs, attention.latest = append(attention.runs, r), r
	attend()
	hurry()
}

// insist makes native code stop for the run's second interrupt.
func (r *Run) insist() {
	attention.Lock()
	defer attention.Unlock()
	if r.heeded {
		hurry()
	}
}

// raise notes that the goroutine that runs has been given the run's interrupt:
// its deferred calls go on until the second one. It is false where it has been
// noted before.
func (r *Run) raise() bool {
	r.unwinding.Store(true)
	attention.Lock()
	defer attention.Unlock()
	told, g := r.told.Load(), goroutine()
	if told.has(g) {
		return false
	}
	r.told.Store(told.add(g))
	return true
}

// quiet reports whether the goroutine that runs is one in which the deferred
// calls that follow the interrupt go on.
func (r *Run) quiet() bool {
	if r.stop.Load() != 1 {
		return false
	}
	return r.told.Load().has(goroutine())
}

// here is the run that the goroutine belongs to.
func (m *Machine) here() *Run {
	label := goroutineLabels()
	if k := m.known.Load(); k != nil && k.label == label {
		return k.run
	}
	working.RLock()
	r := working.runs[label]
	working.RUnlock()
	if r == nil {
		return m.named()
	}
	m.known.Store(&labelled{label, r})
	return r
}

// A labelled is a run with the labels of its goroutines, which no other run gets
// while it is held.
type labelled struct {
	label unsafe.Pointer
	run   *Run
}

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
			m.deepen(looks > 0)
			known = now
		}
		m.deepen(false)
		m.watching.Store(false)
		if m.asleep.live.Load() > 0 {
			m.watchStacks()
		}
	}()
}

// deepen says whether large stacks have just changed.
func (m *Machine) deepen(deep bool) {
	attention.Lock()
	defer attention.Unlock()
	if attention.deep == deep {
		return
	}
	if attention.deep = deep; deep {
		attention.deepest.Store(m)
	}
	attend()
}
