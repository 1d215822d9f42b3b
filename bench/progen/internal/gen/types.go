package gen

import (
	"fmt"
	"slices"
	"strings"
)

// kind is the kind of a type's underlying type.
type kind uint8

const (
	kBool kind = iota
	kInt
	kUint
	kFloat
	kComplex
	kString
	kArray
	kSlice
	kMap
	kStruct
	kPtr
	kAny   // interface{}
	kIface // a declared interface
)

// typ is a type that the grammar knows.
type typ struct {
	src        string // how a program spells it
	kind       kind
	bits       int // of numbers
	elem, key  *typ
	n          int // length of arrays
	fields     []field
	methods    []method
	named      bool
	comparable bool
	shown      bool // its %v holds no address
	impls      []impl
}

type field struct {
	name     string
	typ      *typ
	embedded bool
}

// method is one of the methods in [methodPool] on a declared type.
type method struct {
	name string
	res  *typ
	ptr  bool
}

// impl is an expression pattern for a value that implements an interface:
// a type, or a pointer to it.
type impl struct {
	typ *typ
	ptr bool
}

// typeSet is the types and globals of one program.
type typeSet struct {
	basic      []*typ // predeclared
	named      []*typ // declared over basic kinds
	structs    []*typ
	ifaces     []*typ
	composites []*typ
	any        *typ
	globals    []*variable
}

func basicTypes() []*typ {
	b := func(src string, k kind, bits int) *typ {
		return &typ{src: src, kind: k, bits: bits, comparable: true, shown: true}
	}
	return []*typ{
		b("int", kInt, 64), b("int8", kInt, 8), b("int16", kInt, 16), b("int32", kInt, 32), b("int64", kInt, 64),
		b("uint", kUint, 64), b("uint8", kUint, 8), b("uint16", kUint, 16), b("uint32", kUint, 32), b("uint64", kUint, 64),
		b("float64", kFloat, 64), b("float32", kFloat, 32), b("string", kString, 0), b("bool", kBool, 0),
		b("complex128", kComplex, 128), b("complex64", kComplex, 64),
	}
}

func (t *typ) integer() bool { return t.kind == kInt || t.kind == kUint }
func (t *typ) number() bool  { return t.integer() || t.kind == kFloat || t.kind == kComplex }
func (t *typ) ordered() bool { return t.integer() || t.kind == kFloat || t.kind == kString }

// find returns the predeclared type of that name.
func (ts *typeSet) find(name string) *typ {
	for _, t := range ts.basic {
		if t.src == name {
			return t
		}
	}
	panic("gen: no predeclared type " + name)
}

// declareTypes writes the program's own types with their methods.
func (g *gen) declareTypes() {
	ts := &g.types
	ts.basic = basicTypes()
	ts.any = &typ{src: "any", kind: kAny, shown: true}
	for i := range 1 + g.IntN(3) {
		g.declareNamed(fmt.Sprintf("N%d", i+1))
	}
	for i := range 2 + g.IntN(3) {
		g.declareStruct(fmt.Sprintf("S%d", i+1))
	}
	if g.chance(2) {
		g.declareGeneric("G1")
	}
	for i := range 1 + g.IntN(2) {
		g.declareIface(fmt.Sprintf("I%d", i+1))
	}
	for range 6 {
		ts.composites = append(ts.composites, g.composite())
	}
}

// declareNamed writes a type over a basic one, often with methods.
func (g *gen) declareNamed(name string) {
	under := oneOf(g, g.types.basic)
	t := &typ{src: name, kind: under.kind, bits: under.bits, named: true, comparable: true, shown: true}
	g.decls = append(g.decls, fmt.Sprintf("type %s %s", name, under.src))
	conv := fmt.Sprintf("%s(x)", under.src)
	switch g.IntN(4) {
	case 0:
		g.decls = append(g.decls, fmt.Sprintf("func (x %s) String() string { return fmt.Sprintf(\"%s<%%v>\", %s) }", name, name, conv))
	case 1:
		g.decls = append(g.decls, fmt.Sprintf("func (x %s) Error() string { return fmt.Sprint(%q, %s) }", name, "err:", conv))
	case 2:
		g.decls = append(g.decls, fmt.Sprintf("func (x %s) GoString() string { return fmt.Sprintf(\"go(%%v)\", %s) }", name, conv))
	}
	g.declareMethods(t)
	g.types.named = append(g.types.named, t)
}

