package scatter_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

func rows(v ...[]float64) *tensor.Tensor { return tensor.FromRows(v) }

// TestScatter: each way of scattering over each kind of result, for a batch of
// two rows; the outcome is the Go value or the error.
func TestScatter(t *testing.T) {
	two := rows([]float64{1, 5}, []float64{4, 3})
	one := rows([]float64{1.005}, []float64{2.675})
	var none *tensor.Tensor
	var nobody *mat.Dense
	for _, c := range []struct {
		how    scatter.Spec
		result any
		want   string
	}{
		{scatter.Column, one, "[]float64[1.005 2.675]"},
		{scatter.Column, one.Squeeze(), "[]float64[1.005 2.675]"},
		{scatter.Column, two, "[][]float64[[1 5] [4 3]]"},
		{scatter.Column, two.T(), "[][]float64[[1 4] [5 3]]"},
		{scatter.Column, two.Col(1), "[]float64[5 3]"},
		{scatter.Column, two.Cast(tensor.Bool).Col(0), "[]bool[true true]"},
		{scatter.Column, []int{7, 8}, "[]int64[7 8]"},
		{scatter.Column, []float32{7, 8}, "[]float32[7 8]"},
		{scatter.Column, []string{"a", "b"}, "[]string[a b]"},
		{scatter.Column, []any{1, "b"}, "[]interface {}[1 b]"},
		{scatter.Column, [][]float64{{1}, {2}}, "[]float64[1 2]"},
		{scatter.Column, [][]int8{{1, 2}, {3, 4}}, "[][]int8[[1 2] [3 4]]"},
		{scatter.Column, [][]int8{{1}, {3, 4}}, "[][]int8[[1] [3 4]]"},
		{scatter.Column, [2]float64{1, 2}, "[2]float64[1 2]"},
		{scatter.Column, mat.NewVecDense(2, []float64{3, 4}), "[]float64[3 4]"},
		{scatter.Col(1), two, "[]float64[5 3]"},
		{scatter.Col(0), one, "[]float64[1.005 2.675]"},
		{scatter.Col(0), []int16{1, 2}, "[]int16[1 2]"},
		{scatter.Col(1), [][]string{{"a", "b"}, {"c", "d"}}, "[]interface {}[b d]"},
		{scatter.Col(1), two.Matrix(), "[]float64[5 3]"},
		{scatter.Argmax, two, "[]int64[1 0]"},
		{scatter.Argmax, [][]float32{{1, 2, 0}, {9, 9, 1}}, "[]int64[1 0]"},
		{scatter.Argmax, rows([]float64{math.Inf(-1), math.Inf(-1)}, []float64{0, 1}), "[]int64[0 1]"},
		{scatter.Round(2), one, "[]float64[1 2.67]"}, // as in Python: both lie just below
		{scatter.Round(0), []float64{2.5, 3.5}, "[]float64[2 4]"},
		{scatter.Round(-2), []int{1250, 1351}, "[]float64[1200 1400]"},
		{scatter.Round(2), []float64{math.Inf(1), 1e300}, "[]float64[+Inf 1e+300]"},
		{scatter.Func(func(r any, i int) any { return fmt.Sprint(r, i) }), "x", "[]interface {}[x0 x1]"},
		{scatter.Batch(func(r any) any { return []int{r.(int), r.(int) + 1} }), 5, "[]int64[5 6]"},
		{scatter.Batch(func(r any) any { return two.Col(0) }), nil, "[]float64[1 4]"},

		{scatter.Column, nil, "scatter: the model gave nil for a batch of 2 rows"},
		{scatter.Column, none, "scatter: the model gave a nil tensor for a batch of 2 rows"},
		{scatter.Column, nobody, "scatter: the model gave a nil *mat.Dense for a batch of 2 rows"},
		{scatter.Column, two.Slice(0, 9), "scatter: the model gave a failed tensor: tensor: slice: rows 0 to 9 of 2"},
		{scatter.Column, two.Slice(0, 1), "scatter: the model gave a tensor of shape [1 2] for a batch of 2 rows"},
		{scatter.Column, two.Reshape(2, 1, 2), "scatter: the model gave a tensor of shape [2 1 2]; want (2) or (2, k)"},
		{scatter.Column, tensor.New(tensor.Int8, 2, 0), "scatter: the model gave a tensor of shape [2 0]: no values"},
		{scatter.Column, []int{1, 2, 3}, "scatter: the model gave 3 values for a batch of 2 rows"},
		{scatter.Column, 7.5, "scatter: the model gave a single float64 for a batch of 2 rows"},
		{scatter.Column, mat.NewDense(3, 1, nil), "scatter: the model gave a matrix of shape [3 1] for a batch of 2 rows"},
		{scatter.Col(2), two, "scatter: Col(2) of a tensor of shape [2 2]"},
		{scatter.Col(-1), two, "scatter: Col(-1); want a column from 0"},
		{scatter.Col(1), [][]int8{{1}, {3, 4}}, "scatter: Col(1) of [][]int8 of length 2, whose entry 0 has length 1"},
		{scatter.Col(1), []string{"ab", "cd"}, "scatter: Col(1) of []string of length 2, whose entry 0 is no slice"},
		{scatter.Argmax, one.Squeeze(), "scatter: Argmax wants several numbers for each row, the model gave a tensor of shape [2]"},
		{scatter.Argmax, rows([]float64{1, 2}, []float64{math.NaN(), 1}), "scatter: Argmax: NaN at place 1 of the batch"},
		{scatter.Round(2), two, "scatter: Round wants one number for each row, the result is a tensor of shape [2 2]"},
		{scatter.Round(2), []string{"a", "b"}, "scatter: Round wants numbers, the result is []string of length 2"},
		{scatter.Round(999), two, "scatter: Round(999); want -300 to 300 digits"},
		{scatter.Spec{}, two, "scatter: the zero Spec scatters nothing; use scatter.Column or another"},
		{scatter.Batch(func(any) any { return []int{1} }), two, "scatter: the model gave 1 values for a batch of 2 rows"},
	} {
		v, err := c.how.Scatter(c.result, 2)
		got := fmt.Sprintf("%T%v", v, v)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v of %T\ngot  %s\nwant %s", c.how, c.result, got, c.want)
		}
	}
	if v, err := scatter.Column.Scatter(7.5, 1); err != nil || fmt.Sprint(v) != "[7.5]" {
		t.Errorf("one row: %v, %v", v, err)
	}
}

