package interp

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, src string
		decls     int // besides the statements' function
		stmts     int
	}{
		{"mixed", "import \"fmt\"\nx := 3\nfunc f() int { return x }\nfmt.Println(f())", 2, 2},
		{"literal call", "func() { println(1) }()", 0, 1},
		{"method", "type T int\nfunc (t T) M() {}\nT(1).M()", 2, 1},
		{"literal with result", "func() (a int) { return 1 }()", 0, 1},
		{"var runs in order", "x := 1\nvar y = x\ny", 0, 3},
		{"groups", "const (\n a = iota\n b\n)\nvar (\n c = a\n d = b\n)", 1, 1},
		{"raw string with brackets", "s := `} ) ]\n{`\ns", 0, 2},
		{"semicolons", "a := 1; b := 2; a + b", 0, 3},
		{"for without condition", "for i := 0; ; i++ {\n\tbreak\n}", 0, 1},
		{"for without init", "i := 0\nfor ; i < 3; i++ {\n}", 0, 2},
		{"for of semicolons", "loop:\n\tfor ; ; {\n\t\tbreak loop\n\t}", 0, 1},
		{"if with init", "if x := 1; x > 0 {\n}; y := 2", 0, 2},
		{"comments only", "// nothing\n/* here */", 0, 0},
		{"program", "package main\nimport \"fmt\"\nfunc main() { fmt.Println() }", 2, 0},
		{"carriage returns in a raw string", "s := `a\r\nb`\r\ns", 0, 2},
	} {
		u, err := split(token.NewFileSet(), "cell[1]", c.src)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := len(u.file.Decls) - 1; got != c.decls {
			t.Errorf("%s: %d declarations, want %d", c.name, got, c.decls)
		}
		if got := len(u.body.Body.List); got != c.stmts {
			t.Errorf("%s: %d statements, want %d", c.name, got, c.stmts)
		}
	}
}

func TestSplitPositions(t *testing.T) {
	fset := token.NewFileSet()
	u, err := split(fset, "cell[7]", "x := 3\n\n  func f() {\n\tg()\n}; y := x")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"x": "cell[7]:1:1", "g": "cell[7]:4:2", "y": "cell[7]:5:4"}
	ast.Inspect(u.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && want[id.Name] != "" {
			if got := fset.Position(id.Pos()).String(); got != want[id.Name] {
				t.Errorf("%s at %s, want %s", id.Name, got, want[id.Name])
			}
			delete(want, id.Name)
		}
		return true
	})
	if len(want) > 0 {
		t.Errorf("not seen: %v", want)
	}
}

func TestSplitSyntaxErrors(t *testing.T) {
	for src, want := range map[string]string{
		"x := (1":          "cell[2]:1:6: ( is not closed",
		"a := 1\nb := = 2": "cell[2]:2:6",
		"s := \"open":      "cell[2]:1:6: string literal not terminated",
	} {
		_, err := split(token.NewFileSet(), "cell[2]", src)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
}
