package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

const (
	hostPath  = "sheaf.host" // the compiled functions that lowered code calls
	hostAlias = "p" + sep + "host"
)

// A lowerer rewrites a checked cell into Go that yaegi runs as Go means it.
type lowerer struct {
	*checked
	s     *Session
	typer *typeWriter
	reuse map[string]string // internal name → the older variable it shares
	n     int               // for unique names
	err   *types.Error      // the first construct that cannot be lowered
}

// A program is a lowered cell: what is declared, then how it runs.
type program struct {
	file  *ast.File
	steps []step
}

// A step is a function to call or, where a variable's type cannot be written
// down, a package-level definition to run.
type step struct {
	call    string
	decl    *ast.GenDecl
	imports []ast.Decl
}

// lower builds the program of a checked cell.
func (s *Session) lower(c *checked) (*program, *lowerer) {
	l := &lowerer{checked: c, s: s, reuse: map[string]string{}, typer: &typeWriter{pkg: c.pkg, imports: map[string]string{}}}
	l.shareVariables()
	for _, d := range c.unit.file.Decls {
		l.rewrite(d)
	}
	p := &program{file: &ast.File{Package: c.file.Package, Name: ast.NewIdent("main")}}
	for _, d := range c.unit.file.Decls {
		if d != ast.Decl(c.body) {
			p.file.Decls = append(p.file.Decls, d)
		}
	}
	l.bindFuncs(p)
	for _, name := range c.inits {
		p.steps = append(p.steps, step{call: name})
	}
	l.statements(p)
	l.addMarkers(p)
	imports := &resolution{imports: map[string]string{hostAlias: hostPath}, dots: c.dots}
	for _, m := range []map[string]string{c.imports, l.typer.imports} {
		for a, path := range m {
			imports.imports[a] = path
		}
	}
	p.file.Decls = append(importDecls(imports), p.file.Decls...)
	anchor(p.file, c.file.Package)
	for i, st := range p.steps {
		if st.decl != nil {
			p.steps[i].imports = importDecls(imports)
			anchor(st.decl, c.file.Package)
			for _, d := range p.steps[i].imports {
				anchor(d, c.file.Package)
			}
		}
	}
	return p, l
}

// anchor gives names that lowering made a position in the cell's file: yaegi
// looks up imported packages by the file that a position is in.
func anchor(n ast.Node, pos token.Pos) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !id.NamePos.IsValid() {
			id.NamePos = pos
		}
		return true
	})
}

// shareVariables lets a variable that is defined again with the same type
// keep its storage, so that earlier functions see the new value.
func (l *lowerer) shareVariables() {
	for _, b := range l.fresh {
		old := l.s.names[b.user]
		if b.kind != token.VAR || old == nil || old.kind != token.VAR {
			continue
		}
		o, n := l.pkg.Scope().Lookup(old.internal), l.pkg.Scope().Lookup(b.internal)
		if o == nil || n == nil || !types.Identical(o.Type(), n.Type()) {
			continue
		}
		if _, ok := l.typer.expr(n.Type()); ok {
			l.reuse[b.internal] = old.internal
			b.internal = old.internal
		}
	}
	if len(l.reuse) == 0 {
		return
	}
	ast.Inspect(l.unit.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := l.reuse[id.Name]; o != "" {
				id.Name = o
			}
		}
		return true
	})
}

// statements turns the cell's statements into functions to call, with their
// variables hoisted to package level.
func (l *lowerer) statements(p *program) {
	var run []ast.Stmt
	flush := func() {
		if len(run) == 0 {
			return
		}
		name := fmt.Sprintf("%s%d%s%d", bodyName, l.s.count, sep, l.s.nextStep())
		p.file.Decls = append(p.file.Decls, funcOf(name, run))
		p.steps = append(p.steps, step{call: name})
		run = nil
	}
	for _, st := range l.body.Body.List {
		if l.last != nil && st == ast.Stmt(l.last) {
			run = append(run, l.showLast()...)
			continue
		}
		switch st := st.(type) {
		case *ast.AssignStmt:
			if st.Tok == token.DEFINE {
				if d := l.hoist(p, newNames(st), st.Rhs, st); d != nil {
					flush()
					p.steps = append(p.steps, step{decl: d})
					continue
				}
				st = &ast.AssignStmt{Lhs: st.Lhs, TokPos: st.TokPos, Tok: token.ASSIGN, Rhs: st.Rhs}
			}
			run = append(run, l.receive(st))
			continue
		case *ast.DeclStmt:
			for _, spec := range st.Decl.(*ast.GenDecl).Specs {
				vs := spec.(*ast.ValueSpec)
				if d := l.hoist(p, vs.Names, vs.Values, vs); d != nil {
					flush()
					p.steps = append(p.steps, step{decl: d})
					continue
				}
				run = append(run, l.initialise(vs)...)
			}
			continue
		}
		run = append(run, st)
	}
	flush()
}

