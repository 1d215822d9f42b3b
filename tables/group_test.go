package tables

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func nineRows() *Table {
	return New(Strings("X", "A", "B", "A", "C", "B", "A", "B", "B", "C"), Ints("Y", 1, 2, 3, 4, 5, 6, 7, 8, 9))
}

func TestDH44GroupBy(t *testing.T) {
	g := nineRows().GroupBy("X")
	if got := rowsText(g); got != "X=A Y=[1 3 6]|X=B Y=[2 5 7 8]|X=C Y=[4 9]" {
		t.Error(got)
	}
	one := nineRows().GroupBy()
	if one.Len() != 1 || len(one.Value("Y", 0).([]int64)) != 9 || len(one.Value("X", 0).([]string)) != 9 {
		t.Error(one)
	}
	if typ, _ := one.TypeOf("X"); typ != VectorOf(String) || typ.String() != "[]string" {
		t.Errorf("type %v", typ)
	}
}

func TestDH45Ungroup(t *testing.T) {
	u := nineRows().GroupBy("X").Ungroup()
	want := New(Strings("X", "A", "A", "A", "B", "B", "B", "B", "C", "C"), Ints("Y", 1, 3, 6, 2, 5, 7, 8, 4, 9))
	if got := rowsText(u); got != rowsText(want) {
		t.Error(got)
	}
	err := New(Column("P", [][]int{{1}, {2, 3}}), Column("Q", [][]int{{1}, {2}})).Ungroup().Err()
	if !errors.Is(err, ErrLength) || err.Error() != `tables: ungroup: row 1 has 2 values in "P", 1 in "Q": unequal lengths` {
		t.Errorf("unequal vectors: %v", err)
	}
	if err := nineRows().Ungroup("X").Err(); !errors.Is(err, ErrType) {
		t.Errorf("no vector: %v", err)
	}
}

func TestGroupByKeyKinds(t *testing.T) {
	tb := New(Floats("F", 0, math.Copysign(0, -1), math.NaN(), -math.NaN(), 1), Column("N", []any{nil, 0, nil, 0, 1}),
		Bools("B", true, true, false, true, true), Ints("R", 0, 1, 2, 3, 4))
	for _, c := range []struct {
		keys []string
		want []any
	}{
		{[]string{"F"}, []any{[]int64{0, 1}, []int64{2, 3}, []int64{4}}},
		{[]string{"N"}, []any{[]int64{0, 2}, []int64{1, 3}, []int64{4}}},
		{[]string{"B"}, []any{[]int64{0, 1, 3, 4}, []int64{2}}},
		{[]string{"F", "B"}, []any{[]int64{0, 1}, []int64{2}, []int64{3}, []int64{4}}},
	} {
		g := tb.GroupBy(c.keys...)
		var got []any
		for i := range g.Len() {
			got = append(got, g.Value("R", i))
		}
		if !cmp.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.keys, got, c.want)
		}
	}
	if !tb.GroupBy("N").IsNull("N", 0) {
		t.Error("the key null is lost")
	}
	for _, err := range []error{tb.GroupBy("Q").Err(), tb.GroupBy("F", "F").Err(), tb.GroupBy("B").GroupBy("R").Err()} {
		if err == nil {
			t.Error("no error")
		}
	}
}

// TestGroupByAgainstMap groups many random keys as a Go map does.
func TestGroupByAgainstMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const n = 20_000
	a, s := make([]int, n), make([]string, n)
	type key struct {
		a int
		s string
	}
	var order []key
	want := map[key][]int64{}
	rows := make([]int, n)
	for i := range n {
		a[i], s[i], rows[i] = rng.IntN(300)-150, string(rune('a'+rng.IntN(20))), i
		k := key{a[i], s[i]}
		if want[k] == nil {
			order = append(order, k)
		}
		want[k] = append(want[k], int64(i))
	}
	g := New(Ints("A", a...), Strings("S", s...), Ints("R", rows...)).GroupBy("A", "S")
	if g.Len() != len(order) {
		t.Fatalf("%d groups, want %d", g.Len(), len(order))
	}
	for i, k := range order {
		if g.Value("A", i) != int64(k.a) || g.Value("S", i) != k.s || !cmp.Equal(g.Value("R", i), any(want[k])) {
			t.Fatalf("group %d: %v %v, want %v", i, g.Value("A", i), g.Value("S", i), k)
		}
	}
}

