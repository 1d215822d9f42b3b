package cpu

import (
	"sync"
	"unsafe"
)

// scratch is memory for tasks: as many pieces as there were tasks at once, each
// as large as the largest that was asked of it.
var scratch struct {
	sync.Mutex
	free [][]float64
}

// takeScratch lends n values of any content, which start at a line of the cache.
// They are given back by giveScratch. It allocates until the pieces are large
// enough for what is asked again and again.
func takeScratch[T Float](n int) []T {
	words := (n*sizeOf[T]() + 7) / 8
	scratch.Lock()
	var s []float64
	if last := len(scratch.free) - 1; last >= 0 {
		s = scratch.free[last]
		scratch.free = scratch.free[:last]
	}
	scratch.Unlock()
	if len(s) < words {
		s = aligned[float64](roundUp(words, 1<<10))
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&s[0])), len(s)*8/sizeOf[T]())
}

// giveScratch takes back what takeScratch lent.
func giveScratch[T Float](s []T) {
	words := unsafe.Slice((*float64)(unsafe.Pointer(&s[0])), len(s)*sizeOf[T]()/8)
	scratch.Lock()
	scratch.free = append(scratch.free, words)
	scratch.Unlock()
}
