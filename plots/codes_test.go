package plots

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/tables"
)

// numbered numbers values by first appearance, with a map.
func numbered[T comparable](values []T, left func(T) bool) (codes []int, levels []T) {
	index := map[T]int{}
	for _, v := range values {
		if left(v) {
			codes = append(codes, -1)
			continue
		}
		if _, ok := index[v]; !ok {
			index[v] = len(levels)
			levels = append(levels, v)
		}
		codes = append(codes, index[v])
	}
	return codes, levels
}

func TestCodes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for _, different := range []int{1, 2, 60, 3000} {
		names, v := make([]string, 5000), make([]float64, 5000)
		for i := range v {
			k := rng.IntN(different)
			names[i] = []string{"", "a", "name ", "Ω"}[k%4] + fmt.Sprint(k / 4)[k%2:]
			v[i] = []float64{1, -0.5, 1e-300, 1 << 40}[k%4] * float64(k)
			if k%50 == 7 {
				v[i] = []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}[rng.IntN(4)]
			}
		}
		codes, levels := codeNames(names)
		wantCodes, wantLevels := numbered(names, func(string) bool { return false })
		if !slices.Equal(codes, wantCodes) || !slices.Equal(levels, wantLevels) {
			t.Errorf("%d names: %v…, want %v…", different, codes[:20], wantCodes[:20])
		}
		codes, values, ok := codeNumbers(v, math.MaxInt)
		wantCodes, wantValues := numbered(v, func(v float64) bool { return !finite(v) })
		if !ok || !slices.Equal(codes, wantCodes) || !slices.Equal(values, wantValues) {
			t.Errorf("%d numbers: %v…, want %v…", different, codes[:20], wantCodes[:20])
		}
		n := len(wantValues)
		if _, _, ok := codeNumbers(v, n); !ok {
			t.Errorf("%d numbers are more than %d", n, n)
		}
		if _, _, ok := codeNumbers(v, n-1); ok {
			t.Errorf("%d numbers are not more than %d", n, n-1)
		}
	}
}

// TestByX compares the ways in which values are gathered: of rising x, of few
// different ones, of many.
func TestByX(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, different := range []int{1, 40, 3000} {
		for _, sorted := range []bool{false, true} {
			xs, ys := make([]float64, 4000), make([]float64, 4000)
			want := map[float64][]float64{}
			for i := range xs {
				xs[i] = float64(rng.IntN(different)) / 4
			}
			if sorted {
				slices.Sort(xs)
			}
			for i, x := range xs {
				ys[i] = float64(i)
				want[x] = append(want[x], ys[i])
			}
			before := slices.Clone(ys)
			at, lists := byX(xs, ys)
			got := map[float64][]float64{}
			for i, x := range at {
				got[x] = slices.Clone(lists[i])
				lists[i] = append(lists[i], -1) // has no room that is another's
				lists[i][0] = -1
			}
			if !slices.IsSorted(at) || len(at) != len(want) || !reflect.DeepEqual(got, want) {
				t.Errorf("%d different x, sorted %t: the values differ", different, sorted)
			}
			for i := range at {
				if lists[i] = lists[i][1 : len(lists[i])-1]; !slices.Equal(lists[i], want[at[i]][1:]) {
					t.Errorf("%d different x, sorted %t: the lists of %g overlap others", different, sorted, at[i])
				}
			}
			if !slices.Equal(before, ys) {
				t.Errorf("%d different x, sorted %t: the caller's values have changed", different, sorted)
			}
		}
	}
}

