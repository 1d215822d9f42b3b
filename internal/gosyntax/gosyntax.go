// Package gosyntax answers questions about Go's syntax that package ast leaves
// to its users.
package gosyntax

import "go/ast"

// ReceiverName is the name of the type that a method belongs to, "" of a
// function.
func ReceiverName(d *ast.FuncDecl) string {
	if id := Receiver(d); id != nil {
		return id.Name
	}
	return ""
}

// Receiver is the name of the type that a method belongs to, whatever stands
// around it; nil of a function, and of a receiver that is no type's name.
func Receiver(d *ast.FuncDecl) *ast.Ident {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return nil
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x
		default:
			return nil
		}
	}
}
