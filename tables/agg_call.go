package tables

import (
	"fmt"
	"math"
	"unsafe"
)

// An aggKind is an aggregate: what it takes, and how it is computed.
type aggKind struct {
	name string
	args int // at most; count takes none or one
	want aggWant
	acc  func(c *aggCall) func() acc                     // chunk by chunk, of row formulas as carrier says
	list func(c *aggCall, m *members) *Col               // of a column and the rows of each group
	rows func(c *aggCall, first []int32, g *groups) *Col // of a column and the rows as such
}

// aggWant is the types that an aggregate takes.
type aggWant uint8

const (
	wantAny     aggWant = iota
	wantSingle          // all but vectors
	wantOrdered         // all but vectors and images
	wantNumbers         // numbers, truths and durations
	wantReal            // numbers and truths
)

// String names the values that are wanted.
func (w aggWant) String() string {
	return [...]string{"any values", "single values", "numbers, text, booleans or times", "numbers, booleans or durations", "numbers or booleans"}[w]
}

func (w aggWant) takes(t Type) bool {
	number := t.IsNumeric() || t == Bool
	switch w {
	case wantAny:
		return true
	case wantSingle:
		return !t.IsVector()
	case wantOrdered:
		return !t.IsVector() && t != Image
	case wantNumbers:
		return number || t == Duration
	}
	return number
}

var aggregateKinds map[string]*aggKind

func init() { // the kinds' functions read the map
	kinds := []*aggKind{
		{name: "count", args: 1, want: wantAny, acc: (*aggCall).count},
		{name: "countDistinct", args: 1, want: wantSingle, rows: (*aggCall).countDistinct},
		{name: "sum", args: 1, want: wantNumbers, acc: (*aggCall).sum},
		{name: "absSum", args: 1, want: wantNumbers, acc: (*aggCall).sum},
		{name: "avg", args: 1, want: wantNumbers, acc: (*aggCall).avg},
		{name: "mean", args: 1, want: wantNumbers, acc: (*aggCall).avg},
		{name: "wavg", args: 2, want: wantNumbers, acc: (*aggCall).wavg},
		{name: "std", args: 1, want: wantNumbers, acc: (*aggCall).spread},
		{name: "var", args: 1, want: wantReal, acc: (*aggCall).spread},
		{name: "median", args: 1, want: wantNumbers, list: (*aggCall).percentiles},
		{name: "percentile", args: 2, want: wantNumbers, list: (*aggCall).percentiles},
		{name: "min", args: 1, want: wantOrdered, acc: (*aggCall).ends},
		{name: "max", args: 1, want: wantOrdered, acc: (*aggCall).ends},
		{name: "first", args: 1, want: wantAny, rows: (*aggCall).first},
		{name: "last", args: 1, want: wantAny, acc: (*aggCall).last},
		{name: "group", args: 1, want: wantAny, list: (*aggCall).group},
	}
	aggregateKinds = make(map[string]*aggKind, len(kinds))
	for _, k := range kinds {
		aggregateKinds[k.name] = k
	}
}

func (k *aggKind) takesArgs(n int) bool { return n == k.args || n == 0 && k.name == "count" }

// An aggCall is one aggregate of one table.
type aggCall struct {
	kind *aggKind
	args []expr // formulas over the rows
	at   expr
	src  string
	name string // of the column that it gives

	typ   Type       // of the result
	make  func() acc // of those that go chunk by chunk
	nodes func(c *compiler) ([]node, error)
	col   *Col      // the argument of those that do not
	q     float64   // of percentile
	rows  *compiler // of the arguments
}

// prepare compiles the arguments to see what they are.
func (c *aggCall) prepare(r *aggRun) error {
	if len(c.args) == 0 {
		c.typ, c.make = Int64, func() acc { return &countRows{} }
		c.nodes = func(*compiler) ([]node, error) { return nil, nil }
		return nil
	}
	if c.kind.name == "percentile" {
		if err := c.share(r); err != nil {
			return err
		}
	}
	k := r.compiler(c.src)
	c.rows = k
	for _, a := range c.args {
		n, err := k.guardedCompile(a)
		if err != nil {
			return err
		}
		t := n.typ()
		if w, ok := n.(wholeNode); ok {
			return k.fail(a, "%s wants values of the rows, this is the whole column %s", c.kind.name, w.col.name)
		}
		if t == 0 {
			_, err := k.value(a)
			return err
		}
		if !c.kind.want.takes(t) {
			return k.fail(a, "%s wants %v, got %v", c.kind.name, c.kind.want, t)
		}
		if c.typ == 0 {
			c.typ = t
		}
	}
	if c.kind.acc != nil {
		if c.make = c.kind.acc(c); c.make != nil {
			return nil
		}
	}
	return c.materialize()
}

