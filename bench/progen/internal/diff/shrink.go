package diff

import (
	"cmp"
	"context"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"sort"
	"strings"

	"github.com/sheaf-go/sheaf/bench/progen/internal/gen"
	"github.com/sheaf-go/sheaf/internal/gosyntax"
)

// A cut is a range of a source's bytes to take out.
type cut struct {
	from, to int
	first    bool // to be tried before larger ones
}

// Shrink returns a smaller program that still has the property, as far as it
// gets before ctx ends. It takes out declarations, statements, cases, call
// arguments and the shells around blocks, first what main calls, then the
// largest; only candidates that type-check are asked about. keeps answers which
// of some candidates has the property first, -1 if none does; it is given a few
// at a time.
func Shrink(ctx context.Context, src string, keeps func([]string) int) string {
	s := &shrinker{keeps: keeps, sweep: true}
	for ctx.Err() == nil {
		before := len(src)
		if src = s.pass(ctx, src); len(src) < before {
			continue
		}
		if !s.sweep {
			break
		}
		s.sweep = false // perhaps a declaration matters that nothing refers to
	}
	return src
}

// several is how many candidates one question holds: one build serves them.
const several = 6

// shrinker is the state of one Shrink.
type shrinker struct {
	checker gen.Checker
	keeps   func([]string) int
	sweep   bool // candidates lose the declarations that nothing refers to
}

// pass tries all cuts of a source once, from the largest down. After a success
// it goes on with those of the new source that are little larger.
func (s *shrinker) pass(ctx context.Context, src string) string {
	bound := len(src)
	tried := map[string]bool{}
	for ctx.Err() == nil {
		batch := newQuestion(s.keeps)
		for _, c := range cuts(src) {
			if ctx.Err() != nil || batch.answered() {
				break
			}
			if size := total(c); size <= bound || c[0].first {
				if small, ok := s.candidate(src, c); ok && !tried[small] {
					tried[small] = true
					batch.add(small, size)
				}
			}
		}
		if ctx.Err() != nil || !batch.ask() {
			return src
		}
		src, bound = batch.found, max(2*batch.size, 64)
	}
	return src
}

// candidate is the source after some cuts, if it is a smaller program.
func (s *shrinker) candidate(src string, c []cut) (string, bool) {
	small, ok := without(src, c)
	if !ok {
		return "", false
	}
	_, file, info, errs := s.checker.Check(small)
	if len(errs) > 0 {
		return "", false
	}
	if dead := unreferenced(file, info); s.sweep && len(dead) > 0 {
		if swept, ok := without(small, dead); ok {
			if _, _, _, errs := s.checker.Check(swept); len(errs) == 0 {
				return swept, true
			}
		}
	}
	return small, true
}

// A question gathers candidates and asks about several at a time.
type question struct {
	keeps      func([]string) int
	candidates []string
	sizes      []int
	found      string // the first that keeps the property
	size       int    // of its cut
}

func newQuestion(keeps func([]string) int) *question { return &question{keeps: keeps} }

func (q *question) answered() bool { return q.found != "" }

func (q *question) add(src string, size int) {
	q.candidates, q.sizes = append(q.candidates, src), append(q.sizes, size)
	if len(q.candidates) == several {
		q.ask()
	}
}

// ask asks about what is left and tells whether a candidate was found.
func (q *question) ask() bool {
	if !q.answered() && len(q.candidates) > 0 {
		if i := q.keeps(q.candidates); i >= 0 {
			q.found, q.size = q.candidates[i], q.sizes[i]
		}
		q.candidates, q.sizes = nil, nil
	}
	return q.answered()
}

// unreferenced lists the declarations that main and the init functions do not
// reach. A method is reached with its type.
func unreferenced(f *ast.File, info *types.Info) []cut {
	uses := map[types.Object]ast.Decl{} // what declares an object
	methods := map[types.Object][]ast.Decl{}
	var todo []ast.Decl
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if r := gosyntax.Receiver(d); r != nil {
				methods[info.Uses[r]] = append(methods[info.Uses[r]], d)
			} else if d.Name.Name == "main" || d.Name.Name == "init" {
				todo = append(todo, d)
			} else {
				uses[info.Defs[d.Name]] = d
			}
		case *ast.GenDecl:
			ast.Inspect(d, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && info.Defs[id] != nil {
					uses[info.Defs[id]] = d
				}
				return true
			})
		}
	}
	live := map[ast.Decl]bool{}
	for len(todo) > 0 {
		d := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if live[d] {
			continue
		}
		live[d] = true
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				o := cmp.Or(info.Uses[id], info.Defs[id])
				if u := uses[o]; u != nil {
					todo = append(todo, u)
				}
				todo = append(todo, methods[o]...)
			}
			return true
		})
	}
	return dead(f, live)
}

