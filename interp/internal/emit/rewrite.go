package emit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// function copies a function.
func (e *emitter) function(d *ast.FuncDecl) *ast.FuncDecl {
	e.gotos = jumps(d.Body)
	f, keys := inBody(e, d, e.waits(d.Body))
	f.Doc = nil
	f.Body.List = slices.Concat(keys, e.readLocals(), f.Body.List)
	return f
}

// called is the declared function that a call calls; nil: it calls a value.
func (e *emitter) called(call *ast.CallExpr) *types.Func { return Callee(e.info, call) }

func call(fun ast.Expr, args ...ast.Expr) *ast.ExprStmt {
	return &ast.ExprStmt{X: &ast.CallExpr{Fun: fun, Args: args}}
}

func block(list ...ast.Stmt) *ast.BlockStmt { return &ast.BlockStmt{List: list} }

// stmts copies a list of statements; a variable that nothing reads is given a
// use behind its declaration.
func (e *emitter) stmts(list []ast.Stmt) []ast.Stmt {
	out := make([]ast.Stmt, 0, len(list))
	for _, s := range list {
		out = append(out, e.stmt(s))
		out = append(out, e.uses(s)...)
		out = append(out, e.through(s)...)
	}
	return out
}

// uses are assignments to the blank identifier of what s declares and nothing
// reads.
func (e *emitter) uses(s ast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	add := func(x ast.Expr) {
		if id, ok := x.(*ast.Ident); ok && e.Unused[id.Pos()] {
			out = append(out, &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, Tok: token.ASSIGN, Rhs: []ast.Expr{ast.NewIdent(id.Name)}})
		}
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			for _, l := range s.Lhs {
				add(l)
			}
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					add(id)
				}
			}
		}
	case *ast.LabeledStmt:
		return e.uses(s.Stmt)
	}
	return out
}

// stmt copies a statement.
func (e *emitter) stmt(s ast.Stmt) ast.Stmt {
	switch s := s.(type) {
	case *ast.ForStmt:
		f := same(e, s)
		f.Body.List = slices.Concat(e.inside(s.Init), e.wayOut(s), f.Body.List)
		return f
	case *ast.IfStmt:
		f := same(e, s)
		f.Body.List = append(e.inside(s.Init), f.Body.List...)
		return f
	case *ast.RangeStmt:
		return e.rangeStmt(s)
	case *ast.SwitchStmt:
		f := same(e, s)
		e.firstClause(f.Body, e.inside(s.Init))
		return f
	case *ast.TypeSwitchStmt:
		return e.typeSwitch(s)
	case *ast.GoStmt:
		return e.goStmt(s)
	case *ast.SendStmt:
		return e.send(s)
	case *ast.SelectStmt:
		return e.selectStmt(s)
	case *ast.LabeledStmt:
		return e.labeled(s)
	case *ast.AssignStmt:
		return e.assign(s)
	case *ast.DeclStmt:
		return e.varDecl(s)
	}
	return same(e, s)
}

// wayOut is a way out of a loop without an end, which nothing takes: the
// compiler leaves out what nobody can see behind a loop, but an interrupt leads
// out of all.
func (e *emitter) wayOut(s *ast.ForStmt) []ast.Stmt {
	if s.Cond != nil && e.info.Types[s.Cond].Value == nil || leaves(s.Body, true) {
		return nil
	}
	at := s.Body.Lbrace
	return []ast.Stmt{&ast.IfStmt{
		If:   at,
		Cond: e.use(NeverName),
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{call(&ast.Ident{Name: "panic", NamePos: at}, &ast.Ident{Name: "nil", NamePos: at})}, Rbrace: at},
	}}
}

// leaves reports statements that lead out of the loop whose body they are in;
// breaks says that those without a label do.
func leaves(s ast.Stmt, breaks bool) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO || n.Tok == token.BREAK && (n.Label != nil || breaks)
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if breaks {
				found = found || leaves(n.(ast.Stmt), false)
				return false
			}
		}
		return !found
	})
	return found
}

// labeled copies a statement with a label, which has to stay a statement that
// can be left by its label.
func (e *emitter) labeled(s *ast.LabeledStmt) ast.Stmt {
	f := same(e, s)
	b, ok := f.Stmt.(*ast.BlockStmt)
	if _, was := s.Stmt.(*ast.SelectStmt); !ok || !was || len(b.List) == 0 {
		return f
	}
	// The select stands last in the block, and is what the label is for.
	if e.gotos[s.Label.Name] {
		panic(&Refusal{s.Pos(), "a goto to a select"})
	}
	f.Stmt = b.List[len(b.List)-1]
	b.List[len(b.List)-1] = f
	return b
}

// jumps are the labels that goto statements in a function name.
func jumps(body *ast.BlockStmt) map[string]bool {
	labels := map[string]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
			labels[b.Label.Name] = true
		}
		return true
	})
	return labels
}

