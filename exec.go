package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// tiers are what --tier of exec takes: auto is the best there is for a
// program. There is one yet, so both mean the interpreter.
var tiers = []string{"auto", "interp"}

// execFile runs a whole program; its output, errors and exit status are those
// of this process, as with go run.
func execFile(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("sheaf exec", flag.ContinueOnError)
	tier := fs.String("tier", tiers[0], "")
	rest, code, done := parseFlags(fs, "exec", "[--tier=auto|interp] FILE.go [ARG…]", "Runs a Go program (package main, one file) through the interpreter.", 1, -1, args, stdout, stderr)
	if done {
		return code
	}
	if !slices.Contains(tiers, *tier) {
		fmt.Fprintf(stderr, "sheaf exec: --tier wants one of %s, got %q\n", strings.Join(tiers, ", "), *tier)
		return 2
	}
	src, err := os.ReadFile(rest[0])
	if err != nil {
		fmt.Fprintln(stderr, "sheaf exec:", err)
		return 1
	}
	if !strings.HasSuffix(rest[0], ".go") {
		fmt.Fprintf(stderr, "sheaf exec: %s is not a .go file (sheaf run executes notebooks)\n", rest[0])
		return 2
	}
	engine, err := worker.Start(worker.Options{Args: rest})
	if err != nil {
		fmt.Fprintln(stderr, "sheaf exec:", err)
		return 1
	}
	defer engine.Close()
	out := &plainSink{stdout: stdout, stderr: stderr, stdin: os.Stdin}
	res := engine.Execute(context.Background(), show.Cell{Source: string(src), Count: 1, Name: filepath.Base(rest[0]), Silent: true}, out)
	switch {
	case res.Exit != nil:
		return *res.Exit
	case res.Err != nil:
		return programFailed(res.Err, stderr)
	}
	return 0
}

// programFailed says why a program ended, in the form of a compiled one, and
// returns its exit status: 2 where it died, 1 where it did not begin.
func programFailed(e *show.Error, stderr io.Writer) int {
	lines := e.Traceback
	switch e.Name {
	case "panic":
		fmt.Fprintf(stderr, "%s\n\ngoroutine 1 [running]:\n", lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintln(stderr, line)
		}
		return 2
	case "worker died":
		why, _, _ := strings.Cut(e.Value, "; a new session has started")
		fmt.Fprintln(stderr, "fatal error:", why)
		return 2
	}
	fmt.Fprintln(stderr, strings.Join(lines, "\n"))
	return 1
}
