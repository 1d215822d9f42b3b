package model

import (
	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A score adds up the loss and the metrics of batches.
type score struct {
	m       *Model
	rows    int
	loss    float64
	each    []float64 // losses of outputs, if there are several
	metrics []*Metric // output by output
	per     []int     // of each metric, its place among the composed ones, or -1
	blocks  []block   // of each output
}

// A block gathers the targets and predictions of some batches, since a metric
// takes about as long for many rows as for few.
type block struct {
	y, p             memory
	yTensor, pTensor *tensor.Tensor
	rows, room       int
	yPart, pPart     *tensor.Tensor // of the last flush that was not full
}

// blockRows is about how many rows metrics are given at once.
const blockRows = 1024

func (m *Model) newScore() *score {
	s := &score{m: m, blocks: make([]block, len(m.outputs))}
	if len(m.outputs) > 1 {
		s.each = make([]float64, len(m.outputs))
	}
	composed := 0
	for i := range m.outputs {
		for _, mt := range m.goal.metrics {
			c := mt.clone()
			c.suit(m.goal.loss(i))
			s.metrics = append(s.metrics, c)
			at := -1
			if c.composed {
				at = composed
				composed++
			}
			s.per = append(s.per, at)
		}
	}
	return s
}

// reset begins anew.
func (s *score) reset() {
	s.rows, s.loss = 0, 0
	clear(s.each)
	for _, mt := range s.metrics {
		mt.reset()
	}
	for i := range s.blocks {
		s.blocks[i].rows = 0
	}
}

// add counts the batch that a runner has just computed.
func (s *score) add(r *runner, rows int) {
	s.rows += rows
	s.loss += r.loss.first() * float64(rows)
	for i := range s.each {
		s.each[i] += r.each[i].first() * float64(rows)
	}
	if len(s.metrics) == 0 {
		return
	}
	for i := range s.blocks {
		s.gather(i, r, rows)
	}
	for i, at := range s.per {
		if at >= 0 {
			s.metrics[i].updateValues(r.per[at], nil)
		}
	}
}

// gather puts a batch of an output into its block.
func (s *score) gather(output int, r *runner, rows int) {
	b := &s.blocks[output]
	if b.room < rows {
		s.flush(output)
		b.make(max(rows, blockRows), s.m, output)
	}
	if b.rows+rows > b.room {
		s.flush(output)
	}
	b.y.put(b.rows, &r.y[output], 0, rows)
	b.p.put(b.rows, &r.predMemory[output], 0, rows)
	b.rows += rows
}

// make gives the block room for rows of an output.
func (b *block) make(room int, m *Model, output int) {
	shape := m.outputs[output].shape
	yShape, yType := shape, m.dtype
	if m.goal.loss(output).sparse() {
		yShape, yType = shape[:len(shape)-1], tensor.Int32
	}
	b.room = room
	b.yTensor = tensor.New(yType, append([]int{room}, yShape...)...)
	b.pTensor = tensor.New(m.dtype, append([]int{room}, shape...)...)
	b.y, b.p = newMemory(b.yTensor, room), newMemory(b.pTensor, room)
	b.yPart = nil
}

// flush gives the rows of a block to the metrics.
func (s *score) flush(output int) {
	b := &s.blocks[output]
	if b.rows == 0 {
		return
	}
	y, p := b.yTensor, b.pTensor
	if b.rows < b.room {
		if b.yPart == nil || b.yPart.Dim(0) != b.rows {
			b.yPart, b.pPart = y.Slice(0, b.rows), p.Slice(0, b.rows)
		}
		y, p = b.yPart, b.pPart
	}
	each := len(s.metrics) / len(s.blocks)
	for i, mt := range s.metrics[output*each : (output+1)*each] {
		if s.per[output*each+i] < 0 {
			mt.update(y, p, nil)
		}
	}
	b.rows = 0
}

// values is the loss, the losses of outputs, and the metrics, in the order of
// metricNames.
func (s *score) values() ([]float64, error) {
	n := float64(max(s.rows, 1))
	out := []float64{s.loss / n}
	for _, x := range s.each {
		out = append(out, x/n)
	}
	for i := range s.blocks {
		s.flush(i)
	}
	for _, mt := range s.metrics {
		if err := mt.Err(); err != nil {
			return nil, err
		}
		out = append(out, mt.result())
	}
	return out, nil
}

// metricNames is what a score measures: the loss and the metrics. With several
// outputs, names begin with that of the output's layer.
func (m *Model) metricNames(prefix string) []string {
	names := []string{prefix + "loss"}
	several := len(m.outputs) > 1
	if several {
		for _, s := range m.outputs {
			names = append(names, prefix+s.Name()+"_loss")
		}
	}
	for _, s := range m.outputs {
		for _, mt := range m.goal.metrics {
			if several {
				names = append(names, prefix+s.Name()+"_"+mt.Name())
			} else {
				names = append(names, prefix+mt.Name())
			}
		}
	}
	return names
}

// assess measures the model on a data set, without training.
func (m *Model) assess(d *dataset, batch int) ([]float64, error) {
	s := m.newScore()
	s.reset()
	for from := 0; from < d.rows; from += batch {
		interrupt.Check()
		rows := min(batch, d.rows-from)
		r, err := m.runner(planKey{evaluating, rows, d.weighted()})
		if err != nil {
			return nil, err
		}
		r.fill(d, from, rows, nil)
		if err := r.prog.Run(m.seed, uint64(m.iterations)); err != nil {
			return nil, m.failf("evaluate", "%w", err)
		}
		s.add(r, rows)
	}
	return s.values()
}

// Evaluate is the loss and the metrics of the model on rows and their targets,
// by name. It takes [Batch], [SampleWeights] and [ClassWeights]; weights count
// in the loss.
func (m *Model) Evaluate(x, y *tensor.Tensor, opts ...FitOption) (map[string]float64, error) {
	return m.EvaluateAll([]*tensor.Tensor{x}, []*tensor.Tensor{y}, opts...)
}

// EvaluateAll is [Model.Evaluate] for models with several inputs or outputs.
func (m *Model) EvaluateAll(x, y []*tensor.Tensor, opts ...FitOption) (map[string]float64, error) {
	if err := m.trainable("evaluate", x); err != nil {
		return nil, err
	}
	s, err := m.settings("evaluate", opts, "Batch", "SampleWeights", "ClassWeights")
	if err != nil {
		return nil, err
	}
	return m.evaluate(x, y, s)
}

func (m *Model) evaluate(x, y []*tensor.Tensor, s *fitSettings) (map[string]float64, error) {
	d, err := m.dataset("evaluate", x, y)
	if err != nil {
		return nil, err
	}
	if d.rows == 0 {
		return nil, m.failf("evaluate", "no rows")
	}
	if err := m.weigh(d, s); err != nil {
		return nil, m.failf("evaluate", "%w", err)
	}
	values, err := m.assess(d, s.batch)
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for i, name := range m.metricNames("") {
		out[name] = values[i]
	}
	return out, nil
}
