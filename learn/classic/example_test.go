package classic_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn/classic"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

func ExampleLinearRegression() {
	x := tensor.FromRows([][]float64{{1, 0}, {2, 1}, {3, 1}, {4, 3}})
	y := tensor.FromFloat64s([]int{4}, 3, 4, 6, 4)
	m := classic.NewLinearRegression(classic.Features("age", "children"))
	if err := m.Fit(x, y); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m)
	// Output:
	// LinearRegression on 4 rows: 3 parameters, R² 0.939850, RMSE 0.267261
	//      column  coefficient
	//   intercept     0.857143
	//         age      2.42857
	//    children     -2.14286
}

func ExampleSoftmaxRegression() {
	x := tensor.FromFloat64s([]int{6, 1}, -3, -2, -1, 1, 2, 3)
	y := tensor.FromSlice([]int{6}, []int8{0, 0, 0, 1, 1, 1})
	m := classic.NewSoftmaxRegression(classic.C(10))
	if err := m.Fit(x, y); err != nil {
		fmt.Println(err)
		return
	}
	k, err := m.Predict(tensor.FromFloat64s([]int{2, 1}, -0.5, 4))
	fmt.Println(k, err, m.NumParams(), m.Converged())
	// Output: [0 1] <nil> 4 true
}
