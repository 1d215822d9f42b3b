package engine

import (
	"reflect"
	"runtime"
	"unsafe"
)

// Compiled Go passes parameters and results in registers: integers and
// pointers in one sequence, floating-point numbers in another, structs by
// their fields. So functions of many signatures can be called as if they had
// one common signature of words (native.go), and one compiled function of
// words can be the func value of many signatures (funcval.go). The rules are
// those of Go's ABIInternal, as package reflect follows them; a signature for
// which they ask for more than registers goes through package reflect.

// hasRegs tells the architectures whose rules these are.
const hasRegs = runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64"

// The registers that every one of those has.
const (
	maxInts   = 9
	maxFloats = 15
)

// A leaf is a part of a value that has a register of its own.
type leaf struct {
	off  uint32 // of the part in a block
	size uint8
	kind byte // 'p' a pointer, 'i' another word or a part of one, 'f' a floating-point number
}

// regs are the leaves of parameters or of results.
type regs struct {
	ints, floats []leaf
	spill        uintptr // room that a caller keeps for the values
}

// add appends a value of type t at off; false: it has no registers.
func (r *regs) add(t reflect.Type, off uintptr) bool {
	if t.Size() == 0 {
		return true
	}
	if !r.leaves(t, off) || len(r.ints) > maxInts || len(r.floats) > maxFloats {
		return false
	}
	r.spill = alignUp(r.spill, uintptr(t.Align())) + t.Size()
	return true
}

func (r *regs) leaves(t reflect.Type, off uintptr) bool {
	word1 := func(kind byte, off, size uintptr) { r.ints = append(r.ints, leaf{uint32(off), uint8(size), kind}) }
	float := func(off, size uintptr) { r.floats = append(r.floats, leaf{uint32(off), uint8(size), 'f'}) }
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		word1('p', off, word)
	case reflect.Float32, reflect.Float64:
		float(off, t.Size())
	case reflect.Complex64, reflect.Complex128:
		float(off, t.Size()/2)
		float(off+t.Size()/2, t.Size()/2)
	case reflect.String:
		word1('p', off, word)
		word1('i', off+word, word)
	case reflect.Slice:
		word1('p', off, word)
		word1('i', off+word, word)
		word1('i', off+2*word, word)
	case reflect.Interface:
		word1('p', off, word)
		word1('p', off+word, word)
	case reflect.Array:
		switch t.Len() {
		case 0:
		case 1:
			return r.leaves(t.Elem(), off)
		default:
			return false
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if !r.leaves(f.Type, off+f.Offset) {
				return false
			}
		}
	default:
		word1('i', off, t.Size())
	}
	return true
}

// signatureRegs places the parameters and results of ft in registers. Blocks
// have a word for the receiver, then parameters, then results; of a method
// ft's first parameter is the receiver.
func signatureRegs(ft reflect.Type, method bool) (in, out regs, ok bool) {
	if !hasRegs {
		return in, out, false
	}
	off, first := word, 0
	if method {
		first = 1
		in.add(ft.In(0), 0)
	}
	for i := first; i < ft.NumIn(); i++ {
		t := ft.In(i)
		off = alignUp(off, uintptr(t.Align()))
		if !in.add(t, off) {
			return in, out, false
		}
		off += t.Size()
	}
	off = alignUp(off, word)
	for i := range ft.NumOut() {
		t := ft.Out(i)
		off = alignUp(off, uintptr(t.Align()))
		if !out.add(t, off) {
			return in, out, false
		}
		off += t.Size()
	}
	in.spill, out.spill = alignUp(in.spill, word), alignUp(out.spill, word)
	return in, out, true
}

// kinds names the registers of results, such as "pif": pointers and other
// words in their order, then floating-point numbers.
func (r *regs) kinds() string {
	b := make([]byte, 0, maxInts+maxFloats)
	for _, l := range r.ints {
		b = append(b, l.kind)
	}
	for range r.floats {
		b = append(b, 'f')
	}
	return string(b)
}

// get is the leaf of a block as a register holds it. It is no pointer for the
// collector: the block keeps what it points to.
func (l leaf) get(base unsafe.Pointer) uintptr {
	p := unsafe.Add(base, l.off)
	switch l.size {
	case 8:
		return *(*uintptr)(p)
	case 4:
		return uintptr(*(*uint32)(p))
	case 2:
		return uintptr(*(*uint16)(p))
	}
	return uintptr(*(*uint8)(p))
}

// put stores a register that holds no pointer.
func (l leaf) put(base unsafe.Pointer, v uintptr) {
	p := unsafe.Add(base, l.off)
	switch l.size {
	case 8:
		*(*uintptr)(p) = v
	case 4:
		*(*uint32)(p) = uint32(v)
	case 2:
		*(*uint16)(p) = uint16(v)
	default:
		*(*uint8)(p) = uint8(v)
	}
}

func (l leaf) getPtr(base unsafe.Pointer) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(base, l.off))
}

func (l leaf) putPtr(base, v unsafe.Pointer) { *(*unsafe.Pointer)(unsafe.Add(base, l.off)) = v }

// getFloat is a floating-point register: of a float32 the low half counts.
func (l leaf) getFloat(base unsafe.Pointer) (v float64) {
	p := unsafe.Add(base, l.off)
	if l.size == 4 {
		*(*float32)(unsafe.Pointer(&v)) = *(*float32)(p)
		return v
	}
	return *(*float64)(p)
}

func (l leaf) putFloat(base unsafe.Pointer, v float64) {
	p := unsafe.Add(base, l.off)
	if l.size == 4 {
		*(*float32)(p) = *(*float32)(unsafe.Pointer(&v))
		return
	}
	*(*float64)(p) = v
}
