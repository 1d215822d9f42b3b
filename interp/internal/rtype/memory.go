package rtype

import (
	"reflect"
	"runtime"
	"unsafe"
)

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(t unsafe.Pointer) unsafe.Pointer

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(t unsafe.Pointer, n int) unsafe.Pointer

//go:linkname typedmemmove runtime.typedmemmove
//go:noescape
func typedmemmove(t, dst, src unsafe.Pointer)

//go:linkname typedmemclr reflect.typedmemclr
//go:noescape
func typedmemclr(t, p unsafe.Pointer)

//go:linkname growslice runtime.growslice
func growslice(old unsafe.Pointer, newLen, oldCap, num int, elem unsafe.Pointer) sliceHeader

//go:linkname getitab runtime.getitab
func getitab(inter, typ unsafe.Pointer, canFail bool) unsafe.Pointer

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// Alloc returns zeroed memory for one value of type t.
func Alloc(t unsafe.Pointer) unsafe.Pointer { return unsafeNew(t) }

// AllocArray returns zeroed memory for n values of type t in a row. It panics
// as make does when n is negative or the memory cannot exist.
func AllocArray(t unsafe.Pointer, n int) unsafe.Pointer { return unsafeNewArray(t, n) }

// Move copies a value of type t from src to dst; they may overlap exactly.
func Move(t, dst, src unsafe.Pointer) { typedmemmove(t, dst, src) }

// Clear sets the value of type t at p to zero.
func Clear(t, p unsafe.Pointer) { typedmemclr(t, p) }

// Equal reports whether the values of type t at p and q are equal; it panics as
// Go does when t, or what an interface in it holds, cannot be compared.
func Equal(t, p, q unsafe.Pointer) bool {
	if eq := (*abiType)(t).equal; eq != nil {
		return eq(p, q)
	}
	// The runtime's own complaint about an uncomparable type.
	x, y := eface{t, p}, eface{t, p}
	return *(*any)(unsafe.Pointer(&x)) == *(*any)(unsafe.Pointer(&y))
}

// Size returns the size of a value of type t in bytes.
func Size(t unsafe.Pointer) uintptr { return (*abiType)(t).size }

// Align returns the alignment of a variable of type t in bytes.
func Align(t unsafe.Pointer) uintptr { return uintptr((*abiType)(t).align) }

// IsDirect reports whether an interface's data word is the value of type t
// itself (pointers, maps, channels, functions and what wraps just one of them).
func IsDirect(t unsafe.Pointer) bool { return (*abiType)(t).direct() }

// HasPointers reports whether values of type t hold pointers.
func HasPointers(t unsafe.Pointer) bool { return (*abiType)(t).ptrBytes != 0 }

// Itab returns the table of concrete type t for the interface type iface (which
// has methods), nil if t does not implement it.
func Itab(iface, t unsafe.Pointer) unsafe.Pointer {
	tab := getitab(iface, t, true)
	if tab != nil {
		tables.note(tab)
	}
	return tab
}

// EmptyItab returns a table for a type t that does not implement iface: no
// interface value has it.
func EmptyItab(iface, t unsafe.Pointer) unsafe.Pointer {
	tab := unsafe.Pointer(&itab{inter: iface, typ: t, hash: (*abiType)(t).hash})
	keep(tab)
	return tab
}

// ItabType returns the concrete type of an interface table.
func ItabType(tab unsafe.Pointer) unsafe.Pointer { return (*itab)(tab).typ }

// ItabFun returns the code of method i (in the interface's sorted order) of an
// interface table. It takes the data word as its first argument.
func ItabFun(tab unsafe.Pointer, i int) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(&(*itab)(tab).fun), uintptr(i)*ptrSize))
}

// GrowSlice returns the memory of a slice of elem that held newLen-num values
// with capacity oldCap at old and shall hold newLen, as append grows it.
func GrowSlice(old unsafe.Pointer, newLen, oldCap, num int, elem unsafe.Pointer) (p unsafe.Pointer, l, c int) {
	s := growslice(old, newLen, oldCap, num, elem)
	return s.data, s.len, s.cap
}

// typeAssertionError mirrors runtime.TypeAssertionError.
type typeAssertionError struct {
	iface, concrete, asserted unsafe.Pointer
	missingMethod             string
}

// AssertionError returns the *runtime.TypeAssertionError of a failed assertion
// on an interface of type iface (may be nil) that holds concrete (nil for a nil
// interface); missingMethod names a method that concrete lacks, if that is why.
func AssertionError(iface, concrete, asserted reflect.Type, missingMethod string) error {
	e := &typeAssertionError{missingMethod: missingMethod, asserted: Word(asserted)}
	if iface != nil {
		e.iface = Word(iface)
	}
	if concrete != nil {
		e.concrete = Word(concrete)
	}
	return (*runtime.TypeAssertionError)(unsafe.Pointer(e))
}
