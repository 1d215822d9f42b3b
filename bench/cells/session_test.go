// Package cells_test measures how long a cell takes in sessions of different
// lengths, and what a session weighs. bench/cells/sessions.py runs it beside
// its peers; bench/cells/compare.py measures the speed of programs.
//
// A metric name@n belongs to a session of n declarations (trivial, use,
// declare) or n cells (p50, p95, heap, rss). Every benchmark measures all it
// reports in one turn, so run them with -benchtime=1x.
package cells_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// The test binary is its own worker.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "session" {
		os.Exit(worker.Serve(func(cfg interp.Config) (*interp.Session, error) {
			cfg.Library = stdlib.Library()
			return interp.New(cfg)
		}))
	}
	os.Exit(m.Run())
}

// An engine executes cells: a session in this process, or a worker.
type engine interface {
	Execute(context.Context, show.Cell, show.Sink) show.Result
}

// cells is a notebook that goes on for ever.
type cells struct {
	tb     testing.TB
	engine engine
	blocks []string // of cells, {B} is the number of the block
	ran    int      // cells of the blocks
	count  int      // all cells
}

// open starts with what every session has before its first measured cell.
func open(tb testing.TB, e engine, template string) *cells {
	tb.Helper()
	text, err := os.ReadFile("testdata/" + template)
	if err != nil {
		tb.Fatal(err)
	}
	c := &cells{tb: tb, engine: e, blocks: strings.Split(string(text), "---\n")}
	c.run("import (\n\t\"fmt\"\n\t\"os\"\n\t\"runtime\"\n)")
	return c
}

// run executes a cell and returns the text of its value.
func (c *cells) run(src string) string {
	c.tb.Helper()
	c.count++
	res := c.engine.Execute(context.Background(), show.Cell{Source: src, Count: c.count}, discard{})
	if res.Err != nil {
		c.tb.Fatalf("cell %d:\n%s\n%s", c.count, src, strings.Join(res.Err.Traceback, "\n"))
	}
	return res.Value.PlainText()
}

// next executes the next cell of the blocks and returns how long it took.
func (c *cells) next() time.Duration {
	src := c.blocks[c.ran%len(c.blocks)]
	src = strings.ReplaceAll(src, "{B}", strconv.Itoa(c.ran/len(c.blocks)))
	c.ran++
	return c.time(src)
}

func (c *cells) time(src string) time.Duration {
	start := time.Now()
	c.run(src)
	return time.Since(start)
}

func session(b testing.TB) *interp.Session {
	b.Helper()
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: io.Discard})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func client(b *testing.B) *worker.Client {
	b.Helper()
	c, err := worker.Start(worker.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return c
}

// TestCells runs what the benchmarks time, and looks at what it made.
func TestCells(t *testing.T) {
	c := open(t, session(t), "cells.go.txt")
	for range 3 * len(c.blocks) {
		c.next()
	}
	// The last block's f is x*2 + 2, summed over 0 to 99; its first value is even.
	for src, want := range map[string]string{
		"total": "10100", `m2["v"]`: "2", "t2.Sum()": "12", "s2[3]": "2", "t0.A": "6",
	} {
		if got := c.run(src); got != want {
			t.Errorf("%s is %s, want %s", src, got, want)
		}
	}
	c = open(t, session(t), "declarations.go.txt")
	for range 4 {
		c.next()
	}
	if got := c.run("T1{A: f2(v3), B: c0}.Sum()"); got != "12" {
		t.Errorf("the declarations make %s, want 12", got)
	}
}

// perCell is how many declarations a cell of testdata/declarations.go.txt has.
const perCell = 5

// BenchmarkDeclarations times cells that come after 20 and after 1,000
// declarations: one that uses none of them, one that uses some, one that
// declares.
func BenchmarkDeclarations(b *testing.B) {
	for b.Loop() {
		c := open(b, session(b), "declarations.go.txt")
		for _, n := range []int{20, 1000} {
			for c.ran*perCell < n {
				c.next()
			}
			probes := []struct{ name, src string }{
				{"trivial", "1 + 1"}, {"use", "T1{A: f2(v3), B: c0}.Sum()"}, {"declare", "probe := v1 + 1"},
			}
			for _, p := range probes {
				times := make([]time.Duration, 100)
				for i := range times {
					times[i] = c.time(p.src)
				}
				report(b, p.name+"-µs", n, micros(percentile(times, 50)))
			}
		}
	}
}

// BenchmarkSession grows a session within this process.
func BenchmarkSession(b *testing.B) {
	for b.Loop() {
		grow(b, open(b, session(b), "cells.go.txt"), func(*cells) (heap, rss float64) {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return float64(m.HeapAlloc) / 1e6, 0
		})
	}
}

// BenchmarkWorker grows a session in its own process, as people have it; a
// cell's time has the trip there and back in it.
func BenchmarkWorker(b *testing.B) {
	for b.Loop() {
		c := open(b, client(b), "cells.go.txt")
		c.run("var stats runtime.MemStats")
		grow(b, c, func(c *cells) (heap, rss float64) {
			bytes, err := strconv.ParseFloat(c.run("runtime.GC()\nruntime.ReadMemStats(&stats)\nstats.HeapAlloc"), 64)
			if err != nil {
				b.Fatal(err)
			}
			return bytes / 1e6, resident(b, c.run("os.Getpid()"))
		})
	}
}

// window is how many cells up to a number of cells are looked at.
const window = 50

// grow runs 2,000 cells and reports, at three points, how long the cells
// before it took and what the session weighs then, in megabytes (10^6 bytes).
func grow(b *testing.B, c *cells, memory func(*cells) (heap, rss float64)) {
	var times []time.Duration
	for _, n := range []int{10, 500, 2000} {
		for len(times) < n {
			times = append(times, c.next())
		}
		last := times[max(0, n-window):]
		report(b, "p50-µs", n, micros(percentile(last, 50)))
		report(b, "p95-µs", n, micros(percentile(last, 95)))
		heap, rss := memory(c)
		report(b, "heap-MB", n, heap)
		if rss > 0 {
			report(b, "rss-MB", n, rss)
		}
	}
}

// BenchmarkTopLevelLoop times a loop of 1e6 turns that works on variables of
// the session, in the cell itself.
func BenchmarkTopLevelLoop(b *testing.B) {
	for b.Loop() {
		c := open(b, session(b), "cells.go.txt")
		c.run("sum := 0")
		best := time.Hour
		for range 3 {
			best = min(best, c.time("sum = 0\nfor i := 0; i < 1_000_000; i++ {\n\tsum += i & 7\n}"))
		}
		if got := c.run("sum"); got != "3500000" {
			b.Fatalf("sum is %s, want 3500000", got)
		}
		report(b, "loop-µs", 1_000_000, micros(best))
	}
}

func report(b *testing.B, name string, n int, value float64) {
	b.ReportMetric(value, fmt.Sprintf("%s@%d", name, n))
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func percentile(times []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[p*(len(sorted)-1)/100]
}

var vmRSS = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

// resident is the memory of a process in megabytes, 0 where the system has no
// /proc to read it from.
func resident(b *testing.B, pid string) float64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	m := vmRSS.FindSubmatch(status)
	if m == nil {
		b.Fatalf("/proc/%s/status has no VmRSS", pid)
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb * 1024 / 1e6
}

// discard is the sink of cells that nobody looks at.
type discard struct{}

func (discard) Stream(string, string) {}
func (discard) Display(show.Display)  {}
func (discard) Clear(bool)            {}
func (discard) Input(context.Context, string, bool) (string, error) {
	return "", io.EOF
}
