package cgo

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// TypesFile is the name of the file that says what C names stand for.
const TypesFile = "_cgo_gotypes.go"

// Support is the import path of what the rewritten source calls.
const Support = "github.com/sheaf-go/sheaf/internal/ccall"

// Packages that the source imports, under names that no other source has.
const (
	unsafeName  = "_cgo_unsafe"
	syscallName = "_cgo_syscall"
	runtimeName = "_cgopackage" // cgo's own choice
	ccallName   = "_cgo_ccall"
)

var importPaths = map[string]string{
	unsafeName: "unsafe", syscallName: "syscall", runtimeName: "runtime/cgo", ccallName: Support,
}

// libraryName is the name under which the source finds its library: another one
// for another source.
func libraryName(path string, types []byte) string {
	return fmt.Sprintf("%s %x", path, sha256.Sum256(types))[:len(path)+13]
}

// rewrite turns what cgo writes for a linker into Go that any program can have.
// It also lists the C functions that stand for exported Go functions. What is
// known is left out.
func rewrite(src []byte, library string, known map[string]bool) (text []byte, exports []string, err error) {
	r := &rewriter{fset: token.NewFileSet(), library: strconv.Quote(library), known: known}
	f, err := parser.ParseFile(r.fset, TypesFile, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	r.linked = map[string]string{}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if words := strings.Fields(c.Text); len(words) == 3 && words[0] == "//go:linkname" {
				r.linked[words[1]] = words[2]
			}
		}
	}
	f.Comments = nil
	ast.Inspect(f, r.rename)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			d.Doc = nil
			r.declaration(d)
		case *ast.FuncDecl:
			d.Doc = nil
			r.function(d)
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\n", f.Name.Name)
	body := r.out.String() + r.addresses()
	for _, name := range []string{unsafeName, syscallName, runtimeName, ccallName} {
		if strings.Contains(body, name+".") {
			fmt.Fprintf(&b, "import %s %q\n", name, importPaths[name])
		}
	}
	b.WriteString(body)
	text, err = format.Source(b.Bytes())
	return text, r.exports, err
}

type rewriter struct {
	fset    *token.FileSet
	library string            // quoted
	linked  map[string]string // go:linkname
	known   map[string]bool
	symbol  []string // variables that hold addresses of C functions, and what they are set to
	exports []string
	out     bytes.Buffer
}

// rename gives imported packages the names that this package imports them by.
func (r *rewriter) rename(n ast.Node) bool {
	if sel, ok := n.(*ast.SelectorExpr); ok {
		if id, ok := sel.X.(*ast.Ident); ok {
			switch id.Name {
			case "unsafe":
				id.Name = unsafeName
			case "syscall":
				id.Name = syscallName
			}
		}
	}
	return true
}

func (r *rewriter) print(n any) string {
	var b bytes.Buffer
	if err := format.Node(&b, r.fset, n); err != nil {
		panic("cgo: " + err.Error())
	}
	return b.String()
}

// declaration keeps types, constants and variables; C's symbols are asked for.
func (r *rewriter) declaration(d *ast.GenDecl) {
	if d.Tok == token.IMPORT {
		return
	}
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.Name == "_" {
				return
			}
		case *ast.ValueSpec:
			name := s.Names[0].Name
			if name == "_" || r.linked[name] != "" || r.known[name] {
				return
			}
			for i, v := range s.Values {
				s.Values[i] = r.symbols(v)
			}
			if strings.HasPrefix(name, "_cgo_") {
				r.symbol = append(r.symbol, name, r.print(d))
				return
			}
		}
	}
	fmt.Fprintf(&r.out, "\n%s\n", r.print(d))
}

// addresses declares the variables with addresses that are in use.
func (r *rewriter) addresses() string {
	var b strings.Builder
	for i := 0; i < len(r.symbol); i += 2 {
		if bytes.Contains(r.out.Bytes(), []byte(r.symbol[i]+",")) {
			fmt.Fprintf(&b, "\n%s\n", r.symbol[i+1])
		}
	}
	return b.String()
}

// symbols replaces the addresses of what is linked to C.
func (r *rewriter) symbols(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		if id, ok := e.X.(*ast.Ident); ok && e.Op == token.AND && r.linked[id.Name] != "" {
			return ast.NewIdent(fmt.Sprintf("%s.Symbol(%s, %q)", ccallName, r.library, r.linked[id.Name]))
		}
	case *ast.CallExpr:
		for i, a := range e.Args {
			e.Args[i] = r.symbols(a)
		}
	}
	return e
}

// given are the bodies of functions that cgo links to the runtime's.
var given = map[string]string{
	"_cgoCheckPointer":       "func _cgoCheckPointer(p, of any) {}",
	"_cgoCheckResult":        "func _cgoCheckResult(v any) {}",
	"_cgo_runtime_gostring":  "func _cgo_runtime_gostring(p *_Ctype_char) string { return " + ccallName + ".CString(" + unsafeName + ".Pointer(p)) }",
	"_cgo_runtime_gostringn": "func _cgo_runtime_gostringn(p *_Ctype_char, n int) string { return " + ccallName + ".StringN(" + unsafeName + ".Pointer(p), n) }",
	"_cgo_runtime_gobytes":   "func _cgo_runtime_gobytes(p " + unsafeName + ".Pointer, n int) []byte { return " + ccallName + ".Bytes(p, n) }",
	"_cgo_runtime_cgocall":   "",
	"_Cgo_use":               "",
	"_Cgo_keepalive":         "",
	"_Cgo_no_callback":       "",
	"runtime_throw":          "",
}

