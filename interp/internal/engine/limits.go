package engine

import (
	"errors"
	"fmt"
	"go/token"
	"runtime"
)

// A run that its own doing ends, rather than a person, ends with a cause: the
// interrupt that stops its goroutines is the same.

// ErrOutOfMemory is the cause, possibly wrapped, of a run that took more
// memory than the session may have.
var ErrOutOfMemory = errors.New("out of memory")

// ErrLeft is how a run ends that was left: compiled code that it called has
// not returned, and goes on beside the session until it does.
var ErrLeft = errors.New("left in compiled code")

// An ending is why a run has to end.
type ending struct {
	cause error
	trace []Frame
}

// End interrupts the run for a cause of its own; the first one counts.
func (r *Run) End(cause error, trace []Frame) {
	r.ending.CompareAndSwap(nil, &ending{cause, trace})
	r.Interrupt()
}

// cause is what End was called with; nil: it was not.
func (r *Run) cause() (trace []Frame, err error) {
	if e := r.ending.Load(); e != nil {
		return e.trace, e.cause
	}
	return nil, nil
}

// Cause is what End was called with; nil: it was not.
func (r *Run) Cause() error {
	_, err := r.cause()
	return err
}

// Unwinding reports whether an interrupt has reached deferred calls that have
// not ended yet.
func (r *Run) Unwinding() bool { return r.unwinding.Load() }

// Interrupted is closed when the run is interrupted.
func (r *Run) Interrupted() <-chan struct{} { return r.done }

// Leave makes the calls that wait for the run return ErrLeft.
func (r *Run) Leave() {
	if r.parted.CompareAndSwap(false, true) {
		close(r.left)
	}
}

// Guard runs f as calls of the run are run: in a goroutine of its own, whose
// panic it catches, and which it leaves when the run is left.
func (m *Machine) Guard(r *Run, f func()) *Panic {
	return m.newThread(r, 1).guard(f)
}

// guard runs f in a goroutine of its own, so that runtime.Goexit ends no more
// than that, and catches its panic.
func (th *thread) guard(f func()) *Panic {
	m, over := th.m, make(chan *Panic, 1)
	m.asleep.begin(th.run)
	th.run.begin()
	m.watchStacks()
	go func() {
		release := th.run.Own()
		done := false
		finish := func(p *Panic) {
			release()
			th.run.end()
			m.asleep.finish(m, th.run)
			over <- p
		}
		defer func() {
			var p *Panic
			if !done {
				p = th.panicked(recover())
			}
			finish(p)
		}()
		profile := th.run.profile.Load()
		if profile != nil {
			profile.join(th)
			defer profile.leave(th)
		}
		m.guarded.Store(goroutine(), func(v any) {
			p := th.panicked(v)
			if profile != nil {
				profile.leave(th)
			}
			m.guarded.Delete(goroutine())
			finish(p)
		})
		defer m.guarded.Delete(goroutine())
		f()
		done = true
	}()
	select {
	case p := <-over:
		return th.run.Ended(p)
	case <-th.run.left:
		return th.run.Ended(&Panic{Value: ErrLeft})
	}
}

// panicked is the end of a call by a panic, or by runtime.Goexit.
func (th *thread) panicked(v any) *Panic {
	if v != nil {
		th.capture(v)
	}
	return &Panic{v, th.trace, th.prior.earlier(v)}
}

// Ended gives the end of a call the run's cause, if it has one: code on the
// way may have taken the panic for one of its own.
func (r *Run) Ended(p *Panic) *Panic {
	trace, cause := r.cause()
	if cause == nil {
		return p
	}
	if len(trace) == 0 && p != nil {
		trace = p.Trace
	}
	return &Panic{Value: cause, Trace: trace}
}

// maxStackUse bounds the stack of a goroutine, some 600,000 calls of a small
// function: deeper recursion ends with ErrStackOverflow, in a second or two.
// It is a little less than a power of two, because stacks grow by doubling.
const maxStackUse = 120 << 20

// MaxStack is what debug.SetMaxStack is to be given: compiled code can go on
// to the stack that compiled programs may have.
const MaxStack = 512 << 20

// maxDepth bounds the calls of one goroutine where its stack is not known.
const maxDepth = 500_000

// ErrStackOverflow is the panic of a recursion that is too deep; cells cannot
// recover it, as in compiled Go.
var ErrStackOverflow = errors.New("stack overflow: endless recursion?")

// checkStack ends a recursion that is too deep. Frames are kept for later
// calls, so it is asked now and then when new ones are made.
func (th *thread) checkStack() {
	if used := stackUsed(); used > maxStackUse || used == 0 && th.depth() >= maxDepth {
		th.overflow()
	}
}

// checkOutside does so for calls that come from compiled code, each of which
// begins a thread: there its callers may take a panic for one of their own, call
// by call, so the run is ended, and the goroutine as by runtime.Goexit.
func (th *thread) checkOutside(c *Code) {
	if stackUsed() > maxStackUse {
		th.run.End(ErrStackOverflow, []Frame{{Func: c.name, Pos: c.pos, full: c.full}})
		runtime.Goexit()
	}
}

func (th *thread) overflow() { panic(ErrStackOverflow) }

// depth counts the calls that are active.
func (th *thread) depth() (n int) {
	for f := th.top; f != nil; f = f.up {
		n++
	}
	return n
}

// A Deadlock is the cause of a run whose goroutines all wait for each other.
type Deadlock struct {
	Waits []Wait // the run's own first
}

// A Wait is what one goroutine waits for.
type Wait struct {
	For string
	Pos token.Pos
}

// Error implements error.
func (d *Deadlock) Error() string {
	return fmt.Sprintf("all goroutines are asleep: deadlock (%d waiting)", len(d.Waits))
}
