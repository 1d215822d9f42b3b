package tables

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDH41Update(t *testing.T) {
	tb := Empty(100).Update("A = sqrt(i)", "B = -sqrt(sqrt(i))", "D = A + B")
	if tb.Err() != nil {
		t.Fatal(tb.Err())
	}
	if a, b, d := tb.Value("A", 81), tb.Value("B", 81), tb.Value("D", 81); a != 9.0 || b != -3.0 || d != 6.0 {
		t.Errorf("A[81], B[81], D[81] = %v, %v, %v", a, b, d)
	}
	if got := tb.Update("A = (double)i").Value("A", 5); got != 5.0 {
		t.Errorf("A replaced: %v", got)
	}
	sum := 0.0
	for _, x := range tb.Float64s("D") {
		sum += x
	}
	if math.Abs(sum-410.381665577585) > 1e-9 {
		t.Errorf("the sum of A+B is %v", sum)
	}
}

func TestDH42View(t *testing.T) {
	tb := New(Ints("Time", 1), Floats("V1", 2), Floats("Amount", 3), Ints("Class", 4), Ints("PredictedClass", 5))
	v := tb.View("Time", "Amount", "Class", "PredictedClass", "Twice = 2 * Amount", "Four = 2 * Twice")
	if got := rowsText(v); got != "Time=1 Amount=3 Class=4 PredictedClass=5 Twice=6 Four=12" {
		t.Error(v.Err(), got)
	}
}

func TestDH43WhereWindows(t *testing.T) {
	tb := Empty(172793).Update("Time = (long)i")
	train := tb.Where("Time > 57599 or Time < 50400")
	test := tb.Where("Time > 50399 && Time < 57600")
	list := tb.Where("Time > 50399", "Time < 57600")
	if train.Len()+test.Len() != tb.Len() || test.Len() != 7200 || list.Len() != 7200 {
		t.Errorf("%d + %d rows of %d; as a list %d", train.Len(), test.Len(), tb.Len(), list.Len())
	}
	if train.Int64s("Time")[50400] != 57600 {
		t.Error("the rows are not those asked for")
	}
}

func TestDH46QuantiseInsurance(t *testing.T) {
	tb := insurance(t)
	for _, c := range []string{"age", "children", "region", "sex", "smoker"} {
		tb = tb.GroupBy(c).Update(c + " = (double)i").Ungroup()
	}
	if tb.Err() != nil {
		t.Fatal(tb.Err())
	}
	sum := sumFloats(tb.Float64s("expenses"))
	if tb.Len() != 1338 || math.Abs(sum-17755825.19) > 1e-3 {
		t.Errorf("%d rows, expenses sum to %.4f", tb.Len(), sum)
	}
	// The row that stands first after regrouping by every column in turn is
	// the first of the file; the regression of DH-60 predicts 28329.70 for it.
	coef := map[string]float64{"age": 83.3716, "bmi": 383.9622, "children": 447.5745, "region": 197.6199, "sex": -274.0855, "smoker": -23524.4881}
	predicted := 17617.1590
	for name, b := range coef {
		predicted += b * tb.Float64s(name)[0]
	}
	if math.Abs(predicted-28329.70) > 0.01 {
		t.Errorf("the first row %v gives %.4f, want 28329.70", rowsText(tb.Head(1)), predicted)
	}
	for c, want := range map[string]int{"age": 47, "children": 6, "region": 4, "sex": 2, "smoker": 2} {
		if got := tb.GroupBy(c).Len(); got != want {
			t.Errorf("%s has %d codes, want %d", c, got, want)
		}
	}
	if typ, _ := tb.TypeOf("age"); typ != Float64 {
		t.Errorf("age is %v", typ)
	}
}

func TestDH51UserFunction(t *testing.T) {
	seen := map[string]int{}
	SetScope(scopeMap{"get_class_number": func(s string) int {
		if _, ok := seen[s]; !ok {
			seen[s] = len(seen)
		}
		return seen[s]
	}})
	defer SetScope(nil)
	tb := New(Strings("Class", "setosa", "setosa", "versicolor", "virginica", "setosa")).Update("Class = get_class_number(Class)")
	if got := tb.Int64s("Class"); tb.Err() != nil || !cmp.Equal(got, []int64{0, 0, 1, 2, 0}) {
		t.Error(got, tb.Err())
	}
}

