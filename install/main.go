package install

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// Main is `sheaf install`: it installs the kernel and does warm's work. It
// returns the exit code: 0, 1 for a failure, 2 for a wrong command line; what
// becomes of warm does not count.
func Main(args []string, stdout, stderr io.Writer, warm Warm) int {
	var opts Options
	var uninstall, cold bool
	fs := flag.NewFlagSet("sheaf install", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&opts.Prefix, "prefix", "", "install under `DIR`/share/jupyter instead of this user's Jupyter folder")
	fs.BoolVar(&uninstall, "uninstall", false, "remove the kernel from Jupyter")
	fs.BoolVar(&cold, "no-warm", false, "do not make packages ready for compiled cells; that is done when cells first need it")
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "usage: sheaf install [--prefix DIR] [--no-warm] [--uninstall]\n\nMakes the kernel %q known to Jupyter.\n\n", DisplayName)
		fs.PrintDefaults()
	}
	if code, done := parse(fs, args, stdout, stderr, 0); done {
		return code
	}
	if uninstall {
		return remove(opts, stdout, stderr)
	}
	path, err := Kernelspec(opts)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stdout, "kernel %q installed in %s\n", DisplayName, path)
	if !cold {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		warm.run(ctx, stdout)
	}
	return 0
}

// remove is `sheaf install --uninstall`.
func remove(opts Options, stdout, stderr io.Writer) int {
	path, removed, err := Uninstall(opts)
	switch {
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 1
	case removed:
		fmt.Fprintf(stdout, "kernel %q removed from %s\n", DisplayName, path)
	default:
		fmt.Fprintf(stdout, "kernel %q was not installed: there is no %s\n", DisplayName, path)
	}
	return 0
}

// parse reads a command line with at most max arguments after the flags. When
// done, code is the exit code: help that was asked for goes to stdout and is 0.
func parse(fs *flag.FlagSet, args []string, stdout, stderr io.Writer, max int) (code int, done bool) {
	for _, a := range args {
		if a == "-h" || a == "--help" || a == "-help" {
			fs.SetOutput(stdout)
			fs.Usage()
			return 0, true
		}
	}
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0, true
	} else if err != nil {
		return 2, true // Parse has said why
	}
	if fs.NArg() > max {
		fmt.Fprintf(stderr, "%s: unexpected argument %q\n", fs.Name(), fs.Arg(max))
		return 2, true
	}
	return 0, false
}