// materialize makes a column of the argument.
func (c *aggCall) materialize() (err error) {
	c.col, err = c.rows.asColumn(c.name, c.args[0])
	if err == nil && c.kind.acc != nil {
		c.make = c.ofRows()
		c.nodes = func(*compiler) ([]node, error) {
			n := &lineNode{}
			if c.kind.name != "last" {
				n.nulls = &colNode{col: c.col}
			}
			return []node{n}, nil
		}
	}
	return err
}

// share reads the constant of percentile.
func (c *aggCall) share(r *aggRun) error {
	k := r.compiler(c.src)
	n, err := k.guardedCompile(c.args[1])
	if err != nil {
		return err
	}
	one, ok := n.(*constNode)
	if !ok || one.isNull() || !one.t.IsNumeric() {
		return k.fail(c.args[1], "percentile wants a number from 0 to 1 here, the same for all rows")
	}
	if c.q = toFloat(one).eval(0, 1).f[0]; !(c.q >= 0 && c.q <= 1) {
		return k.fail(c.args[1], "percentile wants a share from 0 to 1, got %v", c.q)
	}
	c.args = c.args[:1]
	return nil
}

func (c *aggCall) count() func() acc {
	c.typ = Int64
	c.nodes = func(k *compiler) ([]node, error) {
		n, err := k.guardedCompile(c.args[0])
		if col, ok := n.(*colNode); ok {
			n = &nullsNode{col}
		}
		return []node{n}, err
	}
	return func() acc { return &countValues{} }
}

func (c *aggCall) sum() func() acc {
	t := c.typ
	if t.IsFloat() {
		c.typ = Float64
		c.floats()
		return func() acc { return &sums{} }
	}
	if t != Uint64 && t != Duration {
		c.typ = Int64
	}
	c.ints()
	return func() acc { return &sumInts{} }
}

// toFloats is the type of means.
func (c *aggCall) toFloats() {
	if c.typ != Duration {
		c.typ = Float64
	}
	c.floats()
}

func (c *aggCall) avg() func() acc {
	c.toFloats()
	return func() acc { return &averages{} }
}

func (c *aggCall) wavg() func() acc {
	c.toFloats()
	return func() acc { return &weighteds{} }
}

func (c *aggCall) spread() func() acc {
	c.toFloats()
	root := c.kind.name == "std"
	return func() acc { return &spreads{root: root} }
}

// ends is nil for text.
func (c *aggCall) ends() func() acc {
	greatest := c.kind.name == "max"
	switch {
	case c.typ == String:
		return nil
	case c.typ.IsFloat():
		c.floats()
		sign := 1.0
		if greatest {
			sign = -1
		}
		return func() acc { return &floatEnds{sign: sign} }
	}
	c.ints()
	flip := int64(0)
	if c.typ == Uint64 {
		flip = math.MinInt64
	}
	if greatest {
		flip = ^flip
	}
	return func() acc { return &intEnds{flip: flip} }
}

func (c *aggCall) last() func() acc { return nil }

// ofRows remembers rows of the column.
func (c *aggCall) ofRows() func() acc {
	var before func(a, b int32) bool
	if c.kind.name != "last" {
		compare := c.col.comparer()
		before = func(a, b int32) bool { return compare(a, b) < 0 }
		if c.kind.name == "max" {
			before = func(a, b int32) bool { return compare(a, b) > 0 }
		}
	}
	return func() acc { return &rowEnds{c: c.col, before: before} }
}

// first is the argument in the first row of each group.
func (c *aggCall) first(first []int32, _ *groups) *Col { return c.col.take(first) }

