package diff

import (
	"context"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"sort"
	"strings"

	"github.com/sheaf-go/sheaf/bench/progen/internal/gen"
)

// A cut is a range of a source's bytes to take out.
type cut struct{ from, to int }

// Shrink returns a smaller program that still has the property, as far as it
// gets before ctx ends. It takes out declarations, statements, cases, call
// arguments and the shells around blocks, the largest first; only candidates
// that type-check are asked about. keeps answers which of some candidates have
// the property first, -1 if none does; it is given a few at a time.
func Shrink(ctx context.Context, src string, keeps func([]string) int) string {
	var checker gen.Checker
	for ctx.Err() == nil {
		before := len(src)
		src = shrinkPass(ctx, &checker, src, keeps)
		if len(src) == before {
			break
		}
	}
	return src
}

// several is how many candidates one question holds: one build serves them.
const several = 6

// shrinkPass tries all cuts of a source once, from the largest down. After a
// success it goes on with those of the new source that are no larger.
func shrinkPass(ctx context.Context, checker *gen.Checker, src string, keeps func([]string) int) string {
	bound := len(src)
	tried := map[string]bool{}
	for ctx.Err() == nil {
		var batch []string
		var sizes []int
		next := -1
		for _, c := range cuts(src) {
			size := total(c)
			if size > bound {
				continue
			}
			small, ok := without(src, c)
			if !ok || tried[small] {
				continue
			}
			tried[small] = true
			if _, _, _, errs := checker.Check(small); len(errs) > 0 {
				continue
			}
			batch, sizes = append(batch, small), append(sizes, size)
			if len(batch) == several {
				if next = keeps(batch); next >= 0 || ctx.Err() != nil {
					break
				}
				batch, sizes = nil, nil
			}
		}
		if next < 0 && len(batch) > 0 && ctx.Err() == nil {
			next = keeps(batch)
		}
		if next < 0 {
			return src
		}
		src, bound = batch[next], max(sizes[next]*2, 64)
	}
	return src
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
	span := func(n ast.Node) cut { return cut{offset(n.Pos()), offset(n.End())} }
	siblings := func(list []cut) {
		for size := len(list); size > 0; size /= 2 {
			for i := 0; i+size <= len(list); i += size {
				all = append(all, []cut{{list[i].from, list[i+size-1].to}})
			}
		}
	}
	keepOnly := func(outer, inner ast.Node) { // the statements of a block, without what is around
		o, i := span(outer), span(inner)
		all = append(all, []cut{{o.from, i.from + 1}, {i.to - 1, o.to}})
	}
	siblings(declSpans(f, span))
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			siblings(spans(n.List, span))
		case *ast.CaseClause:
			siblings(spans(n.Body, span))
		case *ast.CommClause:
			siblings(spans(n.Body, span))
		case *ast.IfStmt:
			keepOnly(n, n.Body)
			if n.Else != nil {
				all = append(all, []cut{{offset(n.Body.End()), offset(n.End())}})
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
			all = append(all, []cut{{offset(n.Pos()), offset(n.Y.Pos())}}, []cut{{offset(n.X.End()), offset(n.End())}})
		case *ast.FieldList:
			siblings(fields(n, span))
		}
		return true
	})
	sort.SliceStable(all, func(i, j int) bool { return total(all[i]) > total(all[j]) })
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
			list = append(list, cut{span(fn.Doc).from, span(d).to})
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
