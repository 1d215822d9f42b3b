package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// The features that a program may need; it is counted under the first that
// holds.
const (
	useUnsafe  = "unsafe"   // imports unsafe, or reaches into another package by a directive
	useRuntime = "runtime"  // reads what only the runtime of a compiled program knows
	useExec    = "os/exec"  // starts other programs
	useGeneric = "generics" // declares type parameters
	usePlain   = "plain"
)

var features = []string{usePlain, useGeneric, useExec, useRuntime, useUnsafe}

// ordinary are the names of package runtime that say nothing about how a
// program was compiled: using only these leaves a program among the plain.
var ordinary = map[string]bool{
	"GC": true, "Gosched": true, "GOMAXPROCS": true, "NumCPU": true, "NumGoroutine": true, "Goexit": true,
	"GOOS": true, "GOARCH": true, "Compiler": true, "Version": true, "Error": true, "KeepAlive": true,
}

// feature says what a program needs.
func feature(src string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments|parser.SkipObjectResolution)
	if f == nil || err != nil {
		return usePlain // the run will tell
	}
	found := map[string]bool{}
	names := map[string]string{} // of imported packages that matter
	for _, spec := range f.Imports {
		importFeature(spec, found, names)
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:linkname ") {
				found[useUnsafe] = true
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				selectorFeature(names[x.Name], n.Sel.Name, found)
			}
		case *ast.FuncType:
			found[useGeneric] = found[useGeneric] || n.TypeParams != nil
		case *ast.TypeSpec:
			found[useGeneric] = found[useGeneric] || n.TypeParams != nil
		}
		return true
	})
	for _, f := range []string{useUnsafe, useRuntime, useExec, useGeneric} {
		if found[f] {
			return f
		}
	}
	return usePlain
}

func importFeature(spec *ast.ImportSpec, found map[string]bool, names map[string]string) {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return
	}
	name := path
	if spec.Name != nil {
		name = spec.Name.Name
	}
	switch {
	case path == "unsafe", path == "C":
		found[useUnsafe] = true
	case path == "os/exec":
		found[useExec] = true
	case path == "runtime" && name == ".":
		found[useRuntime] = true
	case path == "runtime", path == "reflect":
		names[name] = path
	case strings.HasPrefix(path, "runtime/"), strings.HasPrefix(path, "internal/"), path == "syscall":
		found[useRuntime] = true
	}
}

func selectorFeature(pkg, name string, found map[string]bool) {
	switch {
	case pkg == "runtime" && !ordinary[name]:
		found[useRuntime] = true
	case pkg == "reflect" && (name == "SliceHeader" || name == "StringHeader"):
		found[useRuntime] = true
	}
}
