package tables

import (
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/quantile"
)

// A wholeNode is Col_: all values of a column, the same in every row.
type wholeNode struct{ col *Col }

func (w wholeNode) typ() Type         { return w.col.typ.Vector() }
func (w wholeNode) eval(_, _ int) vec { return vec{} } // has no single values

// indexed compiles Col_[i-1] and Vector[0]; an index outside gives null.
func (c *compiler) indexed(e index) (node, error) {
	x, err := c.compile(e.x)
	if err != nil {
		return nil, err
	}
	i, err := c.value(e.i)
	if err != nil {
		return nil, err
	}
	if !i.typ().IsInteger() {
		return nil, c.fail(e.i, "an index must be an integer, got %v", i.typ())
	}
	switch x := x.(type) {
	case wholeNode:
		return &pickNode{col: x.col, idx: i}, nil
	case *colNode:
		if s, ok := x.col.data.(list); ok {
			return &pickNode{col: s.elem, off: s.off, idx: i}, nil
		}
		return nil, c.fail(e, "%s is no vector; for other rows write %s_[i-1]", x.col.name, x.col.name)
	}
	return nil, c.fail(e, "want a vector or a whole column before [, got %v", x.typ())
}

// A pickNode takes the value at an index of a column, or of each row's vector.
type pickNode struct {
	col  *Col
	off  []int64 // nil: the index counts in the whole column
	idx  node
	rows []int32
	got  colNode
}

func (p *pickNode) typ() Type { return p.col.typ }

func (p *pickNode) eval(lo, n int) vec {
	if by, ok := p.shift(); ok && lo+by >= 0 && lo+by+n <= p.col.Len() {
		return p.shifted(lo+by, n)
	}
	at := p.idx.eval(lo, n)
	p.rows = room(p.rows, n)
	for r := range p.rows {
		from, to := int64(0), int64(p.col.Len())
		if p.off != nil {
			from, to = p.off[lo+r], p.off[lo+r+1]
		}
		p.rows[r] = -1
		if j := at.i[r]; j >= 0 && j < to-from && !(at.null != nil && at.null[r]) {
			p.rows[r] = int32(from + j)
		}
	}
	p.got.col = p.col.take(p.rows)
	return p.got.eval(0, n)
}

// shift is how many rows away the value is, if the index is i, i+2, i-1 or so.
func (p *pickNode) shift() (int, bool) {
	if _, flags := p.col.data.(bools); flags || p.off != nil { // booleans are read from whole bytes on
		return 0, false
	}
	if _, ok := p.idx.(*rowNode); ok {
		return 0, true
	}
	a, ok := p.idx.(*arithNode)
	if !ok || a.op != "+" && a.op != "-" {
		return 0, false
	}
	_, row := a.x.(*rowNode)
	k, by := a.y.(*constNode)
	if !row || !by || k.isNull() || k.value.i[0] > math.MaxInt32 || k.value.i[0] < -math.MaxInt32 {
		return 0, false
	}
	if a.op == "-" {
		return int(-k.value.i[0]), true
	}
	return int(k.value.i[0]), true
}

// shifted is a chunk from any row on.
func (p *pickNode) shifted(lo, n int) vec {
	p.got.col = p.col
	v := p.got.load(lo, n)
	if p.col.valid != nil {
		p.got.mask = room(p.got.mask, n)
		for r := range n {
			p.got.mask[r] = !p.col.valid.get(lo + r)
		}
		v.null = p.got.mask
	}
	return v
}

// aggregates are the functions of one vector.
var aggregates = []string{"sum", "avg", "mean", "min", "max", "std", "var", "median", "count", "size", "length", "first", "last"}

