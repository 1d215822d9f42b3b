package tables_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/tables"
)

// soon is how long a verb may go on after an interrupt.
const soon = 100 * time.Millisecond

// soonRows is SHEAF_INTERRUPT_ROWS, or a million.
func soonRows() int {
	if n, err := strconv.Atoi(os.Getenv("SHEAF_INTERRUPT_ROWS")); err == nil {
		return n
	}
	return 1_000_000
}

// TestInterruptSoon interrupts each verb at some moment and measures how long it
// takes to end.
func TestInterruptSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("works on a million rows")
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(3 << 30))
	var in soonTables
	for _, family := range []struct {
		name  string
		verbs func(*testing.T, soonTables) []soonVerb
	}{{"rows", rowVerbs}, {"sort", sortVerbs}, {"join", joinVerbs}, {"group", groupVerbs}, {"sample", sampleVerbs}, {"files", fileVerbs}} {
		t.Run(family.name, func(t *testing.T) {
			if in.all == nil {
				in = newSoonTables(soonRows())
			}
			for _, v := range family.verbs(t, in) {
				start := time.Now()
				v.run()
				whole := time.Since(start)
				took := endOf(t, v.run, whole)
				t.Logf("%6.1f ms to end, of %6.0f ms: %s", took.Seconds()*1e3, whole.Seconds()*1e3, v.name)
				if took > soon {
					t.Errorf("%s took %v to end, want at most %v", v.name, took, soon)
				}
			}
		})
	}
}

// endOf is how long a verb goes on after an interrupt that comes at any time of
// its run. What takes too long is tried again, as other work of the machine may
// be why.
func endOf(t *testing.T, verb func(), whole time.Duration) time.Duration {
	after := time.Duration(rand.Float64() * float64(whole))
	took := endAfter(t, after, verb)
	for again := 0; took > soon && again < 12; again++ {
		took = min(took, endAfter(t, after, verb))
	}
	return took
}

// endAfter is how long the verb goes on after an interrupt that comes so long
// after its start; 0 if it has ended by then.
func endAfter(t *testing.T, after time.Duration, verb func()) (took time.Duration) {
	t.Helper()
	runtime.GC()
	var came atomic.Int64 // when, since start
	others, start := runtime.NumGoroutine(), time.Now()
	interrupt.Watch(func() bool { return came.Load() != 0 })
	timer := time.AfterFunc(after, func() { came.Store(int64(time.Since(start))) })
	defer func() {
		v := recover()
		if at := came.Load(); at != 0 {
			took = time.Since(start) - time.Duration(at)
		}
		if v != nil && v != any(interrupt.Err) {
			t.Errorf("it ended with %v, want the interrupt", v)
		}
		timer.Stop()
		for range 1000 { // goroutines of the verb end at their next check
			if runtime.NumGoroutine() <= others {
				break
			}
			time.Sleep(time.Millisecond)
		}
		interrupt.Watch(func() bool { return false })
	}()
	verb()
	return
}

// soonTables are tables of many rows.
type soonTables struct {
	all *tables.Table // Few and Many integers, floats F and V, the latter with nulls, text of few and of many, ascending At
	one *tables.Table // each Many and each Long once
}

func newSoonTables(n int) soonTables {
	rng := rand.New(rand.NewPCG(81, 82))
	few, many, at := make([]int, n), make([]int, n), make([]int, n)
	f, v := make([]float64, n), make([]any, n)
	word, long := make([]string, n), make([]string, n)
	names := make([]string, 1000)
	for i := range names {
		names[i] = "name " + strconv.Itoa(i)
	}
	ids := n/3 + 1
	for i := range n {
		few[i], many[i], at[i] = rng.IntN(1000), rng.IntN(ids)*1_000_003, i/3
		f[i] = rng.NormFloat64()
		if i%7 > 0 {
			v[i] = f[i] * 2
		}
		word[i], long[i] = names[rng.IntN(len(names))], "customer "+strconv.Itoa(many[i])
	}
	in := tables.New(tables.Ints("Few", few...), tables.Ints("Many", many...), tables.Ints("At", at...), tables.Floats("F", f...),
		tables.Values("V", tables.Float64, v), tables.Strings("Word", word...), tables.Strings("Long", long...))
	return soonTables{in, in.HeadBy(1, "Many").View("Many", "Long", "W=F")}
}

// A soonVerb is work that is interrupted.
type soonVerb struct {
	name string
	run  func()
}