// bindFuncs hands the cell's functions to the host, where formulas find them.
func (l *lowerer) bindFuncs(p *program) {
	var run []ast.Stmt
	for _, d := range p.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Type.TypeParams != nil || strings.HasPrefix(f.Name.Name, "init"+sep) {
			continue
		}
		pos := f.Name.Pos()
		name := &ast.BasicLit{Kind: token.STRING, ValuePos: pos, Value: strconv.Quote(f.Name.Name)}
		run = append(run, &ast.ExprStmt{X: call(host("Bind", pos), name, &ast.Ident{Name: f.Name.Name, NamePos: pos})})
	}
	if len(run) > 0 {
		name := fmt.Sprintf("%s%d%s%d", bodyName, l.s.count, sep, l.s.nextStep())
		p.file.Decls = append(p.file.Decls, funcOf(name, run))
		p.steps = append(p.steps, step{call: name})
	}
}

// hoist declares the variables at package level. If a type cannot be written
// it returns the whole definition, for the interpreter to infer the types.
func (l *lowerer) hoist(p *program, ids []*ast.Ident, values []ast.Expr, at ast.Node) *ast.GenDecl {
	var decls []ast.Decl
	for _, id := range ids {
		obj := l.info.Defs[id]
		if id.Name == "_" || obj == nil {
			continue
		}
		if l.shared(id.Name) {
			continue
		}
		t, ok := l.typer.expr(obj.Type())
		if !ok {
			return &ast.GenDecl{Tok: token.VAR, TokPos: at.Pos(), Specs: []ast.Spec{&ast.ValueSpec{Names: ids, Values: values}}}
		}
		decls = append(decls, &ast.GenDecl{Tok: token.VAR, TokPos: id.Pos(), Specs: []ast.Spec{
			&ast.ValueSpec{Names: []*ast.Ident{ast.NewIdent(id.Name)}, Type: t},
		}})
	}
	p.file.Decls = append(p.file.Decls, decls...)
	return nil
}

func (l *lowerer) shared(internal string) bool {
	for _, old := range l.reuse {
		if old == internal {
			return true
		}
	}
	return false
}

// initialise writes `var a, b T = x, y` as assignments; without values a
// shared variable goes back to zero.
func (l *lowerer) initialise(vs *ast.ValueSpec) []ast.Stmt {
	if len(vs.Values) > 0 {
		lhs := make([]ast.Expr, len(vs.Names))
		for i, id := range vs.Names {
			lhs[i] = id
		}
		return []ast.Stmt{&ast.AssignStmt{Lhs: lhs, TokPos: vs.Pos(), Tok: token.ASSIGN, Rhs: vs.Values}}
	}
	var out []ast.Stmt
	for _, id := range vs.Names {
		if t, ok := l.typer.expr(l.info.Defs[id].Type()); ok && l.shared(id.Name) {
			zero := &ast.StarExpr{Star: id.Pos(), X: call(ast.NewIdent("new"), t)}
			out = append(out, &ast.AssignStmt{Lhs: []ast.Expr{id}, TokPos: id.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{zero}})
		}
	}
	return out
}

