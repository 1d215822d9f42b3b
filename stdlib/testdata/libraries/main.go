// Command libraries uses what cells can import beside the standard library; the
// test runs it compiled and in a cell.
package main

import (
	"fmt"
	"log"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	. "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

type pts []struct{ x, y float64 }

func (p pts) Len() int                    { return len(p) }
func (p pts) XY(i int) (float64, float64) { return p[i].x, p[i].y }

func main() {
	g := NewGraph()
	x := NewScalar(g, Float64, WithName("x"))
	y := NewScalar(g, Float64, WithName("y"))
	z, err := Add(x, y)
	if err != nil {
		log.Fatal(err)
	}
	machine := NewTapeMachine(g)
	defer machine.Close()
	Let(x, 2.0)
	Let(y, 2.5)
	if err := machine.RunAll(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(z.Value())

	t := tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{1, 2, 3, 4}))
	r, err := tensor.MatMul(t, t)
	fmt.Println(r, err)

	b := array.NewInt64Builder(memory.DefaultAllocator)
	b.AppendValues([]int64{1, 2, 3}, nil)
	arr := b.NewInt64Array()
	fmt.Println(arr, arr.DataType(), arrow.GetValues[int64](arr.Data(), 1))

	m := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	fmt.Println(mat.Det(m), stat.Mean([]float64{1, 2, 3}, nil))

	p := plot.New()
	l, err := plotter.NewLine(pts{{1, 2}, {2, 3}})
	if err != nil {
		log.Fatal(err)
	}
	l.Width = vg.Points(2)
	p.Add(l)
	p.Add(plotter.NewFunction(func(x float64) float64 { return x * x }))
	w, err := p.WriterTo(4*vg.Centimeter, 4*vg.Centimeter, "svg")
	fmt.Println(w != nil, err)
}
