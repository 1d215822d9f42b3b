package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

// Statements of a cell are worth compiling where they stay for long: in loops,
// and in function literals with loops. The cell waits for their native form,
// so a loop that is short as it is written, and one that only calls compiled
// functions, are interpreted in tier auto.
const (
	// shortLoop is how many turns a loop has at most that is not worth it.
	shortLoop = 10_000
	// fewCalls is how many calls of compiled functions a loop has at most that
	// has nothing else.
	fewCalls = 2
	// statementsWait is how long a cell in tier auto waits for their native form.
	statementsWait = 5 * time.Second
)

// A stretch is a list of consecutive statements that are compiled as one
// function.
type stretch struct {
	from, to int // in the cell's statements
	sym      string
	decl     *ast.FuncDecl
}

// nativeStatements are the statements of a cell with some that are to be
// compiled.
type nativeStatements struct {
	*nativeUnit
	list      []ast.Stmt
	last      ast.Expr
	stretches []*stretch
	values    []reflect.Value // of the last expression, where it is compiled
	ready     *program        // that runs them, once they are compiled
}

// statements collects what compiling a checked cell's statements takes, before
// the cell's names are the session's; nil: there is nothing to be gained.
func (n *native) statements(c *checked, unit *engine.Unit, list []ast.Stmt, last ast.Expr) *nativeStatements {
	n.touch(c)
	if n.tier == Interp || n.s.cfg.Exit != nil || c.isPkg || jumps(c.body) {
		return nil
	}
	w := &nativeStatements{list: list, last: last}
	if last != nil && n.heavy(c, last) {
		w.list = append(list[:len(list):len(list)], &ast.ExprStmt{X: last})
	}
	w.cut(n, c)
	if len(w.stretches) == 0 || n.start() != nil {
		return nil
	}
	u := n.newUnit(c)
	w.nativeUnit = u
	for _, d := range c.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && emit.IsGeneric(f) {
			u.in.Funcs[emit.Symbol(f)] = emit.Func{Decl: f, Info: c.info, Key: c.text, Directives: n.s.directives(c.pieces[f])}
		}
	}
	var hot []ast.Stmt
	for _, s := range w.stretches {
		hot = append(hot, w.list[s.from:s.to]...)
	}
	n.declarations(c, u, hot...)
	if len(w.list) > len(list) {
		w.last = nil
		if !w.keepLast(n, c) {
			return nil
		}
	}
	for _, s := range w.stretches {
		u.in.Funcs[s.sym] = emit.Func{Decl: s.decl, Info: c.info, Key: c.text, Statements: true, Shared: n.shared}
		u.in.Decls = append(u.in.Decls, s.decl)
		from, to := n.s.fset.Position(s.decl.Pos()).Line, n.s.fset.Position(w.list[s.to-1].End()).Line
		u.what = append(u.what, fmt.Sprintf("the statements in lines %d to %d", from, to))
	}
	if w.ready = w.program(n, unit); w.ready == nil {
		return nil
	}
	u.emit()
	return w
}

// cut finds the stretches: from one statement that is worth it to another, over
// all that lie between and can be compiled.
func (w *nativeStatements) cut(n *native, c *checked) {
	var now *stretch
	for i, st := range w.list {
		switch {
		case !n.fits(c, st):
			now = nil
		case !n.heavy(c, st):
		case now == nil:
			now = &stretch{from: i, to: i + 1}
			w.stretches = append(w.stretches, now)
		default:
			now.to = i + 1
		}
	}
	for i, s := range w.stretches {
		name := engine.StatementsPrefix + strconv.Itoa(i+1)
		s.sym, s.decl = "main."+name, funcOf(name, w.list[s.from:s.to])
	}
}

// keepLast makes the last statement, which is the last expression, an
// assignment to memory where its values are found; false: it cannot be one.
func (w *nativeStatements) keepLast(n *native, c *checked) bool {
	s := w.stretches[len(w.stretches)-1]
	x := w.list[len(w.list)-1].(*ast.ExprStmt).X
	if s.to != len(w.list) {
		return false
	}
	var list []types.Type
	switch t := c.info.TypeOf(x).(type) {
	case *types.Tuple:
		for v := range t.Variables() {
			list = append(list, v.Type())
		}
	default:
		list = append(list, types.Default(t))
	}
	if len(list) == 0 {
		return true
	}
	a := &ast.AssignStmt{TokPos: x.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{x}}
	for i, t := range list {
		typer := &typeWriter{pkg: c.pkg, imports: w.in.Paths}
		text, ok := typer.expr(t)
		if !ok {
			return false
		}
		id := &ast.Ident{NamePos: x.Pos(), Name: engine.StatementsPrefix + "value" + strconv.Itoa(i+1)}
		v := reflect.New(n.s.machine.Type(t))
		w.values = append(w.values, v.Elem())
		w.vars["main."+id.Name] = v.UnsafePointer()
		w.in.Decls = append(w.in.Decls, &ast.GenDecl{
			Tok: token.VAR, TokPos: x.Pos(), Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}, Type: text}},
		})
		a.Lhs = append(a.Lhs, id)
	}
	body := append([]ast.Stmt{}, s.decl.Body.List...)
	body[len(body)-1] = a
	s.decl.Body.List = body
	return true
}

