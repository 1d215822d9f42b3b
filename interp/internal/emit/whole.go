package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A Whole is a package of source files to be written whole, each file as one of
// its own.
type Whole struct {
	Fset  *token.FileSet
	Info  *types.Info
	Pkg   *types.Package
	Files []*ast.File
	// Left reports functions that are to have no bodies, by symbol.
	Left func(symbol string) bool
	// Shape leaves all bodies out: what remains is what other packages, and
	// assembler, have to know of the package.
	Shape bool
	// Inits are initialisers of variables to be written as functions.
	Inits []*types.Initializer
	// Replaced and Number are those of Input.
	Replaced func(*types.Func) bool
	Number   func(*types.TypeName) int
}

// A File is a source file.
type File struct {
	Name   string
	Source []byte
}

// Package writes the package. Its symbols in the output begin with "main.", as
// those of cells do. Variables have no values: what they begin with is
// in Output.Inits, or the session's.
func (w *Whole) Package() (out *Output, err error) {
	defer refused(&out, &err)
	e := &emitter{
		Input: &Input{Fset: w.Fset, Pkg: w.Pkg, Paths: map[string]string{}, Replaced: w.Replaced, Number: w.Number},
		used:  map[string]bool{}, hooks: map[*types.Func]string{},
	}
	e.out.Hooks, e.out.Inits = map[string]*types.Func{}, map[*types.Initializer]string{}
	for i, f := range w.Files {
		e.imported = map[*types.PkgName]bool{}
		body, err := e.file(w, f)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		fmt.Fprintf(&b, "package %s\n\n", w.Pkg.Name())
		e.fileImports(&b, f, w.Info)
		if bytes.Contains(body, []byte(unsafeName)) {
			fmt.Fprintf(&b, "import %s \"unsafe\"\n", unsafeName)
		}
		b.Write(body)
		e.out.Files = append(e.out.Files, File{"file" + strconv.Itoa(i) + ".go", b.Bytes()})
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\n", w.Pkg.Name())
	for _, alias := range sorted(e.Paths) {
		fmt.Fprintf(&b, "import %s %s\n", alias, strconv.Quote(e.Paths[alias]))
	}
	if e.used[WaitName] || e.used[unsafeName] {
		fmt.Fprintf(&b, "import %s \"unsafe\"\n", unsafeName)
	}
	e.standing(&b)
	b.Write(e.prelude.Bytes())
	e.out.Files = append(e.out.Files, File{prefix + "standing.go", b.Bytes()})
	return &e.out, nil
}

// file writes the declarations of a file.
func (e *emitter) file(w *Whole, f *ast.File) ([]byte, error) {
	var parts []part
	add := func(d ast.Decl, directives []string) error {
		p := part{types: e.types}
		for _, line := range directives {
			p.text.WriteString(line + "\n")
		}
		err := e.print(&p.text, d)
		parts = append(parts, p)
		return err
	}
	for _, d := range f.Decls {
		out, lines := e.declaration(w, d)
		if out == nil {
			continue
		}
		if err := add(out, lines); err != nil {
			return nil, err
		}
	}
	for _, in := range w.Inits {
		if in.Rhs.Pos() < f.FileStart || in.Rhs.Pos() > f.FileEnd {
			continue
		}
		if d := e.initialiser(w, f, in); d != nil {
			if err := add(d, nil); err != nil {
				return nil, err
			}
		}
	}
	return e.ordered(parts)
}

// declaration copies a declaration, with the lines above it; nil: it is written
// elsewhere.
func (e *emitter) declaration(w *Whole, d ast.Decl) (out ast.Decl, lines []string) {
	e.begin(Func{Info: w.Info, Decl: &ast.FuncDecl{Name: ast.NewIdent("_")}})
	e.types = nil
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.Name == "_" {
			return nil, nil
		}
		return e.whole(w, d), directives(d)
	case *ast.GenDecl:
		switch d.Tok {
		case token.IMPORT:
			return nil, nil
		case token.VAR:
			if d = e.variables(d); d == nil {
				return nil, nil
			}
		}
		cp := *d
		cp.Doc = nil
		e.mention(&cp)
		return &cp, nil
	}
	return nil, nil
}

