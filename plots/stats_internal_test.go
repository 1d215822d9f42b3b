package plots

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSummarize: the figures of NumPy's percentile and of Tukey's rule.
func TestSummarize(t *testing.T) {
	s := summarize([]float64{30, 4, 1, 3, 5, 2})
	if s.n != 6 || s.least != 1 || s.q1 != 2.25 || s.q2 != 3.5 || s.q3 != 4.75 || s.most != 30 {
		t.Errorf("the five numbers are %+v, want 1, 2.25, 3.5, 4.75, 30", s)
	}
	if s.low != 1 || s.high != 5 || !slices.Equal(s.outliers, []float64{30}) {
		t.Errorf("whiskers from %g to %g and outliers %v, want 1 to 5 and 30", s.low, s.high, s.outliers)
	}
}

// TestIntervals: mean 3, standard deviation √2.5, and Student's t of 4 degrees
// of freedom, 2.776445, for 1 to 5.
func TestIntervals(t *testing.T) {
	for kind, want := range map[string][3]float64{
		"ci95":      {3, 3 - 2.776445*math.Sqrt(2.5/5), 3 + 2.776445*math.Sqrt(2.5/5)},
		"sd":        {3, 3 - math.Sqrt(2.5), 3 + math.Sqrt(2.5)},
		"range":     {3, 1, 5},
		"quartiles": {3, 2, 4},
	} {
		m, lo, hi := intervals[kind].of([]float64{4, 1, 5, 2, 3})
		for i, got := range []float64{m, lo, hi} {
			if math.Abs(got-want[i]) > 1e-6 {
				t.Errorf("%s: %g, %g, %g, want %g", kind, m, lo, hi, want)
				break
			}
		}
	}
	if m, lo, hi := confidence([]float64{7}); m != 7 || lo != 7 || hi != 7 {
		t.Errorf("one value has the interval %g to %g around %g", lo, hi, m)
	}
}

// TestKernels compares the density on the grid with the sum of all kernels.
func TestKernels(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 40, 3000} {
		for _, h := range []float64{0.01, 0.2, 5} {
			v := make([]float64, n)
			for i := range v {
				v[i] = 100 + 3*rng.NormFloat64()
			}
			lo, hi := ends(v)
			e := kernels(v, lo, hi, h)
			most, worst, area := 0.0, 0.0, 0.0
			for i, got := range e.y {
				x, want := e.from+float64(i)*e.step, 0.0
				for _, c := range v {
					z := (x - c) / h
					want += math.Exp(-z*z/2) / (float64(n) * h * math.Sqrt(2*math.Pi))
				}
				most, worst = math.Max(most, want), math.Max(worst, math.Abs(got-want))
				area += got * e.step
			}
			if worst > 0.02*most || math.Abs(area-1) > 0.01 {
				t.Errorf("%d values, bandwidth %g: off by %.2g of the greatest, %.2g; the area is %g", n, h, worst, most, area)
			}
		}
	}
}

// TestSilverman: 0.9·min(s, IQR/1.34)·n^(-1/5), which R's bw.nrd0 computes.
func TestSilverman(t *testing.T) {
	v := []float64{1, 2, 3, 4, 5}
	want := 0.9 * (2 / 1.34) * math.Pow(5, -0.2)
	if got := silverman(v, 1, 5); math.Abs(got-want) > 1e-12 {
		t.Errorf("the bandwidth is %g, want %g", got, want)
	}
	if got := silverman([]float64{2, 2, 2}, 2, 2); got != 0 {
		t.Errorf("equal values have the bandwidth %g, want 0", got)
	}
}

// TestSpread: interpolated between the points, zero beyond them.
func TestSpread(t *testing.T) {
	s := series{x: []float64{2, 4, 8}, y: []float64{10, 20, 0}}
	got := s.spread([]float64{1, 2, 3, 4, 5, 8, 9})
	if want := []float64{0, 10, 15, 20, 15, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestBinOfShare: a number on the edge of two bins is in the upper one, whatever
// its product with the number of bins is rounded to.
func TestBinOfShare(t *testing.T) {
	for bins := 1; bins <= maxBins; bins++ {
		for k := range bins {
			edge := float64(k) / float64(bins)
			if got := binOfShare(edge, bins); got != k {
				t.Fatalf("%v is in bin %d of %d, want %d", edge, got, bins, k)
			}
			if below := math.Nextafter(edge, 0); k > 0 && binOfShare(below, bins) != k-1 {
				t.Fatalf("%v is not in bin %d of %d", below, k-1, bins)
			}
		}
		if got := binOfShare(1, bins); got != bins-1 {
			t.Fatalf("1 is in bin %d of %d", got, bins)
		}
	}
}
