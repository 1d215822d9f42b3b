// Gotest runs Go's own test programs through sheaf: the files of GOROOT/test
// whose recipe is "run". It compares output and exit status as Go's own runner
// does and prints how many pass, by folder and by what the programs need.
//
//	go run ./bench/gotest [-run REGEXP | -sample N] [-v] [-reasons] [-json FILE] [-update]
//
// expected.txt lists the programs that are known to fail interpreted, and
// expected-native.txt compiled, each with its reason.
// A failure that is not listed there is a regression and makes the exit status 1.
//
// It is not a benchmark of speed, and it says nothing about programs of several
// files or about those that must not compile.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code, err := gotest(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	stop()
	os.Exit(code)
}

// options are the command line.
type options struct {
	sheaf, tier, run, json, expected string
	jobs, sample, memory             int
	limit                            time.Duration
	list, verbose, update, native    bool
	prove, reasons                   bool
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	fs := flag.NewFlagSet("gotest", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.sheaf, "sheaf", "", "use this `binary` instead of building one")
	fs.StringVar(&o.tier, "tier", "interp", "`tier` that runs the programs: interp, native or auto")
	fs.BoolVar(&o.native, "native", false, "run the programs with \"go run\" instead: what Go itself says on this machine")
	fs.StringVar(&o.run, "run", "", "only programs whose path matches the `regexp`")
	fs.IntVar(&o.sample, "sample", 0, "only `n` programs, the same ones each time")
	fs.IntVar(&o.jobs, "j", runtime.NumCPU(), "run `n` programs at a time")
	fs.DurationVar(&o.limit, "t", 20*time.Second, "`time` that a program may take")
	fs.IntVar(&o.memory, "mem", 3072, "`megabytes` that a program may take; 0: no limit")
	fs.BoolVar(&o.list, "list", false, "list the programs and stop")
	fs.BoolVar(&o.verbose, "v", false, "show how the output of each failed program differs")
	fs.BoolVar(&o.reasons, "reasons", false, "group the failures by what the programs said")
	fs.BoolVar(&o.prove, "prove", false, "then run the programs that passed again, changed to print when main ends, and list those that do not")
	fs.StringVar(&o.json, "json", "", "write every result to `file`")
	fs.StringVar(&o.expected, "expected", "", "`file` of expected failures (default: that of the tier, beside this command's source)")
	fs.BoolVar(&o.update, "update", false, "rewrite the expected failures; reasons are kept")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("gotest: want flags only, got %q", fs.Arg(0))
	}
	if o.jobs < 1 {
		return o, fmt.Errorf("gotest: -j wants at least 1, got %d", o.jobs)
	}
	return o, nil
}

// errNoTests means that this Go came without its test folder.
var errNoTests = errors.New("gotest: this Go has no test folder; nothing was run")

// gotest is the command; it returns its exit status.
func gotest(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err != nil {
		return 2, err
	}
	dir, err := testFolder(ctx)
	if errors.Is(err, errNoTests) && os.Getenv("CI") != "true" {
		fmt.Fprintln(stdout, err)
		return 0, nil
	}
	if err != nil {
		return 1, err
	}
	all, err := discover(dir)
	if err != nil {
		return 1, err
	}
	chosen, err := choose(all, o)
	if err != nil {
		return 2, err
	}
	if o.list {
		for _, p := range chosen {
			fmt.Fprintf(stdout, "%-36s %-9s %s\n", p.Path, p.Feature, strings.Join(p.Args, " "))
		}
		return 0, nil
	}
	return o.measure(ctx, dir, all, chosen, stdout, stderr)
}

func choose(all []program, o options) ([]program, error) {
	chosen := sample(all, o.sample)
	re, err := regexp.Compile(o.run)
	if err != nil {
		return nil, fmt.Errorf("gotest: -run: %w", err)
	}
	chosen = slices.DeleteFunc(slices.Clone(chosen), func(p program) bool { return !re.MatchString(p.Path) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("gotest: no program matches %q", o.run)
	}
	return chosen, nil
}

// measure runs the chosen programs and reports.
func (o options) measure(ctx context.Context, dir string, all, chosen []program, stdout, stderr io.Writer) (int, error) {
	list, err := o.readList()
	if err != nil {
		return 1, err
	}
	r, cleanup, err := o.runner(ctx, dir, chosen)
	if err != nil {
		return 1, err
	}
	defer cleanup()
	begin, n := time.Now(), 0
	results, err := r.all(ctx, chosen, o.jobs, doubtful(list), func(res result) {
		if n++; n%100 == 0 {
			fmt.Fprintf(stderr, "%d of %d, %.0f s\n", n, len(chosen), time.Since(begin).Seconds())
		}
	})
	if err != nil {
		return 1, fmt.Errorf("gotest: stopped: %w", err)
	}
	o.report(stdout, results)
	if o.json != "" {
		rec := record{Date: begin.UTC(), Go: runtime.Version(), Sheaf: strings.Join(r.command, " "), Limit: o.limit.String(),
			Memory: r.memory, Seconds: time.Since(begin).Seconds(), Results: results}
		if err := writeJSON(o.json, rec); err != nil {
			return 1, err
		}
	}
	if o.prove {
		if err := o.writeUnseen(ctx, r, chosen, results, stdout); err != nil {
			return 1, err
		}
	}
	return o.conclude(list, all, results, stdout)
}

// readList reads the expected failures. A list that is about to be written need
// not be there.
func (o *options) readList() (map[string]expectation, error) {
	if o.expected == "" {
		root, err := moduleRoot()
		if err != nil {
			return nil, err
		}
		o.expected = filepath.Join(root, "bench", "gotest", expectedFile(o.tier))
	}
	list, err := readExpected(o.expected)
	if o.update && errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

func (o options) report(w io.Writer, results []result) {
	if o.verbose {
		writeDiffs(w, results)
	}
	if o.reasons {
		writeReasons(w, results)
	}
	writeReport(w, results)
}

// conclude compares the results with the expected failures, or makes them the
// expected ones, and returns the exit status.
func (o options) conclude(list map[string]expectation, all []program, results []result, w io.Writer) (int, error) {
	switch {
	case o.native:
		return 0, nil
	case o.update:
		if err := os.WriteFile(o.expected, []byte(formatExpected(update(list, all, results))), 0o666); err != nil {
			return 1, fmt.Errorf("gotest: %w", err)
		}
		return 0, nil
	}
	c := compare(list, results)
	c.write(w)
	if len(c.regressions) > 0 {
		return 1, nil
	}
	return 0, nil
}

// doubtful picks the results that a busy machine may have spoiled: a program
// that had too little of it when its time ran out, and failures that are not known.
func doubtful(list map[string]expectation) func(result) bool {
	return func(r result) bool {
		return r.Class == timeout && !r.sure || len(list) > 0 && unexpected(list, r)
	}
}

func writeDiffs(w io.Writer, results []result) {
	for _, r := range results {
		if r.Class == pass {
			continue
		}
		fmt.Fprintf(w, "=== %s: %s (exit %d, %.1f s): %s\n", r.Path, r.Class, r.Exit, r.Seconds, r.Reason)
		want, got := strings.Split(r.want, "\n"), strings.Split(r.Output, "\n")
		fmt.Fprintf(w, "output, - wanted, + got:\n%s\n", cmp.Diff(want, got))
	}
}

// testFolder is GOROOT/test.
func testFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("gotest: go env GOROOT: %w", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "test")
	if _, err := os.Stat(filepath.Join(dir, "fixedbugs")); err != nil {
		return "", errNoTests
	}
	return dir, nil
}
