package tables

import "fmt"

// Formulas are evaluated over chunks of so many rows, which stay in the
// processor's cache; a multiple of 8, so that chunks own whole bytes of
// bitmaps.
const chunkRows = 2048

// A vec is a chunk of values. Integers of all widths, characters, days, times
// and durations travel as int64, floats as float64.
type vec struct {
	i    []int64
	f    []float64
	b    []bool
	s    []string
	null []bool // nil: no nulls
}

// A carrier is the slice of a vec that holds values of a type.
type carrier uint8

const (
	carryNone carrier = iota // null of no type yet, and vectors
	carryInt
	carryFloat
	carryBool
	carryString
)

func carrierOf(t Type) carrier {
	switch {
	case t == 0 || t == Image || t.IsVector():
		return carryNone
	case t == Bool:
		return carryBool
	case t == String:
		return carryString
	case t.IsFloat():
		return carryFloat
	}
	return carryInt
}

// A node is a compiled part of a formula. What eval returns is good until the
// next call, and must not be written to.
type node interface {
	typ() Type
	eval(lo, n int) vec
}

// scratch is the memory that a node's results lie in.
type scratch struct {
	vec
	aimed bool
}

// of makes room for n values of a type.
func (s *scratch) of(t Type, n int) *vec {
	switch carrierOf(t) {
	case carryInt:
		s.i = room(s.i, n)
	case carryFloat:
		s.f = room(s.f, n)
	case carryBool:
		s.b = room(s.b, n)
	case carryString:
		s.s = room(s.s, n)
	}
	return &s.vec
}

// aim makes the next result land in an output column's own memory; a node that
// passes on what its operand gave ignores it.
func (s *scratch) aim(f []float64, i []int64) {
	s.f, s.i, s.aimed = f, i, true
}

// over is of, but in the memory of x's result if x alone has it and nobody else
// reads it: a long chain of operations then needs the memory of one. What is
// done must be done row by row.
func (s *scratch) over(x node, t Type, n int) *vec {
	if !s.aimed {
		switch x := x.(type) {
		case *arithNode:
			if carrierOf(x.t) == carrierOf(t) {
				return x.of(t, n)
			}
		case *callNode:
			if carrierOf(x.t) == carrierOf(t) {
				return x.of(t, n)
			}
		}
	}
	return s.of(t, n)
}

func room[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n, max(n, min(chunkRows, 2*n)))
	}
	return v[:n]
}

// nulls is a cleared mask in m's memory.
func nulls(m *[]bool, n int) []bool {
	*m = room(*m, n)
	clear(*m)
	return *m
}

// either marks rows that are null in any of the vecs; nil if none is.
func either(m *[]bool, n int, vs ...vec) []bool {
	var first []bool
	var out []bool
	for _, v := range vs {
		switch {
		case v.null == nil:
		case first == nil:
			first = v.null
		default:
			if out == nil {
				*m = room(*m, n)
				out = *m
				copy(out, first)
			}
			for i, x := range v.null[:n] {
				out[i] = out[i] || x
			}
		}
	}
	if out != nil {
		return out
	}
	return first
}

// A colNode reads a column.
type colNode struct {
	col *Col
	scratch
	mask  []bool
	words []string // of a dictionary
}

func (c *colNode) typ() Type { return c.col.typ }

func (c *colNode) eval(lo, n int) vec {
	v := c.load(lo, n)
	v.null = c.nullsOf(lo, n)
	return v
}

func (c *colNode) nullsOf(lo, n int) []bool {
	if c.col.valid == nil {
		return nil
	}
	if c.col.valid.all(lo, n) {
		return nil
	}
	c.mask = room(c.mask, n)
	c.col.valid.flags(c.mask, lo)
	negate(c.mask, c.mask)
	return c.mask
}

