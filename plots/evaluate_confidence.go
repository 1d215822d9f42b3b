package plots

import (
	"errors"
	"fmt"
	"math"
)

// Confidence draws how sure a classifier is of one prediction: the probabilities
// of the classes, which are 0 or more and add up to 1, and their names. Of two
// classes it draws the place on the logistic curve, of more a ring.
func Confidence(probabilities []float64, names []string, opts ...Option) *Chart {
	if err := checkProbabilities(probabilities, names); err != nil {
		return refused("confidence", err)
	}
	if len(names) > 2 {
		best := mostLikely(probabilities)
		subtitle := Subtitle(fmt.Sprintf("%s, %s%%", names[best], figures(100*probabilities[best], 3)))
		return calledAs("confidence", RingOf(names, probabilities, append([]Option{subtitle}, opts...)...))
	}
	return drawn("confidence", func(d *drawing) error {
		d.onCurve(probabilities, names)
		return d.noLogs()
	}, append([]Option{Height(175)}, opts...))
}

func checkProbabilities(p []float64, names []string) error {
	if len(p) < 2 {
		return fmt.Errorf("want the probabilities of at least two classes, got %d", len(p))
	}
	if err := sameLength(len(names), len(p), "names", "probabilities"); err != nil {
		return err
	}
	if err := different("class", names); err != nil {
		return err
	}
	total := 0.0
	for i, v := range p {
		if !(v >= 0 && v <= 1+1e-3) {
			return fmt.Errorf("the probability of %q is %g; want 0 to 1", names[i], v)
		}
		total += v
	}
	if math.Abs(total-1) > 1e-3 {
		return errors.New("want probabilities that add up to 1, got " + figures(total, 6))
	}
	return nil
}

// mostLikely is the class of the greatest probability.
func mostLikely(p []float64) int {
	best := 0
	for i, v := range p {
		if v > p[best] {
			best = i
		}
	}
	return best
}

// farOdds is how far the logistic curve is drawn on both sides.
const farOdds = 8.0

// onCurve draws the probability of the second of two classes.
func (d *drawing) onCurve(p []float64, names []string) {
	d.x, d.y = axis{label: "log odds"}, axis{label: "probability of " + names[1]}
	d.reachX, d.reachY, d.tightX = []float64{-farOdds, farOdds}, []float64{0, 1}, true
	odds := math.Log(p[1] / p[0])
	at := math.Max(-farOdds, math.Min(farOdds, odds))
	if at != odds {
		d.note("log odds %s, drawn at %s", figures(odds, 3), figures(at, 3))
	}
	var curve series
	for x := -farOdds; x <= farOdds; x += 0.125 {
		curve.x, curve.y = append(curve.x, x), append(curve.y, logistic(x))
	}
	best := mostLikely(p)
	d.under = []layer{guide(-farOdds, 0.5, farOdds, 0.5), guide(0, 0, 0, 1),
		{mark: lineMark, opacity: 1, silent: true, series: []series{curve}}}
	d.layer = layer{mark: pointMark, opacity: 1, area: 130, info: []string{"class", "probability"}, onlyInfo: true,
		series: []series{{fill: "#D55E00", x: []float64{at}, y: []float64{logistic(at)}, info: [][]string{{names[best]}, {figures(p[best], 6)}}}}}
	for i, name := range names {
		side := 2*float64(i) - 1
		font := textFont{size: axisSize, middle: true, bold: i == best}
		d.over = append(d.over, layer{mark: textMark, opacity: 1, silent: true, font: font, series: []series{
			{fill: "ink", x: []float64{side * farOdds / 2}, y: []float64{0.5 + side/4}, text: []string{name}}}})
	}
}
