package tables

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

var nan = math.NaN()

// parallelRows is how many rows make a second goroutine worth its while; tests
// set it low.
var parallelRows = 1 << 18

// newCompiler is a compiler over columns that are all n rows long.
func newCompiler(src string, cols []*Col, n int) *compiler {
	c := &compiler{src: src, cols: cols, n: n, index: make(map[string]int, len(cols)), scope: currentScope(),
		whole: &wholeCalls{done: map[int]*Col{}, now: time.Now()}}
	for i, col := range cols {
		c.index[col.name] = i
	}
	c.words = c.newWordwise()
	return c
}

// parts is how many goroutines share the rows, which are many; one if a formula
// calls functions of the session, since an interpreter runs them.
func (c *compiler) parts() int {
	if c.user || c.n < parallelRows {
		return 1
	}
	return runtime.GOMAXPROCS(0)
}

// run compiles the expressions and hands ranges of rows to work, one for each
// goroutine.
func (c *compiler) run(exprs []expr, first []node, work func(part int, nodes []node, lo, hi int)) error {
	parts := c.parts()
	step := (c.n/parts/chunkRows + 1) * chunkRows
	errs := make([]error, parts)
	one := func(part int, nodes []node) {
		defer func() {
			switch p := recover().(type) {
			case nil:
			case evalError:
				errs[part] = &FormulaError{Formula: c.src, Offset: p.pos, Message: p.msg, cause: p.cause}
			default:
				panic(p)
			}
		}()
		work(part, nodes, min(part*step, c.n), min((part+1)*step, c.n))
	}
	each := [][]node{first}
	for range parts - 1 {
		own := *c
		nodes := make([]node, len(exprs))
		for i, e := range exprs {
			var err error
			if nodes[i], err = own.compile(e); err != nil {
				return err
			}
		}
		each = append(each, nodes)
	}
	interrupt.Together(parts, func(part int) { one(part, each[part]) })
	return errors.Join(errs...)
}

// asColumn evaluates an expression into a new column.
func (c *compiler) asColumn(name string, e expr) (*Col, error) {
	n, err := c.guardedCompile(e)
	if err != nil {
		return nil, err
	}
	if col, ok := n.(*colNode); ok { // a copy of a column shares its memory
		out := col.col.renamed(name)
		return &out, nil
	}
	if w, ok := n.(*wordNode); ok && n.typ() == String {
		return w.text(name), nil
	}
	if n.typ() == 0 || n.typ().IsVector() {
		_, err := c.value(e)
		return nil, err
	}
	out := newOutput(n.typ(), c.n)
	out.parts(c.parts())
	err = c.run([]expr{e}, []node{n}, func(part int, nodes []node, lo, hi int) {
		for ; lo < hi; lo += chunkRows {
			interrupt.Check()
			k := min(chunkRows, hi-lo)
			out.receive(nodes[0], lo, k)
			out.put(part, lo, k, nodes[0].eval(lo, k))
		}
	})
	if err != nil {
		return nil, err
	}
	return out.col(name), nil
}

// guardedCompile compiles; folding of constants evaluates, and may fail so.
func (c *compiler) guardedCompile(e expr) (n node, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case evalError:
			err = &FormulaError{Formula: c.src, Offset: p.pos, Message: p.msg, cause: p.cause}
		default:
			panic(p)
		}
	}()
	return c.compile(e)
}

// Update adds columns, or replaces those of the same name, each by a formula
// "Name = expression"; later formulas see the columns of earlier ones. See
// [Table.Where] for what an expression can be.
func (t *Table) Update(formulas ...string) *Table {
	if t.err != nil {
		return t
	}
	cols := slices.Clone(t.cols)
	for _, src := range formulas {
		name, e, err := parseAssign(src, false)
		if err != nil {
			return failed(err)
		}
		c, err := newCompiler(src, cols, t.n).asColumn(name, e)
		if err != nil {
			return failed(err)
		}
		cols = put(cols, c)
	}
	return build(cols, t.n)
}

