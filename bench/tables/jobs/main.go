//go:build unix

// Command jobs does one of the jobs of bench/tables/compare.py with the package
// tables, on the data that it has written, and prints the fastest time of several
// runs in seconds and a figure that all engines must agree on.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/sheaf-go/sheaf/tables"
)

func main() {
	dir := flag.String("data", "", "folder with the data")
	name := flag.String("job", "", "which job")
	times := flag.Int("times", 5, "how often")
	flag.Parse()
	prepare, ok := jobs[*name]
	if !ok {
		log.Fatalf("there is no job %q", *name)
	}
	job := prepare(data{*dir})
	runtime.GC()
	best := math.Inf(1)
	var check float64
	for range *times {
		start := time.Now()
		t := job()
		took := time.Since(start).Seconds()
		if t.table != nil && t.table.Err() != nil {
			log.Fatal(t.table.Err())
		}
		best, check = min(best, took), t.check()
	}
	fmt.Printf("%.6f %.17g %d\n", best, check, peak())
}

// peak is the most memory that the process has had, in bytes.
func peak() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss << 10
}

// A done job has made a table, or a number alone.
type done struct {
	table *tables.Table
	sum   string // column whose sum is the check; "": the number of rows
	value float64
}

func (d done) check() float64 {
	switch {
	case d.table == nil:
		return d.value
	case d.sum == "":
		return float64(d.table.Len())
	}
	return d.table.Sum(d.sum)
}

// data reads columns from files: numbers as the memory holds them, text as its
// bytes and the offsets of the rows.
type data struct{ dir string }

func (d data) bytes(name string) []byte {
	b, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		log.Fatal(err)
	}
	return b
}

func (d data) floats(name string) tables.Col {
	b := d.bytes(name + ".f64")
	v := make([]float64, len(b)/8)
	for i := range v {
		v[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return tables.Floats(name, v...)
}

func (d data) int64s(name string) []int64 {
	b := d.bytes(name + ".i64")
	v := make([]int64, len(b)/8)
	for i := range v {
		v[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return v
}

func (d data) ints(file, name string) tables.Col { return tables.Int64s(name, d.int64s(file)...) }

func (d data) strings(file, name string) tables.Col {
	off, text := d.int64s(file+".off"), d.bytes(file+".txt")
	v := make([]string, len(off)-1)
	for i := range v {
		v[i] = string(text[off[i]:off[i+1]])
	}
	return tables.Strings(name, v...)
}

// numbers are the columns that formulas work on.
func (d data) numbers() *tables.Table { return tables.New(d.floats("A"), d.floats("B")) }

var jobs = map[string]func(d data) func() done{
	"update": func(d data) func() done {
		t := d.numbers()
		return func() done { return done{table: t.Update("C = sqrt(A) + 2 * B"), sum: "C"} }
	},
	"where":        filter("A > 50 && B < 5"),
	"whereformula": filter("sqrt(A) + 2 * B > 15"),
	"wheretext": func(d data) func() done {
		t := tables.New(d.strings("s1000", "S"), d.floats("A"))
		return func() done { return done{table: t.Where("S == `key7`"), sum: "A"} }
	},
	"group k1000": group(data.ints, "k1000"),
	"group kmany": group(data.ints, "kmany"),
	"group kruns": group(data.ints, "kruns"),
	"group krand": group(data.ints, "krand"),
	"group s1000": group(data.strings, "s1000"),
	"group smany": group(data.strings, "smany"),
	"join dense":  join(data.ints, "kmany", "dense"),
	"join random": join(data.ints, "krand", "random"),
	"join text":   join(data.strings, "smany", "text"),
	"sort number": func(d data) func() done {
		t := d.numbers()
		return func() done { return done{table: t.Sort("A")} }
	},
	"sort int": func(d data) func() done {
		t := tables.New(d.ints("krand", "K"), d.floats("B"))
		return func() done { return done{table: t.Sort("K")} }
	},
	"sort text": func(d data) func() done {
		t := tables.New(d.strings("smany", "S"), d.floats("B"))
		return func() done { return done{table: t.Sort("S")} }
	},
	"sort texts of 1000": func(d data) func() done {
		t := tables.New(d.strings("s1000", "S"), d.floats("B"))
		return func() done { return done{table: t.Sort("S")} }
	},
	"read": func(d data) func() done {
		return func() done {
			t, err := tables.ReadCSV(filepath.Join(d.dir, "x.csv"))
			if err != nil {
				log.Fatal(err)
			}
			return done{table: t, sum: "f1"}
		}
	},
	"write": func(d data) func() done {
		t, err := tables.ReadCSV(filepath.Join(d.dir, "x.csv"))
		if err != nil {
			log.Fatal(err)
		}
		return func() done {
			if err := t.WriteCSV(filepath.Join(d.dir, "sheaf.csv")); err != nil {
				log.Fatal(err)
			}
			return done{value: float64(t.Len())}
		}
	},
}

func filter(condition string) func(d data) func() done {
	return func(d data) func() done {
		t := d.numbers()
		return func() done { return done{table: t.Where(condition), sum: "A"} }
	}
}

func group(column func(d data, file, name string) tables.Col, file string) func(d data) func() done {
	return func(d data) func() done {
		t := tables.New(column(d, file, "K"), d.floats("A"))
		return func() done { return done{table: t.AggBy([]string{"S = sum(A)"}, "K"), sum: "S"} }
	}
}

// join takes W of the right table to the rows of the left one.
func join(column func(d data, file, name string) tables.Col, left, right string) func(d data) func() done {
	return func(d data) func() done {
		l := tables.New(column(d, left, "K"), d.floats("A"))
		r := tables.New(column(d, right, "K"), d.floats("W"))
		return func() done {
			out := l.Join(r, "K", "W")
			return done{table: out, sum: "W", value: out.Sum("W")}
		}
	}
}