func (c *colNode) load(lo, n int) vec {
	switch s := c.col.data.(type) {
	case nums[float64]:
		return vec{f: s.v[lo : lo+n]}
	case nums[int64]:
		return vec{i: s.v[lo : lo+n]}
	case nums[int32]:
		return loadInts(&c.scratch, s.v[lo:lo+n])
	case nums[float32]:
		out := c.of(Float64, n)
		for i, x := range s.v[lo : lo+n] {
			out.f[i] = float64(x)
		}
		return vec{f: out.f}
	case nums[int16]:
		return loadInts(&c.scratch, s.v[lo:lo+n])
	case nums[int8]:
		return loadInts(&c.scratch, s.v[lo:lo+n])
	case nums[uint8]:
		return loadInts(&c.scratch, s.v[lo:lo+n])
	case nums[uint16]:
		return loadInts(&c.scratch, s.v[lo:lo+n])
	case nums[uint32]:
		return loadInts(&c.scratch, s.v[lo:lo+n])
	case nums[uint64]:
		return loadUint64(&c.scratch, s.v[lo:lo+n], c.col.name)
	case bools:
		out := c.of(Bool, n)
		s.b.flags(out.b, lo)
		return vec{b: out.b}
	case strs:
		out := c.of(String, n)
		for i := range out.s {
			out.s[i] = s.at(lo + i)
		}
		return vec{s: out.s}
	case dict:
		if c.words == nil {
			c.words = s.words.values().([]string)
		}
		out := c.of(String, n)
		for i, code := range s.codes[lo : lo+n] {
			out.s[i] = c.words[code]
		}
		return vec{s: out.s}
	}
	return vec{}
}

func loadInts[T number](s *scratch, v []T) vec {
	out := s.of(Int64, len(v))
	for i, x := range v {
		out.i[i] = int64(x)
	}
	return vec{i: out.i}
}

func loadUint64(s *scratch, v []uint64, name string) vec {
	out := s.of(Int64, len(v))
	for i, x := range v {
		if int64(x) < 0 {
			what := "a vector"
			if name != "" {
				what = fmt.Sprintf("column %q", name)
			}
			panic(evalError{msg: fmt.Sprintf("%s holds %d, and formulas count to 9223372036854775807", what, x)})
		}
		out.i[i] = int64(x)
	}
	return vec{i: out.i}
}

// An evalError ends an evaluation; the driver turns it into a FormulaError.
type evalError struct {
	src   string // "" for the formula that is evaluated
	pos   int
	msg   string
	cause error
}

// A constNode is the same value in every row.
type constNode struct {
	t     Type
	value vec // one row
	full  vec // as many as were asked for
}

func newConst(t Type, one vec) *constNode { return &constNode{t: t, value: one} }

// operand is a chunk of a node, and of a constant its one value.
func operand(x node, lo, n int) vec {
	if k, ok := x.(*constNode); ok && !k.isNull() {
		v := k.value
		v.null = nil
		return v
	}
	return x.eval(lo, n)
}

func (c *constNode) isNull() bool { return len(c.value.null) > 0 && c.value.null[0] }
func (c *constNode) typ() Type    { return c.t }

func (c *constNode) eval(_, n int) vec {
	f := &c.full
	switch carrierOf(c.t) {
	case carryInt:
		f.i = repeat(f.i, c.value.i, n)
	case carryFloat:
		f.f = repeat(f.f, c.value.f, n)
	case carryBool:
		f.b = repeat(f.b, c.value.b, n)
	case carryString:
		f.s = repeat(f.s, c.value.s, n)
	}
	if c.isNull() {
		f.null = repeat(f.null, c.value.null, n)
	}
	v := *f
	v.i, v.f, v.b, v.s, v.null = cutTo(v.i, n), cutTo(v.f, n), cutTo(v.b, n), cutTo(v.s, n), cutTo(v.null, n)
	return v
}

// repeat is v with n values at least, all of them the first of one.
func repeat[T any](v, one []T, n int) []T {
	if len(v) >= n {
		return v
	}
	v = make([]T, n)
	for i := range v {
		if len(one) > 0 {
			v[i] = one[0]
		}
	}
	return v
}

func cutTo[T any](v []T, n int) []T {
	if v == nil {
		return nil
	}
	return v[:n]
}

// A rowNode is the number of the row.
type rowNode struct {
	t Type
	scratch
}

func (r *rowNode) typ() Type { return r.t }

func (r *rowNode) eval(lo, n int) vec {
	out := r.of(Int64, n)
	for i := range out.i {
		out.i[i] = int64(lo + i)
	}
	return vec{i: out.i}
}