type scopeMap map[string]any

func (s scopeMap) Lookup(name string) (any, bool) { v, ok := s[name]; return v, ok }

func TestScope(t *testing.T) {
	type mine func(float64, float64) (float64, error)
	calls, count := 0, 0
	limit := 2.5
	SetScope(scopeMap{
		"half": func(x float64) float64 { return x / 2 }, "limit": &limit, "name": "b",
		"centre": func(v []float64) []float64 {
			calls++
			m := sumFloats(v) / float64(len(v))
			out := make([]float64, len(v))
			for i := range v {
				out[i] = v[i] - m
			}
			v[0] = 1e9 // must not reach the table
			return out
		},
		"div": mine(func(a, b float64) (float64, error) {
			if b == 0 {
				return 0, errors.New("cannot divide by zero")
			}
			return a / b, nil
		}),
		"norm": func(v []float64) float64 {
			s := 0.0
			for i, x := range v {
				s += x * x
				v[i] = -1 // must not reach the table
			}
			return math.Sqrt(s)
		},
		"weigh": func(v []float64, w float64) float64 { return sumFloats(v) * w },
		"next":  func(step int) int { count += step; return count },
		"boom":  func(x int) int { panic("oh no") }, "short": func(v []float64) []float64 { return v[:1] },
		"many": func(v ...float64) float64 { return 0 }, "nothing": func(float64) {}, "none": func(v []float64) []float64 { return nil },
		"when": func(n int) time.Time {
			if n == 0 {
				return time.Time{}
			}
			return time.Unix(int64(n), 0)
		},
		"nans": func(v []float64) []float64 {
			for i := range v {
				v[i] = math.NaN()
			}
			return v
		},
		"fails": func(v []float64) ([]float64, error) { return v, errors.New("sorry") }, "bang": func(v []float64) []float64 { panic("no") },
		"up": func(v []string) []string { return v }, "tag": func(s string, n int32, any any) string { return fmt.Sprint(s, n, any) },
	})
	defer SetScope(nil)
	tb := New(Floats("A", 1, 2, 3, 4), Strings("S", "a", "b", "c", "d"), Column("N", []any{1, nil, 3, 0}),
		Column("V", []any{[]float64{3, 4}, nil, []float64{1}, []float64{}}))
	for _, c := range []struct{ formula, want string }{
		{"X = half(A)", "[0.5 1 1.5 2]"},
		{"X = half(N)", "[0.5 <nil> 1.5 0]"},
		{"X = A > limit", "[false false true true]"},
		{"X = S == name", "[false true false false]"},
		{"X = centre(A)", "[-1.5 -0.5 0.5 1.5]"},
		{"X = centre(A + 1) * 2", "[-3 -1 1 3]"},
		{"X = tag(S, N, A)", "[a1 1 <nil> c3 3 d0 4]"},
		{"X = div(A, N)", "error: cannot divide by zero\n  X = div(A, N)\n      ^"},
		{"X = boom(N)", "error: function boom panicked: oh no\n  X = boom(N)\n      ^"},
		{"X = norm(V)", "[5 <nil> 1 0]"},
		{"X = norm(A_) + weigh(V, A)", "[12.477225575051662 <nil> 8.477225575051662 5.477225575051661]"},
		{"X = next(1)", "[1 2 3 4]"},
		{"X = short(A)", "error: short gave 1 values for 4 rows\n  X = short(A)\n      ^"},
		{"X = up(N)", "error: up wants []string, got a column of int64\n  X = up(N)\n      ^"},
		{"X = half(S)", "error: half wants float64 here, got string\n  X = half(S)\n           ^"},
		{"X = haf()", "error: no function \"haf\"\n  X = haf()\n      ^"},
		{"X = many(A)", "error: many takes any number of arguments (func(...float64) float64); write a function of a fixed number around it\n  X = many(A)\n      ^"},
		{"X = year(when(N))", "[1970 <nil> 1970 <nil>]"},
		{"X = when(N)", "[1970-01-01 00:00:01 +0000 UTC <nil> 1970-01-01 00:00:03 +0000 UTC <nil>]"},
		{"X = nans(A)", "[NaN NaN NaN NaN]"}, {"X = none(A)", "error: none gave 0 values for 4 rows\n  X = none(A)\n      ^"},
		{"X = fails(A)", "error: sorry\n  X = fails(A)\n      ^"}, {"X = bang(A)", "error: function bang panicked: no\n  X = bang(A)\n      ^"},
		{"X = half(A) + half(N)", "[1 <nil> 3 2]"}, {"X = half()", "error: half takes 1 argument, got 0\n  X = half()\n      ^"},
		{"X = nothing(A)", "error: a function in a formula gives one value, or a value and an error; nothing is a func(float64)\n  X = nothing(A)\n      ^"},
		{"X = limit(A)", "error: limit is a *float64, not a function\n  X = limit(A)\n      ^"},
	} {
		if got := columnText(tb.Update(c.formula), "X"); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.formula, got, c.want)
		}
	}
	if calls != 2 {
		t.Errorf("a function of whole columns was called %d times, want once for each formula", calls)
	}
	if tb.Value("A", 0) != 1.0 {
		t.Error("a function changed a column")
	}
}

