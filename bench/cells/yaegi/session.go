package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/traefik/yaegi/interp"
)

const (
	perCell = 5  // declarations in a cell of declarations.go.txt
	window  = 50 // cells that a figure of a growing session looks at
)

// cells is an interpreter that gets one cell after the other.
type cells struct {
	i      *interp.Interpreter
	blocks []string // of cells, {B} is the number of the block
	ran    int      // cells of the blocks
}

func open(file string) (*cells, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	i, err := start(interp.Options{Stdout: io.Discard})
	if err != nil {
		return nil, err
	}
	c := &cells{i: i, blocks: strings.Split(string(text), "---\n")}
	_, err = c.time("import (\n\t\"fmt\"\n\t\"os\"\n\t\"runtime\"\n)")
	return c, err
}

func (c *cells) time(src string) (time.Duration, error) {
	start := time.Now()
	if _, err := c.i.Eval(src); err != nil {
		return 0, fmt.Errorf("%w in the cell\n%s", err, src)
	}
	return time.Since(start), nil
}

func (c *cells) next() (time.Duration, error) {
	src := c.blocks[c.ran%len(c.blocks)]
	src = strings.ReplaceAll(src, "{B}", strconv.Itoa(c.ran/len(c.blocks)))
	c.ran++
	return c.time(src)
}

// session prints the metrics of ../session_test.go, as "value name@n" lines.
func session(folder string) error {
	// What is weighed comes first.
	if err := grow(filepath.Join(folder, "cells.go.txt")); err != nil {
		return err
	}
	if err := loop(filepath.Join(folder, "cells.go.txt")); err != nil {
		return err
	}
	return declarations(filepath.Join(folder, "declarations.go.txt"))
}

func declarations(file string) error {
	c, err := open(file)
	if err != nil {
		return err
	}
	for _, n := range []int{20, 1000} {
		for c.ran*perCell < n {
			if _, err := c.next(); err != nil {
				return err
			}
		}
		probes := []struct{ name, src string }{
			{"trivial", "1 + 1"}, {"use", "T1{A: f2(v3), B: c0}.Sum()"}, {"declare", "probe := v1 + 1"},
		}
		for _, p := range probes {
			times := make([]time.Duration, 100)
			for i := range times {
				if times[i], err = c.time(p.src); err != nil {
					return err
				}
			}
			report(p.name+"-µs", n, micros(percentile(times, 50)))
		}
	}
	return nil
}

func loop(file string) error {
	c, err := open(file)
	if err != nil {
		return err
	}
	if _, err := c.time("sum := 0"); err != nil {
		return err
	}
	best := time.Hour
	for range 3 {
		if _, err := c.time("sum = 0"); err != nil {
			return err
		}
		d, err := c.time("for i := 0; i < 1_000_000; i++ {\n\tsum += i & 7\n}")
		if err != nil {
			return err
		}
		best = min(best, d)
	}
	v, err := c.i.Eval("sum")
	if err != nil {
		return err
	}
	if v.Interface() != 3_500_000 {
		return fmt.Errorf("sum is %v, want 3500000", v)
	}
	report("loop-µs", 1_000_000, micros(best))
	return nil
}

func grow(file string) error {
	c, err := open(file)
	if err != nil {
		return err
	}
	var times []time.Duration
	for _, n := range []int{10, 500, 2000} {
		for len(times) < n {
			d, err := c.next()
			if err != nil {
				return err
			}
			times = append(times, d)
		}
		last := times[max(0, n-window):]
		report("p50-µs", n, micros(percentile(last, 50)))
		report("p95-µs", n, micros(percentile(last, 95)))
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		report("heap-MB", n, float64(m.HeapAlloc)/1e6)
		if rss := resident(); rss > 0 {
			report("rss-MB", n, rss)
		}
	}
	return nil
}

func report(name string, n int, value float64) { fmt.Printf("%.3f %s@%d\n", value, name, n) }

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func percentile(times []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[p*(len(sorted)-1)/100]
}

var vmRSS = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

// resident is this process's memory in megabytes, 0 where there is no /proc.
func resident() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	m := vmRSS.FindSubmatch(status)
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseFloat(string(m[1]), 64)
	return kb * 1024 / 1e6
}
