package worker_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A cell that prints without end keeps the beginning and the end of its output,
// which says what is missing; nobody's memory grows.
func TestBoundedOutput(t *testing.T) {
	const limit = 1_000_000
	c, err := worker.Start(worker.Options{MaxOutput: limit})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	out := &transcript{}
	res := c.Execute(ctx, show.Cell{Source: "for i := 0; ; i++ { fmt.Println(\"line\", i) }", Count: 1}, out)
	if res.Err == nil || res.Err.Name != "interrupted" {
		t.Errorf("%+v", res)
	}
	text := out.String()
	head, rest, _ := strings.Cut(text, "[stderr]")
	note, tail, _ := strings.Cut(rest, "[stdout]")
	if n := len(head) - len("[stdout]"); n > limit || n < limit/2 {
		t.Errorf("%d bytes before the limit of %d", n, limit)
	}
	if want := "\n[the cell has printed more than 1 MB: what it prints now is dropped"; !strings.HasPrefix(note, want) || !strings.HasSuffix(note, " were dropped here]\n") {
		t.Errorf("it says %q", note)
	}
	lines := strings.Split(strings.TrimSuffix(tail, "\n"), "\n")
	var first, last int
	fmt.Sscanf(lines[0], "line %d", &first)
	fmt.Sscanf(lines[len(lines)-1], "line %d", &last)
	if len(tail) > 70_000 || len(tail) < 50_000 || last-first != len(lines)-1 || first == 0 {
		t.Errorf("the end has %d bytes, lines %d to %d in %d", len(tail), first, last, len(lines))
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 64<<20 {
		t.Errorf("the heap has %d bytes", m.HeapAlloc)
	}

	// The next cell begins anew, a progress line does not count, and the limit
	// can be set.
	_, text = run(c, "for i := range 40_000 { fmt.Printf(\"\\r%60d\", i) }")
	if strings.Contains(text, "dropped") || !strings.HasSuffix(text, " 39999") {
		t.Errorf("a progress line of %d bytes ends with %q", len(text), text[len(text)-200:])
	}
	if res, text := run(c, "%limit output"); res.Err != nil || text != "[display]output: 1 MB" {
		t.Errorf("%q", text)
	}
	run(c, "%limit output 10kB")
	if _, text = run(c, "fmt.Print(strings.Repeat(\"0123456789\\n\", 1000))"); !strings.Contains(text, "more than 10 kB") || strings.Contains(text, "dropped here") || strings.Count(text, "0123456789\n") != 1000 {
		t.Errorf("nothing was left out, and it says %q", text[:200])
	}
	run(c, "%limit output off")
	if _, text = run(c, "fmt.Print(strings.Repeat(\"0123456789\\n\", 200_000))"); len(text) != len("[stdout]")+2_200_000 {
		t.Errorf("%d bytes without a limit", len(text))
	}
}
