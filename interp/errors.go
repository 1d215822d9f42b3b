package interp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/scanner"
	"go/types"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/notebooks/show"
	yaegi "github.com/traefik/yaegi/interp"
)

// A place is a position inside a cell.
type place struct {
	name      string
	line, col int
}

func (p place) String() string { return fmt.Sprintf("%s:%d:%d", plain(p.name), p.line, p.col) }

// excerpt is the source line at p with a caret under the column.
func (s *Session) excerpt(p place) []string {
	s.mu.Lock()
	src, ok := s.sources[p.name]
	s.mu.Unlock()
	lines := strings.Split(strings.ReplaceAll(src, "\r\n", "\n"), "\n")
	if !ok || p.line < 1 || p.line > len(lines) {
		return nil
	}
	line := lines[p.line-1]
	if len(line) > 200 {
		return nil
	}
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:min(max(p.col-1, 0), len(line))])
	return []string{"    " + line, "    " + pad + "^"}
}

// report makes the cell error out of places and messages.
func (s *Session) report(name string, items []item) *show.Error {
	e := &show.Error{Name: name, Cell: s.count}
	for i, it := range items {
		if i == 10 {
			e.Traceback = append(e.Traceback, fmt.Sprintf("and %d more errors", len(items)-i))
			break
		}
		head := it.msg
		if it.at.line > 0 {
			head = it.at.String() + ": " + it.msg
		}
		e.Traceback = append(e.Traceback, head)
		e.Traceback = append(e.Traceback, s.excerpt(it.at)...)
		if i == 0 {
			e.Value, e.Line, e.Col = head, it.at.line, it.at.col
		}
	}
	return e
}

type item struct {
	at  place
	msg string
}

func (s *Session) syntaxError(err error) *show.Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return s.report("compile error", []item{{msg: err.Error()}})
	}
	var items []item
	for _, e := range list {
		items = append(items, item{place{e.Pos.Filename, e.Pos.Line, e.Pos.Column}, e.Msg})
	}
	return s.report("compile error", items)
}

func (s *Session) checkErrors(errs []types.Error) *show.Error {
	var items []item
	for _, e := range errs {
		if strings.HasPrefix(e.Msg, "\t") && len(items) > 0 { // continues the error before
			items[len(items)-1].msg += "\n" + plain(e.Msg)
			continue
		}
		it := item{msg: s.advise(plain(e.Msg))}
		if e.Fset != nil && e.Pos.IsValid() {
			p := e.Fset.Position(e.Pos)
			it.at = place{p.Filename, p.Line, p.Column}
		}
		items = append(items, it)
	}
	// The checker looks at the right side of an assignment first, say.
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.col, b.at.col))
	})
	return s.report("compile error", items)
}

// failed turns the error of a run into what the cell shows.
func (s *Session) failed(err error) *failure {
	var p yaegi.Panic
	var nr errNotRun
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &failure{show: &show.Error{Name: "interrupted", Value: "the cell was interrupted; variables keep their values", Cell: s.count, Traceback: []string{"interrupted: the cell was interrupted; variables keep their values"}}}
	case errors.As(err, &nr):
		at, msg := splitPlace(nr.Error())
		return &failure{show: s.report("not interpreted", []item{{at, "the interpreter cannot run this: " + plain(msg)}})}
	case errors.As(err, &p):
		if code, ok := p.Value.(Exit); ok {
			n := int(code)
			return &failure{exit: &n, show: s.panicked("os.Exit", fmt.Sprintf("exit status %d", n))}
		}
		return &failure{show: s.panicked("panic", panicText(p.Value))}
	}
	at, msg := splitPlace(err.Error())
	return &failure{show: s.report("error", []item{{at, plain(msg)}})}
}

func panicText(v any) string {
	if rv, ok := v.(reflect.Value); ok && rv.IsValid() && rv.CanInterface() {
		v = rv.Interface()
	}
	switch v := v.(type) {
	case error:
		return plain(goText(v.Error()))
	case fmt.Stringer:
		return v.String()
	}
	return plain(goText(fmt.Sprint(v)))
}

// goText says in Go's words what yaegi, which works through reflect, says in
// reflect's.
func goText(s string) string {
	if strings.Contains(s, ": interface conversion: ") {
		_, s = splitPlace(s)
	}
	switch {
	case strings.HasSuffix(s, "on zero Value"), strings.HasPrefix(s, "reflect: ") && strings.Contains(s, "nil pointer"):
		return "runtime error: invalid memory address or nil pointer dereference"
	case s == "reflect: slice index out of range", s == "reflect: array index out of range", s == "reflect: string index out of range":
		return "runtime error: index out of range"
	}
	return s
}

