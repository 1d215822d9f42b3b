package engine

import (
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A fused is the part of a rep that does in one closure what takes several by
// the rest of it. What is here is for speed only: each form means the same as
// the general one that its comment names.
type fused interface {
	setVar(off uintptr, x expr) exec                                // setLocal
	ret(off uintptr, x expr) exec                                   // setLocal, and return
	argOf(x expr, off uintptr) argFn                                // arg
	box(off uintptr) any                                            // load of the pointer at off in the frame
	setBox(off uintptr, x expr) exec                                // set of the same
	captured(off uintptr) any                                       // load of the pointer at off in the closure
	setCaptured(off uintptr, x expr) exec                           // set of the same
	field(ptr, off uintptr, pos token.Pos) any                      // load of an offset from the checked pointer at ptr in the frame
	setField(ptr, off uintptr, x expr, pos token.Pos) exec          // set of the same
	setElem(s, i, x expr, pos token.Pos) exec                       // set of a slice's element
	push(off uintptr, x expr, elem unsafe.Pointer) exec             // frame[off] = append(frame[off], x)
	callFunc(fn *Func, args []argFn, at uintptr, pos token.Pos) any // call of a declared function
}

func (repOf[T]) setVar(off uintptr, x expr) exec {
	g, from := x.fn.(func(*F) T), x.loc
	switch {
	case x.cv != nil:
		v := g(nil)
		return func(f *F) ctl { *(*T)(f.at(off)) = v; return cNext }
	case x.local:
		return func(f *F) ctl { *(*T)(f.at(off)) = *(*T)(f.at(from)); return cNext }
	case x.boxAt != 0:
		at := x.boxAt
		return func(f *F) ctl { *(*T)(f.at(off)) = *(*T)(*(*unsafe.Pointer)(f.at(at))); return cNext }
	}
	if x.bin != nil {
		if set := x.bin.setLocal(off); set != nil {
			return set
		}
	}
	return func(f *F) ctl { *(*T)(f.at(off)) = g(f); return cNext }
}

func (repOf[T]) ret(off uintptr, x expr) exec {
	g, from := x.fn.(func(*F) T), x.loc
	switch {
	case x.cv != nil:
		v := g(nil)
		return func(f *F) ctl { *(*T)(f.at(off)) = v; return cReturn }
	case x.local:
		return func(f *F) ctl { *(*T)(f.at(off)) = *(*T)(f.at(from)); return cReturn }
	}
	return func(f *F) ctl { *(*T)(f.at(off)) = g(f); return cReturn }
}

func (repOf[T]) argOf(x expr, off uintptr) argFn {
	g, from := x.fn.(func(*F) T), x.loc
	switch {
	case x.cv != nil:
		v := g(nil)
		return func(f *F, base unsafe.Pointer) { *(*T)(unsafe.Add(base, off)) = v }
	case x.local:
		return func(f *F, base unsafe.Pointer) { *(*T)(unsafe.Add(base, off)) = *(*T)(f.at(from)) }
	}
	if x.bin != nil {
		if arg := x.bin.arg(off); arg != nil {
			return arg
		}
	}
	return func(f *F, base unsafe.Pointer) { *(*T)(unsafe.Add(base, off)) = g(f) }
}

func (repOf[T]) box(off uintptr) any {
	return func(f *F) T { return *(*T)(*(*unsafe.Pointer)(f.at(off))) }
}

func (repOf[T]) setBox(off uintptr, x expr) exec {
	g := x.fn.(func(*F) T)
	return func(f *F) ctl {
		v := g(f)
		*(*T)(*(*unsafe.Pointer)(f.at(off))) = v
		return cNext
	}
}

func (repOf[T]) captured(off uintptr) any {
	return func(f *F) T { return *(*T)(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(f.closure()), off))) }
}

