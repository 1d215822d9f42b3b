package model

import "math"

// An outcome counts predictions by what is true.
type outcome struct{ tp, fp, fn, tn float64 }

func (o *outcome) count(yes, said bool, w float64) {
	switch {
	case yes && said:
		o.tp += w
	case said:
		o.fp += w
	case yes:
		o.fn += w
	default:
		o.tn += w
	}
}

func precisionOf(o outcome) float64 { return ratio(o.tp, o.tp+o.fp) }
func recallOf(o outcome) float64    { return ratio(o.tp, o.tp+o.fn) }
func f1Of(o outcome) float64        { return ratio(2*o.tp, 2*o.tp+o.fp+o.fn) }

// ratio is a/b, and 0 of nothing.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// counts is a metric of outcomes: of all elements together or of each class.
type counts struct {
	m       *Metric
	of      func(outcome) float64
	all     outcome
	classes []outcome // by likeliest class, if that is how they are counted
}

func (c *counts) add(b *scored) error {
	byClass := c.m.average == "macro" || c.m.average == "micro" || c.m.average == "weighted" ||
		c.m.average == "" && b.classes() && b.cols > 2
	if !byClass {
		return b.each(func(yes bool, p, w float64) error {
			c.all.count(yes, p > c.m.threshold, w)
			return nil
		})
	}
	return c.byClass(b)
}

func (c *counts) byClass(b *scored) error {
	n := max(b.cols, 2)
	for len(c.classes) < n {
		c.classes = append(c.classes, outcome{})
	}
	for row := range b.rows {
		said, is := 0, 0
		if b.cols == 1 {
			said, is = int(flag(b.probabilities(row)[0] > c.m.threshold)), int(flag(b.y.at(row) != 0))
		} else {
			k, err := b.class(row)
			if err != nil {
				return err
			}
			said, is = b.p.argmax(row*b.cols, b.cols), k
		}
		for k := range n {
			c.classes[k].count(is == k, said == k, b.weight(row))
		}
	}
	return nil
}

func (c *counts) result() float64 {
	if c.classes == nil {
		return c.of(c.all)
	}
	var sum, weight float64
	var all outcome
	for _, o := range c.classes {
		w := 1.0
		if c.m.average == "weighted" {
			w = o.tp + o.fn
		} else if o.tp+o.fp+o.fn == 0 {
			continue // neither true nor predicted: no class of these data
		}
		sum, weight = sum+w*c.of(o), weight+w
		all = outcome{all.tp + o.tp, all.fp + o.fp, all.fn + o.fn, all.tn + o.tn}
	}
	if c.m.average == "micro" {
		return c.of(all)
	}
	return ratio(sum, weight)
}

// errorsOf is the mean of a function of target and prediction, and then of it.
func errorsOf(of func(y, p float64) float64, then func(float64) float64) func(*Metric) scorer {
	return func(*Metric) scorer { return &errorMean{of: of, then: then} }
}

type errorMean struct {
	mean
	of   func(y, p float64) float64
	then func(float64) float64
}

func (e *errorMean) add(b *scored) error {
	if b.classes() {
		return errColumns(b)
	}
	for i := range b.rows * b.cols {
		e.count(e.of(b.y.at(i), b.p.at(i)), b.weight(i/b.cols))
	}
	return nil
}

func (e *errorMean) result() float64 {
	if e.then != nil {
		return e.then(e.mean.result())
	}
	return e.mean.result()
}

// A spread compares errors with how targets vary: R², or the explained
// variance, which does not mind a constant error. It is the mean over columns;
// targets that do not vary give 1 if they are all hit and 0 otherwise.
type spread struct {
	explained bool
	cols      []spreadColumn
}

// A spreadColumn has the mean and the sum of squares around it of targets and
// of errors, updated as by West (1979), and the sum of squared errors.
type spreadColumn struct{ weight, yMean, ySum, eMean, eSum, squares float64 }

func (s *spread) add(b *scored) error {
	if b.classes() {
		return errColumns(b)
	}
	for len(s.cols) < b.cols {
		s.cols = append(s.cols, spreadColumn{})
	}
	for i := range b.rows * b.cols {
		if w := b.weight(i / b.cols); w != 0 {
			s.cols[i%b.cols].add(b.y.at(i), b.p.at(i), w)
		}
	}
	return nil
}

func (c *spreadColumn) add(y, p, w float64) {
	c.weight += w
	e := y - p
	d := y - c.yMean
	c.yMean += d * w / c.weight
	c.ySum += w * d * (y - c.yMean)
	d = e - c.eMean
	c.eMean += d * w / c.weight
	c.eSum += w * d * (e - c.eMean)
	c.squares += w * e * e
}

func (s *spread) result() float64 {
	if len(s.cols) == 0 {
		return math.NaN()
	}
	var sum float64
	for _, c := range s.cols {
		left := c.squares
		if s.explained {
			left = c.eSum
		}
		switch {
		case c.ySum > 0:
			sum += 1 - left/c.ySum
		case left == 0:
			sum++
		}
	}
	return sum / float64(len(s.cols))
}

// A cosine is the mean cosine of the angle between targets and predictions.
type cosine struct{ mean }

func (s *cosine) add(b *scored) error {
	if b.classes() {
		return errColumns(b)
	}
	for row := range b.rows {
		var yp, yy, pp float64
		for i := row * b.cols; i < (row+1)*b.cols; i++ {
			y, p := b.y.at(i), b.p.at(i)
			yp, yy, pp = yp+y*p, yy+y*y, pp+p*p
		}
		s.count(yp/math.Sqrt(max(yy, epsilon*epsilon)*max(pp, epsilon*epsilon)), b.weight(row))
	}
	return nil
}
