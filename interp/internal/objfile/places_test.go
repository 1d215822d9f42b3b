package objfile

import (
	"slices"
	"testing"
)

// TestSpans: tables are read as they are written.
func TestSpans(t *testing.T) {
	for _, list := range [][]span{
		{{3, 0}},
		{{1, -1}, {2, 5}, {300, 1 << 19}, {301, 0}},
		{{200, 70000}, {1 << 20, 3}},
	} {
		if got := spans(encode(list)); !slices.Equal(got, list) {
			t.Errorf("got %v, want %v", got, list)
		}
	}
}
