// Package emit writes checked declarations of a session as the source of a Go
// package that the compiler takes: functions with waits that can be ended,
// and what they use of the session as declarations without bodies and values,
// which a loader binds to the session's own.
package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// Names that emitted code has beside those of cells. The dot is a letter to Go
// and is not found on keyboards.
const (
	prefix = "sheafꞏ"
	// NeverName is a bool that nothing sets.
	NeverName = prefix + "never"
	// RecoverName is a func(any) any that panics on with what cells may not
	// recover.
	RecoverName = prefix + "recovered"
	// GoName is a func(func()) that starts a goroutine of the cell.
	GoName = prefix + "go"
	// WaitName is a func(what string) (unsafe.Pointer, <-chan struct{}), called
	// before a goroutine waits at a channel: the second is closed when the wait
	// is to end. The first goes to WaitedName, a func(unsafe.Pointer), after it,
	// unless it was to end.
	WaitName   = prefix + "wait"
	WaitedName = prefix + "waited"
	// StoppedName is a func(unsafe.Pointer) for then, which ends the goroutine.
	StoppedName = prefix + "stopped"
)

// A Func is a function to emit with its body.
type Func struct {
	Decl *ast.FuncDecl
	Info *types.Info
	// Key is for whoever loads the function: it is held by what keeps its code.
	Key any
	// Directives are lines for the compiler: //go:noinline.
	Directives []string
	// Inline says that it has its body only to be put in place of calls.
	Inline bool
	// Statements says that it stands for statements at the top of a cell, whose
	// definitions are of variables of the package.
	Statements bool
	// Shared reports variables of the package that other code may touch while
	// the statements run.
	Shared func(*types.Var) bool
}

// An Input is what is to be written.
type Input struct {
	Fset  *token.FileSet
	Pkg   *types.Package
	Decls []ast.Decl      // constants, types, variables with their types, functions without bodies
	Funcs map[string]Func // bodies for functions among Decls, by symbol
	// Instances are to have functions of their own, which are among Output.Roots.
	Instances []Instance
	Paths     map[string]string // imports: alias → path
	// Unused are the positions of local variables that nothing reads.
	Unused map[token.Pos]bool
	// Replaced reports functions of compiled packages that a session runs in
	// another way.
	Replaced func(*types.Func) bool
	// Number is the number of a type that is declared inside of a function, among
	// all of them. Nil: they have the numbers of their order.
	Number func(*types.TypeName) int
	// Late says that functions may be declared anew while code lives on that calls
	// them.
	Late bool
}

// An Output is a package for the compiler.
type Output struct {
	Source   []byte
	Imports  []string               // paths
	Bodyless []string               // symbols of the functions without bodies
	Roots    []string               // symbols of those with, but generic ones
	Hooks    map[string]*types.Func // by symbol: functions that stand for replaced ones
	Late     map[string]string      // by symbol: of the functions that they stand for, to be called as these are at the time
	Literals []Literal
	Refused  []*Refusal    // why functions with bodies are among Bodyless
	Locals   map[int]Local // types that are declared inside of functions, by the compiler's numbers
	Marks    Marks

	// Of a Whole:
	Files []File
	Left  []string                      // symbols of Refused
	Inits map[*types.Initializer]string // symbols of the functions that initialise
}

// A Refusal says why something cannot be emitted.
type Refusal struct {
	Pos token.Pos
	Msg string
}

// Error implements error.
func (r *Refusal) Error() string { return r.Msg }

// emitter is the work of one Package call.
type emitter struct {
	*Input
	out     Output
	info    *types.Info // of the function at work
	fn      *types.Func // that function, nil for statements
	types   []Local     // that it declares
	top     bool        // which stands for statements of a cell
	local   map[types.Object]string
	used    map[string]bool
	hooks   map[*types.Func]string
	prelude bytes.Buffer
	pages   pages
	temps   int
	gotos   map[string]bool // labels of the function at work that a goto names

	imported map[*types.PkgName]bool // packages that the file at work names; nil: nobody asks
	lates    map[string]string       // by symbol: names in Output.Late
	late     bool                    // calls of functions are to follow them
	keys     []ast.Stmt              // that begin the body at work
	waiter   string                  // the variable of the function at work that has its wait; "": it has none
}