func (repOf[T]) setCaptured(off uintptr, x expr) exec {
	g := x.fn.(func(*F) T)
	return func(f *F) ctl {
		v := g(f)
		*(*T)(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(f.closure()), off))) = v
		return cNext
	}
}

func (repOf[T]) field(ptr, off uintptr, pos token.Pos) any {
	return func(f *F) T {
		p := *(*unsafe.Pointer)(f.at(ptr))
		if p == nil {
			f.badNil(pos)
		}
		return *(*T)(unsafe.Add(p, off))
	}
}

func (repOf[T]) setField(ptr, off uintptr, x expr, pos token.Pos) exec {
	g := x.fn.(func(*F) T)
	return func(f *F) ctl {
		v := g(f)
		p := *(*unsafe.Pointer)(f.at(ptr))
		if p == nil {
			f.badNil(pos)
		}
		*(*T)(unsafe.Add(p, off)) = v
		return cNext
	}
}

func (repOf[T]) setElem(s, i, x expr, pos token.Pos) exec {
	slices, index, g := s.fn.(func(*F) slice), i.fn.(func(*F) int), x.fn.(func(*F) T)
	so, io := s.loc, i.loc
	switch {
	case s.local && i.local:
		return func(f *F) ctl {
			v := g(f)
			a := (*slice)(f.at(so))
			k := *(*int)(f.at(io))
			if uint(k) >= uint(a.len) {
				f.badIndex(pos, k, a.len)
			}
			*(*T)(unsafe.Add(a.p, uintptr(k)*unsafe.Sizeof(*new(T)))) = v
			return cNext
		}
	}
	return func(f *F) ctl {
		a := slices(f)
		k := index(f)
		v := g(f)
		if uint(k) >= uint(a.len) {
			f.badIndex(pos, k, a.len)
		}
		*(*T)(unsafe.Add(a.p, uintptr(k)*unsafe.Sizeof(*new(T)))) = v
		return cNext
	}
}

func (repOf[T]) push(off uintptr, x expr, elem unsafe.Pointer) exec {
	g := x.fn.(func(*F) T)
	return func(f *F) ctl {
		v := g(f)
		s := (*slice)(f.at(off))
		n := s.len
		if n == s.cap {
			*s = grow(*s, n+1, 1, elem)
		} else {
			s.len = n + 1
		}
		*(*T)(unsafe.Add(s.p, uintptr(n)*unsafe.Sizeof(*new(T)))) = v
		return cNext
	}
}

func (repOf[T]) callFunc(fn *Func, args []argFn, at uintptr, pos token.Pos) any {
	at += header
	switch len(args) {
	case 1:
		a := args[0]
		return func(f *F) T {
			nf := f.enterFunc(fn)
			a(f, nf.at(header))
			f.pos = pos
			nf.call()
			v := *(*T)(nf.at(at))
			nf.leave()
			return v
		}
	case 2:
		a, b := args[0], args[1]
		return func(f *F) T {
			nf := f.enterFunc(fn)
			a(f, nf.at(header))
			b(f, nf.at(header))
			f.pos = pos
			nf.call()
			v := *(*T)(nf.at(at))
			nf.leave()
			return v
		}
	}
	return func(f *F) T {
		nf := f.enterFunc(fn)
		for _, a := range args {
			a(f, nf.at(header))
		}
		f.pos = pos
		nf.call()
		v := *(*T)(nf.at(at))
		nf.leave()
		return v
	}
}

func (r memRep) setVar(off uintptr, x expr) exec { return r.setLocal(off, x.fn) }

func (r memRep) ret(off uintptr, x expr) exec {
	g, t := x.fn.(ptrFn), r.t
	return func(f *F) ctl { rtype.Move(t, f.at(off), g(f)); return cReturn }
}

func (r memRep) argOf(x expr, off uintptr) argFn { return r.arg(x.fn, off) }

func (r memRep) box(off uintptr) any {
	return func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(f.at(off)) }
}

