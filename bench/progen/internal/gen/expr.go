package gen

import (
	"fmt"
	"slices"
	"strings"
)

// expr returns an expression of type t. A constant one is a bare literal or a
// conversion of one; everything else contains a value that the compiler does
// not know, so that no constant overflows or divides by zero.
func (g *gen) expr(t *typ, depth int) string {
	if depth <= 0 || g.chance(5) {
		return g.leaf(t)
	}
	if g.chance(10) {
		return g.generic(t, depth-1)
	}
	switch {
	case t.kind == kBool:
		return g.boolean(t, depth)
	case t.integer():
		return g.integer(t, depth)
	case t.kind == kFloat:
		return g.float(t, depth)
	case t.kind == kComplex:
		return g.complex(t, depth)
	case t.kind == kString:
		return g.text(t, depth)
	}
	if s, ok := g.read(t); ok && g.chance(3) {
		return s
	}
	return g.compositeLit(t, depth)
}

// generic returns a call of a generic helper, most with inferred types.
func (g *gen) generic(t *typ, depth int) string {
	u := g.anyType()
	p := &variable{name: g.fresh("p"), typ: u, fixed: true}
	body := func() string {
		g.scope = append(g.scope, p)
		s := g.expr(t, depth)
		g.scope = g.scope[:len(g.scope)-1]
		return s
	}
	switch g.IntN(4) {
	case 0:
		g.need["pickOf"] = true
		return fmt.Sprintf("pickOf[%s](%s, %s, %s)", t.src, g.expr(g.types.find("bool"), depth), g.expr(t, depth), g.expr(t, depth))
	case 1:
		g.need["firstOf"] = true
		return fmt.Sprintf("firstOf(%s, %s)", g.asArg(t, depth), g.asArg(u, depth))
	case 2:
		g.need["mapOver"] = true
		xs := make([]string, 1+g.IntN(3))
		for i := range xs {
			xs[i] = g.asArg(u, depth)
		}
		i := g.IntN(len(xs))
		return fmt.Sprintf("mapOver(func(%s %s) %s { return %s }, %s)[%d]", p.name, u.src, t.src, body(), strings.Join(xs, ", "), i)
	default:
		g.need["applyTo"] = true
		return fmt.Sprintf("applyTo(%s, func(%s %s) %s { return %s })", g.asArg(u, depth), p.name, u.src, t.src, body())
	}
}

// leaf returns a variable or a literal.
func (g *gen) leaf(t *typ) string {
	if g.chance(3) {
		return g.lit(t)
	}
	if s, ok := g.read(t); ok {
		return s
	}
	return g.lit(t)
}

// nonconst returns an expression of a basic type that is no constant.
func (g *gen) nonconst(t *typ, depth int) string {
	if s, ok := g.read(t); ok && !g.chance(4) {
		return s
	}
	if g.calls && g.chance(3) {
		if s, ok := g.call(t, depth); ok {
			return s
		}
	}
	if t.integer() && !g.chance(4) {
		if s, ok := g.read(g.integerType()); ok {
			return fmt.Sprintf("%s(%s)", t.src, s)
		}
	}
	g.need["id"] = true
	if t.src == "int" || t.src == "string" || t.src == "bool" || t.src == "float64" || g.chance(2) {
		return fmt.Sprintf("id[%s](%s)", t.src, g.lit(t))
	}
	return fmt.Sprintf("id(%s(%s))", t.src, g.lit(t))
}

// read returns a path through a variable in scope to a value of type t: the
// variable, a field, an element at a place that exists, what it points to.
func (g *gen) read(t *typ) (string, bool) {
	var paths []string
	for _, v := range g.scope {
		if v.isConst {
			continue
		}
		paths = append(paths, g.paths(v, t)...)
	}
	if len(paths) == 0 {
		return "", false
	}
	path := oneOf(g, paths)
	if t.kind == kSlice {
		return g.share(path, t), true
	}
	return path, true
}

// share is a read of a whole slice: a copy where the variable may grow later.
func (g *gen) share(path string, t *typ) string {
	for _, v := range g.scope {
		if v.name == path {
			if len(g.loops) > 0 && !v.shared {
				return fmt.Sprintf("append(%s(nil), %s...)", t.src, path)
			}
			v.shared = true
		}
	}
	return path
}

func (g *gen) paths(v *variable, t *typ) []string {
	if v.typ.src == t.src {
		return []string{v.name}
	}
	switch v.typ.kind {
	case kStruct:
		return fieldPaths(v.name, v.typ, t)
	case kPtr:
		if v.typ.elem.src == t.src {
			return []string{"(*" + v.name + ")"}
		}
		if v.typ.elem.kind == kStruct {
			return fieldPaths(v.name, v.typ.elem, t)
		}
	case kArray:
		if v.typ.elem.src == t.src {
			return []string{fmt.Sprintf("%s[%d]", v.name, g.IntN(v.typ.n))}
		}
	case kSlice:
		if v.typ.elem.src == t.src && v.minLen > 0 {
			return []string{fmt.Sprintf("%s[%d]", v.name, g.IntN(v.minLen))}
		}
	case kMap:
		if v.typ.elem.src == t.src {
			return []string{fmt.Sprintf("%s[%s]", v.name, g.lit(v.typ.key))}
		}
	}
	return nil
}

