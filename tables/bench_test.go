package tables

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// benchRows is SHEAF_BENCH_ROWS, or a million.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("SHEAF_BENCH_ROWS")); err == nil {
		return n
	}
	return 1_000_000
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
	for b.Loop() {
		if _, err := ReadCSV(path); err != nil {
			b.Fatal(err)
		}
	}
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
	for b.Loop() {
		if err := t.Update("C = sqrt(A) + 2 * B").Err(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWhere(b *testing.B) {
	t := benchTable(b)
	for b.Loop() {
		if err := t.Where("A > 50 && B < 5").Err(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWhereFormula(b *testing.B) {
	t := benchTable(b)
	for b.Loop() {
		if err := t.Where("sqrt(A) + 2 * B > 15").Err(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSort(b *testing.B) {
	t := benchTable(b)
	for b.Loop() {
		if err := t.Sort("A").Err(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	t := Empty(benchRows()).Update("K = (ii * 7919) % 1000", "S = `key` + K")
	for b.Loop() {
		if err := t.Encode("S").Err(); err != nil {
			b.Fatal(err)
		}
	}
}