// View is a table of only the named columns, in that order; "Name =
// expression" makes a new one, and sees the columns made before it.
func (t *Table) View(columns ...string) *Table {
	if t.err != nil {
		return t
	}
	env, keep := slices.Clone(t.cols), make([]*Col, 0, len(columns))
	for _, src := range columns {
		name, e, err := parseAssign(src, true)
		if exact, ok := t.Column(src); ok { // a name that is no identifier
			keep = append(keep, exact)
			continue
		}
		if err != nil {
			return failed(err)
		}
		c, err := newCompiler(src, env, t.n).asColumn(name, e)
		if err != nil {
			return failed(err)
		}
		keep, env = append(keep, c), put(env, c)
	}
	return build(keep, t.n)
}

// Where keeps the rows in which every filter is true; null is not true.
//
// An expression is written as in Java: numbers (1, 2L, 0.5, 1e3, 2f), text in
// backticks or double quotes, true, false, null, '2006-01-02 15:04:05';
// columns by name, and variables and functions of the session; i (int32) and
// ii (int64), the number of the row; + - * / %, = == != < <= > >=, && || ! (or
// "and", "or"), & | ^ ~ << >> >>>, in, not in, icase in, cond ? a : b; casts
// such as (double)i; functions such as sqrt(A), pow(A, 2), abs, exp, log, min,
// max, round, signum, isNull, isNaN, replaceIfNull(A, 0); methods of text such
// as S.length(), S.contains(`x`), S.startsWith, S.substring(0, 2),
// S.toLowerCase(), S.trim(); A_[i-1], a value of another row; and of vectors
// sum(V), avg, min, max, std, var, median, count, size, first, last, V[0].
//
// Integers are computed with 64 bits and int/int stays an integer; with a
// float the result is float64 (float32 if both are narrow). An integer divided
// by 0 is null. Null in gives null out, except that false && null is false and
// true || null is true; a comparison with NaN is false, as in Go.
func (t *Table) Where(filters ...string) *Table {
	if t.err != nil || len(filters) == 0 {
		return t
	}
	var sel selection
	for i, src := range filters {
		e, err := parseFormula(src)
		if err != nil {
			return failed(err)
		}
		// Every filter sees all rows, so that i means the same in each.
		mine, err := newCompiler(src, t.cols, t.n).rows(e)
		if err != nil {
			return failed(err)
		}
		if i == 0 {
			sel = mine
		} else {
			sel = selection{inBoth(sel.rows(), mine.rows())}
		}
	}
	out := t
	if sel.len() < t.n {
		out = t.gather(sel)
	}
	sel.giveBack() // not after an interrupt: others may still work with it
	return out
}

// inBoth is the rows that two ascending lists share.
func inBoth(a, b []int32) []int32 {
	out := a[:0]
	for i, x := range a {
		poll(i)
		for len(b) > 0 && b[0] < x {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == x {
			out = append(out, x)
		}
	}
	return out
}

// rows lists the rows in which a condition is true.
func (c *compiler) rows(e expr) (selection, error) {
	n, err := c.guardedCompile(e)
	if err != nil {
		return nil, err
	}
	if n.typ() != Bool {
		return nil, c.fail(e, "a filter must be a boolean, this is %s", typeText(n.typ()))
	}
	var mu sync.Mutex
	byPart := map[int][]int32{}
	err = c.run([]expr{e}, []node{n}, func(part int, nodes []node, lo, hi int) {
		sel, kept := borrowRows((hi-lo)/2+chunkRows), []bool(nil)
		for ; lo < hi; lo += chunkRows {
			interrupt.Check()
			k := min(chunkRows, hi-lo)
			v := nodes[0].eval(lo, k)
			b := v.b[:k]
			if v.null != nil {
				kept = room(kept, k)
				logic('-', kept, b, v.null)
				b = kept
			}
			sel = selectTrue(sel, b, lo)
		}
		mu.Lock()
		byPart[part] = sel
		mu.Unlock()
	})
	all := make(selection, len(byPart))
	for part, sel := range byPart {
		all[part] = sel
	}
	return all, err
}

func typeText(t Type) string {
	if t == 0 {
		return "null"
	}
	return fmt.Sprint(t)
}