// whole copies a function, without a body if that cannot be emitted.
func (e *emitter) whole(w *Whole, d *ast.FuncDecl) ast.Decl {
	sym := Symbol(d)
	e.begin(Func{Info: w.Info, Decl: d})
	if w.Shape && (IsGeneric(d) || d.Name.Name == "init") {
		return e.unbodied(d)
	}
	if d.Body == nil || w.Shape || w.Left != nil && w.Left(sym) && !IsGeneric(d) {
		e.out.Bodyless = append(e.out.Bodyless, sym)
		cp := *d
		cp.Body, cp.Doc = nil, nil
		e.mention(&cp)
		return &cp
	}
	out, refusal := e.try(d)
	if refusal == nil {
		refusal = e.numbered()
	}
	if refusal != nil {
		e.types = nil
		cp := e.without(d, sym, refusal)
		e.out.Left = append(e.out.Left, sym)
		e.mention(cp)
		return cp
	}
	if !IsGeneric(d) {
		e.out.Roots = append(e.out.Roots, sym)
	}
	return out
}

// unbodied copies a function that must have a body (a generic one, or a method
// named init) with one that is not to be run.
func (e *emitter) unbodied(d *ast.FuncDecl) ast.Decl {
	at := d.Body.Lbrace
	panics := &ast.CallExpr{Fun: &ast.Ident{Name: "panic", NamePos: at}, Lparen: at, Args: []ast.Expr{&ast.BasicLit{Kind: token.STRING, Value: `""`, ValuePos: at}}, Rparen: at}
	cp := *d
	cp.Doc, cp.Body = nil, &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: panics}}, Rbrace: d.Body.Rbrace}
	e.mention(&cp)
	return &cp
}

// directives are the lines above a function of a package that tell the compiler
// how it is inlined and what it does with addresses.
func directives(d *ast.FuncDecl) (list []string) {
	if d.Doc == nil {
		return nil
	}
	for _, c := range d.Doc.List {
		switch word, _, _ := strings.Cut(c.Text, " "); word {
		case "//go:noinline", "//go:uintptrescapes", "//go:norace", "//go:nocheckptr":
			list = append(list, word)
		case "//go:noescape":
			if d.Body == nil {
				list = append(list, word)
			}
		}
	}
	return list
}

// variables writes a declaration's variables with their types alone, beside
// other declarations; what is left is to be copied as it is: variables whose
// types cannot be written down here.
func (e *emitter) variables(d *ast.GenDecl) *ast.GenDecl {
	left := &ast.GenDecl{Tok: d.Tok, TokPos: d.TokPos, Lparen: d.Lparen, Rparen: d.Rparen}
	for _, s := range d.Specs {
		v := s.(*ast.ValueSpec)
		ok := true
		for _, id := range v.Names {
			obj, isVar := e.info.Defs[id].(*types.Var)
			ok = ok && (!isVar || id.Name == "_" || e.writable(obj.Type()))
		}
		if !ok {
			left.Specs = append(left.Specs, s)
			continue
		}
		for _, id := range v.Names {
			if obj, isVar := e.info.Defs[id].(*types.Var); isVar && id.Name != "_" {
				fmt.Fprintf(&e.prelude, "var %s %s\n", id.Name, e.typeText(obj.Type()))
			}
		}
	}
	if left.Specs == nil {
		return nil
	}
	return left
}

