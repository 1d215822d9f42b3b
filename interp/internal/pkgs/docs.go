package pkgs

import (
	"go/ast"
	"strings"

	"github.com/sheaf-go/sheaf/internal/gosyntax"
)

// Doc is the doc comment of a name of a loaded package, of "T.M" for a method
// or a field, and of "" for the package.
func (p *Package) Doc(name string) string {
	owner, member, isMember := strings.Cut(name, ".")
	for _, f := range p.Files {
		if name == "" {
			if f.Doc != nil {
				return f.Doc.Text()
			}
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if recv := gosyntax.ReceiverName(d); d.Name.Name == name && recv == "" || isMember && recv == owner && d.Name.Name == member {
					return d.Doc.Text()
				}
			case *ast.GenDecl:
				if doc, ok := specDoc(d, owner, member); ok {
					return doc
				}
			}
		}
	}
	return ""
}

// specDoc finds the comment of a type, variable or constant, or of a type's
// field or method, in a declaration.
func specDoc(d *ast.GenDecl, name, member string) (string, bool) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.Name != name {
				continue
			}
			if member == "" {
				return first(s.Doc, d.Doc, s.Comment), true
			}
			if doc, ok := memberDoc(s.Type, member); ok {
				return doc, true
			}
		case *ast.ValueSpec:
			for _, id := range s.Names {
				if id.Name == name && member == "" {
					return first(s.Doc, s.Comment, d.Doc), true
				}
			}
		}
	}
	return "", false
}

func memberDoc(t ast.Expr, member string) (string, bool) {
	var list *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return "", false
	}
	for _, f := range list.List {
		for _, id := range f.Names {
			if id.Name == member {
				return first(f.Doc, f.Comment), true
			}
		}
	}
	return "", false
}

func first(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if t := g.Text(); t != "" {
			return t
		}
	}
	return ""
}
