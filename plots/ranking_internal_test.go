package plots

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainRanking is what a ranking tells, by counting all rows at each threshold.
func plainRanking(labels, scores []float64) (out [][3]float64, left int) {
	var at []float64
	for i, s := range scores {
		if math.IsNaN(labels[i]) || !finite(s) {
			left++
		} else {
			at = append(at, s)
		}
	}
	slices.Sort(at)
	at = append(slices.Compact(at), math.Inf(1))
	for _, t := range slices.Backward(at) {
		n := [3]float64{t, 0, 0}
		for i, s := range scores {
			if finite(s) && s >= t && !math.IsNaN(labels[i]) {
				n[2-int(labels[i])]++
			}
		}
		out = append(out, n)
	}
	return out, left
}

// rankedScores are lists of scores that are hard to sort.
func rankedScores(rng *rand.Rand, n int) map[string][]float64 {
	draws := map[string]func() float64{
		"normal":        rng.NormFloat64,
		"probabilities": rng.Float64,
		"below zero":    func() float64 { return -rng.ExpFloat64() },
		"tied":          func() float64 { return float64(rng.IntN(7)-3) / 2 },
		"equal":         func() float64 { return -2 },
		"zeros":         func() float64 { return math.Copysign(0, rng.Float64()-0.5) },
		"tiny":          func() float64 { return 5e-324 * float64(rng.IntN(9)-4) },
		"huge":          func() float64 { return math.MaxFloat64 / 4 * (2*rng.Float64() - 1) },
		"holes": func() float64 {
			return []float64{math.NaN(), math.Inf(1), math.Inf(-1), rng.Float64(), 0.5}[rng.IntN(5)]
		},
	}
	out := map[string][]float64{}
	for name, draw := range draws {
		v := make([]float64, n)
		for i := range v {
			v[i] = draw()
		}
		out[name] = v
	}
	return out
}

// TestRankingPlain compares thresholds and counts with counting all rows.
func TestRankingPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 30, 400} {
		for name, scores := range rankedScores(rng, n) {
			labels := make([]float64, n)
			for i := range labels {
				labels[i] = []float64{0, 1, 1, math.NaN()}[rng.IntN(4)]
			}
			r, err := Split{Labels: labels, Scores: scores}.rank()
			if err != nil {
				t.Fatal(err)
			}
			var got [][3]float64
			r.down(func(at, tp, fp float64) { got = append(got, [3]float64{at, tp, fp}) })
			want, left := plainRanking(labels, scores)
			if !slices.Equal(got, want) || r.left != left {
				t.Errorf("%d scores, %s: %v with %d left out, want %v with %d", n, name, got, r.left, want, left)
			}
			if last := want[len(want)-1]; r.positive != last[1] || r.negative != last[2] {
				t.Errorf("%d scores, %s: %g positive and %g negative rows, want %g and %g", n, name, r.positive, r.negative, last[1], last[2])
			}
		}
	}
}

// plainBends are the points that bends draws, from all of them at once: first
// without those inside straight lines, and then with ever greater distances.
func plainBends(points []bend, budget int) (out []bend, total int) {
	out = points[:1:1]
	for i, p := range points[1:] {
		k := out[len(out)-1]
		if i+2 == len(points) || (p.x-k.x)*(points[i+2].y-p.y) != (p.y-k.y)*(points[i+2].x-p.x) {
			out = append(out, p)
		}
	}
	total = len(out)
	for apart := 1 / float64(budget); len(out) > budget; apart *= 1.5 {
		some := out[:1:1]
		for i, p := range out[1:] {
			k := some[len(some)-1]
			if i+2 == len(out) || math.Max(math.Abs(p.x-k.x), math.Abs(p.y-k.y)) >= apart {
				some = append(some, p)
			}
		}
		out = some
	}
	return out, total
}

// TestBendsPlain thins lines of few and of many bends, straight ones and jumps.
func TestBendsPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	lines := map[string]func(i, n int) bend{
		"stairs":   func(i, n int) bend { return bend{float64(i/2) / float64(n), float64((i+1)/2) / float64(n), float64(i)} },
		"straight": func(i, n int) bend { return bend{float64(i), 2 * float64(i), 0} },
		"walk":     func(i, n int) bend { return bend{float64(i) / float64(n), rng.Float64(), float64(i)} },
		"one spot": func(int, int) bend { return bend{0.5, 0.5, 0} },
		"near":     func(i, n int) bend { return bend{float64(i*i) / float64(n*n), rng.Float64() / 1e4, float64(i)} },
	}
	for name, line := range lines {
		for _, n := range []int{1, 2, 3, 50, 51, 5000} {
			c, points := newBends(50), make([]bend, n)
			for i := range points {
				points[i] = line(i, n)
				c.add(points[i])
			}
			got, total := c.thinned()
			if want, all := plainBends(points, 50); !slices.Equal(got, want) || total != all {
				t.Errorf("%s of %d points: %d of %d bends drawn, want %d of %d\n got %v\nwant %v", name, n, len(got), total, len(want), all, got, want)
			}
		}
	}
}

// TestTruths sees the labels of all types as the same.
func TestTruths(t *testing.T) {
	want := []int8{1, 0, 1}
	for _, labels := range []any{[]bool{true, false, true}, []int{1, 0, 1}, []uint8{1, 0, 1}, []float32{1, 0, 1}, []float64{1, 0, 1}} {
		if got, err := truths(labels); err != nil || !slices.Equal(got, want) {
			t.Errorf("%T: %v, %v", labels, got, err)
		}
	}
	if got, err := truths([]float64{math.NaN(), 1}); err != nil || !slices.Equal(got, []int8{-1, 1}) {
		t.Errorf("a missing label: %v, %v", got, err)
	}
}
