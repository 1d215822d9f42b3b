package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// SkipHead leaves out the first 15 % of a [LearningCurve], where the numbers are
// far from all that follow.
func SkipHead() Option {
	return evalOption("SkipHead", func(e *evaluation) error { e.skipHead = true; return nil })
}

// Along sets the x of a [LearningCurve], which counts epochs otherwise: one
// number for each value of the metrics, such as iterations or seconds since
// the start, and what they are.
func Along(title string, at []float64) Option {
	return evalOption("Along", func(e *evaluation) error {
		if len(at) == 0 {
			return errors.New("Along: want at least one number, got none")
		}
		e.along, e.alongTitle = at, title
		return nil
	})
}

// validation is how the names of metrics of validation data begin.
const validation = "val_"

// LearningCurve draws the metrics of a training run, one panel for each: the
// values of "loss" and "val_loss" (one for each epoch) are its lines for
// training and validation. The loss comes first, other metrics by name. [Along]
// sets another x, [SkipHead] leaves out the beginning.
func LearningCurve(metrics map[string][]float64, opts ...Option) *Chart {
	return panelled("learning curve", opts, func(cfg config, each []Option) ([]*Chart, error) {
		var panels []*Chart
		for _, m := range metricNames(metrics) {
			lines, err := metricLines(metrics, m, cfg.eval)
			if err != nil {
				return nil, err
			}
			options := append([]Option{Width(290), Height(200)}, each...)
			panels = append(panels, drawn("learning curve", func(d *drawing) error {
				d.x, d.y, d.tightX = axis{label: "epoch"}, axis{label: m}, true
				if d.cfg.eval.along != nil {
					d.x.label = d.cfg.eval.alongTitle
				}
				return d.draws(slices.Clone(lines))
			}, options))
		}
		if len(panels) == 0 {
			return nil, errors.New("want at least one metric, got none")
		}
		return panels, nil
	})
}

// metricNames are the metrics without the prefix of validation, losses first.
func metricNames(metrics map[string][]float64) []string {
	var names []string
	for n := range metrics {
		names = append(names, strings.TrimPrefix(n, validation))
	}
	names = sortedNames(names)
	slices.SortStableFunc(names, func(a, b string) int {
		switch a, b := strings.Contains(a, "loss"), strings.Contains(b, "loss"); {
		case a && !b:
			return -1
		case b && !a:
			return 1
		}
		return 0
	})
	return names
}

// metricLines are the lines of a metric: training, validation.
func metricLines(metrics map[string][]float64, name string, e evaluation) ([]series, error) {
	var out []series
	n := -1
	for _, line := range []struct{ metric, name string }{{name, "training"}, {validation + name, "validation"}} {
		values, ok := metrics[line.metric]
		if !ok {
			continue
		}
		if n >= 0 && len(values) != n {
			return nil, fmt.Errorf("metric %q has %s, %q has %s; want as many", name, plural(n, "value"), line.metric, group(len(values)))
		}
		n = len(values)
		at := counting(n)
		if e.along != nil {
			if at = e.along; len(at) != n {
				return nil, fmt.Errorf("metric %q has %s; Along has %s", line.metric, plural(n, "value"), group(len(at)))
			}
		}
		from := 0
		if e.skipHead {
			from = n - int(math.Round(0.85*float64(n)))
		}
		out = append(out, series{name: line.name, x: at[from:], y: values[from:]})
	}
	return out, nil
}

// Curves draws a curve for each of several models: ys holds their values, xs
// where these are, such as the seconds since the start; a nil xs counts
// epochs. Curves may differ in length.
func Curves(names []string, xs, ys [][]float64, opts ...Option) *Chart {
	lines, err := curves(names, xs, ys)
	if err != nil {
		return refused("curves", err)
	}
	return drawn("curves", func(d *drawing) error {
		d.x, d.y, d.tightX = axis{label: "epoch"}, axis{label: "value"}, true
		if xs != nil {
			d.x.label = "x"
		}
		all := d.ofModels(names, "first")
		if len(all) > maxLines {
			d.note("%d of %s lines drawn", maxLines, group(len(all)))
			all = all[:maxLines]
		}
		for i := range all {
			all[i].x, all[i].y = lines[i].x, lines[i].y
		}
		return d.draws(all)
	}, opts)
}

// curves checks the values of curves.
func curves(names []string, xs, ys [][]float64) ([]series, error) {
	if len(names) == 0 {
		return nil, errors.New("want at least one model, got none")
	}
	if err := different("model", names); err != nil {
		return nil, err
	}
	if err := sameLength(len(ys), len(names), "curves", "names"); err != nil {
		return nil, err
	}
	if xs != nil {
		if err := sameLength(len(xs), len(names), "slices of x", "names"); err != nil {
			return nil, err
		}
	}
	out := make([]series, len(names))
	for i, n := range names {
		out[i] = series{x: counting(len(ys[i])), y: ys[i]}
		if xs == nil {
			continue
		}
		if err := sameLength(len(xs[i]), len(ys[i]), "x", "values"); err != nil {
			return nil, fmt.Errorf("%s: %w", n, err)
		}
		out[i].x = xs[i]
	}
	return out, nil
}

// BestSoFar draws the scores of the trials of a search, in their order, and
// over them the best score until then: the greatest, or where maximise is
// false (as for a loss) the least.
func BestSoFar(scores []float64, maximise bool, opts ...Option) *Chart {
	return drawn("best so far", func(d *drawing) error {
		d.x, d.y = axis{label: "trial"}, axis{label: "score"}
		f := filter{logX: d.logX, logY: d.logY}
		all := series{name: "trial", x: counting(len(scores)), y: scores}.visible(&f)
		d.report(f, "trial")
		if len(all.x) == 0 {
			return errNothing(len(scores), d.notes)
		}
		best := series{name: "best so far"}
		best.x, best.y = bestUntil(all, maximise)
		if n := len(best.x); n > lineBudget {
			best.x, best.y = minMax(best.x, best.y, lineBudget, d.logX)
			d.note("%s of %s corners drawn: the extremes of each pixel column", group(len(best.x)), group(n))
		}
		d.layer = layer{mark: lineMark, opacity: 1, ordered: true, series: []series{best}}
		d.under = []layer{{mark: pointMark, opacity: 0.7, area: 30, series: []series{d.sampled(all, "trial")}}}
		return nil
	}, opts)
}

// bestUntil are the corners of the steps that the best value goes.
func bestUntil(s series, maximise bool) (xs, ys []float64) {
	best := s.y[0]
	xs, ys = []float64{s.x[0]}, []float64{best}
	for i, y := range s.y {
		poll(i)
		if y == best || y > best != maximise {
			continue
		}
		xs, ys = append(xs, s.x[i], s.x[i]), append(ys, best, y)
		best = y
	}
	if last := s.x[len(s.x)-1]; last != xs[len(xs)-1] {
		xs, ys = append(xs, last), append(ys, best)
	}
	return xs, ys
}
