package tensor_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

func ExampleFromRows() {
	x := tensor.FromRows([][]float64{{1, 2, 3}, {4, 5, 6}})
	fmt.Println(x.Shape(), x.DType())
	fmt.Println(x.T())
	// Output:
	// [2 3] float64
	// [[1 4]
	//  [2 5]
	//  [3 6]]
}

func ExampleTensor_Sum() {
	x := tensor.FromFloat64s([]int{2, 2}, 4, -2, 9, -3)
	fmt.Println(x.Sum(1), x.Mean(0), x.Argmax(1))
	// Output: [2 6] [ 6.5 -2.5] [0 0]
}

func ExampleTensor_Slice() {
	x := tensor.FromSlice([]int{3, 1}, []int16{10, 20, 30})
	rows := x.Slice(1, 3) // shares memory with x
	rows.SetAt(21, 0, 0)
	fmt.Println(x.Squeeze(), rows.Shape())
	// Output: [10 21 30] [2 1]
}

func ExampleTensor_Matrix() {
	x := tensor.FromFloat64s([]int{2, 2}, 1, 2, 3, 4)
	var y mat.Dense
	y.Mul(x.Matrix(), x.T().Matrix())
	fmt.Println(tensor.FromMatrix(&y))
	// Output:
	// [[ 5 11]
	//  [11 25]]
}

func ExampleTensor_Reshape() {
	x := tensor.FromFloat64s([]int{6}, 1, 2, 3, 4, 5, 6).Reshape(2, -1)
	fmt.Println(x)
	fmt.Println(x.Reshape(4, 4).T().Err())
	// Output:
	// [[1 2 3]
	//  [4 5 6]]
	// tensor: reshape: 6 values of shape (2, 3) do not fill shape (4, 4)
}

func ExampleTensor_WithColumns() {
	x := tensor.FromRows([][]float64{{1.8, 75}, {1.6, 52}}).WithColumns("height", "weight")
	fmt.Println(x.Columns(), x.Col(0).Columns())
	// Output: [height weight] []
}
