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

// limited runs cells of a session whose limit ends with the test.
func limited(t *testing.T) func(src string) show.Result {
	t.Helper()
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	run := func(src string) show.Result {
		return s.Execute(context.Background(), show.Cell{Source: src, Count: 1}, quietSink{})
	}
	t.Cleanup(func() { run("%limit mem off") })
	return run
}

// TestGarbageIsNotHeld sees that a cell does not end for what the collector has
// still to take.
func TestGarbageIsNotHeld(t *testing.T) {
	run := limited(t)
	for _, src := range []string{
		"%limit mem 400MB",
		"kept := make([]byte, 240<<20)\nlen(kept)",
		"type node struct { next *node; v [100]int }",
		"var n *node\nfor i := range 3_000_000 {\n\tif n = (&node{next: n}); i%1000 == 0 {\n\t\tn = nil\n\t}\n}",
	} {
		if res := run(src); res.Err != nil {
			t.Errorf("%q: %v", src, res.Err)
		}
	}
}

// TestLargeTable works with a table that takes more than half of the memory that
// there is: what needs no second one goes, what does ends in an error, and the
// table is still there.
func TestLargeTable(t *testing.T) {
	run := limited(t)
	for _, cell := range []struct{ src, want string }{
		{"%limit mem 500MB", ""},
		{"t := tables.Empty(40_000_000).Update(`A = (double)(ii * 7919 % 40000003)`); t.Len()", "40000000"},
		{"t.Where(`A < 3`).Len()", "3"},
		{"t.Slice(10, 20).Sort(`-A`).Len()", "10"},
		{"t.Sum(`A`) > 0", "true"},
		{"t.Sort(`A`)", "out of memory"},
		{"t.Update(`B = A * 2`, `C = A * 3`, `D = A * 4`)", "out of memory"},
		{"t.Len()", "40000000"},
		{"t.Tail(1).Float64s(`A`)[0] > 0", "true"},
	} {
		res := run(cell.src)
		got := res.Value.PlainText()
		if res.Err != nil {
			got = res.Err.Name
		}
		if got != cell.want {
			t.Errorf("%s: got %q, want %q: %v", cell.src, got, cell.want, res.Err)
		}
	}
}
