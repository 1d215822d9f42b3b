package plots

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/tables"
)

// TestLeading against sorting.
func TestLeading(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	for range 300 {
		n, most := rng.IntN(60), rng.IntN(20)
		v, want := make([]int, n), make([]int, n)
		for i := range v {
			v[i], want[i] = rng.IntN(12), i
		}
		order := func(a, b int) int { return cmp.Compare(v[b], v[a]) }
		slices.SortStableFunc(want, order)
		if got := leading(n, most, order); !slices.Equal(got, want[:min(n, most)]) {
			t.Fatalf("the first %d of %v are %v, want %v", most, v, got, want[:min(n, most)])
		}
	}
}

// TestBarStacks against the obvious way to find the bars of many categories:
// add up all, sort, keep the longest.
func TestBarStacks(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 2))
	const n = 400
	names, classes, values := make([]string, n), make([]string, n), make([]float64, n)
	sums := map[[2]string]float64{}
	for i := range n {
		names[i], classes[i] = fmt.Sprint("item ", rng.IntN(70)), string(rune('a'+rng.IntN(3)))
		values[i] = math.Round(rng.NormFloat64() * 100)
		sums[[2]string{names[i], classes[i]}] += values[i]
	}
	length := map[string]float64{}
	for key, sum := range sums {
		length[key[0]] += math.Abs(sum)
	}
	var all []string
	for _, name := range names { // in the order of the data
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	longest := slices.Clone(all)
	slices.SortStableFunc(longest, func(a, b string) int { return cmp.Compare(length[b], length[a]) })
	want := slices.DeleteFunc(all, func(name string) bool { return !slices.Contains(longest[:maxBars], name) })

	c := Bar(tables.New(tables.Strings("name", names...), tables.Strings("class", classes...), tables.Floats("v", values...)), "name", "v", Color("class"))
	f := c.fig.(*figure)
	if !slices.Equal(f.x.levels, want) {
		t.Fatalf("the bars are %q, want %q", f.x.levels, want)
	}
	drawn, tops := 0, map[[2]float64]float64{} // of each bar and side
	for _, s := range f.layers[0].series {
		for i, x := range s.x {
			drawn++
			v := sums[[2]string{f.x.levels[int(x)], s.name}]
			side := [2]float64{x, math.Copysign(1, v)}
			if s.y[i]-s.y2[i] != v || s.y2[i] != tops[side] {
				t.Errorf("%s of %s is from %g to %g, want %g more than %g", s.name, f.x.levels[int(x)], s.y2[i], s.y[i], v, tops[side])
			}
			tops[side] = s.y[i]
		}
	}
	for key := range sums {
		if slices.Contains(want, key[0]) {
			drawn--
		}
	}
	if drawn != 0 {
		t.Errorf("%d bars too many", drawn)
	}
}
