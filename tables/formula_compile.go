package tables

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/internal/near"
)

// A compiler turns a parsed formula into nodes over one table. It is made anew
// for each goroutine, since nodes own scratch memory.
type compiler struct {
	src   string
	cols  []*Col
	index map[string]int
	n     int
	scope Scope
	whole *wholeCalls // results of functions over whole columns, shared
	words *wordwise   // what is computed by word, shared; nil: nothing
	user  bool        // calls a function of the session
}

func (c *compiler) fail(e expr, format string, args ...any) error {
	return &FormulaError{Formula: c.src, Offset: e.offset(), Message: fmt.Sprintf(format, args...), cause: ErrType}
}

func (c *compiler) column(name string) *Col {
	if i, ok := c.index[name]; ok {
		return c.cols[i]
	}
	return nil
}

func (c *compiler) compile(e expr) (node, error) {
	if c.words != nil {
		if n, ok := c.byWord(e); ok {
			return n, nil
		}
	}
	switch e := e.(type) {
	case literal:
		return c.literal(e), nil
	case ident:
		return c.ident(e)
	case unary:
		return c.unary(e)
	case binary:
		return c.binary(e)
	case ternary:
		return c.ternary(e)
	case cast:
		return c.cast(e)
	case call:
		return c.call(e)
	case index:
		return c.indexed(e)
	case inList:
		return c.in(e)
	}
	return nil, c.fail(e, "this kind of expression is not supported")
}

// value compiles what must be a single value, neither a bare null nor a vector.
func (c *compiler) value(e expr) (node, error) {
	x, err := c.compile(e)
	if err != nil {
		return nil, err
	}
	switch t := x.typ(); {
	case t == 0:
		return nil, c.fail(e, "null has no type here; to ask for it use isNull(…), to make it write (double)null")
	case t == Image:
		return nil, c.fail(e, "formulas do not look into images; Table.Pictures gives them to Go")
	case t.IsVector():
		return nil, c.fail(e, "want a single value, got %v; use sum, avg, min, max, count, first, last or an index", t)
	}
	return x, nil
}

func (c *compiler) literal(e literal) node {
	one := vec{}
	switch v := e.val.(type) {
	case nil:
		return newConst(0, vec{null: []bool{true}})
	case bool:
		one.b = []bool{v}
	case int64:
		one.i = []int64{v}
	case float64:
		one.f = []float64{v}
	case string:
		one.s = []string{v}
	}
	return newConst(e.typ, one)
}

// byRow reports whether a name that is no column's means a row's number or a
// whole column.
func (c *compiler) byRow(name string) bool {
	base, whole := strings.CutSuffix(name, "_")
	return name == "i" || name == "ii" || name == "k" || whole && c.column(base) != nil
}

func (c *compiler) ident(e ident) (node, error) {
	if col := c.column(e.name); col != nil {
		return &colNode{col: col}, nil
	}
	switch e.name {
	case "i":
		return &rowNode{t: Int32}, nil
	case "ii", "k":
		return &rowNode{t: Int64}, nil
	}
	if base, ok := strings.CutSuffix(e.name, "_"); ok && c.column(base) != nil {
		return wholeNode{c.column(base)}, nil
	}
	if v, ok := lookup(c.scope, e.name); ok {
		return c.variable(e, v)
	}
	return nil, c.unknown(e)
}

// variable makes a constant of a variable of the session.
func (c *compiler) variable(e ident, v any) (node, error) {
	switch x := v.(type) {
	case time.Time:
		return newConst(Timestamp, vec{i: []int64{x.UnixNano()}}), nil
	case time.Duration:
		return newConst(Duration, vec{i: []int64{int64(x)}}), nil
	}
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	switch {
	case r.CanInt():
		return newConst(Int64, vec{i: []int64{r.Int()}}), nil
	case r.CanUint() && r.Uint() < 1<<63:
		return newConst(Int64, vec{i: []int64{int64(r.Uint())}}), nil
	case r.CanFloat():
		return newConst(Float64, vec{f: []float64{r.Float()}}), nil
	case r.Kind() == reflect.Bool:
		return newConst(Bool, vec{b: []bool{r.Bool()}}), nil
	case r.Kind() == reflect.String:
		return newConst(String, vec{s: []string{r.String()}}), nil
	}
	return nil, c.fail(e, "variable %s is a %T; want a number, a boolean, a string or a time", e.name, v)
}

