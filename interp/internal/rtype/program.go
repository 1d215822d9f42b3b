package rtype

import (
	"crypto/sha256"
	"encoding/binary"
	"reflect"
	"sync"
	"unsafe"
)

// program holds the named types that the compiler put into the program, by
// hash. The linker lists unnamed types only, but a named type always has its
// pointer type with it.
var program = sync.OnceValue(func() map[uint32][]*abiType {
	byHash := map[uint32][]*abiType{}
	modules, offsets := typelinks()
	for _, off := range offsets[0] { // the program comes first
		t := (*abiType)(unsafe.Add(modules[0], uintptr(off)))
		if t.Kind() != reflect.Pointer {
			continue
		}
		if e := (*ptrType)(unsafe.Pointer(t)).elem; e.tflag&flagNamed != 0 {
			byHash[e.hash] = append(byHash[e.hash], e)
		}
	}
	return byHash
})

//go:linkname typelinks reflect.typelinks
func typelinks() (modules []unsafe.Pointer, offsets [][]int32)

// Compiled returns the named type of the program whose symbol is "type:"+link,
// nil if there is none. path and name are what reflect says of it. Those alone
// do not tell a type from another that a function declares under its name; the
// hash does, since the compiler makes it from link.
func Compiled(link, path, name string) reflect.Type {
	for _, t := range program()[linkHash(link)] {
		if rt := t.rtype(); rt.Name() == name && rt.PkgPath() == path {
			return rt
		}
	}
	return nil
}

// linkHash is the hash of the type that the compiler calls link.
func linkHash(link string) uint32 {
	sum := sha256.Sum256([]byte(link))
	return binary.LittleEndian.Uint32(sum[:]) ^ 0xff
}