// panicked reports a panic with the calls that led to it, innermost first.
func (s *Session) panicked(name, text string) *show.Error {
	e := &show.Error{Name: name, Value: text, Cell: s.count, Traceback: []string{name + ": " + text}}
	for i, f := range s.locate(s.trace.take()) {
		if i == 0 {
			e.Line, e.Col = f.at.line, f.at.col
		}
		if i == 20 {
			e.Traceback = append(e.Traceback, "  …")
			break
		}
		if f.start {
			e.Traceback = append(e.Traceback, "  in "+f.fun+" ("+plain(f.at.name)+")")
			continue
		}
		head := "  " + f.at.String()
		if f.fun != "" {
			head += " in " + f.fun
		}
		e.Traceback = append(e.Traceback, head)
		e.Traceback = append(e.Traceback, s.excerpt(f.at)...)
	}
	return e
}

var (
	placeRE = regexp.MustCompile(`^(.*?):(\d+):(\d+): `)
	frameRE = regexp.MustCompile(`^(?:-|(?:(.+?):)?(\d+):(\d+)): panic(?:: )?(?:main\.)?(.*?)(?:\(\.\.\.\))?$`)
)

func splitPlace(msg string) (place, string) {
	m := placeRE.FindStringSubmatch(msg)
	if m == nil {
		return place{}, msg
	}
	line, _ := strconv.Atoi(m[2])
	col, _ := strconv.Atoi(m[3])
	return place{m[1], line, col}, msg[len(m[0]):]
}

type frame struct {
	at    place
	fun   string // as people see it; "" for the cell's own statements
	raw   string // as yaegi names it
	start bool   // at is where the function begins, not where it was
}

// A traceWriter passes stderr on and keeps the lines in which yaegi says
// where a panic passed through.
type traceWriter struct {
	out    io.Writer
	mu     sync.Mutex
	frames []frame
}

func (w *traceWriter) Write(p []byte) (int, error) {
	line := strings.TrimSuffix(string(p), "\n")
	if m := frameRE.FindStringSubmatch(line); m != nil && !strings.Contains(line, "\n") {
		l, _ := strconv.Atoi(m[2])
		c, _ := strconv.Atoi(m[3])
		fun := plain(m[4])
		if strings.HasPrefix(m[4], bodyName) {
			_, fun, _ = strings.Cut(m[4], ".")
		}
		if strings.HasSuffix(fun, "func") {
			fun = strings.TrimSuffix("a function literal of "+strings.TrimSuffix(strings.ReplaceAll(fun, ".func", ""), "func"), " of ")
		}
		w.mu.Lock()
		if len(w.frames) < 100 && m[1] != "" && m[1] != yaegi.DefaultSourceName {
			w.frames = append(w.frames, frame{at: place{m[1], l, c}, fun: fun, raw: m[4]})
		}
		w.mu.Unlock()
		return len(p), nil
	}
	return w.out.Write(p)
}

func (w *traceWriter) reset() { w.take() }

func (w *traceWriter) take() []frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.frames
	w.frames = nil
	return f
}

var undefinedRE = regexp.MustCompile(`^undefined: ([\pL\d_.]+)$`)

// advise adds the next move where one is evident.
func (s *Session) advise(msg string) string {
	m := undefinedRE.FindStringSubmatch(msg)
	if m == nil {
		return msg
	}
	pkg, name, isSel := strings.Cut(m[1], ".")
	var known []string
	if isSel {
		if path, ok := s.pathOf(pkg); ok {
			if p, err := s.importer.Import(path); err == nil {
				for _, n := range p.Scope().Names() {
					if p.Scope().Lookup(n).Exported() {
						known = append(known, n)
					}
				}
			}
		}
		if near := nearest(name, known); near != "" {
			return msg + "; did you mean " + pkg + "." + near + "?"
		}
		return msg
	}
	known = append(sortedKeys(s.names), types.Universe.Names()...)
	if near := nearest(pkg, known); near != "" {
		return msg + "; did you mean " + near + "?"
	}
	return msg
}

// pathOf says which package a name stands for at the top level of a cell.
func (s *Session) pathOf(name string) (string, bool) {
	if path, ok := s.imports[name]; ok {
		return path, true
	}
	return s.lib.AutoImport(name)
}

// nearest is the known name closest to name, if close enough to be a slip.
func nearest(name string, known []string) string {
	best, limit := "", max(1, (len(name)+2)/3)+1
	for _, k := range known {
		if strings.EqualFold(k, name) {
			return k
		}
		// Of two as near, the longer: letters are left out more often than added.
		if d := distance(name, k, limit+1); d < limit || d == limit && best != "" && len(k) > len(best) {
			best, limit = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, or limit if it is larger.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		diag := prev[0]
		prev[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost = 1 + min(diag, prev[j], prev[j+1])
			}
			diag, prev[j+1] = prev[j+1], cost
		}
	}
	return min(prev[len(b)], limit)
}
