package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A ProgressLine shows how far training is, and the metrics of the last epoch.
type ProgressLine struct {
	bar    *show.Bar
	epochs int
	steps  int
	done   int
	loss   mean
	last   string
	drawn  time.Time
}

// Progress shows a bar over all steps with the epoch and its metrics, at most
// ten times a second: in a notebook as one display, in a terminal as one line.
func Progress() *ProgressLine { return &ProgressLine{} }

// betweenTitles is how often the text before the bar is made anew at most.
const betweenTitles = 100 * time.Millisecond

func (p *ProgressLine) begin(f fitting) error {
	*p = ProgressLine{epochs: f.epochs, steps: f.steps, bar: show.Progress(f.epochs * f.steps)}
	return nil
}

func (p *ProgressLine) batch(loss float64) (stop bool, err error) {
	p.done++
	p.loss.count(loss, 1)
	if p.done%64 != 0 && p.steps > 64 && p.drawn.IsZero() {
		return false, nil
	}
	if now := time.Now(); now.Sub(p.drawn) > betweenTitles {
		p.drawn = now
		p.show(p.done/max(p.steps, 1)+1, "loss "+metricText(p.loss.result()))
	}
	return false, nil
}

// Epoch implements [Callback].
func (p *ProgressLine) Epoch(n int, metrics map[string]float64) (stop bool) {
	if p.bar == nil {
		return false
	}
	p.done, p.loss, p.last = n*p.steps, mean{}, metricsText(metrics)
	if now := time.Now(); n == p.epochs || now.Sub(p.drawn) > betweenTitles {
		p.drawn = now
		p.show(n, p.last)
	}
	return false
}

func (p *ProgressLine) show(epoch int, text string) {
	p.bar.Title(fmt.Sprintf("epoch %d/%d  %s", min(epoch, p.epochs), p.epochs, text))
	p.bar.Set(p.done)
}

func (p *ProgressLine) end(h *History) error {
	if p.last != "" {
		p.show(h.Epochs(), p.last)
	}
	p.bar.Close()
	return nil
}

// metricsText is the metrics of an epoch, the loss first, those of validation
// last.
func metricsText(metrics map[string]float64) string {
	names := slices.SortedFunc(maps.Keys(metrics), func(a, b string) int {
		key := func(s string) string {
			switch {
			case s == "loss":
				return "0"
			case strings.HasPrefix(s, "val_"):
				return "2" + s
			}
			return "1" + s
		}
		return strings.Compare(key(a), key(b))
	})
	var parts []string
	for _, name := range names {
		parts = append(parts, name+" "+metricText(metrics[name]))
	}
	return strings.Join(parts, "  ")
}