// declareStruct writes a struct type; later ones may hold or embed earlier ones.
func (g *gen) declareStruct(name string) {
	t := &typ{src: name, kind: kStruct, named: true, comparable: true, shown: true}
	var b strings.Builder
	fmt.Fprintf(&b, "type %s struct {\n", name)
	if len(g.types.structs) > 0 && g.chance(3) {
		e := oneOf(g, g.types.structs)
		t.fields = append(t.fields, field{e.src, e, true})
		fmt.Fprintf(&b, "\t%s\n", e.src)
	}
	for i := range 1 + g.IntN(4) {
		ft := g.fieldType()
		for len(g.types.structs) == 0 && !ft.shown {
			ft = g.fieldType() // one struct at least that prints
		}
		fname := g.pick("A", "B", "C", "d", "e") + fmt.Sprint(i)
		t.fields = append(t.fields, field{fname, ft, false})
		tag := ""
		if g.chance(5) {
			tag = fmt.Sprintf(" `json:%q`", strings.ToLower(fname)+g.pick("", ",omitempty"))
		}
		fmt.Fprintf(&b, "\t%s %s%s\n", fname, ft.src, tag)
	}
	b.WriteString("}")
	for _, f := range t.fields {
		t.comparable = t.comparable && f.typ.comparable && f.typ.kind != kAny
		t.shown = t.shown && f.typ.shown
	}
	g.decls = append(g.decls, b.String())
	if g.chance(4) {
		g.decls = append(g.decls, fmt.Sprintf("func (x %s) String() string { return fmt.Sprintf(\"%s|%%v\", x.%s) }", name, name, t.fields[len(t.fields)-1].name))
	}
	g.declareMethods(t)
	g.types.structs = append(g.types.structs, t)
}

// declareGeneric writes a generic struct type with methods and makes a few of
// its instances types of the program.
func (g *gen) declareGeneric(name string) {
	g.decls = append(g.decls, strings.ReplaceAll(`type NAME[T any] struct {
	V T
	L []T
	N int
}

func (x NAME[T]) Sum() int { return x.N + len(x.L) }

func (x NAME[T]) Tag() string { return fmt.Sprintf("%v|%T", x.L, x.N) }

func (x *NAME[T]) SwapNAME(v T) T {
	x.V, v = v, x.V
	x.N++
	return v
}`, "NAME", name))
	for range 2 + g.IntN(2) {
		arg := g.anyType()
		if !arg.shown || arg.kind == kIface || arg.kind == kAny {
			arg = g.scalar()
		}
		t := &typ{src: fmt.Sprintf("%s[%s]", name, arg.src), kind: kStruct, named: true, shown: true}
		t.fields = []field{{"V", arg, false}, {"L", sliceOf(arg), false}, {"N", g.types.find("int"), false}}
		t.methods = []method{{"Sum", g.types.find("int"), false}, {"Tag", g.types.find("string"), false}, {"Swap" + name, arg, true}}
		known := slices.ContainsFunc(g.types.structs, func(s *typ) bool { return s.src == t.src })
		if !known {
			g.types.structs = append(g.types.structs, t)
		}
	}
}

func (g *gen) fieldType() *typ {
	ts := &g.types
	switch n := g.IntN(12); {
	case n < 5:
		return oneOf(g, ts.basic)
	case n < 7:
		return oneOf(g, ts.named)
	case n < 8 && len(ts.structs) > 0:
		return oneOf(g, ts.structs)
	case n < 9:
		return ts.any
	case n < 11:
		return g.composite()
	default:
		return g.types.find("string")
	}
}

// methodPool are the methods that declared types draw from; interfaces name
// subsets of it. Their results depend on the receiver alone.
var methodPool = []struct{ name, res string }{
	{"Sum", "int"}, {"Tag", "string"}, {"Ratio", "float64"}, {"Good", "bool"},
}

// declareMethods gives t some of the pool's methods, and a mutating one.
func (g *gen) declareMethods(t *typ) {
	for _, m := range methodPool {
		if g.chance(2) {
			continue
		}
		res := g.types.find(m.res)
		ptr := t.kind == kStruct && g.chance(3)
		recv := &variable{name: "x", typ: t, fixed: true}
		star := ""
		if ptr {
			star = "*"
		}
		var result string
		g.function([]*variable{recv}, func() { result = g.expr(res, 2) })
		g.decls = append(g.decls, fmt.Sprintf("func (x %s%s) %s() %s { return %s }", star, t.src, m.name, res.src, result))
		t.methods = append(t.methods, method{m.name, res, ptr})
	}
	if t.kind != kStruct {
		return
	}
	f := oneOf(g, t.fields)
	recv := &variable{name: "x", typ: t, fixed: true}
	param := &variable{name: "v", typ: f.typ, fixed: true}
	body := g.function([]*variable{recv, param}, func() {
		g.p("old := x.%s", f.name)
		g.p("x.%s = v", f.name)
		g.p("return old")
	})
	g.decls = append(g.decls, fmt.Sprintf("func (x *%s) Swap%s(v %s) %s {\n%s}", t.src, t.src, f.typ.src, f.typ.src, body))
	t.methods = append(t.methods, method{"Swap" + t.src, f.typ, true})
}

