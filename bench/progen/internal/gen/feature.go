package gen

import (
	"embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

//go:embed features/*.txt
var featureFiles embed.FS

// A template is a piece of a program with holes. Its text is
//
//	=== area/name
//	let NAME CLASS     (a type of that class, or: int LOW HIGH)
//	--- top
//	declarations; $u makes their names unique
//	--- body
//	statements
//
// with these holes: $NAME, what let chose; $u, a number that no other instance
// has; ${lit T}, ${expr T}, ${keep T} (as expr, but typed when passed as any),
// ${int LOW HIGH}, ${one a|b|c}, ${verb T}, ${str}, ${stmts}, ${need HELPER},
// ${in VAR T} (on its own line: from here on statements and expressions use VAR).
// T is a let name or a predeclared type. A line that begins with ?? is there
// half of the time; $$ is a dollar.
type template struct {
	name string
	lets [][]string
	top  string
	body string
}

var templates = readTemplates()

// readTemplates parses the embedded files; a mistake in one is our own.
func readTemplates() []template {
	entries, err := featureFiles.ReadDir("features")
	if err != nil {
		panic(err)
	}
	var all []template
	for _, e := range entries {
		data, err := featureFiles.ReadFile("features/" + e.Name())
		if err != nil {
			panic(err)
		}
		all = append(all, parseTemplates(string(data))...)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

func parseTemplates(text string) []template {
	var all []template
	part := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(trimmed, "=== "); ok {
			all, part = append(all, template{name: name}), "head"
			continue
		}
		if name, ok := strings.CutPrefix(trimmed, "--- "); ok {
			part = name
			continue
		}
		if len(all) == 0 {
			continue
		}
		t := &all[len(all)-1]
		switch part {
		case "head":
			if rest, ok := strings.CutPrefix(trimmed, "let "); ok {
				t.lets = append(t.lets, strings.Fields(rest))
			}
		case "top":
			t.top += line
		case "body":
			t.body += line
		default:
			panic("gen: template " + t.name + ": no part " + part)
		}
	}
	return all
}

// Features lists the names of all parts that programs are made of.
func Features() []string {
	names := []string{random}
	for _, t := range templates {
		names = append(names, t.name)
	}
	return names
}

// hole is what a let name stands for.
type hole struct {
	text string
	typ  *typ
}

// feature instantiates a random template as a function of that name.
func (g *gen) feature(name string) {
	t := oneOf(g, g.templates)
	g.features = append(g.features, t.name)
	holes := map[string]hole{"u": {text: g.fresh("")}}
	for _, l := range t.lets {
		holes[l[0]] = g.choose(t.name, l)
	}
	var top, body string
	g.function(nil, func() { top = g.fill(t.name, t.top, holes) })
	g.function(nil, func() {
		g.calls = true
		body = g.fill(t.name, t.body, holes)
	})
	if top != "" {
		g.decls = append(g.decls, strings.TrimSpace(top))
	}
	g.decls = append(g.decls, fmt.Sprintf("// %s\nfunc %s() {\n%s}", t.name, name, body))
}

// choose resolves a let line.
func (g *gen) choose(name string, l []string) hole {
	if len(l) == 4 && l[1] == "int" {
		return hole{text: strconv.Itoa(g.between(name, l[2], l[3]))}
	}
	t := g.class(l[1])
	if t == nil {
		panic(fmt.Sprintf("gen: template %s: no class %q", name, l[1]))
	}
	return hole{t.src, t}
}

func (g *gen) between(name, low, high string) int {
	a, errA := strconv.Atoi(low)
	b, errB := strconv.Atoi(high)
	if errA != nil || errB != nil || b < a {
		panic(fmt.Sprintf("gen: template %s: no range %s %s", name, low, high))
	}
	return a + g.IntN(b-a+1)
}

// class returns a random type of a class, nil if there is no such class.
func (g *gen) class(name string) *typ {
	want := map[string]func(*typ) bool{
		"integer":    (*typ).integer,
		"signed":     func(t *typ) bool { return t.kind == kInt },
		"unsigned":   func(t *typ) bool { return t.kind == kUint },
		"float":      func(t *typ) bool { return t.kind == kFloat },
		"real":       func(t *typ) bool { return t.integer() || t.kind == kFloat },
		"number":     (*typ).number,
		"ordered":    (*typ).ordered,
		"string":     func(t *typ) bool { return t.kind == kString },
		"basic":      func(t *typ) bool { return t.kind <= kString },
		"plain":      func(t *typ) bool { return t.kind <= kString && !t.named },
		"struct":     func(t *typ) bool { return t.kind == kStruct && t.shown },
		"comparable": func(t *typ) bool { return t.comparable && t.shown },
		"shown":      func(t *typ) bool { return t.shown && t.kind != kIface && t.kind != kAny },
		"own":        func(t *typ) bool { return t.shown && (t.named || t.kind == kStruct) },
	}[name]
	if want == nil {
		return nil
	}
	ts := &g.types
	var all []*typ
	for _, list := range [][]*typ{ts.basic, ts.named, ts.named, ts.structs, ts.composites} {
		for _, t := range list {
			if want(t) {
				all = append(all, t)
			}
		}
	}
	return oneOf(g, all)
}

// fill replaces the holes of a text.
func (g *gen) fill(name, text string, holes map[string]hole) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(line, "\t "), "??"); ok {
			if g.chance(2) {
				continue
			}
			line = rest
		}
		for {
			before, after, found := strings.Cut(line, "$")
			out.WriteString(before)
			if !found {
				break
			}
			if rest, ok := strings.CutPrefix(after, "$"); ok {
				out.WriteByte('$')
				line = rest
				continue
			}
			if strings.HasPrefix(after, "{") {
				end := closing(after)
				out.WriteString(g.hole(name, g.fill(name, after[1:end], holes), holes))
				line = after[end+1:]
				continue
			}
			n := 0
			for n < len(after) && (after[n] >= 'a' && after[n] <= 'z' || after[n] >= 'A' && after[n] <= 'Z') {
				n++
			}
			h, ok := holes[after[:n]]
			if !ok {
				panic(fmt.Sprintf("gen: template %s: no hole $%s", name, after[:n]))
			}
			out.WriteString(h.text)
			line = after[n:]
		}
	}
	return out.String()
}