// showLast hands the values of the last expression to the host.
func (l *lowerer) showLast() []ast.Stmt {
	n := 1
	if tuple, ok := l.info.TypeOf(l.last.X).(*types.Tuple); ok {
		n = tuple.Len()
	}
	if n == 0 || l.info.Types[l.last.X].IsVoid() || l.prints() {
		return []ast.Stmt{l.last}
	}
	pos := l.last.Pos()
	def := &ast.AssignStmt{Tok: token.DEFINE, TokPos: pos, Rhs: []ast.Expr{l.last.X}}
	show := call(host("Show", pos))
	for range n {
		id := l.fresh1("r", pos)
		def.Lhs = append(def.Lhs, id)
		show.Args = append(show.Args, ast.NewIdent(id.Name))
	}
	return []ast.Stmt{def, &ast.ExprStmt{X: show}}
}

// prints reports a call of fmt's printing and scanning functions, whose count
// nobody wants to see.
func (l *lowerer) prints() bool {
	c, ok := ast.Unparen(l.last.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := l.info.Uses[sel.Sel].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "fmt" {
		return false
	}
	switch f.Name() {
	case "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln",
		"Scan", "Scanf", "Scanln", "Fscan", "Fscanf", "Fscanln":
		return true
	}
	return false
}

// rewrite lowers, inside out, the constructs that yaegi does not have.
func (l *lowerer) rewrite(root ast.Node) {
	inLoop, deferred, beside := loopLiterals(root), loopDefers(root), besideDefers(root)
	astutil.Apply(root, nil, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.RangeStmt:
			if _, labelled := c.Parent().(*ast.LabeledStmt); !labelled {
				c.Replace(l.rangeStmt(n, nil))
			}
		case *ast.ForStmt:
			if _, labelled := c.Parent().(*ast.LabeledStmt); !labelled {
				c.Replace(l.forStmt(n, nil))
			}
		case *ast.LabeledStmt:
			switch st := n.Stmt.(type) {
			case *ast.RangeStmt:
				c.Replace(l.rangeStmt(st, n.Label))
			case *ast.ForStmt:
				c.Replace(l.forStmt(st, n.Label))
			case *ast.SwitchStmt:
				c.Replace(l.switchStmt(st, n.Label))
			}
		case *ast.SwitchStmt:
			if _, labelled := c.Parent().(*ast.LabeledStmt); !labelled {
				c.Replace(l.switchStmt(n, nil))
			}
		case *ast.TypeSwitchStmt:
			l.typeSwitch(n)
		case *ast.TypeAssertExpr:
			l.assertable(n.X, n.Type, false)
			recoveredSome(n)
		case *ast.SelectStmt:
			outer, _ := c.Parent().(*ast.LabeledStmt)
			if st := l.selectStmt(n, outer); st != ast.Stmt(n) {
				c.Replace(st)
			}
		case *ast.FuncLit:
			l.nameParams(n.Type)
			if beside[n] {
				e := madeApart(n)
				l.info.Types[e] = l.info.Types[n]
				c.Replace(e)
			}
		case *ast.FuncDecl:
			l.nameParams(n.Type)
		case *ast.CallExpr:
			for i, a := range n.Args {
				if lit, ok := a.(*ast.FuncLit); ok && inLoop[lit] {
					n.Args[i] = bound(lit)
				}
			}
			l.errorsCall(n)
			l.typedResults(n)
			if e := l.errorConversion(n); e != nil {
				l.info.Types[e] = l.info.Types[n]
				c.Replace(e)
				return true
			}
			if e := l.builtin(n); e != nil {
				l.info.Types[e] = l.info.Types[n]
				c.Replace(e)
			}
		case *ast.GoStmt:
			c.Replace(l.goStmt(n))
		case *ast.DeferStmt:
			if deferred[n] {
				l.unsupported(n, noLoopDefer)
			}
			before := l.deferStmt(n)
			if c.Index() < 0 || c.Parent() == ast.Node(l.body.Body) {
				c.Replace(&ast.BlockStmt{Lbrace: n.Pos(), List: append(before, n), Rbrace: n.End()})
				return true
			}
			// No block of their own: yaegi lets sibling blocks share memory.
			for _, st := range before {
				c.InsertBefore(st)
			}
		case *ast.AssignStmt:
			l.errorAssign(n)
			l.boxLiterals(n.Rhs)
			if c.Parent() != ast.Node(l.body.Body) { // the cell's own ones are hoisted first
				if _, comm := c.Parent().(*ast.CommClause); !comm {
					c.Replace(l.receive(n))
				}
			}
		case *ast.ValueSpec:
			l.errorSpec(n)
			l.boxLiterals(n.Values)
		case *ast.StructType:
			hideFields(n)
		}
		return true
	})
}

