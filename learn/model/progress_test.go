package model

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// page keeps what is displayed.
type page struct {
	sync.Mutex
	texts []string
}

func (p *page) Display(d show.Display) {
	p.Lock()
	defer p.Unlock()
	p.texts = append(p.texts, d.Bundle.PlainText())
}
func (p *page) Clear(bool) {}
func (p *page) Input(string, bool) (string, error) {
	return "", errors.New("nobody is asked")
}
func (p *page) Render(v any) show.Bundle {
	b, _ := v.(show.Bundle)
	return b
}

// The line is drawn seldom, however many steps there are, and ends with the
// metrics of the last epoch.
func TestProgress(t *testing.T) {
	p := &page{}
	show.Connect(p)
	defer show.Connect(nil)
	cb := newCallbacks([]Callback{Progress()})
	const epochs, steps = 20, 5000
	if err := cb.begin(newOne(t), epochs, steps); err != nil {
		t.Fatal(err)
	}
	h := newHistory("loss", "val_loss", "accuracy")
	for n := 1; n <= epochs; n++ {
		for range steps {
			if stop, err := cb.batch(1); stop || err != nil {
				t.Fatal(stop, err)
			}
		}
		v := []float64{0.5, 0.25, 0.125}
		if _, err := cb.epoch(n, h.names, v); err != nil {
			t.Fatal(err)
		}
		h.add(v, 0)
	}
	if err := cb.end(h); err != nil {
		t.Fatal(err)
	}
	p.Lock()
	defer p.Unlock()
	last := p.texts[len(p.texts)-1]
	if !strings.Contains(last, "epoch 20/20  loss 0.5000  accuracy 0.1250  val_loss 0.2500") || !strings.Contains(last, "100000") && !strings.Contains(last, "100,000") {
		t.Errorf("the last line is %q", last)
	}
	if n := len(p.texts); n > 60 {
		t.Errorf("%d lines were drawn", n)
	}
}
