package memory

import (
	"testing"
	"unsafe"
)

// TestUncleared: memory is as long as was asked for, aligned, and one's own.
func TestUncleared(t *testing.T) {
	for _, n := range []int{0, 1, 8191, 8192, 100_000} {
		a, b := Uncleared[float64](n), Uncleared[float64](n)
		if len(a) != n || cap(a) < n || uintptr(unsafe.Pointer(unsafe.SliceData(a)))%8 != 0 {
			t.Fatalf("%d values have length %d, capacity %d at %p", n, len(a), cap(a), a)
		}
		for i := range a {
			a[i], b[i] = 1, 2
		}
		for i := range a {
			if a[i] != 1 || b[i] != 2 {
				t.Fatalf("of %d, value %d is %v and %v, want 1 and 2", n, i, a[i], b[i])
			}
		}
	}
}