// fresh1 makes an identifier that no cell can write.
func (l *lowerer) fresh1(name string, pos token.Pos) *ast.Ident {
	l.n++
	return &ast.Ident{Name: name + sep + "x" + strconv.Itoa(l.n), NamePos: pos}
}

func host(name string, pos token.Pos) ast.Expr {
	return &ast.SelectorExpr{X: &ast.Ident{Name: hostAlias, NamePos: pos}, Sel: &ast.Ident{Name: name, NamePos: pos}}
}

func call(fun ast.Expr, args ...ast.Expr) *ast.CallExpr {
	return &ast.CallExpr{Fun: fun, Lparen: fun.Pos(), Args: args, Rparen: fun.Pos()}
}

func (l *lowerer) unsupported(n ast.Node, format string, args ...any) {
	if l.err == nil {
		l.err = &types.Error{Fset: l.s.fset, Pos: n.Pos(), Msg: fmt.Sprintf(format, args...)}
	}
}

// builtin lowers min, max, clear and print; nil leaves the call alone.
func (l *lowerer) builtin(n *ast.CallExpr) ast.Expr {
	id, ok := ast.Unparen(n.Fun).(*ast.Ident)
	if !ok {
		return nil
	}
	b, ok := l.info.Uses[id].(*types.Builtin)
	if !ok {
		return nil
	}
	switch b.Name() {
	case "clear":
		return call(host("Clear", n.Pos()), n.Args...)
	case "print", "println":
		line := &ast.BasicLit{Kind: token.STRING, ValuePos: n.Pos(), Value: strconv.Quote(b.Name())}
		return call(host("Print", n.Pos()), append([]ast.Expr{line}, n.Args...)...)
	case "recover":
		return call(host("Recovered", n.Pos()), n)
	case "min", "max":
		return l.minMax(b.Name(), n)
	}
	return nil
}

// minMax writes min(a, b, …) as a function literal over the operands' type; a
// NaN among floats wins, as the language says.
func (l *lowerer) minMax(name string, n *ast.CallExpr) ast.Expr {
	tv := l.info.Types[n]
	if b, ok := tv.Type.(*types.Basic); ok && tv.Value != nil && b.Info()&types.IsUntyped != 0 {
		return literal(tv.Value)
	}
	t, ok := l.typer.expr(types.Default(tv.Type))
	if !ok {
		l.unsupported(n, "%s of a value of type %s cannot be interpreted", name, tv.Type)
		return nil
	}
	if tv.Value != nil {
		return call(t, literal(tv.Value))
	}
	op, pos := token.LSS, n.Pos()
	if name == "max" {
		op = token.GTR
	}
	m, v := l.fresh1("m", pos), l.fresh1("v", pos)
	var less ast.Expr = &ast.BinaryExpr{X: v, OpPos: pos, Op: op, Y: m}
	if b, ok := tv.Type.Underlying().(*types.Basic); ok && b.Info()&types.IsFloat != 0 {
		nan := &ast.BinaryExpr{X: v, OpPos: pos, Op: token.NEQ, Y: v}
		less = &ast.BinaryExpr{X: less, OpPos: pos, Op: token.LOR, Y: nan}
	}
	vs := l.fresh1("vs", pos)
	return &ast.CallExpr{Fun: &ast.FuncLit{
		Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{List: []*ast.Field{
			{Names: []*ast.Ident{m}, Type: t}, {Names: []*ast.Ident{vs}, Type: &ast.Ellipsis{Ellipsis: pos, Elt: t}},
		}}, Results: &ast.FieldList{List: []*ast.Field{{Type: t}}}},
		Body: &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{
			&ast.RangeStmt{For: pos, Key: ast.NewIdent("_"), Value: v, Tok: token.DEFINE, TokPos: pos, X: vs, Body: &ast.BlockStmt{List: []ast.Stmt{
				&ast.IfStmt{If: pos, Cond: less, Body: &ast.BlockStmt{List: []ast.Stmt{
					&ast.AssignStmt{Lhs: []ast.Expr{m}, Tok: token.ASSIGN, TokPos: pos, Rhs: []ast.Expr{v}},
				}}},
			}}},
			&ast.ReturnStmt{Return: pos, Results: []ast.Expr{m}},
		}},
	}, Lparen: pos, Args: n.Args, Rparen: pos}
}

