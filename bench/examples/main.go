// Command examples runs the examples that packages document themselves with
// through "sheaf exec" and compares what they print with what they say they
// print: those of the standard library and of the libraries that cells can
// import. expected.txt names the ones that fail, each with its reason; any
// other failure ends it with status 1.
//
//	go run ./bench/examples [-sheaf BIN] [-run REGEXP] [-j N] [-v]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := examples(ctx, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "examples:", err)
		os.Exit(2)
	case !ok:
		os.Exit(1)
	}
}

type options struct {
	sheaf   string
	run     *regexp.Regexp
	jobs    int
	every   int // of so many examples one is run
	verbose bool
}

// examples reports whether all went as expected.txt says.
func examples(ctx context.Context, args []string, w io.Writer) (ok bool, err error) {
	o := options{every: 1}
	fs := flag.NewFlagSet("examples", flag.ContinueOnError)
	fs.StringVar(&o.sheaf, "sheaf", "", "the sheaf binary (default: built from this module)")
	run := fs.String("run", "", "only examples whose name, as strings.ExampleFields, matches this regular expression")
	fs.IntVar(&o.jobs, "j", runtime.NumCPU(), "how many examples run at a time")
	fs.BoolVar(&o.verbose, "v", false, "show what failing examples print")
	if err := fs.Parse(args); err != nil {
		return false, err
	}
	if fs.NArg() > 0 {
		return false, fmt.Errorf("want flags only, got %q", fs.Arg(0))
	}
	if o.run, err = regexp.Compile(*run); err != nil {
		return false, fmt.Errorf("-run: %w", err)
	}
	return o.compare(ctx, w)
}

// compare runs the examples and writes what differs from expected.txt.
func (o options) compare(ctx context.Context, w io.Writer) (ok bool, err error) {
	root, err := moduleRoot()
	if err != nil {
		return false, err
	}
	expected, err := readExpected(root)
	if err != nil {
		return false, err
	}
	list, untold, err := discover(ctx, root)
	if err != nil {
		return false, err
	}
	list = o.choose(list)
	if len(list) == 0 {
		return false, errors.New("no example matches")
	}
	temp, err := os.MkdirTemp("", "examples")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(temp)
	if o.sheaf == "" {
		if o.sheaf, err = build(ctx, root, temp); err != nil {
			return false, err
		}
	}
	failures, err := o.all(ctx, temp, list)
	if err != nil {
		return false, err
	}
	ok = true
	for i, e := range list {
		reason, listed := expected[e.name]
		switch why := failures[i]; {
		case why == "" && listed:
			fmt.Fprintf(w, "passes now  %s (expected.txt lists it)\n", e.name)
		case why != "" && !listed:
			ok = false
			fmt.Fprintf(w, "FAILS       %s: %s\n", e.name, why)
		case why != "" && o.verbose:
			fmt.Fprintf(w, "expected    %s (%s): %s\n", e.name, reason, why)
		}
	}
	passed := 0
	for _, why := range failures {
		if why == "" {
			passed++
		}
	}
	fmt.Fprintf(w, "%d of %d examples pass (%.1f %%); %d more say no output or make no program of their own\n",
		passed, len(list), 100*float64(passed)/float64(len(list)), untold)
	return ok, nil
}

func (o options) choose(all []example) (list []example) {
	for _, e := range all {
		if o.run == nil || o.run.MatchString(e.name) {
			list = append(list, e)
		}
	}
	if o.every <= 1 {
		return list
	}
	var some []example
	for i := 0; i < len(list); i += o.every {
		some = append(some, list[i])
	}
	return some
}
