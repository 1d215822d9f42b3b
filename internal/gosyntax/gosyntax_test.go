package gosyntax_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/sheaf-go/sheaf/internal/gosyntax"
)

func TestReceiver(t *testing.T) {
	for src, want := range map[string]string{
		"func f() {}":                "",
		"func (T) m() {}":            "T",
		"func (t *T) m() {}":         "T",
		"func (t *(T)) m() {}":       "T",
		"func (t T[A]) m() {}":       "T",
		"func (t *T[A, B]) m() {}":   "T",
		"func (t []T) m() {}":        "",
		"func (t p.T) m() {}":        "",
		"func () m() {}":             "",
		"func (t **T) doubtful() {}": "T",
	} {
		f, _ := parser.ParseFile(token.NewFileSet(), "", "package p\n"+src, parser.SkipObjectResolution)
		got := ""
		if id := gosyntax.Receiver(f.Decls[0].(*ast.FuncDecl)); id != nil {
			got = id.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}
