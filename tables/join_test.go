package tables

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// joinTypes are types of keys that can be joined.
func joinTypes() (pairs [][2]Type) {
	for _, t := range scalarTypes {
		pairs = append(pairs, [2]Type{t, t})
	}
	ints := []Type{Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64}
	for i, a := range ints {
		pairs = append(pairs, [2]Type{a, ints[(i+3)%len(ints)]}, [2]Type{a, ints[(i+5)%len(ints)]})
	}
	return append(pairs, [2]Type{Float32, Float64}, [2]Type{Float64, Float32}, [2]Type{Int64, Uint64}, [2]Type{Uint64, Int64})
}

// plainKey is a cell as text that is the same for equal keys.
func plainKey(v any) string {
	switch x := v.(type) {
	case float32:
		return plainKey(float64(x))
	case float64:
		if x == 0 {
			return "0"
		}
	case time.Time:
		return x.String()
	case string:
		return "`" + x
	}
	return fmt.Sprint(v)
}

// joinReference pairs rows by nested loops: an outer join has absent ones.
func joinReference(l, r *Table, lk, rk []string, outer bool) (pairs [][2]int) {
	keysOf := func(t *Table, names []string) []string {
		keys := make([]string, t.Len())
		for i := range keys {
			for _, name := range names {
				keys[i] += plainKey(t.Value(name, i)) + "\x00"
			}
		}
		return keys
	}
	left, right := keysOf(l, lk), keysOf(r, rk)
	for i, a := range left {
		found := false
		for j, b := range right {
			if a == b {
				pairs = append(pairs, [2]int{i, j})
				found = true
			}
		}
		if !found && outer {
			pairs = append(pairs, [2]int{i, -1})
		}
	}
	return pairs
}

// paired is the cells of the pairs, the columns of right behind those of left.
func paired(l, r *Table, names []string, pairs [][2]int) [][]any {
	rows := make([][]any, len(pairs))
	for i, p := range pairs {
		for _, name := range l.Names() {
			rows[i] = append(rows[i], l.Value(name, p[0]))
		}
		for _, name := range names {
			var cell any
			if p[1] >= 0 {
				cell = r.Value(name, p[1])
			}
			rows[i] = append(rows[i], cell)
		}
	}
	return rows
}

// someJoin is two random tables with one or two keys, and what they join on.
type someJoin struct {
	l, r   *Table
	lk, rk []string
	on     string
}

func randomJoin(rng *rand.Rand, types [2]Type) someJoin {
	sizes := []int{0, 1, 2, 7, 30, 60}
	nl, nr := sizes[rng.IntN(len(sizes))], sizes[rng.IntN(len(sizes))]
	different := []int{1, 4, 10, 100, -100}[rng.IntN(5)]
	left := []Col{randomCol(rng, "K", types[0], nl, different), randomCol(rng, "L1", Float64, nl, 9)}
	right := []Col{randomCol(rng, "K", types[1], nr, different), randomCol(rng, "R1", String, nr, 20), randomCol(rng, "R2", scalarTypes[rng.IntN(len(scalarTypes))], nr, 20)}
	j := someJoin{lk: []string{"K"}, rk: []string{"K"}, on: "K"}
	if rng.IntN(2) == 0 {
		more := joinTypes()[rng.IntN(len(joinTypes()))]
		left = append(left, randomCol(rng, "B 1", more[0], nl, 3))
		right = append(right, randomCol(rng, "<B>", more[1], nr, 3))
		j.lk, j.rk, j.on = []string{"K", "B 1"}, []string{"K", "<B>"}, "K, B 1 = `<B>`"
	}
	j.l, j.r = New(left...), New(right...)
	return j
}

// inManyParts runs f as it is and with every table shared by goroutines.
func inManyParts(f func()) {
	f()
	defer func(n int) { parallelRows = n }(parallelRows)
	parallelRows = 1
	f()
}

func TestJoinRandom(t *testing.T) {
	inManyParts(func() {
		rng := rand.New(rand.NewPCG(11, 12))
		for range 25 {
			for _, types := range joinTypes() {
				j := randomJoin(rng, types)
				checkJoins(t, j)
				if t.Failed() {
					t.Fatalf("left\n%v\nright\n%v\non %s", j.l, j.r, j.on)
				}
			}
		}
	})
}