func (c *compiler) unknown(e ident) error {
	names := make([]string, len(c.cols))
	for i, col := range c.cols {
		names[i] = col.name
	}
	msg := fmt.Sprintf("no column %q", e.name)
	switch best := near.Name(e.name, slices.Values(names)); {
	case best != "":
		msg += fmt.Sprintf("; did you mean %q?", best)
	case functions[e.name] != nil:
		msg += "; a function needs parentheses"
	default:
		msg += "; the table has " + nameList(names)
	}
	return &FormulaError{Formula: c.src, Offset: e.offset(), Message: msg, cause: ErrNoColumn}
}

// fold evaluates a node whose operands are all constants.
func fold(n node, operands ...node) node {
	for _, o := range operands {
		if _, ok := o.(*constNode); !ok {
			return n
		}
	}
	v := n.eval(0, 1)
	return newConst(n.typ(), v)
}

func (c *compiler) unary(e unary) (node, error) {
	x, err := c.value(e.x)
	if err != nil {
		return nil, err
	}
	t := x.typ()
	switch {
	case e.op == "!" && t != Bool:
		return nil, c.fail(e, "! wants a boolean, got %v", t)
	case e.op == "!":
	case e.op == "~" && !t.IsInteger(), e.op == "-" && !t.IsNumeric() && t != Duration:
		return nil, c.fail(e, "%s wants a number, got %v", e.op, t)
	case t.IsInteger():
		t = Int64
	}
	return fold(&unaryNode{t: t, op: e.op, x: x}, x), nil
}

func (c *compiler) pair(x, y expr) (a, b node, err error) {
	if a, err = c.value(x); err == nil {
		b, err = c.value(y)
	}
	return a, b, err
}

func (c *compiler) binary(e binary) (node, error) {
	x, y, err := c.pair(e.x, e.y)
	if err != nil {
		return nil, err
	}
	switch e.op {
	case "==", "!=", "<", "<=", ">", ">=":
		return c.compare(e, e.op, x, y)
	case "&&", "||":
		if x.typ() != Bool || y.typ() != Bool {
			return nil, c.fail(e, "%s wants two booleans, got %v and %v", e.op, x.typ(), y.typ())
		}
		return fold(&logicNode{op: e.op[:1], x: x, y: y}, x, y), nil
	}
	return c.arith(e, x, y)
}

func (c *compiler) compare(e expr, op string, x, y node) (node, error) {
	a, b := x.typ(), y.typ()
	same := a == b || a.IsInteger() && b.IsInteger()
	switch {
	case same:
	case a.IsNumeric() && b.IsNumeric():
		x, y = toFloat(x), toFloat(y)
	case a == Date && b == Timestamp:
		x = fold(&dateToTime{x: x}, x)
	case a == Timestamp && b == Date:
		y = fold(&dateToTime{x: y}, y)
	default:
		hint := ""
		if a == String && b == Char || a == Char && b == String {
			hint = "; text stands in backticks"
		}
		return nil, c.fail(e, "%s cannot compare %v with %v%s", op, a, b, hint)
	}
	if x.typ() == Bool && op != "==" && op != "!=" {
		return nil, c.fail(e, "%s wants numbers, text or times, got booleans", op)
	}
	if _, first := x.(*constNode); first { // loops have constants on the right
		x, y, op = y, x, exchanged(op)
	}
	if op == "==" || op == "!=" {
		if n := matchOf(x, y, matchEquals, op == "!="); n != nil {
			return n, nil
		}
	}
	return fold(&compareNode{op: op, x: x, y: y}, x, y), nil
}

// exchanged is the comparison that says the same with its sides exchanged.
func exchanged(op string) string {
	switch op[0] {
	case '<':
		return ">" + op[1:]
	case '>':
		return "<" + op[1:]
	}
	return op
}

