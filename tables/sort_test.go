package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// plainOrder compares two cells as Sort documents it, null and NaN apart.
func plainOrder(a, b any) int {
	switch x := a.(type) {
	case bool:
		return b2i(x) - b2i(b.(bool))
	case string:
		return strings.Compare(x, b.(string))
	}
	return plainTime(a).Cmp(plainTime(b))
}

// behind is 2 for null, 1 for NaN, 0 for values that have an order.
func behind(v any) int {
	switch x := v.(type) {
	case nil:
		return 2
	case float64:
		return b2i(x != x)
	case float32:
		return b2i(x != x)
	}
	return 0
}

// sortReference is the rows as Sort orders them, by a stable sort of cells.
func sortReference(t *Table, keys []string) []int {
	rows := make([]int, t.Len())
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		for _, k := range keys {
			name, down := strings.CutPrefix(k, "-")
			x, y := t.Value(name, a), t.Value(name, b)
			order := behind(x) - behind(y)
			if order == 0 && behind(x) == 0 {
				if order = plainOrder(x, y); down {
					order = -order
				}
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
	return rows
}

// inSomeParts runs f as it is, with goroutines from 40 rows on, and with these
// where keys of few values are counted.
func inSomeParts(f func()) {
	f()
	defer func(n, c int) { parallelRows, countedRows = n, c }(parallelRows, countedRows)
	parallelRows = 40
	f()
	countedRows = 1
	f()
}

func checkSort(t *testing.T, in *Table, keys ...string) {
	t.Helper()
	n := 0
	want := make([][]any, 0, in.Len())
	cells := cellsOf(in)
	for _, r := range sortReference(in, keys) {
		want = append(want, cells[r])
		n++
	}
	if d := differs(in.Sort(keys...), in.Names(), want); d != "" {
		t.Fatalf("by %q: %s", keys, d)
	}
}

func TestSortRandom(t *testing.T) {
	inSomeParts(func() {
		rng := rand.New(rand.NewPCG(31, 32))
		for round := range 300 {
			rows := []int{0, 1, 2, 9, 30, 120, 400}[rng.IntN(7)]
			var types []Type
			for range 1 + rng.IntN(4) {
				types = append(types, scalarTypes[rng.IntN(len(scalarTypes))])
			}
			in := randomTable(rng, rows, types...)
			if round%5 == 0 {
				in = randomTable(rng, rows, scalarTypes[round/5%len(scalarTypes)])
			}
			in = in.Update("Row = i")
			var keys []string
			for _, name := range in.Names() {
				if name != "Row" && rng.IntN(3) > 0 {
					keys = append(keys, []string{"", "-"}[rng.IntN(2)]+name)
				}
			}
			checkSort(t, in, keys...)
		}
	})
}

// TestSortDeep sorts what differs only in bits or bytes that come late.
func TestSortDeep(t *testing.T) {
	inSomeParts(func() {
		rng := rand.New(rand.NewPCG(33, 34))
		const n = 3000
		f, g, s, u := make([]float64, n), make([]int, n), make([]string, n), make([]uint64, n)
		letters := []string{"", "a", "b", "\x00", "\xff", "the same long beginning of many texts ", strings.Repeat("x", 300)}
		for i := range n {
			f[i] = []float64{1 + float64(rng.IntN(50))*0x1p-52, -rng.ExpFloat64(), math.MaxFloat64, math.SmallestNonzeroFloat64 * float64(rng.IntN(4)), math.Inf(-1)}[rng.IntN(5)]
			g[i] = []int{math.MaxInt64, math.MinInt64, rng.IntN(9), 1<<40 + rng.IntN(100)}[rng.IntN(4)]
			u[i] = []uint64{math.MaxUint64 - uint64(rng.IntN(5)), uint64(rng.IntN(5)), rng.Uint64()}[rng.IntN(3)]
			for range rng.IntN(5) {
				s[i] += letters[rng.IntN(len(letters))]
			}
		}
		nulls := make([]any, n)
		for i := range nulls {
			if rng.IntN(3) > 0 {
				nulls[i] = s[(i*7)%n]
			}
		}
		c := Column("N", nulls)
		in := New(Floats("F", f...), Ints("G", g...), Column("U", u), Col{name: "S", typ: String, data: newStrs(s)}, c).Update("Row = i")
		for _, keys := range [][]string{{"F"}, {"-F"}, {"G", "F"}, {"-G", "-S"}, {"S"}, {"-S"}, {"S", "U"}, {"U"}, {"-U"}, {"N", "S"}, {"-N", "G"}, {"G", "N"}} {
			checkSort(t, in, keys...)
		}
	})
}

func TestSortMany(t *testing.T) {
	const n = 300_000
	rng := rand.New(rand.NewPCG(35, 36))
	k, f, s := make([]int, n), make([]float64, n), make([]string, n)
	for i := range n {
		k[i], f[i] = rng.IntN(50), rng.NormFloat64()
		s[i] = fmt.Sprintf("key%06d", rng.IntN(n/3))
	}
	f[5], f[6] = 1e300, -1e300
	in := New(Ints("K", k...), Floats("F", f...), Strings("S", s...), Ints("One", make([]int, n)...)).Update("Row = i")
	for _, keys := range [][]string{{"F"}, {"K", "-F"}, {"S"}, {"-S", "K"}, {"One", "K", "S"}} {
		got := in.Sort(keys...)
		rows := convertNums[int64](got.cols[len(got.cols)-1].data)
		if len(rows) != n {
			t.Fatal(got.Err())
		}
		for i := 1; i < n; i++ {
			if compareRows(k, f, s, keys, int(rows[i-1]), int(rows[i])) >= 0 {
				t.Fatalf("by %q: rows %d and %d are at %d", keys, rows[i-1], rows[i], i-1)
			}
		}
	}
	sorted := in.Sort("S")
	if again := sorted.Sort("S"); &again.Int64s("K")[0] != &sorted.Int64s("K")[0] {
		t.Error("sorting what is sorted makes a copy")
	}
}

func compareRows(k []int, f []float64, s []string, keys []string, a, b int) int {
	for _, key := range keys {
		order := 0
		switch strings.TrimPrefix(key, "-") {
		case "K":
			order = k[a] - k[b]
		case "F":
			order = compareFloat(f[a], f[b])
		case "S":
			order = strings.Compare(s[a], s[b])
		}
		if key[0] == '-' {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return a - b
}
