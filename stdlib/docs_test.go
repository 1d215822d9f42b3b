package stdlib_test

import (
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/stdlib"
)

func TestDoc(t *testing.T) {
	lib := stdlib.Library()
	for _, c := range []struct{ path, name, begins string }{
		{"strings", "", "Package strings implements"},
		{"strings", "Split", "Split slices s into all substrings"},
		{"strings", "Builder.WriteString", "WriteString appends"},
		{"net/http", "Server.Addr", "Addr optionally specifies"},
		{"io", "Reader", "Reader is the interface"},
		{"fmt", "Stringer.String", ""},
		{"net/http", "StatusOK", "RFC 9110, 15.3.1"},
		{"io", "EOF", "EOF is the error returned by Read"},
		{"math/rand/v2", "N", "N returns a pseudo-random number"},
		{"sync/atomic", "Pointer.Load", "Load atomically loads"},
		{"github.com/sheaf-go/sheaf/tables", "", "Package tables"},
		{"gonum.org/v1/gonum/mat", "Dense", "Dense is a dense matrix"},
		{"builtin", "append", "The append built-in function"},
		{"builtin", "func append", "func append(slice []Type, elems ...Type) []Type"},
		{"builtin", "error", "The error built-in interface"},
		{"strings", "nothing", ""},
		{"no/such", "", ""},
	} {
		got := lib.Doc(c.path, c.name)
		if !strings.HasPrefix(got, c.begins) || (c.begins == "") != (got == "") {
			t.Errorf("%s.%s: %q", c.path, c.name, got)
		}
	}
}

// Docs are bounded, and nearly every exported name of the standard library
// and every one of ours has one.
func TestDocsAreThere(t *testing.T) {
	lib, imp := stdlib.Library(), newTypeData()
	var std, missing int
	for _, path := range lib.Paths() {
		p, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		ours := strings.HasPrefix(path, "github.com/sheaf-go/")
		for _, n := range p.Scope().Names() {
			if !token.IsExported(n) {
				continue
			}
			doc := lib.Doc(path, n)
			if len(doc) > 2000 {
				t.Errorf("%s.%s has %d bytes of docs", path, n, len(doc))
			}
			if doc == "" && ours {
				t.Errorf("%s.%s has no docs", path, n)
			}
			if _, isConst := p.Scope().Lookup(n).(*types.Const); !isConst && !strings.Contains(path, ".") && path != "syscall" { // whose docs are a manual's
				std++
				if doc == "" {
					missing++
				}
			}
		}
	}
	if std < 3000 || missing*30 > std {
		t.Errorf("%d of %d names of the standard library have no docs", missing, std)
	}
}
