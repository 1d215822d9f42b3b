package engine

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A closure is an interpreted function value. It has the form that compiled
// Go gives a func value with one captured variable: code, and what the code
// finds as that variable, the closure itself. So a pointer to it is a func
// value that compiled code can call. Behind it in the same allocation are the
// addresses of the variables that the interpreted function has captured.
//
// Of signatures without a thunk pc is 0; the func value is then one that
// reflect.MakeFunc has made.
type closure struct {
	pc   uintptr
	self *closure
	code *Code
}

// captured is the address of variable i.
func (cl *closure) captured(i int) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(cl), capturedOffset(i)))
}

func capturedOffset(i int) uintptr { return unsafe.Sizeof(closure{}) + uintptr(i)*word }

// A funcKind is what the function values of one code have in common.
type funcKind struct {
	m       *Machine
	ft      reflect.Type
	pc      uintptr        // of the thunk, or 0
	layout  unsafe.Pointer // of a closure with its variables
	in, out regs           // the registers of the thunk
	idle    atomic.Pointer[thread]
}

// values prepares code for being a function value of type ft that captures n
// variables.
func (c *Code) values(m *Machine, ft reflect.Type, n int) {
	k := &funcKind{m: m, ft: ft}
	k.pc, k.in, k.out = thunkOf(ft)
	fields := []rtype.Field{{Off: 0, Type: reflect.TypeFor[closure]()}}
	size := unsafe.Sizeof(closure{})
	for range n {
		fields = append(fields, rtype.Field{Off: size, Type: rtypePointer})
		size += word
	}
	k.layout = rtype.Layout(size, fields)
	c.kind = k
}

// closure makes a function value of code; its variables are still to be set.
func (c *Code) closure() *closure {
	cl := (*closure)(rtype.Alloc(c.kind.layout))
	cl.pc, cl.self, cl.code = c.kind.pc, cl, c
	return cl
}

// thunkPCs are the addresses of the thunks' code.
var thunkPCs = map[string]uintptr{}

// thunkOf finds the thunk that is the code of func values of type ft; 0:
// there is none.
func thunkOf(ft reflect.Type) (pc uintptr, in, out regs) {
	in, out, ok := signatureRegs(ft, false)
	// The thunk keeps its parameters where its caller has made room for them.
	if !ok || in.spill < uintptr(len(in.ints)+len(in.floats))*word {
		return 0, in, out
	}
	return thunkPCs[in.kinds()+"_"+out.kinds()], in, out
}

// What tells the other interpreted function values: reflect.MakeFunc made it,
// of a function that handler made.
var (
	madePC   uintptr // the code of func values of reflect.MakeFunc
	handlePC uintptr // the code of func values of handler
	fnOffset uintptr // where a func value of MakeFunc keeps its function
)

// handler is how compiled code calls a closure without a thunk.
//
//go:noinline
func handler(c *closure) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value { return c.called(args) }
}

func init() {
	probe := &closure{}
	if hasRegs {
		for key, make := range thunkMakers {
			fv := make(probe)
			if *(**closure)(unsafe.Add(fv, word)) != probe {
				errLayout = errors.New("captured variables are kept in a way that is not known here")
				return
			}
			thunkPCs[key] = *(*uintptr)(fv)
		}
	}
	h := handler(probe)
	hp := *(*unsafe.Pointer)(unsafe.Pointer(&h))
	handlePC = *(*uintptr)(hp)
	fp := ifaceOf(reflect.MakeFunc(reflect.TypeFor[func()](), h).Interface()).d
	madePC = *(*uintptr)(fp)
	// {fn uintptr; stack *bitVector; argLen uintptr; regPtrs; ftyp; fn}
	for off := word; off < 10*word; off += word {
		if *(*unsafe.Pointer)(unsafe.Add(fp, off)) == hp {
			fnOffset = off
			return
		}
	}
	errLayout = errors.New("package reflect keeps functions in a way that is not known here")
}

// errLayout says what the engine does not know of the Go that built it.
var errLayout error

// Check reports whether programs can run: the engine knows how the Go release
// that built it lays out types and functions.
func Check() error {
	if errLayout != nil {
		return fmt.Errorf("engine: %w", errLayout)
	}
	return rtype.Check()
}

