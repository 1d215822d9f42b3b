package rtype

import (
	"go/token"
	"sync"
	"unsafe"
)

// Flag bits of an encoded name's first byte.
const (
	nameExported = 1 << 0
	nameTag      = 1 << 1
	namePkgPath  = 1 << 2
	nameEmbedded = 1 << 3
)

//go:linkname addReflectOff reflect.addReflectOff
func addReflectOff(ptr unsafe.Pointer) int32

// keeper holds what the runtime refers to without the collector's knowledge.
var keeper struct {
	sync.Mutex
	all   []unsafe.Pointer
	names map[nameKey]*byte
}

type nameKey struct {
	name, tag, pkg     string
	exported, embedded bool
}

// keep makes p reachable for ever.
func keep(p unsafe.Pointer) {
	keeper.Lock()
	defer keeper.Unlock()
	keeper.all = append(keeper.all, p)
}

// encodeName returns k as the runtime stores names; equal keys share memory.
func encodeName(k nameKey) *byte {
	keeper.Lock()
	defer keeper.Unlock()
	if b, ok := keeper.names[k]; ok {
		return b
	}
	var bits byte
	if k.exported {
		bits |= nameExported
	}
	if k.embedded {
		bits |= nameEmbedded
	}
	if k.tag != "" {
		bits |= nameTag
	}
	if k.pkg != "" {
		bits |= namePkgPath
	}
	b := append([]byte{bits}, varint(len(k.name))...)
	b = append(b, k.name...)
	if k.tag != "" {
		b = append(b, varint(len(k.tag))...)
		b = append(b, k.tag...)
	}
	if k.pkg != "" {
		path := plainName(k.pkg)
		off := addReflectOff(unsafe.Pointer(path))
		b = append(b, (*[4]byte)(unsafe.Pointer(&off))[:]...)
	}
	if keeper.names == nil {
		keeper.names = map[nameKey]*byte{}
	}
	keeper.names[k] = &b[0]
	return &b[0]
}

// plainName encodes s without any flag.
func plainName(s string) *byte {
	b := append(append([]byte{0}, varint(len(s))...), s...)
	return &b[0]
}

func varint(n int) []byte {
	var b []byte
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// textName returns the offset of the name s without flags (a type's string, a
// package path), 0 for the empty one.
func textName(s string) int32 {
	if s == "" {
		return 0
	}
	return addReflectOff(unsafe.Pointer(encodeName(nameKey{name: s})))
}

// typeString returns the offset of a type's string form. Its exported bit says
// whether the type's own name is exported.
func typeString(s, base string) int32 {
	return addReflectOff(unsafe.Pointer(encodeName(nameKey{name: s, exported: token.IsExported(base)})))
}

// methodName returns the encoded name of a method of a type declared in package
// home: the path is written only where an unexported method comes from another.
func methodName(name, pkg, home string) *byte {
	k := nameKey{name: name, exported: token.IsExported(name)}
	if !k.exported && pkg != home {
		k.pkg = pkg
	}
	return encodeName(k)
}

// pathName encodes a package path, nil for none.
func pathName(path string) *byte {
	if path == "" {
		return nil
	}
	return encodeName(nameKey{name: path})
}

// nameText decodes the name at p.
func nameText(p *byte) string {
	if p == nil {
		return ""
	}
	n, i := 0, 1
	for shift := 0; ; shift += 7 {
		x := *(*byte)(unsafe.Add(unsafe.Pointer(p), i))
		i++
		n |= int(x&0x7f) << shift
		if x&0x80 == 0 {
			break
		}
	}
	return unsafe.String((*byte)(unsafe.Add(unsafe.Pointer(p), i)), n)
}

// hashString is FNV-1 over s, what the runtime uses for types made by reflect.
func hashString(s string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h = h*16777619 ^ uint32(s[i])
	}
	return h
}