// TestCallsKeepNothing has functions write to the slice that they gave.
func TestCallsKeepNothing(t *testing.T) {
	ints, floats, bools := []int64{1, 2}, []float64{1, 2}, []bool{true, false}
	texts, vectors := []string{"a", "b"}, [][]float64{{1}, {2}}
	SetScope(scopeMap{
		"ints": func([]float64) []int64 { return ints }, "floats": func([]float64) []float64 { return floats },
		"bools": func([]float64) []bool { return bools }, "texts": func([]float64) []string { return texts },
		"vectors": func([]float64) [][]float64 { return vectors },
	})
	defer SetScope(nil)
	a := New(Floats("A", 1, 2))
	tb := a.Update("I = ints(A)", "F = floats(A)", "B = bools(A)", "S = texts(A)").Map("M", func([]float64) []float64 { return floats }, "A").
		Map("V", func([]float64) [][]float64 { return vectors }, "A")
	want := rowsText(tb)
	ints[0], floats[0], bools[0], texts[0], vectors[0][0] = 9, 9, false, "z", 9
	if got := rowsText(tb); tb.Err() != nil || got != want {
		t.Errorf("got  %s\nwant %s (%v)", got, want, tb.Err())
	}
}

// TestUnsignedVectors: what of uint64 is more than a formula counts to.
func TestUnsignedVectors(t *testing.T) {
	const most = math.MaxInt64
	tb := New(Column("V", []any{[]uint64{1, 2}, nil, []uint64{most}, []uint64{}}), Column("W", []any{[]uint64{most, 1}, nil, nil, nil}),
		Column("L", []any{nil, []uint64{5, most + 1}, nil, nil}), Column("U", []uint64{1, 2, 3, most}))
	where := "\n  X = sum(W)\n      ^"
	for _, c := range []struct{ formula, want string }{
		{"sum(V)", "[3 <nil> 9223372036854775807 0]"},
		{"min(V)", "[1 <nil> 9223372036854775807 <nil>]"},
		{"max(V)", "[2 <nil> 9223372036854775807 <nil>]"},
		{"max(W)", "[9223372036854775807 <nil> <nil> <nil>]"},
		{"max(U_)", "[9223372036854775807 9223372036854775807 9223372036854775807 9223372036854775807]"},
		{"count(L)", "[<nil> 2 <nil> <nil>]"},
		{"avg(L)", "[<nil> 4.611686018427388e+18 <nil> <nil>]"},
		{"sum(W)", "error: the sum of a vector of uint64 reaches 9223372036854775808, and formulas count to 9223372036854775807"},
		{"sum(U_)", "error: the sum of a vector of uint64 reaches 9223372036854775813, and formulas count to 9223372036854775807"},
		{"sum(L)", "error: sum of a vector that holds 9223372036854775808, and formulas count to 9223372036854775807"},
		{"min(L)", "error: min of a vector that holds 9223372036854775808, and formulas count to 9223372036854775807"},
		{"max(L)", "error: max of a vector that holds 9223372036854775808, and formulas count to 9223372036854775807"},
		{"last(L)", "error: a vector holds 9223372036854775808, and formulas count to 9223372036854775807"},
	} {
		got, place, _ := strings.Cut(columnText(tb.Update("X = "+c.formula), "X"), "\n")
		if got != c.want || c.formula == "sum(W)" && "\n"+place != where {
			t.Errorf("%s\ngot  %s\nwant %s\n%s", c.formula, got, c.want, place)
		}
	}
}

