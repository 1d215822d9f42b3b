package tables

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

var nan = math.NaN()

// parallelRows is how many rows make a second goroutine worth its while; tests
// set it low.
var parallelRows = 1 << 18

// newCompiler is a compiler over columns that are all n rows long.
func newCompiler(src string, cols []*Col, n int) *compiler {
	c := &compiler{src: src, cols: cols, n: n, index: make(map[string]int, len(cols)), scope: currentScope(),
		whole: &wholeCalls{done: map[int]*Col{}}}
	for i, col := range cols {
		c.index[col.name] = i
	}
	return c
}

// run compiles the expressions and hands ranges of rows to work, one for each
// goroutine; a formula that calls the session's functions has only one, since
// an interpreter runs them.
func (c *compiler) run(exprs []expr, first []node, work func(part int, nodes []node, lo, hi int)) error {
	parts := 1
	if !c.user && c.n >= parallelRows {
		parts = runtime.GOMAXPROCS(0)
	}
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
	if n.typ() == 0 || n.typ().IsVector() {
		_, err := c.value(e)
		return nil, err
	}
	out := newOutput(n.typ(), c.n)
	err = c.run([]expr{e}, []node{n}, func(_ int, nodes []node, lo, hi int) {
		for ; lo < hi; lo += chunkRows {
			interrupt.Check()
			k := min(chunkRows, hi-lo)
			out.receive(nodes[0], lo, k)
			out.put(lo, k, nodes[0].eval(lo, k))
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

// An output collects chunks into a column; chunks may come from several
// goroutines, as each owns its bytes.
type output struct {
	typ   Type
	n     int
	v     vec
	store store
	mu    sync.Mutex
	valid bitmap
}

func newOutput(t Type, n int) *output {
	o := &output{typ: t, n: n}
	switch carrierOf(t) {
	case carryBool:
		o.v.b = uncleared[bool](n)
	case carryString:
		o.v.s = make([]string, n)
	default:
		o.store = anyNums(t, n)
	}
	return o
}

// anyNums holds n numbers, to be filled.
func anyNums(t Type, n int) store {
	switch t {
	case Int8:
		return nums[int8]{uncleared[int8](n)}
	case Int16:
		return nums[int16]{uncleared[int16](n)}
	case Int32, Char, Date:
		return nums[int32]{uncleared[int32](n)}
	case Uint8:
		return nums[uint8]{uncleared[uint8](n)}
	case Uint16:
		return nums[uint16]{uncleared[uint16](n)}
	case Uint32:
		return nums[uint32]{uncleared[uint32](n)}
	case Uint64:
		return nums[uint64]{uncleared[uint64](n)}
	case Float32:
		return nums[float32]{uncleared[float32](n)}
	case Float64:
		return nums[float64]{uncleared[float64](n)}
	}
	return nums[int64]{uncleared[int64](n)}
}

// receive lets a node write into the output, which saves a copy.
func (o *output) receive(n node, lo, k int) {
	a, ok := n.(interface{ aim([]float64, []int64) })
	if !ok {
		return
	}
	switch s := o.store.(type) {
	case nums[float64]:
		a.aim(s.v[lo:lo+k:lo+k], nil)
	case nums[int64]:
		a.aim(nil, s.v[lo:lo+k:lo+k])
	}
}

func (o *output) put(lo, n int, v vec) {
	switch s := o.store.(type) {
	case nil:
		copy(o.v.b[min(lo, len(o.v.b)):], cutTo(v.b, min(n, len(v.b))))
		copy(o.v.s[min(lo, len(o.v.s)):], cutTo(v.s, min(n, len(v.s))))
	case nums[float64]:
		if n > 0 && &s.v[lo] != &v.f[0] {
			copy(s.v[lo:], v.f[:n])
		}
	case nums[int64]:
		if n > 0 && &s.v[lo] != &v.i[0] {
			copy(s.v[lo:], v.i[:n])
		}
	case nums[float32]:
		for i, x := range v.f[:n] {
			s.v[lo+i] = float32(x)
		}
	case nums[int32]:
		narrowInts(s.v[lo:], v.i[:n])
	case nums[int16]:
		narrowInts(s.v[lo:], v.i[:n])
	case nums[int8]:
		narrowInts(s.v[lo:], v.i[:n])
	case nums[uint8]:
		narrowInts(s.v[lo:], v.i[:n])
	case nums[uint16]:
		narrowInts(s.v[lo:], v.i[:n])
	case nums[uint32]:
		narrowInts(s.v[lo:], v.i[:n])
	case nums[uint64]:
		narrowInts(s.v[lo:], v.i[:n])
	}
	if v.null != nil {
		o.putNulls(lo, v.null[:n])
	}
}

func narrowInts[T number](out []T, v []int64) {
	for i, x := range v {
		out[i] = T(x)
	}
}

func (o *output) putNulls(lo int, null []bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, isNull := range null {
		if isNull {
			o.valid = invalidate(o.valid, lo+i, o.n)
			if z, ok := o.store.(interface{ zero(int) }); ok {
				z.zero(lo + i)
			}
		}
	}
}

// col is the finished column; null rows hold zeros.
func (o *output) col(name string) *Col {
	c := &Col{name: name, typ: o.typ, data: o.store, valid: o.valid}
	switch carrierOf(o.typ) {
	case carryBool:
		if o.valid != nil {
			for i := range o.v.b {
				poll(i)
				o.v.b[i] = o.v.b[i] && o.valid.get(i)
			}
		}
		c.data = newBools(o.v.b)
	case carryString:
		if o.valid != nil {
			for i := range o.v.s {
				poll(i)
				if !o.valid.get(i) {
					o.v.s[i] = ""
				}
			}
		}
		c.data = newStrs(o.v.s)
	}
	return c
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
