package tables

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDH40Empty(t *testing.T) {
	e := Empty(5)
	if e.Err() != nil || e.Len() != 5 || e.NumCols() != 0 {
		t.Fatalf("Empty(5): %d rows, %d columns, %v", e.Len(), e.NumCols(), e.Err())
	}
	if Empty(-1).Err() == nil {
		t.Error("Empty(-1) is no error")
	}
}

func TestDH47DropRename(t *testing.T) {
	tb := New(Ints("A", 1, 2), Ints("B", 3, 4), Strings("C", "x", "y"))
	if got := tb.DropColumns("B").Names(); !cmp.Equal(got, []string{"A", "C"}) {
		t.Errorf("drop B: %v", got)
	}
	sw := tb.RenameColumns("A=B", "B=A")
	if got := sw.Names(); !cmp.Equal(got, []string{"B", "A", "C"}) {
		t.Errorf("swap: %v", got)
	}
	if got := sw.Int64s("B"); !cmp.Equal(got, []int64{1, 2}) {
		t.Errorf("B after swap: %v", got)
	}
	err := tb.DropColumns("Bb").Head(1).Err()
	if !errors.Is(err, ErrNoColumn) || err.Error() != `tables: drop columns: no column "Bb"; did you mean "B"?` {
		t.Errorf("drop Bb: %v", err)
	}
}

func TestDH49SizeAndSchema(t *testing.T) {
	tb := New(Ints("A", 1, 2), Floats("B", 3, 4))
	if tb.Len() != 2 {
		t.Errorf("Len %d", tb.Len())
	}
	want := []Field{{"A", Int64}, {"B", Float64}}
	if !cmp.Equal(tb.Schema(), want) {
		t.Errorf("schema %v", tb.Schema())
	}
	m := tb.Meta()
	if !cmp.Equal(m.Strings("Type"), []string{"int64", "float64"}) {
		t.Errorf("meta %v", m.Strings("Type"))
	}
}

func TestDH50NewTable(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)
	type named float64
	two := 2
	tb := New(
		Strings("S", "a", "b"), Ints("I", 1, 2), Floats("F", 1.5, math.NaN()), Bools("Bo", true, false),
		Times("T", now, time.Time{}), Dates("D", now, now), Durations("Du", time.Second, 0), Chars("Ch", 'x', 'ü'),
		Column("N", []named{1, 2}), Column("P", []*int{nil, &two}), Column("V", [][]float64{{1}, {2, 3}}),
		Column("Any", []any{nil, "z"}), Column("U8", []uint8{1, 255}), Column("F32", []float32{1, 2}))
	if tb.Err() != nil {
		t.Fatal(tb.Err())
	}
	for name, want := range map[string]any{"S": "b", "I": int64(2), "Bo": false, "T": nil, "D": now.Truncate(24 * time.Hour),
		"Du": time.Duration(0), "Ch": 'ü', "N": 2.0, "P": int64(2), "V": []float64{2, 3}, "Any": "z", "U8": uint8(255), "F32": float32(2)} {
		if got := tb.Value(name, 1); !cmp.Equal(got, want) {
			t.Errorf("%s[1] = %v (%T), want %v (%T)", name, got, got, want, want)
		}
	}
	if tb.IsNull("F", 1) || !tb.IsNull("P", 0) || !tb.IsNull("Any", 0) {
		t.Error("NaN is null, or a nil is not")
	}
	if f := tb.Float64s("P"); !math.IsNaN(f[0]) || f[1] != 2 {
		t.Errorf("null as float: %v", f)
	}
}

func TestNewErrors(t *testing.T) {
	for want, tb := range map[string]*Table{
		`tables: column "B" has 1 rows, want 2: unequal lengths`:                           New(Ints("A", 1, 2), Ints("B", 1)),
		`tables: two columns are named "A"`:                                                New(Ints("A", 1), Ints("A", 1)),
		`tables: column "C": cells of Go type chan int are not supported`:                  New(Column("C", []chan int{nil})),
		`tables: column "C": want a slice of values, got int`:                              New(Column("C", 3)),
		`tables: column "C": row 1: want int64, got string`:                                New(Column("C", []any{1, "x"})),
		`tables: want a column name without surrounding blanks, got " A"`:                  New(Ints(" A", 1)),
		`tables: with: column "B" has 2 rows, the table has 1: unequal lengths`:            New(Ints("A", 1)).With(Ints("B", 1, 2)),
		`tables: new: column "" has no values: make it with tables.Ints, tables.Column, …`: New(Col{}),
	} {
		if tb.Err() == nil || tb.Err().Error() != want {
			t.Errorf("got  %v\nwant %s", tb.Err(), want)
		}
		if tb.Head(3).Len() != 0 || tb.With(Ints("Z", 1)).Err() == nil {
			t.Errorf("%s: the error is not carried on", want)
		}
	}
}