func toFloat(x node) node {
	if x.typ().IsFloat() {
		return x
	}
	return fold(&castNode{t: Float64, x: x}, x)
}

func (c *compiler) arith(e binary, x, y node) (node, error) {
	a, b := x.typ(), y.typ()
	make := func(t Type) node {
		if _, first := x.(*constNode); first && t.IsNumeric() && strings.Contains("+*&|^", e.op) { // loops have constants on the right
			x, y = y, x
		}
		return fold(&arithNode{t: t, op: e.op, x: x, y: y}, x, y)
	}
	bitwise := strings.Contains("& | ^ << >> >>>", e.op)
	switch {
	case a == Bool && b == Bool && strings.Contains("&|^", e.op):
		return fold(&logicNode{op: e.op, x: x, y: y}, x, y), nil
	case a.IsInteger() && b.IsInteger():
		return make(Int64), nil
	case bitwise:
		hint := ""
		if e.op == "^" {
			hint = "; for powers use pow(a, b)"
		}
		return nil, c.fail(e, "%s wants integers, got %v and %v%s", e.op, a, b, hint)
	case a.IsNumeric() && b.IsNumeric():
		t := Float64
		if (a == Float32 || a.IsInteger()) && (b == Float32 || b.IsInteger()) {
			t = Float32
		}
		x, y = toFloat(x), toFloat(y)
		return make(t), nil
	case a == String && b == String && e.op == "+":
		return make(String), nil
	case a == String && e.op == "+":
		y = fold(&castNode{t: String, x: y}, y)
		return make(String), nil
	case b == String && e.op == "+":
		x = fold(&castNode{t: String, x: x}, x)
		return make(String), nil
	case a.IsTemporal() || b.IsTemporal():
		return c.temporal(e, x, y)
	}
	return nil, c.fail(e, "%s wants numbers, got %v and %v", e.op, a, b)
}

// temporal compiles + - * / % of times, days and durations.
func (c *compiler) temporal(e binary, x, y node) (node, error) {
	if x.typ() == Date && y.typ() != Date || x.typ() == Date && e.op == "-" {
		x = fold(&dateToTime{x: x}, x)
	}
	if y.typ() == Date {
		y = fold(&dateToTime{x: y}, y)
	}
	a, b := x.typ(), y.typ()
	make := func(t Type) (node, error) { return fold(&spanNode{t: t, op: e.op, x: x, y: y}, x, y), nil }
	switch {
	case e.op == "-" && a == Timestamp && b == Timestamp:
		return make(Duration)
	case (e.op == "+" || e.op == "-") && b == Duration && (a == Timestamp || a == Duration):
		return make(a)
	case e.op == "+" && a == Duration && b == Timestamp:
		return make(Timestamp)
	case e.op == "/" && a == Duration && b == Duration:
		x, y = toFloat(x), toFloat(y)
		return fold(&arithNode{t: Float64, op: "/", x: x, y: y}, x, y), nil
	case a == Duration && b == Duration && e.op == "%", a == Duration && b.IsInteger() && (e.op == "*" || e.op == "/"):
		return make(Duration)
	case e.op == "*" && a.IsInteger() && b == Duration:
		x, y = y, x
		return make(Duration)
	case e.op == "*" && a.IsFloat() && b == Duration:
		x, y = y, x
		return c.formNode(call{at: e.at}, &stretch, []node{x, y}), nil
	case e.op == "*" && a == Duration && b.IsFloat():
		return c.formNode(call{at: e.at}, &stretch, []node{x, y}), nil
	}
	hint := ""
	if (e.op == "+" || e.op == "-") && (a == Timestamp && b.IsNumeric() || b == Timestamp && a.IsNumeric()) {
		hint = "; durations are written as in '1h30m', or made of numbers as in N * '1s'"
	}
	return nil, c.fail(e, "%s cannot be had of %v and %v%s", e.op, a, b, hint)
}

