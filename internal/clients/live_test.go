package clients

import (
	"strings"
	"testing"
	"time"
)

// Jupyter's own client library gets live charts: whole, a few times a second,
// with the last state at the end, also that of an interrupted training.
func TestLiveCharts(t *testing.T) {
	b := newBench(t)
	out := b.script(t, 3*time.Minute, "live.py", "sheaf")
	for _, step := range []string{"loop", "later", "interrupted", "table"} {
		if !strings.Contains(out, "ok "+step+" ") {
			t.Errorf("no line for %s", step)
		}
	}
	t.Log(out)
}
