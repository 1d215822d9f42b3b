package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestExportedNamesHaveComments reads every file that is written by hand, tests
// apart.
func TestExportedNamesHaveComments(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			name := d.Name()
			if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "artifacts") {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if ast.IsGenerated(f) {
			return nil
		}
		files++
		for _, id := range uncommented(f) {
			t.Errorf("%s: %s has no comment", fset.Position(id.Pos()), id.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("read %d files", files)
	}
}

// uncommented lists the exported names of a file without a comment: their own,
// or that of the group they stand in.
func uncommented(f *ast.File) (ids []*ast.Ident) {
	add := func(id *ast.Ident, comments ...*ast.CommentGroup) {
		for _, c := range comments {
			if c != nil {
				return
			}
		}
		if id.IsExported() {
			ids = append(ids, id)
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(d.Name, d.Doc)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name, spec.Doc, d.Doc)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						add(id, spec.Doc, spec.Comment, d.Doc)
					}
				}
			}
		}
	}
	return ids
}

func TestUncommented(t *testing.T) {
	src := `package p
// A is.
type A struct{}
type B struct{}
func (A) M() {}
// F does.
func F() {}
func G() {}
const (
	C = 1 // one
	D = 2
)
// The rest.
var (
	E = 1
)
func unexported() {}`
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, id := range uncommented(f) {
		got = append(got, id.Name)
	}
	if s := strings.Join(got, " "); s != "B M G D" {
		t.Errorf("got %s, want B M G D", s)
	}
}