func rowVerbs(t *testing.T, in soonTables) []soonVerb {
	all := in.all
	small := all.Select("Few", "F", "Word")
	rows := make([]int, all.Len())
	for i := range rows {
		rows[i] = (i * 7919) % len(rows)
	}
	return []soonVerb{
		{"Update", func() { all.Update("X = sqrt(F) * Few + 1", "Y = V > 0 ? V : F") }},
		{"Update text", func() { all.Update("X = Long + `x`") }},
		{"Update words", func() { all.Update("X = Word + `x`") }},
		{"Update whole", func() { all.Update("X = F - avg(F)", "Y = median(F)") }},
		{"Map", func() { all.Map("X", func(x float64) float64 { return x + 1 }, "F") }},
		{"Where", func() { all.Where("F > 0") }},
		{"Where few", func() { all.Where("Few == 3", "F > 0") }},
		{"Where text", func() { all.Where("Long > `customer 5`") }},
		{"Describe", func() { all.Describe() }},
		{"Glimpse", func() { all.Glimpse() }},
		{"Encode", func() { all.Encode("Long", tables.Sorted()) }},
		{"Categories", func() { all.Categories("Many", tables.Sorted()) }},
		{"Reverse", func() { all.Reverse() }},
		{"Take", func() { all.Take(rows...) }},
		{"Slice", func() { all.Slice(3, all.Len()-1) }},
		{"Merge", func() { small.Merge(small) }},
		{"Float64s", func() { all.Float64s("V") }},
		{"Strings", func() { all.Strings("Long"); all.Strings("Word") }},
		{"Strings of floats", func() { all.Strings("F") }},
		{"Sum", func() { all.Sum("V") }},
		{"Std", func() { all.Std("F") }},
		{"Max", func() { all.Max("F") }},
		{"Melt", func() { small.Melt("Name", "Value", "Few", "F") }},
		{"Record", func() { mustRecord(t, all) }},
		{"Column", func() { tables.Column("V", all.Float64s("F")) }},
		{"Strings column", func() { tables.Strings("S", make([]string, all.Len())...) }},
	}
}

func mustRecord(t *testing.T, in *tables.Table) {
	r, err := in.Record()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	tables.FromRecord(r)
}

func sortVerbs(_ *testing.T, in soonTables) []soonVerb {
	all := in.all
	bools := all.View("B = F > 0", "C = Few > 500")
	var out []soonVerb
	for _, keys := range [][]string{{"F"}, {"-V"}, {"Many"}, {"-Few"}, {"Few", "F"}, {"Word"}, {"Long"}, {"-Long", "Few"}, {"Word", "-Few", "At"}, {"At"}, {"-At"}, {"V", "Long"}} {
		out = append(out, soonVerb{fmt.Sprint("Sort by ", keys), func() { all.Sort(keys...) }})
	}
	return append(out, soonVerb{"Sort truths", func() { bools.Sort("B", "-C") }})
}

func joinVerbs(_ *testing.T, in soonTables) []soonVerb {
	all, one := in.all, in.one
	left := all.Select("Few", "Many", "Long", "F", "At")
	quotes := all.Select("Few", "Word", "At", "F")
	trades := quotes.Update("At = At + 1").RenameColumns("G=F")
	few := all.Head(5000).Select("Few", "F").RenameColumns("G=F")
	return []soonVerb{
		{"Join", func() { left.Join(one, "Many", "W") }},
		{"Join text", func() { left.Join(one, "Long", "W") }},
		{"Join two keys", func() { left.Join(one, "Many, Long", "W") }},
		{"Join many to many", func() { few.Join(left.Head(left.Len()/2), "Few", "F") }},
		{"Join all", func() { few.Head(left.Len()/1000).Join(few.Head(1000), "", "H=G") }},
		{"Join as the right", func() { one.Join(left, "Many", "F") }},
		{"LeftJoin", func() { left.LeftJoin(one.Head(one.Len()/2), "Many", "W") }},
		{"LeftJoin text", func() { left.LeftJoin(one.Head(one.Len()/2), "Long", "W") }},
		{"NaturalJoin", func() { left.NaturalJoin(one, "Many", "W") }},
		{"ExactJoin", func() { left.ExactJoin(one, "Long", "W") }},
		{"WhereIn", func() { left.WhereIn(one.Head(one.Len()/2), "Long") }},
		{"WhereNotIn", func() { left.WhereNotIn(one.Head(one.Len()/2), "Many") }},
		{"AsOfJoin", func() { quotes.AsOfJoin(trades, "At", "G") }},
		{"AsOfJoin by key", func() { quotes.AsOfJoin(trades, "Few, At >= At", "G") }},
		{"AsOfJoin by text", func() { quotes.AsOfJoin(trades, "Word, At < At", "G") }},
		{"AsOfJoin unsorted", func() { quotes.AsOfJoin(trades, "F >= G", "At2=At") }},
	}
}

