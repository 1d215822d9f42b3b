package emit

import (
	"go/ast"
	"go/token"
	"reflect"
)

var posType = reflect.TypeFor[token.Pos]()

// maxColumn bounds the columns that places keep.
const maxColumn = 1 << 10

// pages are files in a file set of their own, without text, that have as many
// lines as were asked for.
type pages struct {
	set   *token.FileSet
	files map[string]*token.File
}

// file is a file with at least n lines.
func (p *pages) file(name string, n int) *token.File {
	if p.set == nil {
		p.set, p.files = token.NewFileSet(), map[string]*token.File{}
	}
	f := p.files[name]
	if f != nil && f.LineCount() >= n {
		return f
	}
	if f != nil {
		n *= 2 // declarations come in the order of their lines
	}
	starts := make([]int, n)
	for i := range starts {
		starts[i] = i * maxColumn
	}
	f = p.set.AddFile(name, -1, n*maxColumn)
	f.SetLines(starts)
	p.files[name] = f
	return f
}

// placed copies a declaration so that its positions, in a file set of their
// own, are those that line directives have given its nodes: package printer
// writes positions without regard to them. If only the distances of lines
// matter, they begin where the declaration does.
func (to *pages) placed(fset *token.FileSet, d ast.Decl, distances bool) (ast.Decl, *token.FileSet) {
	lines, before := map[string]int{}, map[string]int{}
	ast.Inspect(d, func(n ast.Node) bool {
		if n != nil {
			for _, p := range []token.Pos{n.Pos(), n.End()} {
				at := fset.Position(p)
				lines[at.Filename] = max(lines[at.Filename], at.Line)
				if was, ok := before[at.Filename]; distances && (!ok || at.Line <= was) {
					before[at.Filename] = max(at.Line-1, 0)
				}
			}
		}
		return true
	})
	p := &placer{from: fset, files: map[string]*token.File{}, before: before}
	for name, n := range lines {
		p.files[name] = to.file(name, n-before[name]+2)
	}
	return copyTree(reflect.ValueOf(d), p.change).Interface().(ast.Decl), to.set
}

type placer struct {
	from   *token.FileSet
	files  map[string]*token.File
	before map[string]int // lines that are left out
}

func (p *placer) pos(pos token.Pos) token.Pos {
	at := p.from.Position(pos)
	f := p.files[at.Filename]
	at.Line -= p.before[at.Filename]
	if !pos.IsValid() || f == nil || at.Line < 1 || at.Line > f.LineCount() {
		return token.NoPos
	}
	return f.LineStart(at.Line) + token.Pos(min(max(at.Column-1, 0), maxColumn-2))
}

// change maps positions.
func (p *placer) change(v reflect.Value) (reflect.Value, bool) {
	if v.Type() != posType {
		return reflect.Value{}, false
	}
	return reflect.ValueOf(p.pos(token.Pos(v.Int()))), true
}
