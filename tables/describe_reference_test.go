package tables

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A described column is its row of Describe, from its cells one at a time; of
// summaries that hang on rounding all that may be.
type described struct {
	count, nulls int64
	summaries    []string // nil: null
	numbers      []any    // Mean, Std, Min, Q25, Median, Q75, Max
	size         float64  // of the numbers that were added up
}

func slowDescribe(t *Table, name string) described {
	d := described{numbers: make([]any, 7)}
	var there []any
	for r := range t.Len() {
		v := t.Value(name, r)
		if v == nil {
			d.nulls++
			continue
		}
		there = append(there, v)
	}
	d.count = int64(len(there))
	typ, _ := t.TypeOf(name)
	switch {
	case len(there) == 0:
	case typ.IsNumeric():
		var x []float64
		for _, v := range there {
			if !isNaN(v) {
				x = append(x, aggFloat(v))
			}
		}
		if len(x) > 0 {
			d.ofNumbers(x)
		}
	case typ.IsTemporal():
		d.ofTimes(there, typ)
	case typ.IsVector():
		d.summaries = []string{slowLengths(there)}
	default:
		d.summaries = []string{slowFrequent(there, typ)}
	}
	return d
}

func (d *described) ofNumbers(x []float64) {
	var exact []*big.Rat
	for _, v := range x {
		if !math.IsInf(v, 0) {
			exact = append(exact, new(big.Rat).SetFloat64(v))
			d.size = max(d.size, math.Abs(v))
		}
	}
	d.summaries = slowSparklines(exact)
	mean, std := slowMoments(x, exact)
	d.numbers[0] = mean
	if len(x) > 1 {
		d.numbers[1] = std
	}
	slices.Sort(x)
	for i, q := range []float64{0, 0.25, 0.5, 0.75, 1} {
		d.numbers[2+i] = slowQuantile(x, q)
	}
}

// slowMoments is mean and standard deviation, of finite values without rounding.
func slowMoments(x []float64, exact []*big.Rat) (mean, std float64) {
	if len(exact) < len(x) {
		for _, v := range x {
			mean += v
		}
		return mean / float64(len(x)), math.NaN()
	}
	sum, squares := new(big.Rat), new(big.Rat)
	for _, v := range exact {
		sum.Add(sum, v)
	}
	sum.Quo(sum, big.NewRat(int64(len(x)), 1))
	for _, v := range exact {
		d := new(big.Rat).Sub(v, sum)
		squares.Add(squares, d.Mul(d, d))
	}
	mean, _ = sum.Float64()
	all, _ := squares.Float64() // infinite if squares are too large
	return mean, math.Sqrt(all / float64(len(x)-1))
}

// slowQuantile interpolates between neighbours of sorted values.
func slowQuantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	k := int(at)
	f := at - float64(k)
	if f == 0 || sorted[k] == sorted[k+1] {
		return sorted[k]
	}
	a, b := sorted[k], sorted[k+1]
	switch low, high := math.IsInf(a, -1), math.IsInf(b, 1); {
	case low && high:
		return math.NaN()
	case low:
		return a
	case high:
		return b
	case math.IsInf(b-a, 0):
		x, y := new(big.Rat).SetFloat64(a), new(big.Rat).SetFloat64(b)
		y.Sub(y, x).Mul(y, new(big.Rat).SetFloat64(f))
		r, _ := x.Add(x, y).Float64()
		return r
	}
	return a + f*(b-a)
}

func (d *described) ofTimes(there []any, typ Type) {
	var exact []*big.Rat
	low, high := there[0], there[0]
	for _, v := range there {
		n := new(big.Rat)
		switch x := v.(type) {
		case time.Time:
			n.Add(n.SetInt64(x.Unix()), big.NewRat(int64(x.Nanosecond()), 1e9))
			if x.Before(low.(time.Time)) {
				low = v
			}
			if x.After(high.(time.Time)) {
				high = v
			}
		case time.Duration:
			n.SetInt64(int64(x))
			low, high = min(low.(time.Duration), x), max(high.(time.Duration), x)
		}
		exact = append(exact, n)
	}
	for _, s := range slowSparklines(exact) {
		d.summaries = append(d.summaries, slowShown(low, typ)+" "+s+" "+slowShown(high, typ))
	}
}

