package rtype

import (
	"reflect"
	"unsafe"
)

//go:linkname mapaccess2 runtime.mapaccess2
//go:noescape
func mapaccess2(mt, m, key unsafe.Pointer) (unsafe.Pointer, bool)

//go:linkname mapaccess2_fast32 runtime.mapaccess2_fast32
//go:noescape
func mapaccess2_fast32(mt, m unsafe.Pointer, key uint32) (unsafe.Pointer, bool)

//go:linkname mapaccess2_fast64 runtime.mapaccess2_fast64
//go:noescape
func mapaccess2_fast64(mt, m unsafe.Pointer, key uint64) (unsafe.Pointer, bool)

//go:linkname mapaccess2_faststr runtime.mapaccess2_faststr
//go:noescape
func mapaccess2_faststr(mt, m unsafe.Pointer, key string) (unsafe.Pointer, bool)

//go:linkname mapassign runtime.mapassign
func mapassign(mt, m, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapassign_fast32 runtime.mapassign_fast32
func mapassign_fast32(mt, m unsafe.Pointer, key uint32) unsafe.Pointer

//go:linkname mapassign_fast64 runtime.mapassign_fast64
func mapassign_fast64(mt, m unsafe.Pointer, key uint64) unsafe.Pointer

//go:linkname mapassign_fast64ptr runtime.mapassign_fast64ptr
func mapassign_fast64ptr(mt, m, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapassign_faststr runtime.mapassign_faststr
func mapassign_faststr(mt, m unsafe.Pointer, key string) unsafe.Pointer

//go:linkname mapdelete runtime.mapdelete
//go:noescape
func mapdelete(mt, m, key unsafe.Pointer)

// A MapMode says which of the runtime's routines serve a map type.
type MapMode uint8

// The modes that MapKind chooses from.
const (
	MapSlow    MapMode = iota // any key
	MapFast32                 // a 4-byte key compared as bytes
	MapFast64                 // an 8-byte key compared as bytes, without pointers
	MapFastPtr                // an 8-byte key that is one pointer
	MapFastStr                // a string key
)

// maxInline is the largest key or element that a map stores in place.
const maxInline = 128

// MapKind returns the routines that suit the map type mt; ask once per type.
func MapKind(mt unsafe.Pointer) MapMode {
	t := (*mapType)(mt)
	k := t.key
	if t.elem.size > maxInline {
		return MapSlow
	}
	regular := k.tflag&flagRegular != 0
	switch {
	case k.Kind() == reflect.String:
		return MapFastStr
	case !regular:
		return MapSlow
	case k.size == 4 && k.ptrBytes == 0:
		return MapFast32
	case k.size == 8 && k.ptrBytes == 0:
		return MapFast64
	case k.size == 8 && ptrSize == 8:
		return MapFastPtr
	}
	return MapSlow
}

// MapGet returns the address of the element that key (its address) has in the
// map m of type mt, nil if there is none. The map may be nil.
func MapGet(mt, m, key unsafe.Pointer) unsafe.Pointer {
	return MapGetMode(MapKind(mt), mt, m, key)
}

// MapGetMode is MapGet for a mode asked before.
func MapGetMode(mode MapMode, mt, m, key unsafe.Pointer) unsafe.Pointer {
	var p unsafe.Pointer
	var ok bool
	switch mode {
	case MapFast32:
		p, ok = mapaccess2_fast32(mt, m, *(*uint32)(key))
	case MapFast64, MapFastPtr:
		p, ok = mapaccess2_fast64(mt, m, *(*uint64)(key))
	case MapFastStr:
		p, ok = mapaccess2_faststr(mt, m, *(*string)(key))
	default:
		p, ok = mapaccess2(mt, m, key)
	}
	if !ok {
		return nil
	}
	return p
}

// MapSet returns the address where the element of key shall be written; it
// panics as Go does when the map is nil.
func MapSet(mt, m, key unsafe.Pointer) unsafe.Pointer {
	return MapSetMode(MapKind(mt), mt, m, key)
}

// MapSetMode is MapSet for a mode asked before.
func MapSetMode(mode MapMode, mt, m, key unsafe.Pointer) unsafe.Pointer {
	switch mode {
	case MapFast32:
		return mapassign_fast32(mt, m, *(*uint32)(key))
	case MapFast64:
		return mapassign_fast64(mt, m, *(*uint64)(key))
	case MapFastPtr:
		return mapassign_fast64ptr(mt, m, *(*unsafe.Pointer)(key))
	case MapFastStr:
		return mapassign_faststr(mt, m, *(*string)(key))
	}
	return mapassign(mt, m, key)
}

// MapDelete removes key from the map m, which may be nil. One routine serves
// every mode.
func MapDelete(mt, m, key unsafe.Pointer) { mapdelete(mt, m, key) }

// MapLen returns the number of entries of the map m of any type, 0 for nil.
func MapLen(m unsafe.Pointer) int {
	return len(*(*map[int]int)(unsafe.Pointer(&m)))
}
