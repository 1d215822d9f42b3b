package keras_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/model/keras"
)

func ExampleFromJSON() {
	m, err := keras.FromJSON(`{"class_name": "Sequential", "config": [
		{"class_name": "Dense", "config": {"name": "hidden", "units": 10, "activation": "relu", "batch_input_shape": [null, 4]}},
		{"class_name": "Dense", "config": {"name": "out", "units": 3, "activation": "softmax"}}]}`)
	fmt.Println(err)
	for _, l := range m.Layers() {
		fmt.Println(l, l.NumParams())
	}
	// Output:
	// <nil>
	// Dense hidden, 10 units, relu 50
	// Dense out, 3 units, softmax 33
}

func ExampleToJSON() {
	m := model.Sequential(model.Flatten(model.InputShape(2, 2)))
	text, err := keras.ToJSON(m)
	fmt.Println(text[:40], err)
	// Output:
	// {"module":"keras","class_name":"Sequenti <nil>
}
