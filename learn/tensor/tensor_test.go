package tensor

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestConstructors(t *testing.T) {
	x := FromFloat64s([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	if x.Err() != nil || x.DType() != Float64 || x.NDim() != 2 || x.Len() != 6 || x.Dim(-1) != 3 {
		t.Fatalf("got %v %v %v, error %v", x.DType(), x.Shape(), x.Len(), x.Err())
	}
	if got := x.At(1, 2); got != 6.0 {
		t.Errorf("At(1,2) = %v", got)
	}
	data := []int32{1, 2}
	y := FromSlice([]int{2}, data)
	y.SetAt(9.7, 1)
	if data[1] != 9 {
		t.Errorf("FromSlice copied: %v", data)
	}
	if got := FromSlice([]int{2}, []int{1, -1}); got.DType() != Int64 || got.At(1) != int64(-1) {
		t.Errorf("[]int became %v", got.DType())
	}
	var zero Tensor
	if zero.Len() != 0 || zero.DType() != Float64 || zero.String() != "[]" || zero.T().Squeeze().Len() != 0 {
		t.Errorf("zero tensor: %v", &zero)
	}
	if got := New(Bool).At(); got != false {
		t.Errorf("a single element is %v", got)
	}
}

func TestEveryDType(t *testing.T) {
	for d := Bool; d <= Float64; d++ {
		x := New(d, 2, 2)
		x.SetAt(1, 0, 1)
		if got := x.Float64At(0, 1); got != 1 || x.DType() != d || reflect.TypeOf(x.At(0, 0)).String() != d.String() {
			t.Errorf("%v: element %v, type %v", d, got, x.DType())
		}
		if got := x.T().Float64s(); !slices.Equal(got, []float64{0, 0, 1, 0}) {
			t.Errorf("%v: transposed %v", d, got)
		}
		if got := reflect.ValueOf(x.Raw()).Type().Elem().Size(); int(got) != d.Size() {
			t.Errorf("%v: size %d, want %d", d, got, d.Size())
		}
		for e := Bool; e <= Float64; e++ {
			if got := x.Cast(e); got.DType() != e || got.Float64At(0, 1) != 1 || got.Float64At(1, 1) != 0 {
				t.Errorf("%v to %v: %v", d, e, got)
			}
		}
	}
}

func TestCastRules(t *testing.T) {
	x := FromFloat64s([]int{6}, 2.9, -2.9, 300, math.NaN(), math.Inf(-1), 1e300)
	if got := x.Cast(Int8).Raw(); !slices.Equal(got.([]int8), []int8{2, -2, 127, 0, -128, 127}) {
		t.Errorf("to int8: %v", got)
	}
	if got := x.Cast(Uint64).Raw().([]uint64); !slices.Equal(got, []uint64{2, 0, 300, 0, 0, math.MaxUint64}) {
		t.Errorf("to uint64: %v", got)
	}
	if got := x.Int64s(); got[5] != math.MaxInt64 || got[4] != math.MinInt64 {
		t.Errorf("to int64: %v", got)
	}
	big := FromSlice([]int{2}, []uint64{math.MaxInt64 - 100, math.MaxUint64})
	if got := big.Int64s(); got[0] != math.MaxInt64-100 || got[1] != math.MaxInt64 {
		t.Errorf("uint64 to int64: %v", got)
	}
	if got := FromFloat64s([]int{2}, 1e300, 0.1).Float32s(); !math.IsInf(float64(got[0]), 1) || got[1] != 0.1 {
		t.Errorf("to float32: %v", got)
	}
}

func TestViewsShareMemory(t *testing.T) {
	x := FromFloat64s([]int{3, 2}, 1, 2, 3, 4, 5, 6)
	x.Slice(1, 3).T().SetAt(40, 1, 0) // row 1, column 1
	x.Col(0).SetAt(50, 2)
	x.Row(0).Reshape(1, 2, 1).Squeeze().SetAt(20, 1)
	if got := x.Float64s(); !slices.Equal(got, []float64{1, 20, 3, 40, 50, 6}) {
		t.Errorf("got %v", got)
	}
	c := x.Clone()
	c.SetAt(0, 0, 0)
	if x.At(0, 0) != 1.0 {
		t.Error("Clone shares memory")
	}
}

func TestZeroCopy(t *testing.T) {
	data := []float64{1, 2, 3, 4}
	x := FromSlice([]int{2, 2}, data)
	if s := x.Slice(1, 2).Float64s(); &s[0] != &data[2] {
		t.Error("Float64s of dense rows copied")
	}
	if s := x.T().Raw().([]float64); &s[0] != &data[0] {
		t.Error("Raw of a column-major tensor copied")
	}
	if s := x.Col(0).Float64s(); !slices.Equal(s, []float64{1, 3}) {
		t.Errorf("column: %v", s)
	}
	if s := x.Slice(1, 2).Float64s(); cap(s) != 2 {
		t.Errorf("a view's slice may grow into its neighbours: cap %d", cap(s))
	}
}

func TestLayouts(t *testing.T) {
	x := FromFloat64s([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	f := x.AsLayout(Fortran)
	if f.Layout() != ColMajor || !slices.Equal(f.Strides(), []int{1, 2}) {
		t.Fatalf("strides %v, layout %v", f.Strides(), f.Layout())
	}
	if got := f.Raw().([]float64); !slices.Equal(got, []float64{1, 4, 2, 5, 3, 6}) {
		t.Errorf("column-major memory: %v", got)
	}
	if !slices.Equal(f.Float64s(), x.Float64s()) || !slices.Equal(f.Clone().Strides(), []int{3, 1}) {
		t.Error("column-major values differ")
	}
	if got := x.Slice(0, 2).T().Slice(0, 2).Layout(); got != Strided {
		t.Errorf("layout %v of a view with gaps", got)
	}
	if x.AsLayout(RowMajor) != x {
		t.Error("AsLayout copied what lay right")
	}
}

func TestReshape(t *testing.T) {
	x := FromFloat64s([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	if got := x.T().Reshape(-1).Float64s(); !slices.Equal(got, []float64{1, 4, 2, 5, 3, 6}) {
		t.Errorf("flattened transpose: %v", got)
	}
	if got := x.Reshape(3, -1).Shape(); !slices.Equal(got, []int{3, 2}) {
		t.Errorf("inferred %v", got)
	}
	for _, bad := range [][]int{{4}, {-1, -1}, {-2, 3}, {0, -1}, {math.MaxInt, math.MaxInt}} {
		if err := x.Reshape(bad...).T().Squeeze().Err(); err == nil {
			t.Errorf("Reshape(%v) succeeded", bad)
		}
	}
}

func TestMatrix(t *testing.T) {
	x := FromFloat64s([]int{3, 2}, 1, 2, 3, 4, 5, 6)
	cases := map[string]*Tensor{
		"rows": x, "transpose": x.T(), "part": x.Slice(1, 3), "vector": x.Col(1), "one": x.Row(0).Slice(1, 2),
		"col-major": x.AsLayout(ColMajor), "ints": x.Cast(Int16), "part transposed": x.T().Slice(1, 2),
		"one row of a transpose": x.T().Slice(0, 1), "cube": x.Reshape(1, 3, 2), "no rows": x.Slice(1, 1),
	}
	for name, c := range cases {
		m, want := c.Matrix(), c.Float64s()
		r, k := m.Dims()
		if r*k != len(want) {
			t.Errorf("%s: %d×%d for shape %v", name, r, k, c.Shape())
			continue
		}
		for i := range r {
			for j := range k {
				if m.At(i, j) != want[i*k+j] || m.T().At(j, i) != want[i*k+j] {
					t.Errorf("%s: (%d,%d) = %v, want %v", name, i, j, m.At(i, j), want[i*k+j])
				}
			}
		}
		if !slices.Equal(FromMatrix(m).Float64s(), want) {
			t.Errorf("%s: FromMatrix(Matrix()) = %v", name, FromMatrix(m))
		}
	}
	x.Matrix().(*mat.Dense).Set(0, 0, 10)
	if x.At(0, 0) != 10.0 {
		t.Error("Matrix copied")
	}
	if _, ok := x.T().Matrix().T().(*mat.Dense); !ok {
		t.Errorf("a transposed float64 tensor is %T", x.T().Matrix())
	}
}

func TestReduce(t *testing.T) {
	x := FromFloat64s([]int{2, 3}, 1, 5, 3, 4, 2, 4)
	for _, c := range []struct {
		got  *Tensor
		want []float64
	}{
		{x.Sum(1), []float64{9, 10}}, {x.Sum(0), []float64{5, 7, 7}}, {x.Mean(-1), []float64{3, 10. / 3}},
		{x.Argmax(1), []float64{1, 0}}, {x.Argmax(0), []float64{1, 0, 1}}, {x.Row(0).Sum(0), []float64{9}},
		{FromFloat64s([]int{3}, 9, math.NaN(), 1).Argmax(0), []float64{1}},
	} {
		if !slices.Equal(c.got.Float64s(), c.want) {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	if x.Sum(2).Err() == nil || x.Slice(0, 0).Argmax(0).Err() == nil {
		t.Error("an axis that is not there went through")
	}
}

func TestErrorsAreCarried(t *testing.T) {
	for want, bad := range map[string]*Tensor{
		`tensor: from slice: shape (2, 2) wants 4 values, got 3`:                  FromFloat64s([]int{2, 2}, 1, 2, 3),
		`tensor: from slice: []string; want a slice of bools, integers or floats`: FromSlice([]int{1}, []string{"a"}),
		`tensor: from rows: row 1 has 1 values, row 0 has 2`:                      FromRows([][]float64{{1, 2}, {3}}),
		`tensor: new: shape (2, -1) has a negative length`:                        New(Int8, 2, -1),
		`tensor: new: shape (4611686018427387904, 4) is too large`:                New(Int8, 1<<62, 4),
		`tensor: new: invalid is not an element type`:                             New(0, 1),
		`tensor: slice: rows 1 to 9 of 2`:                                         New(Int8, 2).Slice(1, 9),
		`tensor: col: shape (2) has no axis 1`:                                    New(Int8, 2).Col(0),
		`tensor: reshape: 2 values of shape (2) do not fill shape (3)`:            New(Int8, 2).Reshape(3),
	} {
		for _, x := range []*Tensor{bad, bad.T().Slice(0, 0).Reshape(1).Cast(Int8).Sum(0).Argmax(0).Clone()} {
			if x.Err() == nil || x.Err().Error() != want || x.Len() != 0 || x.String() != want {
				t.Errorf("got %v (%d elements), want %s", x.Err(), x.Len(), want)
			}
		}
	}
}

func TestIndexPanicsSayWhere(t *testing.T) {
	x := New(Float64, 2, 3)
	for want, f := range map[string]func(){
		"tensor: index [2 0] is outside shape (2, 3)":                           func() { x.At(2, 0) },
		"tensor: 1 indices for shape (2, 3)":                                    func() { x.Float64At(1) },
		"tensor: set: string in a tensor of float64":                            func() { x.SetAt("a", 0, 0) },
		"tensor: index [0] of an empty tensor: tensor: slice: rows 0 to 9 of 2": func() { x.Slice(0, 9).At(0) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %s", got, want)
				}
			}()
			f()
		}()
	}
}

func TestString(t *testing.T) {
	for want, x := range map[string]*Tensor{
		"[[  1 2.5]\n [ -3   4]]":               FromRows([][]float64{{1, 2.5}, {-3, 4}}),
		"[ true false]":                         FromSlice([]int{2}, []bool{true, false}),
		"[0.1 0.2]":                             FromSlice([]int{2}, []float32{0.1, 0.2}),
		"[[[1 2]]\n\n [[3 4]]]":                 FromSlice([]int{2, 1, 2}, []int8{1, 2, 3, 4}),
		"[0 0 0 ... 0 0 0]\nshape (2000), int8": New(Int8, 2000),
		"7":                                     FromFloat64s(nil, 7),
		"[]":                                    New(Int8, 0),
		"[0.33333333]":                          FromFloat64s([]int{1}, 1.0/3),
	} {
		if got := x.String(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	shape := slices.Repeat([]int{2}, 16)
	if got := New(Int8, shape...).String(); len(got) > 50_000 || !strings.Contains(got, "...") {
		t.Errorf("%d bytes for a tensor of 65,536 elements", len(got))
	}
}
