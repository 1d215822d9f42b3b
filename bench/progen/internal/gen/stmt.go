package gen

import (
	"fmt"
	"strings"
)

// fn is a helper function that expressions may call: it depends on its
// arguments alone and changes nothing but what it prints.
type fn struct {
	name   string
	params []*typ
	res    *typ
	cost   int
}

// helper declares one.
func (g *gen) helper() {
	f := &fn{name: g.fresh("f"), res: g.scalar()}
	if g.chance(4) {
		f.res = oneOf(g, g.types.structs)
	}
	var params []*variable
	var list []string
	for i := range g.IntN(3) {
		v := &variable{name: fmt.Sprintf("p%d", i), typ: g.anyType()}
		if v.typ.kind == kSlice || v.typ.kind == kMap || v.typ.kind == kPtr {
			v.typ = oneOf(g, g.types.basic) // what a caller would see change
		}
		params = append(params, v)
		f.params = append(f.params, v.typ)
		list = append(list, v.name+" "+v.typ.src)
	}
	globals := g.types.globals
	g.types.globals = nil
	cost := g.cost
	body := g.function(params, func() {
		g.res, g.calls = f.res, true
		if g.chance(3) {
			g.p("fmt.Println(%q)", f.name)
		}
		for range g.IntN(3) {
			g.declare()
		}
		for range g.IntN(3) {
			g.statement()
		}
		g.p("return %s", g.expr(f.res, 3))
		f.cost = g.cost + 1
	})
	g.cost = cost
	g.types.globals = globals
	g.decls = append(g.decls, fmt.Sprintf("func %s(%s) %s {\n%s}", f.name, strings.Join(list, ", "), f.res.src, body))
	g.funcs = append(g.funcs, f)
}

// declare adds a variable to the scope.
func (g *gen) declare() {
	v := &variable{name: g.fresh("v"), typ: g.anyType()}
	t := v.typ
	switch {
	case t.kind == kSlice:
		var parts []string
		v.minLen = 1 + g.IntN(4)
		for range v.minLen {
			parts = append(parts, g.element(t.elem, 2))
		}
		g.p("%s := %s{%s}", v.name, t.src, strings.Join(parts, ", "))
	case (t.kind == kStruct || t.kind == kArray || t.number()) && g.chance(6):
		g.p("var %s %s", v.name, t.src)
	case t.kind == kBool || t.number() || t.kind == kString || g.chance(3):
		if t.src == "int" && g.chance(3) {
			g.p("const c%s = %s", v.name, g.lit(t))
			g.p("%s := c%s + %s", v.name, v.name, g.nonconst(t, 1))
		} else {
			g.p("var %s %s = %s", v.name, t.src, g.bounded(t, g.expr(t, 3)))
		}
	default:
		g.p("%s := %s", v.name, g.compositeLit(t, 3))
	}
	g.p("_ = %s", v.name)
	g.scope = append(g.scope, v)
}

// bounded keeps strings from growing without end when a loop assigns them.
func (g *gen) bounded(t *typ, expr string) string {
	if t.kind == kString {
		g.need["clip"] = true
		return "clip[" + t.src + "](" + expr + ")"
	}
	return expr
}

// block writes statements in a scope of their own.
func (g *gen) block(n int) {
	depth := len(g.scope)
	g.depth++
	for range n {
		if g.chance(4) {
			g.declare()
		} else {
			g.statement()
		}
	}
	g.depth--
	g.scope = g.scope[:depth]
}

// statement writes one random statement.
func (g *gen) statement() {
	g.cost += g.mult
	if g.cost > budget || g.depth > 3 {
		g.assign()
		return
	}
	switch g.IntN(20) {
	case 0, 1, 2, 3:
		g.assign()
	case 4, 5:
		g.ifStmt()
	case 6, 7, 8:
		g.forStmt()
	case 9:
		g.switchStmt()
	case 10:
		g.typeSwitch()
	case 11, 12:
		g.closure()
	case 13:
		g.deferred()
	case 14:
		g.appendStmt()
	case 15:
		g.mapStmt()
	case 16:
		g.jump()
	case 17:
		g.tuple()
	case 18:
		g.mutate()
	default:
		g.printSome()
	}
}

// statementNoReturn writes a statement that does not leave the function.
func (g *gen) statementNoReturn() {
	g.noReturn = true
	g.statement()
	g.noReturn = false
}

