//go:build unix

package worker_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// endLater runs a cell after whose end a goroutine runs code that ends the
// worker, and waits until it is gone and a completion has started the next.
func endLater(t *testing.T, c *worker.Client, code string) {
	t.Helper()
	res, _ := run(c, "go func() { time.Sleep(50 * time.Millisecond); "+code+" }()\nos.Getpid()")
	pid, err := strconv.Atoi(res.Value.PlainText())
	if err != nil {
		t.Fatal(res.Err)
	}
	for begin := time.Now(); !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH); time.Sleep(time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("the worker does not end")
		}
	}
	for begin := time.Now(); len(c.Complete(context.Background(), "strings.ToUp", 12).Items) == 0; time.Sleep(time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("no other worker begins")
		}
	}
}

// A worker that dies while no cell runs is not replaced in silence: the next
// cell, which may count on variables that are gone, says so and does not run.
func TestWorkerDiesBetweenCells(t *testing.T) {
	t.Setenv("GORACE", "report_bugs=0") // the race below is the cell's own
	c := start(t)
	for code, want := range map[string]string{
		"syscall.Kill(os.Getpid(), syscall.SIGKILL)":                                    "its process was killed (out of memory?)",
		"m := map[int]int{}; for i := 0; i < 4; i++ { go func() { for { m[1]++ } }() }": "concurrent map ",
	} {
		run(c, "kept := 1")
		endLater(t, c, code)
		silent := c.Execute(context.Background(), show.Cell{Source: "1", Silent: true}, &transcript{})
		if silent.Err != nil {
			t.Errorf("a silent cell: %v", silent.Err)
		}
		res, _ := run(c, "kept := 2")
		const gone = "; a new session has started, the variable kept is gone; %rerun runs the cells before again; this cell has not run"
		if e := res.Err; e == nil || e.Name != "worker died" || !strings.HasPrefix(e.Value, "between cells: "+want) || !strings.HasSuffix(e.Value, gone) {
			t.Errorf("%s:\n got %v\nwant %s… %s", code, res.Err, want, gone)
		}
		if res, _ := run(c, "kept"); res.Err == nil || !strings.Contains(res.Err.Value, "undefined: kept") {
			t.Errorf("after it: %+v", res)
		}
	}
}

// A signal that ends the worker is named, not the status that Go exits with.
func TestWorkerDiesOfSignals(t *testing.T) {
	c := start(t)
	for code, want := range map[string]string{
		"syscall.Kill(os.Getpid(), syscall.SIGSEGV); time.Sleep(time.Minute)": "SIGSEGV: segmentation violation",
		"syscall.Kill(os.Getpid(), syscall.SIGQUIT); time.Sleep(time.Minute)": "SIGQUIT: quit",
		"syscall.Kill(os.Getpid(), syscall.SIGKILL); time.Sleep(time.Minute)": "its process was killed (out of memory?)",
	} {
		res, out := run(c, code)
		if res.Err == nil || res.Err.Name != "worker died" || res.Err.Value != want+"; a new session has started" || out != "" {
			t.Errorf("%s:\n got %v, printed %q\nwant %s", code, res.Err, out, want)
		}
	}
}

// So is one of C code.
func TestWorkerDiesInC(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("import \"C\" in cells wants linux/amd64")
	}
	needs.Program(t, "go")
	needs.Program(t, "gcc")
	res, out := run(start(t), "/*\nint boom(int *p) { return *p; }\n*/\nimport \"C\"\nC.boom(nil)")
	if res.Err == nil || res.Err.Value != "SIGSEGV: segmentation violation, in C code; a new session has started" || out != "" {
		t.Errorf("got %v, printed %q", res.Err, out)
	}
}