// ints makes the arguments come as integers.
func (c *aggCall) ints() {
	c.nodes = func(k *compiler) ([]node, error) {
		n, err := k.guardedCompile(c.args[0])
		if err != nil {
			return nil, err
		}
		if col, ok := n.(*colNode); ok {
			if s, ok := col.col.data.(nums[uint64]); ok {
				n = &bitsNode{colNode: *col, v: s.v}
			}
		}
		if n.typ() == Bool {
			n = &truthNode{x: n}
		}
		if c.kind.name == "absSum" && c.typ != Uint64 {
			n = &absNode{x: n}
		}
		return []node{n}, nil
	}
}

// floats makes the arguments come as floats.
func (c *aggCall) floats() {
	c.nodes = func(k *compiler) ([]node, error) {
		all := make([]node, len(c.args))
		for i, e := range c.args {
			n, err := k.guardedCompile(e)
			if err != nil {
				return nil, err
			}
			if col, ok := n.(*colNode); ok {
				if s, ok := col.col.data.(nums[uint64]); ok {
					n = &wideNode{colNode: *col, v: s.v}
				}
			}
			if n.typ() == Bool {
				n = &truthNode{x: n}
			}
			if n = toFloat(n); c.kind.name == "absSum" {
				n = &absNode{x: n}
			}
			all[i] = n
		}
		return all, nil
	}
}

// An absNode drops the sign.
type absNode struct {
	x node
	scratch
}

func (n *absNode) typ() Type { return n.x.typ() }

func (n *absNode) eval(lo, k int) vec {
	x := n.x.eval(lo, k)
	if x.f != nil {
		out := n.of(Float64, k)
		for i, v := range x.f[:k] {
			out.f[i] = math.Abs(v)
		}
		return vec{f: out.f, null: x.null}
	}
	out := n.of(Int64, k)
	for i, v := range x.i[:k] {
		out.i[i] = max(v, -v)
	}
	return vec{i: out.i, null: x.null}
}

// own compiles the arguments for one goroutine.
func (c *aggCall) own() ([]node, error) {
	if c.rows == nil {
		return nil, nil
	}
	k := *c.rows
	return c.nodes(&k)
}

// A nullsNode tells only which rows are null.
type nullsNode struct{ *colNode }

func (n *nullsNode) eval(lo, k int) vec { return vec{null: n.nullsOf(lo, k)} }

// A lineNode is the number of the row, null where the column is null.
type lineNode struct {
	rowNode
	nulls *colNode
}

func (n *lineNode) eval(lo, k int) vec {
	v := n.rowNode.eval(lo, k)
	if n.nulls != nil {
		v.null = n.nulls.nullsOf(lo, k)
	}
	return v
}

// A truthNode makes 1 and 0 of truths.
type truthNode struct {
	x node
	scratch
}

func (n *truthNode) typ() Type { return Int64 }

func (n *truthNode) eval(lo, k int) vec {
	x := n.x.eval(lo, k)
	out := n.of(Int64, k)
	for i, b := range x.b[:k] {
		out.i[i] = int64(b2i(b))
	}
	return vec{i: out.i, null: x.null}
}

// A bitsNode reads uint64 as int64 of the same bits.
type bitsNode struct {
	colNode
	v []uint64
}

func (n *bitsNode) eval(lo, k int) vec {
	part := n.v[lo : lo+k]
	return vec{i: unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(part))), k), null: n.nullsOf(lo, k)}
}

// A wideNode reads uint64 as floats.
type wideNode struct {
	colNode
	v []uint64
}

func (n *wideNode) typ() Type { return Float64 }

func (n *wideNode) eval(lo, k int) vec {
	out := n.of(Float64, k)
	for i, x := range n.v[lo : lo+k] {
		out.f[i] = float64(x)
	}
	return vec{f: out.f, null: n.nullsOf(lo, k)}
}

// refuse says of a verb over all columns that it does not take one.
func (c *aggCall) refuse(verb string, t Type) error {
	return fmt.Errorf("tables: %s: column %q is %v, want %v; leave it out with DropColumns, or choose columns with View, first: %w",
		verb, c.args[0].(ident).name, t, c.kind.want, ErrType)
}
