package datum_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/tables/datum"
)

func ExampleIris() {
	fmt.Println(datum.Iris().View("sepal_length", "petal_length", "class_text").Head(2))
	// Output:
	// 2 × 3
	// sepal_length  petal_length  class_text
	//      float64       float64  string
	// ────────────  ────────────  ───────────
	//          5.1           1.4  Iris-setosa
	//          4.9           1.4  Iris-setosa
}

func ExampleToy() {
	t := datum.Toy(100)
	fmt.Println(t.Value("A", 81), t.Value("B", 81))
	// Output: 9 -3
}

func ExampleGroups() {
	fmt.Println(datum.Groups().GroupBy("X"))
	// Output:
	// 3 × 2
	// X       Y
	// string  []int64
	// ──────  ────────────
	// A       [1, 3, 6]
	// B       [2, 5, 7, 8]
	// C       [4, 9]
}

func ExampleLinspace() {
	fmt.Println(datum.Linspace(0, 1, 5).Float64s("X"))
	// Output: [0 0.25 0.5 0.75 1]
}

func ExampleFraud() {
	f := datum.Fraud(284_807, 1)
	fmt.Println(f.Len(), len(f.Names()), f.Where("Class == 1").Len())
	// Output: 284807 31 492
}
