package engine

import (
	"go/ast"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A function can have a native form: machine code that does what its source
// says, made elsewhere and bound to it here. What calls the function by its
// name, through its func values, interfaces and method tables runs that form
// from then on, until the function gets another source.

// A Native is the native form of a function or method.
type Native struct {
	// Func is its func value; that of a method takes the receiver, of the type
	// that the method declares, as its first parameter.
	Func unsafe.Pointer
	// Pointer is the func value of a method with a value receiver that takes the
	// receiver's address; nil: there is none.
	Pointer unsafe.Pointer
}

// A Source is the declaration that a function has at some time.
type Source struct {
	Unit *Unit
	Decl *ast.FuncDecl
	Obj  *types.Func

	src *source
	fn  *Func
}

// Source finds the declaration that a function or method has now; of a generic
// one, or a method of a generic type, that is the declaration of the instance
// that args make. It is false for what has no source here.
func (m *Machine) Source(obj *types.Func, args ...types.Type) (Source, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fn := m.function(obj, args)
	if fn == nil || m.sources[fn.src] == nil {
		return Source{}, false
	}
	src := m.sources[fn.src]
	return Source{src.unit, src.decl, src.obj, src, fn}, true
}

// recovers reports whether a function with this body stops a panic when it is
// deferred.
func recovers(info *types.Info, body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "recover" {
				_, builtin := info.Uses[id].(*types.Builtin)
				found = found || builtin
			}
		}
		return true
	})
	return found
}

// Slot is where the func value stands that calls of obj are to run: of a
// method with the receiver as its first parameter. It follows the function:
// to its native form when it has one, and to what it is declared as anew. Nil:
// the function has no source here.
func (m *Machine) Slot(obj *types.Func, args ...types.Type) *unsafe.Pointer {
	m.mu.Lock()
	defer m.mu.Unlock()
	fn := m.function(obj, args)
	if fn == nil {
		return nil
	}
	m.thunkOf(fn)
	return &fn.slot
}

// Pointer is a func value that runs what Slot holds at the time of the call;
// nil: the function has no source here.
func (m *Machine) Pointer(obj *types.Func, args ...types.Type) unsafe.Pointer {
	m.mu.Lock()
	defer m.mu.Unlock()
	fn := m.function(obj, args)
	if fn == nil {
		return nil
	}
	return m.valueOf(fn)
}

// Bind gives a function its native form. It has no effect, and returns false,
// when src is not the function's source any more.
func (m *Machine) Bind(src Source, n Native) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sources[src.fn.src] != src.src {
		return false
	}
	if src.src.forms == nil {
		src.src.forms = map[string]Native{}
	}
	src.src.forms[src.fn.inst] = n
	m.places[src.fn] = src.Decl
	m.files[m.cfg.Fset.Position(src.Decl.Pos()).Filename] = true
	m.reset(src.fn)
	src.fn.code.Store(m.instance(src.src, src.fn.inst, src.fn.args))
	m.install(src.fn)
	m.bound.Store(true)
	m.watchStacks()
	return true
}

// Along notes that native forms of other functions have the body of a function
// in them.
func (m *Machine) Along(src Source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.places[src.fn] = src.Decl
	m.files[m.cfg.Fset.Position(src.Decl.Pos()).Filename] = true
}

// Unbind takes the native forms of functions away.
func (m *Machine) Unbind(list ...Source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range list {
		if src := m.sources[s.fn.src]; src != nil {
			delete(src.forms, s.fn.inst)
			m.reset(s.fn)
		}
	}
}

// Bound reports whether a function has a native form now.
func (m *Machine) Bound(obj *types.Func, args ...types.Type) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	fn := m.function(obj, args)
	if fn == nil || m.sources[fn.src] == nil {
		return false
	}
	_, ok := m.sources[fn.src].forms[fn.inst]
	return ok
}

// Keeps reports whether what Bind has given a function is still its native form.
func (m *Machine) Keeps(src Source) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.sources[src.fn.src]
	if now == nil {
		return false
	}
	_, ok := now.forms[src.fn.inst]
	return ok
}

// runs makes code run a native form: with the parameters, and the receiver, in
// the code's frame. Own is the function's own code, of one that recovers: it is
// run where interpreted code has deferred the function.
func (n Native) runs(m *Machine, code, own *Code, sig *types.Signature, recv types.Type) {
	code.hidden, code.native = true, true
	code.compile = func(code *Code) {
		c := newComp(m, nil0, nil, code)
		c.ownBlock(recv)
		l := code.sig
		var in, out []uintptr
		params := vars(sig.Params())
		if recv != nil {
			params = append([]*types.Var{types.NewParam(0, nil, "", recv)}, params...)
			in = append(in, code.recvOff)
		}
		for _, s := range l.params {
			in = append(in, header+s.off)
		}
		for _, s := range l.results {
			out = append(out, header+s.off)
		}
		ft := m.rtype(types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic()))
		call := placedCall(ft, in, out)
		if m.profile != nil {
			call = sampledNative(call)
		}
		body := nativeBody(call, n.Func)
		if own != nil {
			body = deferrable(body, own)
		}
		c.finish(body)
	}
}

// deferrable is a body that runs a function's own code where that may recover a
// panic: the runtime would not see that the native form has been deferred.
func deferrable(body exec, own *Code) exec {
	return func(f *F) ctl {
		p := f.offered()
		if p == nil {
			return body(f)
		}
		nf := f.enter(own)
		own.sig.moveArgs(nf, f.at(header))
		if own.recvT != nil {
			rtype.Move(own.recvT, nf.at(own.recvOff), f.at(own.recvOff))
		}
		nf.rec = p
		nf.call()
		nf.rec = nil
		for _, s := range own.sig.results {
			rtype.Move(s.typ, f.at(header+s.off), nf.at(header+s.off))
		}
		nf.leave()
		return cReturn
	}
}

// nativeBody is the body of code that runs a native form; tracebacks know it
// by its code.
//
//go:noinline
func nativeBody(call nativeFunc, fv unsafe.Pointer) exec {
	return func(f *F) ctl {
		call(f, fv, unsafe.Pointer(f))
		return cReturn
	}
}

// placedCall calls functions of type ft with parameters and results at these
// offsets from the base.
func placedCall(ft reflect.Type, in, out []uintptr) nativeFunc {
	if call := placedRegisters(ft, in, out); call != nil {
		return call
	}
	w := rtype.Word(ft)
	return func(f *F, fn, base unsafe.Pointer) {
		v := reflect.ValueOf(iface{w, fn}.any())
		args := make([]reflect.Value, len(in))
		for i, o := range in {
			args[i] = reflect.NewAt(ft.In(i), unsafe.Add(base, o)).Elem()
		}
		var results []reflect.Value
		if ft.IsVariadic() {
			results = v.CallSlice(args)
		} else {
			results = v.Call(args)
		}
		for i, o := range out {
			reflect.NewAt(ft.Out(i), unsafe.Add(base, o)).Elem().Set(results[i])
		}
	}
}

// placedRegisters does so where all of them are in registers; nil: they are not.
func placedRegisters(ft reflect.Type, in, out []uintptr) nativeFunc {
	if !hasRegs {
		return nil
	}
	var params, results regs
	for i, off := range in {
		if !params.add(ft.In(i), off) {
			return nil
		}
	}
	for i, off := range out {
		if !results.add(ft.Out(i), off) {
			return nil
		}
	}
	params.spill, results.spill = alignUp(params.spill, word), alignUp(results.spill, word)
	return callForm(params, results)
}
