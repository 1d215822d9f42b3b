package main

import (
	"encoding/json"
	"go/ast"
	"go/format"
	"go/parser"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/sheaf-go/sheaf/internal/gosyntax"
)

// docLimit bounds what is kept of a doc comment, in bytes; paragraphs are kept
// whole where they fit.
const docLimit = 600

// writeDocs writes one zip entry per package: its doc comments as a JSON
// object, by name: "" for the package, "T.M" for a method or a field. With
// the standard library goes "builtin", which documents predeclared names.
func writeDocs(file string, l *loader, pkgs []*types.Package, std bool) error {
	entries := map[string][]byte{}
	if std {
		d, err := builtinDocs(l)
		if err != nil {
			return err
		}
		if entries["builtin"], err = json.Marshal(d); err != nil {
			return err
		}
	}
	for _, p := range pkgs {
		files, err := l.parse(p.Path(), parser.ParseComments)
		if err != nil {
			return err
		}
		d := docs{}
		for _, f := range files {
			d.add("", f.Doc)
			for _, decl := range f.Decls {
				d.decl(decl)
			}
		}
		if entries[p.Path()], err = json.Marshal(d); err != nil {
			return err
		}
	}
	return writeZip(file, entries)
}

// builtinDocs also gives, under "func append", how append is declared.
func builtinDocs(l *loader) (docs, error) {
	dir, err := goList("-f", "{{.Dir}}", "builtin")
	if err != nil {
		return nil, err
	}
	f, err := parser.ParseFile(l.fset, filepath.Join(strings.TrimSpace(string(dir)), "builtin.go"), nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	d := docs{}
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			d.add(decl.Name.Name, decl.Doc)
			decl.Doc = nil
			var b strings.Builder
			if err := format.Node(&b, l.fset, decl); err != nil {
				return nil, err
			}
			d["func "+decl.Name.Name] = b.String()
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					d.add(spec.Name.Name, spec.Doc, decl.Doc)
				case *ast.ValueSpec:
					d.add(spec.Names[0].Name, spec.Doc, decl.Doc, spec.Comment)
				}
			}
		}
	}
	return d, nil
}

// docs are doc comments by name.
type docs map[string]string

// add keeps the first of the comments that says something.
func (d docs) add(name string, comments ...*ast.CommentGroup) {
	for _, c := range comments {
		if text := c.Text(); text != "" && d[name] == "" {
			d[name] = shorten(text)
		}
	}
}

func (d docs) decl(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		name := decl.Name.Name
		if decl.Recv != nil {
			recv := gosyntax.Receiver(decl)
			if recv == nil || !recv.IsExported() {
				return
			}
			name = recv.Name + "." + name
		}
		if decl.Name.IsExported() {
			d.add(name, decl.Doc)
		}
	case *ast.GenDecl:
		group := decl.Doc
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() {
					d.add(spec.Name.Name, spec.Doc, group, spec.Comment)
					d.parts(spec.Name.Name, spec.Type)
				}
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					if id.IsExported() {
						d.add(id.Name, spec.Doc, spec.Comment, group)
					}
				}
			}
		}
	}
}

// parts adds the fields of a struct or the methods of an interface.
func (d docs) parts(typ string, x ast.Expr) {
	var list *ast.FieldList
	switch x := x.(type) {
	case *ast.StructType:
		list = x.Fields
	case *ast.InterfaceType:
		list = x.Methods
	default:
		return
	}
	for _, f := range list.List {
		for _, id := range f.Names {
			if id.IsExported() {
				d.add(typ+"."+id.Name, f.Doc, f.Comment)
			}
		}
	}
}

// shorten keeps the first paragraphs, as many as fit, and what is said of
// deprecation; of a long first one, the sentences that fit.
func shorten(text string) string {
	paragraphs := strings.Split(strings.TrimSpace(text), "\n\n")
	kept := paragraphs[0]
	if len(kept) > docLimit {
		kept = sentences(kept)
	}
	full := true
	for _, p := range paragraphs[1:] {
		switch {
		case strings.HasPrefix(p, "Deprecated: "):
			kept += "\n\n" + p
		case full && len(kept)+len(p)+2 <= docLimit && !strings.HasSuffix(kept, "…"):
			kept += "\n\n" + p
		default:
			full = false
		}
	}
	// What only leads to a paragraph that is not kept says nothing.
	for i := strings.LastIndex(kept, "\n\n"); i > 0; i = strings.LastIndex(kept, "\n\n") {
		if last := kept[i+2:]; full || !strings.HasSuffix(last, ":") && !strings.HasPrefix(last, "# ") {
			break
		}
		kept = kept[:i]
	}
	return kept
}

// sentences cuts a paragraph behind the last sentence that fits, or behind a
// word.
func sentences(p string) string {
	head := p[:docLimit]
	end := max(strings.LastIndex(head, ". "), strings.LastIndex(head, ".\n"))
	if end > 0 {
		return head[:end+1]
	}
	return head[:strings.LastIndexAny(head, " \n")] + " …"
}
