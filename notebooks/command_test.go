package notebooks

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary the commands of testdata/script: run is
// Main on the engine of engine_test.go, plain prints a notebook's outputs.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"run": func() {
			os.Exit(Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr, newScript))
		},
		"run-without-engine": func() {
			os.Exit(Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr, func(string) (Engine, error) {
				return nil, errors.New("the worker did not start")
			}))
		},
		"plain": func() {
			nb, err := Read(os.Args[1])
			if err != nil {
				os.Stderr.WriteString(err.Error() + "\n")
				os.Exit(1)
			}
			for n := 1; nb.Cell(n) != nil; n++ {
				os.Stdout.WriteString(nb.Output(n))
			}
		},
	})
}

func TestCommand(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// exec-status N COMMAND… wants that exit status.
			"exec-status": func(ts *testscript.TestScript, neg bool, args []string) {
				err := ts.Exec(args[1], args[2:]...)
				status := 0
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					status = exit.ExitCode()
				} else if err != nil {
					ts.Fatalf("%v", err)
				}
				if strconv.Itoa(status) != args[0] {
					ts.Fatalf("exit status %d, want %s\n%s", status, args[0], ts.ReadFile("stderr"))
				}
			},
			// mask replaces durations in the last command's output.
			"mask": func(ts *testscript.TestScript, neg bool, args []string) {
				text := regexp.MustCompile(`\d+(\.\d+)? ms`).ReplaceAllString(ts.ReadFile("stdout"), "N ms")
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
			},
		},
	})
}