// closing returns the place of the brace that closes the one at s[0].
func closing(s string) int {
	depth := 0
	for i, c := range s {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	panic("gen: unclosed hole in " + s)
}

// hole resolves one ${…}.
func (g *gen) hole(name, text string, holes map[string]hole) string {
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "lit":
		return g.lit(g.named(name, rest, holes))
	case "expr":
		return g.expr(g.named(name, rest, holes), 2)
	case "keep":
		return g.asArg(g.named(name, rest, holes), 2)
	case "verb":
		return g.verb(g.named(name, rest, holes))
	case "int":
		low, high, _ := strings.Cut(rest, " ")
		return strconv.Itoa(g.between(name, low, high))
	case "one":
		return oneOf(g, strings.Split(rest, "|"))
	case "str":
		return g.str()
	case "stmts":
		return g.stmts()
	case "in":
		v, t, _ := strings.Cut(rest, " ")
		g.scope = append(g.scope, &variable{name: v, typ: g.named(name, t, holes)})
		return ""
	case "need":
		g.need[rest] = true
		return rest
	}
	panic(fmt.Sprintf("gen: template %s: no hole ${%s}", name, text))
}

// named returns the type that a hole's argument names.
func (g *gen) named(name, arg string, holes map[string]hole) *typ {
	if h, ok := holes[arg]; ok && h.typ != nil {
		return h.typ
	}
	for _, t := range g.types.basic {
		if t.src == arg {
			return t
		}
	}
	if elem, ok := strings.CutPrefix(arg, "[]"); ok {
		return sliceOf(g.named(name, elem, holes))
	}
	panic(fmt.Sprintf("gen: template %s: no type %s", name, arg))
}

// stmts is a few random statements that nothing can jump out of.
func (g *gen) stmts() string {
	out, scope := g.out, len(g.scope)
	g.out = &strings.Builder{}
	g.loops = append(g.loops, &loop{fence: true})
	g.declare()
	depth := g.depth
	g.depth = 2
	for range 1 + g.IntN(3) {
		g.statementNoReturn()
	}
	g.depth = depth
	g.loops = g.loops[:len(g.loops)-1]
	text := g.out.String()
	g.out = out
	g.scope = g.scope[:scope]
	return "{\n" + text + "}"
}
