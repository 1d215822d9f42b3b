package model_test

import (
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestMAD27Summary is the summary of the seed's network, and of one with its
// first layer frozen.
func TestMAD27Summary(t *testing.T) {
	m := model.Sequential(model.Dense(10, model.Act("relu"), model.InputShape(4)), model.Dense(10, model.Act("relu")), model.Dense(3, model.Act("softmax")))
	for _, c := range []struct {
		frozen bool
		want   string
	}{{false, `Model: "sequential"
_________________________________________
 Layer (type)     Output Shape  Param #
=========================================
 dense (Dense)    (None, 10)    50
 dense_1 (Dense)  (None, 10)    110
 dense_2 (Dense)  (None, 3)     33
=========================================
Total params: 193 (772 B)
Trainable params: 193 (772 B)
Non-trainable params: 0 (0 B)
_________________________________________
`}, {true, `Total params: 193 (772 B)
Trainable params: 143 (572 B)
Non-trainable params: 50 (200 B)
`}} {
		if c.frozen {
			m.Layers()[0].Frozen()
		}
		if got := m.Summary(); !strings.Contains(got, c.want) {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
	if html, _ := m.Display().Data[show.MIMEHTML].(string); !strings.Contains(html, "(None, 10)") || !strings.Contains(html, "Trainable params: 143") {
		t.Errorf("html %s", html)
	}
}

func TestSummaryOfGraph(t *testing.T) {
	in := model.Input(4).Named("left")
	d := model.Dense(4)
	m := model.New([]*model.Symbol{in}, []*model.Symbol{model.Add().Of(in, d.Of(d.Of(in)))}).Named("twice")
	got := m.Summary()
	for _, line := range []string{`Model: "twice"`, " left (Input)   (None, 4)     0", " dense (Dense)  (None, 4)     20       left", " dense (Dense)  (None, 4)     shared   dense", " add (Add)      (None, 4)     0        left, dense", "Total params: 20 (80 B)"} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
	waiting := model.Sequential(model.Dense(3))
	if !strings.Contains(waiting.Summary(), " dense (Dense)  ?             ?\n") {
		t.Errorf("%s", waiting.Summary())
	}
}
