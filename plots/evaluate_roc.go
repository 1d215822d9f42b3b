package plots

import (
	"math"
	"strconv"
	"strings"
)

// A Split is what a classifier of two classes says about a part of the data,
// such as "train" or "test": for each row its true label, as []bool or as
// numbers 0 and 1 ([]int, []int64, []float64, …), and its score, such as the
// probability of the positive class: the greater, the likelier. Rows without a
// label (NaN) or without a finite score are left out.
type Split struct {
	Name   string
	Labels any
	Scores []float64
}

// ROC draws receiver operating characteristics (Fawcett, "An introduction to
// ROC analysis", 2006), one line for each split: the share of the positive rows
// that score at least a threshold over that of the negative ones. The legend
// has the areas under the curves (AUC) and the splits. Rows of equal score share their
// threshold. The dotted diagonal is what guessing reaches.
func ROC(splits []Split, opts ...Option) *Chart {
	ranks, err := rankings(splits, true)
	if err != nil {
		return refused("ROC", err)
	}
	curves := make([]operating, len(ranks))
	for i, r := range ranks {
		curves[i] = r.characteristic(rankPoints / len(ranks))
	}
	return drawn("ROC", func(d *drawing) error {
		d.x, d.y = axis{label: "false positive rate"}, axis{label: "true positive rate"}
		d.under = []layer{d.diagonal()}
		return d.operate(curves)
	}, square(opts))
}

// PrecisionRecall draws the precision (the share of rows that are positive,
// among those that score at least a threshold) over the recall (the share of
// the positive rows that do), one line for each split, in steps. The legend has
// the average precisions, the areas under the steps, and the splits. The dotted
// lines are the shares of positive rows, which guessing reaches.
func PrecisionRecall(splits []Split, opts ...Option) *Chart {
	ranks, err := rankings(splits, false)
	if err != nil {
		return refused("precision recall", err)
	}
	curves := make([]operating, len(ranks))
	for i, r := range ranks {
		curves[i] = r.steps(rankPoints / len(ranks))
	}
	return drawn("precision recall", func(d *drawing) error {
		d.x, d.y, d.zeroY = axis{label: "recall"}, axis{label: "precision"}, true
		for _, r := range ranks {
			rate := r.positive / (r.positive + r.negative)
			d.under = append(d.under, guide(d.leftmost(), rate, 1, rate))
		}
		return d.operate(curves)
	}, square(opts))
}

// leftmost is where guides begin: a log scale has no zero.
func (d *drawing) leftmost() float64 {
	if d.logX {
		return 1e-9
	}
	return 0
}

// diagonal is the guide from 0 to 1 on both axes, which is no straight line where
// one of them is logarithmic.
func (d *drawing) diagonal() layer {
	if !d.logX && !d.logY {
		return guide(0, 0, 1, 1)
	}
	var s series
	for k := -90; k <= 0; k++ {
		v := math.Pow(10, float64(k)/10)
		s.x, s.y = append(s.x, v), append(s.y, v)
	}
	s.fill = noteColor
	l := guide(0, 0, 1, 1)
	l.mark, l.series = lineMark, []series{s}
	return l
}

// rankPoints is how many points the lines of a ROC share.
const rankPoints = 1200

// An operating is the line of a split, thinned to what can be seen.
type operating struct {
	line        series
	total, left int // bends in all; rows without label or score
}

// characteristic is the line of a ROC, of at most so many points, and its area,
// by trapezoids.
func (r *ranking) characteristic(budget int) operating {
	line, area, tp0, fp0 := newBends(budget), 0.0, 0.0, 0.0
	r.down(func(at, tp, fp float64) {
		area += (fp - fp0) * (tp + tp0) / 2
		tp0, fp0 = tp, fp
		line.add(bend{fp / r.negative, tp / r.positive, at})
	})
	return r.operating(line, "AUC", area/(r.positive*r.negative))
}

// steps is the line of precision over recall, of at most so many points: each
// threshold's precision holds from the recall before to its own. The area under
// it is the average precision.
func (r *ranking) steps(budget int) operating {
	line, area, tp0 := newBends(budget), 0.0, 0.0
	r.down(func(at, tp, fp float64) {
		if tp+fp == 0 {
			return // above all rows
		}
		p := tp / (tp + fp)
		area += (tp - tp0) * p
		line.add(bend{tp0 / r.positive, p, at})
		line.add(bend{tp / r.positive, p, at})
		tp0 = tp
	})
	return r.operating(line, "average precision", area/r.positive)
}

// operating is the line through bends; the legend has a figure of it and the
// split's name: the figure first, since legends cut long texts.
func (r *ranking) operating(line *bends, what string, figure float64) operating {
	points, total := line.thinned()
	s := series{column: what, name: strings.TrimSpace(strconv.FormatFloat(figure, 'f', 3, 64) + " " + r.split)}
	cuts := make([]string, len(points))
	for i, p := range points {
		s.x, s.y = append(s.x, p.x), append(s.y, p.y)
		cuts[i] = figures(p.at, 4)
		if math.IsInf(p.at, 1) {
			cuts[i] = "above all"
		}
	}
	s.info = [][]string{cuts}
	return operating{s, total, r.left}
}

// operate draws the lines of all splits.
func (d *drawing) operate(curves []operating) error {
	f := filter{logX: d.logX, logY: d.logY}
	total, all, left := 0, 0, 0
	d.layer = layer{mark: lineMark, opacity: 1, ordered: true, info: []string{"threshold"}}
	for _, c := range curves {
		total, all, left = total+len(c.line.x), all+c.total, left+c.left
		if s := c.line.visible(&f); len(s.x) > 0 {
			d.layer.series = append(d.layer.series, s)
		}
	}
	if left > 0 {
		d.note("%s left out: no label or score", plural(left, "row"))
	}
	if total < all {
		d.note("%s of %s points drawn: those that stand apart", group(total), group(all))
	}
	d.report(f, "point")
	if len(d.layer.series) == 0 {
		return errNothing(total, d.notes)
	}
	return nil
}

// square is options of charts whose axes have the same range.
func square(opts []Option) []Option {
	return append([]Option{Width(340), Height(340)}, opts...)
}