// program compiles the statements with marks in place of the stretches, while
// the cell's names are still its own; nil: it cannot be.
func (w *nativeStatements) program(n *native, unit *engine.Unit) *program {
	forms := map[*ast.EmptyStmt]*engine.Statements{}
	p := &program{values: w.values}
	var list []ast.Stmt
	next := 0
	for _, s := range w.stretches {
		mark := &ast.EmptyStmt{Semicolon: s.decl.Pos()}
		forms[mark] = &engine.Statements{Decl: s.decl}
		p.native = append(p.native, forms[mark])
		list = append(append(list, w.list[next:s.from]...), mark)
		next = s.to
	}
	var err error
	if p.Program, err = n.s.machine.CompileNative(unit, append(list, w.list[next:]...), w.last, forms); err != nil {
		return nil
	}
	return p
}

// compiled waits for the native form of statements and gives the program that
// runs it; nil: there is none.
func (n *native) compiled(w *nativeStatements) *program {
	wait := n.atMost(w.nativeUnit)
	n.enqueue(w.nativeUnit)
	select {
	case <-w.done:
	case <-wait:
	case <-n.s.ctx.Done():
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, s := range w.stretches {
		if w.ready.native[i].Func = w.forms[s.sym].Func; w.ready.native[i].Func == nil {
			n.s.machine.Forget(w.ready.native...)
			return nil
		}
	}
	return w.ready
}

// atMost ends when a cell has waited for units long enough, and never where
// cells run in tier native.
func (n *native) atMost(units ...*nativeUnit) <-chan time.Time {
	for _, u := range units {
		if !u.auto {
			return nil
		}
		if pending(n.packages.of(u.imports())) {
			return time.After(packageWait)
		}
	}
	return time.After(statementsWait)
}

// A program is a cell's statements, ready to run.
type program struct {
	*engine.Program
	native []*engine.Statements
	values []reflect.Value // of a last expression that is compiled
}

// Run runs the statements and returns the values of the last expression.
func (p *program) Run(r *engine.Run) ([]reflect.Value, *engine.Panic) {
	vals, pan := p.Program.Run(r)
	for _, v := range p.values {
		if pan == nil {
			keep := reflect.New(v.Type()).Elem()
			keep.Set(v)
			vals = append(vals, keep)
		}
		v.SetZero() // native code keeps the memory for good
	}
	return vals, pan
}

// jumps reports a goto outside of function literals.
func jumps(n ast.Node) bool {
	return outside(n, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		return ok && b.Tok == token.GOTO
	})
}

// outside looks for a node outside of function literals.
func outside(n ast.Node, is func(ast.Node) bool) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok || n == nil {
			return false
		}
		found = found || is(n)
		return !found
	})
	return found
}

// fits reports statements that can be those of a function: they leave no calls
// for the end of the cell, do not end it and recover nothing.
func (n *native) fits(c *checked, st ast.Stmt) bool {
	return n.uncompilable(c.info, funcOf("_", []ast.Stmt{st})) == "" && !outside(st, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.ReturnStmt, *ast.DeferStmt:
			return true
		case *ast.CallExpr:
			id, ok := ast.Unparen(x.Fun).(*ast.Ident)
			return ok && id.Name == "recover" && c.info.Types[x.Fun].IsBuiltin()
		}
		return false
	})
}

// heavy reports whether code may take long by itself.
func (n *native) heavy(c *checked, node ast.Node) (found bool) {
	in := 0 // function literals that may be called any number of times
	var path []ast.Node
	ast.Inspect(node, func(x ast.Node) bool {
		if x == nil {
			if lasting(path) {
				in--
			}
			path = path[:len(path)-1]
			return false
		}
		path = append(path, x)
		if lasting(path) {
			in++
		}
		switch x := x.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			found = found || in > 0 || n.tier == Native || !c.light(x)
		case *ast.Ident:
			found = found || n.repeats(c, x)
		}
		return true
	})
	return found
}

// lasting reports a function literal at the end of a path that is not just called
// where it stands, as in go and defer statements.
func lasting(path []ast.Node) bool {
	lit, ok := path[len(path)-1].(*ast.FuncLit)
	if !ok || len(path) < 2 {
		return ok
	}
	call, ok := path[len(path)-2].(*ast.CallExpr)
	return !ok || call.Fun != lit
}

// repeats reports an instance of a generic function that has loops and calls what
// it is given, as slices.SortFunc does: where that is compiled together, it is
// faster. Other instances of functions of cells are compiled on their own; a
// program has them in the one unit that it is.
func (n *native) repeats(c *checked, id *ast.Ident) bool {
	if _, ok := c.info.Instances[id]; !ok {
		return false
	}
	f, ok := c.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || !n.program() && !takesFunc(f) {
		return false
	}
	if f.Pkg().Path() == sessionPath {
		g, ok := n.generic["main."+f.Name()]
		return ok && loops(g.Decl.Body)
	}
	return n.packages.repeats(f) || takesFunc(f) && slices.Contains([]string{"slices", "maps"}, f.Pkg().Path())
}

