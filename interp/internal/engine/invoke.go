package engine

import (
	"go/types"
	"runtime"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// caller compiles the call itself.
func (c *comp) caller(cl callee, args []argFn) caller {
	switch {
	case cl.host != nil:
		return c.callHost(cl, args)
	case cl.fn != nil:
		return callFunc(cl, args)
	case cl.value != nil && c.m.profile != nil:
		return sampledCaller(c.callValue(cl, args))
	case cl.value != nil:
		return c.callValue(cl, args)
	case cl.iface != nil:
		return c.callIface(cl, args)
	}
	off := c.area(cl.l)
	native, code, recv, pos, back := cl.native, cl.code, cl.word, cl.pos, cl.callsBack()
	return func(f *F) (unsafe.Pointer, *F) {
		base := f.at(off)
		if recv != nil {
			*(*unsafe.Pointer)(base) = recv(f)
		}
		params := unsafe.Add(base, word)
		for _, a := range args {
			a(f, params)
		}
		f.pos = pos
		native(f, code, base)
		if back {
			f.poll()
		}
		return params, nil
	}
}

// callsBack reports whether the compiled function may call interpreted code,
// as it cannot when all it is given is plain. Such code may be interrupted and
// the panic be taken by the compiled code, as package fmt does: then the run
// ends when that returns.
func (cl *callee) callsBack() bool {
	if cl.word != nil {
		return true
	}
	for _, v := range vars(cl.sig.Params()) {
		t := v.Type().Underlying()
		if s, ok := t.(*types.Slice); ok {
			t = s.Elem().Underlying()
		}
		if _, ok := t.(*types.Basic); !ok {
			return true
		}
	}
	return false
}

func (c *comp) callHost(cl callee, args []argFn) caller {
	off := c.area(cl.l)
	host, recv, pos := cl.host, cl.word, cl.pos
	return func(f *F) (unsafe.Pointer, *F) {
		base := f.at(off)
		if recv != nil {
			*(*unsafe.Pointer)(base) = recv(f)
		}
		params := unsafe.Add(base, word)
		for _, a := range args {
			a(f, params)
		}
		f.pos = pos
		host(f, params)
		return params, nil
	}
}

// callFunc calls a declared function or a method of a known type.
func callFunc(cl callee, args []argFn) caller {
	fn, pos, recv := cl.fn, cl.pos, cl.recv
	if recv != nil {
		return func(f *F) (unsafe.Pointer, *F) {
			code := fn.get(f.th.m)
			nf := f.enter(code)
			recv(f, nf.at(code.recvOff))
			params := nf.at(header)
			for _, a := range args {
				a(f, params)
			}
			f.pos = pos
			nf.call()
			return params, nf
		}
	}
	switch len(args) {
	case 1:
		a := args[0]
		return func(f *F) (unsafe.Pointer, *F) {
			nf := f.enter(fn.get(f.th.m))
			params := nf.at(header)
			a(f, params)
			f.pos = pos
			nf.call()
			return params, nf
		}
	case 2:
		a, b := args[0], args[1]
		return func(f *F) (unsafe.Pointer, *F) {
			nf := f.enter(fn.get(f.th.m))
			params := nf.at(header)
			a(f, params)
			b(f, params)
			f.pos = pos
			nf.call()
			return params, nf
		}
	}
	return func(f *F) (unsafe.Pointer, *F) {
		nf := f.enter(fn.get(f.th.m))
		params := nf.at(header)
		for _, a := range args {
			a(f, params)
		}
		f.pos = pos
		nf.call()
		return params, nf
	}
}

// asideArea is an area that only some calls use: what uses it clears the
// parameters.
func (c *comp) asideArea(l *sigLayout) (off uintptr, params []uintptr) {
	from := len(c.fields)
	off = c.area(l)
	for i := from; i < len(c.fields)-len(l.results); i++ {
		c.kinds[i] = aside
	}
	return off, pointersOf(l, off)
}

// callValue calls a function value.
func (c *comp) callValue(cl callee, args []argFn) caller {
	off, own := c.asideArea(cl.l)
	value, pos := cl.value, cl.pos
	ft := c.m.rtype(cl.sig)
	native := c.m.native(ft, false)
	pc, _, _ := thunkOf(ft)
	compiled := func(f *F, fv unsafe.Pointer) (unsafe.Pointer, *F) {
		params := unsafe.Add(f.at(off), word)
		for _, a := range args {
			a(f, params)
		}
		if fv == nil {
			f.badNil(pos)
		}
		f.pos = pos
		native(f, fv, f.at(off))
		f.clear(own)
		f.poll()
		return params, nil
	}
	return func(f *F) (unsafe.Pointer, *F) {
		fv := value(f)
		if fv == nil {
			return compiled(f, fv)
		}
		k := closureOf(fv, pc)
		if k == nil {
			if r := redirectOf(fv); r == nil {
				if b := boundOf(fv); b != nil {
					return f.callBound(b, args, pos)
				}
				return compiled(f, fv)
			} else if !r.fn.method {
				return f.callDeclared(r, args, pos)
			}
			if k = closureOf(through(fv), pc); k == nil {
				return compiled(f, fv)
			}
		}
		nf := f.enter(k.code)
		nf.setClosure(k)
		params := nf.at(header)
		for _, a := range args {
			a(f, params)
		}
		f.pos = pos
		nf.call()
		runtime.KeepAlive(k)
		return params, nf
	}
}

// callIface calls a method of an interface's value.
func (c *comp) callIface(cl callee, args []argFn) caller {
	off, own := c.asideArea(cl.l)
	recv, pos, method, m := cl.iface, cl.pos, cl.method, c.m
	native := m.nativeMethod(cl.sig)
	name := cl.name
	hosts := m.ifaceHosts[name.Name()]
	if name.Pkg() == nil { // error's method, which is called as one of package testing
		hosts = nil
	}
	var cache targetCache
	return func(f *F) (unsafe.Pointer, *F) {
		v := recv(f)
		if v.t == nil {
			f.badNil(pos)
		}
		if t := cache.get(m, v.t, name); t.fn != nil {
			code := t.fn.get(m)
			nf := f.enter(code)
			t.store(nf, code, v.d)
			params := nf.at(header)
			for _, a := range args {
				a(f, params)
			}
			f.pos = pos
			nf.call()
			return params, nf
		}
		base := f.at(off)
		*(*unsafe.Pointer)(base) = v.d
		params := unsafe.Add(base, word)
		for _, a := range args {
			a(f, params)
		}
		f.pos = pos
		if hosts != nil {
			if host := hosts[rtype.ItabType(v.t)]; host != nil {
				host(f, params)
				f.clear(own)
				return params, nil
			}
		}
		native(f, rtype.ItabSlot(v.t, method), base)
		f.clear(own)
		f.poll()
		return params, nil
	}
}
