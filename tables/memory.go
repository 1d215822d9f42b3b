package tables

import "github.com/sheaf-go/sheaf/internal/memory"

// uncleared is memory for n values, which hold anything until they are set; T
// must have no pointers.
func uncleared[T any](n int) []T { return memory.Uncleared[T](n) }

// cleared is memory for n zeros; T must have no pointers.
func cleared[T any](n int) []T {
	v := uncleared[T](n)
	for lo, hi := range spans(n) {
		clear(v[lo:hi])
	}
	return v
}

// copied puts from at the start of to and returns its length.
func copied[T any](to, from []T) int {
	for lo, hi := range spans(len(from)) {
		copy(to[lo:hi], from[lo:hi])
	}
	return len(from)
}

// add is append; it asks for the interrupt while it moves many values to
// larger memory. T must have no pointers.
func add[T any](v []T, x T) []T {
	if len(v) == cap(v) {
		v = roomier(v, 1)
	}
	return append(v, x)
}

// roomier is v with room for n more values at least.
func roomier[T any](v []T, n int) []T {
	w := uncleared[T](max(2*cap(v), len(v)+n, 64))
	return w[:copied(w, v)]
}
