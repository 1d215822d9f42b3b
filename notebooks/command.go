package notebooks

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"
)

const usage = `usage: sheaf run [flags] NOTEBOOK.ipynb ...

Runs each notebook from top to bottom in a fresh session whose working
directory is the notebook's folder and prints a line per cell. A notebook stops
at the first cell that fails; those after it run, unless --fail-fast says
otherwise, and the exit status is 1. Nothing is written without -o or
--inplace; with them, what was computed before a failure is kept.
Cells tagged skip-execution are not run; an error in a cell tagged
raises-exception does not stop the run.

`

// command is a parsed command line of `sheaf run`.
type command struct {
	out, outDir string // -o, as a file or as a folder
	inPlace     bool
	failFast    bool
	opts        Options
	paths       []string
}

// Main is the command `sheaf run`: it runs the notebooks that args name, each
// on an engine that start makes for the notebook's folder, and returns the
// exit status: 0, 1 for a notebook that can't be read or a cell that fails, 2
// for a wrong command line. Flags of the engine's are for flags to add.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer, start func(dir string) (Engine, error), flags ...func(*flag.FlagSet)) int {
	cmd, err := parseCommand(args, stdout, flags...)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "sheaf run: %v\n(sheaf run -h prints what there is)\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	nbs, err := readAll(cmd.paths)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	cmd.opts.Log = stdout
	var failed []string
	for i, nb := range nbs {
		if err := cmd.runOne(ctx, cmd.paths[i], nb, start); err != nil {
			fmt.Fprintln(stderr, err)
			failed = append(failed, cmd.paths[i])
			if cmd.failFast || ctx.Err() != nil {
				break
			}
		}
	}
	if len(failed) == 0 {
		return 0
	}
	if len(nbs) > 1 && !cmd.failFast && ctx.Err() == nil {
		fmt.Fprintf(stderr, "%d of %d notebooks failed: %s\n", len(failed), len(nbs), strings.Join(failed, ", "))
	}
	return 1
}

func parseCommand(args []string, stdout io.Writer, flags ...func(*flag.FlagSet)) (*command, error) {
	cmd := &command{}
	fs := flag.NewFlagSet("sheaf run", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	out := fs.String("o", "", "write executed notebooks to `PATH`: a folder, or a file NAME.ipynb")
	fs.BoolVar(&cmd.inPlace, "inplace", false, "write the outputs into the notebooks themselves")
	fs.DurationVar(&cmd.opts.Timeout, "timeout", 0, "longest time for one cell, like 30s or 2m (0: none)")
	fs.BoolVar(&cmd.opts.AllowErrors, "allow-errors", false, "run on after a failing cell")
	fs.BoolVar(&cmd.failFast, "fail-fast", false, "run no more notebooks after one that failed")
	for _, add := range flags {
		add(fs)
	}
	// Flags may also stand after notebooks, as people write them.
	for rest := args; ; rest = fs.Args()[1:] {
		err := fs.Parse(rest)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, usage)
			fs.SetOutput(stdout)
			fs.PrintDefaults()
		}
		if err != nil {
			return nil, err
		}
		if fs.NArg() == 0 {
			break
		}
		cmd.paths = append(cmd.paths, fs.Arg(0))
	}
	switch {
	case len(cmd.paths) == 0:
		return nil, errors.New("no notebook given")
	case *out != "" && cmd.inPlace:
		return nil, errors.New("-o and --inplace exclude each other")
	case cmd.opts.Timeout < 0:
		return nil, fmt.Errorf("--timeout %v is negative", cmd.opts.Timeout)
	}
	if f, ok := stdout.(*os.File); ok {
		cmd.opts.Color = term.IsTerminal(int(f.Fd()))
	}
	return cmd, cmd.setOutput(*out)
}

// setOutput decides whether -o names a file or a folder.
func (cmd *command) setOutput(out string) error {
	if out == "" {
		return nil
	}
	info, err := os.Stat(out)
	isDir := err == nil && info.IsDir()
	if !isDir && filepath.Ext(out) == ".ipynb" {
		if len(cmd.paths) > 1 {
			return fmt.Errorf("-o %s is one file, but %d notebooks are given; name a folder", out, len(cmd.paths))
		}
		cmd.out = out
		return nil
	}
	if err == nil && !isDir {
		return fmt.Errorf("-o %s is neither a folder nor named .ipynb", out)
	}
	seen := map[string]string{}
	for _, p := range cmd.paths {
		base := filepath.Base(p)
		if other, ok := seen[base]; ok {
			return fmt.Errorf("%s and %s would both be written to %s", other, p, filepath.Join(out, base))
		}
		seen[base] = p
	}
	cmd.outDir = out
	return nil
}

// readAll reads every notebook before the first is run, so that a wrong name
// or a broken file shows at once and not after minutes of computing.
func readAll(paths []string) ([]*Notebook, error) {
	nbs := make([]*Notebook, len(paths))
	for i, p := range paths {
		nb, err := Read(p)
		if err == nil {
			err = nb.CheckLanguage(p)
		}
		if err != nil {
			return nil, err
		}
		nbs[i] = nb
	}
	return nbs, nil
}

// runOne runs and writes one notebook.
func (cmd *command) runOne(ctx context.Context, path string, nb *Notebook, start func(string) (Engine, error)) (err error) {
	target, err := cmd.target(path)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("notebooks: %s: %w", path, err)
	}
	engine, err := start(dir)
	if err != nil {
		return fmt.Errorf("notebooks: %s: no session: %w", path, err)
	}
	defer engine.Close()
	fmt.Fprintf(cmd.opts.Log, "%s\n", path)
	report, runErr := Run(ctx, nb, engine, cmd.opts)
	if target != "" {
		if err := nb.Write(target); err != nil {
			return errors.Join(runErr, err)
		}
	}
	if runErr != nil {
		return fmt.Errorf("notebooks: %s: %w", path, runErr)
	}
	fmt.Fprintln(cmd.opts.Log, summary(report, target))
	return nil
}

func summary(r *Report, target string) string {
	failed := 0
	for _, c := range r.Cells {
		if c.Err != nil && !c.Cell.hasTag(TagRaises) {
			failed++
		}
	}
	s := fmt.Sprintf("%d cells in %s", len(r.Cells), shortDuration(r.Duration.Round(time.Microsecond)))
	if len(r.Cells) == 1 {
		s = strings.Replace(s, "cells", "cell", 1)
	}
	if failed > 0 {
		s += fmt.Sprintf(", %d with an error", failed)
	}
	if target != "" {
		s += " → " + target
	}
	return s
}

// target is the file that the executed notebook goes to, "" for none; a
// folder it needs is made before anything is run.
func (cmd *command) target(path string) (string, error) {
	target, dir := "", ""
	switch {
	case cmd.inPlace:
		return path, nil
	case cmd.out != "":
		target, dir = cmd.out, filepath.Dir(cmd.out)
	case cmd.outDir != "":
		target, dir = filepath.Join(cmd.outDir, filepath.Base(path)), cmd.outDir
	default:
		return "", nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("notebooks: -o: %w", err)
	}
	return target, nil
}