// slowSparklines is the sparkline of the values. One that lies just at the edge of
// a bar, where rounding decides, may be in either.
func slowSparklines(x []*big.Rat) []string {
	if len(x) == 0 {
		return []string{""}
	}
	low, high := x[0], x[0]
	for _, v := range x {
		if v.Cmp(low) < 0 {
			low = v
		}
		if v.Cmp(high) > 0 {
			high = v
		}
	}
	var sure [12]int
	edges := map[int]int{} // how many lie at the lower edge of a bar
	for _, v := range x {
		at := 12.0
		if span := new(big.Rat).Sub(high, low); span.Sign() > 0 {
			part := new(big.Rat).Sub(v, low)
			at, _ = part.Mul(part.Quo(part, span), big.NewRat(12, 1)).Float64()
		}
		if edge := int(math.Round(at)); edge > 0 && edge < 12 && math.Abs(at-float64(edge)) < 1e-12 {
			edges[edge]++
		} else {
			sure[min(int(at), 11)]++
		}
	}
	lines := [][12]int{sure}
	for edge, n := range edges {
		for _, counts := range lines {
			below := counts
			below[edge-1] += n
			lines = append(lines, below)
		}
		for i := range lines[:len(lines)/2] {
			lines[i][edge] += n
		}
	}
	var out []string
	for _, counts := range lines {
		out = append(out, slowBars(counts[:]))
	}
	return out
}

// slowBars draws each count as the eighths of the greatest that it reaches into.
func slowBars(counts []int) string {
	text := ""
	for _, n := range counts {
		bar := " "
		for i, b := range "▁▂▃▄▅▆▇█" {
			if 8*n > i/len("▁")*slices.Max(counts) {
				bar = string(b)
			}
		}
		text += bar
	}
	return text
}

func slowLengths(there []any) string {
	low, high := math.MaxInt, 0
	for _, v := range there {
		n := reflect.ValueOf(v).Len()
		low, high = min(low, n), max(high, n)
	}
	if low == high {
		return fmt.Sprint("of length ", low)
	}
	return fmt.Sprintf("of lengths %d to %d", low, high)
}

func slowFrequent(there []any, typ Type) string {
	var different []any
	counts := map[any]int{}
	for _, v := range there {
		if counts[v]++; counts[v] == 1 {
			different = append(different, v)
		}
	}
	number := strconv.Itoa(len(different))
	if n := len(number); n > 3 {
		number = number[:n-3] + "," + number[n-3:]
	}
	slices.SortStableFunc(different, func(a, b any) int { return counts[b] - counts[a] })
	var texts []string
	for i, v := range different {
		if i == 3 {
			texts = append(texts, "…")
			break
		}
		texts = append(texts, slowCut(slowShown(v, typ), 20)+fmt.Sprintf(" %.3g %%", 100*float64(counts[v])/float64(len(there))))
	}
	return number + " different: " + strings.Join(texts, ", ")
}

// slowCut is the first n characters of a text, the last of them … if there are
// more.
func slowCut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// slowShown is a cell as tables show it.
func slowShown(v any, typ Type) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case rune:
		if typ == Char {
			return string(x)
		}
	case float64:
		return plainFloat(x, 64)
	case float32:
		return plainFloat(float64(x), 32)
	case time.Time:
		if typ == Date {
			return x.Format(time.DateOnly)
		}
		return x.Format("2006-01-02 15:04:05.999999999")
	}
	return fmt.Sprint(v)
}

// plainFloat is a number that has few digits, or is too large for some more.
func plainFloat(x float64, bits int) string {
	s := strconv.FormatFloat(x, 'g', -1, bits)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

// TestDescribeReference compares each number of Describe with what the cells give
// one at a time.
func TestDescribeReference(t *testing.T) {
	inSomeParts(func() {
		rng := rand.New(rand.NewPCG(71, 72))
		for round := range 150 {
			rows := []int{0, 1, 2, 3, 10, 50, 200}[rng.IntN(7)]
			in := randomTable(rng, rows, append(slices.Clone(scalarTypes), VectorOf(Int64), VectorOf(String), VectorOf(Float64).Vector())...)
			if round%30 == 0 {
				in = New(randomCol(rng, "S", String, 6000, 3000), randomCol(rng, "N", Float64, 6000, 9000), randomCol(rng, "I", Int32, 6000, -5000))
			}
			in = in.With(closeTimes(rng, "At", in.Len()), Values("None", Float64, make([]any, in.Len())))
			names := in.Names()
			got := in.Describe()
			if round%3 == 0 {
				rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
				got = in.Describe(names...)
			}
			if got.Err() != nil || got.Len() != len(names) {
				t.Fatalf("%d rows of %d columns: %v", got.Len(), len(names), got.Err())
			}
			for r, name := range names {
				if text := describedAs(got, r, in, name); text != "" {
					t.Fatalf("%d rows, %s: %s", in.Len(), name, text)
				}
			}
		}
	})
}

// closeTimes are times that are nanoseconds apart, as floats the same.
func closeTimes(rng *rand.Rand, name string, rows int) Col {
	times := make([]time.Time, rows)
	for i := range times {
		times[i] = time.Date(2024, 5, 6, 7, 8, 9, rng.IntN(100), time.UTC)
	}
	return Times(name, times...)
}

// describedAs says where row r of a Describe is not what it should be.
func describedAs(got *Table, r int, in *Table, name string) string {
	typ, _ := in.TypeOf(name)
	want := slowDescribe(in, name)
	for column, v := range map[string]any{"Column": name, "Type": typ.String(), "Count": want.count, "Nulls": want.nulls} {
		if x := got.Value(column, r); x != v {
			return fmt.Sprintf("%s is %v, want %v", column, x, v)
		}
	}
	summary, _ := got.Value("Summary", r).(string)
	if want.summaries == nil != got.IsNull("Summary", r) || want.summaries != nil && !slices.Contains(want.summaries, summary) {
		return fmt.Sprintf("the summary is %#v, want one of %q", got.Value("Summary", r), want.summaries)
	}
	for i, column := range []string{"Mean", "Std", "Min", "Q25", "Median", "Q75", "Max"} {
		size := want.size
		if i > 1 {
			size = 0 // quantiles add nothing up
		}
		if x := got.Value(column, r); !nearCell(x, want.numbers[i], size) {
			return fmt.Sprintf("%s is %v, want %v", column, x, want.numbers[i])
		}
	}
	return ""
}

// TestGlimpseReference compares each line of Glimpse with what the cells give one
// at a time.
func TestGlimpseReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(73, 74))
	for range 200 {
		in := randomTable(rng, []int{0, 1, 2, 9, 10, 11, 60}[rng.IntN(7)])
		var want [][]any
		for _, name := range in.Names() {
			typ, _ := in.TypeOf(name)
			nulls, texts := int64(0), []string{}
			for r := range in.Len() {
				v := in.Value(name, r)
				nulls += int64(b2i(v == nil))
				if r < 10 {
					texts = append(texts, slowShown(v, typ))
				} else if r == 10 {
					texts = append(texts, "…")
				}
			}
			want = append(want, []any{name, typ.String(), nulls, strings.Join(texts, ", ")})
		}
		if text := differs(in.Glimpse(), []string{"Column", "Type", "Nulls", "Values"}, want); text != "" {
			t.Fatal(text)
		}
	}
}

