package plots

import (
	"errors"
	"fmt"
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
		curves[i] = r.operating(shares(r.fp), shares(r.tp), counting(len(r.tp)), len(ranks))
		curves[i].line.column, curves[i].line.name = "AUC", r.titled(r.auc())
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
		x, y, of := r.steps()
		curves[i] = r.operating(x, y, of, len(ranks))
		curves[i].line.column, curves[i].line.name = "average precision", r.titled(r.averagePrecision())
	}
	return drawn("precision recall", func(d *drawing) error {
		d.x, d.y, d.zeroY = axis{label: "recall"}, axis{label: "precision"}, true
		for _, r := range ranks {
			rate := r.positives() / (r.positives() + r.negatives())
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

// An operating is the line of a split, thinned to what can be seen.
type operating struct {
	line        series
	total, left int // corners in all; rows without label or score
}

// rankPoints is how many points the lines of a ROC share.
const rankPoints = 1200

// operating thins a line, whose points are of the thresholds with the numbers
// of, counted from 1, to its part of what all lines have.
func (r *ranking) operating(x, y, of []float64, lines int) operating {
	rows := turns(x, y)
	o := operating{total: len(rows), left: r.left}
	budget := rankPoints / lines
	for apart := 1 / float64(budget); len(rows) > budget; apart *= 1.5 {
		rows = spread(x, y, rows, apart)
	}
	o.line = series{x: pick(x, rows), y: pick(y, rows)}
	cuts := make([]string, len(rows))
	for i, k := range pick(of, rows) {
		cuts[i] = figures(r.threshold[int(k)-1], 4)
		if k == 1 {
			cuts[i] = "above all"
		}
	}
	o.line.info = [][]string{cuts}
	return o
}

// turns are the points without those in the middle of a straight line.
func turns(xs, ys []float64) []int {
	out := []int{0}
	for i := 1; i < len(xs); i++ {
		poll(i)
		k := out[len(out)-1]
		if i+1 < len(xs) && (xs[i]-xs[k])*(ys[i+1]-ys[i]) == (ys[i]-ys[k])*(xs[i+1]-xs[i]) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// spread leaves out rows that are nearer than a distance to the one kept
// before, but for the last.
func spread(xs, ys []float64, rows []int, apart float64) []int {
	out := rows[:1:1]
	for i, r := range rows[1:] {
		k := out[len(out)-1]
		if i == len(rows)-2 || math.Max(math.Abs(xs[r]-xs[k]), math.Abs(ys[r]-ys[k])) >= apart {
			out = append(out, r)
		}
	}
	return out
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

// A ranking is how many positive and negative rows score at least each
// threshold: decreasing ones, the first above all scores.
type ranking struct {
	split     string
	threshold []float64
	tp, fp    []float64
	left      int // rows without label or score
}

func (r *ranking) positives() float64 { return r.tp[len(r.tp)-1] }
func (r *ranking) negatives() float64 { return r.fp[len(r.fp)-1] }

// rankings sorts the rows of all splits; both classes must be there, or with
// both false the positive one.
func rankings(splits []Split, both bool) ([]*ranking, error) {
	if len(splits) == 0 {
		return nil, errors.New("want at least one split, got none")
	}
	if len(splits) > maxClasses-1 {
		return nil, fmt.Errorf("want at most %d splits, got %s", maxClasses-1, group(len(splits)))
	}
	names := make([]string, len(splits))
	for i, s := range splits {
		names[i] = s.Name
	}
	if len(splits) > 1 {
		if err := different("split", names); err != nil {
			return nil, err
		}
	}
	var out []*ranking
	for _, s := range splits {
		r, err := s.rank()
		switch {
		case err != nil:
		case r.positives() == 0:
			err = r.none("positive")
		case both && r.negatives() == 0:
			err = r.none("negative")
		}
		if err != nil && s.Name != "" {
			err = fmt.Errorf("split %q: %w", s.Name, err)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// none is the error about a class without rows.
func (r *ranking) none(class string) error {
	if r.left > 0 {
		return fmt.Errorf("want some %s rows, got none (%s left out: no label or score)", class, plural(r.left, "row"))
	}
	return fmt.Errorf("want some %s rows, got none", class)
}

// rank counts the rows above each threshold.
func (s Split) rank() (*ranking, error) {
	labels, err := truths(s.Labels)
	if err != nil {
		return nil, err
	}
	if err := sameLength(len(labels), len(s.Scores), "labels", "scores"); err != nil {
		return nil, err
	}
	r := &ranking{split: s.Name}
	of := [2][]float64{make([]float64, 0, len(labels)), make([]float64, 0, len(labels))}
	for i, score := range s.Scores {
		poll(i)
		if labels[i] == missingLabel || !finite(score) {
			r.left++
			continue
		}
		of[labels[i]] = append(of[labels[i]], score)
	}
	r.count(sorted(of[1]), sorted(of[0]))
	return r, nil
}

// count walks down two sorted lists of scores; equal ones move together.
func (r *ranking) count(positive, negative []float64) {
	i, j := len(positive), len(negative)
	r.threshold, r.tp, r.fp = make([]float64, 1, i+j+1), make([]float64, 1, i+j+1), make([]float64, 1, i+j+1)
	r.threshold[0] = math.Inf(1)
	for n := 0; i+j > 0; n++ {
		poll(n)
		at := math.Inf(-1)
		if i > 0 {
			at = positive[i-1]
		}
		if j > 0 {
			at = math.Max(at, negative[j-1])
		}
		for i > 0 && positive[i-1] == at {
			i--
		}
		for j > 0 && negative[j-1] == at {
			j--
		}
		r.threshold = append(r.threshold, at)
		r.tp = append(r.tp, float64(len(positive)-i))
		r.fp = append(r.fp, float64(len(negative)-j))
	}
}

// auc is the area under the curve, by trapezoids.
func (r *ranking) auc() float64 {
	area := 0.0
	for i := 1; i < len(r.tp); i++ {
		area += (r.fp[i] - r.fp[i-1]) * (r.tp[i] + r.tp[i-1]) / 2
	}
	return area / (r.positives() * r.negatives())
}

// averagePrecision is the area under the steps.
func (r *ranking) averagePrecision() float64 {
	area := 0.0
	for i := 1; i < len(r.tp); i++ {
		area += (r.tp[i] - r.tp[i-1]) * r.precision(i)
	}
	return area / r.positives()
}

// precision is that of the k-th threshold, which some row reaches.
func (r *ranking) precision(k int) float64 { return r.tp[k] / (r.tp[k] + r.fp[k]) }

// steps are the corners of precision over recall: each threshold's precision
// holds from the recall before to its own. of counts thresholds from 1.
func (r *ranking) steps() (recall, precision, of []float64) {
	all, n := r.positives(), 2*(len(r.tp)-1)
	recall, precision, of = make([]float64, 0, n), make([]float64, 0, n), make([]float64, 0, n)
	for i := 1; i < len(r.tp); i++ {
		poll(i)
		p := r.precision(i)
		recall = append(recall, r.tp[i-1]/all, r.tp[i]/all)
		precision = append(precision, p, p)
		of = append(of, float64(i+1), float64(i+1))
	}
	return recall, precision, of
}

// shares are counts as parts of the last one.
func shares(counts []float64) []float64 {
	all := counts[len(counts)-1]
	out := make([]float64, len(counts))
	for i, n := range counts {
		out[i] = n / all
	}
	return out
}

// titled is a figure and the split's name: the figure first, since legends cut
// long texts.
func (r *ranking) titled(v float64) string {
	return strings.TrimSpace(strconv.FormatFloat(v, 'f', 3, 64) + " " + r.split)
}
