package learn_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// TestInterpretedModels runs calls from interpreted code, whose functions and
// structs reach this package through reflection only.
func TestInterpretedModels(t *testing.T) {
	i := interp.New(interp.Options{})
	v := reflect.ValueOf
	if err := i.Use(stdlib.Symbols); err != nil {
		t.Fatal(err)
	}
	if err := i.Use(interp.Exports{
		"github.com/sheaf-go/sheaf/learn/learn": {
			"Learn": v(learn.Learn), "Train": v(learn.Train), "In": v(learn.In), "Out": v(learn.Out), "Batch": v(learn.Batch)},
		"github.com/sheaf-go/sheaf/learn/gather/gather": {
			"Float64": v(&gather.Float64).Elem(), "Func": v(gather.Func), "Structs": v(gather.Structs), "Batch": v((*gather.Batch)(nil))},
		"github.com/sheaf-go/sheaf/learn/scatter/scatter": {
			"Column": v(&scatter.Column).Elem(), "Func": v(scatter.Func), "Batch": v(scatter.Batch)},
		"github.com/sheaf-go/sheaf/learn/tensor/tensor": {
			"Tensor": v((*tensor.Tensor)(nil)), "FromFloat64s": v(tensor.FromFloat64s)},
		"github.com/sheaf-go/sheaf/tables/tables": {
			"Table": v((*tables.Table)(nil)), "New": v(tables.New), "Floats": v(tables.Floats), "Float64": v(tables.Float64), "Int64": v(tables.Int64), "String": v(tables.String)},
	}); err != nil {
		t.Fatal(err)
	}
	_, err := i.Eval(`import ("fmt"; "github.com/sheaf-go/sheaf/learn"; "github.com/sheaf-go/sheaf/learn/gather"; "github.com/sheaf-go/sheaf/learn/scatter"; "github.com/sheaf-go/sheaf/learn/tensor"; "github.com/sheaf-go/sheaf/tables")
type P struct { X, Y float64 }
var seen int
var t = tables.New(tables.Floats("A", 1, 2, 3), tables.Floats("B", 3, 4, 5))
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ source, want string }{
		{`learn.Learn(t, func(x *tensor.Tensor) *tensor.Tensor { return x.Sum(1) }, learn.Batch(2),
			learn.In(gather.Float64, "A", "B"), learn.Out("C", scatter.Column, tables.Float64)).Strings("C")`, "[4.0 6.0 8.0]"},
		{`learn.Learn(t, func(x []P) []float64 { out := []float64{}; for _, p := range x { out = append(out, p.X*p.Y) }; return out }, learn.Batch(2),
			learn.In(gather.Structs(P{}), "A", "B"), learn.Out("C", scatter.Column, tables.Int64)).Strings("C")`, "[3 8 15]"},
		{`learn.Learn(t, func(n int) (int, error) { return n, nil }, learn.Batch(2),
			learn.In(gather.Func(func(b gather.Batch) (any, error) { return b.Len(), nil }), "A"),
			learn.Out("C", scatter.Func(func(r any, i int) any { return fmt.Sprint(r, i) }), tables.String)).Strings("C")`, "[2 0 2 1 1 0]"},
		{`learn.Learn(t, func(x *tensor.Tensor) *tensor.Tensor { var p *P; return x.Slice(0, int(p.X)) }, learn.Batch(2),
			learn.In(gather.Float64, "A"), learn.Out("C", scatter.Column, tables.Float64)).Err() != nil`, "true"},
		{`fmt.Sprint(learn.Train(t, func(x, y *tensor.Tensor) error { seen += x.Len(); return nil }, learn.Batch(2),
			learn.In(gather.Float64, "A", "B"), learn.In(gather.Float64, "A")), seen)`, "<nil> 6"},
	} {
		t.Run("", func(t *testing.T) {
			got, err := i.Eval(c.source)
			if err != nil {
				t.Fatal(err)
			}
			if s := fmt.Sprint(got.Interface()); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}
