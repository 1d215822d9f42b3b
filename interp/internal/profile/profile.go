// Package profile shows where time went: samples of stacks as a table of
// functions, as a flame graph, and as a file for go tool pprof. It takes
// samples from whoever has them; it does not make any.
package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Profile is a list of samples and when they were taken.
type Profile struct {
	Samples []Sample
	Start   time.Time
	Wall    time.Duration // that the code has run
	Period  time.Duration // between samples
}

// A Sample is a stack and what was spent in it.
type Sample struct {
	Stack []Frame // innermost first
	Time  time.Duration
	Count int
}

// A Frame is one call on a stack.
type Frame struct {
	Func     string
	File     string // as people see it; "" of compiled code
	Line     int
	Start    int  // the line where the function begins; 0: not known
	Compiled bool // not interpreted, so its own calls are not seen
}

// Place is where the frame is, or "".
func (f Frame) Place() string {
	if f.File == "" {
		return ""
	}
	return f.File + ":" + strconv.Itoa(f.Line)
}

// Total is the time and the number of all samples.
func (p *Profile) Total() (time.Duration, int) {
	var t time.Duration
	n := 0
	for _, s := range p.Samples {
		t += s.Time
		n += s.Count
	}
	return t, n
}

// A Row is what was spent in one function: flat in itself, cum with what it
// has called.
type Row struct {
	Func, Place string // the place of the line that took most
	Flat, Cum   time.Duration
	Compiled    bool
	depth       int // of the outermost call
}

// Order says how rows are sorted and what they are.
type Order struct {
	Cum   bool // sort by cum, not by flat
	Lines bool // a row for each line, not for each function
	Limit int  // number of rows; 0: all
}

// name is what a frame is counted under.
func (o Order) name(f Frame) string {
	if o.Lines {
		return f.Func + " " + f.Place()
	}
	return f.Func
}

// Rows sums the samples up, the largest first.
func (p *Profile) Rows(o Order) []Row {
	rows := map[string]*Row{}
	lines := map[string]map[string]time.Duration{}
	for _, s := range p.Samples {
		seen := map[string]bool{} // recursion counts once
		for i, f := range s.Stack {
			name := o.name(f)
			r := rows[name]
			if r == nil {
				r = &Row{Func: f.Func, Compiled: f.Compiled, depth: len(s.Stack) - i}
				rows[name], lines[name] = r, map[string]time.Duration{}
			}
			if i == 0 {
				r.Flat += s.Time
			}
			if !seen[name] {
				seen[name] = true
				r.Cum += s.Time
				r.depth = min(r.depth, len(s.Stack)-i)
				lines[name][f.Place()] += s.Time
			}
		}
	}
	var list []Row
	for name, r := range rows {
		r.Place = hottest(lines[name])
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b Row) int {
		first, then := cmp.Compare(b.Flat, a.Flat), cmp.Compare(b.Cum, a.Cum)
		if o.Cum { // of equals, who calls comes before what is called
			first, then = then, cmp.Compare(a.depth, b.depth)
		}
		return cmp.Or(first, then, cmp.Compare(a.Func, b.Func), cmp.Compare(a.Place, b.Place))
	})
	if o.Limit > 0 && len(list) > o.Limit {
		list = list[:o.Limit]
	}
	return list
}

func hottest(lines map[string]time.Duration) (place string) {
	var most time.Duration = -1
	for p, t := range lines {
		if t > most || t == most && p < place {
			place, most = p, t
		}
	}
	return place
}

// Text is the table of the functions, under a line that says what was
// measured.
func (p *Profile) Text(o Order) string {
	var b strings.Builder
	total, n := p.Total()
	fmt.Fprintf(&b, "%s of processor time in %s samples, %s on the wall\n", short(total), strconv.Itoa(n), short(p.Wall))
	if n == 0 {
		b.WriteString("too short to sample, or it only waited: run it in a loop, or see %timeit\n")
		return b.String()
	}
	all, cut := p.Rows(Order{Cum: o.Cum, Lines: o.Lines}), p.Rows(o)
	width := len("function")
	for _, r := range cut {
		width = max(width, len([]rune(r.Func)))
	}
	width = min(width, 60)
	fmt.Fprintf(&b, "%9s %6s %9s %6s  %-*s %s\n", "flat", "flat%", "cum", "cum%", width, "function", "line")
	for _, r := range cut {
		place := r.Place
		if r.Compiled {
			place = "(compiled)"
		}
		line := fmt.Sprintf("%9s %5.1f%% %9s %5.1f%%  %-*s %s", short(r.Flat), percent(r.Flat, total), short(r.Cum), percent(r.Cum, total), width, r.Func, place)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if more := len(all) - len(cut); more > 0 {
		fmt.Fprintf(&b, "and %d more; -l N shows N rows\n", more)
	}
	return b.String()
}

func percent(part, all time.Duration) float64 {
	if all == 0 {
		return 0
	}
	return 100 * float64(part) / float64(all)
}

// short rounds to three digits, and to 10 µs.
func short(d time.Duration) string {
	unit := 10 * time.Microsecond
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
