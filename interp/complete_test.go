package interp_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

func session(t *testing.T, cells ...string) *interp.Session {
	t.Helper()
	s, err := interp.New(interp.Config{Library: stdlib.Library()})
	if err != nil {
		t.Fatal(err)
	}
	for i, src := range cells {
		if r := s.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, nil); r.Err != nil {
			t.Fatalf("%q: %v", src, r.Err)
		}
	}
	return s
}

// The cursor is at "|"; want is a proposal that must come, bar one that must
// not.
func TestComplete(t *testing.T) {
	s := session(t, "type P struct { Name string; age int }\nfunc (p *P) Greet(other string) string { return p.Name }\npeople := []P{{\"a\", 1}}\nnumber := 3")
	for _, c := range []struct{ src, want, bar string }{
		{"fmt.Pri|", "Println", "Errorf"},
		{"x := strings.To|", "ToUpper", "Title"},
		{"peo|", "people", "number"},
		{"people[0].|", "Greet", "Println"},
		{"people[0].|", "age", ""},
		{"people[0].Na|", "Name", "Greet"},
		{"fmt.Println(people[0].|", "Name", ""},
		{"for _, p := range people {\n\tp.|\n}", "Greet", ""},
		{"for _, person := range people {\n\tpers|", "person", ""},
		{"func f(argument int) int {\n\treturn arg|\n}", "argument", ""},
		{"import \"encoding/|", "encoding/json", "fmt"},
		{"localName := 1\nloc|", "localName", ""},
		{"tabl|", "tables", ""},
		{"ret|", "return", ""},
		{"strings.NewReader(\"x\").Re|", "ReadByte", ""},
		{"%ti|", "time", "vars"},
		{"%time peo|", "", "time"},
		{"%help\npeo|", "people", ""},
		{"nothingKnown.|", "", "people"},
	} {
		at := strings.Index(c.src, "|")
		got := s.Complete(strings.Replace(c.src, "|", "", 1), at)
		var names []string
		for _, it := range got.Items {
			names = append(names, it.Text)
		}
		if c.want != "" && !slices.Contains(names, c.want) {
			t.Errorf("%q: no %q among %d: %.200v", c.src, c.want, len(names), names)
		}
		if c.bar != "" && slices.Contains(names, c.bar) {
			t.Errorf("%q: %q proposed", c.src, c.bar)
		}
	}
}

func TestInspect(t *testing.T) {
	s := session(t, "type P struct { Name string }\nfunc (p P) Greet(other string) string { return p.Name }\nvar one = P{}")
	for src, want := range map[string]string{
		"strings.ToUp|per":            "func strings.ToUpper(s string) string",
		"fmt.Println(|":               "func fmt.Println(a ...any) (n int, err error)",
		"on|e":                        "var one P",
		"one.Gre|et(\"x\")":           "func (P).Greet(other string) string",
		"x := 3\ny := |x":             "var x int",
		"math.P|i":                    "const Pi untyped float = 3.14159",
		"str|ings.ToUpper(\"a\")":     `package strings // import "strings"`,
		"for i := range 3 { _ = |i }": "var i int",
		"unknown|":                    "",
	} {
		at := strings.Index(src, "|")
		b, ok := s.Inspect(strings.Replace(src, "|", "", 1), at, 0)
		if ok != (want != "") || b.PlainText() != want {
			t.Errorf("%q: %q, want %q", src, b.PlainText(), want)
		}
	}
}

func TestCompleteness(t *testing.T) {
	for src, want := range map[string]string{
		"1 + 1": "complete", "x :=": "incomplete", "for i := range 3 {": "incomplete", "f(": "incomplete",
		"s := `open": "incomplete", "/* open": "incomplete", "x := )": "invalid", "s := \"open": "invalid",
		"%time 1+": "complete", "%%time\nfor {": "incomplete", "func f() {\n}": "complete", "": "complete", "1 +": "incomplete", "if x": "incomplete",
	} {
		if got := interp.Completeness(src).Status; got != want {
			t.Errorf("%q: %s, want %s", src, got, want)
		}
	}
	if got := interp.Completeness("for {\n\tif x {").Indent; got != "\t\t" {
		t.Errorf("indent %q", got)
	}
}
