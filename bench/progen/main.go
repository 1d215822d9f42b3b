// Command progen compares Sheaf with compiled Go on random programs: it
// generates small ones from seeds, runs each natively and through `sheaf exec`,
// and reports where they differ, with a shrunken program for each difference.
// It measures agreement and no speed.
//
//	go run ./bench/progen -n 2000 -seed 1            compare 2,000 programs
//	go run ./bench/progen -only closures,control     of some parts only
//	go run ./bench/progen -seed 17 -print            show the program of a seed
//	go run ./bench/progen -file program.go           compare (and shrink) one program
//
// It exits with 1 if any program differs.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/bench/progen/internal/gen"
)

// options are the command's flags.
type options struct {
	n          int
	seed       uint64
	sheaf      string
	jobs       int
	batch      int
	out        string
	shrink     int
	shrinkTime time.Duration
	only       string
	print      bool
	file       string
}

func main() {
	var o options
	flag.IntVar(&o.n, "n", 200, "how many programs")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the first program; the others follow")
	flag.StringVar(&o.sheaf, "sheaf", "", "the sheaf binary (default: built from this module)")
	flag.IntVar(&o.jobs, "j", 2, "programs at a time")
	flag.IntVar(&o.batch, "batch", 100, "programs in one native build")
	flag.StringVar(&o.out, "out", filepath.Join("artifacts", "progen"), "folder for the programs that differ")
	flag.IntVar(&o.shrink, "shrink", 5, "how many differing programs to shrink, each of another reason")
	flag.DurationVar(&o.shrinkTime, "shrinktime", time.Minute, "time for shrinking one program")
	flag.StringVar(&o.only, "only", "", "make programs only of parts whose names begin with one of these, comma-separated (control,generics/types)")
	flag.BoolVar(&o.print, "print", false, "print the program of -seed and stop")
	flag.StringVar(&o.file, "file", "", "compare this program instead of generated ones")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	equal, err := compare(ctx, os.Stdout, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "progen:", err)
	}
	if err != nil || !equal {
		stop()
		os.Exit(1)
	}
}

// compare does what the flags ask and tells whether all programs agreed.
func compare(ctx context.Context, w io.Writer, o options) (bool, error) {
	var only []string
	if o.only != "" {
		only = strings.Split(o.only, ",")
	}
	if o.print {
		p, err := gen.New(o.seed, only...)
		fmt.Fprint(w, p.Source)
		return true, err
	}
	if o.n < 1 || o.jobs < 1 || o.batch < 1 {
		return false, fmt.Errorf("-n, -j and -batch want at least 1, not %d, %d and %d", o.n, o.jobs, o.batch)
	}
	if o.sheaf == "" {
		dir, err := os.MkdirTemp("", "progen-sheaf-")
		if err != nil {
			return false, err
		}
		defer os.RemoveAll(dir)
		if o.sheaf, err = buildSheaf(ctx, dir); err != nil {
			return false, err
		}
	}
	var programs []gen.Program
	if o.file != "" {
		src, err := os.ReadFile(o.file)
		if err != nil {
			return false, err
		}
		programs = []gen.Program{{Source: string(src), Features: []string{o.file}}}
	}
	for i := range uint64(o.n) {
		if o.file != "" {
			break
		}
		p, err := gen.New(o.seed+i, only...)
		if err != nil {
			return false, err
		}
		programs = append(programs, p)
	}
	r := newReport(o)
	if err := r.all(ctx, programs); err != nil {
		return false, err
	}
	r.write(w)
	return r.agreed(), nil
}

// buildSheaf builds the command of the module that the working folder is in.
func buildSheaf(ctx context.Context, dir string) (string, error) {
	bin := filepath.Join(dir, "sheaf.exe")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, "github.com/sheaf-go/sheaf").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build sheaf: %w\n%s", err, out)
	}
	return bin, nil
}
