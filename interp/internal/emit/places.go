package emit

import (
	"go/ast"
	"go/token"
	"reflect"
)

var posType = reflect.TypeFor[token.Pos]()

// maxColumn bounds the columns that places keep.
const maxColumn = 1 << 10

// placed copies a declaration so that its positions, in a file set of their
// own, are those that line directives have given its nodes: package printer
// writes positions without regard to them.
func placed(fset *token.FileSet, d ast.Decl) (ast.Decl, *token.FileSet) {
	lines := map[string]int{}
	ast.Inspect(d, func(n ast.Node) bool {
		if n != nil {
			for _, p := range []token.Pos{n.Pos(), n.End()} {
				at := fset.Position(p)
				lines[at.Filename] = max(lines[at.Filename], at.Line)
			}
		}
		return true
	})
	p := &placer{from: fset, to: token.NewFileSet(), files: map[string]*token.File{}}
	for name, n := range lines {
		f := p.to.AddFile(name, -1, (n+2)*maxColumn)
		starts := make([]int, n+2)
		for i := range starts {
			starts[i] = i * maxColumn
		}
		f.SetLines(starts)
		p.files[name] = f
	}
	return p.copy(reflect.ValueOf(d)).Interface().(ast.Decl), p.to
}

type placer struct {
	from, to *token.FileSet
	files    map[string]*token.File
}

func (p *placer) pos(pos token.Pos) token.Pos {
	at := p.from.Position(pos)
	f := p.files[at.Filename]
	if !pos.IsValid() || f == nil || at.Line < 1 || at.Line > f.LineCount() {
		return token.NoPos
	}
	return f.LineStart(at.Line) + token.Pos(min(max(at.Column-1, 0), maxColumn-2))
}

// copy copies a value of a tree.
func (p *placer) copy(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(p.copy(v.Elem()))
		return out
	case reflect.Pointer:
		if v.IsNil() || v.Type() == objectType || v.Type() == scopeType || v.Type() == docType {
			return reflect.Zero(v.Type())
		}
		out := reflect.New(v.Type().Elem())
		for i := range v.Elem().NumField() {
			out.Elem().Field(i).Set(p.copy(v.Elem().Field(i)))
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(p.copy(v.Index(i)))
		}
		return out
	case reflect.Int:
		if v.Type() == posType {
			return reflect.ValueOf(p.pos(token.Pos(v.Int())))
		}
	}
	return v
}