func checkJoins(t *testing.T, j someJoin) {
	t.Helper()
	names := append(j.l.Names(), "R1", "R2")
	inner, outer := joinReference(j.l, j.r, j.lk, j.rk, false), joinReference(j.l, j.r, j.lk, j.rk, true)
	if d := differs(j.l.Join(j.r, j.on), names, paired(j.l, j.r, names[len(names)-2:], inner)); d != "" {
		t.Errorf("Join: %s", d)
	}
	if d := differs(j.l.LeftJoin(j.r, j.on), names, paired(j.l, j.r, names[len(names)-2:], outer)); d != "" {
		t.Errorf("LeftJoin: %s", d)
	}
	missed, twice := false, false
	for i, p := range outer {
		missed = missed || p[1] < 0
		twice = twice || i > 0 && outer[i-1][0] == p[0]
	}
	natural, exact := j.l.NaturalJoin(j.r, j.on, "New=R2"), j.l.ExactJoin(j.r, j.on)
	if twice != (natural.Err() != nil) || (twice || missed) != (exact.Err() != nil) {
		t.Errorf("natural join: %v, exact join: %v; missed %v, twice %v", natural.Err(), exact.Err(), missed, twice)
	}
	if !twice {
		if d := differs(natural, append(j.l.Names(), "New"), paired(j.l, j.r, []string{"R2"}, outer)); d != "" {
			t.Errorf("NaturalJoin: %s", d)
		}
	}
	if !twice && !missed {
		if d := differs(exact, names, paired(j.l, j.r, names[len(names)-2:], inner)); d != "" {
			t.Errorf("ExactJoin: %s", d)
		}
	}
	var in, out [][]any
	cells := cellsOf(j.l)
	for i, p := range outer {
		if i > 0 && outer[i-1][0] == p[0] {
			continue
		}
		if p[1] < 0 {
			out = append(out, cells[p[0]])
		} else {
			in = append(in, cells[p[0]])
		}
	}
	if d := differs(j.l.WhereIn(j.r, j.on), j.l.Names(), in); d != "" {
		t.Errorf("WhereIn: %s", d)
	}
	if d := differs(j.l.WhereNotIn(j.r, j.on), j.l.Names(), out); d != "" {
		t.Errorf("WhereNotIn: %s", d)
	}
}

func TestCrossJoin(t *testing.T) {
	inManyParts(func() {
		rng := rand.New(rand.NewPCG(13, 14))
		for range 50 {
			l, r := New(randomCol(rng, "A", Int64, rng.IntN(6), 9)), New(randomCol(rng, "C", String, rng.IntN(6), 9))
			var pairs [][2]int
			for i := range l.Len() {
				for j := range r.Len() {
					pairs = append(pairs, [2]int{i, j})
				}
			}
			if d := differs(l.Join(r, " "), []string{"A", "C"}, paired(l, r, []string{"C"}, pairs)); d != "" {
				t.Fatal(d)
			}
		}
	})
}