func TestEncode(t *testing.T) {
	tb := New(Column("C", []any{"b", "a", nil, "b", "c"}), Ints("R", 0, 1, 2, 3, 4))
	if got := rowsText(tb.Encode("C")); got != "C=0 R=0|C=1 R=1|C=<nil> R=2|C=0 R=3|C=2 R=4" {
		t.Error(got)
	}
	if got := rowsText(tb.Encode("C", Sorted())); got != "C=1 R=0|C=0 R=1|C=<nil> R=2|C=1 R=3|C=2 R=4" {
		t.Error(got)
	}
	if got := tb.Categories("C", Sorted()).Strings("C"); !cmp.Equal(got, []string{"a", "b", "c"}) {
		t.Error(got)
	}
	if got := tb.Categories("C").Strings("C"); !cmp.Equal(got, []string{"b", "a", "c"}) {
		t.Error(got)
	}
}

func TestSort(t *testing.T) {
	tb := New(Column("A", []any{2.0, nil, math.NaN(), 1.0, 2.0}), Strings("B", "x", "y", "z", "w", "v"), Ints("R", 0, 1, 2, 3, 4))
	for _, c := range []struct {
		keys []string
		want []int64
	}{
		{[]string{"A"}, []int64{3, 0, 4, 2, 1}},
		{[]string{"-A"}, []int64{0, 4, 3, 2, 1}},
		{[]string{"A", "B"}, []int64{3, 4, 0, 2, 1}},
		{[]string{"-B"}, []int64{2, 1, 0, 3, 4}},
		{nil, []int64{0, 1, 2, 3, 4}},
	} {
		if got := tb.Sort(c.keys...).Int64s("R"); !cmp.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.keys, got, c.want)
		}
	}
	if tb.Sort("Z").Err() == nil || tb.GroupBy("B").Sort("A").Err() == nil {
		t.Error("no error")
	}
}

// TestSortAgainstStandard sorts random rows by several keys, one row at a time.
func TestSortAgainstStandard(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	const n = 3000
	specials := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), -1, 1}
	f, i, s, b := make([]any, n), make([]any, n), make([]any, n), make([]any, n)
	for r := range n {
		f[r], i[r], s[r], b[r] = specials[rng.IntN(7)], int64(rng.Uint64())>>rng.IntN(64), string(rune('a'+rng.IntN(4))), rng.IntN(2) == 0
		for _, v := range [][]any{f, i, s, b} {
			if rng.IntN(5) == 0 {
				v[r] = nil
			}
		}
	}
	tb := New(Values("F", Float64, f), Values("I", Int64, i), Values("S", String, s), Values("B", Bool, b)).Update("R = ii")
	for _, keys := range [][]string{{"F", "I"}, {"-F", "S", "-I"}, {"B", "-S", "F"}, {"-B", "-I"}, {"S"}} {
		rows := make([]int32, n)
		for r := range rows {
			rows[r] = int32(r)
		}
		slices.SortStableFunc(rows, func(x, y int32) int {
			for _, k := range keys {
				name, down := strings.CutPrefix(k, "-")
				c, _ := tb.Column(name)
				v := c.comparer()(x, y)
				if end := func(r int32) bool { f, ok := c.cell(int(r)).(float64); return c.IsNull(int(r)) || ok && f != f }; down && !end(x) && !end(y) {
					v = -v
				}
				if v != 0 {
					return v
				}
			}
			return 0
		})
		got := tb.Sort(keys...).Int64s("R")
		for r := range rows {
			if got[r] != int64(rows[r]) {
				t.Fatalf("%v: row %d is %d, want %d", keys, r, got[r], rows[r])
			}
		}
	}
}
