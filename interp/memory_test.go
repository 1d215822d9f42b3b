package interp_test

import (
	"context"
	"io"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// TestMemoryLimit sees that what grows without end ends in an error that says
// so, in whatever way it grows, and that the session goes on.
func TestMemoryLimit(t *testing.T) {
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	run := func(src string) show.Result {
		return s.Execute(context.Background(), show.Cell{Source: src, Count: 1}, quietSink{})
	}
	limit := func(size string) {
		if res := run("%limit mem " + size); res.Err != nil {
			t.Fatal(res.Err)
		}
	}
	defer limit("off") // of the whole process, so of later tests
	limit("150MB")
	for _, src := range []string{
		"text := \"x\"\nfor { text += text }",
		"for { text = text + `,` + text }",
		"text = ``\nlist := []int{}\nfor { list = append(list, 1) }",
		"list = nil\nblocks := [][]int{}\nfor { blocks = append(blocks, make([]int, 1000)) }",
		"blocks = nil\nnever := make(chan int)\nfor { go func() { <-never }() }",
		"table := map[int]int{}\nfor i := 0; ; i++ { table[i] = i }",
	} {
		if res := run(src); res.Err == nil || res.Err.Name != "out of memory" {
			t.Errorf("%q ended with %v, want out of memory", src, res.Err)
		}
	}
	if res := run("table = nil\nlen(list)"); res.Err != nil || res.Value.PlainText() != "0" {
		t.Errorf("afterwards: %v, %v", res.Value.PlainText(), res.Err)
	}
}
