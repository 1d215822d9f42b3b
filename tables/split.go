package tables

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A RandomOption changes how [Table.Sample], [Table.Shuffle], [Table.Split] and
// [Table.TrainTestSplit] choose rows.
type RandomOption struct{ set func(*randomConfig) }

type randomConfig struct {
	rng         *rand.Rand
	strata      []string
	replacement bool
	test        float64 // proportion; negative: the rest
	err         error
}

// Seed makes the choice of rows repeatable: the same seed chooses the same rows
// of the same table. Without it every call chooses others.
func Seed(n int) RandomOption {
	return RandomOption{func(c *randomConfig) { c.rng = rand.New(rand.NewPCG(uint64(n), 0x5eaf)) }}
}

// Strata chooses from the rows of each combination of the columns' values by
// itself, so that each part has them in the proportions of the whole.
func Strata(columns ...string) RandomOption {
	return RandomOption{func(c *randomConfig) { c.strata = append(c.strata, columns...) }}
}

// WithReplacement lets a row be chosen several times.
func WithReplacement() RandomOption {
	return RandomOption{func(c *randomConfig) { c.replacement = true }}
}

// TestProportion makes the test part of [Table.TrainTestSplit] smaller than
// what the training part leaves.
func TestProportion(p float64) RandomOption {
	return RandomOption{func(c *randomConfig) {
		if c.test = p; !(p >= 0 && p <= 1) {
			c.err = fmt.Errorf("want a proportion of test rows from 0 to 1, got %v", p)
		}
	}}
}

