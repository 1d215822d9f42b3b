package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// benchRows is SHEAF_BENCH_ROWS, or a million.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("SHEAF_BENCH_ROWS")); err == nil {
		return n
	}
	return 1_000_000
}

// fastest runs f as often as the benchmark asks and also reports the fastest
// run, which a busy machine disturbs least.
func fastest(b *testing.B, f func() error) {
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(best), "min-ns")
}

// BenchmarkReadCSV reads the file that SHEAF_BENCH_CSV names, which
// bench/tables/compare.py writes, or one of its own.
func BenchmarkReadCSV(b *testing.B) {
	path := os.Getenv("SHEAF_BENCH_CSV")
	if path == "" {
		path = filepath.Join(b.TempDir(), "x.csv")
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		fmt.Fprintln(f, "i,f,s,b")
		for i := range 100_000 {
			fmt.Fprintf(f, "%d,%v,name%d,%v\n", i, rng.Float64(), i%100, i%2 == 0)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	fastest(b, func() error {
		_, err := ReadCSV(path)
		return err
	})
}

func benchTable(b *testing.B) *Table {
	b.Helper()
	n := benchRows()
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i], y[i] = rng.Float64()*100, rng.Float64()*10
	}
	return New(Floats("A", x...), Floats("B", y...))
}

func BenchmarkUpdate(b *testing.B) {
	t := benchTable(b)
	fastest(b, func() error { return t.Update("C = sqrt(A) + 2 * B").Err() })
}

func BenchmarkWhere(b *testing.B) {
	t := benchTable(b)
	fastest(b, func() error { return t.Where("A > 50 && B < 5").Err() })
}

func BenchmarkWhereFormula(b *testing.B) {
	t := benchTable(b)
	fastest(b, func() error { return t.Where("sqrt(A) + 2 * B > 15").Err() })
}

func BenchmarkSort(b *testing.B) {
	t := benchTable(b)
	fastest(b, func() error { return t.Sort("A").Err() })
}

func BenchmarkEncode(b *testing.B) {
	t := Empty(benchRows()).Update("K = (ii * 7919) % 1000", "S = `key` + K")
	fastest(b, func() error { return t.Encode("S").Err() })
}
