// Package scatter turns what a model returns for a batch into a column: one
// value for each row of the batch.
//
//	learn.Out("C", scatter.Column, tables.Float64)       // row i's value
//	learn.Out("P", scatter.Col(1), tables.Float64)       // row i's value in column 1
//	learn.Out("Class", scatter.Argmax, tables.Int64)     // where row i is largest
//	learn.Out("Cost", scatter.Round(2), tables.Float64)  // row i's value, rounded
//
// A model's result may be a *tensor.Tensor of shape (n), (n, 1) or (n, k), a
// gonum matrix, a slice of n values or of n rows, or, for a batch of one row, a
// single value. For anything else write [Func] or [Batch].
//
// The values are cast to the output's type as Java casts them (DH-12): on the way
// to an integer a float loses its fraction, so that 0.97 becomes 0, and Round(0)
// is what makes it 1. What an integer type cannot hold, and NaN is that too, is
// an error that names the output, the row and the value; float32 takes the
// nearest number, and infinity beyond its range. The type 0 takes the values as
// they come.
package scatter

import (
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A Spec says how a result becomes one value for each row. The zero Spec is an
// error.
type Spec struct {
	form   form
	n      int // column of Col, digits of Round
	row    func(result any, i int) any
	vector func(result any) any
	err    error
}

type form uint8

const (
	noForm form = iota
	column
	col
	argmax
	round
	perRow
	perBatch
)

var (
	// Column takes value i of the result for row i. Where row i of the result
	// holds several values, they make a vector, for an output of a vector type.
	Column = Spec{form: column}
	// Argmax takes the position, from 0, of the largest value in row i of the
	// result: the class that a classifier finds likeliest.
	Argmax = Spec{form: argmax}
)

// Col takes the value in column k, from 0, of row i of the result.
func Col(k int) Spec {
	s := Spec{form: col, n: k}
	if k < 0 {
		s.err = fmt.Errorf("scatter: Col(%d); want a column from 0", k)
	}
	return s
}

// Round is [Column] with the values rounded to so many decimals: the nearest
// decimal number, as Python's round gives it. Negative digits round to tens,
// hundreds and so on. (DH-62)
func Round(digits int) Spec {
	s := Spec{form: round, n: digits}
	if digits < -300 || digits > 300 {
		s.err = fmt.Errorf("scatter: Round(%d); want -300 to 300 digits", digits)
	}
	return s
}

// Func scatters with a function of yours, called once for each row with the
// result of the row's batch and the row's place in that batch, from 0. It
// returns the row's value, nil for null.
func Func(f func(result any, i int) any) Spec {
	if f == nil {
		return Spec{form: perRow, err: fmt.Errorf("scatter: Func of nil")}
	}
	return Spec{form: perRow, row: f}
}

// Batch scatters with a function of yours, called once for each batch. It
// returns the values of all its rows, in any form that [Column] takes.
func Batch(f func(result any) any) Spec {
	if f == nil {
		return Spec{form: perBatch, err: fmt.Errorf("scatter: Batch of nil")}
	}
	return Spec{form: perBatch, vector: f}
}

// Err says what is wrong with the spec itself, nil if nothing.
func (s Spec) Err() error {
	if s.err == nil && s.form == noForm {
		return fmt.Errorf("scatter: the zero Spec scatters nothing; use scatter.Column or another")
	}
	return s.err
}

// String is how the spec is written.
func (s Spec) String() string {
	switch s.form {
	case column:
		return "scatter.Column"
	case col:
		return fmt.Sprintf("scatter.Col(%d)", s.n)
	case argmax:
		return "scatter.Argmax"
	case round:
		return fmt.Sprintf("scatter.Round(%d)", s.n)
	case perRow:
		return "scatter.Func"
	case perBatch:
		return "scatter.Batch"
	}
	return "scatter.Spec{}"
}

// Scatter makes the values of a batch of rows out of a model's result: a slice
// of that length, of numbers, bools, strings, slices, or any.
func (s Spec) Scatter(result any, rows int) (any, error) {
	if err := s.Err(); err != nil {
		return nil, err
	}
	switch s.form {
	case perRow:
		return s.eachRow(result, rows)
	case perBatch:
		v, err := s.whole(result)
		if err != nil {
			return nil, err
		}
		return Column.Scatter(v, rows)
	}
	v, err := rowsOf(result, rows)
	if err != nil {
		return nil, err
	}
	switch s.form {
	case col:
		return v.column(s.n)
	case argmax:
		return v.argmax()
	case round:
		return s.rounded(v)
	}
	return v.values()
}

func (s Spec) eachRow(result any, rows int) (v any, err error) {
	i := 0
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, fmt.Errorf("scatter: Func at place %d of the batch: %w", i, panicked(p))
		}
	}()
	out := make([]any, rows)
	for ; i < rows; i++ {
		out[i] = s.row(result, i)
	}
	return out, nil
}

func (s Spec) whole(result any) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, fmt.Errorf("scatter: Batch: %w", panicked(p))
		}
	}()
	return s.vector(result), nil
}

func panicked(p any) error {
	if interrupt.Fatal(p) {
		panic(p)
	}
	if err, ok := p.(error); ok {
		return fmt.Errorf("panicked: %w", err)
	}
	return fmt.Errorf("panicked: %v", p)
}

func (s Spec) rounded(v rowValues) (any, error) {
	if !v.numeric() {
		return nil, fmt.Errorf("scatter: Round wants numbers, the result is %s", v.what)
	}
	one, err := v.values()
	if err != nil {
		return nil, err
	}
	t := tensor.FromSlice([]int{v.rows}, one)
	if t.Err() != nil {
		return nil, fmt.Errorf("scatter: Round wants one number for each row, the result is %s", v.what)
	}
	out := make([]float64, v.rows)
	for i, x := range t.Float64s() {
		out[i] = decimal(x, s.n)
	}
	return out, nil
}

// decimal rounds by way of the number's decimal digits, which is exact where
// multiplying and dividing is not: 2.675 is a little less than it looks.
func decimal(x float64, digits int) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	if digits < 0 {
		unit := math.Pow(10, float64(-digits))
		return math.RoundToEven(x/unit) * unit
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', digits, 64), 64)
	if err != nil {
		return x // beyond the largest float: nothing to round
	}
	return r
}

// describe says what a result is, for errors.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case *tensor.Tensor:
		if v == nil {
			return "a nil tensor"
		}
		return fmt.Sprintf("a tensor of shape %v", v.Shape())
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Slice {
		return fmt.Sprintf("%T of length %d", v, r.Len())
	}
	return fmt.Sprintf("%T", v)
}
