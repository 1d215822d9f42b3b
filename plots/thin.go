package plots

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// minMax thins a line that is sorted by x to at most budget points: of each
// of budget/4 columns of equal width it keeps the first, the lowest, the
// highest and the last point. Drawn at that width or less, the picture is that
// of the whole line, spikes included.
func minMax(xs, ys []float64, budget int, log bool) ([]float64, []float64) {
	if len(xs) <= budget {
		return xs, ys
	}
	rows := minMaxRows(xs, ys, budget, log)
	return pick(xs, rows), pick(ys, rows)
}

// minMaxRows are the places of the points that minMax keeps.
func minMaxRows(xs, ys []float64, budget int, log bool) []int {
	n := len(xs)
	edges := pixelColumns(xs[0], xs[n-1], budget, log)
	rows := make([]int, 0, budget)
	start := 0
	for c := 0; c <= len(edges) && start < n; c++ {
		end := n
		if c < len(edges) {
			end = start + upTo(xs[start:], edges[c])
		}
		if end > start {
			rows = append(rows, extremes(ys, start, end)...)
		}
		start = end
	}
	return rows
}

// pixelColumns are where the columns of a line of so many points end, but for the
// last one.
func pixelColumns(lo, hi float64, budget int, log bool) []float64 {
	columns := max(1, budget/4)
	if log {
		lo, hi = math.Log(lo), math.Log(hi)
	}
	edges := make([]float64, columns-1)
	for c := range edges {
		edges[c] = lo + (hi-lo)*float64(c+1)/float64(columns)
		if log {
			edges[c] = math.Exp(edges[c])
		}
	}
	return edges
}

// A pixelColumn is the rows of a column's first, last, lowest and highest point:
// of equal points the one that is first by x and by row, and for last the last.
type pixelColumn struct {
	any                    bool
	first, last, low, high int
}

// unsortedRows are the places of the points that minMax would keep of a line that
// is not sorted, in the order of x; those of equal x in the order of rows.
func unsortedRows(xs, ys []float64, budget int, log bool) []int {
	lo, hi := ends(xs)
	edges := pixelColumns(lo, hi, budget, log)
	columns := make([]pixelColumn, len(edges)+1)
	scale := float64(len(columns)) / (hi - lo)
	for i, x := range xs {
		poll(i)
		k := max(0, min(int((x-lo)*scale), len(edges)))
		if k > 0 && x < edges[k-1] || k < len(edges) && x >= edges[k] { // a log scale, or rounding
			k = sort.Search(len(edges), func(k int) bool { return x < edges[k] })
		}
		columns[k].add(xs, ys, i)
	}
	before := func(a, b int) bool { return xs[a] < xs[b] || xs[a] == xs[b] && a < b }
	rows := make([]int, 0, 4*len(columns))
	for _, c := range columns {
		if !c.any {
			continue
		}
		begin := len(rows)
		if before(c.high, c.low) {
			c.low, c.high = c.high, c.low
		}
		for _, i := range [...]int{c.first, c.low, c.high, c.last} {
			if len(rows) == begin || before(rows[len(rows)-1], i) {
				rows = append(rows, i)
			}
		}
	}
	return rows
}

// add takes the i-th point in.
func (c *pixelColumn) add(xs, ys []float64, i int) {
	if !c.any {
		*c = pixelColumn{true, i, i, i, i}
		return
	}
	x, y := xs[i], ys[i]
	if x < xs[c.first] {
		c.first = i
	}
	if x >= xs[c.last] {
		c.last = i
	}
	if low := ys[c.low]; y < low || y == low && x < xs[c.low] {
		c.low = i
	}
	if high := ys[c.high]; y > high || y == high && x < xs[c.high] {
		c.high = i
	}
}

// upTo counts the leading values below edge; it gallops, because the columns
// of a long line are short against the line.
func upTo(xs []float64, edge float64) int {
	step := 1
	for step < len(xs) && xs[step-1] < edge {
		step *= 2
	}
	from := step / 2
	return from + sort.SearchFloat64s(xs[from:min(step, len(xs))], edge)
}

// extremes returns the indexes of the first, lowest, highest and last of
// ys[start:end], increasing and without repeats.
func extremes(ys []float64, start, end int) []int {
	low, high := start, start
	for i := start + 1; i < end; i++ {
		poll(i)
		if ys[i] < ys[low] {
			low = i
		} else if ys[i] > ys[high] {
			high = i
		}
	}
	out := make([]int, 0, 4)
	for _, i := range [...]int{start, min(low, high), max(low, high), end - 1} {
		if len(out) == 0 || i > out[len(out)-1] {
			out = append(out, i)
		}
	}
	return out
}

// everyKth thins a line that is not sorted, the last point included.
func everyKth(xs, ys []float64, budget int) ([]float64, []float64) {
	n := len(xs)
	if n <= budget {
		return xs, ys
	}
	outX, outY := make([]float64, budget), make([]float64, budget)
	for i := range outX {
		k := i * (n - 1) / (budget - 1)
		outX[i], outY[i] = xs[k], ys[k]
	}
	return outX, outY
}

// sample chooses budget of the rows of a scatter, the same ones every time:
// of each group in proportion, but not fewer than a few, and always the rows
// with the least and the greatest x and y, so that the axes stay the same.
// It returns increasing row numbers of each group.
func sample(groups [][]int, xs, ys []float64, budget int) [][]int {
	total := 0
	for _, rows := range groups {
		total += len(rows)
	}
	if total <= budget {
		return groups
	}
	const atLeast = 25
	out := make([][]int, len(groups))
	for g, rows := range groups {
		want := min(len(rows), max(atLeast, budget*len(rows)/total))
		out[g] = choose(rows, want, uint64(g))
	}
	for _, row := range corners(groups, xs, ys) {
		g, at := find(groups, row)
		if at < 0 {
			continue
		}
		if i := sort.SearchInts(out[g], row); i == len(out[g]) || out[g][i] != row {
			out[g] = slices.Insert(out[g], i, row)
		}
	}
	return out
}

// choose picks want of the rows, one at random from each of want runs of equal
// length, with a fixed seed.
func choose(rows []int, want int, seed uint64) []int {
	if want >= len(rows) {
		return rows
	}
	rng := rand.New(rand.NewPCG(1, seed))
	out := make([]int, want, want+4)
	for i := range out {
		from, to := i*len(rows)/want, (i+1)*len(rows)/want
		out[i] = rows[from+rng.IntN(to-from)]
	}
	return out
}

// corners returns the rows with the extreme values of x and y.
func corners(groups [][]int, xs, ys []float64) [4]int {
	at := [4]int{-1, -1, -1, -1}
	for _, rows := range groups {
		for _, i := range rows {
			poll(i)
			if at[0] < 0 {
				at = [4]int{i, i, i, i}
				continue
			}
			if xs[i] < xs[at[0]] {
				at[0] = i
			}
			if xs[i] > xs[at[1]] {
				at[1] = i
			}
			if ys[i] < ys[at[2]] {
				at[2] = i
			}
			if ys[i] > ys[at[3]] {
				at[3] = i
			}
		}
	}
	return at
}

// find returns the group that holds the row and its place there, or -1.
func find(groups [][]int, row int) (g, at int) {
	for g, rows := range groups {
		if i := sort.SearchInts(rows, row); i < len(rows) && rows[i] == row {
			return g, i
		}
	}
	return 0, -1
}
