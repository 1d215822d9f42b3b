package engine

import (
	"go/token"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// F is the header of an activation frame. Parameters, results, locals and
// temporaries follow it in the same allocation, at offsets that the compiler
// has fixed, in the memory layout that compiled Go gives their types.
type F struct {
	th     *thread
	code   *Code
	cl     uintptr    // the *closure that runs, for its captured variables; the caller keeps it
	up     *F         // the caller
	rec    *panicking // the panic that this deferred call may recover
	defers *prepared
	label  *label // where a labelled break, continue or goto goes
	pos    token.Pos
	next   *F   // in a thread's list of free frames
	kid    *F   // a frame for calls that this one makes
	kept   bool // it is the kid of the frame up
	busy   bool // … and in use
}

const header = unsafe.Sizeof(F{})

// closure is the function value that runs. Frames are kept for further calls,
// so a pointer in them would keep what the value has captured.
func (f *F) closure() *closure { return *(**closure)(unsafe.Pointer(&f.cl)) }

func (f *F) setClosure(cl *closure) { f.cl = uintptr(unsafe.Pointer(cl)) }

func (f *F) at(off uintptr) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(f), off) }

// ctl is how a statement ended.
type ctl int

const (
	cNext ctl = iota
	cBreak
	cContinue
	cReturn
	cBreakTo    // the statement labelled f.label
	cContinueTo // the loop labelled f.label
	cGoto       // f.label
)

// exec runs a statement.
type exec func(f *F) ctl

// A label is the identity of a labelled statement in one function.
type label struct{ name string }

// Code is one function, or one instance of a generic one, ready to run once
// it has been compiled; that happens when it is first called.
type Code struct {
	name    string // as tracebacks show it
	full    string // as package runtime names it
	lits    int    // function literals in it
	pos     token.Pos
	id      uint32
	sig     *sigLayout
	recvOff uintptr        // of the receiver; 0 where there is none
	recvT   unsafe.Pointer // its type

	frame  unsafe.Pointer // its allocation layout
	ptrs   []uintptr      // offsets of the words that hold pointers
	body   exec
	guard  exec             // of code with defer statements: its own body, which body guards
	defers bool             // it has defer statements
	end    token.Pos        // of its source, where they are run unless a return statement is reached
	kind   *funcKind        // of code that is made function values of
	caps   []unsafe.Pointer // types of the variables that function values capture
	hidden bool             // left out of tracebacks
	loop   bool             // the body of a loop over an iterator

	forwards bool // it only passes a call on
	native   bool // it runs a native form
	asked    bool // native code calls it for what tells about callers
	instead  bool // it runs in place of the native form that the frame above it is for

	ready   atomic.Bool
	stale   atomic.Bool // its function has other code now
	compile func(c *Code)
	mu      *sync.Mutex // the machine's
	key     any         // of the unit that it comes of
}

var codeIDs atomic.Uint32

func (m *Machine) newCode(name string, pos token.Pos, sig *sigLayout, compile func(c *Code)) *Code {
	return &Code{name: name, pos: pos, id: codeIDs.Add(1), sig: sig, compile: compile, mu: &m.mu}
}

// prepare compiles the code unless that has been done.
func (c *Code) prepare() {
	if c.ready.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prepareLocked()
}

func (c *Code) prepareLocked() {
	if !c.ready.Load() {
		c.compile(c)
		c.ready.Store(true)
	}
}

// A thread is what one goroutine of interpreted code has of its own.
type thread struct {
	m     *Machine
	run   *Run
	stop  *atomic.Uint32 // run.stop
	top   *F             // the innermost frame
	live  int            // frames made
	cache []cached
	trace []Frame    // of the panic that is on its way
	pval  any        // that panic's value
	prior *panicking // the one that was on its way when that one began
	root  F          // what calls from outside have as their caller
	quiet bool       // unwinding after an interrupt: checks do not stop deferred calls
	large uint64     // the last index that no int holds
	spare *prepared  // that deferred calls have left

	// While the run is profiled:
	clock, clockWas *clock         // of the goroutine; the one before, which is often the same
	outer           *thread        // that has called compiled code which has called this one
	native          unsafe.Pointer // the compiled function that is called

	waiting waiter // for another goroutine
}

