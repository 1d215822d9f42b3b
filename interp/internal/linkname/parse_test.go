package linkname_test

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/linkname"
)

// namer is a Scope in which every name means a type of its own.
type namer struct{ seen []linkname.Name }

func (*namer) Package(path string) *types.Package { return types.NewPackage(path, path) }

func (s *namer) Named(n linkname.Name) (types.Type, error) {
	if n.Name == "none" {
		return nil, fmt.Errorf("package %s has no type %s", n.Path, n.Name)
	}
	s.seen = append(s.seen, n)
	obj := types.NewTypeName(token.NoPos, s.Package(n.Path), strings.TrimPrefix(n.Link, n.Path+"."), nil)
	return types.NewNamed(obj, types.Typ[types.Int], nil), nil
}

// TestParse reads names as the compiler writes them; what differs from Go's
// own notation stands in the second column.
func TestParse(t *testing.T) {
	for _, c := range [][2]string{
		{"int"}, {"uint8"}, {"unsafe.Pointer"}, {"error"}, {"uintptr"},
		{"*main.T"}, {"[]map[string][4]*main.T"},
		{"chan<- int"}, {"<-chan int"}, {"chan int"}, {"chan (<-chan int)"}, {"chan<- <-chan int"}, {"<-chan chan<- int"}, {"chan chan<- func() int"},
		{"func()"}, {"func(int, ...string) (main.T, error)"}, {"func(func(int) func() int) func()", "func(func(int) func() int) func()"},
		{"map[struct {}]func(...interface {}) []int", "map[struct{}]func(...interface{}) []int"},
		{`struct { A int "json:\"a; }\""; main.b string; time.Time }`, `struct{A int "json:\"a; }\""; b string; time.Time}`},
		{"struct { F func(); G func(int) int; H func() (int, int) }", "struct{F func(); G func(int) int; H func() (int, int)}"},
		{`struct { F func() "t" }`, `struct{F func() "t"}`},
		{"struct { *main.T; main.int = int; P = *main.T; main._ int; main._ int; *a/b.C \"x\" }", `struct{*main.T; int; *main.T; _ int; _ int; *a/b.C "x"}`},
		{"struct { List = main.List[int]; F main.T }", "struct{main.List[int]; F main.T}"},
		{"[]struct { key string; elem int }", "[]struct{key string; elem int}"},
		{"interface { M(int) string; main.m() }", "interface{M(int) string; m()}"},
		{"func(interface { Error() string }) struct {}", "func(interface{Error() string}) struct{}"},
		{"main.Pair[string,github.com/apache/arrow/go/v17/arrow.Array]"},
		{"main.Tꞏ2"}, {"main.Größe[main.List[[]int],struct { A int }]"},
	} {
		want := c[1]
		if want == "" {
			want = c[0]
		}
		got, err := linkname.Parse(c[0], &namer{})
		if err != nil {
			t.Error(err)
		} else if got.String() != want {
			t.Errorf("%s is %s, want %s", c[0], got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"gopkg.in/yaml%2ev3.Node", "gopkg.in/yaml.v3 Node 0 0"},
		{"crypto/internal/entropy/v1%2e0%2e0.source", "crypto/internal/entropy/v1.0.0 source 0 0"},
		{"main.T·12", "main T·12 0 0"},
		{"main.T[int]·12", "main T·12 1 0"},
		{"main.T[int,string;bool]·12", "main T·12 3 2"},
		{"a/b/c.Pair[string,a/b.C]", "a/b/c Pair 2 0"},
	} {
		s := &namer{}
		if _, err := linkname.Parse(c.text, s); err != nil {
			t.Error(err)
			continue
		}
		n := s.seen[len(s.seen)-1]
		if got := fmt.Sprint(n.Path, " ", n.Name, " ", len(n.Args), " ", n.Outer); got != c.want || n.Link != c.text {
			t.Errorf("%s is %q of %s", c.text, got, n.Link)
		}
	}
}

func TestParseItab(t *testing.T) {
	for _, c := range [][3]string{
		{"*main.T,fmt.Stringer", "*main.T", "fmt.Stringer"},
		{"main.Pair[int,main.P[string,int]],io.Reader", "main.Pair[int,main.P[string,int]]", "io.Reader"},
		{"struct { *a.B; C func(int, string) },interface { M(int, string) }", "struct{*a.B; C func(int, string)}", "interface{M(int, string)}"},
	} {
		a, b, err := linkname.ParseItab(c[0], &namer{})
		if err != nil {
			t.Error(err)
		} else if a.String() != c[1] || b.String() != c[2] {
			t.Errorf("%s: %s and %s", c[0], a, b)
		}
	}
	if _, _, err := linkname.ParseItab("main.T", &namer{}); err == nil || err.Error() != `linkname: main.T: want "," at ""` {
		t.Error(err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range [][2]string{
		{"", `want a type at ""`},
		{"integer", `want a type at "integer"`},
		{"[]", `want a type at ""`},
		{"[x]int", `want a number at "x]int"`},
		{"[99999999999999999999]int", `want a number at "99999999999999999999]int"`},
		{"map[int", `want "]" at ""`},
		{"int string", `want the end at " string"`},
		{"main.none", "package main has no type none"},
		{"[]a/b.none", "package a/b has no type none"},
		{"main.", `want a path and a name at "main."`},
		{"a/b", `want a path and a name at "a/b"`},
		{"a%2.T", `path "a%2": want two digits after %`},
		{"a%zz.T", `path "a%zz": want two digits after %`},
		{"main.List[int", `want "]" at ""`},
		{"func(...int, int)", "a variadic parameter is not the last one"},
		{"func() (...int)", "a result is variadic"},
		{"struct { A int; A int }", "field A comes twice"},
		{"struct { []int }", "[]int is embedded without a name"},
		{"struct { A int", `want " }" at ""`},
		{`struct { A int "x }`, `want a tag at "\"x }"`},
		{"interface { M(); M() }", "method M comes twice"},
		{"interface { m.1() }", `want a name at "m.1() }"`},
		{"go.shape.int", "go.shape.int belongs to the compiler"},
		{"noalg.map.group[int]int", "noalg.map.group belongs to the compiler"},
		{"@3", `want a type at "@3"`},
	} {
		got, err := linkname.Parse(c[0], &namer{})
		if want := fmt.Sprintf("linkname: %s: %s", c[0], c[1]); err == nil || err.Error() != want {
			t.Errorf("got %v, %v\nwant %s", got, err, want)
		}
	}
	if _, err := linkname.Parse(strings.Repeat("*", 1e6)+"int", &namer{}); err == nil || !strings.HasSuffix(err.Error(), "nested deeper than 10000") {
		t.Error("a million pointers are accepted")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`struct { A int "json:\"a\""; main.b string; *time.Time; X = int }`, "chan (<-chan func(int, ...string) (a%2eb.T[int;map[string]int]·1, error))",
		"interface { M(int) string; main.m() }", "[4]map[struct {}]chan<- <-chan unsafe.Pointer",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := linkname.Parse(s, &namer{})
		if (got == nil) == (err == nil) {
			t.Errorf("%v, %v", got, err)
		}
	})
}