func TestZeroCopy(t *testing.T) {
	v := []float64{1, 2, 3, 4}
	tb := New(Floats("A", v...), Column("I", []int{5, 6, 7, 8}))
	if &tb.Slice(1, 3).Float64s("A")[0] != &v[1] {
		t.Error("a slice of floats was copied")
	}
	rec, err := tb.Record()
	if err != nil {
		t.Fatal(err)
	}
	back := FromRecord(rec)
	if back.Err() != nil || &back.Float64s("A")[0] != &v[0] {
		t.Errorf("through Arrow: copied, or %v", back.Err())
	}
}

func TestArrowRoundTrip(t *testing.T) {
	tb := New(
		Column("S", []any{"a", nil, "ccc", ""}), Column("I", []any{1, 2, nil, 4}), Column("B", []any{true, nil, false, true}),
		Column("V", []any{[]string{"p"}, nil, []string{}, []string{"q", "r"}}), Chars("C", 'a', 'b', 'c', 'd'),
		Times("T", time.Unix(1, 5).UTC(), time.Time{}, time.Unix(2, 0).UTC(), time.Unix(3, 0).UTC())).Slice(1, 4)
	rec, err := tb.Record()
	if err != nil {
		t.Fatal(err)
	}
	back := FromRecord(rec)
	if back.Err() != nil {
		t.Fatal(back.Err())
	}
	if !cmp.Equal(back.Schema(), tb.Schema()) {
		t.Errorf("schema %v, want %v", back.Schema(), tb.Schema())
	}
	for _, name := range tb.Names() {
		for i := range tb.Len() {
			if got, want := back.Value(name, i), tb.Value(name, i); !cmp.Equal(got, want) {
				t.Errorf("%s[%d] = %v, want %v", name, i, got, want)
			}
		}
	}
}

func TestArrowEmptyAndFailed(t *testing.T) {
	for _, tb := range []*Table{New(), New(Strings("S"), Ints("I"), Bools("B"), Column("V", [][]float64{})), New(Strings("S", "a")).Slice(1, 1)} {
		rec, err := tb.Record()
		if err != nil {
			t.Fatal(err)
		}
		if back := FromRecord(rec); back.Err() != nil || !cmp.Equal(back.Schema(), tb.Schema()) || back.Len() != 0 {
			t.Errorf("%v came back as %v, %v", tb.Schema(), back.Schema(), back.Err())
		}
	}
	if _, err := Empty(-1).Record(); err == nil {
		t.Error("a failed table gives a record")
	}
}

// TestZeroValues uses what nobody made.
func TestZeroValues(t *testing.T) {
	var tb Table
	if tb.Len() != 0 || tb.Has("A") || tb.Update("A = 1").Err() != nil || tb.Where("true").Err() != nil || tb.GroupBy().Len() != 0 {
		t.Error("the zero Table is not an empty one")
	}
	if got := tb.With(Ints("A", 1, 2)); got.Len() != 2 {
		t.Error(got)
	}
	var c Col
	if c.Len() != 0 || c.Values() != nil || c.NullCount() != 0 {
		t.Error("the zero Col is not empty")
	}
	if failed, err := ReadCSV("no such file"); err == nil || failed.Err() != err || failed.Update("A = 1").Len() != 0 {
		t.Error("a table that could not be read does not carry its error")
	}
}

func TestMergeTake(t *testing.T) {
	a := New(Column("S", []any{"a", nil}), Column("V", [][]int{{1}, {2, 3}}), Bools("B", true, false))
	c := a.Slice(1, 2).Merge(a, a.Tail(1)).Take(3, 0, 1)
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	got := []any{c.Value("S", 0), c.Value("S", 1), c.Value("S", 2), c.Value("V", 0), c.Value("V", 2), c.Value("B", 2)}
	want := []any{nil, nil, "a", []int64{2, 3}, []int64{1}, true}
	if !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestValuesCasts(t *testing.T) {
	for _, c := range []struct {
		typ  Type
		in   any
		want any
	}{
		{Int32, 2.9, int32(2)}, {Int32, -2.9, int32(-2)}, {Int32, math.NaN(), int32(0)}, {Int32, 1e20, int32(math.MaxInt32)},
		{Int64, 1e30, int64(math.MaxInt64)}, {Int8, 300, int8(44)}, {Int64, true, nil}, {Float32, 3, float32(3)},
		{Uint64, -1.5, uint64(0)}, {Char, 65, 'A'}, {Bool, 1, nil},
	} {
		col := Values("x", c.typ, []any{c.in})
		if c.want == nil {
			if col.err == nil {
				t.Errorf("%v from %v: no error", c.typ, c.in)
			}
			continue
		}
		if got := col.cell(0); col.err != nil || got != c.want {
			t.Errorf("%v from %v: %v %v, want %v", c.typ, c.in, got, col.err, c.want)
		}
	}
}