type cached struct {
	code *Code
	f    *F
}

func (m *Machine) newThread(run *Run, frames int) *thread {
	th := &thread{m: m, run: run, stop: &run.stop, cache: make([]cached, frames)}
	th.root.th = th
	th.root.code = rootCode
	th.top = &th.root
	return th
}

var rootCode = &Code{name: "", hidden: true}

// enter makes a frame for a call of c: the one that the caller keeps, or
// another.
func (f *F) enter(c *Code) *F {
	if nf := f.kid; nf != nil && nf.code == c && !nf.busy {
		nf.busy = true
		return nf
	}
	return f.enterOther(c)
}

// enterFunc makes a frame for a call of fn.
func (f *F) enterFunc(fn *Func) *F {
	c := fn.code.Load()
	if nf := f.kid; nf != nil && nf.code == c && !nf.busy {
		nf.busy = true
		return nf
	}
	if c == nil {
		c = fn.make(f.th.m)
	}
	return f.enterOther(c)
}

// enterOther takes a frame that is free, or makes one; the caller keeps its
// first, so that most calls need not look for theirs.
func (f *F) enterOther(c *Code) *F {
	th := f.th
	e := &th.cache[c.id&uint32(len(th.cache)-1)]
	nf := e.f
	if nf != nil && e.code == c {
		e.f, nf.next = nf.next, nil
	} else {
		nf = th.alloc(c)
	}
	nf.up = f
	if k := f.kid; k != nil && !k.busy && k.code.stale.Load() {
		f.kid = nil
	}
	if f.kid == nil && th.live < maxKept {
		f.kid, nf.kept, nf.busy = nf, true, true
	}
	return nf
}

// maxKept bounds the frames that others keep: each may keep a chain of them.
const maxKept = 10_000

func (th *thread) alloc(c *Code) *F {
	c.prepare()
	if th.live++; th.live%256 == 0 {
		th.checkStack()
	}
	f := (*F)(rtype.Alloc(c.frame))
	f.th, f.code = th, c
	return f
}

// call runs the frame's code; its results are in the frame.
func (nf *F) call() {
	th := nf.th
	th.top = nf
	if th.stop.Load() != 0 {
		th.interrupted()
	}
	nf.code.body(nf)
	th.top = nf.up
}

// leave gives the frame back.
func (nf *F) leave() {
	c := nf.code
	for _, off := range c.ptrs {
		*(*unsafe.Pointer)(nf.at(off)) = nil
	}
	if nf.kept {
		nf.busy = false
		return
	}
	nf.free(c)
}

// free puts a frame that no other keeps where enterOther looks.
func (nf *F) free(c *Code) {
	th := nf.th
	e := &th.cache[c.id&uint32(len(th.cache)-1)]
	if e.code != c {
		e.code, e.f = c, nil
	}
	nf.next = e.f
	e.f = nf
}

// poll is the interrupt check at the back-edges of loops and at calls.
func (f *F) poll() {
	if f.th.stop.Load() != 0 {
		f.th.interrupted()
	}
}

// A sigLayout says where in a block of memory the parameters and results of a
// signature are. Interpreted code has the block in its frame behind the
// header, followed by the receiver; calls of compiled code have it behind a
// word for the receiver.
type sigLayout struct {
	params   []slot
	results  []slot
	resOff   uintptr        // where results begin
	size     uintptr        // of params and results
	block    unsafe.Pointer // allocation layout of a receiver word and the block
	argsT    unsafe.Pointer // layout of the parameters alone, for moving them
	resT     unsafe.Pointer // layout of [0,size) in which only results are typed
	variadic bool
}

type slot struct {
	off uintptr
	typ unsafe.Pointer // *abi.Type
	rep rep
}