// dead are the declarations of a file that are not live, imports left alone.
func dead(f *ast.File, live map[ast.Decl]bool) []cut {
	var cs []cut
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT || live[d] {
			continue
		}
		cs = append(cs, cut{from: int(d.Pos() - f.FileStart), to: int(d.End() - f.FileStart)})
	}
	return cs
}

func total(cs []cut) int {
	n := 0
	for _, c := range cs {
		n += c.to - c.from
	}
	return n
}

// blank are empty lines that cuts leave behind.
var blank = regexp.MustCompile(`(\{)\n\n+|\n\n+(\t*\})|\n\n(\n)+`)

// without applies cuts, renews the imports, drops comments and formats.
func without(src string, cs []cut) (string, bool) {
	var b strings.Builder
	at := 0
	for _, c := range cs {
		b.WriteString(src[at:c.from])
		at = c.to
	}
	b.WriteString(src[at:])
	text, err := gen.AddImports(dropImports(b.String()))
	if err != nil {
		return "", false
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "program.go", text, parser.SkipObjectResolution)
	if err != nil {
		return "", false
	}
	var formatted strings.Builder
	if err := format.Node(&formatted, fset, f); err != nil {
		return "", false
	}
	out := blank.ReplaceAllString(formatted.String(), "$1\n$2$3")
	if strings.Count(out, "\nfunc main() {") != 1 {
		return "", false
	}
	return out, len(out) < len(src)
}

// dropImports takes out a source's import block.
func dropImports(src string) string {
	start := strings.Index(src, "\nimport (")
	if start < 0 {
		return src
	}
	return src[:start] + src[start+strings.Index(src[start:], "\n)")+2:]
}

// cuts lists what can be taken out of a source, the largest first.
func cuts(src string) [][]cut {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "program.go", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var all [][]cut
	offset := func(p token.Pos) int { return fset.Position(p).Offset }
	span := func(n ast.Node) cut { return cut{from: offset(n.Pos()), to: offset(n.End())} }
	siblings := func(list []cut) {
		for size := len(list); size > 0; size /= 2 {
			for i := 0; i+size <= len(list); i += size {
				all = append(all, []cut{{list[i].from, list[i+size-1].to, list[i].first}})
			}
		}
	}
	keepOnly := func(outer, inner ast.Node) { // the statements of a block, without what is around
		o, i := span(outer), span(inner)
		all = append(all, []cut{{o.from, i.from + 1, false}, {i.to - 1, o.to, false}})
	}
	siblings(declSpans(f, span))
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "main" {
				list := spans(n.Body.List, span)
				for i := range list {
					list[i].first = true
				}
				siblings(list)
			}
		case *ast.BlockStmt:
			siblings(spans(n.List, span))
		case *ast.CaseClause:
			siblings(spans(n.Body, span))
		case *ast.CommClause:
			siblings(spans(n.Body, span))
		case *ast.IfStmt:
			keepOnly(n, n.Body)
			if n.Else != nil {
				all = append(all, []cut{{offset(n.Body.End()), offset(n.End()), false}})
			}
		case *ast.ForStmt:
			keepOnly(n, n.Body)
		case *ast.RangeStmt:
			keepOnly(n, n.Body)
		case *ast.CallExpr:
			siblings(arguments(n.Args, src, span))
		case *ast.CompositeLit:
			siblings(arguments(n.Elts, src, span))
		case *ast.BinaryExpr:
			all = append(all, []cut{{offset(n.Pos()), offset(n.Y.Pos()), false}}, []cut{{offset(n.X.End()), offset(n.End()), false}})
		case *ast.FieldList:
			siblings(fields(n, span))
		}
		return true
	})
	sort.SliceStable(all, func(i, j int) bool {
		if all[i][0].first != all[j][0].first {
			return all[i][0].first
		}
		return total(all[i]) > total(all[j])
	})
	return all
}

func declSpans(f *ast.File, span func(ast.Node) cut) []cut {
	var list []cut
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "main" {
			continue
		}
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Doc != nil {
			list = append(list, cut{from: span(fn.Doc).from, to: span(d).to})
			continue
		}
		list = append(list, span(d))
	}
	return list
}

func spans[N ast.Node](nodes []N, span func(ast.Node) cut) []cut {
	list := make([]cut, len(nodes))
	for i, n := range nodes {
		list[i] = span(n)
	}
	return list
}

// arguments are the expressions of a list with the commas after them.
func arguments(exprs []ast.Expr, src string, span func(ast.Node) cut) []cut {
	list := spans(exprs, span)
	for i := range list {
		for list[i].to < len(src) && strings.IndexByte(", \n", src[list[i].to]) >= 0 {
			list[i].to++
		}
	}
	return list
}

// fields are the members of a list of fields that has a shell around it.
func fields(fl *ast.FieldList, span func(ast.Node) cut) []cut {
	if fl.Opening == token.NoPos || span(fl).to-span(fl).from < 3 {
		return nil
	}
	return spans(fl.List, span)
}
