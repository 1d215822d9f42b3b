package gen

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"sync"
)

// A Checker type-checks programs as the compiler would. Its zero value is
// ready; it may be used from several goroutines.
type Checker struct {
	mu       sync.Mutex
	importer types.Importer
}

// Check parses and type-checks a program. All errors are in errs; the file is
// nil if it doesn't parse.
func (c *Checker) Check(src string) (fset *token.FileSet, file *ast.File, info *types.Info, errs []error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.importer == nil {
		c.importer = importer.Default()
	}
	fset = token.NewFileSet()
	file, err := parser.ParseFile(fset, "program.go", src, parser.SkipObjectResolution)
	if err != nil {
		return fset, nil, nil, []error{err}
	}
	info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
	}
	conf := types.Config{Importer: c.importer, Error: func(err error) { errs = append(errs, err) }}
	conf.Check("main", fset, []*ast.File{file}, info)
	return fset, file, info, errs
}