// closureOf finds the interpreted function behind a func value of a type
// whose thunk is at pc; nil: it is compiled.
func closureOf(fv unsafe.Pointer, pc uintptr) *closure {
	if pc != 0 {
		if *(*uintptr)(fv) == pc {
			return (*closure)(fv)
		}
		return nil
	}
	return madeClosure(fv)
}

func madeClosure(fv unsafe.Pointer) *closure {
	if *(*uintptr)(fv) != madePC {
		return nil
	}
	h := *(*unsafe.Pointer)(unsafe.Add(fv, fnOffset))
	if *(*uintptr)(h) != handlePC {
		return nil
	}
	return *(**closure)(unsafe.Add(h, word))
}

// value is the Go func value of a closure.
func (cl *closure) value() unsafe.Pointer {
	if cl.pc != 0 {
		return unsafe.Pointer(cl)
	}
	v := reflect.MakeFunc(cl.code.kind.ft, handler(cl))
	return ifaceOf(v.Interface()).d
}

// enter makes a frame for a call of the closure by compiled code.
func (cl *closure) enter() *F {
	k := cl.code.kind
	nf := k.m.enterOutside(&k.idle, cl.code)
	nf.setClosure(cl) // which its thunk keeps until exit
	return nf
}

// exit ends such a call.
func (cl *closure) exit(nf *F) { nf.exitOutside(&cl.code.kind.idle) }

// enterOutside makes a frame for a call by compiled code, in a thread that no
// other call has: the idle one, if there is one.
func (m *Machine) enterOutside(idle *atomic.Pointer[thread], code *Code) *F {
	run := m.current()
	th := idle.Swap(nil)
	switch {
	case th == nil:
		th = m.newThread(run, 16)
	case th.run != run:
		th.run, th.stop = run, &run.stop
	}
	th.quiet = run.quiet()
	th.checkOutside(code)
	nf := th.root.enter(code)
	if p := m.offers.take(); p != nil {
		nf.rec = p
	} else if m.bound.Load() {
		nf.rec = deferredFor()
	}
	return nf
}

// exitOutside ends such a call and leaves its thread to the next. One that a
// panic has left is not used again.
func (nf *F) exitOutside(idle *atomic.Pointer[thread]) {
	th := nf.th
	if nf.rec != nil {
		nf.rec = nil
	}
	nf.leave()
	idle.Store(th)
}

// called runs a closure for compiled code that calls through package reflect.
func (cl *closure) called(args []reflect.Value) []reflect.Value {
	nf := cl.enter()
	out := nf.th.outside(nf, cl.code.sig, args)
	cl.exit(nf)
	return out
}

// outside runs a frame for compiled code: arguments and results as package
// reflect has them.
func (th *thread) outside(nf *F, l *sigLayout, args []reflect.Value) []reflect.Value {
	for i, s := range l.params {
		reflect.NewAt(rtype.FromWord(s.typ), nf.at(header+s.off)).Elem().Set(args[i])
	}
	nf.runOutside()
	out := make([]reflect.Value, len(l.results))
	for i, s := range l.results {
		v := reflect.New(rtype.FromWord(s.typ)).Elem()
		v.Set(reflect.NewAt(rtype.FromWord(s.typ), nf.at(header+s.off)).Elem())
		out[i] = v
	}
	return out
}

// passed keeps the traceback of a panic that leaves interpreted code through
// compiled code, for the interpreted code that called that.
func (m *Machine) passed(th *thread) {
	if th.trace == nil {
		th.capture(nil)
	}
	th.run.passed.Store(&th.trace)
}

// closure makes function values of code.
func (c *comp) closure(code *Code, t types.Type, boxes []ptrFn) expr {
	code.values(c.m, c.m.rtype(t), len(boxes))
	out := expr{t: t, rep: repOf[unsafe.Pointer]{}}
	switch len(boxes) {
	case 0:
		cl := code.closure().value() // all its values are alike
		out.fn = func(f *F) unsafe.Pointer { return cl }
	default:
		out.fn = func(f *F) unsafe.Pointer {
			cl := code.closure()
			for i, b := range boxes {
				*cl.captured(i) = b(f)
			}
			return cl.value()
		}
	}
	return out
}
