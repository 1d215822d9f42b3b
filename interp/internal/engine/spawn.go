package engine

import (
	"go/ast"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

func (c *comp) deferStmt(e *ast.CallExpr) exec {
	prepare := c.prepare(e, false)
	return func(f *F) ctl {
		p := prepare(f)
		p.next, f.defers = f.defers, p
		return cNext
	}
}

func (c *comp) goStmt(e *ast.CallExpr) exec {
	prepare := c.prepare(e, true)
	return func(f *F) ctl {
		f.start(prepare(f))
		return cNext
	}
}

// prepare evaluates the function and the arguments of a call that is made
// later.
func (c *comp) prepare(e *ast.CallExpr, apart bool) func(f *F) *prepared {
	if tv := c.info.Types[e.Fun]; tv.IsBuiltin() {
		return c.prepareBuiltin(e, builtinName(e.Fun), apart)
	} else if tv.IsType() {
		x := c.expr(e)
		do := x.rep.do(x.fn)
		return func(f *F) *prepared { do(f); return &prepared{host: func(*F) {}, pos: e.Pos()} }
	}
	cl := c.callee(e)
	args, keeps := c.args(e, cl.sig)
	l := cl.l
	fill := func(f *F, p *prepared) *prepared {
		p.sig, p.pos = l, cl.pos
		params := unsafe.Add(p.base, word)
		for _, a := range args {
			a(f, params)
		}
		p.keep(f, keeps)
		return p
	}
	block := func() unsafe.Pointer { return rtype.Alloc(l.block) }
	if l.size == 0 && cl.word == nil && cl.iface == nil {
		block = func() unsafe.Pointer { return noBlock }
	}
	switch {
	case cl.host != nil:
		return func(f *F) *prepared {
			base := block()
			if cl.word != nil {
				*(*unsafe.Pointer)(base) = cl.word(f)
			}
			p := fill(f, &prepared{base: base})
			p.host = func(f *F) { cl.host(f, unsafe.Add(base, word)) }
			return p
		}
	case cl.fn != nil:
		return c.prepareFunc(cl, fill, block)
	case cl.value != nil:
		ft := c.m.rtype(cl.sig)
		native := c.m.native(ft, false)
		pc, _, _ := thunkOf(ft)
		return func(f *F) *prepared {
			fv := cl.value(f)
			p := f.th.newPrepared()
			p.base = block()
			fill(f, p)
			if fv == nil {
				p.host = func(f *F) { f.badNil(p.pos) }
				return p
			}
			if r := redirectOf(fv); r != nil && !r.fn.method {
				p.code = r.fn.get(r.m)
			} else if b := boundOf(fv); b != nil {
				p.code = b.kind.fn.get(b.kind.m)
				code := p.code
				p.recv = func(nf *F) { b.store(nf, code) }
			} else if k := closureOf(through(fv), pc); k != nil {
				p.code, p.cl = k.code, k
			} else {
				p.native, p.fn = native, fv
			}
			return p
		}
	case cl.iface != nil:
		return c.prepareIface(cl, fill, block)
	}
	return func(f *F) *prepared {
		base := block()
		if cl.word != nil {
			*(*unsafe.Pointer)(base) = cl.word(f)
		}
		return fill(f, &prepared{native: cl.native, fn: cl.code, base: base})
	}
}

// noBlock is the block of calls without receiver, parameters and results.
var noBlock = unsafe.Pointer(new([2]unsafe.Pointer))

func (c *comp) prepareFunc(cl callee, fill func(*F, *prepared) *prepared, block func() unsafe.Pointer) func(*F) *prepared {
	m := c.m
	return func(f *F) *prepared {
		code := cl.fn.get(m)
		p := f.th.newPrepared()
		p.code, p.base = code, block()
		if cl.recv != nil {
			code.prepare()
			// A frame of its own holds the receiver until the call is made.
			keep := f.th.alloc(code)
			at := code.recvOff
			cl.recv(f, keep.at(at))
			p.recv = func(nf *F) { rtype.Move(code.recvT, nf.at(at), keep.at(at)) }
		}
		return fill(f, p)
	}
}

func (c *comp) prepareIface(cl callee, fill func(*F, *prepared) *prepared, block func() unsafe.Pointer) func(*F) *prepared {
	m, native := c.m, c.m.nativeMethod(cl.sig)
	var cache targetCache
	return func(f *F) *prepared {
		v := cl.iface(f)
		if v.t == nil {
			f.badNil(cl.pos)
		}
		p := &prepared{base: block()}
		if t := cache.get(m, v.t, cl.name); t.fn != nil {
			code := t.fn.get(m)
			p.code = code
			p.recv = func(nf *F) { t.store(nf, code, v.d) }
		} else {
			*(*unsafe.Pointer)(p.base) = v.d
			p.native, p.fn = native, rtype.ItabSlot(v.t, cl.method)
		}
		return fill(f, p)
	}
}

// prepareBuiltin keeps a builtin's arguments on the heap until it runs.
func (c *comp) prepareBuiltin(e *ast.CallExpr, name string, apart bool) func(f *F) *prepared {
	if name == "recover" {
		return func(*F) *prepared { return &prepared{stops: !apart, host: func(*F) {}, pos: e.Lparen} }
	}
	var boxed []uintptr
	var words []unsafe.Pointer
	var intos []func(*F, unsafe.Pointer)
	var args []expr
	for _, a := range e.Args {
		x := c.expr(a)
		if x.cv != nil || x.isNil {
			args = append(args, x)
			continue
		}
		at := c.alloc(pointerType)
		boxed = append(boxed, at)
		words = append(words, c.m.word(x.t))
		intos = append(intos, x.rep.into(x.fn))
		args = append(args, expr{t: x.t, rep: x.rep, fn: x.rep.load(c.boxAddr(at))})
	}
	var t types.Type = types.NewTuple()
	if name == "recover" || name == "copy" {
		t = c.resultType(e)
	}
	call := c.builtinOf(name, args, t, e.Lparen)
	run, ok := call.fn.(exec)
	if !ok {
		run = call.rep.do(call.fn)
	}
	code := c.code
	return func(f *F) *prepared {
		vals := make([]unsafe.Pointer, len(boxed))
		for i := range boxed {
			vals[i] = rtype.Alloc(words[i])
			intos[i](f, vals[i])
		}
		return &prepared{pos: e.Lparen, host: func(g *F) {
			at := f
			if apart {
				at = g.th.alloc(code)
				at.up = g
			}
			for i, off := range boxed {
				*(*unsafe.Pointer)(at.at(off)) = vals[i]
			}
			run(at)
		}}
	}
}
