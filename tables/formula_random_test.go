package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// A sample is a random expression: its text, and what it gives in a row,
// computed one cell at a time. nil is null.
type sample struct {
	text string
	at   func(row int) any
}

// sampler makes expressions over the columns that it also holds as cells.
type sampler struct {
	rng   *rand.Rand
	cells map[string][]any
}

func (s *sampler) pick(kinds ...func(depth int) sample) func(int) sample {
	return kinds[s.rng.IntN(len(kinds))]
}

func (s *sampler) column(name string) sample {
	return sample{name, func(r int) any { return s.cells[name][r] }}
}

// shifted is the value some rows away.
func (s *sampler) shifted(name string) sample {
	by := s.rng.IntN(9) - 4
	return sample{fmt.Sprintf("%s_[ii + (%d)]", name, by), func(r int) any {
		if at := r + by; at >= 0 && at < len(s.cells[name]) {
			return s.cells[name][at]
		}
		return nil
	}}
}

func konst(text string, v any) sample { return sample{text, func(int) any { return v }} }

// lift makes a function of cells null when an argument is.
func lift(f func(a ...any) any, args ...sample) func(int) any {
	return func(r int) any {
		vals := make([]any, len(args))
		for i, a := range args {
			if vals[i] = a.at(r); vals[i] == nil {
				return nil
			}
		}
		return f(vals...)
	}
}

func (s *sampler) ints(depth int) sample {
	if depth == 0 {
		return s.pick(
			func(int) sample { return s.column("I") }, func(int) sample { return s.column("J") }, func(int) sample { return s.column("K") },
			func(int) sample { n := s.rng.IntN(9) - 4; return konst(fmt.Sprintf("(%d)", n), int64(n)) },
			func(int) sample { return sample{"ii", func(r int) any { return int64(r) }} }, func(int) sample { return s.shifted("J") })(0)
	}
	return s.pick(
		func(d int) sample { return s.choice(s.ints, d) },
		func(d int) sample {
			x, y := s.ints(d), s.ints(d)
			op := []string{"+", "-", "*", "/", "%", "&", "|", "^"}[s.rng.IntN(8)]
			return sample{"(" + x.text + " " + op + " " + y.text + ")", lift(func(a ...any) any { return slowInt(op, a[0].(int64), a[1].(int64)) }, x, y)}
		},
		func(d int) sample {
			x := s.floats(d)
			return sample{"(long)" + x.text, lift(func(a ...any) any { return floatToInt64(a[0].(float64)) }, x)}
		},
		func(d int) sample {
			x := s.texts(d)
			return sample{"length(" + x.text + ")", lift(func(a ...any) any { return int64(len([]rune(a[0].(string)))) }, x)}
		},
		func(d int) sample {
			x, y := s.ints(d), s.ints(d)
			return sample{"max(" + x.text + ", " + y.text + ")", lift(func(a ...any) any { return max(a[0].(int64), a[1].(int64)) }, x, y)}
		},
		func(d int) sample {
			x := s.ints(d)
			return sample{"replaceIfNull(" + x.text + ", -9)", func(r int) any {
				if v := x.at(r); v != nil {
					return v
				}
				return int64(-9)
			}}
		})(depth - 1)
}

func slowInt(op string, x, y int64) any {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "&":
		return x & y
	case "|":
		return x | y
	case "^":
		return x ^ y
	}
	if y == 0 {
		return nil
	}
	if op == "/" {
		return x / y
	}
	return x % y
}

