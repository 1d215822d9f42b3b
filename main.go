// Sheaf is a Go notebook: a Jupyter kernel, a REPL and a headless runner
// around one embedded Go interpreter, with tables, learning and charts in
// scope.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sheaf-go/sheaf/install"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/interp/repl"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/kernel"
	"github.com/sheaf-go/sheaf/notebooks"
	"github.com/sheaf-go/sheaf/stdlib"
	"github.com/sheaf-go/sheaf/tables"
)

// version is the release; builds between releases carry "-dev".
const version = "0.1.0-dev"

// The joints that meet here without importing one another.
var (
	_ kernel.Engine    = (*worker.Client)(nil)
	_ notebooks.Engine = (*worker.Client)(nil)
	_ repl.Engine      = (*worker.Client)(nil)
	_ tables.Scope     = (*interp.Session)(nil)
)

// A command is a subcommand of sheaf; run gets the arguments after its name.
type command struct {
	name, args, doc string
	run             func(args []string, stdout, stderr io.Writer) int
	hidden          bool
}

func commands() []command {
	return []command{
		{name: "lab", args: "[--no-browser] [--port N] [DIR]", doc: "open JupyterLab with the kernel installed", run: lab},
		{name: "run", args: "[-o PATH | --inplace] NOTEBOOK…", doc: "execute notebooks without a browser", run: runNotebooks},
		{name: "repl", args: "[--tier=TIER]", doc: "type Go and see its value", run: runREPL},
		{name: "exec", args: "[--tier=TIER] FILE.go [ARG…]", doc: "run a Go program through the interpreter", run: execFile},
		{name: "kernel", args: "CONNECTION_FILE", doc: "serve a Jupyter client (Jupyter starts this)", run: runKernel},
		{name: "install", args: "[--prefix DIR] [--uninstall]", doc: "make the kernel known to Jupyter", run: installKernel},
		{name: "doctor", doc: "say what works on this machine and what does not", run: doctor},
		{name: "version", doc: "print the version", run: printVersion},
		{name: "session", run: session, hidden: true},
	}
}

func main() { os.Exit(sheaf(os.Args[1:], os.Stdout, os.Stderr)) }

// sheaf runs the subcommand that args name and returns the exit status.
func sheaf(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr)
		return 2
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		usage(stdout)
		return 0
	case "-v", "-version", "--version":
		return printVersion(nil, stdout, stderr)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "sheaf: there is no subcommand %q%s (sheaf -h lists them)\n", args[0], suggestion(args[0]))
	return 2
}

func suggestion(name string) string {
	for _, c := range commands() {
		if !c.hidden && len(name) > 1 && (strings.HasPrefix(c.name, name[:2]) || strings.HasPrefix(name, c.name)) {
			return fmt.Sprintf("; did you mean %q?", c.name)
		}
	}
	return ""
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Sheaf is a Go notebook.\n\nusage: sheaf COMMAND [ARGUMENTS]\n\n")
	for _, c := range commands() {
		if !c.hidden {
			fmt.Fprintf(w, "  %-8s %-34s %s\n", c.name, c.args, c.doc)
		}
	}
	fmt.Fprint(w, "\nsheaf COMMAND -h tells more about one.\n")
}

func printVersion(args []string, stdout, stderr io.Writer) int {
	if _, code, done := parseArgs("version", "", "Prints the version of sheaf and of the Go that built it.", 0, 0, args, stdout, stderr); done {
		return code
	}
	fmt.Fprintf(stdout, "sheaf %s %s\n", version, goVersion())
	return 0
}

func lab(args []string, stdout, stderr io.Writer) int {
	return install.Lab(context.Background(), args, stdout, stderr, warm)
}

func doctor(args []string, stdout, stderr io.Writer) int {
	if _, code, done := parseArgs("doctor", "", "Says what works on this machine and what does not, a line each.", 0, 0, args, stdout, stderr); done {
		return code
	}
	return install.Doctor(append(install.Checks(), libraryCheck(), compileCheck()), stdout)
}

// session is the worker process behind the other commands.
func session(args []string, _, _ io.Writer) int {
	return worker.Serve(func(cfg interp.Config) (*interp.Session, error) {
		tier, err := tierOfEnvironment()
		if err != nil {
			return nil, err
		}
		if cfg.NoShell, err = shellRefused(); err != nil {
			return nil, err
		}
		cfg.Library, cfg.Args, cfg.Tier = stdlib.Library(), args, tier
		cfg.Toolchain.Sources = sources
		cfg.Commands = append(cfg.Commands, runCommand())
		s, err := interp.New(cfg)
		if err == nil {
			tables.SetScope(s) // formulas see the session's functions and variables
		}
		return s, err
	})
}

func runNotebooks(args []string, stdout, stderr io.Writer) int {
	var session sessionFlags
	return notebooks.Main(context.Background(), args, stdout, stderr, func(dir string) (notebooks.Engine, error) {
		return session.start(worker.Options{Dir: dir, MaxOutput: maxOutput})
	}, func(fs *flag.FlagSet) { session = addSessionFlags(fs) })
}
