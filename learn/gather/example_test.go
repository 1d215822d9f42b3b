package gather_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// see prints what a model gets of columns A and B, gathered so.
func see(how gather.Spec) {
	t := tables.New(tables.Floats("A", 1, 2, 3), tables.Values("B", tables.Float64, []any{4.5, nil, 6.0}))
	model := func(x any) {
		if m, ok := x.(*tensor.Tensor); ok {
			fmt.Println(m.Layout(), m.Raw())
			return
		}
		fmt.Println(x)
	}
	if err := learn.Train(t, model, learn.Batch(3), learn.In(how, "A", "B")); err != nil {
		fmt.Println(err)
	}
}

func ExampleSpec_Nulls() {
	see(gather.Float64.Nulls(gather.Fill(0)))
	see(gather.Float64.Nulls(gather.NaN))
	see(gather.Float64)
	// Output:
	// RowMajor [1 4.5 2 0 3 6]
	// RowMajor [1 4.5 2 NaN 3 6]
	// learn: input 0, rows 0 to 2: gather: column "B" is null in row 1 (and 0 more in its batch); say what null becomes: gather.Float64.Nulls(gather.Fill(0)) or, for floats, Nulls(gather.NaN)
}

func ExampleSpec_Layout() {
	see(gather.Float32.Nulls(gather.Fill(0)).Layout(gather.ColMajor))
	// Output: ColMajor [1 2 3 4.5 0 6]
}

func ExampleSpec_Cast() {
	see(gather.Int8.Nulls(gather.Fill(0)).Cast())
	// Output: RowMajor [1 4 2 0 3 6]
}

func ExampleSpec_Slices() {
	see(gather.Float64.Nulls(gather.Fill(0)).Slices())
	// Output: [[1 4.5] [2 0] [3 6]]
}

func ExampleSpec_Vector() {
	t := tables.New(tables.Ints("y", 1, 2, 3))
	_ = learn.Train(t, func(y []int16) { fmt.Println(y) }, learn.Batch(2), learn.In(gather.Int16.Vector(), "y"))
	// Output:
	// [1 2]
	// [3]
}

func ExampleFunc() {
	words := gather.Func(func(b gather.Batch) (any, error) { return b.Strings("Name"), nil })
	t := tables.New(tables.Strings("Name", "a", "bc", "def"))
	_ = learn.Train(t, func(names []string) { fmt.Println(names) }, learn.Batch(2), learn.In(words, "Name"))
	// Output:
	// [a bc]
	// [def]
}

func ExampleStructs() {
	type Flower struct {
		Length float64
		Kind   string
	}
	t := tables.New(tables.Floats("petal", 1.4, 4.7), tables.Strings("class", "setosa", "versicolor"))
	model := func(flowers []Flower) { fmt.Printf("%+v\n", flowers) }
	_ = learn.Train(t, model, learn.Batch(2), learn.In(gather.Structs(Flower{}), "petal", "class"))
	// Output: [{Length:1.4 Kind:setosa} {Length:4.7 Kind:versicolor}]
}