// inside is uses for a statement at the head of another.
func (e *emitter) inside(s ast.Stmt) []ast.Stmt {
	if s == nil {
		return nil
	}
	return e.uses(s)
}

func (e *emitter) firstClause(b *ast.BlockStmt, list []ast.Stmt) {
	if len(list) > 0 && len(b.List) > 0 {
		c := b.List[0].(*ast.CaseClause)
		c.Body = append(list, c.Body...)
	}
}

func (e *emitter) typeSwitch(s *ast.TypeSwitchStmt) ast.Stmt {
	f := same(e, s)
	e.firstClause(f.Body, e.inside(s.Init))
	if a, ok := s.Assign.(*ast.AssignStmt); ok && e.Unused[a.Lhs[0].Pos()] {
		f.Assign = &ast.ExprStmt{X: f.Assign.(*ast.AssignStmt).Rhs[0]}
	}
	return f
}

// rangeStmt copies a range loop; one over a channel becomes a loop that receives.
func (e *emitter) rangeStmt(s *ast.RangeStmt) ast.Stmt {
	unused := &ast.AssignStmt{Tok: s.Tok}
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if x != nil {
			unused.Lhs = append(unused.Lhs, x)
		}
	}
	f := same(e, s)
	f.Body.List = append(e.uses(unused), f.Body.List...)
	switch core(e.info.TypeOf(s.X)).(type) {
	case *types.Chan:
	case *types.Signature:
		f.For = s.X.Pos() // the place of its call
		return f
	default:
		return f
	}
	ch, v, ok := e.temp(), at(e.temp(), s.Body.Lbrace), e.temp()
	head := []ast.Stmt{
		define([]ast.Expr{v, ok}, &ast.CallExpr{Fun: at(e.use(recv2Name), s.Range), Args: []ast.Expr{ch}}),
		&ast.IfStmt{Cond: &ast.UnaryExpr{Op: token.NOT, X: ok}, Body: block(&ast.BranchStmt{Tok: token.BREAK})},
	}
	if f.Key != nil {
		head = append(head, &ast.AssignStmt{Lhs: []ast.Expr{f.Key}, Tok: s.Tok, Rhs: []ast.Expr{v}})
	} else {
		head = append(head, &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, Tok: token.ASSIGN, Rhs: []ast.Expr{v}})
	}
	if id, isID := f.Key.(*ast.Ident); isID && id.Name == "_" {
		head[2].(*ast.AssignStmt).Tok = token.ASSIGN
	}
	return &ast.ForStmt{For: s.For, Init: define([]ast.Expr{ch}, f.X), Body: block(append(head, f.Body.List...)...)}
}

func define(lhs []ast.Expr, rhs ...ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: lhs, Tok: token.DEFINE, Rhs: rhs}
}

// core is the type that all types of a type's set have beneath, nil if there
// is none.
func core(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	p, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	var found types.Type
	iface := p.Constraint().Underlying().(*types.Interface)
	for i := range iface.NumEmbeddeds() {
		u, ok := iface.EmbeddedType(i).(*types.Union)
		if !ok {
			return nil
		}
		for j := range u.Len() {
			found = u.Term(j).Type().Underlying()
		}
	}
	return found
}

// send tries without blocking first; a send that has to wait can be ended.
func (e *emitter) send(s *ast.SendStmt) ast.Stmt {
	ch, v := at(e.temp(), s.Chan.Pos()), ast.Expr(nil)
	setup := define([]ast.Expr{ch}, e.expr(s.Chan))
	if tv := e.info.Types[s.Value]; tv.Value != nil || tv.IsNil() {
		v = e.expr(s.Value)
	} else {
		t := e.temp()
		setup.Lhs, setup.Rhs, v = append(setup.Lhs, t), append(setup.Rhs, e.expr(s.Value)), t
	}
	op := func() *ast.CommClause {
		return &ast.CommClause{Comm: &ast.SendStmt{Chan: ch, Arrow: s.Arrow, Value: v}}
	}
	w, end := e.temp(), e.temp()
	done := op()
	done.Body = e.waited(w)
	slow := append(e.wait("to send to a channel", s.Arrow, w, end), &ast.SelectStmt{Body: block(done, e.ended(w, end))})
	return block(setup, &ast.SelectStmt{Body: block(op(), &ast.CommClause{Body: slow})})
}

// wait is what comes before a goroutine waits at a channel. A panic may end the
// wait, because another has closed the channel: so the function notes it.
func (e *emitter) wait(what string, pos token.Pos, w, end ast.Expr) []ast.Stmt {
	return []ast.Stmt{
		define([]ast.Expr{w, end}, &ast.CallExpr{Fun: at(e.use(WaitName), pos), Args: []ast.Expr{&ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(what)}}}),
		assign(e.waiting(), w),
	}
}

