package rtype

import (
	"reflect"
	"unsafe"
)

//go:linkname typedslicecopy runtime.typedslicecopy
func typedslicecopy(t, dst unsafe.Pointer, dstLen int, src unsafe.Pointer, srcLen int) int

// MoveArray copies n elements of type t; the two may overlap.
func MoveArray(t, dst, src unsafe.Pointer, n int) {
	if n > 0 && !HasPointers(t) { // the runtime's routine is for pointers only
		size := Size(t) * uintptr(n)
		copy(unsafe.Slice((*byte)(dst), size), unsafe.Slice((*byte)(src), size))
		return
	}
	typedslicecopy(t, dst, n, src, n)
}

// ItabSlot returns the address of the code pointer of method i, by the order
// of names, in an itab: the form that a function value without captured
// variables has.
func ItabSlot(tab unsafe.Pointer, i int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(&(*itab)(tab).fun), uintptr(i)*ptrSize)
}

// A Map serves the maps of one type.
type Map struct {
	t    unsafe.Pointer
	rt   reflect.Type
	mode MapMode
}

// NewMap chooses the routines for maps of type t.
func NewMap(t unsafe.Pointer) Map { return Map{t, FromWord(t), MapKind(t)} }

// Get returns the address of the element that key has, nil without one.
func (m Map) Get(h, key unsafe.Pointer) unsafe.Pointer { return MapGetMode(m.mode, m.t, h, key) }

// Set returns the address where the element of key shall be written.
func (m Map) Set(h, key unsafe.Pointer) unsafe.Pointer { return MapSetMode(m.mode, m.t, h, key) }

// Make makes a map with room for n elements.
func (m Map) Make(n int) unsafe.Pointer {
	return reflect.MakeMapWithSize(m.rt, n).UnsafePointer()
}
