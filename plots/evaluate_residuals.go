package plots

import (
	"errors"
	"fmt"
	"math"
)

// Residuals draws what a regression leaves unexplained, actual − predicted:
// over the prediction, and as a histogram beside it. Both slices have one number
// for each row.
func Residuals(actual, predicted []float64, opts ...Option) *Chart {
	return panelled("residuals", opts, func(cfg config, each []Option) ([]*Chart, error) {
		if err := sameLength(len(actual), len(predicted), "actual values", "predicted ones"); err != nil {
			return nil, err
		}
		rest := make([]float64, len(actual))
		for i, v := range actual {
			poll(i)
			rest[i] = v - predicted[i]
		}
		with := func(opts ...Option) []Option { return append(opts, each...) }
		points := func(d *drawing) error {
			d.x, d.y = axis{label: "predicted"}, axis{label: "residual"}
			f := filter{logX: d.logX, logY: d.logY}
			s := series{x: predicted, y: rest}.visible(&f)
			d.report(f, "row")
			if len(s.x) == 0 {
				return errNothing(len(rest), d.notes)
			}
			d.layer = layer{mark: pointMark, series: []series{d.sampled(s, "row")}}
			d.looks()
			return nil
		}
		left, right := []Option{Width(360)}, []Option{Width(240), XLabel("residual")}
		if !cfg.logY { // which has no zero
			left = append(left, HLine(0, ""))
		}
		if !cfg.logX {
			right = append(right, VLine(0, ""))
		}
		return []*Chart{drawn("residuals", points, with(left...)), HistogramX(rest, with(right...)...)}, nil
	})
}

// Calibration draws how far probabilities can be believed (a reliability
// diagram; Niculescu-Mizil and Caruana, 2005): the rows are divided by their
// probability into bins of equal width, and each bin's share of positive rows
// is drawn over its mean probability; one on the edge of two bins is in the upper
// one. Believable ones lie on the dotted
// diagonal. Below is how many rows each bin has. Labels are []bool or numbers 0
// and 1, as in [Split]; bins is 1 to 500. The caption has the Brier score (the
// mean square of probability − label) and the expected calibration error (the
// mean distance from the diagonal, weighted by rows).
func Calibration(labels any, probabilities []float64, bins int, opts ...Option) *Chart {
	return panelled("calibration", append(oneColumn(opts), opts...), func(_ config, each []Option) ([]*Chart, error) {
		r, err := reliable(labels, probabilities, bins)
		if err != nil {
			return nil, err
		}
		with := func(opts ...Option) []Option { return append(opts, each...) }
		both := []Option{Width(340), XRange(-0.02, 1.02)} // room for the points at the ends
		curve := drawn("calibration", r.curve, with(append(both[:2:2], Height(300))...))
		return []*Chart{curve, drawn("calibration", r.counts, with(append(both[:2:2], Height(90))...))}, nil
	})
}

// oneColumn puts panels under one another unless the options say otherwise.
func oneColumn(opts []Option) []Option {
	for _, o := range opts {
		if o.name == "Columns" {
			return nil
		}
	}
	return []Option{Columns(1)}
}

// A reliability is the rows of each bin of probabilities.
type reliability struct {
	rows, sum, hits []float64 // by bin: rows, their probabilities, positive ones
	brier           float64   // sum of squares
	n, left         int
}

// reliable divides the rows into bins.
func reliable(labels any, p []float64, bins int) (*reliability, error) {
	if bins < 1 || bins > maxBins {
		return nil, fmt.Errorf("want 1 to %d bins, got %d", maxBins, bins)
	}
	truth, err := truths(labels)
	if err != nil {
		return nil, err
	}
	if err := sameLength(len(truth), len(p), "labels", "probabilities"); err != nil {
		return nil, err
	}
	r := &reliability{rows: make([]float64, bins), sum: make([]float64, bins), hits: make([]float64, bins)}
	for i, v := range p {
		poll(i)
		switch {
		case truth[i] < 0 || math.IsNaN(v):
			r.left++
			continue
		case v < 0 || v > 1:
			return nil, fmt.Errorf("probability %s is %g; want 0 to 1", group(i+1), v)
		}
		k, hit := binOfShare(v, bins), float64(truth[i])
		r.rows[k]++
		r.sum[k] += v
		r.hits[k] += hit
		r.brier += (v - hit) * (v - hit)
		r.n++
	}
	if r.n == 0 {
		if r.left > 0 {
			return nil, errors.New("no row has a label and a probability")
		}
		return nil, errors.New("no rows to draw")
	}
	return r, nil
}

// binOfShare is the bin of a number from 0 to 1; v·bins may be rounded across the
// edge of a bin.
func binOfShare(v float64, bins int) int {
	k := int(v * float64(bins))
	if v >= float64(k+1)/float64(bins) {
		k++
	} else if v < float64(k)/float64(bins) {
		k--
	}
	return min(k, bins-1)
}

// curve draws the shares of the bins.
func (r *reliability) curve(d *drawing) error {
	d.x, d.y, d.zeroY = axis{label: "mean predicted probability"}, axis{label: "share of positive rows"}, true
	d.reachX, d.reachY = []float64{0, 1}, []float64{0, 1}
	s := series{info: make([][]string, 2)}
	off := 0.0
	for k, n := range r.rows {
		if n == 0 {
			continue
		}
		x, y := r.sum[k]/n, r.hits[k]/n
		off += math.Abs(x-y) * n
		s.x, s.y = append(s.x, x), append(s.y, y)
		bins := float64(len(r.rows))
		s.info[0] = append(s.info[0], figures(float64(k)/bins, 3)+" to "+figures(float64(k+1)/bins, 3))
		s.info[1] = append(s.info[1], group(int(n)))
	}
	d.note("Brier score %s, expected calibration error %s", figures(r.brier/float64(r.n), 3), figures(off/float64(r.n), 3))
	if r.left > 0 {
		d.note("%s left out: no label or probability", plural(r.left, "row"))
	}
	line := layer{mark: lineMark, opacity: 1, silent: true, series: []series{{x: s.x, y: s.y}}}
	d.under = []layer{guide(0, 0, 1, 1), line}
	d.layer = layer{mark: pointMark, opacity: 1, area: 55, info: []string{"bin", "rows"}, series: []series{s}}
	return d.noLogs()
}

// counts draws the number of rows in each bin.
func (r *reliability) counts(d *drawing) error {
	d.x, d.y = axis{label: "predicted probability"}, axis{label: "rows"}
	d.zeroY = true
	s := series{}
	for k, n := range r.rows {
		if n > 0 {
			bins := float64(len(r.rows))
			s.x, s.x2 = append(s.x, float64(k)/bins), append(s.x2, float64(k+1)/bins)
			s.y, s.y2 = append(s.y, n), append(s.y2, 0)
		}
	}
	d.layer = layer{mark: rectMark, opacity: 1, counted: true, xTitle: "probability", yTitle: "rows", series: []series{s}}
	return nil
}
