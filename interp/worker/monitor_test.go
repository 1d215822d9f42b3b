package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// An interrupt comes through where cells keep every processor busy, also if
// there is one only.
func TestInterruptBusyProcessors(t *testing.T) {
	for name, c := range map[string]struct {
		env []string
		src string
	}{
		"one processor":  {[]string{"GOMAXPROCS=1"}, "x := 0\nfor { x++ }"},
		"all processors": {nil, "for range runtime.GOMAXPROCS(0) { go func() { for {} }() }\nfor {}"},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := worker.Start(worker.Options{Env: c.env})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			for range 20 {
				time.Sleep(20 * time.Millisecond) // the process falls asleep
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
				begin := time.Now()
				res := w.Execute(ctx, show.Cell{Source: c.src, Count: 1}, &transcript{})
				cancel()
				if res.Err == nil || res.Err.Name != "interrupted" {
					t.Errorf("%+v", res)
				}
				if d := time.Since(begin); d > 10*time.Second {
					t.Fatalf("it ended after %v", d)
				}
			}
		})
	}
}
