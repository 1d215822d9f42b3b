package engine

import (
	"go/types"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A closure is an interpreted function value. Its Go form is a real func
// value, so that compiled code can call it.
type closure struct {
	code *Code
	vars []unsafe.Pointer
	m    *Machine
	ft   reflect.Type
}

// What tells an interpreted function value: reflect.MakeFunc made it, of a
// function that handler made.
var (
	madePC   uintptr // the code of func values of reflect.MakeFunc
	handlePC uintptr // the code of func values of handler
	fnOffset uintptr // where a func value of MakeFunc keeps its function
)

// handler is how compiled code calls a closure.
//
//go:noinline
func handler(c *closure) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value { return c.called(args) }
}

func init() {
	h := handler(&closure{})
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
	panic("engine: package reflect keeps functions in a way that is not known here")
}

// closureOf finds the interpreted function behind a func value; nil: it is
// compiled.
func closureOf(fv unsafe.Pointer) *closure {
	if *(*uintptr)(fv) != madePC {
		return nil
	}
	h := *(*unsafe.Pointer)(unsafe.Add(fv, fnOffset))
	if *(*uintptr)(h) != handlePC {
		return nil
	}
	return *(**closure)(unsafe.Add(h, word))
}

// value makes the Go func value of a closure.
func (cl *closure) value() unsafe.Pointer {
	v := reflect.MakeFunc(cl.ft, handler(cl))
	return ifaceOf(v.Interface()).d
}

// called runs a closure for compiled code.
func (cl *closure) called(args []reflect.Value) []reflect.Value {
	th := cl.m.newThread(cl.m.current(), 8)
	nf := th.root.enter(cl.code)
	nf.cl = cl
	return th.outside(nf, cl.code.sig, args, cl.ft)
}

// outside runs a frame for compiled code: arguments and results as package
// reflect has them.
func (th *thread) outside(nf *F, l *sigLayout, args []reflect.Value, ft reflect.Type) []reflect.Value {
	for i, s := range l.params {
		reflect.NewAt(rtype.FromWord(s.typ), nf.at(header+s.off)).Elem().Set(args[i])
	}
	done := false
	defer func() {
		if !done {
			th.m.passed(th)
		}
	}()
	nf.call()
	done = true
	out := make([]reflect.Value, len(l.results))
	for i, s := range l.results {
		v := reflect.New(rtype.FromWord(s.typ)).Elem()
		v.Set(reflect.NewAt(rtype.FromWord(s.typ), nf.at(header+s.off)).Elem())
		out[i] = v
	}
	nf.leave()
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
	m := c.m
	ft := m.rtype(t)
	out := expr{t: t, rep: repOf[unsafe.Pointer]{}}
	out.fn = func(f *F) unsafe.Pointer {
		cl := &closure{code: code, m: m, ft: ft}
		if len(boxes) > 0 {
			cl.vars = make([]unsafe.Pointer, len(boxes))
			for i, b := range boxes {
				cl.vars[i] = b(f)
			}
		}
		return cl.value()
	}
	return out
}
