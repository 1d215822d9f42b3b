package tables

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"
)

// plainTime is a cell as a number, or nil where it is no time.
func plainTime(v any) *big.Float {
	switch x := v.(type) {
	case nil:
		return nil
	case time.Time:
		return new(big.Float).SetInt64(x.UnixNano())
	case time.Duration:
		return new(big.Float).SetInt64(int64(x))
	case float32:
		return plainTime(float64(x))
	case float64:
		if math.IsNaN(x) {
			return nil
		}
		return big.NewFloat(x)
	}
	f, _, err := big.ParseFloat(fmt.Sprint(v), 10, 200, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return f
}

// asOfReference looks at every right row for every left one.
func asOfReference(l, r *Table, keys []string, op string) (pairs [][2]int) {
	for i := range l.Len() {
		best := -1
		t := plainTime(l.Value("T", i))
	right:
		for k := range r.Len() {
			for _, key := range keys {
				if plainKey(l.Value(key, i)) != plainKey(r.Value(key, k)) {
					continue right
				}
			}
			u := plainTime(r.Value("U", k))
			if t == nil || u == nil {
				continue
			}
			order := u.Cmp(t)
			fits := map[string]bool{">=": order <= 0, ">": order < 0, "<=": order >= 0, "<": order > 0}[op]
			if !fits {
				continue
			}
			if best < 0 {
				best = k
				continue
			}
			switch than := u.Cmp(plainTime(r.Value("U", best))); {
			case op[0] == '>' && than >= 0, op[0] == '<' && than < 0:
				best = k
			}
		}
		pairs = append(pairs, [2]int{i, best})
	}
	return pairs
}

func TestAsOfJoinRandom(t *testing.T) {
	var types [][2]Type
	for _, p := range joinTypes() {
		if p[0] != Bool && p[0] != String && (p[0] == Uint64) == (p[1] == Uint64) {
			types = append(types, p)
		}
	}
	inManyParts(func() {
		rng := rand.New(rand.NewPCG(21, 22))
		for round := range 400 {
			p := types[round%len(types)]
			nl, nr, different := rng.IntN(40), rng.IntN(40), []int{3, 12, 200}[rng.IntN(3)]
			l := New(randomCol(rng, "K", String, nl, 6), randomCol(rng, "J", Int8, nl, 4), randomCol(rng, "T", p[0], nl, different))
			r := New(randomCol(rng, "K", String, nr, 6), randomCol(rng, "J", Int64, nr, 4), randomCol(rng, "U", p[1], nr, different),
				randomCol(rng, "W", scalarTypes[rng.IntN(len(scalarTypes))], nr, 9))
			if rng.IntN(2) == 0 {
				l, r = l.Sort("T"), r.Sort("U")
			}
			for n, on := range []string{"", "K, ", "K, J = J, "} {
				op := []string{">=", ">", "<=", "<"}[rng.IntN(4)]
				keys := []string{"K", "J"}[:n]
				names := []string{"U", "W"}
				columns := []string{"U", "W"}
				if n == 2 {
					columns = nil
				}
				got := l.AsOfJoin(r, on+"T "+op+" U", columns...)
				if d := differs(got, append(l.Names(), names...), paired(l, r, names, asOfReference(l, r, keys, op))); d != "" {
					t.Fatalf("on %q with %s: %s\nleft\n%v\nright\n%v\ngot\n%v", on, op, d, l, r, got)
				}
			}
		}
	})
}

func TestAsOfJoinMany(t *testing.T) {
	const n = 1 << 17
	rng := rand.New(rand.NewPCG(23, 24))
	key, at, when := make([]int, n), make([]int, n), make([]int, n)
	for i := range n {
		key[i], at[i], when[i] = rng.IntN(50), rng.IntN(1<<20), rng.IntN(1<<20)
	}
	l, r := New(Ints("K", key...), Ints("T", at...)), New(Ints("K", key...), Ints("T", when...)).Update("Row = i", "U = T")
	for _, in := range []struct {
		name string
		l, r *Table
	}{{"as they come", l, r}, {"sorted", l.Sort("T"), r.Sort("T")}} {
		got := in.l.AsOfJoin(in.r, "K, T", "Row", "U")
		if got.Err() != nil {
			t.Fatal(got.Err())
		}
		// The next right row of the key is later, by a table of all of them.
		latest := map[[2]int64]int64{}
		both := New(Ints("K", key...), Ints("T", at...)).Update("Side = 1").Merge(r.View("K", "T").Update("Side = 0")).Sort("T", "Side")
		seen := map[int64]int64{}
		k, v, side := both.Int64s("K"), both.Int64s("T"), both.Int64s("Side")
		for i := range k {
			if side[i] == 0 {
				seen[k[i]] = v[i]
			} else if u, ok := seen[k[i]]; ok {
				latest[[2]int64{k[i], v[i]}] = u
			}
		}
		gk, gt, gu := got.Int64s("K"), got.Int64s("T"), got.Int64s("U")
		for i := range gk {
			want, ok := latest[[2]int64{gk[i], gt[i]}]
			if ok == got.IsNull("U", i) || ok && want != gu[i] {
				t.Fatalf("%s: row %d: got %v, want %v (%v)", in.name, i, got.Value("U", i), want, ok)
			}
		}
	}
}

func TestAsOfJoinErrors(t *testing.T) {
	a := New(Ints("K", 1, 2), Ints("T", 5, 6), Floats("F", 1, 2), Strings("S", "x", "y"), Column("B", []uint64{1, 2}))
	for _, c := range []struct {
		got  *Table
		want string
		is   error
	}{
		{a.AsOfJoin(a, "T >= K, K", "F2=F"), `tables: as-of join: want T >= K as the last key`, nil},
		{a.AsOfJoin(a, "K, T = T", "F2=F"), `tables: as-of join: want <, <=, > or >= in the last key, got T = T`, nil},
		{a.AsOfJoin(a, "", "F2=F"), `tables: as-of join: want keys of which the last compares, such as "Sym, T >= U", got none`, nil},
		{a.AsOfJoin(a, "K, S", "F2=F"), `tables: as-of join: key "S" is string, want times or numbers: unsuitable type`, ErrType},
		{a.AsOfJoin(a, "T >= F", "F2=F"), `tables: as-of join: key "T" = "F" is int64 on the left, float64 on the right; cast the left one first: Update("T = (double)T"): unsuitable type`, ErrType},
		{a.AsOfJoin(a, "T >= B", "F2=F"), `tables: as-of join: key "T" = "B" is int64 on the left, uint64 on the right; cast the right one first: Update("B = (long)B"): unsuitable type`, ErrType},
		{a.AsOfJoin(a, "T >= Tt", "F2=F"), `tables: as-of join: right table: no column "Tt"; did you mean "T"?`, ErrNoColumn},
		{a.AsOfJoin(a, "T", "F"), `tables: as-of join: both tables have a column "F": rename it by "F2=F"`, nil},
		{a.AsOfJoin(nil, "T"), `tables: as-of join: want a table to join with, got nil`, nil},
		{failed(errors.New("broken")).AsOfJoin(a, "T"), `broken`, nil},
		{a.AsOfJoin(failed(errors.New("broken")), "T"), `broken`, nil},
	} {
		if err := c.got.Err(); err == nil || err.Error() != c.want || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