func (s *sampler) floats(depth int) sample {
	if depth == 0 {
		return s.pick(func(int) sample { return s.column("F") }, func(int) sample { return s.column("G") },
			func(int) sample { return konst("1.5", 1.5) }, func(int) sample { return s.shifted("F") })(0)
	}
	return s.pick(
		func(d int) sample { return s.choice(s.floats, d) },
		func(d int) sample {
			x, y := s.floats(d), s.floats(d)
			if s.rng.IntN(3) == 0 {
				y = s.ints(d)
			}
			op := []string{"+", "-", "*", "/"}[s.rng.IntN(4)]
			return sample{"(" + x.text + " " + op + " " + y.text + ")", lift(func(a ...any) any {
				b, ok := a[1].(float64)
				if !ok {
					b = float64(a[1].(int64))
				}
				return slowFloat64(op, a[0].(float64), b)
			}, x, y)}
		},
		func(d int) sample {
			x := s.floats(d)
			return sample{"sqrt(abs(" + x.text + "))", lift(func(a ...any) any { return math.Sqrt(math.Abs(a[0].(float64))) }, x)}
		},
		func(d int) sample {
			x := s.ints(d)
			return sample{"(-(double)" + x.text + ")", lift(func(a ...any) any { return -float64(a[0].(int64)) }, x)}
		})(depth - 1)
}

func slowFloat64(op string, x, y float64) float64 {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	}
	return x / y
}

func (s *sampler) texts(depth int) sample {
	if depth == 0 {
		return s.pick(func(int) sample { return s.column("S") }, func(int) sample { return s.column("T") }, func(int) sample { return s.shifted("T") },
			func(int) sample { return konst("`ab`", "ab") })(0)
	}
	return s.pick(
		func(d int) sample { return s.choice(s.texts, d) },
		func(d int) sample {
			x, y := s.texts(d), s.texts(d)
			return sample{"(" + x.text + " + " + y.text + ")", lift(func(a ...any) any { return a[0].(string) + a[1].(string) }, x, y)}
		},
		func(d int) sample {
			x := s.texts(d)
			return sample{x.text + ".toUpperCase()", lift(func(a ...any) any { return strings.ToUpper(a[0].(string)) }, x)}
		})(depth - 1)
}

func (s *sampler) bools(depth int) sample {
	if depth == 0 {
		return s.pick(func(int) sample { return s.column("B") }, func(int) sample { return s.shifted("B") }, func(int) sample { return konst("true", true) })(0)
	}
	return s.pick(
		func(d int) sample { return s.choice(s.bools, d) },
		func(d int) sample { return s.compare(s.ints(d), s.ints(d)) }, func(d int) sample { return s.compare(s.floats(d), s.floats(d)) },
		func(d int) sample { return s.compare(s.texts(d), s.texts(d)) },
		func(int) sample { return s.match() }, func(int) sample { return s.match() },
		func(d int) sample { return s.logic("&&", false, d) }, func(d int) sample { return s.logic("||", true, d) },
		func(d int) sample {
			x := s.bools(d)
			return sample{"!" + x.text, lift(func(a ...any) any { return !a[0].(bool) }, x)}
		},
		func(d int) sample {
			x := s.ints(d)
			return sample{"isNull(" + x.text + ")", func(r int) any { return x.at(r) == nil }}
		},
		func(d int) sample { return s.list(d) },
		func(d int) sample {
			x, y := s.ints(d), s.ints(d)
			return sample{"(" + x.text + " in 1, " + y.text + ", 3)", func(r int) any {
				a, b := x.at(r), y.at(r)
				if a == nil {
					return nil
				}
				if a == any(int64(1)) || a == any(int64(3)) || a == b {
					return true
				}
				if b == nil {
					return nil
				}
				return false
			}}
		})(depth - 1)
}

// list asks whether a value is one of a few or many constants.
func (s *sampler) list(d int) sample {
	var x sample
	var one func() (string, any)
	switch s.rng.IntN(3) {
	case 0:
		x, one = s.ints(d), func() (string, any) {
			n := []int64{int64(s.rng.IntN(9) - 4), s.rng.Int64(), -1 << 63}[s.rng.IntN(3-s.rng.IntN(3))]
			return fmt.Sprint(n), n
		}
	case 1:
		x, one = s.floats(d), func() (string, any) { n := float64(s.rng.IntN(9)-4) / 2; return fmt.Sprintf("%.1f", n), n }
	default:
		x, one = s.texts(d), func() (string, any) {
			w := []string{"", "a", "ab", "Ä", "abab"}[s.rng.IntN(5)]
			return "`" + w + "`", w
		}
	}
	var texts []string
	var values []any
	for range 1 + s.rng.IntN(14) {
		text, v := one()
		texts, values = append(texts, text), append(values, v)
	}
	not, in := s.rng.IntN(2) == 0, " in "
	if not {
		in = " not in "
	}
	return sample{"(" + x.text + in + strings.Join(texts, ", ") + ")", lift(func(a ...any) any { return slices.Contains(values, a[0]) != not }, x)}
}