// takesFunc reports functions with a function among their parameters.
func takesFunc(f *types.Func) bool {
	for p := range f.Signature().Params().Variables() {
		if _, ok := p.Type().Underlying().(*types.Signature); ok {
			return true
		}
	}
	return false
}

// loops reports a body with a loop outside of function literals.
func loops(body ast.Node) bool {
	return outside(body, func(x ast.Node) bool {
		switch x.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
		return false
	})
}

// light reports a loop that is short as it is written, or only calls compiled
// functions.
func (c *checked) light(loop ast.Node) bool {
	if turns, ok := c.turns(loop); ok && turns <= shortLoop {
		return true
	}
	var body *ast.BlockStmt
	switch l := loop.(type) {
	case *ast.ForStmt:
		body = l.Body
	case *ast.RangeStmt:
		body = l.Body
	}
	for _, st := range body.List {
		e, ok := st.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := ast.Unparen(e.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		if f := emit.Callee(c.info, call); !c.info.Types[call.Fun].IsBuiltin() && (f == nil || f.Pkg() != nil && f.Pkg().Path() == sessionPath) {
			return false
		}
	}
	return len(body.List) <= fewCalls
}

// turns is how many turns a loop has in all, with those of the loops in it,
// where its text says it.
func (c *checked) turns(loop ast.Node) (total int64, ok bool) {
	total = 1
	var body *ast.BlockStmt
	switch l := loop.(type) {
	case *ast.RangeStmt:
		body = l.Body
		total, ok = c.length(l.X)
	case *ast.ForStmt:
		body = l.Body
		total, ok = c.counted(l)
	}
	inner := int64(0)
	outside(body, func(x ast.Node) bool {
		switch x.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			n, known := c.turns(x)
			inner += n
			ok = ok && known
		}
		return !ok
	})
	return min(total, 1<<30) * max(1, min(inner, 1<<30)), ok
}

// length is how many turns a range over x has.
func (c *checked) length(x ast.Expr) (int64, bool) {
	tv := c.info.Types[x]
	if tv.Value != nil {
		if tv.Value.Kind() == constant.String {
			return int64(len(constant.StringVal(tv.Value))), true
		}
		return constant.Int64Val(constant.ToInt(tv.Value))
	}
	if lit, ok := ast.Unparen(x).(*ast.CompositeLit); ok {
		return int64(len(lit.Elts)), true
	}
	t := tv.Type.Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	if a, ok := t.(*types.Array); ok {
		return a.Len(), true
	}
	return 0, false
}

// counted is how many turns `for i := a; i < b; i++` has.
func (c *checked) counted(l *ast.ForStmt) (int64, bool) {
	from, ok1 := l.Init.(*ast.AssignStmt)
	cond, ok2 := l.Cond.(*ast.BinaryExpr)
	step, ok3 := l.Post.(*ast.IncDecStmt)
	if !ok1 || !ok2 || !ok3 || len(from.Rhs) != 1 || step.Tok != token.INC || cond.Op != token.LSS && cond.Op != token.LEQ {
		return 0, false
	}
	a, b := c.info.Types[from.Rhs[0]].Value, c.info.Types[cond.Y].Value
	if a == nil || b == nil {
		return 0, false
	}
	lo, ok1 := constant.Int64Val(constant.ToInt(a))
	hi, ok2 := constant.Int64Val(constant.ToInt(b))
	return max(hi-lo, 0) + 1, ok1 && ok2
}

// touch notes the variables of the session that more than the statements of
// cells may touch: functions, function literals, and what has their address.
func (n *native) touch(c *checked) {
	global := func(x ast.Expr) {
		if id, ok := ast.Unparen(x).(*ast.Ident); ok {
			if v, ok := c.info.ObjectOf(id).(*types.Var); ok && v.Parent() == c.pkg.Scope() {
				n.touched[plain(v.Name())] = true
			}
		}
	}
	all := func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok {
			global(id)
		}
		return true
	}
	for _, d := range c.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name != "_" {
			ast.Inspect(f, all)
			continue
		}
		ast.Inspect(d, func(x ast.Node) bool {
			switch x := x.(type) {
			case *ast.FuncLit:
				ast.Inspect(x, all)
			case *ast.UnaryExpr:
				if x.Op == token.AND {
					global(x.X)
				}
			case *ast.SelectorExpr:
				if s := c.info.Selections[x]; s != nil && s.Kind() == types.MethodVal {
					global(x.X)
				}
			}
			return true
		})
	}
}

// shared reports variables that touch has found, under any version.
func (n *native) shared(v *types.Var) bool { return n.touched[plain(v.Name())] }
