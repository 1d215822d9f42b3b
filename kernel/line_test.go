package kernel

import (
	"testing"
	"testing/synctest"
	"time"
)

// A line has settled when nothing has come for a while, or after a longer while.
func TestSettle(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		name     string
		items    int // one every 3 ms
		from, to time.Duration
	}{
		{"nothing comes", 0, 10 * ms, 12 * ms},
		{"a few come", 4, 22 * ms, 24 * ms},
		{"it does not end", 100, 100 * ms, 102 * ms},
	} {
		synctest.Test(t, func(t *testing.T) {
			var l line[int]
			go func() {
				for range tt.items {
					time.Sleep(3 * ms)
					l.push(1)
				}
			}()
			begin := time.Now()
			l.settle(t.Context(), 10*ms, 100*ms)
			if took := time.Since(begin); took < tt.from || took > tt.to {
				t.Errorf("%s: it took %v, want %v to %v", tt.name, took, tt.from, tt.to)
			}
			time.Sleep(time.Second) // until all have come
		})
	}
}
