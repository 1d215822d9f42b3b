package tables

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/internal/quantile"
)

// Describe has a row for each of the named columns, or of all: its Type, how
// many values it has (Count) and how many Nulls, and a Summary to look at. Of
// numbers there are Mean, Std (dividing by n-1), Min, the quartiles Q25, Median
// and Q75 (interpolated linearly) and Max, which leave out NaN as they leave out
// null, and the summary draws how many values lie in each twelfth of the way
// from the least to the greatest. Of times and durations it has the same between
// the first and the last, of text and truth values how many are different and
// the most frequent, and of vectors their lengths.
func (t *Table) Describe(names ...string) *Table {
	if t.err != nil {
		return t
	}
	cols := t.cols
	if len(names) > 0 {
		cols = nil
	}
	for _, name := range names {
		c, err := t.need("describe", name)
		if err != nil {
			return failed(err)
		}
		cols = append(cols, c)
	}
	types := []Type{String, String, Int64, Int64, String, Float64, Float64, Float64, Float64, Float64, Float64, Float64}
	cells := make([][]any, len(types))
	for _, c := range cols {
		for i, x := range c.describe() {
			cells[i] = append(cells[i], x)
		}
	}
	out := make([]Col, len(types))
	for i, name := range []string{"Column", "Type", "Count", "Nulls", "Summary", "Mean", "Std", "Min", "Q25", "Median", "Q75", "Max"} {
		out[i] = Values(name, types[i], cells[i])
	}
	return New(out...)
}

// describe is the column's row of Describe.
func (c *Col) describe() []any {
	nulls := c.NullCount()
	row := []any{c.name, c.typ.String(), c.Len() - nulls, nulls, nil, nil, nil, nil, nil, nil, nil, nil}
	if c.Len() == nulls {
		return row
	}
	switch {
	case c.typ.IsNumeric():
		v := numbersOf(c.present())
		if len(v) == 0 { // all are NaN
			return row
		}
		row[5] = sumFloats(v) / float64(len(v))
		if len(v) > 1 {
			row[6] = math.Sqrt(varianceOf(v))
		}
		row[4] = sparkline(v)
		for i, x := range quantile.Of(v, 0, 0.25, 0.5, 0.75, 1) {
			row[7+i] = x
		}
	case c.typ.IsTemporal():
		d := Col{typ: Int64, data: c.data, valid: c.valid}
		low, high := d.ends()
		row[4] = formatInt(c.typ, low) + " " + sparkline(d.since(low)) + " " + formatInt(c.typ, high)
	case c.typ.IsVector():
		row[4] = c.lengths()
	default:
		row[4] = c.frequent()
	}
	return row
}

// ends is the least and the greatest of a column's whole numbers.
func (c *Col) ends() (low, high int64) {
	low, high = math.MaxInt64, math.MinInt64
	for i, x := range convertNums[int64](c.data) {
		poll(i)
		if !c.IsNull(i) {
			low, high = min(low, x), max(high, x)
		}
	}
	return low, high
}

// since is how far the column's whole numbers are from the least of them: that
// as floats tells times apart which as floats are equal.
func (c *Col) since(least int64) []float64 {
	v := convertNums[int64](c.data)
	out := uncleared[float64](len(v))[:0]
	for i, x := range v {
		poll(i)
		if !c.IsNull(i) {
			out = append(out, float64(uint64(x)-uint64(least)))
		}
	}
	return out
}

// numbersOf is the values that are not NaN, in memory of its own.
func numbersOf(all []float64) []float64 {
	v := uncleared[float64](len(all))[:0]
	for i, x := range all {
		poll(i)
		if x == x {
			v = append(v, x)
		}
	}
	return v
}

// sparkBins is how many bars a sparkline has.
const sparkBins = 12

// sparkline draws how many of the values lie in each of as many equal parts of
// their range; infinite ones are left out.
func sparkline(v []float64) string {
	low, high := math.Inf(1), math.Inf(-1)
	for i, x := range v {
		poll(i)
		if !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	if low > high {
		return ""
	}
	var counts [sparkBins]int
	half := high/2 - low/2 // high-low may overflow
	for i, x := range v {
		poll(i)
		if math.IsInf(x, 0) {
			continue
		}
		bin := sparkBins - 1
		if half > 0 {
			bin = min(int((x/2-low/2)/half*sparkBins), sparkBins-1)
		}
		counts[bin]++
	}
	most := slices.Max(counts[:])
	var b strings.Builder
	for _, n := range counts {
		if n == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune([]rune("▁▂▃▄▅▆▇█")[(8*n-1)/most])
	}
	return b.String()
}

// frequentShown is how many values a summary names.
const frequentShown = 3

// frequent tells how many values are different, and the most frequent.
func (c *Col) frequent() string {
	g, err := c.codes()
	if err != nil {
		return ""
	}
	counts := make([]int, len(g.first))
	for i, id := range g.ids {
		poll(i)
		counts[id]++
	}
	all := c.Len() - c.NullCount()
	var top []int // groups, the most frequent first, of equals the one that comes first
	different := 0
	for id, row := range g.first {
		poll(id)
		if c.IsNull(int(row)) {
			continue
		}
		different++
		at := len(top)
		for at > 0 && counts[id] > counts[top[at-1]] {
			at--
		}
		if at < frequentShown {
			top = slices.Insert(top, at, id)
			top = top[:min(len(top), frequentShown)]
		}
	}
	texts := make([]string, len(top))
	for i, id := range top {
		texts[i] = fmt.Sprintf("%s %.3g %%", grid.Shorten(shortCell(c, int(g.first[id])), 20), 100*float64(counts[id])/float64(all))
	}
	if different > len(top) {
		texts = append(texts, grid.Ellipsis)
	}
	return grid.Group(different) + " different: " + strings.Join(texts, ", ")
}

// lengths tells how long a column's vectors are.
func (c *Col) lengths() string {
	s, ok := c.data.(list)
	if !ok {
		return ""
	}
	low, high := int64(math.MaxInt64), int64(0)
	for i := range s.len() {
		poll(i)
		if !c.IsNull(i) {
			n := s.off[i+1] - s.off[i]
			low, high = min(low, n), max(high, n)
		}
	}
	if low == high {
		return fmt.Sprintf("of length %d", low)
	}
	return fmt.Sprintf("of lengths %d to %d", low, high)
}

// glimpsed is how many values Glimpse shows of a column.
const glimpsed = 10

// Glimpse has a row for each column, for tables with many: its Type, the number
// of Nulls, and its first ten Values as text.
func (t *Table) Glimpse() *Table {
	if t.err != nil {
		return t
	}
	values := make([]string, len(t.cols))
	for i, c := range t.cols {
		texts := make([]string, min(t.n, glimpsed))
		for r := range texts {
			texts[r] = "null"
			if !c.IsNull(r) {
				texts[r] = shortCell(c, r)
			}
		}
		if t.n > glimpsed {
			texts = append(texts, grid.Ellipsis)
		}
		values[i] = strings.Join(texts, ", ")
	}
	m := t.Meta()
	return m.RenameColumns("Column=Name").With(Strings("Values", values...))
}
