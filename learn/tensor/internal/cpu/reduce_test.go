package cpu

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// normal32 is n ordinary numbers.
func normal32(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 2))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func TestSums(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		x, y := normal32(1, 30_010), normal32(2, 30_010)
		lengths := []int{2047, 2048, 2049, 29_999}
		for n := range 140 {
			lengths = append(lengths, n)
		}
		for _, n := range lengths {
			at := n % 5
			x, y := x[at:at+n], y[at:at+n]
			var sum, abs, dot, squares float64
			for i := range x {
				a, b := float64(x[i]), float64(y[i])
				sum, abs, dot, squares = sum+a, abs+math.Abs(a)+math.Abs(a*b), dot+a*b, squares+(a-0.5)*(a-0.5)
			}
			near := func(what string, got float32, want float64) {
				if math.Abs(float64(got)-want) > 5e-7*(abs+squares) {
					t.Fatalf("%s of %d: got %g, want %g", what, n, got, want)
				}
			}
			near("sum", Sum(x), sum)
			near("dot", Dot(x, y), dot)
			near("squares", SumSquares(x, 0.5), squares)
		}
	})
}

func TestSumOfManyOnes(t *testing.T) {
	x := make([]float32, 10_000_001)
	Fill(x, 1)
	atLevels(t, func(t *testing.T) {
		if got := Sum(x); math.Abs(float64(got)-10_000_001) > 10 {
			t.Errorf("sum of 10,000,001 ones = %g", got)
		}
		Fill(x, 0.1)
		if got := float64(Sum(x)); math.Abs(got/1_000_000.1-1) > 1e-6 {
			t.Errorf("sum of 10,000,001 tenths = %g", got)
		}
		Fill(x, 1)
		var c [1]float32
		SumColumns(c[:], x, len(x), 1, false)
		if got := float64(c[0]); math.Abs(got/10_000_001-1) > 1e-6 {
			t.Errorf("column of 10,000,001 ones = %g", got)
		}
	})
}

func TestExtremes(t *testing.T) {
	nan := float32(math.NaN())
	atLevels(t, func(t *testing.T) {
		for n := 1; n < 80; n++ {
			x := normal32(uint64(n), n+3)[n%4 : n%4+n]
			largest, smallest := slices.Max(x), slices.Min(x)
			if MaxOf(x) != largest || MinOf(x) != smallest {
				t.Fatalf("of %d: got %g, %g; want %g, %g", n, MaxOf(x), MinOf(x), largest, smallest)
			}
			for i := range x {
				old := x[i]
				x[i] = nan
				if MaxOf(x) == MaxOf(x) || MinOf(x) == MinOf(x) {
					t.Fatalf("NaN at %d of %d: got %g, %g", i, n, MaxOf(x), MinOf(x))
				}
				x[i] = float32(math.Inf(-1))
				if n > 1 && MinOf(x) != x[i] {
					t.Fatalf("-Inf at %d of %d: got %g", i, n, MinOf(x))
				}
				x[i] = old
			}
		}
		if most, least := MaxOf([]float32{}), MinOf([]float32{}); !math.IsInf(float64(most), -1) || !math.IsInf(float64(least), 1) {
			t.Errorf("of nothing: got %g, %g", most, least)
		}
	})
}

func TestReduce(t *testing.T) {
	fold := func(op Reduction, acc, v float64) float64 {
		switch op {
		case ReduceMax:
			return max(acc, v)
		case ReduceMin:
			return min(acc, v)
		}
		return acc + v
	}
	start := [numReductions]float64{ReduceMax: math.Inf(-1), ReduceMin: math.Inf(1)}
	atLevels(t, func(t *testing.T) {
		for _, s := range [][3]int{{1, 1, 1}, {3, 5, 1}, {2, 7, 3}, {1, 1000, 2}, {1, 777, 5}, {2, 130, 14}, {1, 64, 31}, {2, 33, 64},
			{1, 17, 129}, {3, 2, 200}, {2, 0, 3}, {1, 0, 300}, {0, 3, 3}, {1, 600, 33}, {4, 9, 8}, {2, 100, 7}} {
			outer, mid, inner := s[0], s[1], s[2]
			x := normal32(5, outer*mid*inner)
			for op := range numReductions {
				all, dst := wide(outer*inner, 3)
				Reduce(op, dst, x, outer, mid, inner)
				checkGuards(t, "reduce", all, 3, outer*inner)
				for i := range dst {
					want := start[op]
					for m := range mid {
						want = fold(op, want, float64(x[(i/inner*mid+m)*inner+i%inner]))
					}
					if op == ReduceMean {
						want /= float64(mid)
					}
					if d := math.Abs(float64(dst[i]) - want); d > 1e-6*(math.Abs(want)+float64(mid)) || d != d && mid > 0 {
						t.Fatalf("reduction %d of %v at %d: got %g, want %g", op, s, i, dst[i], want)
					}
				}
			}
		}
	})
}

func TestSumColumns(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for _, s := range [][2]int{{1, 1}, {3, 2}, {256, 2}, {256, 36}, {100, 10}, {64, 64}, {65, 65}, {1100, 3}, {17, 200}} {
			rows, cols := s[0], s[1]
			x := normal32(9, rows*cols)
			byCol := make([]float32, cols)
			Fill(byCol, 1)
			SumColumns(byCol, x, rows, cols, true)
			for c := range cols {
				want := 1.0
				for r := range rows {
					want += float64(x[r*cols+c])
				}
				if math.Abs(float64(byCol[c])-want) > 1e-5+5e-8*float64(rows) {
					t.Fatalf("%v: column %d is %g, want %g", s, c, byCol[c], want)
				}
			}
		}
	})
}