func (c *compiler) ternary(e ternary) (node, error) {
	cond, err := c.value(e.cond)
	if err != nil {
		return nil, err
	}
	if cond.typ() != Bool {
		return nil, c.fail(e.cond, "the condition of ? must be a boolean, got %v", cond.typ())
	}
	yes, err := c.compile(e.yes)
	if err != nil {
		return nil, err
	}
	no, err := c.compile(e.no)
	if err != nil {
		return nil, err
	}
	yes, no, err = c.alike(e, yes, no)
	if err != nil {
		return nil, err
	}
	return fold(&ternaryNode{t: yes.typ(), cond: cond, yes: yes, no: no}, cond, yes, no), nil
}

// alike gives two alternatives one type.
func (c *compiler) alike(e expr, x, y node) (node, node, error) {
	a, b := x.typ(), y.typ()
	switch {
	case a.IsVector() || b.IsVector():
		return nil, nil, c.fail(e, "want single values, got %v and %v", a, b)
	case a == 0 && b == 0:
		return nil, nil, c.fail(e, "both values are null; give one a type, as in (double)null")
	case a == b:
		return x, y, nil
	case a == 0:
		return newConst(b, vec{null: []bool{true}}), y, nil
	case b == 0:
		return x, newConst(a, vec{null: []bool{true}}), nil
	case a.IsInteger() && b.IsInteger():
		return fold(&castNode{t: Int64, x: x}, x), fold(&castNode{t: Int64, x: y}, y), nil
	case a.IsNumeric() && b.IsNumeric():
		return fold(&castNode{t: Float64, x: x}, x), fold(&castNode{t: Float64, x: y}, y), nil
	}
	return nil, nil, c.fail(e, "the values of one expression must be alike, got %v and %v", a, b)
}

func (c *compiler) in(e inList) (node, error) {
	x, err := c.value(e.x)
	if err != nil {
		return nil, err
	}
	if e.icase && x.typ() != String {
		return nil, c.fail(e, "icase in wants text, got %v", x.typ())
	}
	items := make([]node, len(e.list))
	constant := true
	for i, item := range e.list {
		if items[i], err = c.value(item); err != nil {
			return nil, err
		}
		k, ok := items[i].(*constNode)
		constant = constant && ok && !k.isNull()
	}
	const few = 8 // of which comparisons one by one, which have fast loops, are faster than a set
	if constant && (e.icase || len(items) > few) && (carrierOf(x.typ()) == carryInt || carrierOf(x.typ()) == carryString || x.typ().IsFloat()) {
		if set, ok := newSet(e, x, items); ok {
			return set, nil
		}
	}
	if e.icase {
		return nil, c.fail(e, "icase in wants constant texts")
	}
	if _, plain := x.(*colNode); !plain { // reading a column again costs little
		x = &onceNode{x: x}
	}
	var any node // x == a || x == b …
	for i, item := range items {
		eq, err := c.compare(e.list[i], "==", x, item)
		if err != nil {
			return nil, err
		}
		if any == nil {
			any = eq
		} else {
			any = &logicNode{op: "|", x: any, y: eq}
		}
	}
	if e.not {
		return &unaryNode{t: Bool, op: "!", x: any}, nil
	}
	return any, nil
}

// newSet makes a set of constants that are of x's own kind.
func newSet(e inList, x node, items []node) (node, bool) {
	s := &setNode{x: x, not: e.not, fold: e.icase}
	for _, item := range items {
		k := item.(*constNode)
		t := x.typ()
		same := k.t == t || t.IsInteger() && k.t.IsInteger() || t.IsFloat() && k.t.IsNumeric()
		switch {
		case !same:
			return nil, false
		case t.IsFloat():
			put1(&s.flts, toFloat(k).eval(0, 1).f[0])
		case t == String && e.icase:
			put1(&s.texts, strings.ToLower(k.value.s[0]))
		case t == String:
			put1(&s.texts, k.value.s[0])
		default:
			put1(&s.ints, k.value.i[0])
		}
	}
	s.spreadInts()
	return fold(s, x), true
}

func put1[K comparable](m *map[K]bool, k K) {
	if *m == nil {
		*m = map[K]bool{}
	}
	(*m)[k] = true
}
