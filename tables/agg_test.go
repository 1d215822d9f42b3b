package tables

import (
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// small makes few rows run as many do, on several goroutines, until the test ends.
func small(t *testing.T, parallel, hashed int) {
	t.Helper()
	p, h := parallelRows, hashedRows
	parallelRows, hashedRows = parallel, hashed
	t.Cleanup(func() { parallelRows, hashedRows = p, h })
}

// columnsFor are the columns that an aggregate takes.
func columnsFor(t *Table, fn string, keys []string) (names []string) {
	for _, f := range t.Schema() {
		if !slices.Contains(keys, f.Name) && aggregateKinds[fn].want.takes(f.Type) {
			names = append(names, f.Name)
		}
	}
	return names
}

// checkAgg compares all aggregates of all columns with those of slowAgg.
func checkAgg(t *testing.T, tb *Table, keys []string) {
	t.Helper()
	type cell struct{ fn, col string }
	var formulas []string
	var cells []cell
	weight := "int16_2"
	for fn := range aggregateKinds {
		if fn == "mean" || fn == "group" {
			continue
		}
		for _, name := range columnsFor(tb, fn, keys) {
			args := map[string]string{"percentile": name + ", 0.3", "wavg": name + ", " + weight}[fn]
			if args == "" {
				args = name
			}
			formulas = append(formulas, fmt.Sprintf("R%d = %s(%s)", len(cells), fn, args))
			cells = append(cells, cell{fn, name})
		}
	}
	groups := slowGroups(tb, keys)
	rows := cellsOf(tb)
	out := tb.AggBy(formulas, keys...)
	if out.Err() != nil || out.Len() != len(groups) {
		t.Fatalf("by %v: %v, %d groups, want %d", keys, out.Err(), out.Len(), len(groups))
	}
	at := map[string]int{}
	for i, name := range tb.Names() {
		at[name] = i
	}
	for g, members := range groups {
		for _, k := range keys {
			if !sameCell(out.Value(k, g), rows[members[0]][at[k]]) {
				t.Fatalf("by %v: group %d: key %v, want %v", keys, g, out.Value(k, g), rows[members[0]][at[k]])
			}
		}
		for i, c := range cells {
			var values, weights []any
			for _, r := range members {
				values, weights = append(values, rows[r][at[c.col]]), append(weights, rows[r][at[weight]])
			}
			got, want := out.Value(fmt.Sprint("R", i), g), slowAgg(c.fn, values, weights)
			if want == nil && strings.HasSuffix(strings.ToLower(c.fn), "sum") {
				if aggFloat(got) != 0 {
					t.Fatalf("by %v: %s(%s) of none is %v", keys, c.fn, c.col, got)
				}
				continue
			}
			if !nearCell(got, want, addedSize(c.fn, values, weights)) {
				t.Fatalf("by %v: group %d of %d rows: %s(%s) is %T %v, want %T %v", keys, g, len(members), c.fn, c.col, got, got, want, want)
			}
		}
	}
}

// TestAggBySlow compares with an implementation that goes cell by cell.
func TestAggBySlow(t *testing.T) {
	for _, way := range []struct{ rows, parallel, hashed, tables int }{
		{12, 1 << 20, 1 << 20, 30}, {300, 1 << 20, 1 << 20, 10}, {5000, 2000, 1 << 20, 2}, {5000, 2000, 10, 3}, {5000, 1 << 20, 10, 1}} {
		t.Run(fmt.Sprint(way), func(t *testing.T) {
			small(t, way.parallel, way.hashed)
			rng := rand.New(rand.NewPCG(uint64(way.rows), uint64(way.hashed)))
			for range way.tables {
				rows := rng.IntN(way.rows)
				if way.rows >= 5000 {
					rows = way.rows
				}
				tb := randomTable(rng, rows)
				names := tb.Names()
				var keys []string
				for range rng.IntN(4) {
					if k := names[rng.IntN(len(names))]; !slices.Contains(keys, k) {
						keys = append(keys, k)
					}
				}
				checkAgg(t, tb, keys)
			}
		})
	}
}

// TestAggByEachKey has a key of each type, and keys of which many are different.
func TestAggByEachKey(t *testing.T) {
	small(t, 1000, 100)
	rng := rand.New(rand.NewPCG(5, 6))
	for _, typ := range scalarTypes {
		tb := randomTable(rng, 2500, Float64, Int64, Int16)
		for _, different := range []int{3, 1000 - 2000*rng.IntN(2)} {
			key := randomCol(rng, "Key", typ, tb.Len(), different)
			checkAgg(t, tb.With(key), []string{"Key"})
		}
	}
}

func TestAggByFormulas(t *testing.T) {
	tb := New(Strings("K", "a", "b", "a"), Ints("A", 1, 2, 3), Floats("R", 0.5, 0.25, 2))
	got := rowsText(tb.AggBy([]string{"N = count()", "Share = sum(A * R) / sum(A)", "Twice = 2 * N", "Of = K + N", "V = group(A)"}, "K"))
	if got != "K=a N=2 Share=1.625 Twice=4 Of=a2 V=[1 3]|K=b N=1 Share=0.25 Twice=2 Of=b1 V=[2]" {
		t.Error(got)
	}
	got = rowsText(tb.AggBy([]string{"A = sum(A)", "L = sum(A) > 3 ? `more` : `less`"}, "K"))
	if got != "K=a A=4 L=more|K=b A=2 L=less" {
		t.Error(got)
	}
	got = rowsText(tb.AggBy([]string{"X = first(group(A)) + sum(group(A))", "Y = max(sum(A), 3)", "Z = A.max()"}, "K"))
	if got != "K=a X=5 Y=4 Z=3|K=b X=4 Y=3 Z=2" {
		t.Error(got)
	}
	vectors := New(Ints("K", 1, 1), Column("V", [][]int{{1, 2}, {3}}))
	if got := rowsText(vectors.AggBy([]string{"S = sum(sum(V))", "F = first(V)"}, "K")); got != "K=1 S=6 F=[1 2]" {
		t.Error(got)
	}
}

func TestAggByErrors(t *testing.T) {
	tb := New(Strings("K", "a", "b", "a"), Ints("A", 1, 2, 3))
	for formula, want := range map[string]string{
		"Total = A":                 "A has many values in a group: write sum(A), first(A) or another aggregate, or make it a key",
		"Total = sum(A) + A":        "A has many values in a group",
		"Total = sum(K)":            "sum wants numbers, booleans or durations, got string",
		"Total = sum(B)":            `no column "B"`,
		"Total = sum(avg(A))":       "avg stands within sum",
		"Total = sum(A, A)":         "sum takes 1 argument, got 2",
		"Total = percentile(A, 2)":  "percentile wants a share from 0 to 1, got 2",
		"Total = percentile(A, A)":  "percentile wants a number from 0 to 1 here",
		"Total = total(A)":          "A has many values in a group",
		"Total = sum(null)":         "null has no type here",
		"sum(A)":                    `want "Name = expression"`,
		"Total = sum(A_)":           "sum wants values of the rows, this is the whole column A",
		"Total = summ(1)":           `no function "summ"; did you mean "sum"?`,
		"K = sum(A)":                `two columns are named "K"`,
		"Total = sum(A) > 1 ? 1 : ": "want a value",
	} {
		err := tb.AggBy([]string{formula}, "K").Err()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", formula, err, want)
		}
	}
	for _, c := range []struct {
		got  *Table
		want string
		is   error
	}{
		{tb.SumBy("A"), `tables: sum by: column "K" is string, want numbers, booleans or durations; leave it out with DropColumns, or choose columns with View, first: unsuitable type`, ErrType},
		{tb.SumBy("Q"), `tables: sum by: no column "Q"`, ErrNoColumn},
		{tb.SumBy("K", "K"), `tables: sum by: key "K" is given twice`, nil},
		{tb.PercentileBy(-1, "K"), "want a share from 0 to 1, got -1", nil},
		{tb.WeightedAvgBy("Q", "K"), `no column "Q"`, ErrNoColumn},
		{tb.WeightedAvgBy("K"), `column "K" is string`, ErrType},
		{tb.CountBy("K", "K"), `two columns are named "K"`, nil},
		{tb.HeadBy(-1, "K"), "want a number of rows, got -1", nil},
		{tb.Distinct("Q"), `no column "Q"`, ErrNoColumn},
		{tb.GroupBy("K").SumBy("A"), `column "A" is []int64, want single values`, ErrType},
		{tb.GroupBy("K").SumBy("K"), `column "A" is []int64`, ErrType},
	} {
		err := c.got.Err()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// TestAggByFails has formulas that fail in some row, in every way of numbering.
func TestAggByFails(t *testing.T) {
	small(t, 1000, 100)
	const n = 5000
	u, few, many, float := make([]uint64, n), make([]int, n), make([]int, n), make([]float64, n)
	for i := range n {
		u[i], few[i], many[i], float[i] = uint64(i), i%7, i*1_000_003, float64(i%5)/2
	}
	u[4321] = math.MaxUint64
	cause := errors.New("no luck")
	SetScope(onlyScope{func(x int64) (int64, error) {
		if x == 4320 {
			return 0, cause
		}
		return 2 * x, nil
	}})
	defer SetScope(nil)
	tb := New(Column("U", u), Ints("Few", few...), Ints("Many", many...), Floats("F", float...)).Update("Row = ii")
	for _, key := range []string{"Few", "Many", "F"} {
		err := tb.AggBy([]string{"A = sum(Few)", "S = sum(U + 1)"}, key).Err()
		if err == nil || !strings.Contains(err.Error(), `column "U" holds 18446744073709551615`) || !strings.Contains(err.Error(), "S = sum(U + 1)") {
			t.Errorf("by %s: %v", key, err)
		}
		if err := tb.AggBy([]string{"S = max(fn(Row))"}, key).Err(); !errors.Is(err, cause) {
			t.Errorf("by %s: %v, want the function's error", key, err)
		}
		got := tb.Head(4320).AggBy([]string{"S = max(fn(Row))", "M = max(2 * Row)"}, key)
		if got.Err() != nil || !slices.Equal(got.Int64s("S"), got.Int64s("M")) {
			t.Errorf("by %s: %v", key, got.Err())
		}
		if got := tb.SumBy(key); got.Err() != nil {
			t.Error(got.Err())
		}
	}
}

// TestAllByVerbs compares the verbs over all columns with AggBy.
func TestAllByVerbs(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	tb := randomTable(rng, 200, Int64, Float64, Bool, Uint8)
	tb = tb.With(randomCol(rng, "K", String, 200, 5))
	for fn, verb := range map[string]func(keys ...string) *Table{
		"sum": tb.SumBy, "absSum": tb.AbsSumBy, "avg": tb.AvgBy, "median": tb.MedianBy, "std": tb.StdBy, "var": tb.VarBy, "min": tb.MinBy, "max": tb.MaxBy,
		"first": tb.FirstBy, "last": tb.LastBy, "countDistinct": tb.CountDistinctBy,
	} {
		for _, keys := range [][]string{{"K"}, {"K", "bool_2"}} {
			var formulas []string
			for _, name := range columnsFor(tb, fn, keys) {
				formulas = append(formulas, name+" = "+fn+"("+name+")")
			}
			want := tb.AggBy(formulas, keys...)
			if d := differs(verb(keys...), want.Names(), cellsOf(want)); d != "" {
				t.Errorf("%s by %v: %s", fn, keys, d)
			}
		}
	}
	want := tb.AggBy([]string{"int64_0 = wavg(int64_0, uint8_3)", "float64_1 = wavg(float64_1, uint8_3)", "bool_2 = wavg(bool_2, uint8_3)"}, "K")
	if d := differs(tb.WeightedAvgBy("uint8_3", "K"), want.Names(), cellsOf(want)); d != "" {
		t.Error(d)
	}
	if got := tb.PercentileBy(0.5, "K"); differs(got, got.Names(), cellsOf(tb.MedianBy("K"))) != "" {
		t.Error("the half percentile is not the median")
	}
}

// TestHeadTailDistinct compares with slowGroups.
func TestHeadTailDistinct(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for trial := range 40 {
		tb := randomTable(rng, rng.IntN(60), scalarTypes[trial%len(scalarTypes)], Bool, String, Int64)
		keys := tb.Names()[:1+rng.IntN(2)]
		rows, n := cellsOf(tb), rng.IntN(4)
		var head, tail, distinct [][]any
		for _, g := range slowGroups(tb, keys) {
			for i, r := range g {
				if i < n {
					head = append(head, rows[r])
				}
				if i >= len(g)-n {
					tail = append(tail, rows[r])
				}
			}
			distinct = append(distinct, rows[g[0]][:len(keys)])
		}
		for name, d := range map[string]string{"HeadBy": differs(tb.HeadBy(n, keys...), tb.Names(), head), "TailBy": differs(tb.TailBy(n, keys...), tb.Names(), tail),
			"Distinct": differs(tb.Distinct(keys...), keys, distinct)} {
			if d != "" {
				t.Fatalf("%s %v: %s", name, keys, d)
			}
		}
	}
	if got := New(Ints("A", 1, 2, 1), Ints("B", 1, 2, 1)).Distinct(); rowsText(got) != "A=1 B=1|A=2 B=2" {
		t.Error(rowsText(got))
	}
}

// TestAggByEmpty has no rows, and no keys.
func TestAggByEmpty(t *testing.T) {
	tb := New(Values("K", String, nil), Values("A", Int64, nil))
	formulas := []string{"N = count()", "S = sum(A)", "M = avg(A)", "F = first(A)", "L = last(A)", "D = countDistinct(A)", "P = median(A)", "G = group(A)", "X = max(K)"}
	if got := rowsText(tb.AggBy(formulas)); got != "N=0 S=0 M=<nil> F=<nil> L=<nil> D=0 P=<nil> G=[] X=<nil>" {
		t.Error(got)
	}
	byKey := tb.AggBy(formulas, "K")
	if byKey.Err() != nil || byKey.Len() != 0 || byKey.NumCols() != 10 {
		t.Error(byKey)
	}
	nulls := New(Column("A", []any{nil, nil}), Values("B", Float64, []any{nil, nil}))
	if got := rowsText(nulls.AggBy([]string{"S = sum(B)", "M = std(B)", "N = count(B)", "X = min(A)"}, "A")); got != "A=<nil> S=0 M=<nil> N=0 X=<nil>" {
		t.Error(got)
	}
}

// TestSumByWraps states what overflow does.
func TestSumByWraps(t *testing.T) {
	tb := New(Int64s("I", math.MaxInt64, 1), Column("U", []uint64{math.MaxUint64, 2}), Column("B", []int8{127, 127}))
	if got := rowsText(tb.SumBy()); got != "I=-9223372036854775808 U=1 B=254" {
		t.Error(got)
	}
}

// TestClash has text hashed so badly that different texts are taken for the same.
func TestClash(t *testing.T) {
	small(t, 1000, 100)
	defer func(f func([]byte) uint64) { textHash = f }(textHash)
	rng := rand.New(rand.NewPCG(1, 9))
	const n = 5000
	texts, other, v := make([]any, n), make([]float64, n), make([]int, n)
	for i := range texts {
		texts[i], other[i], v[i] = fmt.Sprintf("a longer text, number %d", rng.IntN(8000)), float64(rng.IntN(2)), rng.IntN(100)
	}
	texts[7], texts[70] = nil, nil
	tb := New(Values("K", String, texts), Floats("F", other...), Ints("V", v...), Column("int16_2", make([]int16, n)))
	for _, hash := range []struct {
		bad func(b []byte) uint64
		way way
	}{
		{func(b []byte) uint64 { return scramble(uint64(b[len(b)-1] & 3)) }, wayHashed},
		{func(b []byte) uint64 { return hashBytes(append(b[:len(b)-1:len(b)-1], b[len(b)-1]&^1)) }, wayShared},
		{func([]byte) uint64 { return nullHash }, wayHashed},
	} {
		textHash = func(b []byte) uint64 { return hash.bad(append([]byte("x"), b...)) }
		for _, keys := range [][]string{{"K"}, {"F", "K"}} {
			cols, _ := tb.keyCols("", keys)
			if g, err := groupingOf(cols, n); err != nil || g.way != hash.way {
				t.Fatalf("by %v: way %d, %v; want %d", keys, g.way, err, hash.way)
			}
			checkAgg(t, tb.Head(n-len(keys)), keys)
			if got, want := tb.GroupBy(keys...).Len(), len(slowGroups(tb, keys)); got != want {
				t.Errorf("by %v: %d groups, want %d", keys, got, want)
			}
		}
	}
}

// TestMillionGroups has as many groups as a city has people.
func TestMillionGroups(t *testing.T) {
	const n, groups = 1_300_000, 1_000_003
	tb := Empty(n).Update("K = (ii * 7919) % 1000003", "V = ii", "S = `customer number ` + K")
	for _, key := range []string{"K", "S"} {
		got := tb.AggBy([]string{"N = count()", "V = sum(V)", "F = first(V)", "K0 = last(K)"}, key)
		if got.Err() != nil || got.Len() != groups {
			t.Fatalf("by %s: %d groups, %v", key, got.Len(), got.Err())
		}
		count, first, sum := got.Int64s("N"), got.Int64s("F"), got.Int64s("V")
		for g := range groups { // row g is the first of group g, row g + groups the next
			wantN, wantSum := int64(1), int64(g)
			if g+groups < n {
				wantN, wantSum = 2, int64(2*g+groups)
			}
			if count[g] != wantN || first[g] != int64(g) || sum[g] != wantSum {
				t.Fatalf("by %s: group %d: %d rows, sum %d, first %d", key, g, count[g], sum[g], first[g])
			}
		}
	}
}

// TestAggByImages has values without an order.
func TestAggByImages(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 1, 1))
	tb := New(Images("P", picture, picture, nil), Ints("K", 1, 1, 2))
	if got := tb.AggBy([]string{"N = count(P)", "D = countDistinct(P)"}, "K"); rowsText(got) != "K=1 N=2 D=1|K=2 N=0 D=0" {
		t.Error(rowsText(got), got.Err())
	}
	if first := tb.FirstBy("K"); first.Err() != nil || !first.IsNull("P", 1) {
		t.Error(first.Err())
	}
	if err := tb.MinBy("K").Err(); !errors.Is(err, ErrType) {
		t.Error(err)
	}
}
