package gen

import (
	"strings"
)

// body writes a loop's body, whose statements run n times as often, and gives
// the loop its label if something inside wants it.
func (g *gen) body(n int, head func(), vars ...*variable) {
	l := &loop{label: g.fresh("L")}
	outer := g.out
	g.out = &strings.Builder{}
	head()
	g.loops = append(g.loops, l)
	g.scope = append(g.scope, vars...)
	mult := g.mult
	g.mult *= n
	g.block(1 + g.IntN(3))
	g.mult = mult
	g.scope = g.scope[:len(g.scope)-len(vars)]
	g.loops = g.loops[:len(g.loops)-1]
	g.p("}")
	text := g.out.String()
	g.out = outer
	if l.used {
		g.p("%s:", l.label)
	}
	g.out.WriteString(text)
}

func (g *gen) forStmt() {
	n := 1 + g.IntN(5)
	if g.mult*n > budget/8 {
		g.assign()
		return
	}
	intType := g.types.find("int")
	i := &variable{name: g.fresh("i"), typ: intType, fixed: true}
	x := &variable{name: g.fresh("x"), typ: intType}
	use := func() { g.p("_, _ = %s, %s", i.name, x.name) }
	switch g.IntN(9) {
	case 0:
		g.body(n, func() { g.p("for %s := 0; %s < %d; %s++ {", i.name, i.name, n, i.name) }, i)
	case 1:
		g.body(n, func() {
			g.p("for %s, %s := %d, 0; %s > 0 && !(%s); %s, %s = %s-1, %s+%s {",
				i.name, x.name, n, i.name, g.expr(g.types.find("bool"), 2), i.name, x.name, i.name, x.name, i.name)
			use()
		}, i, x)
	case 2:
		i.typ = g.integerType()
		g.body(n, func() { g.p("for %s := range %s(%d) {\n_ = %s", i.name, i.typ.src, n, i.name) }, i)
	case 3:
		x.typ = g.types.find("int32")
		g.body(12, func() { g.p("for %s, %s := range %s {", i.name, x.name, g.str()); use() }, i, x)
	case 4:
		t := oneOf(g, g.types.composites)
		if t.kind != kSlice && t.kind != kArray {
			t = sliceOf(oneOf(g, g.types.basic))
		}
		x.typ = t.elem
		lit := g.compositeLit(t, 2)
		g.body(4, func() { g.p("for %s, %s := range %s {", i.name, x.name, wrapLit(lit)); use() }, i, x)
	case 5:
		g.need["count"] = true
		g.body(n, func() { g.p("for %s := range count(%d) {\n_ = %s", i.name, n, i.name) }, i)
	case 6:
		g.need["pairs"] = true
		t := oneOf(g, g.types.basic)
		x.typ = t
		lit := g.compositeLit(sliceOf(t), 2)
		g.body(4, func() { g.p("for %s, %s := range pairs(%s) {", i.name, x.name, lit); use() }, i, x)
	case 7:
		g.need["feed"] = true
		t := g.ownType()
		x.typ = t
		lit := g.compositeLit(sliceOf(t), 2)
		g.body(4, func() { g.p("for %s := range feed(%s) {\n_ = %s", x.name, lit, x.name) }, x)
	default:
		x.typ = oneOf(g, g.types.basic)
		key := g.keyType()
		i.typ = key
		k := g.asArg(key, 1)
		g.body(1, func() {
			g.p("for %s, %s := range (map[%s]%s{%s: %s}) {", i.name, x.name, key.src, x.typ.src, k, g.expr(x.typ, 1))
			use()
		}, i, x)
	}
}

// wrapLit lets a literal stand before a block's brace.
func wrapLit(lit string) string { return "(" + lit + ")" }

// jump writes a conditional break, continue or return.
func (g *gen) jump() {
	var reach []*loop
	for i := len(g.loops) - 1; i >= 0 && !g.loops[i].fence; i-- {
		reach = append(reach, g.loops[i])
	}
	cond := g.boolean(g.types.find("bool"), 2)
	switch {
	case len(reach) > 0 && !g.chance(6):
		l := oneOf(g, reach)
		word := "continue"
		if l.isSwitch || g.chance(2) {
			word = "break"
		}
		label := ""
		if l != reach[0] || g.chance(3) {
			label, l.used = " "+l.label, true
		}
		g.p("if %s {\n%s%s\n}", cond, word, label)
	case g.noReturn && !g.inLiteral():
	case g.res != nil:
		g.p("if %s {\nreturn %s\n}", cond, g.expr(g.res, 2))
	case g.depth > 0:
		g.p("if %s {\nfmt.Println(\"return\")\nreturn\n}", cond)
	}
}

func (g *gen) switchStmt() {
	l := &loop{label: g.fresh("L"), isSwitch: true}
	outer := g.out
	g.out = &strings.Builder{}
	g.loops = append(g.loops, l)
	t := g.keyType()
	tagless := g.chance(3)
	if tagless {
		g.p("switch {")
	} else {
		x := g.fresh("x")
		g.p("switch %s := %s; %s {", x, g.nonconst(t, 2), x)
	}
	keys := g.keys(t, 5)
	for i, k := range keys {
		switch {
		case tagless:
			g.p("case %s:", g.nonconst(g.types.find("bool"), 1)+" && "+g.expr(g.types.find("bool"), 2))
		case g.chance(4):
			g.p("case %s, %s:", k, g.nonconst(t, 1))
		default:
			g.p("case %s:", k)
		}
		g.block(1 + g.IntN(2))
		if i < len(keys)-1 && g.chance(4) {
			g.p("fallthrough")
		}
	}
	g.p("default:")
	g.block(1)
	g.p("}")
	g.loops = g.loops[:len(g.loops)-1]
	text := g.out.String()
	g.out = outer
	if l.used {
		g.p("%s:", l.label)
	}
	g.out.WriteString(text)
}

func (g *gen) typeSwitch() {
	ts := &g.types
	l := &loop{label: g.fresh("L"), isSwitch: true}
	outer := g.out
	g.out = &strings.Builder{}
	g.loops = append(g.loops, l)
	name := g.fresh("v")
	g.p("switch %s := (%s).(type) {", name, g.expr(ts.any, 3))
	seen := map[string]bool{}
	for range 2 + g.IntN(4) {
		t := g.anyType()
		if seen[t.src] || t.kind == kAny {
			continue
		}
		seen[t.src] = true
		g.p("case %s:", t.src)
		g.p("fmt.Printf(\"%%T case %%T\\n\", %s, *new(%s))", name, t.src)
		v := &variable{name: name, typ: t}
		if t.kind == kPtr || t.kind == kIface {
			v.fixed = true
		}
		g.scope = append(g.scope, v)
		g.block(1)
		g.scope = g.scope[:len(g.scope)-1]
	}
	if !seen["error"] {
		g.p("case error, fmt.Stringer:")
		g.p("fmt.Printf(\"%%T\\n\", %s)", name)
	}
	g.p("case nil:")
	g.p("fmt.Println(\"nil\", %s)", name)
	if g.chance(2) {
		g.p("default:\nfmt.Printf(\"default %%T\\n\", %s)", name)
	}
	g.p("}")
	g.loops = g.loops[:len(g.loops)-1]
	text := g.out.String()
	g.out = outer
	if l.used {
		g.p("%s:", l.label)
	}
	g.out.WriteString(text)
}
