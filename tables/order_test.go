package tables

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOrderOfRowsAndColumns compares verbs that only move rows and columns with
// the same done cell by cell.
func TestOrderOfRowsAndColumns(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 60 {
		all := randomTable(rng, rng.IntN(30), append(slices.Clone(scalarTypes), VectorOf(Int64), VectorOf(String))...)
		names, rows := all.Names(), cellsOf(all)
		check := func(verb string, got *Table, names []string, want [][]any) {
			t.Helper()
			if text := differs(got, names, want); text != "" {
				t.Errorf("%s of %d rows: %s", verb, all.Len(), text)
			}
		}
		back := slices.Clone(rows)
		slices.Reverse(back)
		check("reverse", all.Reverse(), names, back)
		from, to := rng.IntN(35), rng.IntN(35)
		lo := min(from, len(rows))
		check("slice", all.Slice(from, to), names, rows[lo:max(lo, min(to, len(rows)))])
		check("head", all.Head(to), names, rows[:min(to, len(rows))])
		check("tail", all.Tail(to), names, rows[max(0, len(rows)-to):])
		check("merge", all.Merge(all.Head(3), all.Reverse()), names, slices.Concat(rows, rows[:min(3, len(rows))], back))

		at, place := rng.IntN(len(names)), rng.IntN(len(names))
		moved := slices.Insert(slices.Delete(slices.Clone(names), at, at+1), place, names[at])
		want := make([][]any, len(rows))
		for r, row := range rows {
			want[r] = slices.Insert(slices.Delete(slices.Clone(row), at, at+1), place, row[at])
		}
		check("move columns", all.MoveColumns(place, names[at]), moved, want)

		var picked []int
		var cells [][]any
		for range rng.IntN(2*len(rows) + 1) {
			picked = append(picked, rng.IntN(len(rows)))
			cells = append(cells, rows[picked[len(picked)-1]])
		}
		check("take", all.Take(picked...), names, cells)
	}
}