// refused ends a Package call with what has been found that cannot be compiled.
func refused(out **Output, err *error) {
	switch r := recover().(type) {
	case nil:
	case *Refusal:
		*out, *err = nil, r
	default:
		panic(r)
	}
}

// Package writes the package.
func Package(in *Input) (out *Output, err error) {
	defer refused(&out, &err)
	e := &emitter{Input: in, used: map[string]bool{}, hooks: map[*types.Func]string{}}
	e.out.Hooks = map[string]*types.Func{}
	var parts []part
	for _, d := range in.Decls {
		decl := e.decl(d)
		if decl == nil {
			continue
		}
		p := part{types: e.types}
		if f, ok := d.(*ast.FuncDecl); ok {
			for _, line := range e.Funcs[Symbol(f)].Directives {
				p.text.WriteString(line + "\n")
			}
		}
		if err := e.marked(&p.text, decl); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	body, err := e.ordered(parts)
	if err != nil {
		return nil, err
	}
	e.instances()
	e.finish(body)
	return &e.out, nil
}

// Symbol is the linker's name of a function or method of the session.
func Symbol(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return "main." + d.Name.Name
	}
	t := ast.Unparen(d.Recv.List[0].Type)
	pointer := false
	if s, ok := t.(*ast.StarExpr); ok {
		t, pointer = ast.Unparen(s.X), true
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	id, ok := t.(*ast.Ident)
	switch {
	case !ok:
		return ""
	case pointer:
		return "main.(*" + id.Name + ")." + d.Name.Name
	}
	return "main." + id.Name + "." + d.Name.Name
}

// IsGeneric reports functions with type parameters and methods of types that
// have some.
func IsGeneric(d *ast.FuncDecl) bool {
	if d.Type.TypeParams != nil {
		return true
	}
	if d.Recv == nil {
		return false
	}
	t := ast.Unparen(d.Recv.List[0].Type)
	if s, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(s.X)
	}
	switch t.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

func (e *emitter) decl(d ast.Decl) ast.Decl {
	e.info, e.top, e.local, e.types = nil, false, nil, nil
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		return e.plain(d)
	}
	sym := Symbol(f)
	src, ok := e.Funcs[sym]
	if !ok {
		if IsGeneric(f) {
			panic(&Refusal{f.Pos(), "the source of generic function " + f.Name.Name + " is not known"})
		}
		e.out.Bodyless = append(e.out.Bodyless, sym)
		cp := *f
		cp.Body, cp.Doc = nil, nil
		return &cp
	}
	e.begin(src)
	out, refusal := e.try(src.Decl)
	if refusal == nil {
		refusal = e.numbered()
	}
	if refusal != nil {
		e.types = nil
		return e.without(f, sym, refusal)
	}
	if !IsGeneric(f) && !src.Inline {
		e.out.Roots = append(e.out.Roots, sym)
	}
	return out
}

// try copies a function, or says why it cannot be.
func (e *emitter) try(d *ast.FuncDecl) (out *ast.FuncDecl, refusal *Refusal) {
	defer func() {
		if r := recover(); r != nil {
			var ok bool
			if refusal, ok = r.(*Refusal); !ok {
				panic(r)
			}
		}
	}()
	return e.function(d), nil
}

// without is a function that another tier runs: its body cannot be emitted.
func (e *emitter) without(f *ast.FuncDecl, sym string, why *Refusal) ast.Decl {
	if IsGeneric(f) {
		panic(why)
	}
	e.out.Refused = append(e.out.Refused, &Refusal{why.Pos, f.Name.Name + ": " + why.Msg})
	e.out.Bodyless = append(e.out.Bodyless, sym)
	cp := *f
	cp.Body, cp.Doc = nil, nil
	return &cp
}

// plain copies a declaration of types, constants or variables.
func (e *emitter) plain(d ast.Decl) ast.Decl {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok == token.IMPORT {
		return nil
	}
	if g.Tok == token.VAR {
		for _, s := range g.Specs {
			if v := s.(*ast.ValueSpec); v.Values != nil {
				panic(&Refusal{g.Pos(), "the type of " + v.Names[0].Name + " cannot be written down"})
			}
		}
	}
	cp := *g
	cp.Doc = nil
	return &cp
}

