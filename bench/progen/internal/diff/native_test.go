package diff

import (
	"context"
	"flag"
	"testing"

	"github.com/sheaf-go/sheaf/bench/progen/internal/gen"
)

var programs = flag.Int("programs", 40, "how many generated programs a test compiles")

// TestProgramsAreDefined: what a generated program prints depends on nothing
// that Go leaves open, so that optimised and plain code, and two runs, agree.
func TestProgramsAreDefined(t *testing.T) {
	n := *programs
	ctx := context.Background()
	var sources []string
	for seed := range n {
		p, err := gen.New(uint64(seed))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, p.Source)
	}
	optimised, err := Build(ctx, sources)
	if err != nil {
		t.Fatal(err)
	}
	defer optimised.Close()
	plain, err := Build(ctx, sources, "-N", "-l")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	for seed := range n {
		a, err := optimised.Run(ctx, seed)
		if err != nil {
			t.Fatal(err)
		}
		b, err := plain.Run(ctx, seed)
		if err != nil {
			t.Fatal(err)
		}
		if a.Timeout || b.Timeout {
			t.Errorf("seed %d does not end", seed)
		}
		if c := Compare(a, b); c != Equal || a.Exit != b.Exit {
			t.Errorf("seed %d: optimised and plain code differ (%v)\n%s", seed, c, Difference(a.Stdout+a.Stderr, b.Stdout+b.Stderr))
		}
	}
}
