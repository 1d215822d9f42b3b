package gen

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (k *counter) stmt(n ast.Stmt, stack []ast.Node) {
	switch n := n.(type) {
	case *ast.ForStmt:
		k.when(n.Post != nil, "for-three")
		k.when(n.Post == nil && n.Cond != nil, "for-while")
		k.when(n.Cond == nil, "for-ever")
	case *ast.RangeStmt:
		k.rangeStmt(n)
	case *ast.SwitchStmt:
		k.add("switch")
		k.when(n.Tag == nil, "switch-tagless")
	case *ast.TypeSwitchStmt:
		k.add("type-switch")
	case *ast.SelectStmt:
		k.add("select")
		for _, c := range n.Body.List {
			k.when(c.(*ast.CommClause).Comm == nil, "select-default")
		}
	case *ast.BranchStmt:
		name := n.Tok.String()
		if n.Label != nil && n.Tok != token.GOTO {
			name += "-label"
		}
		k.add(name)
	case *ast.DeferStmt:
		k.add("defer")
		_, lit := n.Call.Fun.(*ast.FuncLit)
		k.when(lit, "defer-closure")
	case *ast.GoStmt:
		k.add("go")
	case *ast.SendStmt:
		k.add("send")
	case *ast.IncDecStmt:
		k.add("inc-dec")
	case *ast.AssignStmt:
		k.assign(n)
	case *ast.ReturnStmt:
		for _, s := range stack {
			if r, ok := s.(*ast.RangeStmt); ok && isFunc(k.under(r.X)) {
				k.add("range-func-return")
			}
		}
	}
}

func isFunc(t types.Type) bool { _, ok := t.(*types.Signature); return ok }

func (k *counter) rangeStmt(n *ast.RangeStmt) {
	k.when(n.Tok == token.ASSIGN, "range-assign")
	switch t := k.under(n.X).(type) {
	case *types.Basic:
		if t.Info()&types.IsString != 0 {
			k.add("range-string")
		} else {
			k.add("range-int")
		}
	case *types.Slice:
		k.add("range-slice")
	case *types.Array:
		k.add("range-array")
	case *types.Pointer:
		k.add("range-array-pointer")
	case *types.Map:
		k.add("range-map")
	case *types.Chan:
		k.add("range-chan")
	case *types.Signature:
		k.add("range-func")
	}
}

func (k *counter) assign(n *ast.AssignStmt) {
	switch n.Tok {
	case token.ASSIGN, token.DEFINE:
	case token.SHL_ASSIGN, token.SHR_ASSIGN:
		k.add("shift-assign")
	default:
		k.add("op-assign")
	}
	k.when(len(n.Lhs) > 1 && len(n.Rhs) > 1, "tuple-assign")
	for _, l := range n.Lhs {
		id, ok := l.(*ast.Ident)
		k.when(ok && id.Name == "_", "blank-assign")
		if ok && n.Tok == token.DEFINE {
			if d := k.info.Defs[id]; d != nil && d.Parent() != nil && d.Parent().Parent() != nil {
				_, outer := d.Parent().Parent().LookupParent(id.Name, d.Pos())
				k.when(outer != nil, "shadow")
			}
		}
	}
	if len(n.Lhs) != 2 || len(n.Rhs) != 1 {
		return
	}
	switch r := n.Rhs[0].(type) {
	case *ast.TypeAssertExpr:
		k.add("type-assert-ok")
	case *ast.IndexExpr:
		k.add("map-ok")
	case *ast.UnaryExpr:
		k.when(r.Op == token.ARROW, "receive-ok")
	}
}

func (k *counter) expr(n ast.Expr, stack []ast.Node) {
	switch n := n.(type) {
	case *ast.Ident:
		k.ident(n)
	case *ast.BasicLit:
	case *ast.FuncLit:
		k.add("closure")
		if a, ok := stack[len(stack)-1].(*ast.AssignStmt); ok {
			k.when(a.Tok == token.ASSIGN, "recursion-closure")
		}
	case *ast.TypeAssertExpr:
		k.when(n.Type != nil, "type-assert")
	case *ast.SliceExpr:
		k.add("slice-expr")
		k.when(n.Slice3, "slice-3")
		_, str := k.under(n.X).(*types.Basic)
		k.when(str, "string-slice")
	case *ast.IndexExpr:
		k.index(n)
	case *ast.CompositeLit:
		k.composite(n)
	case *ast.BinaryExpr:
		k.binary(n)
	case *ast.UnaryExpr:
		k.when(n.Op == token.ARROW, "receive")
	case *ast.SelectorExpr:
		if s := k.info.Selections[n]; s != nil {
			k.when(s.Kind() == types.MethodExpr, "method-expression")
			call, called := stack[len(stack)-1].(*ast.CallExpr)
			k.when(s.Kind() == types.MethodVal && (!called || call.Fun != n), "method-value")
		}
	case *ast.CallExpr:
		k.call(n)
	case *ast.ArrayType:
		_, dots := n.Len.(*ast.Ellipsis)
		k.when(dots, "array-ellipsis")
		k.when(n.Len != nil, "array")
		k.when(n.Len == nil, "slice")
	case *ast.StructType:
		k.structType(n)
	case *ast.InterfaceType:
		k.interfaceType(n)
	case *ast.MapType:
		k.add("map")
	case *ast.StarExpr:
		k.when(k.info.Types[n].IsType(), "pointer")
	case *ast.ChanType:
		k.add("chan")
	case *ast.FuncType:
		k.add("func")
		for _, p := range n.Params.List {
			_, dots := p.Type.(*ast.Ellipsis)
			k.when(dots, "variadic-func")
		}
	}
}