// print writes a declaration with the places that its nodes have in the cell.
func (e *emitter) print(w *bytes.Buffer, d ast.Decl) error {
	cfg := printer.Config{Mode: printer.SourcePos, Tabwidth: 8}
	d, fset := e.pages.placed(e.Fset, d, false)
	if err := cfg.Fprint(w, fset, d); err != nil {
		return fmt.Errorf("emit: %w", err)
	}
	w.WriteString("\n\n")
	return nil
}

// finish puts the file together: imports that are used, what emitted code
// needs, and the declarations.
func (e *emitter) finish(body []byte) {
	var b bytes.Buffer
	b.WriteString("package main\n\n")
	for _, alias := range sorted(e.Paths) {
		if path := e.Paths[alias]; bytes.Contains(body, []byte(alias)) || bytes.Contains(e.prelude.Bytes(), []byte(alias)) {
			fmt.Fprintf(&b, "import %s %s\n", alias, strconv.Quote(path))
			if path != "unsafe" {
				e.out.Imports = append(e.out.Imports, path)
			}
		}
	}
	if e.used[WaitName] || e.used[unsafeName] {
		fmt.Fprintf(&b, "import %s \"unsafe\"\n", unsafeName)
	}
	e.standing(&b)
	b.Write(e.prelude.Bytes())
	b.Write(body)
	e.out.Source = b.Bytes()
	slices.Sort(e.out.Imports)
	e.out.Imports = slices.Compact(e.out.Imports)
}

// standing writes the declarations that rewritten code mentions.
func (e *emitter) standing(b *bytes.Buffer) {
	if e.used[NeverName] {
		fmt.Fprintf(b, "var %s bool\n", NeverName)
	}
	signatures := map[string]string{
		RecoverName: "(any) any", GoName: "(func())", StoppedName: "(" + unsafeName + ".Pointer)",
		WaitName: "(string) (" + unsafeName + ".Pointer, <-chan struct{})", WaitedName: "(" + unsafeName + ".Pointer)",
	}
	for _, name := range sorted(signatures) { // always in one order: what was compiled before is known by its text
		if e.used[name] {
			fmt.Fprintf(b, "func %s%s\n", name, signatures[name])
			e.out.Bodyless = append(e.out.Bodyless, "main."+name)
		}
	}
	for _, name := range sorted(helpers) {
		if e.used[name] {
			b.WriteString(helpers[name])
		}
	}
}

// helpers are functions that receive from channels inside of expressions.
var helpers = map[string]string{
	recvName: `
func ` + recvName + `[T any](c <-chan T) (v T) {
	select {
	case v = <-c:
		return v
	default:
	}
	w, end := ` + WaitName + `("to receive from a channel")
	select {
	case v = <-c:
		` + WaitedName + `(w)
	case <-end:
		` + StoppedName + `(w)
	}
	return v
}
`,
	recv2Name: `
func ` + recv2Name + `[T any](c <-chan T) (v T, ok bool) {
	select {
	case v, ok = <-c:
		return v, ok
	default:
	}
	w, end := ` + WaitName + `("to receive from a channel")
	select {
	case v, ok = <-c:
		` + WaitedName + `(w)
	case <-end:
		` + StoppedName + `(w)
	}
	return v, ok
}
`,
}

const (
	recvName  = prefix + "recv"
	recv2Name = prefix + "recv2"

	unsafeName = prefix + "unsafe"
)

// use notes a name of the standing declarations and gives an identifier for it.
func (e *emitter) use(name string) *ast.Ident {
	e.used[name] = true
	if name == recvName || name == recv2Name {
		e.used[WaitName], e.used[WaitedName], e.used[StoppedName] = true, true, true
	}
	return ast.NewIdent(name)
}

// temp is a name for a variable of rewritten code.
func (e *emitter) temp() *ast.Ident {
	e.temps++
	return ast.NewIdent(prefix + "t" + strconv.Itoa(e.temps))
}

func sorted(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// typeText writes a type, importing what it names.
func (e *emitter) typeText(t types.Type) string { return types.TypeString(t, e.qualifier) }

// qualifier is what stands before the names of a package, which it imports; ""
// for the one at work.
func (e *emitter) qualifier(p *types.Package) string {
	if p == e.Pkg || p.Path() == e.Pkg.Path() {
		return ""
	}
	for alias, path := range e.Paths {
		if path == p.Path() {
			return alias
		}
	}
	alias := prefix + "p" + strconv.Itoa(len(e.Paths))
	e.Paths[alias] = p.Path()
	return alias
}