func newRandomConfig(opts []RandomOption) *randomConfig {
	c := &randomConfig{test: -1}
	for _, o := range opts {
		if o.set != nil {
			o.set(c)
		}
	}
	if c.rng == nil {
		c.rng = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	return c
}

// TrainTestSplit puts a proportion of the rows, chosen at random, into train
// and the others, or as many as [TestProportion] says, into test; rows keep
// their order. With [Strata] the proportion holds in each stratum; whole rows
// that are over go to the strata that come closest to one more, so that the
// parts are as large as without strata. With [WithReplacement] each part is
// drawn from all rows, and a row may come several times, in both parts too. An
// error is that of both tables.
//
// As madlib.train_test_split (Apache MADlib).
func (t *Table) TrainTestSplit(proportion float64, opts ...RandomOption) (train, test *Table) {
	c := newRandomConfig(opts)
	rest := c.test
	if rest < 0 {
		rest = 1 - proportion
	}
	parts := t.split("train test split", []float64{proportion, rest}, c)
	return parts[0], parts[1]
}

// Split cuts the rows at random into parts of the given proportions, which add
// up to 1 at most, as [Table.TrainTestSplit] does: 0.7, 0.15, 0.15 are rows to
// train, to validate and to test with.
func (t *Table) Split(proportions []float64, opts ...RandomOption) []*Table {
	return t.split("split", proportions, newRandomConfig(opts))
}

// SplitColumn is the table with a column that says to which part each row
// belongs: 1 for the proportion of rows to train with, 0 for those to test
// with, null for neither; see [Table.TrainTestSplit].
func (t *Table) SplitColumn(name string, proportion float64, opts ...RandomOption) *Table {
	if t.err != nil {
		return t
	}
	c := newRandomConfig(opts)
	rest := c.test
	if rest < 0 {
		rest = 1 - proportion
	}
	if c.replacement {
		return failed(errors.New("tables: split column: a row that is chosen several times has no one part; use TrainTestSplit"))
	}
	rows, err := t.choose("split column", []float64{proportion, rest}, c)
	if err != nil {
		return failed(err)
	}
	out := &Col{name: name, typ: Int8, data: nums[int8]{cleared[int8](t.n)}}
	v := out.data.(nums[int8]).v
	for i, r := range rows[0] {
		poll(i)
		v[r] = 1
	}
	if len(rows[0])+len(rows[1]) < t.n {
		out.valid = newBitmap(t.n)
		for _, part := range rows {
			for i, r := range part {
				poll(i)
				out.valid.set(int(r))
			}
		}
	}
	return build(put(slices.Clone(t.cols), out), t.n)
}

func (t *Table) split(verb string, proportions []float64, c *randomConfig) []*Table {
	out := make([]*Table, len(proportions))
	rows, err := t.choose(verb, proportions, c)
	for i := range out {
		switch {
		case t.err != nil:
			out[i] = t
		case err != nil:
			out[i] = failed(err)
		default:
			out[i] = t.take(rows[i])
		}
	}
	return out
}

// choose lists the rows of each part, ascending.
func (t *Table) choose(verb string, proportions []float64, c *randomConfig) ([][]int32, error) {
	if t.err != nil {
		return nil, t.err
	}
	total := 0.0
	for _, p := range proportions {
		if !(p >= 0 && p <= 1) && c.err == nil {
			c.err = fmt.Errorf("want a proportion from 0 to 1, got %v", p)
		}
		total += p
	}
	const slack = 1e-9 // 0.7 + 0.2 + 0.1 is a little over 1
	switch {
	case c.err != nil:
		return nil, fmt.Errorf("tables: %s: %w", verb, c.err)
	case total > 1+slack && !c.replacement:
		return nil, fmt.Errorf("tables: %s: want proportions that add up to 1 at most, got %v, which make %.6g", verb, proportions, total)
	}
	strata, err := t.strata(c.strata)
	if err != nil {
		return nil, err
	}
	sizes := shares(strata, t.n, proportions, total >= 1-slack && !c.replacement)
	out := make([][]int32, len(proportions))
	for s, rows := range strata {
		for part, n := range sizes[s] {
			if c.replacement {
				out[part] = append(out[part], drawAgain(c.rng, rows, n)...)
				continue
			}
			choice(c.rng, rows, n)
			out[part], rows = append(out[part], rows[:n]...), rows[n:]
		}
	}
	for i := range out {
		out[i] = ascending(out[i])
	}
	return out, nil
}

// ascending sorts rows; the interrupt is asked for meanwhile.
func ascending(rows []int32) []int32 {
	return radixSort(rows, func(r int32) uint64 { return uint64(r) })
}

// strata lists the rows of each combination of values, in memory of their own.
func (t *Table) strata(columns []string) ([][]int32, error) {
	keys := make([]*Col, len(columns))
	for i, name := range columns {
		var err error
		if keys[i], err = t.need("strata", name); err != nil {
			return nil, err
		}
	}
	g, err := groupRows(keys, t.n)
	if err != nil {
		return nil, fmt.Errorf("tables: strata: %w", err)
	}
	rows, off := g.members()
	out := make([][]int32, len(g.first))
	for i := range out {
		out[i] = rows[off[i]:off[i+1]]
	}
	return out, nil
}

// shares is how many rows of each stratum go to each part. Each part has the
// nearest whole number to its proportion of all n rows; what the strata's own
// shares lack of that goes to those with the greatest remainders. If the parts
// are the whole, the last one has what the others leave.
func shares(strata [][]int32, n int, proportions []float64, whole bool) [][]int {
	out, left := make([][]int, len(strata)), make([]int, len(strata))
	for s, rows := range strata {
		out[s], left[s] = make([]int, len(proportions)), len(rows)
	}
	for part, p := range proportions {
		if whole && part == len(proportions)-1 {
			for s := range out {
				out[s][part] = left[s]
			}
			break
		}
		lack := int(math.Round(p * float64(n)))
		order := make([]int, len(strata))
		remainder := make([]float64, len(strata))
		for s, rows := range strata {
			exact := p * float64(len(rows))
			out[s][part] = min(int(exact), left[s])
			lack -= out[s][part]
			order[s], remainder[s] = s, exact-float64(out[s][part])
		}
		slices.SortStableFunc(order, func(a, b int) int { return compareFloat(remainder[b], remainder[a]) })
		for _, s := range order {
			if lack > 0 && out[s][part] < left[s] {
				out[s][part]++
				lack--
			}
		}
		for s := range out {
			left[s] -= out[s][part]
		}
	}
	return out
}

// choice puts n of the rows, chosen at random, at their front.
func choice(rng *rand.Rand, rows []int32, n int) {
	for i := range n {
		poll(i)
		j := i + rng.IntN(len(rows)-i)
		rows[i], rows[j] = rows[j], rows[i]
	}
}

// drawAgain is n of the rows; each may come several times.
func drawAgain(rng *rand.Rand, rows []int32, n int) []int32 {
	out := uncleared[int32](n)
	for i := range out {
		poll(i)
		out[i] = rows[rng.IntN(len(rows))]
	}
	return out
}

// Sample is n rows chosen at random, in the order of the table; with [Strata]
// each stratum has its proportion of them. More rows than the table has are an
// error, unless [WithReplacement] lets rows come several times.
func (t *Table) Sample(n int, opts ...RandomOption) *Table {
	if t.err != nil {
		return t
	}
	c := newRandomConfig(opts)
	switch {
	case n < 0:
		return failed(fmt.Errorf("tables: sample: want a number of rows, got %d", n))
	case n > t.n && (!c.replacement || t.n == 0):
		return failed(fmt.Errorf("tables: sample: want %d of %d rows; WithReplacement lets rows come several times", n, t.n))
	case n > math.MaxInt32:
		return failed(fmt.Errorf("tables: sample: %d rows: a table holds at most %d", n, math.MaxInt32))
	}
	strata, err := t.strata(c.strata)
	if err != nil {
		return failed(err)
	}
	rows := uncleared[int32](n)[:0]
	for s, size := range sampleSizes(strata, t.n, n) {
		if c.replacement {
			rows = append(rows, drawAgain(c.rng, strata[s], size)...)
		} else {
			choice(c.rng, strata[s], size)
			rows = append(rows, strata[s][:size]...)
		}
	}
	return t.take(ascending(rows))
}

// sampleSizes is how many of n rows come from each stratum of all rows.
func sampleSizes(strata [][]int32, all, n int) []int {
	out := make([]int, len(strata))
	whole := n / max(all, 1) // of each row, where rows may come several times
	for s, size := range shares(strata, all, []float64{float64(n-whole*all) / float64(max(all, 1))}, false) {
		out[s] = size[0] + whole*len(strata[s])
	}
	return out
}

// SampleFraction is a fraction of the rows, rounded to whole ones; see
// [Table.Sample].
func (t *Table) SampleFraction(fraction float64, opts ...RandomOption) *Table {
	if t.err != nil {
		return t
	}
	if !(fraction >= 0) || fraction*float64(t.n) > math.MaxInt32 {
		return failed(fmt.Errorf("tables: sample fraction: want a fraction from 0 to 1, got %v", fraction))
	}
	return t.Sample(int(math.Round(fraction*float64(t.n))), opts...)
}

// Shuffle is all rows in random order.
func (t *Table) Shuffle(opts ...RandomOption) *Table {
	if t.err != nil {
		return t
	}
	rows := uncleared[int32](t.n)
	for i := range rows {
		poll(i)
		rows[i] = int32(i)
	}
	choice(newRandomConfig(opts).rng, rows, t.n)
	return t.take(rows)
}
