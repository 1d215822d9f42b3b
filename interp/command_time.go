package interp

import (
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// runTime prints the time of the code below what the code prints.
func runTime(ctx context.Context, c *Call) error {
	src := c.source()
	if strings.TrimSpace(src) == "" {
		return errors.New("wants Go code behind it, or %%time above the cell's code")
	}
	cpu, begin := cpuTime(), time.Now()
	err := c.Run(ctx, "", src)
	wall := time.Since(begin)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("wall time %v", short(wall))
	if used := cpuTime() - cpu; used > 0 {
		text = fmt.Sprintf("CPU time %v, %s", short(used), text)
	}
	c.print(text)
	return nil
}

// short rounds to three digits.
func short(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

// The defaults of %timeit are IPython's.
const (
	timeitRuns = 7
	timeitLong = 200 * time.Millisecond // a run that takes so long is long enough
)

var timeitFlag = pattern(`^-([a-zA-Z]+)[ \t=]*(\d*)(?:[ \t]+|$)`)

// runTimeit measures code in loops: as many as take a while, several times.
func runTimeit(ctx context.Context, c *Call) error {
	loops, runs := 0, timeitRuns
	for {
		m := timeitFlag().FindStringSubmatch(c.Args)
		if m == nil {
			break
		}
		n, err := strconv.Atoi(m[2])
		switch {
		case err != nil && m[2] == "", err == nil && n < 1:
			return fmt.Errorf("-%s wants a number above 0", m[1])
		case err != nil:
			return err
		case m[1] == "n":
			loops = n
		case m[1] == "r":
			runs = n
		default:
			return fmt.Errorf("there is no flag -%s; there are -n LOOPS and -r RUNS", m[1])
		}
		c.Args = c.Args[len(m[0]):]
		c.col += len(m[0])
	}
	setup, code := "", c.Args
	if c.Cell {
		setup, code = c.Args, c.Text
	}
	if strings.TrimSpace(code) == "" {
		return errors.New("wants Go code behind it, or %%timeit above the cell's code")
	}
	loops, times, err := c.measure(ctx, setup, code, loops, runs)
	if err != nil {
		return err
	}
	c.print(timeitText(loops, times))
	return nil
}

// timeitText says what a loop took, in seconds: the mean of the runs, how far
// they spread, and the best of them, which other work disturbed least.
func timeitText(loops int, times []float64) string {
	mean, spread := 0.0, 0.0
	for _, t := range times {
		mean += t / float64(len(times))
	}
	for _, t := range times {
		spread += (t - mean) * (t - mean) / float64(len(times))
	}
	return fmt.Sprintf("%s ± %s per loop (mean ± std. dev. of %s, %s each); best %s",
		seconds(mean), seconds(math.Sqrt(spread)), count(len(times), "run"), grouped(loops)+plural(" loop", loops), seconds(slices.Min(times)))
}

func plural(what string, n int) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

// seconds is a time with three digits in its natural unit.
func seconds(t float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}} {
		if t >= u.size {
			return strconv.FormatFloat(t/u.size, 'g', 3, 64) + " " + u.name
		}
	}
	return strconv.FormatFloat(t/1e-9, 'g', 3, 64) + " ns"
}

// grouped writes thousands apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// measure runs the code in loops, inside one function of the cell, and returns
// how many loops a run had and the seconds that a loop took in each run.
func (c *Call) measure(ctx context.Context, setup, code string, loops, runs int) (int, []float64, error) {
	lines := c.line
	if c.Cell {
		lines = c.line + 1
	} else {
		code = strings.Repeat(" ", c.col) + code
	}
	if _, err := split(token.NewFileSet(), "cell", code); err != nil {
		return 0, nil, c.Go(ctx, strings.Repeat("\n", lines)+code) // it says what is wrong, and runs nothing
	}
	// The value of a last expression is dropped; one without a value can't be.
	values, err := c.loop(ctx, timeitSource(setup, code, lines, loops, runs, true), lines)
	var f *failure
	if errors.As(err, &f) && f.show.Name == "compile error" {
		values, err = c.loop(ctx, timeitSource(setup, code, lines, loops, runs, false), lines)
	}
	if err != nil {
		return 0, nil, err
	}
	if len(values) != 2 {
		return 0, nil, fmt.Errorf("got %d values from its loops", len(values))
	}
	loops = values[0].(int)
	var times []float64
	for _, t := range values[1].([]int64) {
		times = append(times, float64(t)/float64(loops)/1e9)
	}
	return loops, times, nil
}

// timeitSource writes the function around the code, whose lines keep their
// numbers where a line is above it; names carry a letter that no keyboard has.
// With discard, the last expression of the code is assigned to the blank name.
func timeitSource(setup, code string, lines, loops, runs int, discard bool) string {
	if setup != "" {
		setup += "; "
	}
	head := strings.Repeat("\n", max(lines-1, 0)) +
		"func(ꞏloops, ꞏruns int) (int, []int64) { " + setup +
		"ꞏrun := func() int64 { ꞏbegin := time.Now(); for ꞏi := 0; ꞏi < ꞏloops; ꞏi++ {\n"
	body := head + code
	if at := lastExpr(code); discard && at >= 0 {
		at += len(head)
		// On the line above, so that columns stay, unless a comment ends it.
		line := strings.LastIndexByte(body[:at], '\n')
		if strings.TrimSpace(body[line:at]) == "" && !strings.Contains(lineAt(body, line), "//") {
			at = line
		}
		body = body[:at] + " _ = " + body[at:]
	}
	return body + "\n}; return int64(time.Since(ꞏbegin)) }; var ꞏtimes []int64\n" +
		fmt.Sprintf("if ꞏloops == 0 { for ꞏloops = 1; ; ꞏloops *= 10 { if ꞏt := ꞏrun(); ꞏt >= %d { ꞏtimes = append(ꞏtimes, ꞏt); break } } }\n", timeitLong) +
		"for len(ꞏtimes) < ꞏruns { ꞏtimes = append(ꞏtimes, ꞏrun()) }\n" +
		fmt.Sprintf("return ꞏloops, ꞏtimes }(%d, %d)", loops, runs)
}

// lastExpr is where the expression begins that code ends in, or -1.
func lastExpr(code string) int {
	chunks, err := cut("cell", code)
	if err != nil || len(chunks) == 0 {
		return -1
	}
	last := chunks[len(chunks)-1]
	if _, err := parser.ParseExpr(strings.TrimSuffix(code[last.start:last.end], ";")); err != nil {
		return -1
	}
	return last.start
}

// loop runs the source and returns the values of its last expression. Errors
// give the code the line that it has in the cell.
func (c *Call) loop(ctx context.Context, src string, lines int) ([]any, error) {
	s := c.Session
	s.shown = nil
	_, fail := s.source(ctx, src)
	if fail == nil {
		return s.shown, nil
	}
	if lines == 0 { // there was no line above the code to write the function on
		was, is := s.title+":2:", s.title+":1:"
		for i, t := range fail.show.Traceback {
			fail.show.Traceback[i] = strings.Replace(t, was, is, 1)
		}
		fail.show.Value = strings.Replace(fail.show.Value, was, is, 1)
		if fail.show.Line == 2 {
			fail.show.Line = 1
		}
	}
	return nil, fail
}
