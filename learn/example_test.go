package learn_test

import (
	"context"
	"fmt"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/classic"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// A model of two columns runs over a table, two rows at a time.
func ExampleLearn() {
	t := tables.New(tables.Floats("A", 1, 4, 9), tables.Floats("B", 10, 20, 30))
	model := func(x *tensor.Tensor) *tensor.Tensor { return x.Sum(1) }
	out := learn.Learn(t, model, learn.Batch(2),
		learn.In(gather.Float64, "A", "B"),
		learn.Out("C", scatter.Column, tables.Float64))
	fmt.Println(out.Names(), out.Float64s("C"))
	// Output: [A B C] [11 24 39]
}

// What cannot work is said before the model runs.
func ExampleLearn_error() {
	t := tables.New(tables.Floats("Amount", 1, 4, 9))
	model := func(x *tensor.Tensor) *tensor.Tensor { return x }
	out := learn.Learn(t, model, learn.Batch(2),
		learn.In(gather.Float64, "amount"),
		learn.Out("C", scatter.Column, tables.Float64))
	fmt.Println(out.Err())
	// Output: learn: no input column "amount"; did you mean "Amount"?
}

// A regression learns from the table and then predicts for it.
func ExampleTrain() {
	t := tables.New(tables.Floats("X", 1, 2, 3, 4), tables.Floats("Y", 3, 5, 7, 9))
	m := classic.NewLinearRegression()
	in := learn.In(gather.Float64, "X")
	if err := learn.Train(t, m.Fit, learn.Batch(t.Len()), in, learn.In(gather.Float64, "Y")); err != nil {
		fmt.Println(err)
		return
	}
	out := learn.Learn(t, m.Predict, learn.Batch(100), in,
		learn.Out("Guess", scatter.Round(3), tables.Float64))
	fmt.Println(out.Float64s("Guess"))
	// Output: [3 5 7 9]
}

// Each In is one argument of the model.
func ExampleIn() {
	t := tables.New(tables.Floats("A", 1, 2), tables.Floats("B", 3, 4), tables.Ints("y", 0, 1))
	model := func(x *tensor.Tensor, y []int8) { fmt.Println(x.Shape(), x.DType(), y) }
	err := learn.Train(t, model, learn.Batch(2),
		learn.In(gather.Float32, "A", "B"), learn.In(gather.Int8.Vector(), "y"))
	fmt.Println(err)
	// Output:
	// [2 2] float32 [0 1]
	// <nil>
}

// Several outputs share one call of the model.
func ExampleOut() {
	t := tables.New(tables.Floats("A", 0.2, 0.9))
	model := func(x *tensor.Tensor) [][]float64 {
		var p [][]float64
		for _, v := range x.Float64s() {
			p = append(p, []float64{1 - v, v})
		}
		return p
	}
	out := learn.Learn(t, model, learn.Batch(2), learn.In(gather.Float64, "A"),
		learn.Out("Class", scatter.Argmax, tables.Int32),
		learn.Out("Percent", scatter.Func(func(result any, i int) any {
			return 100 * result.([][]float64)[i][1]
		}), tables.Int32))
	fmt.Println(out.Int64s("Class"), out.Int64s("Percent"))
	// Output: [0 1] [20 90]
}

// The last batch is what remains.
func ExampleBatch() {
	model := func(b *tables.Table) { fmt.Println(b.Len()) }
	t := tables.New(tables.Ints("A", 1, 2, 3, 4, 5))
	if err := learn.Train(t, model, learn.Batch(2), learn.In(gather.Table, "A")); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2
	// 2
	// 1
}

// A call ends between two batches when its context does.
func ExampleContext() {
	ctx, stop := context.WithCancel(context.Background())
	model := func(x *tensor.Tensor) { stop() }
	t := tables.New(tables.Ints("A", 1, 2, 3))
	fmt.Println(learn.Train(t, model, learn.Batch(1), learn.In(gather.Int8, "A"), learn.Context(ctx)))
	// Output: learn: train: stopped before row 1 of 3: context canceled
}