// TestGlimpseLong looks at cells that are cut, and at no columns.
func TestGlimpseLong(t *testing.T) {
	long := strings.Repeat("ä", 70)
	g := New(Strings("S", long, "a\nb"), Column("V", [][]int{{1, 2, 3, 4, 5, 6, 7, 8}, nil}), Floats("F", 1.0/3, 1e300)).Glimpse()
	want := [][]any{
		{"S", "string", int64(0), strings.Repeat("ä", 59) + "…, a⏎b"},
		{"V", "[]int64", int64(0), "[1, 2, 3, 4, 5, 6, …], []"},
		{"F", "float64", int64(0), "0.333333, 1e+300"},
	}
	if text := differs(g, []string{"Column", "Type", "Nulls", "Values"}, want); text != "" {
		t.Error(text)
	}
	for _, none := range []*Table{New().Glimpse(), New().Describe(), Empty(3).Glimpse(), Empty(3).Describe()} {
		if none.Err() != nil || none.Len() != 0 {
			t.Errorf("a table without columns: %d rows, %v", none.Len(), none.Err())
		}
	}
}

// TestOverflow adds up and interpolates what is too large for its sum or its
// difference.
func TestOverflow(t *testing.T) {
	const huge = math.MaxFloat64
	inf := math.Inf(1)
	for _, test := range []struct {
		v                 []float64
		mean, q25, median float64
	}{
		{[]float64{huge, huge}, inf, huge, huge},
		{[]float64{-huge, -huge, 1}, -inf, -huge, -huge},
		{[]float64{-huge, huge}, 0, -huge / 2, 0},
		{[]float64{inf, inf}, inf, inf, inf},
		{[]float64{-inf, -inf, -inf}, -inf, -inf, -inf},
		{[]float64{-inf, 5}, -inf, -inf, -inf},
		{[]float64{5, inf}, inf, inf, inf},
		{[]float64{-inf, inf}, math.NaN(), math.NaN(), math.NaN()},
	} {
		in := New(Floats("V", test.v...))
		d := in.Describe()
		a := in.AggBy([]string{"Mean = avg(V)", "Q25 = percentile(V, 0.25)", "Median = median(V)"})
		for name, want := range map[string]float64{"Mean": test.mean, "Q25": test.q25, "Median": test.median} {
			size := 0.0
			if !math.IsInf(want, 0) {
				size = math.Abs(want)
			}
			if got := d.Value(name, 0); !nearCell(got, want, size) {
				t.Errorf("Describe of %v: %s is %v, want %v", test.v, name, got, want)
			}
			if got := a.Value(name, 0); !nearCell(got, want, size) {
				t.Errorf("AggBy of %v: %s is %v, want %v", test.v, name, got, want)
			}
		}
		if got := in.Mean("V"); !sameCell(got, test.mean) {
			t.Errorf("the mean of %v is %v, want %v", test.v, got, test.mean)
		}
	}
}
