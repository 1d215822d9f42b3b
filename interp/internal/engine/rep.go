package engine

import (
	"go/types"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// slice and iface are what values of slice and interface types are in memory.
type slice struct {
	p        unsafe.Pointer
	len, cap int
}

type iface struct {
	t unsafe.Pointer // *abi.Type of an empty interface's value, *itab of another's
	d unsafe.Pointer
}

func (i iface) any() any { return *(*any)(unsafe.Pointer(&i)) }

func ifaceOf(v any) iface { return *(*iface)(unsafe.Pointer(&v)) }

type (
	fn[T any] = func(f *F) T
	ptrFn     = func(f *F) unsafe.Pointer
)

// A rep is how values of a type are computed: compiled expressions of the
// type are functions func(*F) T for a Go type T of the same memory layout,
// or, for structs and arrays, functions that return the address of the value.
type rep interface {
	fused
	local(off uintptr) any                                  // the value at off in the frame
	load(addr ptrFn) any                                    // the value at an address
	fixed(p unsafe.Pointer) any                             // the value at a fixed address
	constant(p unsafe.Pointer) any                          // the value that is at p now
	setLocal(off uintptr, v any) exec                       // frame[off] = v
	set(addr ptrFn, v any) exec                             // *addr = v, addr first
	setFixed(p unsafe.Pointer, v any) exec                  // *p = v
	into(v any) func(f *F, dst unsafe.Pointer)              // *dst = v
	arg(v any, off uintptr) func(f *F, base unsafe.Pointer) // base[off] = v
	do(v any) exec                                          // v for its effects
	call(c caller, off uintptr) any                         // the result at off of a call's block
	after(c func(f *F), off uintptr) any                    // the value at off in the own frame, after c
	zeroLocal(off uintptr) exec                             // frame[off] = 0
	elem(s any, i fn[int], e *elemAccess) any               // slice element
	choose(c fn[bool], a, b any) any
	recv(ch ptrFn, off, okOff uintptr, hasOK bool, e *chanAccess) any
	send(ch ptrFn, v any, e *chanAccess) exec
	fixedAddr(v any) (p unsafe.Pointer, ok bool)
}

type repOf[T any] struct{}

func (repOf[T]) local(off uintptr) any {
	return func(f *F) T { return *(*T)(f.at(off)) }
}

func (repOf[T]) load(addr ptrFn) any {
	return func(f *F) T { return *(*T)(addr(f)) }
}

func (repOf[T]) fixed(p unsafe.Pointer) any {
	return func(f *F) T { return *(*T)(p) }
}

func (repOf[T]) constant(p unsafe.Pointer) any {
	v := *(*T)(p)
	return func(f *F) T { return v }
}

func (repOf[T]) setLocal(off uintptr, v any) exec {
	g := v.(func(*F) T)
	return func(f *F) ctl { *(*T)(f.at(off)) = g(f); return cNext }
}

func (repOf[T]) set(addr ptrFn, v any) exec {
	g := v.(func(*F) T)
	return func(f *F) ctl {
		p := addr(f)
		*(*T)(p) = g(f)
		return cNext
	}
}

func (repOf[T]) setFixed(p unsafe.Pointer, v any) exec {
	g := v.(func(*F) T)
	return func(f *F) ctl { *(*T)(p) = g(f); return cNext }
}

func (repOf[T]) into(v any) func(*F, unsafe.Pointer) {
	g := v.(func(*F) T)
	return func(f *F, dst unsafe.Pointer) { *(*T)(dst) = g(f) }
}

func (repOf[T]) arg(v any, off uintptr) func(*F, unsafe.Pointer) {
	g := v.(func(*F) T)
	return func(f *F, base unsafe.Pointer) { *(*T)(unsafe.Add(base, off)) = g(f) }
}

func (repOf[T]) do(v any) exec {
	g := v.(func(*F) T)
	return func(f *F) ctl { g(f); return cNext }
}

func (repOf[T]) call(c caller, off uintptr) any {
	return func(f *F) T {
		base, nf := c(f)
		v := *(*T)(unsafe.Add(base, off))
		if nf != nil {
			nf.leave()
		}
		return v
	}
}

func (repOf[T]) after(c func(f *F), off uintptr) any {
	return func(f *F) T {
		c(f)
		return *(*T)(f.at(off))
	}
}

func (repOf[T]) zeroLocal(off uintptr) exec {
	return func(f *F) ctl {
		var zero T
		*(*T)(f.at(off)) = zero
		return cNext
	}
}

func (repOf[T]) elem(s any, i fn[int], e *elemAccess) any {
	g := s.(func(*F) slice)
	pos := e.pos
	if e.isLocal && e.index.local {
		off, at := e.local, e.index.loc
		return func(f *F) T {
			k := *(*int)(f.at(at))
			v := (*slice)(f.at(off))
			if uint(k) >= uint(v.len) {
				f.badIndex(pos, k, v.len)
			}
			return *(*T)(unsafe.Add(v.p, uintptr(k)*unsafe.Sizeof(*new(T))))
		}
	}
	if e.isLocal {
		off := e.local
		return func(f *F) T {
			k := i(f)
			v := (*slice)(f.at(off))
			if uint(k) >= uint(v.len) {
				f.badIndex(pos, k, v.len)
			}
			return *(*T)(unsafe.Add(v.p, uintptr(k)*unsafe.Sizeof(*new(T))))
		}
	}
	if e.index.local {
		at := e.index.loc
		return func(f *F) T {
			v := g(f)
			k := *(*int)(f.at(at))
			if uint(k) >= uint(v.len) {
				f.badIndex(pos, k, v.len)
			}
			return *(*T)(unsafe.Add(v.p, uintptr(k)*unsafe.Sizeof(*new(T))))
		}
	}
	return func(f *F) T {
		v := g(f)
		k := i(f)
		if uint(k) >= uint(v.len) {
			f.badIndex(pos, k, v.len)
		}
		return *(*T)(unsafe.Add(v.p, uintptr(k)*unsafe.Sizeof(*new(T))))
	}
}

func (repOf[T]) choose(c fn[bool], a, b any) any {
	x, y := a.(func(*F) T), b.(func(*F) T)
	return func(f *F) T {
		if c(f) {
			return x(f)
		}
		return y(f)
	}
}

func (repOf[T]) recv(ch ptrFn, off, okOff uintptr, hasOK bool, e *chanAccess) any {
	pos := e.pos
	return func(f *F) T {
		p := ch(f)
		f.pos = pos
		v, ok := receive[T](f, *(*chan T)(unsafe.Pointer(&p)))
		if hasOK {
			*(*T)(f.at(off)) = v
			*(*bool)(f.at(okOff)) = ok
		}
		return v
	}
}

func (repOf[T]) send(ch ptrFn, v any, e *chanAccess) exec {
	g := v.(func(*F) T)
	pos := e.pos
	return func(f *F) ctl {
		p := ch(f)
		x := g(f)
		f.pos = pos
		send(f, *(*chan T)(unsafe.Pointer(&p)), x)
		return cNext
	}
}

func (repOf[T]) fixedAddr(any) (unsafe.Pointer, bool) { return nil, false }

// memRep is the rep of structs and arrays: the value is its address, which
// stays good until the frame's code goes on; what keeps a value copies it.
type memRep struct {
	t    unsafe.Pointer
	size uintptr
}

func (r memRep) local(off uintptr) any { return func(f *F) unsafe.Pointer { return f.at(off) } }
func (r memRep) load(addr ptrFn) any   { return addr }
func (r memRep) fixed(p unsafe.Pointer) any {
	return func(f *F) unsafe.Pointer { return p }
}
func (r memRep) constant(p unsafe.Pointer) any { return r.fixed(p) }

func (r memRep) setLocal(off uintptr, v any) exec {
	g := v.(ptrFn)
	t := r.t
	return func(f *F) ctl { rtype.Move(t, f.at(off), g(f)); return cNext }
}

func (r memRep) set(addr ptrFn, v any) exec {
	g := v.(ptrFn)
	t := r.t
	return func(f *F) ctl {
		p := addr(f)
		rtype.Move(t, p, g(f))
		return cNext
	}
}

func (r memRep) setFixed(p unsafe.Pointer, v any) exec {
	g := v.(ptrFn)
	t := r.t
	return func(f *F) ctl { rtype.Move(t, p, g(f)); return cNext }
}

func (r memRep) into(v any) func(*F, unsafe.Pointer) {
	g := v.(ptrFn)
	t := r.t
	return func(f *F, dst unsafe.Pointer) { rtype.Move(t, dst, g(f)) }
}

func (r memRep) arg(v any, off uintptr) func(*F, unsafe.Pointer) {
	g := v.(ptrFn)
	t := r.t
	return func(f *F, base unsafe.Pointer) { rtype.Move(t, unsafe.Add(base, off), g(f)) }
}

func (r memRep) do(v any) exec {
	g := v.(ptrFn)
	return func(f *F) ctl { g(f); return cNext }
}

// call is not for structs and arrays: their results are moved first.
func (r memRep) call(caller, uintptr) any { panic("engine: call of a value in memory") }

func (r memRep) after(c func(f *F), off uintptr) any {
	return func(f *F) unsafe.Pointer {
		c(f)
		return f.at(off)
	}
}

func (r memRep) zeroLocal(off uintptr) exec {
	t := r.t
	return func(f *F) ctl { rtype.Clear(t, f.at(off)); return cNext }
}

func (r memRep) elem(s any, i fn[int], e *elemAccess) any {
	index := e.index
	index.fn = i
	return elemAddr(expr{fn: s, local: e.isLocal, loc: e.local}, index, r.size, e.pos)
}

func (r memRep) choose(c fn[bool], a, b any) any {
	return repOf[unsafe.Pointer]{}.choose(c, a, b)
}

func (r memRep) recv(ch ptrFn, off, okOff uintptr, hasOK bool, e *chanAccess) any {
	return func(f *F) unsafe.Pointer {
		p := ch(f)
		f.pos = e.pos
		ok := receiveMem(f, e.value(p), f.at(off), e.elem)
		if hasOK {
			*(*bool)(f.at(okOff)) = ok
		}
		return f.at(off)
	}
}

func (r memRep) send(ch ptrFn, v any, e *chanAccess) exec {
	g := v.(ptrFn)
	return func(f *F) ctl {
		p := ch(f)
		x := g(f)
		f.pos = e.pos
		sendMem(f, e.value(p), reflect.NewAt(e.elem, x).Elem())
		return cNext
	}
}

func (r memRep) fixedAddr(any) (unsafe.Pointer, bool) { return nil, false }

var basicReps = map[types.BasicKind]rep{
	types.Bool: repOf[bool]{}, types.Int: repOf[int]{}, types.Int8: repOf[int8]{}, types.Int16: repOf[int16]{},
	types.Int32: repOf[int32]{}, types.Int64: repOf[int64]{}, types.Uint: repOf[uint]{}, types.Uint8: repOf[uint8]{},
	types.Uint16: repOf[uint16]{}, types.Uint32: repOf[uint32]{}, types.Uint64: repOf[uint64]{}, types.Uintptr: repOf[uintptr]{},
	types.Float32: repOf[float32]{}, types.Float64: repOf[float64]{}, types.Complex64: repOf[complex64]{},
	types.Complex128: repOf[complex128]{}, types.String: repOf[string]{}, types.UnsafePointer: repOf[unsafe.Pointer]{},
	types.UntypedBool: repOf[bool]{}, types.UntypedNil: repOf[unsafe.Pointer]{}, types.UntypedInt: repOf[int]{},
	types.UntypedRune: repOf[int32]{}, types.UntypedFloat: repOf[float64]{}, types.UntypedComplex: repOf[complex128]{},
	types.UntypedString: repOf[string]{},
}

// rep says how values of t, which is concrete, are computed.
func (m *Machine) rep(t types.Type) rep {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicReps[u.Kind()]
	case *types.Slice:
		return repOf[slice]{}
	case *types.Interface:
		return repOf[iface]{}
	case *types.Struct, *types.Array:
		w := m.word(t)
		return memRep{w, rtype.Size(w)}
	}
	return repOf[unsafe.Pointer]{}
}

func isMem(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return true
	}
	return false
}
