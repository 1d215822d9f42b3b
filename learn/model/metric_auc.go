package model

import (
	"fmt"
	"math"
	"slices"
)

// errColumns is the error of class numbers where numbers are compared.
func errColumns(b *scored) error {
	return fmt.Errorf("targets have one column, predictions %d; want as many", b.cols)
}

// An area is that under a curve, from histograms of the predictions between
// thresholds. The histograms and the interpolation are Keras's; for the curve
// of precision and recall see Davis and Goadrich (2006).
type area struct {
	m        *Metric
	yes, not []float64 // weight of predictions above threshold i and not above i+1
}

func newArea(m *Metric) scorer {
	if m.exact {
		return &exactArea{m: m}
	}
	return &area{m: m, yes: make([]float64, m.thresholds), not: make([]float64, m.thresholds)}
}

func (a *area) add(b *scored) error {
	steps := float64(len(a.yes) - 1)
	return b.each(func(yes bool, p, w float64) error {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("prediction %v; want probabilities from 0 to 1", p)
		}
		at := max(int(math.Ceil(p*steps))-1, 0)
		if yes {
			a.yes[at] += w
		} else {
			a.not[at] += w
		}
		return nil
	})
}

func (a *area) result() float64 {
	n := len(a.yes)
	tp, fp := slices.Clone(a.yes), slices.Clone(a.not)
	for i := n - 2; i >= 0; i-- {
		tp[i] += tp[i+1]
		fp[i] += fp[i+1]
	}
	yes, not := tp[0], fp[0]
	if a.m.curve == "PR" {
		return interpolated(tp, fp, yes)
	}
	sum := 0.0
	for i := range n - 1 {
		sum += (ratio(fp[i], not) - ratio(fp[i+1], not)) * (ratio(tp[i], yes) + ratio(tp[i+1], yes)) / 2
	}
	return sum
}

// interpolated is the area under precision over recall, with true positives a
// linear function of all positives between thresholds.
func interpolated(tp, fp []float64, yes float64) float64 {
	sum := 0.0
	for i := range len(tp) - 1 {
		dtp, p, q := tp[i]-tp[i+1], tp[i]+fp[i], tp[i+1]+fp[i+1]
		slope := ratio(dtp, max(p-q, 0))
		logs := 0.0
		if p > 0 && q > 0 {
			logs = math.Log(p / q)
		}
		sum += ratio(slope*(dtp+(tp[i+1]-slope*q)*logs), yes)
	}
	return sum
}

// An exactArea keeps all predictions.
type exactArea struct {
	m    *Metric
	seen []judged
}

type judged struct {
	p, w float64
	yes  bool
}

func (a *exactArea) add(b *scored) error {
	return b.each(func(yes bool, p, w float64) error {
		if math.IsNaN(p) {
			return fmt.Errorf("prediction %v; want numbers", p)
		}
		a.seen = append(a.seen, judged{p, w, yes})
		return nil
	})
}

// result goes down the predictions; those that are equal are one step.
func (a *exactArea) result() float64 {
	slices.SortFunc(a.seen, func(x, y judged) int {
		switch {
		case x.p > y.p:
			return -1
		case x.p < y.p:
			return 1
		}
		return 0
	})
	var tp, fp, roc, pr float64
	for i := 0; i < len(a.seen); {
		tp0, fp0 := tp, fp
		for p := a.seen[i].p; i < len(a.seen) && a.seen[i].p == p; i++ {
			if a.seen[i].yes {
				tp += a.seen[i].w
			} else {
				fp += a.seen[i].w
			}
		}
		roc += (fp - fp0) * (tp + tp0) / 2
		pr += (tp - tp0) * ratio(tp, tp+fp)
	}
	if a.m.curve == "PR" {
		return ratio(pr, tp)
	}
	return ratio(roc, tp*fp)
}
