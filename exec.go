package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
	"github.com/sheaf-go/sheaf/tables"
)

// execFile runs a whole program. It runs in this process, unlike a cell: its
// standard streams, signals and exit status are the program's own, as with a
// compiled one.
func execFile(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("sheaf exec", flag.ContinueOnError)
	tier := addTier(fs)
	gcflags := fs.String("gcflags", "", "")
	rest, code, done := parseFlags(fs, "exec", "[--tier=auto|interp|native] [--gcflags=FLAGS] FILE.go [ARG…]", "Runs a Go program (package main, one file) in this process.", 1, -1, args, stdout, stderr)
	if done {
		return code
	}
	how, err := tier.tier()
	if err != nil {
		fmt.Fprintln(stderr, "sheaf exec:", err)
		return 2
	}
	if err := checkSettings(*gcflags); err != nil {
		fmt.Fprintln(stderr, "sheaf exec:", err)
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
	return runProgram(rest, string(src), how, stdout, stderr)
}

// runProgram runs src with args as its os.Args and returns its exit status.
func runProgram(args []string, src string, tier interp.Tier, stdout, stderr io.Writer) int {
	os.Args = args
	name := filepath.Base(args[0])
	path, err := filepath.Abs(args[0])
	if err != nil {
		path = args[0]
	}
	cfg := compiling()
	cfg.Library, cfg.Args, cfg.Tier = programLibrary{stdlib.Library()}, args, tier
	cfg.Stdin, cfg.Stdout, cfg.Stderr, cfg.Exit = os.Stdin, stdout, stderr, os.Exit
	cfg.Files = map[string]string{name: filepath.ToSlash(path)}
	session, err := interp.New(cfg)
	if err != nil {
		fmt.Fprintln(stderr, "sheaf exec:", err)
		return 1
	}
	tables.SetScope(session)
	show.Connect(programOutput{session.Output()})
	out := &plainSink{stdout: stdout, stderr: stderr, stdin: os.Stdin}
	res := session.Execute(context.Background(), show.Cell{Source: src, Count: 1, Name: name, Silent: true}, out)
	switch {
	case res.Exit != nil:
		return *res.Exit
	case res.Err != nil && res.Err.Name == "runtime.Goexit":
		session.Settle() // the others go on, and may end the program
		fmt.Fprintln(stderr, "fatal error: no goroutines (main called runtime.Goexit) - deadlock!")
		return 2
	case res.Err != nil:
		return programFailed(res.Err, stderr)
	}
	return 0
}

// A programOutput prints displays as a compiled program does: bars on standard
// error, of a live chart the last state. It renders values as sessions do, which
// know the types of the program.
type programOutput struct{ show.Output }

// Prints says that what has been displayed stays as it is.
func (programOutput) Prints() bool { return true }

// A programLibrary is the library of a program that has its process to itself:
// what ends the session's process in a cell ends this one.
type programLibrary struct{ *stdlib.Packages }

var _ interp.Library = programLibrary{}

// Symbols implements interp.Library.
func (l programLibrary) Symbols(path string) map[string]reflect.Value {
	all := l.Packages.Symbols(path)
	switch path {
	case "os":
		all["Exit"], all["FindProcess"] = reflect.ValueOf(os.Exit), reflect.ValueOf(os.FindProcess)
	case "log":
		all["Fatal"], all["Fatalf"], all["Fatalln"] = reflect.ValueOf(log.Fatal), reflect.ValueOf(log.Fatalf), reflect.ValueOf(log.Fatalln)
	case "syscall":
		if all != nil { // there is none on some platforms
			all["Exit"] = reflect.ValueOf(syscall.Exit)
		}
	}
	return all
}

// programFailed says why a program ended, in the form of a compiled one, and
// returns its exit status: 2 where it ran and failed, 1 where it did not begin.
func programFailed(e *show.Error, stderr io.Writer) int {
	lines := e.Traceback
	if e.Name == "panic" {
		fmt.Fprintf(stderr, "%s\n\ngoroutine 1 [running]:\n", lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintln(stderr, line)
		}
		return 2
	}
	fmt.Fprintln(stderr, strings.Join(lines, "\n"))
	switch e.Name {
	case "deadlock", "stack overflow", "out of memory":
		return 2
	}
	return 1
}