// match compares a column's text with a constant, which has loops of its own.
func (s *sampler) match() sample {
	x := s.column("S")
	if s.rng.IntN(2) == 0 {
		x = s.column("T")
	}
	word := []string{"", "a", "ab", "Ä", "b", "longer than eight", "than eight bytes", "longer than eight bytes 7", " "}[s.rng.IntN(9)]
	k := s.rng.IntN(5)
	f := []func(string, string) bool{strings.HasPrefix, strings.HasSuffix, strings.Contains, func(a, b string) bool { return a == b }, func(a, b string) bool { return a != b }}[k]
	text := fmt.Sprintf([]string{"%s.startsWith(`%s`)", "%s.endsWith(`%s`)", "%s.contains(`%s`)", "(%s == `%s`)", "(%s != `%s`)"}[k], x.text, word)
	return sample{text, lift(func(a ...any) any { return f(a[0].(string), word) }, x)}
}

func (s *sampler) compare(x, y sample) sample {
	op := []string{"==", "!=", "<", "<=", ">", ">="}[s.rng.IntN(6)]
	return sample{"(" + x.text + " " + op + " " + y.text + ")", lift(func(a ...any) any {
		var less, equal, ordered bool
		switch v := a[0].(type) {
		case int64:
			w := a[1].(int64)
			less, equal, ordered = v < w, v == w, true
		case float64:
			w := a[1].(float64)
			less, equal, ordered = v < w, v == w, v == v && w == w
		case string:
			less, equal, ordered = v < a[1].(string), v == a[1].(string), true
		}
		switch op {
		case "==":
			return equal
		case "!=":
			return !equal
		case "<":
			return less
		case "<=":
			return less || equal
		case ">":
			return ordered && !less && !equal
		}
		return ordered && !less
	}, x, y)}
}

func (s *sampler) logic(op string, decides bool, d int) sample {
	x, y := s.bools(d), s.bools(d)
	return sample{"(" + x.text + " " + op + " " + y.text + ")", func(r int) any {
		a, b := x.at(r), y.at(r)
		switch {
		case a == any(decides) || b == any(decides):
			return decides
		case a == nil || b == nil:
			return nil
		}
		return !decides
	}}
}

func (s *sampler) choice(kind func(int) sample, d int) sample {
	c, x, y := s.bools(d), kind(d), kind(d)
	return sample{"(" + c.text + " ? " + x.text + " : " + y.text + ")", func(r int) any {
		switch c.at(r) {
		case nil:
			return nil
		case true:
			return x.at(r)
		}
		return y.at(r)
	}}
}