func (r *rewriter) function(d *ast.FuncDecl) {
	if r.known[d.Name.Name] {
		return
	}
	text, ok := given[d.Name.Name]
	switch {
	case ok:
	case d.Body != nil && r.callee(d) != "":
		text = r.wrapper(d, r.callee(d))
	case strings.HasPrefix(d.Name.Name, "_cgoexp_"):
		text = r.print(d) + "\n\n" + r.exported(d)
	default:
		text = r.print(d)
	}
	fmt.Fprintf(&r.out, "\n%s\n", text)
}

// callee is the C function that a function calls, as Go has its address.
func (r *rewriter) callee(d *ast.FuncDecl) (fn string) {
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "_cgo_runtime_cgocall" {
				fn = r.print(call.Args[0])
			}
		}
		return fn == ""
	})
	return fn
}

// wrapper is a function that calls C with its parameters and results in one
// block, laid out as those of cgo's own: as in a frame, where results begin at
// a word.
func (r *rewriter) wrapper(d *ast.FuncDecl, fn string) string {
	var fields, values []string
	var results []string
	withErrno := false
	each := func(list *ast.FieldList, do func(name, typ string)) {
		for _, f := range list.List {
			for _, n := range f.Names {
				do(n.Name, r.print(f.Type))
			}
		}
	}
	each(d.Type.Params, func(name, typ string) {
		fields = append(fields, name+" "+typ)
		values = append(values, name+": "+name)
	})
	if d.Type.Results != nil {
		each(d.Type.Results, func(name, typ string) {
			switch typ {
			case "error":
				withErrno = true
			case "_Ctype_void":
			default:
				fields = append(fields, "_ [0]uintptr", name+" "+typ)
				results = append(results, name)
			}
		})
	}
	var b strings.Builder
	d.Body = nil
	fmt.Fprintf(&b, "%s {\n", r.print(d))
	block := "nil"
	if len(fields) > 0 {
		fmt.Fprintf(&b, "\t_cgo_a := struct {\n\t\t%s\n\t}{%s}\n", strings.Join(fields, "\n\t\t"), strings.Join(values, ", "))
		block = unsafeName + ".Pointer(&_cgo_a)"
	}
	if withErrno {
		b.WriteString("\terrno := ")
	}
	fmt.Fprintf(&b, "\t%s.Call(%s, %s)\n", ccallName, fn, block)
	for _, name := range results {
		fmt.Fprintf(&b, "\t%s = _cgo_a.%s\n", name, name)
	}
	if withErrno {
		fmt.Fprintf(&b, "\tif errno != 0 {\n\t\tr2 = %s.Errno(errno)\n\t}\n", syscallName)
	}
	if d.Name.Name == "_cgo_cmalloc" {
		b.WriteString("\tif r1 == nil {\n\t\tpanic(\"runtime: C malloc failed\")\n\t}\n")
	}
	b.WriteString("\treturn\n}")
	return b.String()
}

// exported makes an exported function known to package ccall. As a variable, it
// is before whatever the package's own variables call.
func (r *rewriter) exported(d *ast.FuncDecl) string {
	name := d.Name.Name
	r.exports = append(r.exports, name)
	typ := r.print(d.Type.Params.List[0].Type)
	return fmt.Sprintf("var _cgoreg%s = %s.Export(%s, %q, func(p %s.Pointer) { %s((%s)(p)) })",
		strings.TrimPrefix(name, "_cgoexp"), ccallName, r.library, name, unsafeName, name, typ)
}

// runtimeC is what C code wants of the runtime.
func runtimeC(exports []string) string {
	var b strings.Builder
	b.WriteString(`#include <stddef.h>
#include <stdio.h>

void (*_sheaf_crosscall2)(void (*)(void *), void *, int, size_t);
void (*_sheaf_entry)(void *);

void crosscall2(void (*fn)(void *), void *a, int n, size_t ctxt) {
	struct { void *fn, *a; } call;
	(void)n;
	call.fn = (void *)fn;
	call.a = a;
	_sheaf_crosscall2(_sheaf_entry, &call, sizeof call, ctxt);
}

size_t _cgo_wait_runtime_init_done(void) { return 0; }
void _cgo_release_context(size_t ctxt) { (void)ctxt; }
char *_cgo_topofstack(void) { return 0; }

void _sheaf_lines(void *v) { (void)v; setvbuf(stdout, NULL, _IOLBF, 0); }
void _sheaf_flush(void *v) { (void)v; fflush(NULL); }
`)
	for _, name := range exports {
		fmt.Fprintf(&b, "void %s(void *p) { (void)p; }\n", name)
	}
	return b.String()
}
