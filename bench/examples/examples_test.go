package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// every of the examples is run by the tests.
const every = 10

// TestExamples runs some of the examples; all are "go run ./bench/examples".
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("builds sheaf")
	}
	needs.Program(t, "go")
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	o := options{jobs: 2, every: every}
	if o.sheaf, err = build(t.Context(), root, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Run("sample", func(t *testing.T) {
		var out bytes.Buffer
		ok, err := o.compare(t.Context(), &out)
		if err != nil {
			t.Fatal(err)
		}
		if t.Log(out.String()); !ok {
			t.Fail()
		}
	})
	t.Run("judge", func(t *testing.T) { judges(t, o) })
}

// What an example prints is compared, and its failure is seen.
func judges(t *testing.T, o options) {
	const program = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"b\"); fmt.Println(\"a\") }\n"
	for _, c := range []struct {
		e    example
		want string
	}{
		{example{source: []byte(program), output: "b\na\n"}, ""},
		{example{source: []byte(program), output: "a\nb"}, `line 1: want "a", got "b"`},
		{example{source: []byte(program), output: "a\nb", unordered: true}, ""},
		{example{source: []byte(program), output: "b"}, "want 1 lines, got 2"},
		{example{source: []byte("package main\n\nfunc main() { panic(1) }\n")}, "exit status 2: panic: 1"},
		{example{source: []byte("package main\n\nfunc main() { x }\n")}, "undefined: x"},
	} {
		got, err := o.all(t.Context(), t.TempDir(), []example{c.e})
		if err != nil || (got[0] == "") != (c.want == "") || !strings.Contains(got[0], c.want) {
			t.Errorf("%q: %q, %v; want %q", c.e.source, got, err, c.want)
		}
	}
}
