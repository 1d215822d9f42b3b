package gather_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// run checks and gathers the named columns of all rows, as learn does.
func run(s gather.Spec, t *tables.Table, names ...string) (any, error) {
	if err := s.Check(t, names); err != nil {
		return nil, err
	}
	return s.Gather(gather.NewBatch(t, 0, names...))
}

func gathered(t *testing.T, s gather.Spec, table *tables.Table, names ...string) *tensor.Tensor {
	t.Helper()
	v, err := run(s, table, names...)
	if err != nil {
		t.Fatalf("%v: %v", s, err)
	}
	return v.(*tensor.Tensor)
}

// xyz has X = i, Y = √X, Z = √Y for n rows.
func xyz(n int) *tables.Table {
	x, y, z := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		x[i], y[i] = float64(i), math.Sqrt(float64(i))
		z[i] = math.Sqrt(y[i])
	}
	return tables.New(tables.Floats("X", x...), tables.Floats("Y", y...), tables.Floats("Z", z...))
}

func TestDH20Matrix(t *testing.T) {
	table := xyz(100)
	m := gathered(t, gather.Float64, table, "X", "Y", "Z")
	if !slices.Equal(m.Shape(), []int{100, 3}) || m.DType() != tensor.Float64 {
		t.Fatalf("shape %v of %v", m.Shape(), m.DType())
	}
	for j, name := range []string{"X", "Y", "Z"} {
		for i, v := range table.Float64s(name) {
			if math.Abs(m.Float64At(i, j)-v) > 1e-9 {
				t.Fatalf("%s[%d] = %v, want %v", name, i, m.Float64At(i, j), v)
			}
		}
	}
}

// TestDH21NoDefaultType: where the original gathers 32-bit integers unless
// told otherwise, and so truncates, here the type cannot be left out.
func TestDH21NoDefaultType(t *testing.T) {
	if _, err := run(gather.Spec{}, xyz(3), "X"); err == nil || !strings.Contains(err.Error(), "name an element type") {
		t.Errorf("gathered without a type: %v", err)
	}
}

func TestDH22ElementTypes(t *testing.T) {
	n := 100
	x := make([]int8, n)
	for i := range x {
		x[i] = int8(i)
	}
	for _, c := range []struct {
		how  gather.Spec
		want tensor.DType
	}{{gather.Int8, tensor.Int8}, {gather.Int16, tensor.Int16}, {gather.Int32, tensor.Int32}, {gather.Int64, tensor.Int64},
		{gather.Float32, tensor.Float32}, {gather.Float64, tensor.Float64}} {
		base := tensor.FromSlice([]int{n}, x).Cast(c.want)
		y, z := base.Clone(), base.Clone()
		for i := range n {
			y.SetAt(100-i, i)
			z.SetAt(-101+i, i)
		}
		table := tables.New(tables.Column("X", base.Raw()), tables.Column("Y", y.Raw()), tables.Column("Z", z.Raw()))
		m := gathered(t, c.how, table, "X", "Y", "Z")
		for i := range n {
			if m.Float64At(i, 0) != float64(i) || m.Float64At(i, 1) != float64(100-i) || m.Float64At(i, 2) != float64(-101+i) {
				t.Fatalf("%v: row %d is %v", c.how, i, m.Row(i))
			}
		}
		if m.DType() != c.want {
			t.Errorf("%v gave %v", c.how, m.DType())
		}
	}
	bools := tables.New(tables.Bools("B", true, false, true))
	if m := gathered(t, gather.Bool, bools, "B"); m.DType() != tensor.Bool || !slices.Equal(m.Bools(), []bool{true, false, true}) {
		t.Errorf("bools became %v", m)
	}
	for _, how := range []gather.Spec{gather.Uint8, gather.Uint16, gather.Uint32, gather.Uint64, gather.Float32, gather.Int8} {
		if m := gathered(t, how, bools, "B"); !slices.Equal(m.Float64s(), []float64{1, 0, 1}) {
			t.Errorf("%v of bools is %v", how, m)
		}
	}
}

