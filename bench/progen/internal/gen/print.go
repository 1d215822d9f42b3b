package gen

import "fmt"

// verbs of a type: all show values, none addresses.
func (g *gen) verb(t *typ) string {
	switch {
	case t.integer():
		return g.pick("%v", "%d", "%x", "%#x", "%o", "%b", "%08b", "%+d", "%6d|", "%-6d|", "%v %[1]T")
	case t.kind == kFloat:
		return g.pick("%v", "%g", "%.3f", "%e", "%8.2f", "%+v", "%#v", "%T")
	case t.kind == kString:
		return g.pick("%v", "%q", "%x", "%s", "%+q", "%10s|", "%#v", "% x", "%T")
	default:
		return g.pick("%v", "%+v", "%#v", "%T", "%v %[1]T")
	}
}

// print writes a statement that shows a variable.
func (g *gen) print(v *variable) {
	if g.chance(3) {
		g.p("fmt.Println(%q, %s)", v.name, v.name)
		return
	}
	g.p("fmt.Printf(%q, %s)", v.name+" "+g.verb(v.typ)+"\n", v.name)
}

// printSome shows a variable of the scope, or what it points to.
func (g *gen) printSome() {
	if g.mult > 60 || len(g.scope) == 0 {
		g.assign()
		return
	}
	v := oneOf(g, g.scope)
	switch {
	case v.typ.shown:
		g.print(v)
	case v.typ.kind == kPtr && v.typ.elem.shown:
		g.p("fmt.Printf(%q, *%s)", v.name+" "+g.verb(v.typ.elem)+"\n", v.name)
	case v.typ.kind == kStruct:
		f := oneOf(g, v.typ.fields)
		if f.typ.shown {
			g.p("fmt.Println(%q, %s.%s)", fmt.Sprint(v.name, ".", f.name), v.name, f.name)
		}
	default:
		g.p("fmt.Printf(\"%%T\\n\", %s)", v.name)
	}
}
