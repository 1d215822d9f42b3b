package scatter

import (
	"fmt"
	"math"
	"reflect"

	"gonum.org/v1/gonum/mat"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// rowValues is a result seen as one entry for each row of the batch: a tensor
// of shape (rows) or (rows, k), or a slice.
type rowValues struct {
	t    *tensor.Tensor
	list reflect.Value
	rows int
	what string
}

// rowsOf checks that a result has one entry for each row.
func rowsOf(result any, rows int) (rowValues, error) {
	v := rowValues{rows: rows, what: describe(result)}
	if result == nil {
		return v, fmt.Errorf("scatter: the model gave nil for a batch of %d rows", rows)
	}
	switch r := result.(type) {
	case *tensor.Tensor:
		v.t = r
		return v.tensor()
	case mat.Matrix:
		if p := reflect.ValueOf(r); p.Kind() == reflect.Pointer && p.IsNil() {
			return v, fmt.Errorf("scatter: the model gave a nil %T for a batch of %d rows", r, rows)
		}
		v.t = tensor.FromMatrix(r)
		v.what = fmt.Sprintf("a matrix of shape %v", v.t.Shape())
		return v.tensor()
	}
	v.list = reflect.ValueOf(result)
	if k := v.list.Kind(); k != reflect.Slice && k != reflect.Array {
		if rows != 1 {
			return v, fmt.Errorf("scatter: the model gave a single %T for a batch of %d rows", result, rows)
		}
		one := reflect.MakeSlice(reflect.SliceOf(v.list.Type()), 0, 1)
		v.list = reflect.Append(one, v.list)
	}
	if v.list.Len() != rows {
		return v, fmt.Errorf("scatter: the model gave %d values for a batch of %d rows", v.list.Len(), rows)
	}
	return v.flatten(), nil
}

func (v rowValues) tensor() (rowValues, error) {
	if v.t == nil {
		return v, fmt.Errorf("scatter: the model gave a nil tensor for a batch of %d rows", v.rows)
	}
	if err := v.t.Err(); err != nil {
		return v, fmt.Errorf("scatter: the model gave a failed tensor: %w", err)
	}
	if v.t.NDim() == 0 {
		v.t = v.t.Reshape(1)
	}
	if v.t.NDim() > 2 {
		return v, fmt.Errorf("scatter: the model gave %s; want (%d) or (%d, k)", v.what, v.rows, v.rows)
	}
	if v.t.Dim(0) != v.rows {
		return v, fmt.Errorf("scatter: the model gave %s for a batch of %d rows", v.what, v.rows)
	}
	return v, nil
}

// flatten makes a tensor of a slice of numbers or of equally long slices of
// numbers; any other slice stays as it is.
func (v rowValues) flatten() rowValues {
	if t := tensor.FromSlice([]int{v.rows}, v.list.Interface()); t.Err() == nil {
		v.t = t
		return v
	}
	if v.rows == 0 || v.list.Type().Elem().Kind() != reflect.Slice {
		return v
	}
	k := v.list.Index(0).Len()
	flat := reflect.MakeSlice(v.list.Type().Elem(), 0, v.rows*k)
	for i := range v.rows {
		if v.list.Index(i).Len() != k {
			return v
		}
		flat = reflect.AppendSlice(flat, v.list.Index(i))
	}
	if t := tensor.FromSlice([]int{v.rows, k}, flat.Interface()); t.Err() == nil {
		v.t = t
	}
	return v
}

func (v rowValues) numeric() bool { return v.t != nil && v.t.DType() != tensor.Bool }

// width is the number of values in each row of a tensor.
func (v rowValues) width() int {
	if v.t.NDim() == 1 {
		return 1
	}
	return v.t.Dim(1)
}

// values is one value for each row, or one slice where a row holds several.
func (v rowValues) values() (any, error) {
	switch {
	case v.t == nil:
		return v.list.Interface(), nil
	case v.t.NDim() == 1:
		return own(v.t), nil
	case v.t.Dim(1) == 1:
		return own(v.t.Col(0)), nil
	case v.t.Dim(1) == 0:
		return nil, fmt.Errorf("scatter: the model gave %s: no values", v.what)
	}
	raw := reflect.ValueOf(own(v.t))
	k := v.width()
	out := reflect.MakeSlice(reflect.SliceOf(raw.Type()), v.rows, v.rows)
	for i := range v.rows {
		out.Index(i).Set(raw.Slice3(i*k, (i+1)*k, (i+1)*k))
	}
	return out.Interface(), nil
}

// own is the elements in row-major order in memory of its own, so that no
// column keeps a model's result alive or changes with it.
func own(t *tensor.Tensor) any { return t.Clone().Raw() }

func (v rowValues) column(k int) (any, error) {
	if v.t != nil {
		if k >= v.width() {
			return nil, fmt.Errorf("scatter: Col(%d) of %s", k, v.what)
		}
		if v.t.NDim() == 1 {
			return own(v.t), nil
		}
		return own(v.t.Col(k)), nil
	}
	out := make([]any, v.rows)
	for i := range out {
		row := reflect.ValueOf(v.list.Index(i).Interface())
		if row.Kind() != reflect.Slice && row.Kind() != reflect.Array {
			return nil, fmt.Errorf("scatter: Col(%d) of %s, whose entry %d is no slice", k, v.what, i)
		}
		if k >= row.Len() {
			return nil, fmt.Errorf("scatter: Col(%d) of %s, whose entry %d has length %d", k, v.what, i, row.Len())
		}
		out[i] = row.Index(k).Interface()
	}
	return out, nil
}

// argmax is the place of the largest value of each row. NaN is refused: it is
// neither larger nor smaller.
func (v rowValues) argmax() (any, error) {
	if v.t == nil || v.t.NDim() != 2 || v.t.Dim(1) == 0 {
		return nil, fmt.Errorf("scatter: Argmax wants several numbers for each row, the model gave %s", v.what)
	}
	k := v.t.Dim(1)
	for i, x := range v.t.Float64s() {
		if math.IsNaN(x) {
			return nil, fmt.Errorf("scatter: Argmax: NaN at place %d of the batch", i/k)
		}
	}
	return v.t.Argmax(1).Raw(), nil
}