// find returns t's own method of that name, or nil.
func (t *typ) find(name string) *method {
	for i := range t.methods {
		if t.methods[i].name == name {
			return &t.methods[i]
		}
	}
	return nil
}

// declareIface writes an interface over methods that at least one type has.
func (g *gen) declareIface(name string) {
	all := append(append([]*typ(nil), g.types.named...), g.types.structs...)
	for range 10 {
		first := g.IntN(len(methodPool))
		want := []int{first}
		if g.chance(3) && first+1 < len(methodPool) {
			want = append(want, first+1)
		}
		t := &typ{src: name, kind: kIface, named: true}
		var lines []string
		for _, w := range want {
			m := methodPool[w]
			t.methods = append(t.methods, method{m.name, g.types.find(m.res), false})
			lines = append(lines, fmt.Sprintf("\t%s() %s\n", m.name, m.res))
		}
		for _, c := range all {
			if ok, ptr := implements(c, t); ok {
				t.impls = append(t.impls, impl{c, ptr})
			}
		}
		if len(t.impls) > 0 {
			g.decls = append(g.decls, fmt.Sprintf("type %s interface {\n%s}", name, strings.Join(lines, "")))
			g.types.ifaces = append(g.types.ifaces, t)
			return
		}
	}
}

// implements tells whether c's own methods cover iface's, and whether only its
// pointer does. Promoted methods are left out: they may be ambiguous.
func implements(c, iface *typ) (ok, ptr bool) {
	for _, m := range iface.methods {
		own := c.find(m.name)
		if own == nil {
			return false, false
		}
		ptr = ptr || own.ptr
	}
	return true, ptr
}

// composite makes an unnamed composite type.
func (g *gen) composite() *typ {
	ts := &g.types
	elems := append(append([]*typ(nil), ts.basic...), ts.named...)
	elems = append(elems, ts.named...)
	elems = append(elems, ts.structs...)
	elems = append(elems, ts.any)
	e := oneOf(g, elems)
	switch g.IntN(6) {
	case 0, 1:
		return sliceOf(e)
	case 2:
		n := 1 + g.IntN(4)
		return &typ{src: fmt.Sprintf("[%d]%s", n, e.src), kind: kArray, elem: e, n: n, comparable: e.comparable, shown: e.shown}
	case 3, 4:
		return mapOf(g.keyType(), e)
	default:
		if g.chance(2) {
			return sliceOf(sliceOf(e))
		}
		return ptrTo(e)
	}
}

func sliceOf(e *typ) *typ {
	return &typ{src: "[]" + e.src, kind: kSlice, elem: e, shown: e.shown}
}

func mapOf(k, e *typ) *typ {
	return &typ{src: "map[" + k.src + "]" + e.src, kind: kMap, key: k, elem: e, shown: k.shown && e.shown}
}

func ptrTo(e *typ) *typ {
	return &typ{src: "*" + e.src, kind: kPtr, elem: e, comparable: true}
}

// keyType returns a type with many distinct constants, for keys of maps.
func (g *gen) keyType() *typ {
	var keys []*typ
	for _, t := range append(append([]*typ(nil), g.types.basic...), g.types.named...) {
		if t.integer() || t.kind == kString {
			keys = append(keys, t)
		}
	}
	return oneOf(g, keys)
}

// anyType returns some type that values can be declared of.
func (g *gen) anyType() *typ {
	ts := &g.types
	list := ts.basic
	switch n := g.IntN(20); {
	case n < 7:
	case n < 10:
		list = ts.named
	case n < 13:
		list = ts.structs
	case n < 17:
		list = ts.composites
	case n < 18:
		list = ts.ifaces
	case n < 19:
		return ts.any
	}
	if len(list) == 0 {
		list = ts.basic
	}
	return oneOf(g, list)
}

// scalar returns a type over a basic one, ownType one that the program declares.
func (g *gen) scalar() *typ  { return oneOf(g, slices.Concat(g.types.named, g.types.basic)) }
func (g *gen) ownType() *typ { return oneOf(g, slices.Concat(g.types.named, g.types.structs)) }

// declareGlobals writes package variables, some initialised from one another.
func (g *gen) declareGlobals() {
	for i := range 1 + g.IntN(3) {
		t := oneOf(g, g.types.basic)
		v := &variable{name: fmt.Sprintf("global%d", i+1), typ: t}
		var init string
		g.function(nil, func() { init = g.expr(t, 2) })
		decl := fmt.Sprintf("var %s %s = %s", v.name, t.src, init)
		if g.chance(2) {
			g.decls = append([]string{decl}, g.decls...)
		} else {
			g.decls = append(g.decls, decl)
		}
		g.types.globals = append(g.types.globals, v)
	}
}