func groupVerbs(_ *testing.T, in soonTables) []soonVerb {
	all := in.all
	numbers := []string{"A = count()", "B = count(V)", "C = sum(V)", "D = absSum(F)", "E = avg(V)", "F2 = wavg(F, V)", "G = std(F)", "H = var(V)", "I = min(F)", "J = max(V)", "K = first(F)", "L = last(V)"}
	texts := []string{"A = first(Long)", "B = last(Word)", "C = min(Long)", "D = max(Word)"}
	lists := [][]string{{"median(V)"}, {"percentile(F, 0.3)"}, {"countDistinct(Many)"}, {"countDistinct(Long)"}, {"group(F)"}, {"group(Long)"}}
	var out []soonVerb
	for _, keys := range [][]string{nil, {"Few"}, {"Many"}, {"Word"}, {"Long"}, {"F"}, {"Few", "Word"}} {
		name := fmt.Sprint("AggBy ", keys)
		out = append(out, soonVerb{name, func() { all.AggBy(numbers, keys...) }}, soonVerb{name + " of texts", func() { all.AggBy(texts, keys...) }})
		for _, list := range lists {
			if keys == nil || keys[0] == "Many" || len(keys) == 1 && keys[0] == "Few" {
				out = append(out, soonVerb{name + " " + list[0], func() { all.AggBy([]string{"X = " + list[0]}, keys...) }})
			}
		}
	}
	grouped := all.Select("Many", "F").GroupBy("Many")
	return append(out,
		soonVerb{"GroupBy", func() { all.Select("Many", "F", "Word").GroupBy("Many") }},
		soonVerb{"Ungroup", func() { grouped.Ungroup() }},
		soonVerb{"Update vectors", func() { grouped.Update("X = sum(F)", "Y = median(F)") }},
		soonVerb{"HeadBy", func() { all.HeadBy(2, "Many") }},
		soonVerb{"TailBy", func() { all.TailBy(2, "Word") }},
		soonVerb{"Distinct", func() { all.Distinct("Many") }},
		soonVerb{"Distinct all", func() { all.Distinct() }},
		soonVerb{"Pivot", func() { all.Pivot("Few", "sum(F)", "Word") }},
		soonVerb{"Pivot many", func() { all.Update("P = Few % 20").Pivot("P", "median(V)", "Many") }},
	)
}

func sampleVerbs(_ *testing.T, in soonTables) []soonVerb {
	all := in.all
	half := all.Len() / 2
	return []soonVerb{
		{"Sample", func() { all.Sample(half, tables.Seed(1)) }},
		{"Sample again", func() { all.Sample(half, tables.WithReplacement()) }},
		{"Sample strata", func() { all.Sample(half, tables.Strata("Word", "Few")) }},
		{"Sample many strata", func() { all.Sample(half, tables.Strata("Many")) }},
		{"Shuffle", func() { all.Shuffle() }},
		{"TrainTestSplit", func() { all.TrainTestSplit(0.7) }},
		{"TrainTestSplit strata", func() { all.TrainTestSplit(0.7, tables.Strata("Few")) }},
		{"TrainTestSplit many strata", func() { all.TrainTestSplit(0.7, tables.Strata("Long")) }},
		{"Split", func() { all.Split([]float64{0.7, 0.2, 0.1}) }},
		{"SplitColumn", func() { all.SplitColumn("Part", 0.7) }},
	}
}

func fileVerbs(t *testing.T, in soonTables) []soonVerb {
	all := in.all
	dir := t.TempDir()
	plain, quoted, zipped := filepath.Join(dir, "plain.csv"), filepath.Join(dir, "quoted.csv"), filepath.Join(dir, "a.csv.gz")
	short := all.Head(all.Len() / 5)
	for path, err := range map[string]error{
		plain: all.WriteCSV(plain), quoted: all.WriteCSV(quoted, tables.QuoteText()), zipped: short.WriteCSV(zipped),
	} {
		if err != nil {
			t.Fatal(path, err)
		}
	}
	read := func(path string, opts ...tables.CSVOption) func() {
		return func() {
			if _, err := tables.ReadCSV(path, opts...); err != nil {
				t.Error(err)
			}
		}
	}
	write := func(in *tables.Table, name string) func() {
		return func() {
			if err := in.WriteCSV(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	}
	return []soonVerb{
		{"ReadCSV", read(plain)},
		{"ReadCSV quoted", read(quoted)},
		{"ReadCSV zipped", read(zipped)},
		{"ReadCSV retyped", read(plain, tables.ColumnType("Few", tables.String), tables.ColumnType("Many", tables.Float64))},
		{"WriteCSV", write(all, "out.csv")},
		{"WriteCSV zipped", write(short, "out.csv.gz")},
		{"CSV", func() {
			if _, err := short.CSV(); err != nil {
				t.Error(err)
			}
		}},
	}
}