// waiting is the variable that has the wait of the function at work.
func (e *emitter) waiting() *ast.Ident {
	if e.waiter == "" {
		e.waiter = e.temp().Name
	}
	return ast.NewIdent(e.waiter)
}

// waited is what comes after the wait.
func (e *emitter) waited(w ast.Expr) []ast.Stmt {
	return []ast.Stmt{assign(e.waiting(), ast.NewIdent("nil")), call(e.use(WaitedName), w)}
}

// endWaits is what a function with waits begins with: it ends the one that a panic
// has cut short.
func (e *emitter) endWaits() []ast.Stmt {
	pointer := &ast.SelectorExpr{X: e.use(unsafeName), Sel: ast.NewIdent("Pointer")}
	cut := &ast.IfStmt{Cond: &ast.BinaryExpr{X: e.waiting(), Op: token.NEQ, Y: ast.NewIdent("nil")}, Body: block(call(e.use(WaitedName), e.waiting()))}
	return []ast.Stmt{
		&ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{e.waiting()}, Type: pointer}}}},
		&ast.DeferStmt{Call: &ast.CallExpr{Fun: &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: block(cut)}}},
	}
}

func assign(to, from ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: []ast.Expr{to}, Tok: token.ASSIGN, Rhs: []ast.Expr{from}}
}

// ended is the case of a select that is chosen when the wait is to end.
func (e *emitter) ended(w, end ast.Expr) *ast.CommClause {
	return &ast.CommClause{
		Comm: &ast.ExprStmt{X: &ast.UnaryExpr{Op: token.ARROW, X: end}},
		// A loop, so that a select whose cases all return still ends its function.
		Body: []ast.Stmt{assign(e.waiting(), ast.NewIdent("nil")), &ast.ForStmt{Body: block(call(e.use(StoppedName), w))}},
	}
}

// selectStmt gives a select that may block a case that ends it.
func (e *emitter) selectStmt(s *ast.SelectStmt) ast.Stmt {
	f := &ast.SelectStmt{Select: s.Select, Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, Rbrace: s.Body.Rbrace}}
	blocks := true
	for _, c := range s.Body.List {
		if c.(*ast.CommClause).Comm == nil {
			blocks = false
		}
	}
	w, end := e.temp(), e.temp()
	var wait []ast.Stmt
	if blocks {
		wait = e.wait("in a select", s.Select, w, end)
	}
	for _, st := range s.Body.List {
		c := st.(*ast.CommClause)
		cp := &ast.CommClause{Case: c.Case, Colon: c.Colon, Comm: e.comm(c.Comm), Body: e.stmts(c.Body)}
		if c.Comm != nil {
			cp.Body = append(e.uses(c.Comm), cp.Body...)
			if blocks {
				cp.Body = append(e.waited(w), cp.Body...)
			}
		}
		f.Body.List = append(f.Body.List, cp)
	}
	if !blocks {
		return f
	}
	f.Body.List = append(f.Body.List, e.ended(w, end))
	return block(append(wait, f)...)
}

// comm copies the communication of a select's case, whose operation itself
// stays as it is.
func (e *emitter) comm(s ast.Stmt) ast.Stmt {
	arrow := func(x ast.Expr) ast.Expr {
		u := ast.Unparen(x).(*ast.UnaryExpr)
		return &ast.UnaryExpr{OpPos: u.OpPos, Op: u.Op, X: e.expr(u.X)}
	}
	switch s := s.(type) {
	case *ast.SendStmt:
		return &ast.SendStmt{Chan: e.expr(s.Chan), Arrow: s.Arrow, Value: e.expr(s.Value)}
	case *ast.ExprStmt:
		return &ast.ExprStmt{X: arrow(s.X)}
	case *ast.AssignStmt:
		cp := &ast.AssignStmt{TokPos: s.TokPos, Tok: s.Tok, Rhs: []ast.Expr{arrow(s.Rhs[0])}}
		for _, l := range s.Lhs {
			cp.Lhs = append(cp.Lhs, e.expr(l))
		}
		return cp
	}
	return nil
}

// assign copies an assignment; `v, ok := <-c` asks for both.
func (e *emitter) assign(s *ast.AssignStmt) ast.Stmt {
	f := same(e, s)
	if s.Tok == token.DEFINE && slices.ContainsFunc(s.Lhs, e.topLevel) {
		f.Tok = token.ASSIGN
	}
	if len(s.Lhs) == 2 && len(s.Rhs) == 1 {
		if u, ok := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
			f.Rhs[0] = &ast.CallExpr{Fun: at(e.use(recv2Name), u.OpPos), Args: []ast.Expr{e.expr(u.X)}}
		}
	}
	return f
}
