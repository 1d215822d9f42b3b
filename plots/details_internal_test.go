package plots

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// TestPearsonOfEqualValues: equal values have no correlation, also where their
// mean is not quite what they are.
func TestPearsonOfEqualValues(t *testing.T) {
	for n := 2; n < 60; n++ {
		equal, counts := make([]float64, n), make([]float64, n)
		for i := range equal {
			equal[i], counts[i] = 0.7, float64(i*i)
		}
		for _, whole := range []bool{false, true} {
			for _, r := range []float64{pearson(equal, counts, whole), pearson(counts, equal, whole), pearson(equal, equal, whole)} {
				if !math.IsNaN(r) {
					t.Fatalf("the correlation with %d equal values is %g, want none", n, r)
				}
			}
		}
	}
}

// TestPearsonOfLargeValues: the unit makes no difference.
func TestPearsonOfLargeValues(t *testing.T) {
	for _, unit := range []float64{1e-120, 1, 1e120} {
		a, b := []float64{1 * unit, 2 * unit, 4 * unit}, []float64{3 * unit, 5 * unit, 4 * unit}
		if r := pearson(a, b, true); math.Abs(r-0.3273268353539886) > 1e-12 {
			t.Errorf("in units of %g the correlation is %g, want 0.327", unit, r)
		}
	}
}

// TestSourcesSinkToWhereTheyLead: a node that nothing leads to stands right above
// the first one that it leads to.
func TestSourcesSinkToWhereTheyLead(t *testing.T) {
	g, err := newFlow([]string{"a", "b", "c", "late"}, [][2]int{{0, 1}, {1, 2}, {3, 2}})
	if err != nil || !slices.Equal(g.rank, []int{0, 1, 2, 1}) {
		t.Errorf("ranks %v, %v; want 0 1 2 1", g.rank, err)
	}
}

// TestPlacesOfManyUnits: the first and the last units, and the mark of those
// between them.
func TestPlacesOfManyUnits(t *testing.T) {
	n := network{sizes: []int{20, 12, 3}, limit: 12}
	for k, want := range []string{"[0 1 2 3 4 5 -1 14 15 16 17 18 19]", "[0 1 2 3 4 5 6 7 8 9 10 11]", "[0 1 2]"} {
		if got := fmt.Sprint(n.places(k)); got != want {
			t.Errorf("layer of %d: %s, want %s", n.sizes[k], got, want)
		}
	}
}

// TestOpacities: the least value can still be seen, the greatest is solid.
func TestOpacities(t *testing.T) {
	got := opacities(&column{v: []float64{10, 20, 30, math.NaN()}})
	if math.Abs(got[0]-0.15) > 1e-12 || math.Abs(got[1]-0.575) > 1e-12 || got[2] != 1 || !math.IsNaN(got[3]) {
		t.Errorf("%v, want 0.15, 0.575, 1 and none", got)
	}
}