// TestJoinHashed joins more keys than an index starts with, wide apart, and
// text whose first bytes are alike.
func TestJoinHashed(t *testing.T) {
	inManyParts(func() {
		const n = 1 << 17
		rng := rand.New(rand.NewPCG(15, 16))
		left, right, row := make([]int64, 2*n), make([]int64, n), map[int64]int32{}
		for i := range right {
			for row[right[i]] != 0 || i == 0 && right[0] == 0 {
				right[i] = int64(rng.Uint64())
			}
			row[right[i]] = int32(i + 1)
		}
		texts := func(v []int64) []string {
			s := make([]string, len(v))
			for i, k := range v {
				s[i] = fmt.Sprint("the same beginning ", k)
			}
			return s
		}
		want := make([]int32, len(left))
		for i := range left {
			left[i] = right[rng.IntN(n)]
			if i%5 == 0 {
				left[i] = int64(rng.Uint64())
			}
			want[i] = row[left[i]] - 1
		}
		l := New(Int64s("K", left...), Strings("S", texts(left)...))
		r := New(Int64s("K", right...), Strings("S", texts(right)...)).Update("R = i")
		for _, on := range []string{"K", "S", "K, S"} {
			got := l.NaturalJoin(r, on, "R")
			c, ok := got.Column("R")
			if !ok {
				t.Fatal(got.Err())
			}
			v := c.Values().([]int32)
			for i, w := range want {
				if c.IsNull(i) != (w < 0) || w >= 0 && v[i] != w {
					t.Fatalf("on %s: row %d has %v (null: %v), want %d", on, i, v[i], c.IsNull(i), w)
				}
			}
			if inner := l.Join(r, on, "R"); inner.Len() != c.Len()-c.NullCount() {
				t.Errorf("on %s: %d rows, want %d", on, inner.Len(), c.Len()-c.NullCount())
			}
			// The other way round the index is of the left side.
			if back := r.WhereIn(l, on); back.Len() != len(slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(want), func(r int32) bool { return r < 0 }))))) {
				t.Errorf("on %s: %d rows are in the left table", on, back.Len())
			}
		}
	})
}

func TestJoinErrors(t *testing.T) {
	a := New(Ints("K", 1, 2, 2), Strings("S", "x", "y", "z"), Floats("F", 1, 2, 3), Column("V", [][]int{{1}, {2}, {3}}))
	b := New(Ints("K", 2, 2), Strings("S", "y", "q"), Floats("W", 0.5, 1), Ints("N", 1, 2))
	bad := failed(errors.New("broken"))
	big := Empty(1 << 20)
	ones := big.Update("K = 1", "J = `a`", "W = 2")
	for _, c := range []struct {
		got  *Table
		want string
		is   error
	}{
		{a.Join(b, "Kk"), `tables: join: left table: no column "Kk"; did you mean "K"?`, ErrNoColumn},
		{a.Join(b, "K = Kk"), `tables: join: right table: no column "Kk"; did you mean "K"?`, ErrNoColumn},
		{a.Join(b, "K", "Ww"), `tables: join: right table: no column "Ww"; did you mean "W"?`, ErrNoColumn},
		{a.Join(b, "K"), `tables: join: both tables have a column "S": rename it by "S2=S"`, nil},
		{a.Join(b, "K", "F=W"), `tables: join: both tables have a column "F": rename it by "F2=F"`, nil},
		{a.Join(b, "K", "W", "W"), `tables: two columns are named "W"`, nil},
		{a.LeftJoin(b, "K = S"), `tables: left join: key "K" = "S" is int64 on the left, string on the right: unsuitable type`, ErrType},
		{a.Join(b, "K = W"), `tables: join: key "K" = "W" is int64 on the left, float64 on the right; cast the left one first: Update("K = (double)K"): unsuitable type`, ErrType},
		{a.Join(b, "F = N"), `tables: join: key "F" = "N" is float64 on the left, int64 on the right; cast the right one first: Update("N = (double)N"): unsuitable type`, ErrType},
		{a.Join(b, "V = K"), `tables: join: key "V" = "K" is []int64 on the left, int64 on the right, want single values: unsuitable type`, ErrType},
		{a.NaturalJoin(b, "K", "W"), `tables: natural join: key K = 2 of row 1 has 2 rows on the right (0 and 1 first), want one`, nil},
		{a.ExactJoin(b, "S", "W"), `tables: exact join: key S = "x" of row 0 has no row on the right`, nil},
		{a.ExactJoin(b, "K = N, S", "W"), `tables: exact join: key K = 1, S = "x" of row 0 has no row on the right`, nil},
		{a.Join(b, "K >= K"), `tables: join: want equal keys, got K >= K: AsOfJoin joins on those`, nil},
		{a.Join(b, "K >> K"), `tables: join: want =, <, <=, > or >= between two columns, got ">>" in "K >> K"`, nil},
		{a.Join(b, "K,"), `tables: join: want a column's name before "" in "K,"`, nil},
		{a.Join(b, "`K"), "tables: join: the ` is never closed in \"`K\"", nil},
		{a.Join(b, "`K` N"), "tables: join: want a comma between keys, got \"N\" in \"`K` N\"", nil},
		{a.LeftJoin(b, ""), `tables: left join: want the keys to join on, got none`, nil},
		{a.NaturalJoin(b, " "), `tables: natural join: want the keys to join on, got none`, nil},
		{a.WhereIn(b, ""), `tables: where in: want the keys to compare, got none`, nil},
		{a.WhereNotIn(b, "Z"), `tables: where not in: left table: no column "Z"; the table has K, S, F, V`, ErrNoColumn},
		{a.Join(nil, "K"), `tables: join: want a table to join with, got nil`, nil},
		{a.WhereIn(nil, "K"), `tables: where in: want a table to look in, got nil`, nil},
		{a.Join(bad, "K"), `broken`, nil},
		{bad.Join(a, "K"), `broken`, nil},
		{bad.WhereIn(a, "K"), `broken`, nil},
		{a.WhereIn(bad, "K"), `broken`, nil},
		{big.Join(big, ""), `tables: join: the result would have 1099511627776 rows, a table holds at most 2147483647`, nil},
		{ones.Join(ones, "K", "W2=W"), `tables: join: the result would have 1099511627776 rows, a table holds at most 2147483647`, nil},
		{ones.LeftJoin(ones, "K, J", "W2=W"), `tables: left join: the result would have 1099511627776 rows, a table holds at most 2147483647`, nil},
	} {
		if err := c.got.Err(); err == nil || err.Error() != c.want || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("got %v, want %s (%v)", err, c.want, c.is)
		}
	}
	if got := strings.Join(a.Join(b, "K", "S2 = S", "W").Names(), " "); got != "K S F V S2 W" {
		t.Error(got)
	}
}

