package tables

import (
	"flag"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

// formulaTable has a column of every kind, with nulls.
func formulaTable() *Table {
	day := time.Date(2024, 2, 28, 0, 0, 0, 0, time.UTC)
	return New(
		Column("I", []any{7, -7, nil, 0}), Ints("J", 2, 2, 2, 0), Column("F", []any{2.5, -2.5, nil, math.NaN()}),
		Column("S", []any{"Apple", "pear pie", nil, "ÄÖÜ"}), Column("B", []any{true, false, nil, true}), Bools("Q", true, true, false, false),
		Times("T", day.Add(time.Hour), day.Add(25*time.Hour), time.Time{}, day), Dates("D", day, day.AddDate(0, 0, 1), day, time.Time{}),
		Column("V", [][]float64{{3, 1, 2}, {}, {5}, {1, 1}}), Column("W", []any{[]int{1, 2}, nil, []int{-3}, []int{0, 0}}),
		Column("F32", []float32{0.1, 1, 2, 3}), Column("U8", []uint8{0, 1, 128, 255}), Chars("C", 'a', 'b', 'c', 'd'))
}

// TestFormulaText runs the formulas of testdata/formulas.txt. A line that
// starts with "> " is a formula: "X = …" is for Update, anything else for
// Where, of which the kept rows' numbers are shown. What follows is the
// column's type and cells, or the error.
func TestFormulaText(t *testing.T) {
	const path = "testdata/formulas.txt"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimRight(string(b), "\n"), "\n") {
		switch formula, ok := strings.CutPrefix(line, "> "); {
		case ok:
			out.WriteString(line + "\n" + formulaResult(formula) + "\n")
		case line == "", strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, want := strings.Split(out.String(), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s:%d\ngot  %s\nwant %s", path, i+1, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d lines, want %d", path, len(got), len(want))
	}
}

func formulaResult(formula string) string {
	tb := formulaTable()
	if strings.HasPrefix(formula, "X = ") || strings.HasPrefix(formula, "! ") {
		tb = tb.Update(strings.TrimPrefix(formula, "! "))
		if tb.Err() == nil {
			typ, _ := tb.TypeOf("X")
			return "  " + typ.String() + " " + columnText(tb, "X")
		}
		return "  " + strings.ReplaceAll(tb.Err().Error(), "\n", "\n  ")
	}
	tb = tb.Update("Row = i").Where(formula)
	return "  " + strings.ReplaceAll(columnText(tb, "Row"), "\n", "\n  ")
}