// TestDH23TypesHaveOneName: the original's shorthands (its int is 32 bits) are
// not carried over; each Go type has one spec, and no other type has any.
func TestDH23TypesHaveOneName(t *testing.T) {
	specs := []gather.Spec{gather.Bool, gather.Int8, gather.Int16, gather.Int32, gather.Int64, gather.Uint8,
		gather.Uint16, gather.Uint32, gather.Uint64, gather.Float32, gather.Float64}
	for _, s := range specs {
		m := gathered(t, s, tables.New(tables.Bools("B", true)), "B")
		if want := "gather." + strings.ToUpper(m.DType().String()[:1]) + m.DType().String()[1:]; s.String() != want {
			t.Errorf("%v gathers %v", s, m.DType())
		}
	}
}

func TestDH24Layouts(t *testing.T) {
	table := xyz(5)
	want := gathered(t, gather.Float64, table, "X", "Y", "Z").Float64s()
	for _, c := range []struct {
		layout  tensor.Layout
		strides []int
	}{{gather.RowMajor, []int{3, 1}}, {gather.C, []int{3, 1}}, {gather.ColMajor, []int{1, 5}}, {gather.Fortran, []int{1, 5}}} {
		m := gathered(t, gather.Float64.Layout(c.layout), table, "X", "Y", "Z")
		if !slices.Equal(m.Strides(), c.strides) || !slices.Equal(m.Float64s(), want) {
			t.Errorf("%v: strides %v, values %v", c.layout, m.Strides(), m.Float64s())
		}
	}
}

func TestDH25Contiguous(t *testing.T) {
	table := xyz(5)
	for layout, want := range map[tensor.Layout][]float32{gather.RowMajor: {0, 0, 1, 1, 2, math.Sqrt2}, gather.ColMajor: {0, 1, 2, 0, 1, math.Sqrt2}} {
		m := gathered(t, gather.Float32.Layout(layout), table.Head(3), "X", "Y")
		raw := m.Raw().([]float32)
		if !slices.Equal(raw, want) || cap(raw) != 6 {
			t.Errorf("%v: memory %v, want %v", layout, raw, want)
		}
	}
}

func TestDH26OneColumn(t *testing.T) {
	m := gathered(t, gather.Float64, xyz(7), "Y")
	if !slices.Equal(m.Shape(), []int{7, 1}) || !slices.Equal(m.Squeeze().Shape(), []int{7}) {
		t.Errorf("shapes %v and %v", m.Shape(), m.Squeeze().Shape())
	}
}