// target returns something assignable, and its type.
func (g *gen) target() (string, *typ, bool) {
	var vars []*variable
	for _, v := range g.scope {
		if !v.fixed && !v.isConst {
			vars = append(vars, v)
		}
	}
	if len(vars) == 0 {
		return "", nil, false
	}
	v := oneOf(g, vars)
	switch v.typ.kind {
	case kSlice:
		if v.minLen == 0 {
			return "", nil, false
		}
		return fmt.Sprintf("%s[%d]", v.name, g.IntN(v.minLen)), v.typ.elem, true
	case kArray:
		if g.chance(2) {
			return fmt.Sprintf("%s[%d]", v.name, g.IntN(v.typ.n)), v.typ.elem, true
		}
	case kMap:
		return fmt.Sprintf("%s[%s]", v.name, g.lit(v.typ.key)), v.typ.elem, true
	case kStruct:
		if g.chance(2) {
			f := oneOf(g, v.typ.fields)
			return v.name + "." + f.name, f.typ, true
		}
	case kPtr:
		return "*" + v.name, v.typ.elem, true
	}
	return v.name, v.typ, true
}

func (g *gen) assign() {
	to, t, ok := g.target()
	if !ok {
		return
	}
	switch {
	case t.kind == kSlice && !strings.ContainsAny(to, ".["):
		if !g.grows(to) {
			return
		}
		g.p("%s = append(%s, %s)", to, to, g.expr(t.elem, 2))
	case t.integer() && g.chance(5):
		g.p("%s%s", to, g.pick("++", "--"))
	case t.integer() && g.chance(3):
		g.p("%s %s= %s", to, g.pick("+", "-", "*", "&", "|", "^", "&^"), g.expr(t, 2))
	case t.integer() && g.chance(6):
		g.p("%s %s= %d", to, g.pick("<<", ">>", "/", "%"), 1+g.IntN(9))
	case t.kind == kFloat && g.chance(3):
		g.p("%s %s= %s", to, g.pick("+", "-", "*"), g.expr(t, 1))
	default:
		g.p("%s = %s", to, g.bounded(t, g.expr(t, 3)))
	}
}

// tuple writes a parallel assignment; what it reads has no effects.
func (g *gen) tuple() {
	a, ta, ok := g.target()
	b, tb, ok2 := g.target()
	if !ok || !ok2 || a == b || strings.ContainsAny(a+b, "*.[") {
		return
	}
	if ta.kind == kSlice || tb.kind == kSlice {
		return
	}
	if ta.src == tb.src && g.chance(2) {
		g.p("%s, %s = %s, %s", a, b, b, a)
		return
	}
	g.p("%s, %s = %s, %s", a, b, g.bounded(ta, g.expr(ta, 2)), g.bounded(tb, g.expr(tb, 2)))
}

func (g *gen) ifStmt() {
	cond := g.boolean(g.types.find("bool"), 3)
	if g.chance(3) {
		v := &variable{name: g.fresh("v"), typ: oneOf(g, g.types.basic)}
		init := g.asArg(v.typ, 2)
		g.scope = append(g.scope, v)
		g.p("if %s := %s; (%s) == %s || %s {", v.name, init, g.expr(v.typ, 2), v.name, cond)
		g.block(1 + g.IntN(3))
		g.scope = g.scope[:len(g.scope)-1]
	} else {
		g.p("if %s {", cond)
		g.block(1 + g.IntN(3))
	}
	for g.chance(3) {
		g.p("} else if %s {", g.expr(g.types.find("bool"), 2))
		g.block(1 + g.IntN(2))
	}
	if g.chance(2) {
		g.p("} else {")
		g.block(1 + g.IntN(2))
	}
	g.p("}")
}

// inLiteral tells whether a return would leave only a function literal.
func (g *gen) inLiteral() bool {
	for _, l := range g.loops {
		if l.isFunc {
			return true
		}
	}
	return false
}

// literal runs fill as the body of a function literal that sees this scope.
func (g *gen) literal(res *typ, fill func()) {
	saved, scope := g.res, len(g.scope)
	g.res = res
	g.loops = append(g.loops, &loop{fence: true, isFunc: true})
	g.depth++
	fill()
	g.depth--
	g.loops = g.loops[:len(g.loops)-1]
	g.res = saved
	g.scope = g.scope[:scope]
}

// closure declares a function literal over the scope and calls it a few times,
// each time in a statement of its own.
func (g *gen) closure() {
	name := g.fresh("fn")
	res := g.scalar()
	t := oneOf(g, g.types.basic)
	param := &variable{name: g.fresh("a"), typ: t}
	g.p("%s := func(%s %s) %s {", name, param.name, t.src, res.src)
	n := 1 + g.IntN(3)
	g.literal(res, func() {
		g.scope = append(g.scope, param)
		g.mult *= n
		for range 1 + g.IntN(2) {
			g.statement()
		}
		g.mult /= n
		g.p("return %s", g.expr(res, 2))
	})
	g.p("}")
	for range n {
		v := &variable{name: g.fresh("v"), typ: res}
		g.p("%s := %s(%s)", v.name, name, g.expr(t, 2))
		g.p("_ = %s", v.name)
		g.scope = append(g.scope, v)
	}
}

