package engine

import (
	"go/token"
	"go/types"
	"sync/atomic"
	"unsafe"
)

// A redirect is the func value of a declared function: it runs what the slot
// of its Func holds at the time of the call, so that values made earlier call
// the function's new body, and its native form when it has one.
type redirect struct {
	pc uintptr
	fn *Func
	m  *Machine
}

var redirectPC = redirectCode()

// redirectOf tells the func values of declared functions; nil: fv is another.
func redirectOf(fv unsafe.Pointer) *redirect {
	if redirectPC == 0 || *(*uintptr)(fv) != redirectPC {
		return nil
	}
	return (*redirect)(fv)
}

// through is what a func value runs now.
func through(fv unsafe.Pointer) unsafe.Pointer {
	if fv != nil {
		if r := redirectOf(fv); r != nil {
			return atomic.LoadPointer(&r.fn.slot)
		}
	}
	return fv
}

// valueOf is the func value of fn.
func (m *Machine) valueOf(fn *Func) unsafe.Pointer {
	m.thunkOf(fn)
	if redirectPC == 0 {
		return fn.thunk
	}
	if fn.value == nil {
		fn.value = &redirect{redirectPC, fn, m}
	}
	return unsafe.Pointer(fn.value)
}

// valueSig is the signature of fn's func value, with the receiver of a method
// as the first parameter.
func (m *Machine) valueSig(fn *Func) *types.Signature {
	sig := m.sources[fn.src].obj.Signature()
	params := vars(sig.Params())
	if recv := sig.Recv(); recv != nil {
		params = append([]*types.Var{recv}, params...)
	}
	plain := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
	return m.subst(plain, m.envOf(sig, fn.inst, fn.args)).(*types.Signature)
}

// thunkOf makes the func value that runs fn interpreted.
func (m *Machine) thunkOf(fn *Func) {
	if fn.thunk != nil {
		return
	}
	src, sig := m.sources[fn.src], m.valueSig(fn)
	code := m.newCode(src.obj.Name(), src.decl.Pos(), m.layout(sig), nil)
	code.hidden, code.full = true, m.fullName(src.unit, src.obj.Name())
	if recv := src.obj.Signature().Recv(); recv != nil {
		code.full = m.fullName(src.unit, m.typeName(recv.Type())+"."+src.obj.Name())
	}
	if len(fn.args) > 0 {
		code.full = m.fullName(src.unit, m.instanceName(src.obj))
	}
	code.compile = func(code *Code) {
		newComp(m, nil0, nil, code).forward(sig, func() (callee, []argFn) { return m.passOn(fn, code, sig) }, nil)
	}
	code.values(m, m.rtype(sig), 0)
	fn.thunk, fn.thunks = code.closure().value(), code
	if fn.slot == nil {
		atomic.StorePointer(&fn.slot, fn.thunk)
	}
}

// passOn calls fn with the parameters of code, whose signature is that of fn's
// func value.
func (m *Machine) passOn(fn *Func, code *Code, sig *types.Signature) (callee, []argFn) {
	in := newComp(m, nil0, nil, code)
	if !fn.method {
		return callee{sig: sig, l: code.sig, fn: fn, pos: code.pos}, in.paramArgs(code.sig)
	}
	params := vars(sig.Params())
	self := params[0].Type()
	rest := types.NewSignatureType(nil, nil, nil, types.NewTuple(params[1:]...), sig.Results(), sig.Variadic())
	at := code.sig.params[0]
	cl := callee{sig: rest, l: m.layout(rest), fn: fn, pos: code.pos, self: self, recv: at.rep.into(at.rep.local(header + at.off))}
	var args []argFn
	for i, p := range code.sig.params[1:] {
		args = append(args, p.rep.arg(p.rep.local(header+p.off), cl.l.params[i].off))
	}
	return cl, args
}

// reset has fn's code made anew for its next call.
func (m *Machine) reset(fn *Func) {
	if c := fn.code.Swap(nil); c != nil {
		c.stale.Store(true)
	}
	atomic.StorePointer(&fn.slot, fn.thunk)
	atomic.StorePointer(&fn.bySlot, fn.byThunk)
	for _, e := range fn.entries {
		e.set(nil)
	}
}

// install tells callers from compiled and native code what fn's code is now.
func (m *Machine) install(fn *Func) {
	if n, ok := m.sources[fn.src].forms[fn.inst]; ok {
		atomic.StorePointer(&fn.slot, n.Func)
		if fn.byThunk != nil && n.Pointer != nil {
			atomic.StorePointer(&fn.bySlot, n.Pointer)
		}
		m.enterTables(fn)
		for _, e := range fn.entries {
			e.lead(n)
		}
	}
}

// ownMethod finds the interpreted method that an expression t.M names, where
// its receiver is of type t itself.
func (m *Machine) ownMethod(t types.Type, obj *types.Func, path []int) *Func {
	recv := obj.Signature().Recv()
	if len(path) != 1 || isPointer(recv.Type()) != isPointer(t) || types.IsInterface(t) {
		return nil
	}
	elem := t
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		elem = p.Elem()
	}
	return m.function(obj, recvArgs(elem))
}

// callDeclared calls a declared function.
func (f *F) callDeclared(r *redirect, args []argFn, pos token.Pos) (unsafe.Pointer, *F) {
	nf := f.enter(r.fn.get(r.m))
	params := nf.at(header)
	for _, a := range args {
		a(f, params)
	}
	f.pos = pos
	nf.call()
	return params, nf
}