// aggregate compiles sum(V), V.size() and so on; ok is false if x is no vector.
func (c *compiler) aggregate(e call, x node) (n node, ok bool, err error) {
	if !x.typ().IsVector() {
		return nil, false, nil
	}
	if !slices.Contains(aggregates, e.name) {
		return nil, true, c.fail(e, "%s wants single values, got %v; of a vector there are sum, avg, min, max, std, var, median, count, size, first, last",
			e.name, x.typ())
	}
	a := &aggNode{fn: e.name, at: e.offset()}
	switch x := x.(type) {
	case wholeNode:
		a.elem, a.whole = x.col, true
	case *colNode:
		s := x.col.data.(list)
		a.elem, a.off, a.valid = s.elem, s.off, x.col.valid
	default:
		return nil, true, c.fail(e, "want a column of vectors, got an expression of type %v", x.typ())
	}
	t := a.elem.typ
	switch e.name {
	case "size", "length", "count":
		a.t = Int64
	case "first", "last":
		a.t = t
		if t.IsVector() {
			return nil, true, c.fail(e, "%s of %v is not supported", e.name, x.typ())
		}
	default:
		if !t.IsNumeric() && t != Bool {
			return nil, true, c.fail(e, "%s wants numbers, got %v", e.name, x.typ())
		}
		a.t = Float64
		if !t.IsFloat() && slices.Contains([]string{"sum", "min", "max"}, e.name) {
			a.t = Int64
		}
		a.numbers()
		a.unsigned = a.t == Int64 && t == Uint64
	}
	if a.whole {
		return newConst(a.t, a.wholeValue()), true, nil
	}
	return a, true, nil
}

// An aggNode is one number of each row's vector. Nulls in the vector do not
// count; of no numbers the sum is 0 and everything but the counts null. Of a
// vector that is null itself everything is null.
type aggNode struct {
	t     Type
	fn    string
	elem  *Col
	off   []int64
	valid bitmap // of the vectors
	whole bool
	f     []float64 // elements as floats
	i     []int64   // elements as ints, for sum, min and max of integers

	unsigned bool // the elements in i are uint64, and negative where too large
	at       int  // of the call in the formula
	scratch
	mask []bool
	buf  []float64
	got  colNode
}

func (a *aggNode) typ() Type { return a.t }

func (a *aggNode) numbers() {
	if a.t == Int64 {
		a.i = intsOf(a.elem)
	} else {
		a.f = a.elem.float64s()
	}
}

func intsOf(c *Col) []int64 {
	switch s := c.data.(type) {
	case nums[int64]:
		return s.v
	case bools:
		return convertSlice[int64](c.float64s())
	}
	return convertNums[int64](c.data)
}

func (a *aggNode) wholeValue() vec {
	a.off = []int64{0, int64(a.elem.Len())}
	v := a.eval(0, 1)
	return v
}

func (a *aggNode) eval(lo, n int) vec {
	if a.fn == "first" || a.fn == "last" {
		return a.ends(lo, n)
	}
	out := a.of(a.t, n)
	var null []bool
	for r := range n {
		from, to := int(a.off[lo+r]), int(a.off[lo+r+1])
		ok := true
		if a.t == Int64 {
			out.i[r], ok = a.integer(from, to)
		} else {
			out.f[r], ok = a.float(from, to)
		}
		if !ok || a.valid != nil && !a.valid.get(lo+r) {
			if null == nil {
				null = nulls(&a.mask, n)
			}
			null[r] = true
		}
	}
	return vec{i: out.i, f: out.f, null: null}
}

func (a *aggNode) ends(lo, n int) vec {
	rows := make([]int32, n)
	for r := range rows {
		from, to := a.off[lo+r], a.off[lo+r+1]
		switch {
		case from == to:
			rows[r] = -1
		case a.fn == "first":
			rows[r] = int32(from)
		default:
			rows[r] = int32(to - 1)
		}
	}
	a.got.col = a.elem.take(rows)
	return a.got.eval(0, n)
}