// columnText is a column's values, or the table's error.
func columnText(tb *Table, name string) string {
	if err := tb.Err(); err != nil {
		return "error: " + strings.TrimPrefix(err.Error(), "formula: ")
	}
	cells := make([]any, tb.Len())
	for i := range cells {
		cells[i] = tb.Value(name, i)
	}
	return fmt.Sprint(cells)
}

// TestWhereFails sees that the formula that failed is the one that is shown.
func TestWhereFails(t *testing.T) {
	err := formulaTable().Where("J > 0", "S.matches(S + `(`)", "Q").Err()
	want := "formula: \"Apple(\" is no regular expression: error parsing regexp: missing closing ): `\\A(?:Apple()\\z`\n  S.matches(S + `(`)\n    ^"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestFormulaLimits has formulas that no person writes: each is an error or a
// value, and none takes the stack, the memory or the time.
func TestFormulaLimits(t *testing.T) {
	tb := formulaTable()
	const n = 100_000
	for name, f := range map[string]string{
		"parentheses": strings.Repeat("(", n) + "1", "closed": strings.Repeat("(", n) + "1" + strings.Repeat(")", n),
		"minus": strings.Repeat("-", n) + "I", "not": strings.Repeat("!", n) + "B", "casts": strings.Repeat("(int)", n) + "I",
		"calls": strings.Repeat("abs(", n) + "I" + strings.Repeat(")", n), "sum": "1" + strings.Repeat("+I", n), "methods": "S" + strings.Repeat(".trim()", n),
		"choices": strings.Repeat("B ? I : ", n) + "I", "indexes": "I" + strings.Repeat("_[I", n), "list": "I in 1" + strings.Repeat(", 2", n),
		"arguments": "min(1" + strings.Repeat(", I", n) + ")", "name": strings.Repeat("x", n), "number": strings.Repeat("9", n), "text": "`" + strings.Repeat("x", n),
		"nested lists": strings.Repeat("I in J, ", n) + "1",
	} {
		if err := tb.Update("X = " + f).Err(); err == nil || len(err.Error()) > 2000 {
			t.Errorf("%s: %.200v", name, err)
		}
	}
	const most = 10_000
	for name, c := range map[string]struct {
		formula string
		want    any
	}{
		"sum": {"7" + strings.Repeat("+I", most), int64(7 + 7*most)}, "methods": {"S" + strings.Repeat(".trim()", most), "Apple"},
		"list": {"I in 1" + strings.Repeat(", J", most), false}, "arguments": {"max(1" + strings.Repeat(", I", most) + ")", int64(7)},
		"texts": {"concat(`x`" + strings.Repeat(", S", 200) + ")", "x" + strings.Repeat("Apple", 200)},
		"lists": {strings.Repeat("(", 90) + "Q" + strings.Repeat(" in Q, B)", 90), true},
		"nulls": {strings.Repeat("coalesce(", 90) + "I" + strings.Repeat(", J)", 90), int64(7)},
	} {
		out := tb.Update("X = " + c.formula)
		if out.Err() != nil || out.Value("X", 0) != c.want {
			t.Errorf("%s: %.300v, %.300v", name, out.Value("X", 0), out.Err())
		}
	}
}