func TestDH62RoundUnwraps(t *testing.T) {
	v, err := scatter.Round(2).Scatter(rows([]float64{25109.809941638014}), 1)
	if err != nil || v.([]float64)[0] != 25109.81 {
		t.Errorf("got %v, %v", v, err)
	}
}

// TestBuilderCasts appends each vector to a column of each type.
func TestBuilderCasts(t *testing.T) {
	for _, c := range []struct {
		typ    tables.Type
		vector any
		want   string
	}{
		{tables.Int8, []float64{127.9, -128.9}, "[127 -128]"},
		{tables.Int8, []int64{127, 128}, "scatter: 128 does not fit int8 in row 2"},
		{tables.Uint8, []float64{-0.9, 255.9}, "[0 255]"},
		{tables.Uint8, []int{3, -1}, "scatter: -1 does not fit uint8 in row 2"},
		{tables.Uint64, []float64{0, 1 << 63}, "[0 9223372036854775808]"},
		{tables.Uint64, []float64{0, 1 << 64}, "scatter: 1.8446744073709552e+19 does not fit uint64 in row 2"},
		{tables.Int64, []uint64{1 << 63}, "scatter: 9223372036854775808 does not fit int64 in row 1"},
		{tables.Int64, []float64{-1 << 63, math.Nextafter(1<<63, 0)}, "[-9223372036854775808 9223372036854774784]"},
		{tables.Float32, []float64{0.5, 1e300}, "[0.5 +Inf]"},
		{tables.Float64, []any{uint8(3), nil, float32(0.5)}, "[3.0  0.5]"},
		{tables.Float64, []string{"3"}, "scatter: want float64, got string in row 1"},
		{tables.Float64, [][]float64{{1, 2}}, "scatter: want one float64, got 2 values; use scatter.Col, scatter.Argmax or a vector type in row 1"},
		{tables.Char, []int32{97, 252}, "[a ü]"},
		{tables.String, []string{"a", "b"}, "[a b]"},
		{tables.Bool, []bool{true, false}, "[true false]"},
	} {
		b := scatter.NewBuilder("C", c.typ, 3)
		first := c.vector
		if c.typ.IsNumeric() || c.typ == tables.Char {
			first = []int8{97}
		}
		if err := b.Append(first); err != nil && c.want == "" {
			t.Fatal(err)
		}
		err := b.Append(c.vector)
		table := tables.New(b.Col())
		s := table.Strings("C")
		got := fmt.Sprint(s[len(s)-min(len(s), lenOf(c.vector)):])
		if err != nil {
			got = err.Error()
		}
		if got != c.want || table.Err() != nil {
			t.Errorf("%v of %T: got %s, want %s (%v)", c.typ, c.vector, got, c.want, table.Err())
		}
	}
	if got := tables.New(scatter.NewBuilder("C", 0, 0).Col()).Schema()[0].Type; got != tables.Float64 {
		t.Errorf("no type and no values: %v", got)
	}
}

// TestBuilderInfers appends vectors to a column without a type.
func TestBuilderInfers(t *testing.T) {
	for _, c := range []struct {
		vectors []any
		want    string
	}{
		{[]any{[]int64{1}, []any{int64(2), nil}}, "int64 [1 2 ]"},
		{[]any{[]string{"a"}}, "string [a]"},
		{[]any{[][]float64{{1, 2}}}, "[]float64 [[1.0, 2.0]]"},
		{[]any{[]int64{1}, []float64{2.5}}, "scatter: int64 up to row 0, then float64; give the output a type"},
		{[]any{[]any{1, 2.5}}, "scatter: int and float64 in rows 0 to 1; give the output a type"},
		{[]any{[]any{nil, nil}}, "scatter: rows 0 to 1 are all null; give the output a type"},
		{[]any{[]any{struct{}{}}}, "scatter: no column type for struct {}; give the output one"},
	} {
		b := scatter.NewBuilder("C", 0, 3)
		var err error
		for _, v := range c.vectors {
			if err == nil {
				err = b.Append(v)
			}
		}
		table := tables.New(b.Col())
		got := fmt.Sprint(table.Schema()[0].Type, table.Strings("C"))
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v: got %s, want %s", c.vectors, got, c.want)
		}
	}
}

func lenOf(v any) int { return reflect.ValueOf(v).Len() }
