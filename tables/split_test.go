package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMAD3TrainTestSplit splits 150 rows of three classes as MADlib does.
func TestMAD3TrainTestSplit(t *testing.T) {
	all := Empty(150).Update("ID = i", "Class = i % 3")
	train, test := all.TrainTestSplit(0.8, Seed(1))
	if train.Len() != 120 || test.Len() != 30 {
		t.Fatalf("%d and %d rows, want 120 and 30", train.Len(), test.Len())
	}
	ids := append(train.Int64s("ID"), test.Int64s("ID")...)
	if !slices.IsSorted(train.Int64s("ID")) {
		t.Error("rows do not keep their order")
	}
	slices.Sort(ids)
	for i, id := range ids {
		if id != int64(i) {
			t.Fatalf("row %d is missing or comes twice", i)
		}
	}
	train, _ = all.TrainTestSplit(0.8, Seed(1), Strata("Class"))
	for class := range 3 {
		if n := train.Where("Class == " + string(rune('0'+class))).Len(); n != 40 {
			t.Errorf("%d rows of class %d, want 40", n, class)
		}
	}
	if got := all.SplitColumn("split", 0.8, Seed(1)); got.Sum("split") != 120 || got.Len() != 150 {
		t.Errorf("the column adds up to %v, want 120", got.Sum("split"))
	}
	train, test = all.TrainTestSplit(0.5, Seed(1), TestProportion(0.2))
	if train.Len() != 75 || test.Len() != 30 {
		t.Errorf("%d and %d rows, want 75 and 30", train.Len(), test.Len())
	}
	if got := all.SplitColumn("split", 0.5, TestProportion(0.2)); got.Sum("split") != 75 || nullsIn(got, "split") != 45 {
		t.Errorf("got %v and %d nulls, want 75 and 45", got.Sum("split"), nullsIn(got, "split"))
	}
	train, _ = all.TrainTestSplit(0.8, Seed(2), WithReplacement())
	if train.Len() != 120 || train.GroupBy("ID").Len() == 120 {
		t.Error("with replacement no row came twice")
	}
}

// TestMAD4Seed chooses the same rows twice.
func TestMAD4Seed(t *testing.T) {
	all := Empty(1000).Update("ID = i")
	a, _ := all.TrainTestSplit(0.5, Seed(7))
	b, _ := all.TrainTestSplit(0.5, Seed(7))
	c, _ := all.TrainTestSplit(0.5, Seed(8))
	if !slices.Equal(a.Int64s("ID"), b.Int64s("ID")) {
		t.Error("the same seed chose other rows")
	}
	if slices.Equal(a.Int64s("ID"), c.Int64s("ID")) {
		t.Error("another seed chose the same rows")
	}
	if slices.Equal(all.Sample(100).Int64s("ID"), all.Sample(100).Int64s("ID")) {
		t.Error("without a seed the same rows were chosen twice")
	}
}

// TestSplits splits random tables: parts are disjoint, as large as they should
// be, and each stratum has its proportion to within a row.
func TestSplits(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	for range 200 {
		n := rng.IntN(300)
		all := randomTable(rng, n, String, Int8).Update("ID = i")
		p := []float64{rng.Float64() * 0.7, rng.Float64() * 0.3}
		strata := [][]string{nil, {"string_0"}, {"string_0", "int8_1"}}[rng.IntN(3)]
		parts := all.Split(p, Strata(strata...))
		seen := map[int64]bool{}
		for i, part := range parts {
			if want := int(math.Round(p[i] * float64(n))); part.Err() != nil || part.Len() != want {
				t.Fatalf("part %d of %v of %d rows has %d, want %d: %v", i, p, n, part.Len(), want, part.Err())
			}
			for _, id := range part.Int64s("ID") {
				if seen[id] {
					t.Fatalf("row %d comes twice", id)
				}
				seen[id] = true
			}
			if len(strata) == 0 || i > 0 {
				continue
			}
			in := counts(part.View(strata...))
			for key, size := range counts(all.View(strata...)) {
				if least := int(math.Floor(p[i] * float64(size))); in[key] < least || in[key] > least+1 {
					t.Errorf("stratum %s has %d of %d rows at %v", key, in[key], size, p[i])
				}
			}
		}
	}
}

func nullsIn(t *Table, name string) int {
	c, _ := t.Column(name)
	return c.NullCount()
}

// counts is how often each row comes.
func counts(t *Table) map[string]int {
	out := map[string]int{}
	for _, row := range cellsOf(t) {
		out[fmt.Sprintf("%#v", row)]++
	}
	return out
}

func TestSampleErrors(t *testing.T) {
	all := Empty(3).Update("A = i")
	for _, test := range []struct {
		got  *Table
		want string
	}{
		{all.Sample(4), "tables: sample: want 4 of 3 rows; WithReplacement lets rows come several times"},
		{all.Sample(-1), "tables: sample: want a number of rows, got -1"},
		{all.Sample(1, Strata("B")), `tables: strata: no column "B"; the table has A`},
		{all.Split([]float64{0.7, 0.7})[0], "tables: split: want proportions that add up to 1 at most, got [0.7 0.7], which make 1.4"},
		{all.Split([]float64{math.NaN()})[0], "tables: split: want a proportion from 0 to 1, got NaN"},
		{all.SampleFraction(-1), "tables: sample fraction: want a fraction from 0 to 1, got -1"},
	} {
		if test.got.Err() == nil || test.got.Err().Error() != test.want {
			t.Errorf("got %v, want %s", test.got.Err(), test.want)
		}
	}
	if got := all.Sample(7, WithReplacement(), Seed(1)); got.Len() != 7 {
		t.Errorf("%d rows, want 7", got.Len())
	}
	if got := Empty(0).Sample(0); got.Err() != nil || got.Len() != 0 {
		t.Error(got.Err())
	}
}