func (k *counter) ident(n *ast.Ident) {
	switch o := k.info.Uses[n].(type) {
	case *types.TypeName:
		_, basic := o.Type().(*types.Basic)
		k.when(basic, n.Name)
	case *types.Const:
		k.when(n.Name == "iota", "iota")
	case *types.Builtin:
		k.add(n.Name)
	}
}

func (k *counter) structType(n *ast.StructType) {
	k.add("struct")
	for _, f := range n.Fields.List {
		k.when(f.Tag != nil, "tag")
		k.when(len(f.Names) == 1 && f.Names[0].Name == "_", "blank-field")
		if len(f.Names) == 0 {
			_, iface := k.under(f.Type).(*types.Interface)
			k.when(iface, "embedded-interface")
			k.when(!iface, "embedded-struct")
		}
	}
}

func (k *counter) interfaceType(n *ast.InterfaceType) {
	k.add("interface")
	for _, m := range n.Methods.List {
		b, ok := m.Type.(*ast.BinaryExpr)
		k.when(ok && b.Op == token.OR, "constraint-union")
	}
}

func (k *counter) index(n *ast.IndexExpr) {
	if k.info.Types[n.Index].IsType() {
		k.add("explicit-instance")
		return
	}
	switch k.under(n.X).(type) {
	case *types.Array:
		k.add("index-array")
	case *types.Slice:
		k.add("index-slice")
	case *types.Map:
		k.add("index-map")
	case *types.Basic:
		k.add("index-string")
	}
}

func (k *counter) composite(n *ast.CompositeLit) {
	k.when(n.Type == nil, "composite-elided")
	for _, e := range n.Elts {
		if _, ok := e.(*ast.KeyValueExpr); !ok {
			continue
		}
		_, isStruct := k.under(n).(*types.Struct)
		_, isMap := k.under(n).(*types.Map)
		k.when(isStruct, "composite-keyed")
		k.when(!isStruct && !isMap, "composite-indexed")
	}
}

func (k *counter) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.SHL, token.SHR:
		k.add("shift")
	case token.AND_NOT:
		k.add("and-not")
	case token.QUO:
		k.add("divide")
	case token.REM:
		k.add("remainder")
	case token.LAND, token.LOR:
		k.add("logical")
	case token.EQL, token.NEQ:
		switch k.under(n.X).(type) {
		case *types.Struct:
			k.add("compare-struct")
		case *types.Array:
			k.add("compare-array")
		case *types.Interface:
			k.add("compare-iface")
		}
	}
}

func (k *counter) call(n *ast.CallExpr) {
	k.when(n.Ellipsis.IsValid(), "variadic-call")
	fun := k.info.Types[n.Fun]
	if fun.IsBuiltin() {
		id, ok := n.Fun.(*ast.Ident)
		k.when(ok && id.Name == "append" && n.Ellipsis.IsValid(), "append-spread")
		return
	}
	if fun.IsType() && len(n.Args) == 1 {
		k.conversion(k.under(n.Fun), k.under(n.Args[0]))
		return
	}
	if id, ok := n.Fun.(*ast.Ident); ok {
		_, generic := k.info.Instances[id]
		k.when(generic, "inferred")
	}
}

func (k *counter) conversion(to, from types.Type) {
	elem := func(t types.Type) types.BasicKind {
		if s, ok := t.(*types.Slice); ok {
			if b, ok := s.Elem().Underlying().(*types.Basic); ok {
				return b.Kind()
			}
		}
		return types.Invalid
	}
	info := func(t types.Type) types.BasicInfo {
		if b, ok := t.(*types.Basic); ok {
			return b.Info()
		}
		return 0
	}
	k.when(info(to)&types.IsNumeric != 0 && info(from)&types.IsNumeric != 0, "conv-number")
	toString, fromString := info(to)&types.IsString != 0, info(from)&types.IsString != 0
	k.when(fromString && elem(to) == types.Uint8, "conv-string-bytes")
	k.when(fromString && elem(to) == types.Int32, "conv-string-runes")
	k.when(toString && elem(from) == types.Uint8, "conv-bytes-string")
	k.when(toString && elem(from) == types.Int32, "conv-runes-string")
	k.when(toString && info(from)&types.IsInteger != 0, "conv-rune-string")
	if _, ok := from.(*types.Slice); ok {
		_, array := to.(*types.Array)
		_, pointer := to.(*types.Pointer)
		k.when(array, "conv-slice-array")
		k.when(pointer, "conv-slice-array-pointer")
	}
}
