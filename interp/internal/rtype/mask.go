package rtype

import (
	"reflect"
	"sync"
	"unsafe"
)

// Field is one value in a Layout: a value of Type at Off bytes.
type Field struct {
	Off  uintptr
	Type reflect.Type
}

// placed is a value of typ at off.
type placed struct {
	off uintptr
	typ *abiType
}

// layouts holds every Layout by size and mask, so that equal ones are one.
var layouts struct {
	sync.Mutex
	m map[string]unsafe.Pointer
}

// Layout returns a type word for allocation only: size bytes that hold values
// of the given fields. Everything between them is plain memory. The word must
// not reach reflect or an interface.
func Layout(size uintptr, fields []Field) unsafe.Pointer {
	ps := make([]placed, len(fields))
	for i, f := range fields {
		ps[i] = placed{f.Off, word(f.Type)}
	}
	ptrBytes := prefix(ps)
	mask := buildMask(ptrBytes, ps)
	id := string(unsafe.Slice((*byte)(unsafe.Pointer(&size)), ptrSize)) + string(mask)
	layouts.Lock()
	defer layouts.Unlock()
	if p, ok := layouts.m[id]; ok {
		return p
	}
	t := &abiType{size: size, ptrBytes: ptrBytes, align: uint8(ptrSize), fieldAlign: uint8(ptrSize), kind: uint8(reflect.Struct)}
	if ptrBytes > 0 {
		t.gcdata = &mask[0]
	}
	if layouts.m == nil {
		layouts.m = map[string]unsafe.Pointer{}
	}
	layouts.m[id] = unsafe.Pointer(t)
	return unsafe.Pointer(t)
}

// prefix returns the length of the prefix that holds pointers.
func prefix(ps []placed) uintptr {
	var n uintptr
	for _, p := range ps {
		if p.typ.ptrBytes > 0 {
			n = max(n, p.off+p.typ.ptrBytes)
		}
	}
	return n
}

// buildMask returns the pointer bitmap of values placed in ptrBytes bytes, nil
// when there is no pointer. Its length is a multiple of the pointer size.
func buildMask(ptrBytes uintptr, ps []placed) []byte {
	if ptrBytes == 0 {
		return nil
	}
	n := (ptrBytes/ptrSize + 7) / 8
	mask := make([]byte, (n+ptrSize-1)&^(ptrSize-1))
	for _, p := range ps {
		addBits(mask, p.off, p.typ)
	}
	return mask
}

// addBits sets the bits of a value of type t at off.
func addBits(mask []byte, off uintptr, t *abiType) {
	if t.ptrBytes == 0 {
		return
	}
	if t.tflag&flagMaskOnDemand == 0 {
		base := off / ptrSize
		for j := uintptr(0); j < t.ptrBytes/ptrSize; j++ {
			bit := *(*byte)(unsafe.Add(unsafe.Pointer(t.gcdata), j/8)) >> (j % 8) & 1
			mask[(base+j)/8] |= bit << ((base + j) % 8)
		}
		return
	}
	switch t.Kind() {
	case reflect.Array:
		a := (*arrayType)(unsafe.Pointer(t))
		for i := uintptr(0); i < a.len; i++ {
			addBits(mask, off+i*a.elem.size, a.elem)
		}
	case reflect.Struct:
		for _, f := range (*structType)(unsafe.Pointer(t)).fields {
			addBits(mask, off+f.offset, f.typ)
		}
	}
}
