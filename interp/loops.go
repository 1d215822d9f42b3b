package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// rangeStmt lowers range over integers, refuses range over functions, and
// gives captured loop variables one instance per iteration.
func (l *lowerer) rangeStmt(n *ast.RangeStmt, label *ast.Ident) ast.Stmt {
	t := l.info.TypeOf(n.X)
	if t == nil {
		return labelled(label, n)
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		l.unsupported(n, "range over a function is not interpreted yet; call it with a function literal instead")
		return labelled(label, n)
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			return labelled(label, l.rangeInt(n))
		}
	case *types.Pointer: // to an array: yaegi loses the index when the body sets an element
		n.X = wholeSlice(n.X)
	}
	var outer *ast.BlockStmt
	if _, overChan := t.Underlying().(*types.Chan); !overChan {
		outer = l.indexChans(n)
	}
	if n.Tok == token.DEFINE {
		l.copyRangeVars(n)
	}
	if outer != nil {
		outer.List = append(outer.List, labelled(label, n))
		return outer
	}
	return labelled(label, n)
}

// indexChans takes values that are channels by their index, which yaegi would
// receive from; it returns the block that holds what is ranged over, or nil.
func (l *lowerer) indexChans(n *ast.RangeStmt) *ast.BlockStmt {
	if n.Value == nil || isBlank(n.Value) {
		return nil
	}
	if t := l.info.TypeOf(n.Value); t == nil {
		return nil
	} else if _, isChan := t.Underlying().(*types.Chan); !isChan {
		return nil
	}
	pos := n.For
	over := l.fresh1("s", pos)
	outer := &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{define(pos, over, n.X)}, Rbrace: n.End()}
	if isBlank(n.Key) {
		n.Key = l.fresh1("k", pos)
		if n.Tok == token.ASSIGN {
			outer.List = append(outer.List, define(pos, n.Key.(*ast.Ident), &ast.BasicLit{Kind: token.INT, Value: "0", ValuePos: pos}))
		}
	}
	set := &ast.AssignStmt{Lhs: []ast.Expr{n.Value}, Tok: n.Tok, TokPos: n.TokPos,
		Rhs: []ast.Expr{&ast.IndexExpr{X: ast.NewIdent(over.Name), Lbrack: pos, Index: n.Key, Rbrack: pos}}}
	n.X, n.Value = ast.NewIdent(over.Name), nil
	n.Body.List = append([]ast.Stmt{set}, n.Body.List...)
	return outer
}

func wholeSlice(e ast.Expr) ast.Expr {
	return &ast.SliceExpr{X: &ast.ParenExpr{Lparen: e.Pos(), X: e, Rparen: e.End()}, Lbrack: e.End(), Rbrack: e.End()}
}

func labelled(label *ast.Ident, st ast.Stmt) ast.Stmt {
	if label == nil {
		return st
	}
	return &ast.LabeledStmt{Label: label, Colon: label.End(), Stmt: st}
}

// rangeInt writes `for i := range n` as a three-clause loop.
func (l *lowerer) rangeInt(n *ast.RangeStmt) ast.Stmt {
	pos := n.For
	key, _ := n.Key.(*ast.Ident)
	t := types.Default(l.info.TypeOf(n.X))
	if n.Key != nil && (key == nil || key.Name != "_") {
		t = types.Default(l.info.TypeOf(n.Key))
	}
	te, ok := l.typer.expr(t)
	if !ok {
		l.unsupported(n, "range over a value of type %s cannot be interpreted", t)
		return n
	}
	counter, limit := l.fresh1("i", pos), l.fresh1("n", pos)
	body := n.Body
	if n.Tok == token.DEFINE && key != nil && key.Name != "_" && !l.captured(key, n.Body) && !assigned(key, n.Body) {
		counter = &ast.Ident{Name: key.Name, NamePos: key.NamePos}
	} else if n.Key != nil && (key == nil || key.Name != "_") {
		set := &ast.AssignStmt{Lhs: []ast.Expr{n.Key}, Tok: n.Tok, TokPos: n.TokPos, Rhs: []ast.Expr{ast.NewIdent(counter.Name)}}
		body = &ast.BlockStmt{Lbrace: body.Lbrace, List: append([]ast.Stmt{set}, body.List...), Rbrace: body.Rbrace}
	}
	use := func(id *ast.Ident) *ast.Ident { return &ast.Ident{Name: id.Name, NamePos: pos} }
	return &ast.ForStmt{
		For: pos,
		Init: &ast.AssignStmt{
			Lhs: []ast.Expr{counter, limit}, Tok: token.DEFINE, TokPos: pos,
			Rhs: []ast.Expr{call(te, &ast.BasicLit{Kind: token.INT, Value: "0", ValuePos: pos}), call(te, n.X)},
		},
		Cond: &ast.BinaryExpr{X: use(counter), OpPos: pos, Op: token.LSS, Y: use(limit)},
		Post: &ast.IncDecStmt{X: use(counter), TokPos: pos, Tok: token.INC},
		Body: body,
	}
}

