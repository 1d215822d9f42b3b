package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// runner makes what runs programs: with the binary given, or one built here.
// It first sees to it that a program which fails is seen to fail.
func (o options) runner(ctx context.Context, dir string, programs []program) (*runner, func(), error) {
	temp, err := os.MkdirTemp("", "gotest")
	if err != nil {
		return nil, nil, fmt.Errorf("gotest: %w", err)
	}
	cleanup := func() { os.RemoveAll(temp) }
	fail := func(err error) (*runner, func(), error) {
		cleanup()
		return nil, nil, err
	}
	r := &runner{dir: dir, limit: o.limit, memory: int64(o.memory) << 20}
	if o.memory > 0 {
		r.env = []string{fmt.Sprintf("GOMEMLIMIT=%dMiB", o.memory*3/4)}
	}
	if slices.ContainsFunc(programs, func(p program) bool { return p.Exports }) {
		file := filepath.Join(temp, "importcfg")
		if err := writeExports(ctx, file); err != nil {
			return fail(err)
		}
		r.env = append(r.env, exportsEnv+"="+file)
	}
	if o.native {
		r.command, r.native = []string{"go", "run"}, true
		return r, cleanup, nil
	}
	if o.sheaf == "" {
		o.sheaf = filepath.Join(temp, "sheaf")
		if err := buildSheaf(ctx, o.sheaf); err != nil {
			return fail(err)
		}
	}
	if o.sheaf, err = filepath.Abs(o.sheaf); err != nil {
		return fail(fmt.Errorf("gotest: %w", err))
	}
	r.command = []string{o.sheaf, "exec", "--tier=" + o.tier}
	if err := r.probe(ctx, temp); err != nil {
		return fail(err)
	}
	return r, cleanup, nil
}

// probe runs a program that prints to both streams and exits with a status of
// its own, so that a binary which does nothing passes nothing.
func (r *runner) probe(ctx context.Context, temp string) error {
	const source = `package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("one", len(os.Args))
	println("two")
	fmt.Println("three")
	os.Exit(7)
}
`
	file := filepath.Join(temp, "probe.go")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		return fmt.Errorf("gotest: %w", err)
	}
	e, _, err := r.start(ctx, program{Path: file, Args: []string{"a", "b"}})
	if err != nil {
		return err
	}
	if want := "one 3\ntwo\nthree\n"; e.exit != 7 || e.output != want {
		return fmt.Errorf("gotest: %s does not run programs: want exit status 7 and %q, got %d and %q", r.command[0], want, e.exit, e.output)
	}
	return nil
}

// buildSheaf builds sheaf from the module that the current folder is in.
func buildSheaf(ctx context.Context, file string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", file, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("gotest: building sheaf: %w\n%s", err, out)
	}
	return nil
}

// writeExports writes where the standard library's export data is, in the form
// that the compiler reads.
func writeExports(ctx context.Context, file string) error {
	cmd := exec.CommandContext(ctx, "go", "list", "-export", "-f", "{{with .Export}}packagefile {{$.ImportPath}}={{.}}{{end}}", "std")
	cmd.Env = append(os.Environ(), "GOENV=off", "GOFLAGS=")
	out, err := cmd.Output()
	if err == nil {
		err = os.WriteFile(file, out, 0o666)
	}
	if err != nil {
		return fmt.Errorf("gotest: listing the standard library: %w", err)
	}
	return nil
}

// moduleRoot is the folder of the go.mod that governs the current folder.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("gotest: %w", err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("gotest: no go.mod in %s or above: run it inside the project", dir)
		}
	}
}