// literal writes a constant as source.
func literal(v constant.Value) ast.Expr {
	switch v.Kind() {
	case constant.String:
		return &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(constant.StringVal(v))}
	case constant.Float:
		f, _ := constant.Float64Val(v)
		return &ast.BasicLit{Kind: token.FLOAT, Value: strconv.FormatFloat(f, 'e', -1, 64)}
	}
	return &ast.BasicLit{Kind: token.INT, Value: v.ExactString()}
}

// goStmt starts a goroutine whose panic is reported instead of ending the
// session; function and arguments are evaluated first, as in Go.
func (l *lowerer) goStmt(n *ast.GoStmt) ast.Stmt {
	pos := n.Pos()
	where := &ast.BasicLit{Kind: token.STRING, ValuePos: pos, Value: strconv.Quote(plain(l.s.fset.Position(pos).String()))}
	start := func(f *ast.FuncLit) ast.Stmt {
		return &ast.ExprStmt{X: call(host("Go", pos), where, bound(f))}
	}
	if lit, ok := n.Call.Fun.(*ast.FuncLit); ok && len(n.Call.Args) == 0 && lit.Type.Results == nil {
		return start(lit)
	}
	block := &ast.BlockStmt{Lbrace: pos, Rbrace: pos}
	inner := &ast.CallExpr{Fun: n.Call.Fun, Lparen: pos, Ellipsis: n.Call.Ellipsis, Rparen: pos}
	save := func(e ast.Expr) ast.Expr {
		if tv := l.info.Types[e]; tv.Value != nil || tv.IsNil() || tv.IsType() {
			return e
		}
		id := l.fresh1("g", pos)
		block.List = append(block.List, &ast.AssignStmt{Lhs: []ast.Expr{id}, Tok: token.DEFINE, TokPos: pos, Rhs: []ast.Expr{e}})
		return ast.NewIdent(id.Name)
	}
	if tv := l.info.Types[n.Call.Fun]; !tv.IsBuiltin() && !tv.IsType() {
		inner.Fun = save(n.Call.Fun)
	}
	for _, a := range n.Call.Args {
		inner.Args = append(inner.Args, save(a))
	}
	block.List = append(block.List, start(&ast.FuncLit{
		Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{&ast.ExprStmt{X: inner}}, Rbrace: pos},
	}))
	return block
}

// bound writes a function literal as an element of a slice literal. Given
// straight to a compiled function, yaegi would let it see the variables of
// the iteration that happens to run when it is called.
func bound(f *ast.FuncLit) ast.Expr {
	pos := f.Pos()
	return &ast.IndexExpr{
		X:      &ast.CompositeLit{Type: &ast.ArrayType{Lbrack: pos, Elt: f.Type}, Lbrace: pos, Elts: []ast.Expr{f}, Rbrace: f.End()},
		Lbrack: f.End(), Index: &ast.BasicLit{Kind: token.INT, Value: "0", ValuePos: pos}, Rbrack: f.End(),
	}
}

// loopLiterals finds the function literals that stand inside loops.
func loopLiterals(root ast.Node) map[*ast.FuncLit]bool {
	found := map[*ast.FuncLit]bool{}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			ast.Inspect(n, func(m ast.Node) bool {
				if lit, ok := m.(*ast.FuncLit); ok {
					found[lit] = true
				}
				return true
			})
		}
		return true
	})
	return found
}

// hideFields keeps unexported fields out of JSON and XML: the interpreter
// makes them exported ones.
func hideFields(t *ast.StructType) {
	for _, f := range t.Fields.List {
		if len(f.Names) == 0 || f.Tag != nil {
			continue
		}
		hidden := true
		for _, id := range f.Names {
			hidden = hidden && !id.IsExported()
		}
		if hidden {
			f.Tag = &ast.BasicLit{Kind: token.STRING, Value: "`json:\"-\" xml:\"-\"`"}
		}
	}
}