func (r memRep) setBox(off uintptr, x expr) exec {
	return r.set(r.box(off).(ptrFn), x.fn)
}

func (r memRep) captured(off uintptr) any {
	return func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(f.closure()), off)) }
}

func (r memRep) setCaptured(off uintptr, x expr) exec {
	return r.set(r.captured(off).(ptrFn), x.fn)
}

func (r memRep) field(ptr, off uintptr, pos token.Pos) any { return fieldAddr(ptr, off, pos) }

// fieldAddr is an offset from the checked pointer at ptr in the frame.
func fieldAddr(ptr, off uintptr, pos token.Pos) ptrFn {
	return func(f *F) unsafe.Pointer {
		p := *(*unsafe.Pointer)(f.at(ptr))
		if p == nil {
			f.badNil(pos)
		}
		return unsafe.Add(p, off)
	}
}

func (r memRep) setField(ptr, off uintptr, x expr, pos token.Pos) exec {
	return r.set(fieldAddr(ptr, off, pos), x.fn)
}

func (r memRep) setElem(s, i, x expr, pos token.Pos) exec {
	return r.set(elemAddr(s, i, r.size, pos), x.fn)
}

func (r memRep) push(off uintptr, x expr, elem unsafe.Pointer) exec { return nil }

// callFunc is not for structs and arrays: their results are moved first.
func (r memRep) callFunc(*Func, []argFn, uintptr, token.Pos) any {
	panic("engine: call of a value in memory")
}

// elemAddr is the address of a slice's element.
func elemAddr(s, i expr, size uintptr, pos token.Pos) ptrFn {
	slices, index := s.fn.(func(*F) slice), i.fn.(func(*F) int)
	so, io := s.loc, i.loc
	if s.local && i.local {
		return func(f *F) unsafe.Pointer {
			a := (*slice)(f.at(so))
			k := *(*int)(f.at(io))
			if uint(k) >= uint(a.len) {
				f.badIndex(pos, k, a.len)
			}
			return unsafe.Add(a.p, uintptr(k)*size)
		}
	}
	return func(f *F) unsafe.Pointer {
		a := slices(f)
		k := index(f)
		if uint(k) >= uint(a.len) {
			f.badIndex(pos, k, a.len)
		}
		return unsafe.Add(a.p, uintptr(k)*size)
	}
}

// callDirect compiles a call of a declared function, or method of a known
// type, with at most one result.
func (c *comp) callDirect(cl callee, args []argFn) (expr, bool) {
	res := cl.sig.Results()
	if res.Len() > 1 || res.Len() == 1 && isMem(res.At(0).Type()) {
		return expr{}, false
	}
	fn, pos := cl.fn, cl.pos
	if recv := cl.recv; recv != nil {
		off := c.m.recvOffset(cl.l, cl.self) - header
		args = append([]argFn{func(f *F, params unsafe.Pointer) { recv(f, unsafe.Add(params, off)) }}, args...)
	}
	if res.Len() == 1 {
		s := cl.l.results[0]
		return expr{t: res.At(0).Type(), rep: s.rep, fn: s.rep.callFunc(fn, args, s.off, pos)}, true
	}
	return expr{t: types.NewTuple(), fn: exec(func(f *F) ctl {
		nf := f.enterFunc(fn)
		for _, a := range args {
			a(f, nf.at(header))
		}
		f.pos = pos
		nf.call()
		nf.leave()
		return cNext
	})}, true
}

// A binExpr is an arithmetic operation or a comparison by its parts.
type binExpr struct {
	op   token.Token
	k    types.BasicKind // of the operands
	a, b expr
}

// operation is a op b of type t.
func operation(op token.Token, t types.Type, a, b expr, pos token.Pos) expr {
	k := basic(t)
	return expr{t: t, rep: a.rep, fn: binary(op, k, a, b, pos), bin: &binExpr{op, k, a, b}}
}

