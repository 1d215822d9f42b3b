package tables

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// functions are called f(x) or, where the first argument is text, x.f(). Of
// several with one name the first that takes the arguments is called.
var functions = map[string][]any{
	"sqrt": {math.Sqrt}, "exp": {math.Exp}, "log": {math.Log}, "log10": {math.Log10}, "log2": {math.Log2}, "log1p": {math.Log1p},
	"expm1": {math.Expm1}, "cbrt": {math.Cbrt}, "pow": {math.Pow}, "hypot": {math.Hypot},
	"sin": {math.Sin}, "cos": {math.Cos}, "tan": {math.Tan}, "asin": {math.Asin}, "acos": {math.Acos}, "atan": {math.Atan},
	"atan2": {math.Atan2}, "sinh": {math.Sinh}, "cosh": {math.Cosh}, "tanh": {math.Tanh},
	"floor": {math.Floor}, "ceil": {math.Ceil}, "trunc": {math.Trunc}, "rint": {math.RoundToEven},
	"round":  {func(x int64) int64 { return x }, roundHalfUp},
	"abs":    {func(x int64) int64 { return max(x, -x) }, math.Abs},
	"signum": {signInt, signFloat}, "sign": {signInt, signFloat},
	"min":      {func(x, y int64) int64 { return min(x, y) }, math.Min},
	"max":      {func(x, y int64) int64 { return max(x, y) }, math.Max},
	"isNaN":    {func(x float64) bool { return x != x }},
	"isInf":    {func(x float64) bool { return math.IsInf(x, 0) }},
	"isFinite": {func(x float64) bool { return !math.IsInf(x, 0) && x == x }},

	"length": {func(s string) int64 { return int64(utf8.RuneCountInString(s)) }}, "isEmpty": {func(s string) bool { return s == "" }},
	"contains": {strings.Contains}, "startsWith": {strings.HasPrefix}, "endsWith": {strings.HasSuffix},
	"indexOf": {indexOf}, "substring": {substringFrom, substring}, "replace": {strings.ReplaceAll}, "concat": {func(a, b string) string { return a + b }},
	"toLowerCase": {strings.ToLower}, "toUpperCase": {strings.ToUpper}, "trim": {strings.TrimSpace},
	"equals": {func(a, b string) bool { return a == b }}, "equalsIgnoreCase": {strings.EqualFold}, "matches": {matches},
}

// roundHalfUp is Java's Math.round: to the nearest, halves upwards.
func roundHalfUp(x float64) int64 {
	f := math.Floor(x)
	if x-f >= 0.5 {
		f++
	}
	return floatToInt64(f)
}

func signInt(x int64) int64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

func signFloat(x float64) float64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return x // both zeros and NaN
}

func indexOf(s, sub string) int64 {
	i := strings.Index(s, sub)
	if i < 0 {
		return -1
	}
	return int64(utf8.RuneCountInString(s[:i]))
}

func substringFrom(s string, from int64) string { return substring(s, from, math.MaxInt64) }

// substring counts characters from 0; both ends are cut to the text.
func substring(s string, from, to int64) string {
	r := []rune(s)
	n := int64(len(r))
	from = min(max(from, 0), n)
	to = min(max(to, from), n)
	return string(r[from:to])
}

// matches asks whether a regular expression matches the whole text.
func matches(s, pattern string) (bool, error) {
	re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return false, err
	}
	return re.MatchString(s), nil
}

func (c *compiler) call(e call) (node, error) {
	args := e.args
	if e.recv != nil {
		args = append([]expr{e.recv}, args...)
	}
	switch e.name {
	case "isNull", "replaceIfNull", "coalesce":
		return c.nullCall(e, args)
	}
	nodes := make([]node, len(args))
	for i, a := range args {
		var err error
		if nodes[i], err = c.compile(a); err != nil {
			return nil, err
		}
	}
	overloads, ok := functions[e.name]
	if len(nodes) == 1 && (ok || slices.Contains(aggregates, e.name)) {
		if n, ok, err := c.aggregate(e, nodes[0]); ok {
			return n, err
		}
	}
	if !ok {
		return c.userCall(e, args, nodes)
	}
	if (e.name == "min" || e.name == "max") && len(nodes) > 2 {
		inner := e
		inner.recv, inner.args = nil, args[:len(args)-1]
		return c.call(call{at: e.at, name: e.name, args: []expr{inner, args[len(args)-1]}})
	}
	for i, n := range nodes {
		if n.typ() == 0 || n.typ().IsVector() {
			_, err := c.value(args[i])
			return nil, err
		}
	}
	if fn, ok := choose(overloads, nodes); ok {
		return c.scalar(e, fn, nodes, true)
	}
	return nil, c.fail(e, "%s takes %s, got %s", e.name, signatures(overloads), typeList(nodes))
}

// nullCall compiles the functions that see nulls.
func (c *compiler) nullCall(e call, args []expr) (node, error) {
	want := 2
	if e.name == "isNull" {
		want = 1
	}
	if len(args) != want {
		return nil, c.fail(e, "%s takes %s, got %d", e.name, plural(want, "argument"), len(args))
	}
	x, err := c.compile(args[0])
	if err != nil {
		return nil, err
	}
	if x.typ() != Image || e.name != "isNull" { // of an image this can be asked
		if x, err = c.value(args[0]); err != nil {
			return nil, err
		}
	}
	if e.name == "isNull" {
		return fold(&nullNode{x: x}, x), nil
	}
	y, err := c.value(args[1])
	if err != nil {
		return nil, err
	}
	again, err := c.value(args[0])
	if err != nil {
		return nil, err
	}
	y, again, err = c.alike(e, y, again)
	if err != nil {
		return nil, err
	}
	return fold(&ternaryNode{t: y.typ(), cond: &nullNode{x: x}, yes: y, no: again}, x, y, again), nil
}

// functionNames helps with misspelt calls.
func functionNames() []string {
	names := append([]string{"isNull", "replaceIfNull", "coalesce"}, aggregates...)
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// builtIn reports whether a function of that name gives the same for the same
// arguments, whoever calls it.
func builtIn(name string) bool {
	return functions[name] != nil || name == "isNull" || name == "replaceIfNull" || name == "coalesce"
}
