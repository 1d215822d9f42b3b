package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// An evaluation is what the options of evaluation charts say.
type evaluation struct {
	skipHead   bool
	along      []float64 // x of curves
	alongTitle string
	normalized bool
	classes    []string
	maxLoss    float64 // 0: any
	minScore   *float64
}

func evalOption(name string, apply func(*evaluation) error) Option {
	return Option{name, []chartKind{drawnChart}, func(c *config) error { return apply(&c.eval) }}
}

// ownOptions are the options that only one evaluation chart has.
var ownOptions = map[string]string{
	"SkipHead": "learning curve", "Along": "learning curve",
	"Classes": "confusion matrix", "Normalized": "confusion matrix",
	"MaxLoss": "boomerang", "MinScore": "boomerang",
}

// belong refuses the options of other evaluation charts.
func belong(constructor string, opts []Option) error {
	for _, o := range opts {
		if owner := ownOptions[o.name]; owner != "" && owner != constructor {
			return o.misplaced()
		}
	}
	return nil
}

// Classes names the classes of a [ConfusionMatrix], in the order of its axes:
// whole numbers are indexes of them.
func Classes(names ...string) Option {
	names = slices.Clone(names)
	return evalOption("Classes", func(e *evaluation) error {
		if len(names) == 0 {
			return errors.New("Classes: want at least one name, got none")
		}
		if err := different("class", names); err != nil {
			return fmt.Errorf("Classes: %w", err)
		}
		e.classes = names
		return nil
	})
}

// different reports names that are empty or that come twice.
func different(what string, names []string) error {
	seen := make(map[string]bool, len(names))
	for i, n := range names {
		if n == "" {
			return fmt.Errorf("%s %d has no name", what, i+1)
		}
		if seen[n] {
			return fmt.Errorf("want different names, got %s %q twice", what, n)
		}
		seen[n] = true
	}
	return nil
}

// sameLength reports slices of different length; what names the two.
func sameLength(a, b int, what, other string) error {
	if a != b {
		return fmt.Errorf("want as many %s as %s, got %s and %s", what, other, group(a), group(b))
	}
	return nil
}

// missingLabel stands for a label that is not there.
const missingLabel = math.MinInt

// wholes reads labels that are truth values or whole numbers; ok is false for
// anything else. NaN is missing.
func wholes(labels any) (codes []int, ok bool, err error) {
	switch v := labels.(type) {
	case []bool:
		codes = make([]int, len(v))
		for i, b := range v {
			if b {
				codes[i] = 1
			}
		}
		return codes, true, nil
	case []int:
		return v, true, nil
	case []int64:
		return wholeNumbers(v), true, nil
	case []int32:
		return wholeNumbers(v), true, nil
	case []int16:
		return wholeNumbers(v), true, nil
	case []int8:
		return wholeNumbers(v), true, nil
	case []uint8:
		return wholeNumbers(v), true, nil
	case []uint16:
		return wholeNumbers(v), true, nil
	case []uint32:
		return wholeNumbers(v), true, nil
	case []float64:
		codes, err = roundNumbers(v)
		return codes, true, err
	case []float32:
		codes, err = roundNumbers(v)
		return codes, true, err
	}
	return nil, false, nil
}

func wholeNumbers[T int64 | int32 | int16 | int8 | uint8 | uint16 | uint32](v []T) []int {
	out := make([]int, len(v))
	for i, n := range v {
		poll(i)
		out[i] = int(n)
	}
	return out
}

func roundNumbers[T float32 | float64](v []T) ([]int, error) {
	out := make([]int, len(v))
	for i, number := range v {
		poll(i)
		switch x := float64(number); {
		case math.IsNaN(x):
			out[i] = missingLabel
		case x != math.Trunc(x) || math.Abs(x) > 1<<53:
			return nil, fmt.Errorf("label %s is %g; want whole numbers", group(i+1), x)
		default:
			out[i] = int(x)
		}
	}
	return out, nil
}

