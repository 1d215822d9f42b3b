package engine

import "testing"

// TestOuter: what was on its way when a panic began is found, from the newest to
// the oldest, and nothing that began outside of the call that recovers.
func TestOuter(t *testing.T) {
	var list []Earlier
	chain := func() {
		defer func() {
			v := recover()
			list = outer(v).earlier(v)
		}()
		func() {
			defer func() { panic("third") }()
			defer func() { recover(); panic("second") }()
			panic("first")
		}()
	}
	func() {
		defer func() { recover() }()
		defer chain()
		panic("outside")
	}()
	want := []Earlier{{"first", true, false}, {"second", false, false}}
	if len(list) != 2 || list[0] != want[0] || list[1] != want[1] {
		t.Errorf("got %v, want %v", list, want)
	}
	defer func() {
		if p := outer(recover()); p != nil {
			t.Errorf("got %v before a panic that is alone", p)
		}
	}()
	panic("alone")
}
