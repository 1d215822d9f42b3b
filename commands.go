package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/sheaf-go/sheaf/install"
	"github.com/sheaf-go/sheaf/internal/traceback"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/interp/repl"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/kernel"
	"github.com/sheaf-go/sheaf/kernel/history"
	"github.com/sheaf-go/sheaf/stdlib"
)

func goVersion() string { return runtime.Version() }

// parseArgs handles the flags of a subcommand that takes between least and
// most arguments (most < 0: any number). done means that code is the answer.
func parseArgs(name, args, doc string, least, most int, argv []string, stdout, stderr io.Writer) (rest []string, code int, done bool) {
	return parseFlags(flag.NewFlagSet("sheaf "+name, flag.ContinueOnError), name, args, doc, least, most, argv, stdout, stderr)
}

// parseFlags is parseArgs for a subcommand that has flags of its own.
func parseFlags(fs *flag.FlagSet, name, args, doc string, least, most int, argv []string, stdout, stderr io.Writer) (rest []string, code int, done bool) {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	line := strings.TrimSpace("usage: sheaf " + name + " " + args)
	err := fs.Parse(argv)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "%s\n\n%s\n", line, doc)
		return nil, 0, true
	case err != nil:
		fmt.Fprintf(stderr, "sheaf %s: %v\n%s\n", name, err, line)
		return nil, 2, true
	case fs.NArg() < least || most >= 0 && fs.NArg() > most:
		fmt.Fprintf(stderr, "sheaf %s: got %d arguments\n%s\n", name, fs.NArg(), line)
		return nil, 2, true
	}
	return fs.Args(), 0, false
}

func runKernel(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("sheaf kernel", flag.ContinueOnError)
	session := addSessionFlags(fs)
	past := fs.String("history", os.Getenv(historyEnv), "")
	rest, code, done := parseFlags(fs, "kernel", sessionArgs+" [--history=FILE|off] CONNECTION_FILE", "Serves one Jupyter client on the ports that the connection file names.\nExecuted cells are kept in the history file (SQLite; also "+historyEnv+"), by\ndefault history.sqlite in Sheaf's folder of settings.", 1, 1, args, stdout, stderr)
	if done {
		return code
	}
	engine, err := session.start(worker.Options{MaxOutput: maxOutput, Colours: traceback.Page})
	if err != nil {
		fmt.Fprintln(stderr, "sheaf kernel:", err)
		return 1
	}
	debug.SetGCPercent(kernelGC)
	runtime.GOMAXPROCS(1) // its goroutines work in turns: waking another processor takes longer than what it would do
	err = kernel.Run(context.Background(), rest[0], engine, kernel.Options{
		Version:  version,
		Banner:   fmt.Sprintf("Sheaf %s, a Go notebook (%s)", version, goVersion()),
		Language: strings.TrimPrefix(goVersion(), "go"),
		Links: []kernel.Link{
			{Text: "Go documentation", URL: "https://go.dev/doc/"},
			{Text: "Go language", URL: "https://go.dev/ref/spec"},
			{Text: "Effective Go", URL: "https://go.dev/doc/effective_go"},
		},
		History: keptHistory(*past),
		Debug:   os.Getenv("SHEAF_DEBUG") != "",
	})
	if err != nil {
		fmt.Fprintln(stderr, "sheaf:", err)
		return 1
	}
	return 0
}

const historyEnv = "SHEAF_HISTORY"

// keptHistory is the history of cells in a file, nil for "off"; "" is the usual
// file.
func keptHistory(path string) kernel.History {
	if path == "off" {
		return nil
	}
	if path == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil
		}
		path = filepath.Join(dir, "sheaf", "history.sqlite")
	}
	return history.Open(path, os.Getenv("JPY_SESSION_NAME"))
}

func runREPL(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("sheaf repl", flag.ContinueOnError)
	session := addSessionFlags(fs)
	if _, code, done := parseFlags(fs, "repl", sessionArgs, "Reads Go and prints its value. Tab completes, ? after a name explains it,\nCtrl-C stops a running cell, Ctrl-D leaves.", 0, 0, args, stdout, stderr); done {
		return code
	}
	opts := worker.Options{}
	if repl.Coloured(stderr) {
		opts.Colours = traceback.Terminal
	}
	engine, err := session.start(opts)
	if err != nil {
		fmt.Fprintln(stderr, "sheaf repl:", err)
		return 1
	}
	defer engine.Close()
	return repl.Run(context.Background(), engine, repl.Options{
		Stdout: stdout, Stderr: stderr,
		Banner: fmt.Sprintf("Sheaf %s (%s). Ctrl-D leaves.", version, goVersion()),
	})
}

// kernelGC lets the protocol side, which keeps a few megabytes, collect less
// often than by Go's 100, for displays of many. More makes none of them faster,
// and the process larger by whatever it waits for.
const kernelGC = 150

// libraryCheck is doctor's line on what cells can import.
func libraryCheck() install.Check {
	return install.Check{Name: "packages", Run: func() (install.Status, string) {
		lib := stdlib.Library()
		built, have := lib.Release(), strings.Join(strings.SplitN(strings.TrimPrefix(goVersion(), "go"), ".", 3)[:2], ".")
		detail := fmt.Sprintf("%d packages can be imported in cells, as of Go %s", len(lib.Paths()), built)
		if built != have {
			return install.Missing, detail + "; this build is Go " + have + ": what is new there cannot be imported"
		}
		return install.OK, detail
	}}
}

// compileCheck is doctor's line on whether cells are compiled.
func compileCheck() install.Check {
	return install.Check{Name: "native cells", Run: func() (install.Status, string) {
		ok, line := interp.Compilable(context.Background(), compiling())
		if !ok {
			return install.Missing, line
		}
		return install.OK, line
	}}
}

// warm makes ready what compiling cells takes.
func warm(ctx context.Context, progress func(done, total int)) error {
	return interp.Warm(ctx, compiling(), progress)
}

func installKernel(args []string, stdout, stderr io.Writer) int {
	return install.Main(args, stdout, stderr, warm)
}
