package tables

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestDisplayText holds the text form of tables to testdata/display.txt.
func TestDisplayText(t *testing.T) {
	const path = "testdata/display.txt"
	wide := Empty(2)
	for i := range 30 {
		wide = wide.Update(fmt.Sprintf("c%d = %d", i, i))
	}
	var out strings.Builder
	for _, c := range []struct {
		name string
		t    *Table
	}{
		{"nothing", New()},
		{"rows without columns", Empty(1234567)},
		{"columns without rows", New(Ints("A"), Strings("B"))},
		{"every kind", formulaTable()},
		{"twenty rows", Empty(20).Update("A = i * 1000")},
		{"twenty-one rows", Empty(21).Update("A = i * 1000", "S = `row ` + i")},
		{"many columns", wide},
		{"text that would break the lines", New(Strings("S", "a\nb\tc", strings.Repeat("long ", 30), "\x1b[31mred", "日本 wide", "ü", "<b>&"), Ints("I", 1, 2, 3, 4, 5, 6))},
		{"long vectors", nineRows().GroupBy()},
		{"floats", New(Floats("F", 1, 0.1, 1e-7, 1e20, math.Inf(-1), 1e15, 123456789.125, 2.0/3, -1e6/3, 0.00123456789, 123456.0000001, 1.5e-9/7, 1e17/3))},
		{"an error", New(Ints("A", 1)).Update("B = Aa + 1")},
	} {
		fmt.Fprintf(&out, "== %s\n%s\n", c.name, c.t)
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, lines := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(got), len(lines)) {
		if got[i] != lines[i] {
			t.Fatalf("%s:%d\ngot  %q\nwant %q", path, i+1, got[i], lines[i])
		}
	}
	if len(got) != len(lines) {
		t.Errorf("%d lines, want %d", len(got), len(lines))
	}
}

func TestDisplayHTML(t *testing.T) {
	tb := New(Strings("<x>", "<script>alert(1)</script>", `"&'`), Column("N", []any{nil, 2}), Floats("F", 1.5, 2))
	b := tb.Display()
	if b.PlainText() != tb.String() {
		t.Error("the text form differs from String")
	}
	h := b.Data[show.MIMEHTML].(string)
	for _, want := range []string{`<caption style="text-align:left">2 × 3</caption>`, `<th style="text-align:left">&lt;x&gt;</th>`, `<td style="text-align:left">&lt;script&gt;alert(1)&lt;/script&gt;</td>`,
		`<td style="text-align:left">&#34;&amp;&#39;</td>`, `<td class="r n">null</td>`, `<td class="r">float64</td>`, `<td class="r">1.5</td>`, `<td class="r">2.0</td>`} {
		if !strings.Contains(h, want) {
			t.Errorf("no %s in\n%s", want, h)
		}
	}
	if strings.Contains(h, "<script") {
		t.Error("a cell came through unescaped")
	}
	e := New(Ints("A", 1)).Where("<b>").Display()
	if h := e.Data[show.MIMEHTML].(string); !strings.Contains(h, "sheaf-error") || strings.Contains(h, "<b>") {
		t.Errorf("a failed table shows %s", h)
	}
}

// TestDisplayIsBounded shows tables that are huge in every direction.
func TestDisplayIsBounded(t *testing.T) {
	long := strings.Repeat("ü", 1<<15)
	cols := make([]Col, 300)
	for i := range cols {
		cols[i] = Strings(fmt.Sprintf("%s%d", strings.Repeat("n", 500), i), long, "x")
	}
	big := Empty(100_000).Update("A = i", "S = `text` + i", "V = 1").GroupBy("V")
	deep := big.Update("W = 1").GroupBy("W")
	for _, tb := range []*Table{New(cols...), big, deep, New(cols...).Update("One = 1").GroupBy("One")} {
		b := tb.Display()
		if n := len(b.Data[show.MIMEHTML].(string)) + len(b.PlainText()); n > 100_000 {
			t.Errorf("%d bytes to show", n)
		}
	}
}
