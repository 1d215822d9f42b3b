package cells_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// interruptRows is how many rows the verbs work on that are interrupted.
const interruptRows = 5_000_000

// BenchmarkInterrupt interrupts cells at random moments and reports how long
// after that they end, in milliseconds, without what it takes to bring the
// interrupt to the process: bench/kernel/interrupts.py has that in its figures.
//
//	go test -run '^$' -bench 'Interrupt$' -benchtime 100x ./bench/cells
func BenchmarkInterrupt(b *testing.B) {
	c := &cells{tb: b, engine: session(b)}
	for _, src := range []string{
		"rows, file := " + strconv.Itoa(interruptRows) + `, path.Join("` + b.TempDir() + `", "t.csv")`,
		`rng := rand.New(rand.NewPCG(1, 2))
key, val, txt := make([]int, rows), make([]float64, rows), make([]string, rows)
var csv strings.Builder
csv.WriteString("K,V,S\n")
for i := range key {
	key[i], val[i] = rng.IntN(1_000_000), rng.Float64()
	txt[i] = strconv.Itoa(key[i])
	csv.WriteString(txt[i] + ",0.5" + txt[i] + ",x" + txt[i] + "\n")
}
os.WriteFile(file, []byte(csv.String()), 0o600)
csv.Reset()
t := tables.New(tables.Ints("K", key...), tables.Floats("V", val...), tables.Strings("S", txt...))
grouped, u := t.GroupBy("K"), t.Head(1)`,
	} {
		c.run(src)
	}
	const table = `fmt.Sprint(t.Len(), t.Sum("K"), t.Sum("V"), t.Value("S", 77), grouped.Len())`
	before := c.run(table)
	for _, cell := range []struct{ name, src string }{
		{"loop", ""},
		{"Sort", `u = t.Sort("V")`},
		{"SortText", `u = t.Sort("S")`},
		{"GroupBy", `u = t.GroupBy("K")`},
		{"GroupByText", `u = t.GroupBy("S")`},
		{"Ungroup", `u = grouped.Ungroup()`},
		{"Update", `u = t.Update("W = sqrt(V) * K")`},
		{"Aggregate", `u = grouped.Update("W = sum(V)")`},
		{"Where", `u = t.Where("V > 0.5")`},
		{"Describe", `u = t.Describe()`},
		{"Encode", `u = t.Encode("S", tables.Sorted())`},
		{"Merge", `u = t.Merge(t)`},
		{"ReadCSV", `u, _ = tables.ReadCSV(file)`},
	} {
		b.Run(cell.name, func(b *testing.B) {
			c.tb = b
			whole := 20 * time.Millisecond
			if cell.src != "" {
				whole = c.time(cell.src)
				c.run("u = t.Head(1)")
			}
			var late []time.Duration
			for b.Loop() {
				late = append(late, c.interrupt("for { "+cell.src+" }", rand.N(min(2*whole, time.Second))))
			}
			b.ReportMetric(0, "ns/op")
			for p, name := range map[int]string{50: "p50-ms", 95: "p95-ms", 100: "max-ms"} {
				b.ReportMetric(float64(percentile(late, p).Microseconds())/1e3, name)
			}
		})
	}
	c.tb = b
	if after := c.run(table); after != before {
		b.Errorf("the table was %s, is %s after the interrupts", before, after)
	}
}

// interrupt runs a cell that does not end, interrupts it, and returns how long
// it went on.
func (c *cells) interrupt(src string, after time.Duration) time.Duration {
	ctx, cancel := context.WithCancel(context.Background())
	begin := make(chan time.Time, 1)
	time.AfterFunc(after, func() {
		begin <- time.Now()
		cancel()
	})
	c.count++
	res := c.engine.Execute(ctx, show.Cell{Source: src, Count: c.count}, discard{})
	took := time.Since(<-begin)
	if res.Err == nil || res.Err.Name != "interrupted" {
		c.tb.Fatalf("%s ended as %v, want an interrupt", src, res.Err)
	}
	return took
}