func TestDH27Conversion(t *testing.T) {
	table := tables.New(tables.Ints("I", 1, -2, 1<<53), tables.Int32s("J", 1, 2, 1<<30), tables.Floats("F", 0.1, 2, 3.9),
		tables.Column("U", []uint64{1, 2, math.MaxUint64}), tables.Chars("C", 'a', 'b', 'ü'), tables.Strings("S", "1", "2", "3"),
		tables.Times("T", time.Unix(1, 0), time.Unix(2, 0), time.Unix(3, 0)), tables.Column("V", [][]float64{{1}, {2}, {3}}),
		tables.Ints("Big", 1, 2, 1<<53+1), tables.Ints("Max", 1, 2, math.MaxInt64), tables.Floats("Huge", 1, 1e300, math.Inf(1)))
	for _, c := range []struct {
		how  gather.Spec
		col  string
		want string // the values, or the error
	}{
		{gather.Float64, "I", "[1 -2 9.007199254740992e+15]"},
		{gather.Float32, "I", "[1 -2 9.007199254740992e+15]"}, // a power of two
		{gather.Float32, "F", "[0.10000000149011612 2 3.9000000953674316]"},
		{gather.Int32, "C", "[97 98 252]"},
		{gather.Int64, "Max", "[1 2 9.223372036854776e+18]"},
		{gather.Uint64, "Max", "[1 2 9.223372036854776e+18]"},
		{gather.Uint64, "U", "[1 2 1.8446744073709552e+19]"},
		{gather.Int16.Cast(), "F", "[0 2 3]"},
		{gather.Int8.Cast(), "J", "[1 2 127]"},
		{gather.Bool.Cast(), "F", "[1 1 1]"},
		{gather.Int8, "J", `gather: column "J" is 1073741824 in row 2, which int8 cannot hold exactly; gather.Int8.Cast() takes the nearest value`},
		{gather.Uint8, "I", `gather: column "I" is -2 in row 1, which uint8 cannot hold exactly; gather.Uint8.Cast() takes the nearest value`},
		{gather.Int64, "U", `gather: column "U" is 18446744073709551615 in row 2, which int64 cannot hold exactly; gather.Int64.Cast() takes the nearest value`},
		{gather.Float64, "Big", `gather: column "Big" is 9007199254740993 in row 2, which float64 cannot hold exactly; gather.Float64.Cast() takes the nearest value`},
		{gather.Float64, "Max", `gather: column "Max" is 9223372036854775807 in row 2, which float64 cannot hold exactly; gather.Float64.Cast() takes the nearest value`},
		{gather.Float32, "Huge", `gather: column "Huge" is 1e+300 in row 1, which float32 cannot hold exactly; gather.Float32.Cast() takes the nearest value`},
		{gather.Int32, "F", `gather: column "F" is float64; gather.Int32 wants whole numbers; gather.Float64 keeps the fractions, gather.Int32.Cast() drops them: unsuitable type`},
		{gather.Float64, "S", `gather: column "S" is string; gather.Float64 wants a number; encode the text as numbers first: unsuitable type`},
		{gather.Int8.Cast(), "S", `gather: column "S" is string; gather.Int8 wants a number; encode the text as numbers first: unsuitable type`},
		{gather.Float64, "T", `gather: column "T" is timestamp; gather.Float64 wants a number; make it a number first: unsuitable type`},
		{gather.Float64, "V", `gather: column "V" is []float64; gather.Float64 wants a number; ungroup the column, or use gather.Func: unsuitable type`},
		{gather.Bool, "I", `gather: column "I" is int64; gather.Bool wants bool; gather.Bool.Cast() makes every number but 0 true: unsuitable type`},
		{gather.Bool, "S", `gather: column "S" is string; gather.Bool wants bool; encode the text as numbers first: unsuitable type`},
	} {
		v, err := run(c.how, table, c.col)
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(v.(*tensor.Tensor).Float64s())
		}
		if got != c.want {
			t.Errorf("%v of %s\ngot  %s\nwant %s", c.how, c.col, got, c.want)
		}
	}
	// A power of two beyond the exact range of float32 still fits; its neighbour does not.
	near := tables.New(tables.Ints("I", 1<<24+1))
	if _, err := run(gather.Float32, near, "I"); err == nil {
		t.Error("16777217 went into float32")
	}
}

// panics reports whether f does.
func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return
}

func TestDH28FuncSeesItsBatch(t *testing.T) {
	var sizes, firsts []int
	f := gather.Func(func(b gather.Batch) (any, error) {
		sizes, firsts = append(sizes, b.Len()), append(firsts, b.From())
		if b.Table().Len() != b.Len() || len(b.Float64s("X")) != b.Len() || b.Value("X", 0) != float64(b.From()) ||
			!panics(func() { b.Value("X", b.Len()) }) || !slices.Equal(b.Table().Names(), []string{"X", "Y"}) || !panics(func() { b.Float64s("Z") }) {
			t.Errorf("batch %v sees %v", b, b.Table())
		}
		return b.Float64s("X"), nil
	})
	err := learn.Train(xyz(100), func([]float64) {}, learn.In(f, "X", "Y", "X"), learn.Batch(40))
	if err != nil || !slices.Equal(sizes, []int{40, 40, 20}) || !slices.Equal(firsts, []int{0, 40, 80}) {
		t.Errorf("sizes %v from %v, error %v", sizes, firsts, err)
	}
}

