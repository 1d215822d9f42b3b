package tables

import (
	"slices"
	"strings"
)

// nullFunctions see nulls, which others do not.
var nullFunctions = []string{"isNull", "isNotNull", "coalesce", "replaceIfNull", "nullIf"}

// manyArgs are functions of two values that take more, too.
var manyArgs = []string{"min", "max", "concat", "coalesce"}

func (c *compiler) call(e call) (node, error) {
	args := e.args
	if e.recv != nil {
		args = append([]expr{e.recv}, args...)
	}
	if n := len(args) - 1; n > 1 && slices.Contains(manyArgs, e.name) {
		first := call{at: e.at, name: e.name, args: args[:n]}
		return c.call(call{at: e.at, name: e.name, args: []expr{first, args[n]}})
	}
	switch {
	case slices.Contains(nullFunctions, e.name):
		return c.nullCall(e, args)
	case (e.name == "now" || e.name == "today") && len(args) == 0:
		return c.clock(e), nil
	}
	nodes := make([]node, len(args))
	for i, a := range args {
		var err error
		if nodes[i], err = c.compile(a); err != nil {
			return nil, err
		}
	}
	f, ok := functions[e.name]
	if len(nodes) == 1 && (ok || slices.Contains(aggregates, e.name)) {
		if n, ok, err := c.aggregate(e, nodes[0]); ok {
			return n, err
		}
	}
	if !ok {
		return c.userCall(e, args, nodes)
	}
	for i, n := range nodes {
		if n.typ() == 0 || carrierOf(n.typ()) == carryNone {
			_, err := c.value(args[i])
			return nil, err
		}
	}
	if n := onText(e.name, nodes); n != nil {
		return n, nil
	}
	if form := f.choose(nodes); form != nil {
		return c.formNode(e, form, nodes), nil
	}
	return nil, c.fail(e, "%s takes %s, got %s", e.name, f.signatures(), typeList(nodes))
}

// clock is now() or today(), the same in all rows.
func (c *compiler) clock(e call) node {
	ns := c.whole.now.UnixNano()
	if e.name == "today" {
		return newConst(Date, vec{i: []int64{floorDiv(ns, nsDay)}})
	}
	return newConst(Timestamp, vec{i: []int64{ns}})
}

// nullCall compiles the functions that see nulls.
func (c *compiler) nullCall(e call, args []expr) (node, error) {
	want := 2
	if e.name == "isNull" || e.name == "isNotNull" {
		want = 1
	}
	if len(args) != want {
		return nil, c.fail(e, "%s takes %s, got %d", e.name, plural(want, "argument"), len(args))
	}
	if e.name == "coalesce" || e.name == "replaceIfNull" {
		return c.coalesce(e, args[0], args[1])
	}
	x, err := c.compile(args[0])
	if err != nil {
		return nil, err
	}
	if want == 2 || x.typ() == 0 { // of vectors and images, too, it can be asked whether they are null
		if x, err = c.value(args[0]); err != nil {
			return nil, err
		}
	}
	switch e.name {
	case "isNull":
		return fold(&nullNode{x: x}, x), nil
	case "isNotNull":
		isNull := fold(&nullNode{x: x}, x)
		return fold(&unaryNode{t: Bool, op: "!", x: isNull}, isNull), nil
	}
	y, err := c.value(args[1])
	if err != nil {
		return nil, err
	}
	x = &onceNode{x: x}
	same, err := c.compare(e, "==", x, y)
	if err != nil {
		return nil, err
	}
	return &nullIfNode{x: x, same: same}, nil
}

func (c *compiler) coalesce(e call, first, second expr) (node, error) {
	x, err := c.compile(first)
	if err != nil {
		return nil, err
	}
	y, err := c.compile(second)
	if err != nil {
		return nil, err
	}
	if x, y, err = c.alike(e, x, y); err != nil {
		return nil, err
	}
	return fold(&coalesceNode{x: x, y: y}, x, y), nil
}

// A coalesceNode is x, or y where x is null.
type coalesceNode struct {
	x, y node
	scratch
	mask []bool
}

func (c *coalesceNode) typ() Type { return c.x.typ() }

func (c *coalesceNode) eval(lo, n int) vec {
	x := c.x.eval(lo, n)
	if x.null == nil {
		return x
	}
	y := c.y.eval(lo, n)
	out := *c.of(c.typ(), n)
	switch carrierOf(c.typ()) {
	case carryInt:
		pickNumbers(out.i, x.null, y.i, x.i)
	case carryFloat:
		pickNumbers(out.f, x.null, y.f, x.f)
	case carryBool:
		pick(out.b, x.null, y.b, x.b)
	case carryString:
		pick(out.s, x.null, y.s, x.s)
	}
	out.null = nil
	if y.null != nil {
		c.mask = room(c.mask, n)
		logic('&', c.mask, x.null, y.null)
		out.null = c.mask
	}
	return out
}

// A nullIfNode is x, but null where same is true.
type nullIfNode struct {
	x, same node
	mask    []bool
}

func (c *nullIfNode) typ() Type { return c.x.typ() }

func (c *nullIfNode) eval(lo, n int) vec {
	x, same := c.x.eval(lo, n), c.same.eval(lo, n)
	c.mask = room(c.mask, n)
	if same.null == nil {
		copy(c.mask, same.b[:n])
	} else {
		logic('-', c.mask, same.b, same.null)
	}
	if x.null != nil {
		logic('|', c.mask, c.mask, x.null)
	}
	x.null = c.mask
	return x
}

// A onceNode is for a value that several nodes use: it is computed once for
// each chunk.
type onceNode struct {
	x     node
	lo, n int
	got   vec
}

func (o *onceNode) typ() Type { return o.x.typ() }

func (o *onceNode) eval(lo, n int) vec {
	if o.n == 0 || lo != o.lo || n != o.n {
		o.lo, o.n, o.got = lo, n, o.x.eval(lo, n)
	}
	return o.got
}

// functionNames helps with misspelt calls.
func functionNames() []string {
	names := append(append([]string{"now", "today"}, nullFunctions...), aggregates...)
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// functionsOf says what there is for values of a type.
func functionsOf(t Type) string {
	var list []function
	what := ""
	switch {
	case t.IsVector():
		return "; of a vector there are " + strings.Join(aggregates, ", ")
	case t == String:
		list, what = textFunctions, "text"
	case t.IsTemporal():
		list, what = timeFunctions, "times"
	case t.IsNumeric():
		list, what = numberFunctions, "numbers"
	default:
		return ""
	}
	names := make([]string, len(list))
	for i, f := range list {
		names[i], _, _ = strings.Cut(f.names, " ")
	}
	return "; for " + what + " there are " + strings.Join(names, ", ")
}
