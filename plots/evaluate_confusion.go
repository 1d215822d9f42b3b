package plots

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
)

// Normalized shows shares in place of amounts: stacked bars and areas fill the
// height to 100%, each part its share of the sum; the cells of a
// [ConfusionMatrix] are coloured and labelled by their share of the row, of what
// is actually of a class how much is predicted as each.
func Normalized() Option {
	return option("Normalized", []chartKind{barChart, areaChart, drawnChart},
		func(c *config) { c.eval.normalized = true })
}

// maxMatrix is how many classes a matrix shows.
const maxMatrix = 25

// ConfusionMatrix counts the rows of each actual class (downward) that are
// predicted as each class (across). Both may be []string, []bool or whole
// numbers ([]int, []int64, []float64, …), of which [Classes] gives the names;
// without it the classes are in order. Rows where either is missing are left
// out. Above 25 classes the 24 most frequent are shown, and the others as one.
func ConfusionMatrix(actual, predicted any, opts ...Option) *Chart {
	return drawn("confusion matrix", func(d *drawing) error {
		classes, a, p, err := classPairs(actual, predicted, d.cfg.eval.classes)
		if err != nil {
			return err
		}
		all := len(classes)
		classes = d.frequent(classes, a, p)
		n := len(classes)
		counts := make([]float64, n*n)
		rows := 0
		for i, k := range a {
			poll(i)
			if k >= 0 && p[i] >= 0 {
				counts[k*n+p[i]]++
				rows++
			}
		}
		if rows < len(a) {
			d.note("%s left out: missing", plural(len(a)-rows, "row"))
		}
		if rows == 0 {
			return errNothing(len(a), d.notes)
		}
		d.confusion(classes, counts, n < all)
		return nil
	}, opts)
}

// classPairs reads both lists as indexes of the classes; -1 is missing.
func classPairs(actual, predicted any, classes []string) (names []string, a, p []int, err error) {
	var cols [2]*column
	whole := true
	for i, side := range []struct {
		name   string
		labels any
	}{{"actual", actual}, {"predicted", predicted}} {
		var numbers bool
		if cols[i], numbers, err = labelColumn(side.labels, classes); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", side.name, err)
		}
		whole = whole && numbers
	}
	if err := sameLength(cols[0].len(), cols[1].len(), "actual labels", "predicted ones"); err != nil {
		return nil, nil, nil, err
	}
	if names = classes; names == nil {
		names = sortedNames(cols[0].levels, cols[1].levels)
		if whole {
			slices.SortFunc(names, byNumber)
		}
	}
	index := make(map[string]int, len(names))
	for i, n := range names {
		index[n] = i
	}
	for _, c := range cols {
		place := make([]int, len(c.levels))
		for k, level := range c.levels {
			place[k] = index[level]
		}
		for i, k := range c.code {
			poll(i)
			if k >= 0 {
				c.code[i] = place[k]
			}
		}
	}
	return names, cols[0].code, cols[1].code, nil
}

// byNumber orders whole numbers that are written down.
func byNumber(a, b string) int {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return cmp.Compare(x, y)
}

// labelColumn reads labels as names; numbers are indexes of the classes, if
// those are given.
func labelColumn(labels any, classes []string) (c *column, numbers bool, err error) {
	if names, ok := labels.([]string); ok {
		c = newNominal("", names)
		for _, l := range c.levels {
			if classes != nil && !slices.Contains(classes, l) {
				return nil, false, fmt.Errorf("%q is none of the classes", l)
			}
		}
		return c, false, nil
	}
	codes, ok, err := wholes(labels)
	if err != nil {
		return nil, false, err
	}
	if !ok {
		return nil, false, fmt.Errorf("want names as []string, or whole numbers such as []int, got %T", labels)
	}
	_, truth := labels.([]bool)
	if classes == nil && truth {
		classes = []string{"false", "true"}
	}
	if c, err = codeColumn(codes, classes); err != nil {
		return nil, false, err
	}
	return c, classes == nil, nil
}

// codeColumn codes whole numbers in order of first appearance, by the names that
// the classes give them, or that they are.
func codeColumn(codes []int, classes []string) (*column, error) {
	c := &column{kind: nominal, code: make([]int, len(codes))}
	index := map[int]int{missingLabel: -1}
	for i, k := range codes {
		poll(i)
		if i > 0 && k == codes[i-1] {
			c.code[i] = c.code[i-1]
			continue
		}
		at, ok := index[k]
		if !ok {
			name := strconv.Itoa(k)
			if classes != nil {
				if k < 0 || k >= len(classes) {
					return nil, fmt.Errorf("label %s is %d; want 0 to %d, an index of the classes", group(i+1), k, len(classes)-1)
				}
				name = classes[k]
			}
			at = len(c.levels)
			index[k], c.levels = at, append(c.levels, name)
		}
		c.code[i] = at
	}
	return c, nil
}