func fieldPaths(base string, s, t *typ) []string {
	var paths []string
	for _, f := range s.fields {
		p := base + "." + f.name
		if f.typ.src == t.src && t.kind != kPtr && t.kind != kMap { // those may be nil
			paths = append(paths, p)
		} else if f.typ.kind == kStruct {
			paths = append(paths, fieldPaths(p, f.typ, t)...)
		} else if f.typ.kind == kArray && f.typ.elem.src == t.src {
			paths = append(paths, fmt.Sprintf("%s[%d]", p, f.typ.n-1))
		}
	}
	return paths
}

// call returns a call of a helper, a method or a closure without effects.
func (g *gen) call(t *typ, depth int) (string, bool) {
	var calls []string
	for _, f := range g.funcs {
		if f.res.src != t.src || g.mult*f.cost > budget/4 {
			continue
		}
		args := make([]string, len(f.params))
		for i, p := range f.params {
			args[i] = g.expr(p, depth-2)
		}
		calls = append(calls, fmt.Sprintf("%s(%s)", f.name, strings.Join(args, ", ")))
		g.cost += g.mult * f.cost
	}
	for _, v := range g.scope {
		for _, m := range v.typ.methods {
			if m.res.src == t.src && !strings.HasPrefix(m.name, "Swap") && (!m.ptr || !v.fixed) {
				calls = append(calls, fmt.Sprintf("%s.%s()", v.name, m.name))
			}
		}
	}
	if len(calls) == 0 {
		return "", false
	}
	return oneOf(g, calls), true
}

func (g *gen) boolean(t *typ, depth int) string {
	wrap := func(s string) string {
		if t.named {
			return t.src + "(" + s + ")"
		}
		return s
	}
	switch g.IntN(8) {
	case 0:
		return fmt.Sprintf("(%s && %s)", g.nonconst(t, depth-1), g.expr(t, depth-1))
	case 1:
		return fmt.Sprintf("(%s || %s)", g.nonconst(t, depth-1), g.expr(t, depth-1))
	case 2:
		return "!" + g.nonconst(t, depth-1)
	case 3:
		c := g.anyType()
		if c.kind != kStruct || !c.comparable {
			break
		}
		if s, ok := g.read(c); ok {
			return wrap(fmt.Sprintf("(%s %s %s)", s, g.pick("==", "!="), g.parens(c, depth)))
		}
	case 4:
		c := g.scalar()
		return wrap(fmt.Sprintf("(any(%s) %s any(%s))", g.asArg(c, depth-1), g.pick("==", "!="), g.asArg(oneOf(g, g.types.basic), depth-1)))
	}
	c := g.scalar()
	op := g.pick("==", "!=")
	if c.ordered() {
		op = g.pick("<", "<=", ">", ">=", "==", "!=")
	}
	return wrap(fmt.Sprintf("(%s %s %s)", g.nonconst(c, depth-1), op, g.expr(c, depth-1)))
}

// parens is a composite literal that may stand in an if's condition.
func (g *gen) parens(t *typ, depth int) string { return "(" + g.expr(t, depth-1) + ")" }

func (g *gen) integer(t *typ, depth int) string {
	a := g.nonconst(t, depth-1)
	switch g.IntN(16) {
	case 0, 1, 2:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-", "*"), g.expr(t, depth-1))
	case 3:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("&", "|", "^", "&^"), g.expr(t, depth-1))
	case 4:
		return fmt.Sprintf("(%s %s (%s | 1))", a, g.pick("/", "%"), g.nonconst(t, depth-1))
	case 5:
		return fmt.Sprintf("(%s %s %d)", a, g.pick("/", "%"), 1+g.IntN(100))
	case 6:
		return fmt.Sprintf("(%s %s (%s & 127))", a, g.pick("<<", ">>"), g.nonconst(g.unsigned(), depth-1))
	case 7:
		return fmt.Sprintf("(%s %s %d)", a, g.pick("<<", ">>"), g.IntN(70))
	case 8:
		return g.pick("-", "^", "+") + a
	case 9, 10:
		from := g.integerType()
		return fmt.Sprintf("%s(%s)", t.src, g.nonconst(from, depth-1))
	case 11:
		if s, ok := g.read(g.types.find("string")); ok {
			return fmt.Sprintf("%s(len(%s))", t.src, s)
		}
	case 12:
		g.need["f2i"] = true
		return fmt.Sprintf("%s(f2i(%s))", t.src, g.expr(g.types.find("float64"), depth-1))
	case 13:
		return fmt.Sprintf("%s(%s, %s)", g.pick("min", "max"), a, g.expr(t, depth-1))
	case 14:
		for _, v := range g.scope {
			if v.typ.kind == kSlice || v.typ.kind == kMap {
				return fmt.Sprintf("%s(len(%s))", t.src, v.name)
			}
		}
	case 15:
		if g.calls {
			if s, ok := g.call(t, depth); ok {
				return s
			}
		}
	}
	return a
}

