package engine

import (
	"context"
	"fmt"
	"go/token"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A Run is one execution that can be interrupted: a cell with the goroutines
// that it starts.
type Run struct {
	Title  string                                           // of the cell, for reports of goroutines
	Report func(r *Run, v any, trace []Frame, at token.Pos) // an unrecovered panic of a goroutine
	// Stray is told of a panic in a callback at the bottom of a goroutine that
	// compiled code, by, has started, and that ends with it; nil: the panic
	// goes on.
	Stray func(r *Run, v any, trace []Frame, by string, at token.Pos)
	// Word words a panic, with its traceback, for the log of a test.
	Word func(v any, trace []Frame) string
	// Owner is what Owner tells goroutines of the run.
	Owner any

	stop      atomic.Uint32
	done      chan struct{} // closed by Interrupt
	insisted  chan struct{} // by the second
	left      chan struct{} // closed by Leave
	parted    atomic.Bool
	unwinding atomic.Bool
	ending    atomic.Pointer[ending]
	passed    atomic.Pointer[[]Frame] // the traceback of a panic that went through compiled code

	alive  atomic.Int32               // its goroutines
	heeded bool                       // it is one of attention's, whose lock guards this
	told   atomic.Pointer[goroutines] // those that have been given the interrupt

	labels context.Context // of its goroutines
	label  unsafe.Pointer  // as the runtime keeps them
	guards int             // of those goroutines that are waited for

	announced bool // it is to run code; guarded by asleep.mu, as is
	mains     int  // how many of asleep's mains it is

	profile atomic.Pointer[Profile] // nil: none is made
}

// NewRun makes a Run.
func NewRun(title string) *Run {
	return &Run{Title: title, done: make(chan struct{}), insisted: make(chan struct{}), left: make(chan struct{})}
}

// Interrupt makes the run's goroutines panic with ErrInterrupted at their next
// check. Deferred calls still run; a second Interrupt stops those too.
func (r *Run) Interrupt() {
	switch r.stop.Add(1) {
	case 1:
		close(r.done)
		r.heed()
		interrupt.Watch(workInterrupted)
	case 2:
		close(r.insisted)
		r.insist()
	}
}

// Fatal is implemented by panic values that cells cannot recover.
type Fatal interface{ Fatal() }

// Abrupt is implemented by fatal panic values that end a program at once, as
// os.Exit does: no deferred calls run.
type Abrupt interface {
	error
	Fatal
	Abrupt()
}

// abrupt reports whether deferred calls are not to see the panic.
func (r *Run) abrupt(v any) bool {
	if v == ErrInterrupted {
		_, v = r.cause()
	}
	_, ok := v.(Abrupt)
	return ok
}

func fatal(v any) bool {
	if v == ErrInterrupted || v == ErrStackOverflow {
		return true
	}
	_, ok := v.(Fatal)
	return ok
}

func (th *thread) interrupted() {
	if th.clock != nil {
		th.sampled()
	}
	if n := th.run.stop.Load(); n == 0 || th.quiet && n < 2 {
		return
	}
	panic(ErrInterrupted)
}

// A Frame is one call in a traceback.
type Frame struct {
	Func string
	Pos  token.Pos // where in it the call, or the panic, is
	full string    // as package runtime names it
}

// maxTrace bounds tracebacks, from the innermost call outwards.
const maxTrace = 64

// capture notes where a panic comes from, once per panic.
func (th *thread) capture(v any) {
	if th.trace != nil && same(th.pval, v) {
		return
	}
	th.pval, th.trace, th.prior = v, []Frame{}, outer(v)
	if inner := th.run.passed.Swap(nil); inner != nil {
		th.trace = append(th.trace, *inner...)
	}
	if th.top != nil && !th.top.code.native && th.m.bound.Load() {
		th.trace = append(th.trace, th.m.calledBack()...)
	}
	instead := false
	for f := th.top; f != nil && len(th.trace) < maxTrace; f = f.up {
		if f.code.native && !instead {
			th.trace = append(th.trace, th.m.nativeFrames()...)
		}
		instead = f.code.instead
		if !f.code.hidden {
			th.trace = append(th.trace, Frame{f.code.name, f.pos, f.code.full})
		}
		if f.rec != nil && f.rec.trace != nil { // it was called while that panic was on its way
			th.trace = append(th.trace, f.rec.trace...)
			break
		}
	}
	th.trace = th.trace[:min(len(th.trace), maxTrace)]
}

// same compares panic values without comparing what cannot be.
func same(a, b any) bool { return ifaceOf(a) == ifaceOf(b) }

// A panicking is a panic that deferred calls see.
type panicking struct {
	val       any
	recovered bool
	goexit    bool
	trace     []Frame
	native    bool       // it is one of native code, which has deferred the call that sees it
	before    *panicking // the panic that was on its way when this one began
}

// append makes q, and what was before it, the panics before p.
func (p *panicking) append(q *panicking) {
	for p.before != nil && p.before != q {
		p = p.before
	}
	p.before = q
}

// An Earlier is a panic that was on its way when another one began.
type Earlier struct {
	Value     any
	Recovered bool
	Again     bool // the next one has the same value
}

// earlier lists p and the panics before it, the first one first; next is the
// value of the one after it.
func (p *panicking) earlier(next any) (list []Earlier) {
	for ; p != nil; p = p.before {
		if !p.goexit {
			list = append(list, Earlier{p.val, p.recovered, same(p.val, next)})
			next = p.val
		}
	}
	slices.Reverse(list)
	return list
}

// runDeferring runs a frame whose code has defer statements.
func (c *Code) runDeferring(f *F) {
	normal := false
	f.defers = nil
	defer func() {
		if !normal {
			c.unwind(f, recover())
		}
	}()
	if c.guard(f) == cNext {
		f.pos = c.end
	}
	for f.defers != nil {
		d := f.defers
		f.defers = d.next
		d.invoke(f, nil)
		*d = prepared{next: f.th.spare}
		f.th.spare = d
	}
	normal = true
}

// unwind runs the deferred calls of a frame that a panic, or runtime.Goexit,
// has left, and panics on unless one of them has recovered it.
func (c *Code) unwind(f *F, v any) {
	th := f.th
	if f.kid != nil && f.kid.busy {
		f.kid = nil // left in the middle, with all that it holds
	}
	p := &panicking{val: v, goexit: v == nil}
	if v != nil {
		th.capture(v)
		p.trace, p.before = th.trace, th.prior
	}
	if th.run.abrupt(v) {
		f.defers = nil
	}
	if v == ErrInterrupted {
		th.quiet = true
		th.run.raise()
	}
	for f.defers != nil {
		d := f.defers
		f.defers = d.next
		th.top = f
		if again := c.deferredCall(f, d, p); again != nil {
			p = again
		} else if p != nil && p.recovered {
			p = nil
			th.trace, th.pval, th.prior = nil, nil, nil
		}
	}
	th.top = f
	switch {
	case p == nil:
		return
	case p.goexit && v == nil:
		return // Goexit goes on by itself
	case p.goexit:
		runtime.Goexit()
	}
	th.pval, th.trace, th.prior = p.val, p.trace, p.before // a deferred call may have recovered another
	panic(p.val)
}

// deferredCall runs one deferred call during a panic; it returns the panic
// that this call ended in.
func (c *Code) deferredCall(f *F, d *prepared, p *panicking) (again *panicking) {
	done := false
	defer func() {
		if !done {
			v := recover()
			if v == nil { // Goexit does not come back to the loop that is calling
				f.th.trace, f.th.pval, f.th.prior = nil, nil, nil
				c.unwind(f, nil)
				return
			}
			f.th.capture(v)
			again = &panicking{val: v, trace: f.th.trace, before: f.th.prior}
			if p != nil {
				again.append(p)
			}
		}
	}()
	f.th.prior = nil // of panics that begin in the call
	d.invoke(f, p)
	done = true
	return nil
}

// offered is the panic that the call of frame f may recover; nil: there is none.
func (f *F) offered() *panicking {
	p := f.rec
	for up := f.up; p == nil && up != nil && up.code.forwards; up = up.up {
		p = up.rec
	}
	return p
}

// recovered is the builtin recover, called in frame f.
func (f *F) recovered() iface {
	p := f.offered()
	if p == nil || p.recovered || p.goexit || fatal(p.val) {
		return iface{}
	}
	if p.native {
		if !recoverNative(p.val) {
			return iface{}
		}
		f.th.run.passed.Store(nil)
	}
	p.recovered = true
	return ifaceOf(p.val)
}

// The run-time errors of compiled Go, as the runtime makes them.
var (
	errNil    = caught(func() { var p *int; *p = 1 })
	errDivide = caught(func() { zero := 0; _ = 1 / zero })
	errShift  = caught(func() { n := -1; _ = 1 << n })
	errNilMap = caught(func() { m := noMap(); m[1] = 1 })
)

func noMap() map[int]int { return nil }

func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

//go:noinline
func (f *F) badNil(pos token.Pos) { f.pos = pos; panic(errNil) }

//go:noinline
func (f *F) badDivide(pos token.Pos) { f.pos = pos; panic(errDivide) }

//go:noinline
func (f *F) badShift(pos token.Pos) { f.pos = pos; panic(errShift) }

//go:noinline
func (f *F) badIndex(pos token.Pos, i, n int) {
	f.pos = pos
	if i == math.MaxInt {
		_ = make([]struct{}, n)[f.unsigned(i)]
	}
	_ = make([]struct{}, n)[i]
}

//go:noinline
func (f *F) badSlice(pos token.Pos, lo, hi int, s slice) {
	f.pos = pos
	x := make([]struct{}, s.len, s.cap)
	if lo == math.MaxInt || hi == math.MaxInt {
		_ = x[f.unsigned(lo):f.unsigned(hi)]
	}
	_ = x[lo:hi]
	panic("engine: slice bounds")
}

//go:noinline
func (f *F) badSlice3(pos token.Pos, lo, hi, mx, n int) {
	f.pos = pos
	x := make([]struct{}, n)
	if lo == math.MaxInt || hi == math.MaxInt || mx == math.MaxInt {
		_ = x[f.unsigned(lo):f.unsigned(hi):f.unsigned(mx)]
	}
	_ = x[lo:hi:mx]
	panic("engine: slice bounds")
}

// badArray is badSlice3 for arrays, whose errors speak of their length.
func (f *F) badArray(pos token.Pos, lo, hi, mx, n int) {
	if mx > n {
		f.pos = pos
		panic(runtimeError(fmt.Sprintf("slice bounds out of range [::%d] with length %d", f.unsigned(mx), n)))
	}
	f.badSlice3(pos, lo, hi, mx, n)
}

//go:noinline
func (f *F) badString(pos token.Pos, s string, lo, hi int) {
	f.pos = pos
	if lo == math.MaxInt || hi == math.MaxInt {
		_ = s[f.unsigned(lo):f.unsigned(hi)]
	}
	_ = s[lo:hi]
	panic("engine: string bounds")
}

// unsigned is an index as it was before it became an int.
func (f *F) unsigned(i int) uint64 {
	if i == math.MaxInt && f.th.large != 0 {
		return f.th.large
	}
	return uint64(i)
}

// A prepared is a call whose function and arguments have been evaluated: what
// defer and go keep.
type prepared struct {
	code   *Code // interpreted, or:
	native nativeFunc
	fn     unsafe.Pointer // of compiled code
	cl     *closure
	sig    *sigLayout
	base   unsafe.Pointer   // the block: a word for the receiver, then the parameters
	recv   func(nf *F)      // stores the receiver of an interpreted method
	host   func(f *F)       // or: this
	stops  bool             // or: the builtin recover
	apart  bool             // it is the call of a goroutine
	kept   []unsafe.Pointer // what its arguments point to as numbers
	pos    token.Pos
	pc     uintptr   // of native code: where it is called
	next   *prepared // that the frame has deferred before
}

func (th *thread) newPrepared() *prepared {
	p := th.spare
	if p == nil {
		return new(prepared)
	}
	th.spare, p.next = p.next, nil
	return p
}

// invoke makes the call; p is the panic that it may recover.
func (c *prepared) invoke(f *F, p *panicking) {
	if p != nil { // else the frame is where its function ends
		f.pos = c.pos
	}
	switch {
	case c.stops:
		if p == nil { // called by the frame's function, which a panic has not left
			f.recovered()
		}
	case c.host != nil:
		c.host(f)
	case c.code != nil:
		nf := f.enter(c.code)
		cl := c.cl
		nf.setClosure(cl)
		nf.rec = p
		c.sig.moveArgs(nf, unsafe.Add(c.base, word))
		if c.recv != nil {
			c.recv(nf)
		}
		if c.apart { // the call may outlive their use
			c.base, c.recv, c.cl = nil, nil, nil
		}
		nf.call()
		runtime.KeepAlive(cl)
		nf.rec = nil
		nf.leave()
	default:
		c.callCompiled(f, p)
	}
	runtime.KeepAlive(c.kept)
}

// keep takes the pointers at offs over from the frame.
func (c *prepared) keep(f *F, offs []uintptr) {
	for _, off := range offs {
		c.kept = append(c.kept, *(*unsafe.Pointer)(f.at(off)))
	}
	f.clear(offs)
}

// start runs a prepared call as a goroutine of the frame's run.
func (f *F) start(c *prepared) { f.th.m.start(f.th.run, f.th.quiet, c) }

func (m *Machine) start(run *Run, quiet bool, c *prepared) {
	m.asleep.live.Add(1)
	run.begin()
	go func() {
		th := m.newThread(run, 8)
		th.quiet = quiet // deferred calls may need it to get on
		done := false
		if p := run.profile.Load(); p != nil {
			p.join(th)
			defer p.leave(th)
		}
		defer m.asleep.end(m)
		defer run.end()
		if quiet {
			run.raise()
		}
		defer func() {
			if done {
				return
			}
			if v := recover(); v != nil {
				th.capture(v)
				if run.Report != nil && v != ErrInterrupted {
					run.Report(run, v, th.trace, m.posOf(c))
				}
			}
		}()
		th.root.pos, c.apart = c.pos, true
		c.invoke(&th.root, nil)
		done = true
	}()
}
