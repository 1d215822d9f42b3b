package model

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// FuzzConfig reads what could be a saved loss, optimizer, schedule, metric,
// initializer or regularizer: it is refused, or it works and is saved as the
// same.
func FuzzConfig(f *testing.F) {
	add := func(c config) {
		data, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	add(Huber(0.3).config())
	add(Adam(0).On(CosineRestarts(1, 10).Growth(1.5, 2)).ClipNorm(1).config())
	add(PiecewiseConstant([]int{1, 2}, []float64{3, 2, 1}).config())
	add(OneCycle(1, 3).config())
	add(AUC().Thresholds(50).Curve("PR").config())
	add(F1().Average("macro").config())
	add(Orthogonal(2).config())
	add(L1L2(1, 2).config())
	f.Fuzz(func(t *testing.T, data []byte) {
		var c config
		if json.Unmarshal(data, &c) != nil {
			return
		}
		tryLoss(t, lossOf(c))
		tryOptimizer(t, optimizerOf(c))
		if s := scheduleOf(c); s.err == nil {
			for _, step := range []int{0, 1, 10, 100000} {
				if r := s.At(step); math.IsNaN(r) {
					t.Errorf("%+v is NaN after %d steps", s, step)
				}
			}
		}
		tryMetric(t, metricOf(c))
		if i, err := initializerOf(c); err == nil {
			if err := i.fill(tensor.New(tensor.Float32, 3, 2), 3, 2, 1); err != nil {
				t.Errorf("%v: %v", i, err)
			}
		}
		if r, err := regularizerOf(c); err == nil && r.Err() != nil {
			t.Errorf("%v is accepted: %v", r, r.Err())
		}
	})
}

func tryLoss(t *testing.T, l *Loss) {
	if l.err != nil {
		return
	}
	if again := lossOf(l.config()); again.String() != l.String() {
		t.Errorf("%v is saved as %v", l, again)
	}
	g := tensor.NewGraph(tensor.Float32)
	y := g.Input("y", 2, 3)
	if l.sparse() {
		y = g.InputInts("y", 2)
	}
	if n := l.build(g, y, g.Input("p", 2, 3), nil); n.Err() != nil {
		t.Errorf("%v: %v", l, n.Err())
	}
}

func tryOptimizer(t *testing.T, o *Optimizer) {
	if o.err != nil {
		return
	}
	if again := optimizerOf(o.config()); again.rule != o.rule || again.Rate(3) != o.Rate(3) {
		t.Errorf("%+v is saved as %+v", o, again)
	}
	newStepper(t, o, []float64{1}).step(t, []float64{1})
}

func tryMetric(t *testing.T, m *Metric) {
	if m.err != nil {
		return
	}
	if again := metricOf(m.config()); again.metricSettings != m.metricSettings || again.err != nil {
		t.Errorf("%+v is saved as %+v", m, again)
	}
	if !m.composed {
		m.update(floats([]int{2, 1}, 0, 1), floats([]int{2, 1}, 0.25, 0.5), nil)
		m.result()
	}
}