// copyRangeVars copies captured variables at the head of the body.
func (l *lowerer) copyRangeVars(n *ast.RangeStmt) {
	var lhs, rhs []ast.Expr
	for _, v := range []*ast.Expr{&n.Key, &n.Value} {
		id, ok := (*v).(*ast.Ident)
		if !ok || id.Name == "_" || !l.captured(id, n.Body) {
			continue
		}
		loop := l.fresh1(id.Name, id.Pos())
		*v = loop
		lhs, rhs = append(lhs, id), append(rhs, ast.NewIdent(loop.Name))
	}
	if lhs != nil {
		set := &ast.AssignStmt{Lhs: lhs, Tok: token.DEFINE, TokPos: n.For, Rhs: rhs}
		n.Body.List = append([]ast.Stmt{set}, n.Body.List...)
	}
}

// forStmt gives the variables of a three-clause loop one instance per
// iteration where a closure or an address could tell:
//
//	{ i₀ := init; p := &i₀
//	  for first := true; ; first = false {
//	    i := *p; p = &i
//	    if !first { post }
//	    if !(cond) { break }
//	    body } }
func (l *lowerer) forStmt(n *ast.ForStmt, label *ast.Ident) ast.Stmt {
	init, ok := n.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE {
		return labelled(label, n)
	}
	shared := false
	for _, e := range init.Lhs {
		id := e.(*ast.Ident)
		shared = shared || l.captured(id, n.Body) || n.Cond != nil && l.captured(id, n.Cond) || n.Post != nil && l.captured(id, n.Post)
	}
	if !shared {
		return labelled(label, n)
	}
	pos := n.For
	first := l.fresh1("first", pos)
	outer := &ast.BlockStmt{Lbrace: pos, Rbrace: n.End()}
	start := &ast.AssignStmt{Tok: token.DEFINE, TokPos: pos, Rhs: init.Rhs}
	outer.List = append(outer.List, start)
	body := &ast.BlockStmt{Lbrace: n.Body.Lbrace, Rbrace: n.Body.Rbrace}
	for _, e := range init.Lhs {
		id := e.(*ast.Ident)
		if id.Name == "_" {
			start.Lhs = append(start.Lhs, id)
			continue
		}
		v, p := l.fresh1(id.Name, pos), l.fresh1("p", pos)
		start.Lhs = append(start.Lhs, v)
		outer.List = append(outer.List, define(pos, p, &ast.UnaryExpr{OpPos: pos, Op: token.AND, X: ast.NewIdent(v.Name)}))
		body.List = append(body.List,
			define(pos, &ast.Ident{Name: id.Name, NamePos: pos}, &ast.StarExpr{Star: pos, X: ast.NewIdent(p.Name)}),
			&ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent(p.Name)}, Tok: token.ASSIGN, TokPos: pos,
				Rhs: []ast.Expr{&ast.UnaryExpr{OpPos: pos, Op: token.AND, X: ast.NewIdent(id.Name)}}})
	}
	if n.Post != nil {
		body.List = append(body.List, ifThen(pos, not(pos, ast.NewIdent(first.Name)), n.Post))
	}
	if n.Cond != nil {
		body.List = append(body.List, ifThen(pos, not(pos, &ast.ParenExpr{X: n.Cond}), &ast.BranchStmt{TokPos: pos, Tok: token.BREAK}))
	}
	body.List = append(body.List, n.Body.List...)
	loop := &ast.ForStmt{
		For: pos, Init: define(pos, first, ast.NewIdent("true")), Body: body,
		Post: &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent(first.Name)}, Tok: token.ASSIGN, TokPos: pos, Rhs: []ast.Expr{ast.NewIdent("false")}},
	}
	outer.List = append(outer.List, labelled(label, loop))
	return outer
}

func define(pos token.Pos, id *ast.Ident, e ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: []ast.Expr{id}, Tok: token.DEFINE, TokPos: pos, Rhs: []ast.Expr{e}}
}

func not(pos token.Pos, e ast.Expr) ast.Expr {
	return &ast.UnaryExpr{OpPos: pos, Op: token.NOT, X: e}
}

func ifThen(pos token.Pos, cond ast.Expr, st ast.Stmt) ast.Stmt {
	return &ast.IfStmt{If: pos, Cond: cond, Body: &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{st}, Rbrace: pos}}
}

// captured reports whether a function literal in n uses the variable, or its
// address is taken.
func (l *lowerer) captured(id *ast.Ident, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			found = found || uses(id, m)
		case *ast.UnaryExpr:
			found = found || m.Op == token.AND && uses(id, m.X)
		case *ast.CallExpr: // a method with a pointer receiver takes the address
			if sel, ok := m.Fun.(*ast.SelectorExpr); ok && uses(id, sel.X) {
				found = found || l.info.Selections[sel] != nil
			}
		}
		return !found
	})
	return found
}

// uses reports whether n mentions the variable that id declares.
func uses(id *ast.Ident, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if o, ok := m.(*ast.Ident); ok && o.Obj != nil && o.Obj == id.Obj {
			found = true
		}
		return !found
	})
	return found
}

// assigned reports whether the variable is set in n.
func assigned(id *ast.Ident, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.AssignStmt:
			for _, e := range m.Lhs {
				found = found || uses(id, e)
			}
		case *ast.IncDecStmt:
			found = found || uses(id, m.X)
		case *ast.RangeStmt:
			found = found || m.Key != nil && uses(id, m.Key) || m.Value != nil && uses(id, m.Value)
		}
		return !found
	})
	return found
}
