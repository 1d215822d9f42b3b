package model

import (
	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// Predict is the model's output for rows: one tensor for each input, whose
// first axes count the rows. The result is float32, or float64 after
// [Float64], of shape (n, …). It is what learn.Learn calls, with one argument
// for each learn.In.
func (m *Model) Predict(x ...*tensor.Tensor) (*tensor.Tensor, error) {
	out, err := m.PredictAll(x...)
	if err != nil {
		return nil, err
	}
	if len(out) != 1 {
		return nil, m.failf("predict", "the model has %d outputs; use PredictAll", len(out))
	}
	return out[0], nil
}

// PredictAll is [Model.Predict] for models with several outputs.
func (m *Model) PredictAll(x ...*tensor.Tensor) ([]*tensor.Tensor, error) {
	if err := m.ready("predict", x); err != nil {
		return nil, err
	}
	d, err := m.features("predict", x)
	if err != nil {
		return nil, err
	}
	out, to := make([]*tensor.Tensor, len(m.outputs)), make([]memory, len(m.outputs))
	for i, s := range m.outputs {
		out[i] = tensor.New(m.dtype, append([]int{d.rows}, s.shape...)...)
		if err := out[i].Err(); err != nil {
			return nil, m.failf("predict", "%w", err)
		}
		to[i] = newMemory(out[i], d.rows)
	}
	batch := m.predictRows()
	for from := 0; from < d.rows; from += batch {
		interrupt.Check()
		rows := min(batch, d.rows-from)
		r, err := m.runner(planKey{predicting, rows, false})
		if err != nil {
			return nil, err
		}
		r.fill(d, from, rows, nil)
		if err := r.prog.Run(m.seed, 0); err != nil {
			return nil, m.failf("predict", "%w", err)
		}
		for i := range to {
			to[i].put(from, &r.predMemory[i], 0, rows)
		}
	}
	return out, nil
}

// predictRows is how many rows are predicted at once: 256, or fewer where these
// would take much memory.
func (m *Model) predictRows() int {
	const most = 32 << 20 // numbers
	return max(1, min(256, most/m.rowSize()))
}

// rowSize is how many numbers the layers make of a row.
func (m *Model) rowSize() int {
	n := 1
	for _, s := range m.order {
		n += product(s.shape)
	}
	return n
}

// Classify is the class of each row, as int64 of shape (n): the largest of
// several outputs, or whether a single one is above 0.5. (QC-114)
func (m *Model) Classify(x ...*tensor.Tensor) (*tensor.Tensor, error) {
	p, err := m.Predict(x...)
	if err != nil {
		return nil, err
	}
	if p.NDim() != 2 {
		return nil, m.failf("classify", "the output has shape %s; want (n, classes)", shapeOf(p.Shape()[1:]))
	}
	n, classes := p.Dim(0), p.Dim(1)
	out := make([]int64, n)
	v := p.Float64s()
	for i := range out {
		row := v[i*classes:][:classes]
		if classes == 1 && row[0] > 0.5 {
			out[i] = 1
		}
		for j, x := range row {
			if x > row[out[i]%int64(classes)] {
				out[i] = int64(j)
			}
		}
	}
	return tensor.FromSlice([]int{n}, out), nil
}