// TestFormulasAgainstCells compares the kernels with one cell at a time, on
// random expressions over random columns with nulls, NaNs and infinities.
func TestFormulasAgainstCells(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const n = chunkRows + 300
	s := &sampler{rng: rng, cells: map[string][]any{}}
	makers := map[string]func() any{
		"I": func() any { return int64(rng.IntN(7) - 3) }, "J": func() any { return int64(rng.Uint64()) }, "K": func() any { return int64(rng.IntN(3)) },
		"F": func() any { return []float64{0, 1.5, -2, math.NaN(), math.Inf(1), rng.NormFloat64()}[rng.IntN(6)] },
		"G": func() any { return rng.NormFloat64() }, "B": func() any { return rng.IntN(2) == 0 },
		"S": func() any { return []string{"", "a", "ab", "Ä"}[rng.IntN(4)] }, "T": func() any { return randomCell(rng, String, 12) },
	}
	var cols []Col
	for name, cell := range makers {
		v := make([]any, n)
		for i := range v {
			if v[i] = cell(); rng.IntN(4) == 0 && name != "G" && name != "K" {
				v[i] = nil
			}
		}
		s.cells[name] = v
		cols = append(cols, Column(name, v))
	}
	tb := New(cols...)
	texts, _ := tb.Column("S")
	byWord := tb.With(dictionaryOf(*texts))
	defer func(n int) { parallelRows = n }(parallelRows)
	for trial := range 400 {
		parallelRows = []int{1, 1 << 18}[trial/2%2]
		x := s.pick(s.ints, s.floats, s.bools, s.texts)(1 + trial%4)
		got := tb.Update("X = " + x.text)
		if twin := byWord.Update("X = " + x.text); twin.Err() != nil || differs(twin.View("X"), []string{"X"}, cellsOf(got.View("X"))) != "" {
			t.Fatalf("%s\nwith a dictionary: %v %s", x.text, twin.Err(), differs(twin.View("X"), []string{"X"}, cellsOf(got.View("X"))))
		}
		if got.Err() != nil {
			t.Fatal(got.Err())
		}
		if err := lazyDiffers(tb, byWord, x.text, got); err != "" {
			t.Fatalf("%s\nlazily: %s", x.text, err)
		}
		for r := range n {
			if g, w := got.Value("X", r), x.at(r); g != w && !bothNaN(g, w) {
				t.Fatalf("%s\nrow %d: got %v (%T), want %v (%T)", x.text, r, g, g, w, w)
			}
			if c, _ := got.Column("X"); x.at(r) == nil && !zeroAt(c, r) {
				t.Fatalf("%s\nrow %d: a null does not hold the zero value", x.text, r)
			}
		}
		f, g := s.bools(1+trial%4), sample{"true", func(int) any { return true }}
		filters := []string{f.text}
		if trial%2 == 0 {
			g = s.bools(1 + trial%3)
			filters = append(filters, g.text)
		}
		kept := tb.Update("Row = ii").Where(filters...)
		if kept.Err() != nil {
			t.Fatal(kept.Err())
		}
		rows := kept.Int64s("Row")
		for r := range n {
			if f.at(r) != true || g.at(r) != true {
				continue
			}
			if len(rows) == 0 || rows[0] != int64(r) {
				t.Fatalf("%s\nrow %d is missing", f.text, r)
			}
			rows = rows[1:]
		}
		if len(rows) > 0 {
			t.Fatalf("%s\nrow %d is kept", f.text, rows[0])
		}
	}
}

// lazyDiffers says where LazyUpdate gives something else than Update.
func lazyDiffers(tb, byWord *Table, formula string, want *Table) string {
	for _, t := range []*Table{tb, byWord} {
		got := t.LazyUpdate("X = " + formula)
		if strings.Contains(formula, "ii") {
			if got.Err() == nil || !strings.Contains(got.Err().Error(), "once for several rows") {
				return fmt.Sprintf("error %v", got.Err())
			}
			continue
		}
		if d := differs(got.View("X"), []string{"X"}, cellsOf(want.View("X"))); d != "" {
			return d
		}
	}
	return ""
}

// dictionaryOf is a column of text with a dictionary, in which some words come
// twice and one in no row.
func dictionaryOf(c Col) Col {
	b := newDictBuilder(c.Len())
	b.code("no row's")
	for i, s := range c.Values().([]string) {
		code := b.code(s)
		if i == 10 {
			b.words.b, b.words.off = append(b.words.b, s...), append(b.words.off, int64(len(b.words.b)+len(s)))
			code = int32(b.words.len() - 1)
			b.hashes = append(b.hashes, 0)
		}
		b.codes = append(b.codes, code)
	}
	c.data = b.dict()
	return c
}