func (a *aggNode) integer(from, to int) (int64, bool) {
	if a.fn == "size" || a.fn == "length" {
		return int64(to - from), true
	}
	if a.unsigned {
		a.within(from, to)
	}
	acc, count := int64(0), int64(0)
	for j := from; j < to; j++ {
		poll(j)
		if a.elem.IsNull(j) {
			continue
		}
		count++
		switch {
		case a.fn == "sum":
			acc += a.i[j]
		case a.fn == "count":
		case count == 1, a.fn == "min" && a.i[j] < acc, a.fn == "max" && a.i[j] > acc:
			acc = a.i[j]
		}
	}
	if a.fn == "count" {
		return count, true
	}
	return acc, count > 0 || a.fn == "sum"
}

// within sees that a vector of uint64 and its sum are within what formulas
// count to: a sum that wraps around is no number that anyone meant.
func (a *aggNode) within(from, to int) {
	sum, what := int64(0), ""
	for j := from; j < to; j++ {
		poll(j)
		switch x := a.i[j]; {
		case a.elem.IsNull(j):
		case x < 0:
			what = fmt.Sprintf("%s of a vector that holds %d", a.fn, uint64(x))
		case a.fn == "sum":
			if sum += x; sum < 0 {
				what = fmt.Sprintf("the sum of a vector of uint64 reaches %d", uint64(sum))
			}
		}
		if what != "" {
			panic(evalError{pos: a.at, msg: what + ", and formulas count to 9223372036854775807"})
		}
	}
}

func (a *aggNode) float(from, to int) (float64, bool) {
	a.buf = a.buf[:0]
	for j := from; j < to; j++ {
		poll(j)
		if !a.elem.IsNull(j) {
			a.buf = append(a.buf, a.f[j])
		}
	}
	return aggregateFloats(a.fn, a.buf)
}

// aggregateFloats reorders v for the median.
func aggregateFloats(fn string, v []float64) (float64, bool) {
	if len(v) == 0 {
		return 0, fn == "sum"
	}
	switch fn {
	case "sum":
		return sumFloats(v), true
	case "avg", "mean":
		return sumFloats(v) / float64(len(v)), true
	case "min":
		least, _ := quantile.Ends(v)
		return least, true
	case "max":
		_, most := quantile.Ends(v)
		return most, true
	case "median":
		for i, x := range v {
			poll(i)
			if x != x {
				return x, true
			}
		}
		return quantile.Of(v, 0.5)[0], true
	}
	if len(v) < 2 {
		return 0, false
	}
	variance := varianceOf(v)
	if fn == "std" {
		return math.Sqrt(variance), true
	}
	return variance, true
}

// sumFloats is Neumaier's compensated sum: adding in any order gives nearly
// the same.
func sumFloats(v []float64) float64 {
	var s compensated
	for lo, hi := range spans(len(v)) {
		s.add(v[lo:hi])
	}
	return s.total()
}

// A compensated sum keeps what each addition loses.
type compensated struct{ sum, lost float64 }

func (s *compensated) add(v []float64) {
	sum, lost := s.sum, s.lost
	for _, x := range v {
		t := sum + x
		if math.Abs(sum) >= math.Abs(x) {
			lost += (sum - t) + x
		} else {
			lost += (x - t) + sum
		}
		sum = t
	}
	s.sum, s.lost = sum, lost
}

func (s *compensated) total() float64 {
	if math.IsInf(s.sum, 0) { // what is lost then is no number, or infinite too
		return s.sum
	}
	return s.sum + s.lost
}

// varianceOf divides by n-1.
func varianceOf(v []float64) float64 {
	mean := sumFloats(v) / float64(len(v))
	var s compensated
	square := make([]float64, min(len(v), pollRows))
	for lo, hi := range spans(len(v)) {
		for i, x := range v[lo:hi] {
			square[i] = (x - mean) * (x - mean)
		}
		s.add(square[:hi-lo])
	}
	return s.total() / float64(len(v)-1)
}