// frequent joins all but the most frequent classes, if there are too many.
func (d *drawing) frequent(classes []string, a, p []int) []string {
	if len(classes) <= maxMatrix {
		return classes
	}
	both := &column{code: append(slices.Clone(a), p...), levels: classes}
	keep := mostFrequent(both, maxMatrix-1)
	place := make([]int, len(classes))
	var out []string
	for k, name := range classes {
		place[k] = maxMatrix - 1
		if keep[k] {
			place[k] = len(out)
			out = append(out, name)
		}
	}
	for _, codes := range [][]int{a, p} {
		for i, k := range codes {
			poll(i)
			if k >= 0 {
				codes[i] = place[k]
			}
		}
	}
	d.note("the %d most frequent of %s classes", maxMatrix-1, group(len(classes)))
	return append(out, group(len(classes)-maxMatrix+1)+" others")
}

// confusion draws counts by row (actual) and column (predicted); where the last
// class is several joined, their cell does not set the scale of the colours.
func (d *drawing) confusion(classes []string, counts []float64, joined bool) {
	n := len(classes)
	d.x = axis{kind: slotted, label: "predicted", levels: classes}
	d.y = axis{kind: slotted, label: "actual", levels: classes}
	side := math.Max(15*float64(n), math.Min(340, math.Max(200, 80*float64(n))))
	d.wide, d.high = orDefault(d.wide, side), orDefault(d.high, side)
	s := d.matrixCells(classes, counts)
	shade := &channel{title: "rows", hi: slices.Max(s.shade)}
	if d.cfg.eval.normalized {
		shade = &channel{title: "share of row", hi: 1}
	} else if joined {
		shade.hi = math.Max(1, slices.Max(s.shade[:n*n-1]))
		if s.shade[n*n-1] > shade.hi {
			s.shade[n*n-1] = shade.hi
			d.note("the colour of the %s among themselves stands for more", classes[n-1])
		}
	}
	if d.fits(s.text, n) {
		d.over = d.labels(s, shade)
	}
	s.text = nil
	d.layer = layer{mark: cellMark, opacity: 1, shade: shade, onlyInfo: true,
		info: []string{"actual", "predicted", "rows", "share of the actual class"}, series: []series{s}}
}

// matrixCells are the cells of a confusion matrix, row by row, with their labels.
func (d *drawing) matrixCells(classes []string, counts []float64) series {
	n := len(classes)
	s := series{info: make([][]string, 4)}
	for i := range n {
		row := sum(counts[i*n : (i+1)*n])
		for j := range n {
			count, share := counts[i*n+j], 0.0
			if row > 0 {
				share = count / row
			}
			s.x, s.x2 = append(s.x, float64(j)-0.5), append(s.x2, float64(j)+0.5)
			s.y, s.y2 = append(s.y, float64(i)-0.5), append(s.y2, float64(i)+0.5)
			for k, text := range []string{classes[i], classes[j], group(int(count)), shareText(share)} {
				s.info[k] = append(s.info[k], text)
			}
			if d.cfg.eval.normalized {
				s.shade = append(s.shade, share)
				s.text = append(s.text, strconv.FormatFloat(share, 'f', 2, 64))
			} else {
				s.shade = append(s.shade, count)
				s.text = append(s.text, group(int(count)))
			}
		}
	}
	return s
}

// fits reports whether the cells of n classes have room for the texts.
func (d *drawing) fits(texts []string, n int) bool {
	widest := 0.0
	for _, t := range texts {
		widest = math.Max(widest, textWidth(t))
	}
	return d.wide/float64(n) >= widest+4 && d.high/float64(n) >= labelSize+4
}

// labels writes the texts of cells, dark on light ones and light on dark ones.
func (d *drawing) labels(cells series, shade *channel) []layer {
	var out []layer
	for _, ink := range []string{darkInk, lightInk} {
		s := series{fill: ink}
		for i, text := range cells.text {
			if inkOn(d.cfg.theme.colourOf(shade, cells.shade[i])) == ink {
				s.x, s.y = append(s.x, (cells.x[i]+cells.x2[i])/2), append(s.y, (cells.y[i]+cells.y2[i])/2)
				s.text = append(s.text, text)
			}
		}
		if len(s.x) > 0 {
			out = append(out, layer{mark: textMark, opacity: 1, silent: true, font: textFont{middle: true}, series: []series{s}})
		}
	}
	return out
}

// lightColour reports whether dark text reads better on a colour than white
// text: by relative luminance (WCAG 2.1).
func lightColour(c color.NRGBA) bool {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R)+0.7152*linear(c.G)+0.0722*linear(c.B) > 0.179
}
