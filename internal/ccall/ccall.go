// Package ccall is the way between Go code of a session and C: what cgo writes
// for a package with import "C" calls it in place of the runtime, which only
// linked programs can reach. Who compiles and opens the C code tells it where
// that is ([Provide]); nothing here knows how that is done.
//
// It is no package for people, and a cell can't import it.
package ccall

import (
	"fmt"
	"strings"
	"sync"
	"unsafe" // for C's pointers, and go:linkname
)

// cgocall is kept by package runtime for others to link to.
//
//go:linkname cgocall runtime.cgocall
func cgocall(fn, arg unsafe.Pointer) int32

// Call calls a C function that takes the address of its arguments and results,
// and returns the function's own result: errno, where it has one. The block
// must not lie on a stack, as what is called may call Go again, which may move
// stacks.
func Call(fn, block unsafe.Pointer) int32 { return cgocall(fn, block) }

// A Finder finds a symbol of a library; nil: it has none of the name.
type Finder func(name string) unsafe.Pointer

var (
	libraries sync.Map // name → Finder
	exported  sync.Map // address of what stands for a Go function in C → func(unsafe.Pointer)
)

// Provide makes the symbols of a library known.
func Provide(library string, find Finder) { libraries.Store(library, find) }

// Symbol is the address of a library's symbol.
func Symbol(library, name string) unsafe.Pointer {
	if find, ok := libraries.Load(library); ok {
		if p := find.(Finder)(name); p != nil {
			return p
		}
	}
	panic(fmt.Sprintf("ccall: library %s has no symbol %s", library, name))
}

// Export makes f what a library's C code calls under a name, with the address
// of the arguments and results. It returns true, so that a variable can be
// declared with it.
func Export(library, name string, f func(block unsafe.Pointer)) bool {
	exported.Store(Symbol(library, name), f)
	return true
}

// Entry is the code that C calls by way of the runtime's crosscall2, with the
// address of a [Callback].
func Entry() unsafe.Pointer {
	f := callback
	return **(**unsafe.Pointer)(unsafe.Pointer(&f))
}

// A Callback is a call of an exported function from C.
type Callback struct{ Func, Block unsafe.Pointer }

func callback(c *Callback) {
	f, ok := exported.Load(c.Func)
	if !ok {
		panic("ccall: C calls a Go function that no cell has exported")
	}
	f.(func(unsafe.Pointer))(c.Block)
}

// CString copies a C string of any length.
func CString(p unsafe.Pointer) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return StringN(p, n)
}

// StringN copies n bytes.
func StringN(p unsafe.Pointer, n int) string {
	if n == 0 {
		return ""
	}
	return strings.Clone(unsafe.String((*byte)(p), n))
}

// Bytes copies n bytes.
func Bytes(p unsafe.Pointer, n int) []byte {
	b := make([]byte, n)
	if n > 0 {
		copy(b, unsafe.Slice((*byte)(p), n))
	}
	return b
}
