package interrupt_test

import (
	"sync/atomic"
	"testing"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// TestTogether sees that all parts run, and that a panic in any is the
// caller's, an interrupt before others.
func TestTogether(t *testing.T) {
	var ran atomic.Int64
	interrupt.Together(4, func(part int) { ran.Add(1 << (8 * part)) })
	if got := ran.Load(); got != 0x01010101 {
		t.Errorf("parts ran %x times, want each once", got)
	}
	for _, fails := range []map[int]any{{0: "a"}, {3: "a"}, {1: interrupt.Err, 2: "a"}, {0: "a", 3: interrupt.Err}} {
		want := any("a")
		for _, v := range fails {
			if v == any(interrupt.Err) {
				want = v
			}
		}
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v of parts that fail as %v, want %v", got, fails, want)
				}
			}()
			interrupt.Together(4, func(part int) {
				if v := fails[part]; v != nil {
					panic(v)
				}
			})
		}()
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		interrupt.Check()
	}
}