// truths reads labels of two classes: 1 for the positive one, 0 for the other,
// below zero for none.
func truths(labels any) ([]int8, error) {
	if v, ok := labels.([]bool); ok {
		out := make([]int8, len(v))
		for i, b := range v {
			poll(i)
			if b {
				out[i] = 1
			}
		}
		return out, nil
	}
	codes, ok, err := wholes(labels)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("want labels as []bool, or as numbers 0 and 1, got %T", labels)
	}
	out := make([]int8, len(codes))
	for i, k := range codes {
		poll(i)
		switch k {
		case 0, 1:
			out[i] = int8(k)
		case missingLabel:
			out[i] = -1
		default:
			return nil, fmt.Errorf("label %s is %d; want 0 or 1", group(i+1), k)
		}
	}
	return out, nil
}

// ofModels is a series for each model; beyond the palette they are grey, and
// which says what those before are.
func (d *drawing) ofModels(names []string, which string) []series {
	out := make([]series, len(names))
	coloured := len(names)
	if coloured > maxClasses {
		coloured = maxClasses - 1
		d.note("colours for the %s %d of %s models", which, coloured, group(len(names)))
	}
	for i, n := range names {
		out[i] = series{name: n, column: "model"}
		if i >= coloured {
			out[i] = series{name: group(len(names)-coloured) + " others", column: "model", other: true, detail: n}
		}
	}
	return out
}

// visible returns the points of a series that the axes can show; f counts the
// others.
func (s series) visible(f *filter) series {
	if f.all(s.x, s.y) {
		return s
	}
	var keep []int
	for i, x := range s.x {
		poll(i)
		if f.keep(x, s.y[i]) {
			keep = append(keep, i)
		}
	}
	return s.rows(keep)
}

// rows returns some of the points of a series.
func (s series) rows(of []int) series {
	s.x, s.y = pick(s.x, of), pick(s.y, of)
	info := s.info
	s.info = nil
	for _, texts := range info {
		some := make([]string, len(of))
		for i, r := range of {
			some[i] = texts[r]
		}
		s.info = append(s.info, some)
	}
	return s
}

// samplePoints is how many points a chart of several layers or panels draws.
const samplePoints = 1200

// sampled is the series, or a sample of one that has too many points.
func (d *drawing) sampled(s series, what string) series {
	if len(s.x) <= samplePoints {
		return s
	}
	rows := make([]int, len(s.x))
	for i := range rows {
		rows[i] = i
	}
	some := s.rows(sample([][]int{rows}, s.x, s.y, samplePoints)[0])
	d.note("%s of %s drawn: a fixed random sample", group(len(some.x)), plural(len(s.x), what))
	return some
}

// draws makes the series, as far as the axes can show them, lines of the
// drawing's layer.
func (d *drawing) draws(all []series) error {
	f := filter{logX: d.logX, logY: d.logY}
	total := 0
	for i, s := range all {
		total += len(s.x)
		all[i] = s.visible(&f)
	}
	d.report(f, "point")
	d.layer.mark, d.layer.opacity = lineMark, 1
	d.thinLines(all)
	if len(d.layer.series) == 0 {
		return errNothing(total, d.notes)
	}
	return nil
}

// noLogs refuses logarithmic scales.
func (d *drawing) noLogs() error {
	if d.logX || d.logY {
		return errors.New("LogX and LogY do not apply here")
	}
	return nil
}

// guide is a grey dotted line that is no part of the data.
func guide(x, y, x2, y2 float64) layer {
	return layer{mark: ruleMark, opacity: 1, silent: true, stroke: 1.2, dash: []float64{2, 3},
		series: []series{{fill: noteColor, x: []float64{x}, y: []float64{y}, x2: []float64{x2}, y2: []float64{y2}}}}
}

// counting is 1, 2, … n.
func counting(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i + 1)
	}
	return out
}

// figures writes a number for a legend or a tooltip.
func figures(v float64, digits int) string { return strconv.FormatFloat(v, 'g', digits, 64) }

// sortedNames are the different names, in order.
func sortedNames(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