// TestWhereOfAllTypes keeps random rows of tables with columns of every type.
func TestWhereOfAllTypes(t *testing.T) {
	defer func(n int) { parallelRows = n }(parallelRows)
	rng := rand.New(rand.NewPCG(11, 12))
	types := append([]Type{VectorOf(Float64), VectorOf(String)}, scalarTypes...)
	for trial, rows := range []int{0, 1, 31, 32, 500, chunkRows, 2*chunkRows + 77} {
		parallelRows = []int{1, 1 << 18}[trial%2]
		tb := randomTable(rng, rows, types...)
		keep := make([]bool, rows)
		share := rng.IntN(5)
		for i := range keep {
			keep[i] = rng.IntN(4) < share
		}
		var want [][]any
		for r, cells := range cellsOf(tb) {
			if keep[r] {
				want = append(want, append(cells, true))
			}
		}
		if d := differs(tb.With(Bools("Keep", keep...)).Where("Keep"), append(tb.Names(), "Keep"), want); d != "" {
			t.Errorf("%d rows: %s", rows, d)
		}
	}
}

// zeroAt looks below the validity bitmap.
func zeroAt(c *Col, r int) bool {
	d := *c
	d.valid = nil
	switch d.cell(r) {
	case int64(0), 0.0, false, "":
		return true
	}
	return false
}

func bothNaN(a, b any) bool {
	x, ok := a.(float64)
	y, ok2 := b.(float64)
	return ok && ok2 && x != x && y != y
}

// TestFormulasInParallel has enough rows for several goroutines.
func TestFormulasInParallel(t *testing.T) {
	n := 2*parallelRows + 1234
	tb := Empty(n).Update("A = ii % 1000 == 7 ? null : ii", "S = (String)ii", "B = A % 3 == 0").Where("B", "ii > 100")
	if tb.Err() != nil {
		t.Fatal(tb.Err())
	}
	a, s := tb.Int64s("A"), tb.Strings("S")
	at := 0
	for i := 101; i < n; i++ {
		if i%1000 == 7 || i%3 != 0 {
			continue
		}
		if a[at] != int64(i) || s[at] != fmt.Sprint(i) {
			t.Fatalf("row %d: %d %s, want %d", at, a[at], s[at], i)
		}
		at++
	}
	if at != tb.Len() {
		t.Errorf("%d rows, want %d", tb.Len(), at)
	}
}

// FuzzFormula evaluates anything as a formula, on text end to end and with a
// dictionary, by the loops of the processor and by those in Go.
func FuzzFormula(f *testing.F) {
	for _, s := range []string{"I > 0", "X = sqrt(I)", "((((", "a.b(c)[1]", "`", "1 in 1,2", "I ? 1 : 2", "(int)(I)", "-1L", "'x'", "0x", "\t\n$_"} {
		f.Add(s)
	}
	b, err := os.ReadFile("testdata/formulas.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range strings.Split(string(b), "\n") {
		if formula, ok := strings.CutPrefix(line, "> "); ok {
			f.Add(strings.TrimPrefix(formula, "X = "))
		}
	}
	one := formulaTable()
	var more []*Table
	for range 8 {
		more = append(more, one)
	}
	tb := one.Merge(more...)
	texts, _ := tb.Column("S")
	byWord := tb.With(dictionaryOf(*texts))
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "now") || strings.Contains(s, "today") {
			return
		}
		for _, verb := range []func(*Table) *Table{
			func(t *Table) *Table { return t.Where(s) }, func(t *Table) *Table { return t.Update("X = " + s) }, func(t *Table) *Table { return t.View(s) },
		} {
			out := verb(tb)
			if out.Err() != nil && out.Err().Error() == "" {
				t.Error("an error without text")
			}
			_ = out.Head(3).String()
			var slow *Table
			plainly(func() { slow = verb(tb) })
			for _, twin := range []*Table{slow, verb(byWord)} {
				if fmt.Sprint(twin.Err()) != fmt.Sprint(out.Err()) {
					t.Errorf("error %v, and %v", out.Err(), twin.Err())
				} else if out.Err() == nil && differs(twin, out.Names(), cellsOf(out)) != "" {
					t.Error(differs(twin, out.Names(), cellsOf(out)))
				}
			}
		}
	})
}