// writable reports types that can be written down in the package: nothing in
// them is unexported elsewhere, and no name of it hides a predeclared one.
func (e *emitter) writable(t types.Type) bool {
	all := func(n int, at func(int) types.Type) bool {
		for i := range n {
			if !e.writable(at(i)) {
				return false
			}
		}
		return true
	}
	ours := func(obj types.Object) bool { return obj.Exported() || obj.Pkg() == e.Pkg }
	switch t := t.(type) {
	case *types.Basic:
		return t.Kind() == types.UnsafePointer || e.Pkg.Scope().Lookup(t.Name()) == nil
	case interface {
		types.Type
		Obj() *types.TypeName
		TypeArgs() *types.TypeList
	}: // named types and aliases
		obj := t.Obj()
		if obj.Pkg() == nil {
			return e.Pkg.Scope().Lookup(obj.Name()) == nil
		}
		return ours(obj) && obj.Parent() == obj.Pkg().Scope() && all(t.TypeArgs().Len(), t.TypeArgs().At)
	case *types.Pointer:
		return e.writable(t.Elem())
	case *types.Slice:
		return e.writable(t.Elem())
	case *types.Array:
		return e.writable(t.Elem())
	case *types.Chan:
		return e.writable(t.Elem())
	case *types.Map:
		return e.writable(t.Key()) && e.writable(t.Elem())
	case *types.Signature:
		return all(t.Params().Len(), func(i int) types.Type { return t.Params().At(i).Type() }) &&
			all(t.Results().Len(), func(i int) types.Type { return t.Results().At(i).Type() })
	case *types.Struct:
		for i := range t.NumFields() {
			if !ours(t.Field(i)) {
				return false
			}
		}
		return all(t.NumFields(), func(i int) types.Type { return t.Field(i).Type() })
	case *types.Interface:
		for i := range t.NumExplicitMethods() {
			if !ours(t.ExplicitMethod(i)) {
				return false
			}
		}
		return t.NumEmbeddeds() == 0 && all(t.NumExplicitMethods(), func(i int) types.Type { return t.ExplicitMethod(i).Type() })
	}
	return false
}

// initialiser is a function that sets variables; nil: it cannot be emitted.
func (e *emitter) initialiser(w *Whole, f *ast.File, in *types.Initializer) ast.Decl {
	name := prefix + "init" + strconv.Itoa(len(e.out.Inits)+1)
	st := w.setting(f, in)
	if st == nil {
		return nil
	}
	at := in.Rhs.Pos()
	d := &ast.FuncDecl{
		Name: &ast.Ident{Name: name, NamePos: at}, Type: &ast.FuncType{Func: at, Params: &ast.FieldList{Opening: at, Closing: at}},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{st}, Rbrace: in.Rhs.End()},
	}
	e.begin(Func{Info: w.Info, Decl: d})
	e.types = nil
	out, refusal := e.try(d)
	if refusal == nil {
		refusal = e.numbered()
	}
	if refusal != nil {
		return nil
	}
	e.out.Inits[in] = "main." + name
	return out
}

// setting is the statement that an initialiser stands for; nil: it is not found.
func (w *Whole) setting(f *ast.File, in *types.Initializer) ast.Stmt {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR || in.Rhs.Pos() < g.Pos() || in.Rhs.Pos() >= g.End() {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			for i, x := range v.Values {
				if x != in.Rhs {
					continue
				}
				names := v.Names
				if len(v.Values) > 1 || len(v.Names) == 1 {
					names = v.Names[i : i+1]
				}
				if len(names) == 1 && names[0].Name == "_" { // which alone does not say of what type the value is
					spec := &ast.ValueSpec{Names: names, Type: v.Type, Values: []ast.Expr{x}}
					return &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: x.Pos(), Specs: []ast.Spec{spec}}}
				}
				a := &ast.AssignStmt{Tok: token.ASSIGN, TokPos: x.Pos(), Rhs: []ast.Expr{x}}
				for _, id := range names {
					a.Lhs = append(a.Lhs, &ast.Ident{Name: id.Name, NamePos: id.NamePos})
				}
				return a
			}
		}
	}
	return nil
}

// mention notes the packages that a node names.
func (e *emitter) mention(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			e.names(id)
		}
		return true
	})
}

// names notes the package that an identifier names.
func (e *emitter) names(id *ast.Ident) {
	if p, ok := e.info.Uses[id].(*types.PkgName); ok && e.imported != nil {
		e.imported[p] = true
	}
}

// fileImports writes the imports that the copy of a file needs.
func (e *emitter) fileImports(b *bytes.Buffer, f *ast.File, info *types.Info) {
	for _, s := range f.Imports {
		name := ""
		if s.Name != nil {
			name = s.Name.Name
		}
		if name != "_" && name != "." {
			var obj types.Object = info.Implicits[s]
			if s.Name != nil {
				obj = info.Defs[s.Name]
			}
			p, ok := obj.(*types.PkgName)
			if !ok || !e.imported[p] {
				continue
			}
			name = p.Name()
		}
		fmt.Fprintf(b, "import %s %s\n", name, s.Path.Value)
	}
}
