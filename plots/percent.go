package plots

import (
	"fmt"
	"math"
	"strconv"
)

// XPercent labels the x axis in percent: 0.25 reads 25%.
func XPercent() Option { return option("XPercent", nil, func(c *config) { c.percent[0] = true }) }

// YPercent labels the y axis in percent: 0.25 reads 25%.
func YPercent() Option { return option("YPercent", nil, func(c *config) { c.percent[1] = true }) }

// percentTip is the d3 format of percent in tooltips.
const percentTip = ".4~p"

// percentTicks are the ticks of hundredths.
func (a axis) percentTicks(n int) []tick {
	a.lo, a.hi, a.share = a.lo*100, a.hi*100, false
	out := a.ticks(n)
	for i := range out {
		out[i].at /= 100
		if !a.log { // d3 writes percent without separators and prefixes
			step := tickStep(a.lo, a.hi, n)
			out[i].label = minus(strconv.FormatFloat(out[i].at*100, 'f', decimals(step), 64))
		}
		if out[i].label != "" {
			out[i].label += "%"
		}
	}
	return out
}

// percentFormat writes shares in percent, with one decimal if they need it.
func percentFormat(values []float64) func(float64) string {
	digits := 0
	for _, v := range values {
		if math.Abs(v*100-math.Round(v*100)) > 1e-9 {
			digits = 1
		}
	}
	return func(v float64) string { return minus(strconv.FormatFloat(v*100, 'f', digits, 64)) + "%" }
}

// length is how a tooltip tells the length of a bar.
func (a axis) length(title string) object {
	v := object{"field": "v", "type": "quantitative", "title": title, "format": ".10~g"}
	if a.share {
		v["format"] = percentTip
	}
	return v
}

// lies reports whether the lengths of the layer are along x.
func (l *layer) lies() bool { return l.mark == cellMark && l.sideways }

// normalize divides the lengths of what is stacked at each place by their sum, for
// [Normalized].
func (d *drawing) normalize() error {
	total := map[float64]float64{}
	for _, s := range d.layer.series {
		for i, x := range s.x {
			poll(i)
			if s.y[i] < s.y2[i] {
				return fmt.Errorf("shares need values of at least 0, got %g at %s", s.y[i]-s.y2[i], d.textX(x))
			}
			total[x] = math.Max(total[x], s.y[i])
		}
	}
	for _, s := range d.layer.series {
		for i, x := range s.x {
			if sum := total[x]; sum > 0 {
				s.y[i], s.y2[i] = s.y[i]/sum, s.y2[i]/sum
			}
		}
	}
	d.y.label, d.y.share, d.reachY = "share of "+d.y.label, true, append(d.reachY, 1)
	d.layer.yTitle = d.y.label
	return nil
}
