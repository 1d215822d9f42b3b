package cpu

import "testing"

// TestTileRight checks that the test which AVX-512 has to pass before it is used
// lets a right kernel pass, and none that does less.
func TestTileRight(t *testing.T) {
	if !tileRight(tileGo[float32]) {
		t.Error("the kernel in Go does not pass")
	}
	for what, spoil := range map[string]func(*tile){
		"has no bias":                func(t *tile) { t.bias = nil },
		"does not add":               func(t *tile) { t.add = 0 },
		"has no ReLU":                func(t *tile) { t.relu = 0 },
		"misses a tap":               func(t *tile) { t.ntaps-- },
		"misses 43rd row":            func(t *tile) { t.m = min(t.m, 42) },
		"misses 32nd column":         func(t *tile) { t.n = min(t.n, 4*31) },
		"misses 16th column":         func(t *tile) { t.n -= t.n / 64 % 2 * 4 },
		"writes a column more":       func(t *tile) { t.n += 4 },
		"takes packed A for another": func(t *tile) { t.six = anyRows },
	} {
		spoiled := func(t *tile) {
			u := *t
			spoil(&u)
			tileGo[float32](&u)
		}
		if tileRight(spoiled) {
			t.Errorf("a kernel that %s passes", what)
		}
	}
}

func TestUseIsBounded(t *testing.T) {
	for _, l := range []Level{-1, Generic, AVX2, AVX512, 99} {
		restore := Use(l)
		if want := max(Generic, min(l, Best())); level != want {
			t.Errorf("Use(%v) runs %v, want %v", l, level, want)
		}
		restore()
	}
	if level != Best() {
		t.Errorf("restored to %v, want %v", level, Best())
	}
}
