// Package memory hands out memory that is filled before it is read. It is not
// for values with pointers, nor for what is only filled in part.
package memory

import (
	"strings"
	"unsafe"
)

// Uncleared is memory for n values, which hold anything until they are set; T
// must have no pointers. Where all of it is filled, that is faster than make,
// and an interrupt does not wait for memory to be cleared: some milliseconds for
// ten million bytes.
func Uncleared[T any](n int) []T {
	const small = 1 << 16
	var one T
	size := n * int(unsafe.Sizeof(one))
	if size < small {
		return make([]T, n)
	}
	var b strings.Builder // it alone hands out memory as it is
	b.Grow(size)
	b.WriteByte(0) // an empty string need not have an address
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.StringData(b.String()))), n)
}
