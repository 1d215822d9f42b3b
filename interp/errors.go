package interp

import (
	"cmp"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A place is a position inside a cell.
type place struct {
	name      string
	line, col int
}

// String implements fmt.Stringer.
func (p place) String() string { return fmt.Sprintf("%s:%d:%d", plain(p.name), p.line, p.col) }

// excerptWidth is how many characters of a source line are shown: with the
// indent a line of 80, since what is longer is wrapped in a page of common width,
// and the caret below it points anywhere.
const excerptWidth = 76

// excerpt is the source line at p, or what of it is around the column, with a
// caret under the column.
func (s *Session) excerpt(p place) []string {
	s.mu.Lock()
	src, ok := s.sources[p.name]
	s.mu.Unlock()
	if !ok {
		src, ok = s.lib.loader.Source(p.name)
	}
	lines := strings.Split(strings.ReplaceAll(src, "\r\n", "\n"), "\n")
	if !ok || p.line < 1 || p.line > len(lines) {
		return nil
	}
	line, pad := around(lines[p.line-1], p.col)
	return []string{"    " + line, "    " + pad + "^"}
}

// around cuts a line to excerptWidth around the byte column col, and makes
// what reaches to the column below it.
func around(line string, col int) (text, pad string) {
	at := utf8.RuneCountInString(line[:min(max(col-1, 0), len(line))])
	runes := []rune(line)
	if len(runes) > excerptWidth {
		from := min(max(at-excerptWidth*2/3, 0), len(runes)-excerptWidth)
		to := from + excerptWidth
		if to < len(runes) {
			runes[to-1] = '…'
		}
		if from > 0 {
			runes[from] = '…'
		}
		runes, at = runes[from:to], at-from
	}
	var b strings.Builder
	for _, r := range runes[:min(at, len(runes))] {
		if r == '\t' {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Repeat(" ", grid.Width(string(r))))
		}
	}
	return string(runes), b.String()
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
		msg, sure := s.adviseSyntax(e)
		items = append(items, item{place{e.Pos.Filename, e.Pos.Line, e.Pos.Column}, msg})
		if sure { // what the parser says then is about this mistake too
			break
		}
	}
	return s.report("compile error", items)
}

func (s *Session) checkErrors(c *checked, errs []types.Error) *show.Error {
	var items []item
	for _, e := range errs {
		if strings.HasPrefix(e.Msg, "\t") && len(items) > 0 { // continues the error before
			items[len(items)-1].msg += "\n" + plain(e.Msg)
			continue
		}
		it := item{msg: s.advise(c, e.Pos, asC(plain(tellApart(e.Msg))))}
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

var versioned = pattern(`[\pL_][\pL\d_]*(?:` + sep + `\d+)?`)

// tellApart marks the earlier ones where a message has several versions of a
// name.
func tellApart(msg string) string {
	if !strings.Contains(msg, sep) || !strings.HasPrefix(msg, "cannot use") && !strings.Contains(msg, "mismatched types") {
		return msg // a field may be called as a type is
	}
	latest := map[string]int{}
	version := func(name string) (string, int) {
		user, v, _ := strings.Cut(name, sep)
		n, _ := strconv.Atoi(v)
		return user, n
	}
	for _, name := range versioned().FindAllString(msg, -1) {
		user, n := version(name)
		latest[user] = max(latest[user], n)
	}
	return versioned().ReplaceAllStringFunc(msg, func(name string) string {
		if user, n := version(name); n < latest[user] {
			return "earlier " + name
		}
		return name
	})
}

// failed turns the way a run ended into what the cell shows.
func (s *Session) failed(p *engine.Panic) *failure {
	switch v := p.Value.(type) {
	case Exit:
		n := int(v)
		return &failure{exit: &n, show: s.panicked("os.Exit", fmt.Sprintf("exit status %d", n), p.Trace)}
	case engine.Unsupported:
		return s.unsupported(v)
	case nil:
		return &failure{show: s.panicked("runtime.Goexit", "the cell's goroutine ended itself", p.Trace)}
	case error:
		if v == engine.ErrInterrupted {
			return s.interrupted()
		}
		if v == engine.ErrStackOverflow {
			return &failure{show: s.panicked("stack overflow", "endless recursion?", p.Trace)}
		}
		if f := s.ended(v, p.Trace); f != nil {
			return f
		}
	}
	return &failure{show: s.panicked("panic", s.panicsText(p), p.Trace)}
}

func (e *evaluation) interrupted() *failure {
	const text = "the cell was interrupted; variables keep their values"
	return &failure{show: &show.Error{Name: "interrupted", Value: text, Cell: e.count, Traceback: []string{"interrupted: " + text}}}
}

// unsupported reports a construct that the engine cannot run.
func (s *Session) unsupported(err error) *failure {
	var u engine.Unsupported
	if !errors.As(err, &u) {
		return &failure{show: s.report("not interpreted", []item{{msg: err.Error()}})}
	}
	return &failure{show: s.report("not interpreted", []item{{s.place(u.Pos), plain(u.Msg)}})}
}

// place is where pos is, as people see it.
func (s *Session) place(pos token.Pos) place {
	if !pos.IsValid() {
		return place{}
	}
	p := s.fset.Position(pos)
	return place{p.Filename, p.Line, p.Column}
}

// panicked reports a panic with the calls that led to it, innermost first.
func (s *Session) panicked(name, text string, trace []engine.Frame) *show.Error {
	e := &show.Error{Name: name, Value: text, Cell: s.count, Traceback: []string{name + ": " + text}}
	n := 0
	for i, f := range trace {
		at := s.place(f.Pos)
		cell := s.isCell(at.name)
		if _, ok := s.lib.loader.Source(at.name); at.line == 0 || !cell && !ok || repeats(trace, i) {
			continue
		}
		if e.Line == 0 && cell {
			e.Line, e.Col = at.line, at.col
		}
		if n++; n > 20 {
			e.Traceback = append(e.Traceback, "  …")
			break
		}
		head := "  " + at.String()
		if f.Func != "" {
			head += " in " + plain(f.Func)
		}
		e.Traceback = append(e.Traceback, head)
		e.Traceback = append(e.Traceback, s.excerpt(at)...)
	}
	return e
}

// isCell tells the files of cells from those of libraries.
func (s *Session) isCell(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.sources[name]
	return ok
}
