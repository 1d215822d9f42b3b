package tables

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestPivot(t *testing.T) {
	tb := New(Strings("City", "a", "b", "a", "a"), Ints("Year", 2024, 2024, 2025, 2024), Ints("N", 1, 2, 3, 4))
	if got := rowsText(tb.Pivot("Year", "sum(N)", "City")); got != "City=a 2024=5 2025=3|City=b 2024=2 2025=<nil>" {
		t.Error(got)
	}
	if got := rowsText(tb.Pivot("City", "count() + 0.5")); got != "a=3.5 b=1.5" {
		t.Error(got)
	}
	odd := New(Column("K", []any{"x", " x", "", nil, "null", "Y"}), Ints("Y", 1, 1, 1, 1, 1, 1), Ints("V", 1, 2, 3, 4, 5, 6))
	if got := odd.Pivot("K", "first(V)", "Y").Names(); !slices.Equal(got, []string{"Y", "x", "x_2", "empty", "null", "null_2", "Y_2"}) {
		t.Errorf("names %q", got)
	}
	many := Empty(10_001).Update("K = ii", "V = 1")
	for _, c := range []struct {
		got  *Table
		want string
	}{
		{many.Pivot("K", "sum(V)"), `tables: pivot: column "K" has 10001 different values; Pivot makes at most 10000 columns`},
		{tb.Pivot("Yeer", "sum(N)"), `no column "Yeer"; did you mean "Year"?`},
		{tb.Pivot("Year", "sum(N)", "Year"), `"Year" gives the names, so it is no key`},
		{tb.Pivot("Year", "N", "City"), "N has many values in a group"},
		{tb.Pivot("Year", "1", "City"), "want an aggregate such as sum(A) or count()"},
		{tb.Pivot("Year", "sum(City)"), "sum wants numbers"},
	} {
		if err := c.got.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if wide := many.Head(10_000).Pivot("K", "sum(V)"); wide.Err() != nil || wide.NumCols() != 10_000 || wide.Len() != 1 {
		t.Error(wide.Err())
	}
}

// TestPivotSlow compares with cells put into a map.
func TestPivotSlow(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	for trial := range 60 {
		tb := randomTable(rng, rng.IntN(40), scalarTypes[trial%len(scalarTypes)], String, Int64, Bool)
		names, keys := tb.Names()[trial%2], []string{tb.Names()[1-trial%2], "bool_3"}[:rng.IntN(3)]
		type cell struct{ key, name string }
		want, rows, columns := map[cell]int64{}, []string{}, []string{}
		for r := range tb.Len() {
			key, name := "", keyText(tb.Value(names, r))
			for _, k := range keys {
				key += keyText(tb.Value(k, r)) + "\x00"
			}
			if !slices.Contains(rows, key) {
				rows = append(rows, key)
			}
			if !slices.Contains(columns, name) {
				columns = append(columns, name)
			}
			if v, ok := tb.Value("int64_2", r).(int64); ok {
				want[cell{key, name}] += v
			} else {
				want[cell{key, name}] += 0
			}
		}
		got := tb.Pivot(names, "sum(int64_2)", keys...)
		if len(keys) == 0 {
			rows = []string{""}
		}
		if got.Err() != nil || got.Len() != len(rows) || got.NumCols() != len(keys)+len(columns) {
			t.Fatalf("%v by %v: %d × %d, want %d × %d, %v", names, keys, got.Len(), got.NumCols(), len(rows), len(keys)+len(columns), got.Err())
		}
		for r, key := range rows {
			for c, name := range columns {
				v, there := want[cell{key, name}]
				cell := got.Value(got.Names()[len(keys)+c], r)
				if there && cell != any(v) || !there && cell != nil {
					t.Fatalf("%v by %v: row %d, %q: %v, want %v", names, keys, r, name, cell, v)
				}
			}
		}
	}
}

// TestMeltSlow compares with rows written out one after the other.
func TestMeltSlow(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	for trial := range 60 {
		typ := scalarTypes[trial%len(scalarTypes)]
		tb := randomTable(rng, rng.IntN(20), String, typ, typ, typ, VectorOf(Int64))
		columns := tb.Names()[1 : 2+rng.IntN(3)]
		var rest []string
		for _, name := range tb.Names() {
			if !slices.Contains(columns, name) {
				rest = append(rest, name)
			}
		}
		var want [][]any
		for _, c := range columns {
			for r := range tb.Len() {
				var row []any
				for _, name := range rest {
					row = append(row, tb.Value(name, r))
				}
				want = append(want, append(row, c, tb.Value(c, r)))
			}
		}
		if d := differs(tb.Melt("Name", "Value", columns...), append(rest, "Name", "Value"), want); d != "" {
			t.Fatalf("%v: %s", columns, d)
		}
	}
}

func TestMelt(t *testing.T) {
	tb := New(Strings("K", "a", "b"), Column("I", []int32{1, 2}), Column("J", []any{nil, 4}), Floats("F", 0.5, 1))
	if got := rowsText(tb.Melt("Name", "Value", "I", "F")); got != "K=a J=<nil> Name=I Value=1|K=b J=4 Name=I Value=2|K=a J=<nil> Name=F Value=0.5|K=b J=4 Name=F Value=1" {
		t.Error(got)
	}
	if typ, _ := tb.Melt("Name", "Value", "I", "J").TypeOf("Value"); typ != Int64 {
		t.Errorf("int32 and int64 became %v", typ)
	}
	if got := rowsText(tb.Melt("I", "J", "I", "J").View("I", "J")); got != "I=I J=1|I=I J=2|I=J J=<nil>|I=J J=4" {
		t.Error(got)
	}
	back := tb.View("K", "I", "F").Melt("Name", "Value", "I", "F").Pivot("Name", "first(Value)", "K")
	if got := rowsText(back); got != "K=a I=1 F=0.5|K=b I=2 F=1" {
		t.Error(got)
	}
	for _, c := range []struct {
		got  *Table
		want string
		is   error
	}{
		{tb.Melt("N", "V", "I", "K"), `tables: melt: column "K" is string, and those before it int32; cells of one column are of one type: unsuitable type`, ErrType},
		{tb.Melt("N", "V", "Q"), `no column "Q"`, ErrNoColumn},
		{tb.Melt("K", "V", "I"), `two columns are named "K"`, nil},
		{tb.Melt("V", "V", "I"), `two columns are named "V"`, nil},
		{tb.Melt("N", "V"), "want the columns that become rows, got none", nil},
		{tb.Melt("N", "V", "I", "I"), `column "I" is given twice`, nil},
	} {
		if err := c.got.Err(); err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