func TestDH29OtherObjects(t *testing.T) {
	type point struct {
		X float64
		N uint8
		S string
	}
	table := tables.New(tables.Floats("X", 0.5, 1.5), tables.Ints("N", 7, 8), tables.Strings("S", "a", "b"))
	for _, c := range []struct {
		how   gather.Spec
		names []string
		want  any
	}{
		{gather.Float32.Slices(), []string{"X", "N"}, [][]float32{{0.5, 7}, {1.5, 8}}},
		{gather.Int16.Vector(), []string{"N"}, []int16{7, 8}},
		{gather.Structs(point{}), []string{"X", "N", "S"}, []point{{0.5, 7, "a"}, {1.5, 8, "b"}}},
		{gather.Func(func(b gather.Batch) (any, error) { return b.Strings("S"), nil }), []string{"S"}, []string{"a", "b"}},
	} {
		got, err := run(c.how, table, c.names...)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v gave %v, error %v", c.how, got, err)
		}
		if want := reflect.TypeOf(c.want); c.how.Type() != nil && c.how.Type() != want {
			t.Errorf("%v promises %v, gives %v", c.how, c.how.Type(), want)
		}
	}
	got, err := run(gather.Table, table, "S", "X", "S")
	if err != nil || !slices.Equal(got.(*tables.Table).Names(), []string{"S", "X"}) || got.(*tables.Table).Len() != 2 {
		t.Errorf("gather.Table gave %v, error %v", got, err)
	}
}