func (g *gen) integerType() *typ {
	for {
		if t := g.scalar(); t.integer() {
			return t
		}
	}
}

func (g *gen) unsigned() *typ {
	return g.types.find(g.pick("uint", "uint8", "uint16", "uint32", "uint64"))
}

// float returns float arithmetic. Every product is converted, which forbids
// fusing it with a sum, so that all processors agree.
func (g *gen) float(t *typ, depth int) string {
	a := g.nonconst(t, depth-1)
	switch g.IntN(8) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-", "/"), g.nonconst(t, depth-1))
	case 2:
		return fmt.Sprintf("%s(%s * %s)", t.src, a, g.expr(t, depth-1))
	case 3:
		return fmt.Sprintf("%s(%s)", t.src, g.nonconst(g.integerType(), depth-1))
	case 4:
		from := g.types.find(g.pick("float32", "float64"))
		return fmt.Sprintf("%s(%s)", t.src, g.nonconst(from, depth-1))
	case 5:
		fn := g.pick("math.Abs", "math.Sqrt", "math.Floor", "math.Trunc", "math.Ceil")
		if t.src == "float64" {
			return fmt.Sprintf("%s(%s)", fn, a)
		}
		return fmt.Sprintf("%s(%s(float64(%s)))", t.src, fn, a)
	case 6:
		return fmt.Sprintf("%s(%s, %s)", g.pick("min", "max"), a, g.expr(t, depth-1))
	default:
		return "-" + a
	}
}

func (g *gen) complex(t *typ, depth int) string {
	a := g.nonconst(t, depth-1)
	part := g.types.find("float64")
	if t.bits == 64 {
		part = g.types.find("float32")
	}
	switch g.IntN(4) {
	case 0:
		s := fmt.Sprintf("complex(%s, %s)", g.nonconst(part, depth-1), g.nonconst(part, depth-1))
		if t.named {
			return t.src + "(" + s + ")"
		}
		return s
	case 1:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-"), g.expr(t, depth-1))
	case 2:
		return "-" + a
	default:
		return a
	}
}

func (g *gen) text(t *typ, depth int) string {
	str := g.types.find("string")
	wrap := func(s string) string {
		if t.named {
			return t.src + "(" + s + ")"
		}
		return s
	}
	switch g.IntN(14) {
	case 0, 1:
		return fmt.Sprintf("(%s + %s)", g.nonconst(t, depth-1), g.expr(t, depth-1))
	case 2:
		return wrap(fmt.Sprintf("strconv.Itoa(%s)", g.expr(g.types.find("int"), depth-1)))
	case 3, 4:
		v := g.anyType()
		if v.shown {
			return wrap(fmt.Sprintf("fmt.Sprint(%s)", g.asArg(v, depth-1)))
		}
	case 5:
		// No names of the program's own types in strings that it computes with:
		// they are spelled differently in a batch of programs.
		if v := oneOf(g, slices.Concat(g.types.composites, g.types.basic)); strings.ToLower(v.src) == v.src && !strings.Contains(v.src, "any") {
			return wrap(fmt.Sprintf("fmt.Sprintf(\"%%T\", %s)", g.asArg(v, depth-1)))
		}
	case 6:
		return wrap(fmt.Sprintf("strings.%s(%s)", g.pick("ToUpper", "ToLower", "TrimSpace", "ToTitle"), g.expr(str, depth-1)))
	case 7:
		return wrap(fmt.Sprintf("strings.Repeat(%s, %d)", g.expr(str, depth-1), g.IntN(3)))
	case 8:
		g.need["sub"] = true
		return wrap(fmt.Sprintf("sub(%s, %d, %d)", g.expr(str, depth-1), g.IntN(3), 2+g.IntN(5)))
	case 9:
		return wrap(fmt.Sprintf("string([]rune(%s))", g.expr(str, depth-1)))
	case 10:
		return wrap(fmt.Sprintf("string(append([]byte(%s), '%c'))", g.expr(str, depth-1), 'a'+rune(g.IntN(26))))
	case 11:
		return wrap(fmt.Sprintf("string(rune(65 + %s%%26&31))", g.nonconst(g.types.find("uint8"), depth-1)))
	case 12:
		if g.calls {
			if s, ok := g.call(t, depth); ok {
				return s
			}
		}
	}
	return g.nonconst(t, depth-1)
}

// asArg is an expression of type t that keeps its type when passed as any.
func (g *gen) asArg(t *typ, depth int) string {
	if s, ok := g.read(t); ok && g.chance(2) {
		return s
	}
	switch {
	case t.number() || t.kind == kBool || t.kind == kString:
		return fmt.Sprintf("%s(%s)", t.src, g.expr(t, depth))
	case t.kind == kIface || t.kind == kAny:
		return fmt.Sprintf("%s(%s)", t.src, g.expr(t, depth))
	default:
		return g.expr(t, depth)
	}
}
