package interp_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// A quietSink is for tests of what cells do, not of what they show.
type quietSink struct{}

func (quietSink) Stream(string, string)                               {}
func (quietSink) Display(show.Display)                                {}
func (quietSink) Clear(bool)                                          {}
func (quietSink) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// TestInterruptLongCell interrupts a cell of 30,000 statements at every stage
// of its way, before it has run: it has to end soon, and to change nothing.
func TestInterruptLongCell(t *testing.T) {
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context, src string) (show.Result, time.Duration) {
		begin := time.Now()
		return s.Execute(ctx, show.Cell{Source: src, Count: 1}, quietSink{}), time.Since(begin)
	}
	run(context.Background(), "ran := false\nfunc f() int { return 5 }")
	long := "func f() int { return 6 }\nx := 0\n" + strings.Repeat("x += 7\n", 30_000) + "ran = true"
	_, whole := run(context.Background(), long)
	run(context.Background(), "ran = false\nfunc f() int { return 5 }")
	const steps = 10
	ended := 0
	for i := range steps {
		ctx, cancel := context.WithTimeout(context.Background(), whole*time.Duration(i)/steps)
		res, took := run(ctx, long)
		late := took - whole*time.Duration(i)/steps
		cancel()
		if res.Err == nil { // it was faster this time
			run(context.Background(), "ran = false\nfunc f() int { return 5 }")
			continue
		}
		ended++
		if res.Err.Name != "interrupted" || late > 15*time.Second {
			t.Errorf("step %d of %d: %v after %v", i, steps, res.Err, late)
		}
		if got, _ := run(context.Background(), "fmt.Sprint(ran, f())"); got.Value.PlainText() != "false 5" && got.Value.PlainText() != `"false 5"` {
			t.Errorf("step %d of %d: ran and f() are %s, want false 5", i, steps, got.Value.PlainText())
		}
	}
	if ended == 0 {
		t.Errorf("no cell was interrupted in %v", whole)
	}
}