func TestStructsErrors(t *testing.T) {
	type pair struct {
		N int8
		F float32
	}
	table := tables.New(tables.Ints("N", 1, 200), tables.Floats("F", 1, 2), tables.Strings("S", "a", "b"),
		tables.Values("Null", tables.Float64, []any{1.0, nil}), tables.Times("T", time.Unix(1, 0), time.Unix(2, 0)))
	for _, c := range []struct {
		how   gather.Spec
		names []string
		want  string
	}{
		{gather.Structs(7), nil, "gather: Structs wants a struct value, got int"},
		{gather.Structs(nil), nil, "gather: Structs wants a struct value, got <nil>"},
		{gather.Structs(struct{ n int }{}), nil, "gather: Structs: field n is not exported"},
		{gather.Structs(pair{}), []string{"N"}, "gather: Structs: 1 columns for the 2 fields of gather_test.pair"},
		{gather.Structs(pair{}), []string{"F", "F"}, `gather: Structs: column "F" is float64; field N is int8: unsuitable type`},
		{gather.Structs(pair{}), []string{"N", "S"}, `gather: Structs: column "S" is string; field F is float32: unsuitable type`},
		{gather.Structs(pair{}), []string{"T", "F"}, `gather: Structs: column "T" is timestamp; field N is int8: unsuitable type`},
		{gather.Structs(pair{}), []string{"N", "F"}, `gather: Structs: column "N" is 200 in row 1, which field N of type int8 cannot hold`},
		{gather.Structs(struct{ V float64 }{}), []string{"Null"}, `gather: Structs: column "Null" is null in row 1`},
	} {
		if _, err := run(c.how, table, c.names...); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func TestNulls(t *testing.T) {
	table := tables.New(tables.Values("F", tables.Float64, []any{1.5, nil, nil}), tables.Values("I", tables.Int16, []any{nil, 2, 3}))
	want := `gather: column "F" is null in row 41 (and 1 more in its batch); say what null becomes: gather.Float64.Nulls(gather.Fill(0)) or, for floats, Nulls(gather.NaN)`
	if _, err := gather.Float64.Gather(gather.NewBatch(table, 40, "F")); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if m := gathered(t, gather.Float64.Nulls(gather.Fill(-1)), table, "F", "I"); !slices.Equal(m.Float64s(), []float64{1.5, -1, -1, 2, -1, 3}) {
		t.Errorf("filled %v", m)
	}
	if m := gathered(t, gather.Float32.Nulls(gather.NaN).Layout(gather.ColMajor), table, "I"); !math.IsNaN(m.Float64At(0, 0)) || m.Float64At(2, 0) != 3 {
		t.Errorf("with NaN %v", m)
	}
	if m := gathered(t, gather.Int8.Cast().Nulls(gather.Fill(9)), table, "F"); !slices.Equal(m.Float64s(), []float64{1, 9, 9}) {
		t.Errorf("cast and filled %v", m)
	}
}

func TestSpecErrors(t *testing.T) {
	for want, s := range map[string]gather.Spec{
		"gather: Nulls int32 has no NaN; use gather.Fill":                                     gather.Int32.Nulls(gather.NaN),
		"gather: Nulls int8 cannot hold 300":                                                  gather.Int8.Nulls(gather.Fill(300)),
		"gather: Nulls int64 cannot hold 9.223372036854775808e+18":                            gather.Int64.Nulls(gather.Fill(1 << 63)),
		"gather: Nulls int16 cannot hold 0.5":                                                 gather.Int16.Nulls(gather.Fill(0.5)).Cast().Layout(gather.Fortran),
		"gather: Layout is for a matrix; gather.Table gives none":                             gather.Table.Layout(gather.C),
		"gather: Layout wants RowMajor or ColMajor, got Strided":                              gather.Int8.Layout(tensor.Strided),
		"gather: Cast is for element types; gather.Table has none":                            gather.Table.Cast(),
		"gather: Slices is for a plain element type, not gather.Table":                        gather.Table.Slices(),
		"gather: Vector is for a plain element type, not gather.Int8.Layout(gather.ColMajor)": gather.Int8.Layout(gather.ColMajor).Vector(),
	} {
		got := s.Err()
		if got == nil || strings.Replace(got.Error(), "9.223372036854776e+18", "9.223372036854775808e+18", 1) != want {
			t.Errorf("got  %v\nwant %s", got, want)
		}
	}
	if _, err := run(gather.Int8.Vector(), xyz(3), "X", "Y"); err == nil || err.Error() != `gather: gather.Int8.Vector() wants one column, got ["X" "Y"]` {
		t.Errorf("got %v", err)
	}
	if _, err := run(gather.Int8, xyz(3), "Q"); !errors.Is(err, tables.ErrNoColumn) {
		t.Errorf("got %v", err)
	}
	if got := gather.Float32.Layout(gather.Fortran).Nulls(gather.Fill(2)).Cast().String(); got != "gather.Float32.Layout(gather.ColMajor).Nulls(gather.Fill(2)).Cast()" {
		t.Errorf("got %s", got)
	}
}

// TestEveryPairOfTypes gathers every column type into every element type and
// compares with the same conversion one value at a time.
func TestEveryPairOfTypes(t *testing.T) {
	for from := tensor.Bool; from <= tensor.Float64; from++ {
		col := tensor.FromFloat64s([]int{4}, 0, 1, 1, 0).Cast(from)
		if from != tensor.Bool {
			col.SetAt(100, 2)
		}
		table := tables.New(tables.Column("X", col.Raw()), tables.Column("Y", col.Raw()))
		for _, s := range []gather.Spec{gather.Bool, gather.Int8, gather.Int16, gather.Int32, gather.Int64, gather.Uint8,
			gather.Uint16, gather.Uint32, gather.Uint64, gather.Float32, gather.Float64} {
			cast := gathered(t, s.Cast().Layout(gather.ColMajor), table, "X", "Y")
			if !slices.Equal(cast.Col(1).Float64s(), col.Cast(cast.DType()).Float64s()) {
				t.Errorf("%v with cast: %v", s, cast)
			}
			v, err := run(s, table, "X", "Y")
			lossy := cast.DType() == tensor.Bool && from != tensor.Bool || cast.DType().IsInt() && from.IsFloat()
			if lossy != (err != nil) {
				t.Errorf("%v of %v: error %v", s, from, err)
			}
			if err == nil && !slices.Equal(v.(*tensor.Tensor).Col(0).Float64s(), col.Float64s()) {
				t.Errorf("%v of %v: %v", s, from, v)
			}
		}
	}
}
