package show

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

type base struct{ ID int }

type city struct {
	base
	Name   string
	People float64
	Since  *time.Time
	secret int
}

type level int

func (l level) String() string { return fmt.Sprintf("L%d", int(l)) }

type angry struct{ N int }

func (angry) String() string { panic("no") }

type square [2][2]float64

func (s square) Dims() (r, c int)       { return 2, 2 }
func (s square) At(i, j int) float64    { return s[i][j] }
func text(v any) string                 { return Table(v).PlainText() }
func laid(v any) (text string, ok bool) { _, text, ok = Rows(v); return text, ok }

func TestTable(t *testing.T) {
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	bern := &city{base{7}, "Bern <b>", 133883, &day, 1}
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"structs", []*city{bern, {Name: "a\nb"}, nil}, `3 × 4
 ID  Name        People  Since
int  string     float64  *time.Time
───  ────────  ────────  ─────────────────────────────
  7  Bern <b>  133883.0  2026-01-02 00:00:00 +0000 UTC
  0  a⏎b            0.0  nil
nil  nil            nil  nil
`},
		{"a map", map[string]int{"b": 2, "a": 10}, `2 × 2
key     value
string    int
──────  ─────
a          10
b           2
`},
		{"a map of structs", map[level]city{2: {Name: "x"}}, `1 × 5
key         ID  Name     People  Since
show.level  int  string  float64  *time.Time
`},
		{"maps", []map[string]any{{"x": 1, "y": nil}, {"z": errors.New("bad")}}, `2 × 3
x    y    z
───  ───  ───
1    nil  nil
nil  nil  bad
`},
		{"lists", [][]float64{{1, 2.5}, {math.NaN()}}, `2 × 2
  0    1
───  ───
1.0  2.5
NaN  nil
`},
		{"a matrix", square{{1, 2}, {3, 4e20}}, `2 × 2
  0      1
───  ─────
1.0    2.0
3.0  4e+20
`},
		{"a number", 3, "1 × 1\nvalue\n  int\n─────\n    3\n"},
		{"nothing", nil, "1 × 1\nvalue\n\n─────\nnil\n"},
		{"no rows", []city{}, "0 × 4\n ID  Name     People  Since\nint  string  float64  *time.Time\n───  ──────  ───────  ──────────\n"},
	} {
		got := text(tt.v)
		if tt.name == "a map of structs" {
			if !strings.HasPrefix(got, "1 × 5\nkey") || !strings.Contains(got, "\nL2") {
				t.Errorf("%s:\n%s", tt.name, got)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	if h := Table([]*city{bern}).Data[MIMEHTML].(string); !strings.Contains(h, `<td style="text-align:left">Bern &lt;b&gt;</td>`) {
		t.Error(h)
	}
	_ = bern.secret
}

// What is no table stays as it prints; what is one too large is cut.
func TestRows(t *testing.T) {
	for _, v := range []any{1, "a", []int{1, 2}, []string{"a"}, [][]byte{{1}}, []level{1}, []time.Time{{}}, struct{ A int }{1},
		[]struct{ a int }{{1}}, map[string]int(nil), (*city)(nil), []angry{{1}}, []error{nil}, func() {}, nil} {
		if got, ok := laid(v); ok {
			t.Errorf("%T is laid out as\n%s", v, got)
		}
	}
	got, _ := laid(make([]city, 1234567))
	if lines := strings.Count(got, "\n"); lines != 4+11 || !strings.HasPrefix(got, "1,234,567 × 4\n") || !strings.Contains(got, "…") {
		t.Errorf("%d lines:\n%s", lines, got)
	}
	wide := make([]int, 1000)
	if got, _ = laid([][]int{wide}); strings.Count(got, "…") != 2 {
		t.Error(got)
	}
	big := map[string]string{"k": strings.Repeat("x", 1<<20)}
	if got, _ = laid(big); len(got) > 1000 {
		t.Errorf("%d bytes", len(got))
	}
	if got, _ = laid(map[string]angry{"k": {1}}); !strings.Contains(got, "PANIC=String method: no") {
		t.Error(got)
	}
	if got, _ = laid(map[any]int{"b": 1, 2: 3, "a": 5, 1: 4}); strings.Index(got, "\n1") > strings.Index(got, "\n2") || strings.Index(got, "\na") > strings.Index(got, "\nb") {
		t.Error(got)
	}
}