// deferred writes a defer: of a call whose arguments are taken now, or of a
// closure that sees what the variables become.
func (g *gen) deferred() {
	if g.mult > 10 {
		g.assign()
		return
	}
	v := g.types.find(g.pick("int", "string", "float64"))
	if g.chance(2) {
		g.p("defer fmt.Println(\"deferred\", %s)", g.expr(v, 2))
		return
	}
	x := g.fresh("x")
	g.p("defer func(%s %s) {", x, v.src)
	g.literal(nil, func() {
		saved := g.noAppend
		g.noAppend = true
		g.statement()
		g.noAppend = saved
		g.p("fmt.Println(\"late\", %s, %s)", x, g.expr(v, 2))
	})
	g.p("}(%s)", g.expr(v, 2))
}

// grows tells whether a slice variable may be appended to.
func (g *gen) grows(name string) bool {
	for _, v := range g.scope {
		if v.name == name {
			return !v.shared && !g.noAppend
		}
	}
	return false
}

func (g *gen) slices() []*variable {
	var vs []*variable
	for _, v := range g.scope {
		if v.typ.kind == kSlice && !v.fixed && v.minLen > 0 && !v.shared && !g.noAppend {
			vs = append(vs, v)
		}
	}
	return vs
}

// appendStmt grows, copies or aliases a slice.
func (g *gen) appendStmt() {
	vs := g.slices()
	if len(vs) == 0 {
		g.declare()
		return
	}
	v := oneOf(g, vs)
	switch g.IntN(5) {
	case 0:
		w := &variable{name: g.fresh("v"), typ: v.typ, minLen: v.minLen}
		if len(g.loops) > 0 {
			return
		}
		g.p("%s := %s[:%d:%d]\n_ = %s", w.name, v.name, v.minLen, v.minLen, w.name)
		v.shared = true
		g.scope = append(g.scope, w)
	case 1:
		w := &variable{name: g.fresh("v"), typ: v.typ, minLen: v.minLen}
		g.p("%s := append(%s[:0:0], %s...)\n_ = %s", w.name, v.name, v.name, w.name)
		g.scope = append(g.scope, w)
	case 2:
		g.p("fmt.Println(copy(%s, %s[%d:]))", v.name, v.name, g.IntN(v.minLen+1))
	case 3:
		w := &variable{name: g.fresh("v"), typ: v.typ, minLen: v.minLen}
		if len(g.loops) > 0 {
			return
		}
		g.p("%s := %s[:len(%s)]\n_ = %s", w.name, v.name, v.name, w.name)
		v.shared, w.shared = true, true
		g.scope = append(g.scope, w)
	default:
		g.p("%s = append(%s, %s, %s)", v.name, v.name, g.expr(v.typ.elem, 1), g.expr(v.typ.elem, 1))
	}
	g.p("fmt.Println(len(%s))", v.name)
}

// mapStmt looks up, deletes or counts in a map.
func (g *gen) mapStmt() {
	for _, v := range g.scope {
		if v.typ.kind != kMap {
			continue
		}
		k := g.expr(v.typ.key, 2)
		switch g.IntN(4) {
		case 0:
			g.p("delete(%s, %s)", v.name, k)
		case 1:
			x := g.fresh("x")
			g.p("if %s, ok := %s[%s]; ok {\nfmt.Printf(\"%%T %%v\\n\", %s, ok)\n}", x, v.name, k, x)
		case 2:
			if g.chance(3) {
				g.p("clear(%s)", v.name)
			}
			g.p("fmt.Println(len(%s))", v.name)
		default:
			if v.typ.elem.number() {
				g.p("%s[%s] += %s", v.name, k, g.expr(v.typ.elem, 1))
			}
		}
		return
	}
	g.assign()
}

// mutate calls a method that changes its receiver.
func (g *gen) mutate() {
	for _, v := range g.scope {
		if v.fixed || v.typ.kind != kStruct {
			continue
		}
		for _, m := range v.typ.methods {
			if strings.HasPrefix(m.name, "Swap") {
				arg := g.expr(m.res, 2)
				switch g.IntN(3) {
				case 0:
					g.p("fmt.Printf(\"%%T\\n\", %s.%s(%s))", v.name, m.name, arg)
				case 1:
					w := g.fresh("mv")
					g.p("%s := %s.%s\n%s(%s)", w, v.name, m.name, w, arg)
				default:
					g.p("(*%s).%s(&%s, %s)", v.typ.src, m.name, v.name, arg)
				}
				return
			}
		}
	}
	g.assign()
}
