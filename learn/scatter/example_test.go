package scatter_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// see prints the column that is scattered so from a model that gives, for x,
// the row x/3, -x.
func see(how scatter.Spec, t tables.Type) {
	model := func(x *tensor.Tensor) *tensor.Tensor {
		y := tensor.New(tensor.Float64, x.Dim(0), 2)
		for i, v := range x.Float64s() {
			y.SetAt(v/3, i, 0)
			y.SetAt(-v, i, 1)
		}
		return y
	}
	out := learn.Learn(tables.New(tables.Floats("X", -1, 2, 5)), model, learn.Batch(2),
		learn.In(gather.Float64, "X"), learn.Out("Y", how, t))
	if out.Err() != nil {
		fmt.Println(out.Err())
		return
	}
	fmt.Println(out.Strings("Y"))
}

func ExampleCol() {
	see(scatter.Col(1), tables.Int64)
	// Output: [1 -2 -5]
}

func ExampleFunc() {
	see(scatter.Func(func(result any, i int) any {
		return fmt.Sprintf("place %d: %.1f", i, result.(*tensor.Tensor).Float64At(i, 0))
	}), tables.String)
	// Output: [place 0: -0.3 place 1: 0.7 place 0: 1.7]
}

func ExampleBatch() {
	see(scatter.Batch(func(result any) any {
		return result.(*tensor.Tensor).Sum(1)
	}), tables.Int32)
	// Output: [0 -1 -3]
}

func ExampleRound_whole() {
	model := func(x *tensor.Tensor) *tensor.Tensor { return x }
	out := learn.Learn(tables.New(tables.Floats("X", 0.97, 2.2)), model, learn.Batch(2), learn.In(gather.Float64, "X"),
		learn.Out("Cut", scatter.Column, tables.Int64), learn.Out("Whole", scatter.Round(0), tables.Int64))
	fmt.Println(out.Strings("Cut"), out.Strings("Whole"))
	// Output: [0 2] [1 2]
}

func ExampleRound() {
	model := func(x *tensor.Tensor) *tensor.Tensor { return x }
	out := learn.Learn(tables.New(tables.Floats("X", 25109.809941638014)), model, learn.Batch(1),
		learn.In(gather.Float64, "X"), learn.Out("Charge", scatter.Round(2), tables.Float64))
	fmt.Println(out.Value("Charge", 0))
	// Output: 25109.81
}
