package notebooks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// An Engine evaluates the cells of one notebook, in order. Cancelling the
// context of Execute interrupts the evaluation.
type Engine interface {
	Execute(ctx context.Context, c show.Cell, sink show.Sink) show.Result
	Interrupt() // a second call ends an evaluation that ignores the first
	Close() error
}

// Tags of a cell that [Run] obeys; the names are those Jupyter's tools use.
const (
	TagSkip   = "skip-execution"   // the cell is not run, its outputs stay
	TagRaises = "raises-exception" // an error of the cell does not stop the run
)

// Options say how [Run] runs. The zero value prints nothing and waits for
// every cell as long as it takes.
type Options struct {
	Log         io.Writer     // a line per cell and the errors; nil prints nothing
	Timeout     time.Duration // per cell; 0 is none. Cell metadata may set its own: {"timeout": seconds}
	AllowErrors bool          // run on after a failing cell
	Color       bool          // keep ANSI colours of tracebacks in Log
}

// A Report says what [Run] ran.
type Report struct {
	Cells    []CellReport
	Duration time.Duration
}

// A CellReport says how one code cell ended.
type CellReport struct {
	Cell     *Cell
	Count    int // execution count; 0 if skipped
	Duration time.Duration
	Err      *show.Error // nil if it succeeded
}

// A CellError is the error of the cell at which a run stopped.
type CellError struct {
	Count int // execution count of the cell
	Err   *show.Error
}

// Error names the cell and what happened in it.
func (e *CellError) Error() string {
	first, _, more := strings.Cut(e.Err.Error(), "\n")
	if more {
		first += " …"
	}
	return fmt.Sprintf("cell %d: %s", e.Count, first)
}

// Unwrap returns the *show.Error.
func (e *CellError) Unwrap() error { return e.Err }

// grace is how long an interrupted cell may take to stop before its worker is
// ended.
var grace = 5 * time.Second

// Run executes the code cells of nb on the engine and stores outputs and
// execution counts in them. It stops at the first cell that fails, with a
// [*CellError]; what was computed until then is in nb, and cells after it are
// as they were. Empty cells and cells tagged skip-execution are not run.
func Run(ctx context.Context, nb *Notebook, engine Engine, opts Options) (*Report, error) {
	report := &Report{}
	start := time.Now()
	outputs := newCollector()
	defer outputs.close()
	count := 0
	for i, cell := range nb.Cells {
		if cell.Type != Code || skipped(cell) {
			continue
		}
		count++
		r, exit := runCell(ctx, cell, count, engine, outputs, opts)
		report.Cells = append(report.Cells, r)
		report.Duration = time.Since(start)
		logCell(opts, r)
		if r.Err == nil && exit && moreCode(nb.Cells[i+1:]) {
			r.Err = &show.Error{Name: "exit", Value: "the cell ended the session; the cells after it did not run"}
			logError(opts, r)
			return report, &CellError{Count: count, Err: r.Err}
		}
		stops := !opts.AllowErrors && !cell.hasTag(TagRaises) || exit || ctx.Err() != nil
		if r.Err != nil && stops {
			return report, &CellError{Count: count, Err: r.Err}
		}
	}
	return report, nil
}

func skipped(c *Cell) bool {
	if c.hasTag(TagSkip) {
		return true
	}
	if strings.TrimSpace(c.Source) == "" {
		c.Outputs, c.Count = nil, 0
		return true
	}
	return false
}

func moreCode(cells []*Cell) bool {
	for _, c := range cells {
		if c.Type == Code && !skipped(c) {
			return true
		}
	}
	return false
}

// runCell runs one cell and stores its outputs. exit: it ended the session.
func runCell(ctx context.Context, cell *Cell, count int, engine Engine, outputs *collector, opts Options) (r CellReport, exit bool) {
	cell.Count = count
	sink := outputs.begin(cell)
	timeout := cellTimeout(cell, opts.Timeout)
	cellCtx, cancel := ctx, context.CancelFunc(func() {})
	if timeout > 0 {
		cellCtx, cancel = context.WithTimeout(ctx, timeout)
	}
	defer cancel()
	start := time.Now()
	res := execute(cellCtx, engine, show.Cell{Source: cell.Source, Count: count}, sink)
	r = CellReport{Cell: cell, Count: count, Duration: time.Since(start), Err: res.Err}
	if res.Err != nil && ctx.Err() == nil && errors.Is(cellCtx.Err(), context.DeadlineExceeded) {
		res.Err = &show.Error{Name: "timeout", Value: fmt.Sprintf("the cell ran longer than %v", timeout), Cell: count}
		r.Err = res.Err
	}
	if res.Exit != nil && *res.Exit == 0 {
		res.Err, r.Err = nil, nil // left in peace; Run says if cells were to follow
	}
	sink.finish(res)
	return r, res.Exit != nil
}

// execute evaluates a cell, and ends an evaluation that goes on although its
// context was cancelled.
func execute(ctx context.Context, engine Engine, c show.Cell, sink show.Sink) show.Result {
	done := make(chan show.Result, 1)
	go func() { done <- engine.Execute(ctx, c, sink) }()
	select {
	case res := <-done:
		return res
	case <-ctx.Done():
	}
	// The engine interrupts by itself; repeating that ends the worker.
	for {
		select {
		case res := <-done:
			return res
		case <-time.After(grace):
			engine.Interrupt()
		}
	}
}

func cellTimeout(c *Cell, timeout time.Duration) time.Duration {
	if n, ok := c.Metadata["timeout"].(interface{ Float64() (float64, error) }); ok {
		if s, err := n.Float64(); err == nil && s > 0 {
			return time.Duration(s * float64(time.Second))
		}
	}
	return timeout
}

func logCell(opts Options, r CellReport) {
	if opts.Log == nil {
		return
	}
	status := "ok"
	if r.Err != nil {
		status = "failed"
		if r.Cell.hasTag(TagRaises) {
			status = "ok (raises)"
		}
	}
	fmt.Fprintf(opts.Log, "[%d] %s %s  %s\n", r.Count, status, shortDuration(r.Duration), firstLine(r.Cell.Source))
	if r.Err != nil && !r.Cell.hasTag(TagRaises) {
		logError(opts, r)
	}
}

// logError prints the traceback, indented, and before it the error unless the
// traceback tells it.
func logError(opts Options, r CellReport) {
	if opts.Log == nil {
		return
	}
	text := strings.Join(r.Err.Traceback, "\n")
	if !opts.Color {
		text = ansi.ReplaceAllString(text, "")
	}
	if !strings.Contains(text, r.Err.Value) || text == "" {
		text = r.Err.Error() + "\n" + text
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			fmt.Fprintf(opts.Log, "    %s\n", line)
		}
	}
}

// ansi matches the escape sequences of terminal colours and cursor moves.
var ansi = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")

// shortDuration prints about three digits, in the unit that fits.
func shortDuration(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return d.Round(100 * time.Millisecond).String()
}

// firstLine is the first line of a source that says something, cut to fit.
func firstLine(source string) string {
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if runes := []rune(line); len(runes) > 60 {
			return string(runes[:59]) + "…"
		}
		return line
	}
	return ""
}
