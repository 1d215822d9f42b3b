package interp_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
)

// TestPasts wants back what was added, of any size, from little memory.
func TestPasts(t *testing.T) {
	var kept interp.Pasts
	var want []interp.Past
	for i := range 2000 {
		source := fmt.Sprintf("x%d := %d // é\nfmt.Println(x%d)", i, i*i, i)
		if i%300 == 7 {
			source = strings.Repeat("y++\n", 40*i)
		}
		want = append(want, interp.Past{Count: i - 3, Source: source, OK: i%3 > 0})
	}
	want = append(want, interp.Past{})
	for i, x := range want {
		kept.Add(x)
		if kept.Len() != i+1 {
			t.Fatalf("%d cells, want %d", kept.Len(), i+1)
		}
		if i%100 == 0 && !slices.Equal(kept.All(), want[:i+1]) {
			t.Fatalf("%d cells come back as others", i+1)
		}
	}
	if got := kept.All(); !slices.Equal(got, want) {
		t.Fatalf("%d cells come back as %d others", len(want), len(got))
	}

	var many interp.Pasts
	before := heap()
	for i := range 20_000 {
		many.Add(interp.Past{Count: i, Source: fmt.Sprintf("func f(x int) int { return x + %d }\nf(1)", i), OK: true})
	}
	if got := (heap() - before) / 20_000; got > 15 {
		t.Errorf("a cell of 45 bytes takes %.0f", got)
	}
	runtime.KeepAlive(many)
}
