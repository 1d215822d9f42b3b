package interp_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// A goroutine that a cell leaves behind lives on when the cell's context is
// cancelled afterwards, as its owner does to release it.
func TestGoroutinesOutliveTheirCell(t *testing.T) {
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	run := func(src string) show.Result {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		return s.Execute(ctx, show.Cell{Count: 1, Source: src}, &sink{out: new(buffer)})
	}
	run("in, out := make(chan int), make(chan int)\nfunc echo() { for n := range in { out <- n } }")
	for i := range 200 {
		run("go echo()")
		res := run("select {\ncase in <- 7:\ncase <-time.After(5 * time.Second):\n}\nselect {\ncase n := <-out:\n\tfmt.Sprint(n)\ncase <-time.After(5 * time.Second):\n\tpanic(\"the goroutine is gone\")\n}")
		if res.Err != nil {
			t.Fatalf("round %d: %s", i, strings.Join(res.Err.Traceback, "\n"))
		}
		run("close(in)\nin = make(chan int)")
	}
}
