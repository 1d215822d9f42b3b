// Command provision makes what tests with real clients need, through the code
// that the tests and `sheaf lab` use themselves. Its standard output is shell
// assignments for the tests' environment; progress goes to standard error.
//
//	eval "$(go run ./internal/clients/provision)"
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/sheaf-go/sheaf/internal/clients"
)

// vegaPackage lists the modules with which charts are checked.
const vegaPackage = "plots/testdata/vega/package.json"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := provision(ctx, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// provision makes everything and prints the assignments.
func provision(ctx context.Context, stdout, progress io.Writer) error {
	env, err := clients.Python(ctx, progress)
	if err != nil {
		return err
	}
	fmt.Fprintln(progress, "Python clients:", env.Dir)
	if _, err := fmt.Fprintf(stdout, "export SHEAF_PYTHON='%s'\n", env.Python()); err != nil {
		return err
	}
	for _, name := range clients.Oracles() {
		env, err := clients.Oracle(ctx, name, progress)
		if err != nil {
			return err
		}
		fmt.Fprintf(progress, "Python with %s: %s\n", name, env.Dir)
	}
	browser, err := clients.Playwright(ctx, progress)
	if err != nil {
		return err
	}
	fmt.Fprintln(progress, "playwright-core:", browser)
	chromium, err := clients.Chromium()
	if err != nil {
		return err
	}
	fmt.Fprintln(progress, "browser:", chromium)
	pkg, err := os.ReadFile(vegaPackage)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(progress, "no", vegaPackage, "here: nothing to install for charts")
		return nil
	}
	if err != nil {
		return err
	}
	vega, err := clients.NodeModules(ctx, "vega", pkg, progress)
	if err != nil {
		return err
	}
	fmt.Fprintln(progress, "vega:", vega)
	_, err = fmt.Fprintf(stdout, "export SHEAF_NODE_MODULES='%s'\n", vega)
	return err
}