// TestNamesOfTable reads columns of names with and without nulls, by a dictionary
// and without.
func TestNamesOfTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 50, 20_000} {
		for _, holes := range []bool{false, true} {
			var cells, truths, letters []any
			var want []string
			for range n {
				k := rng.IntN(7)
				if holes && k > 4 {
					cells, truths, letters, want = append(cells, nil), append(truths, nil), append(letters, nil), append(want, "null")
					continue
				}
				cells, truths, letters = append(cells, fmt.Sprint("name ", k)), append(truths, k > 2), append(letters, rune('a'+k))
				want = append(want, fmt.Sprint("name ", k))
			}
			src := tableSource{tables.New(tables.Values("s", tables.String, cells), tables.Values("b", tables.Bool, truths), tables.Values("c", tables.Char, letters))}
			if err := src.t.Err(); err != nil {
				t.Fatal(err)
			}
			codes, levels := numbered(want, func(s string) bool { return s == "null" })
			for _, name := range []string{"s", "b", "c"} {
				c, err := src.column(name)
				if err != nil || c.kind != nominal || c.len() != n {
					t.Fatalf("column %s of %d rows: %v", name, n, err)
				}
				if name == "s" && (!slices.Equal(c.code, codes) || !slices.Equal(c.levels, levels)) {
					t.Errorf("%d rows, holes %t: levels %v, want %v", n, holes, c.levels, levels)
				}
				for i, k := range c.code {
					text := "null"
					if k >= 0 {
						text = c.levels[k]
					}
					if of := (map[string]string{"s": want[i], "b": fmt.Sprint(truths[i]), "c": letter(letters[i])})[name]; k < 0 != (want[i] == "null") || k >= 0 && text != of {
						t.Fatalf("%d rows, row %d of %s is %q, want %q", n, i, name, text, of)
					}
				}
			}
		}
	}
}

func letter(v any) string {
	if r, ok := v.(rune); ok {
		return string(r)
	}
	return ""
}

// TestReaders sees that the parts of a chart share what they read of a table, and
// only of one.
func TestReaders(t *testing.T) {
	table := func() *tables.Table { return tables.New(tables.Strings("s", "a", "b")) }
	one, other := tableSource{table()}, tableSource{table()}
	parts := reading([]part{{src: one}, {src: other}, {src: one}, {}})
	read := func(i int) *column {
		c, err := parts[i].src.column("s")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if first := read(0); first != read(0) || first != read(2) || first == read(1) || parts[3].src != nil {
		t.Error("readers are not one for each table")
	}
	if _, err := parts[0].src.column("t"); err == nil {
		t.Error("a column that is not there has no error")
	}
}

// TestSorted compares with slices.Sort: numbers of all sizes, many that agree in
// their first digits, ties.
func TestSorted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	for name, draw := range map[string]func() float64{
		"normal":  rng.NormFloat64,
		"ties":    func() float64 { return float64(rng.IntN(50) - 25) },
		"near":    func() float64 { return 1 + float64(rng.IntN(3))*1e-9 + float64(rng.IntN(9000))*0x1p-52 },
		"outlier": func() float64 { return []float64{1e300, -1e-300, 1 + rng.Float64()*1e-9}[min(rng.IntN(4000), 2)] },
		"equal":   func() float64 { return -2 },
		"all":     func() float64 { return math.Pow(2, float64(rng.IntN(600)-300)) * rng.NormFloat64() },
	} {
		for _, n := range []int{1, 100, 1 << 12, 50_000} {
			v := make([]float64, n)
			for i := range v {
				v[i] = draw()
			}
			want := slices.Sorted(slices.Values(v))
			if got := sorted(v); !slices.Equal(got, want) {
				t.Errorf("%d of %s are not sorted", n, name)
			}
		}
	}
}

// TestBinFinder compares with a walk along the edges, equally distant or not.
func TestBinFinder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	for _, edges := range [][]float64{{0, 1}, {0, 0.1, 0.2, 0.3, 0.4}, {1, 10, 100, 1000}, {-5e-324, 0, 5e-324}, {-largest, 0, largest}} {
		find, last := newBinFinder(edges), len(edges)-1
		values := slices.Clone(edges)
		for _, e := range edges {
			values = append(values, math.Nextafter(e, edges[0]), math.Nextafter(e, edges[last]))
		}
		for range 100 {
			f := rng.Float64()
			values = append(values, edges[0]*(1-f)+edges[last]*f)
		}
		for _, v := range values {
			want := 0
			for want+1 < last && v >= edges[want+1] {
				want++
			}
			if got := find.of(v); got != want {
				t.Errorf("%g between %v is in bin %d, want %d", v, edges, got, want)
			}
		}
	}
}
