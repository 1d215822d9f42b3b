package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
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

// hardKeys has a column for each way in which keys are hard: by how few values
// they have, and where these lie.
func hardKeys(rng *rand.Rand, n int) *Table {
	pick := func(name string, cells ...any) Col {
		v := make([]any, n)
		for i := range v {
			v[i] = cells[rng.IntN(len(cells))]
		}
		typ := Float64
		for _, c := range cells {
			if c != nil {
				typ = typeOfGo(reflect.TypeOf(c))
			}
		}
		return Values(name, typ, v)
	}
	const top = 1 << 63
	full := pick("Full", 3, 1, 2)
	full.valid = fullBitmap(n) // a bitmap, but no nulls
	same := pick("SameFull", 7)
	same.valid = fullBitmap(n)
	return New(
		pick("Ends", math.MinInt64, math.MaxInt64, -1, 0, nil),
		pick("Least", math.MinInt64, math.MinInt64+1, math.MinInt64+2),
		pick("Greatest", nil, math.MaxInt64-1, math.MaxInt64),
		pick("Top", uint64(top-1), uint64(top), uint64(top+1), nil),
		pick("Highest", uint64(math.MaxUint64), uint64(math.MaxUint64-1)),
		pick("AllBits", uint64(math.MaxUint64), uint64(0), nil),
		pick("NaN", math.NaN()), pick("Null", nil), pick("NaNull", math.NaN(), nil),
		pick("Zeros", 0.0, math.Copysign(0, -1)), pick("ZeroNull", 0.0, math.Copysign(0, -1), nil),
		pick("Infinite", math.Inf(1), math.Inf(-1), math.NaN(), nil, math.MaxFloat64),
		pick("Float32", float32(math.Inf(-1)), float32(1e-45), float32(0), float32(math.NaN())),
		pick("Byte", int8(-128), int8(127), int8(0), nil), pick("Truth", true, false, nil),
		pick("Text", "", "a", "a\x00", "ab", nil), pick("Bytes", "\xff", "\xfe\xff", "ÿ"),
		pick("Same", 7), same, full, pick("SameText", "always the same text, and not a short one"),
	)
}

// TestSortHard sorts by one, two and three keys that are hard, so many rows as
// are sorted by each way, or as are in order already.
func TestSortHard(t *testing.T) {
	inSomeParts(func() {
		rng := rand.New(rand.NewPCG(37, 38))
		for _, rows := range []int{0, 1, 2, 60, 250} {
			in := hardKeys(rng, rows)
			names := in.Names()
			in = in.Update("Row = i")
			for _, name := range names {
				one := in.Select(name, "Row")
				checkSort(t, one, name)
				checkSort(t, one, "-"+name)
				checkSort(t, one.Sort(name), name)
				checkSort(t, one.Sort(name), "-"+name)
			}
			for range 80 {
				some := []string{"Row"}
				var keys []string
				for _, i := range rng.Perm(len(names))[:2+rng.IntN(3)] {
					some, keys = append(some, names[i]), append(keys, []string{"", "-"}[rng.IntN(2)]+names[i])
				}
				checkSort(t, in.Select(some...), append(keys, keys[0])...)
			}
		}
	})
}

// TestSortSmall sorts tables whose rows are so small that a list of them would be
// larger, of one column and more.
func TestSortSmall(t *testing.T) {
	defer func(n int) { countedRows = n }(countedRows)
	countedRows = 1
	rng := rand.New(rand.NewPCG(39, 40))
	for _, types := range [][]Type{{Bool}, {Int8}, {Uint16}, {Bool, Bool, Bool}, {Int16, Uint16}, {Uint16, Bool, Int8}, {Int8, Int8, Int8, Bool}} {
		for _, rows := range []int{1, 7, 300, 1000} {
			for _, different := range []int{1, -3, 40, -30_000} {
				cols := make([]Col, len(types))
				var up, down []string
				for i, typ := range types {
					cols[i] = randomCol(rng, string(rune('A'+i)), typ, rows, different)
					up, down = append(up, cols[i].name), append([]string{"-" + cols[i].name}, down...)
				}
				for _, keys := range [][]string{up, down, up[:1], {up[0], down[0], up[0]}} {
					checkSort(t, New(cols...), keys...)
				}
			}
		}
	}
}

// TestSortCoresChange sorts, joins and computes while GOMAXPROCS changes, as it
// does where a container gets other limits.
func TestSortCoresChange(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	defer func(n int) { parallelRows = n }(parallelRows)
	parallelRows = 1
	rng := rand.New(rand.NewPCG(41, 42))
	in := New(randomCol(rng, "F", Float64, 3000, 4000), randomCol(rng, "S", String, 3000, 2000), randomCol(rng, "K", Int32, 3000, 30)).Update("Row = i")
	few := in.HeadBy(1, "K").RenameColumns("R=Row").Select("K", "R")
	verbs := map[string]func() *Table{
		"sort":       func() *Table { return in.Sort("F", "-S") },
		"sort text":  func() *Table { return in.Sort("S", "K") },
		"sort few":   func() *Table { return in.Sort("K", "S") },
		"join":       func() *Table { return in.Join(few, "K") },
		"join pairs": func() *Table { return few.Join(in, "K", "Row") },
		"formula":    func() *Table { return in.Update("T = S + `x`", "N = F * 2").Where("N > 0") },
		"group":      func() *Table { return in.AggBy([]string{"N = count()", "M = median(F)"}, "S") },
	}
	want := map[string]string{}
	for name, verb := range verbs {
		want[name] = asCSV(t, verb())
	}
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				runtime.GOMAXPROCS(1 + n%4)
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	for range 15 {
		for name, verb := range verbs {
			if got := asCSV(t, verb()); got != want[name] {
				t.Fatalf("%s: another result after GOMAXPROCS has changed", name)
			}
		}
	}
}

// asCSV is all of a table.
func asCSV(t *testing.T, of *Table) string {
	t.Helper()
	s, err := of.CSV()
	if err != nil {
		t.Fatal(err)
	}
	return s
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