// TestJoinShares sees that a join copies no column that stays as it is.
func TestJoinShares(t *testing.T) {
	l, r := Empty(1000).Update("K = ii % 10", "V = ii"), Empty(10).Update("K = ii", "W = 2 * ii")
	for _, j := range []*Table{l.Join(r, "K"), l.LeftJoin(r, "K"), l.NaturalJoin(r, "K"), l.ExactJoin(r, "K")} {
		if &j.Int64s("V")[0] != &l.Int64s("V")[0] {
			t.Error("the left column is a copy")
		}
	}
}

// TestJoinText joins texts of all lengths up to 20 that are alike but for their
// length or a byte, and which stand at the end of the memory.
func TestJoinText(t *testing.T) {
	var texts []string
	for n := range 20 {
		for at := range n + 1 {
			for _, b := range []string{"\x00", "b", ""} {
				texts = append(texts, strings.Repeat("\x00", at)+b+strings.Repeat("\x00", n-at), strings.Repeat("a", at)+b+strings.Repeat("a", n-at))
			}
		}
	}
	defer func(a, b uint64) { textSeed, otherSeed = a, b }(textSeed, otherSeed)
	rng := rand.New(rand.NewPCG(17, 18))
	for range 40 {
		textSeed, otherSeed = rng.Uint64(), rng.Uint64() // which texts share a place
		rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		half := texts[:len(texts)/2]
		l := New(Col{name: "S", typ: String, data: newStrs(texts)}).Update("I = i")
		r := New(Col{name: "S", typ: String, data: newStrs(half)}).Update("J = i")
		rows := map[string][]int32{}
		for j, s := range half {
			rows[s] = append(rows[s], int32(j))
		}
		var left, right []int32
		for i, s := range texts {
			for _, j := range rows[s] {
				left, right = append(left, int32(i)), append(right, j)
			}
		}
		for _, j := range []*Table{l.Join(r, "S"), r.Join(l, "S").Sort("I", "J")} {
			if j.Err() != nil || !slices.Equal(convertNums[int32](j.cols[j.index["I"]].data), left) || !slices.Equal(convertNums[int32](j.cols[j.index["J"]].data), right) {
				t.Fatalf("%d rows, want %d: %v", j.Len(), len(left), j.Err())
			}
		}
	}
}
