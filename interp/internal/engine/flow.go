package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A flow says of a function, with the literals in it, where its variables are
// mentioned and where it may spend time. Both are positions in its source, in
// their order.
type flow struct {
	mentions map[*types.Var][]token.Pos
	long     []token.Pos // of calls, loops and communications
	jumps    bool        // it has goto statements
}

// flowOf reads a function.
func flowOf(info *types.Info, nodes ...ast.Node) *flow {
	fl := &flow{mentions: map[*types.Var][]token.Pos{}}
	for _, n := range nodes {
		if !missing(n) {
			ast.Inspect(n, func(n ast.Node) bool { fl.see(info, n); return true })
		}
	}
	slices.Sort(fl.long)
	for _, list := range fl.mentions {
		slices.Sort(list)
	}
	return fl
}

func (fl *flow) see(info *types.Info, n ast.Node) {
	switch n := n.(type) {
	case *ast.Ident:
		if v, ok := info.Uses[n].(*types.Var); ok && !v.IsField() {
			fl.mentions[v] = append(fl.mentions[v], n.Pos())
		}
	case *ast.CallExpr:
		if tv := info.Types[n.Fun]; !tv.IsType() && !tv.IsBuiltin() {
			fl.long = append(fl.long, n.Pos())
		}
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			fl.long = append(fl.long, n.Pos())
		}
	case *ast.ForStmt, *ast.RangeStmt, *ast.SelectStmt, *ast.SendStmt:
		fl.long = append(fl.long, n.Pos())
	case *ast.BranchStmt:
		fl.jumps = fl.jumps || n.Tok == token.GOTO
	}
}

// isLong reports whether what stands in [from, to) may spend time.
func (fl *flow) isLong(from, to token.Pos) bool { return within(fl.long, from, to) > 0 }

// within counts the positions in [from, to).
func within(list []token.Pos, from, to token.Pos) int {
	i, _ := slices.BinarySearch(list, from)
	j, _ := slices.BinarySearch(list, to)
	return max(j-i, 0)
}

// definedBy lists the variables that a statement, or the head of a range
// loop, defines.
func definedBy(info *types.Info, s ast.Stmt) (vars []*types.Var) {
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok {
			if v, ok := info.Defs[id].(*types.Var); ok {
				vars = append(vars, v)
			}
		}
	}
	switch s := s.(type) {
	case *ast.LabeledStmt:
		return definedBy(info, s.Stmt)
	case *ast.AssignStmt:
		for _, e := range s.Lhs {
			add(e)
		}
	case *ast.RangeStmt:
		add(s.Key)
		add(s.Value)
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if vs, ok := spec.(*ast.ValueSpec); ok {
				for _, id := range vs.Names {
					add(id)
				}
			}
		}
	}
	return vars
}

// isLoop reports whether a statement is a loop.
func isLoop(s ast.Stmt) bool {
	for {
		switch t := s.(type) {
		case *ast.LabeledStmt:
			s = t.Stmt
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		default:
			return false
		}
	}
}

// leaves reports whether nothing is run after a statement.
func leaves(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok != token.FALLTHROUGH
	}
	return false
}