// comparing is a op b of type t for operands of type ot.
func comparing(op token.Token, t, ot types.Type, a, b expr, pos token.Pos) expr {
	k := basic(ot)
	return expr{t: t, rep: repOf[bool]{}, fn: binary(op, k, a, b, pos), bin: &binExpr{op, k, a, b}}
}

// A fusedNumber is a type whose operations have forms of their own here.
type fusedNumber interface {
	int | uint8 | int32 | int64 | uint64 | float64
}

// setLocal is frame[off] = a op b; nil: there is no such form.
func (x *binExpr) setLocal(off uintptr) exec {
	switch x.k {
	case types.Int:
		return setBinary[int](x, off)
	case types.Uint8:
		return setBinary[uint8](x, off)
	case types.Int32:
		return setBinary[int32](x, off)
	case types.Int64:
		return setBinary[int64](x, off)
	case types.Uint64:
		return setBinary[uint64](x, off)
	case types.Float64:
		return setBinary[float64](x, off)
	}
	return nil
}

// arg is base[off] = a op b.
func (x *binExpr) arg(off uintptr) argFn {
	switch x.k {
	case types.Int:
		return argBinary[int](x, off)
	case types.Uint8:
		return argBinary[uint8](x, off)
	case types.Int32:
		return argBinary[int32](x, off)
	case types.Int64:
		return argBinary[int64](x, off)
	case types.Uint64:
		return argBinary[uint64](x, off)
	case types.Float64:
		return argBinary[float64](x, off)
	}
	return nil
}

func setBinary[T fusedNumber](x *binExpr, off uintptr) exec {
	switch x.op {
	case token.ADD:
		return setAdd[T](off, x.a, x.b)
	case token.SUB:
		return setSub[T](off, x.a, x.b)
	case token.MUL:
		return setMul[T](off, x.a, x.b)
	}
	return nil
}

func argBinary[T fusedNumber](x *binExpr, off uintptr) argFn {
	switch x.op {
	case token.ADD:
		return argAdd[T](off, x.a, x.b)
	case token.SUB:
		return argSub[T](off, x.a, x.b)
	case token.MUL:
		return argMul[T](off, x.a, x.b)
	}
	return nil
}

// branch is if x { then } else { other }, other may be nil; a comparison of
// a number in a local is made in place.
func branch(x expr, then, other exec) exec {
	if b := x.bin; b != nil && b.a.local && (b.b.local || b.b.cv != nil) {
		if run := branchFused(b, then, other); run != nil {
			return run
		}
	}
	test := x.fn.(func(*F) bool)
	if other == nil {
		return func(f *F) ctl {
			if test(f) {
				return then(f)
			}
			return cNext
		}
	}
	return func(f *F) ctl {
		if test(f) {
			return then(f)
		}
		return other(f)
	}
}

func branchFused(b *binExpr, then, other exec) exec {
	switch b.k {
	case types.Int:
		return branchBinary[int](b, then, other)
	case types.Uint8:
		return branchBinary[uint8](b, then, other)
	case types.Int32:
		return branchBinary[int32](b, then, other)
	case types.Int64:
		return branchBinary[int64](b, then, other)
	case types.Uint64:
		return branchBinary[uint64](b, then, other)
	case types.Float64:
		return branchBinary[float64](b, then, other)
	}
	return nil
}

func branchBinary[T fusedNumber](b *binExpr, then, other exec) exec {
	switch b.op {
	case token.LSS:
		return branchLess[T](b.a, b.b, then, other)
	case token.LEQ:
		return branchLessEq[T](b.a, b.b, then, other)
	case token.GTR:
		return branchGreater[T](b.a, b.b, then, other)
	case token.GEQ:
		return branchGreaterEq[T](b.a, b.b, then, other)
	case token.EQL:
		return branchEq[T](b.a, b.b, then, other)
	}
	return branchNotEq[T](b.a, b.b, then, other)
}
