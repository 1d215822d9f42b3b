// Package diff runs generated programs as compiled Go and through the sheaf
// command, says how the two differ, and shrinks a program that makes them
// differ. It trusts the programs to be of [gen]'s shape: package main in one
// file, func main on a line of its own, package initialisation that prints
// nothing.
package diff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// An Outcome is what one run of a program did.
type Outcome struct {
	Stdout  string
	Stderr  string
	Exit    int
	Timeout bool
}

// limit is how long one program may run: generated ones take milliseconds.
const limit = 20 * time.Second

// maxOutput bounds what is kept of each stream of one run.
const maxOutput = 1 << 20

// bounded keeps the first bytes that are written to it and drops the rest.
type bounded struct{ bytes.Buffer }

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if room := maxOutput - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// run runs a command to its end or its limit.
func run(ctx context.Context, name string, args ...string) (Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second
	var out, errOut bounded
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	o := Outcome{Stdout: out.String(), Stderr: errOut.String(), Exit: cmd.ProcessState.ExitCode(), Timeout: ctx.Err() == context.DeadlineExceeded}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !o.Timeout {
		return o, fmt.Errorf("diff: run %s: %w", name, err)
	}
	return o, nil
}

// A Batch is many programs compiled into one binary.
type Batch struct {
	dir  string
	size int
}

// Build compiles the programs: each becomes a package of one module, so that
// a single build and link serves them all. The flags go to the compiler of the
// programs alone. Close removes what it made.
func Build(ctx context.Context, sources []string, flags ...string) (*Batch, error) {
	dir, err := os.MkdirTemp("", "progen-")
	if err != nil {
		return nil, fmt.Errorf("diff: build: %w", err)
	}
	b := &Batch{dir, len(sources)}
	if err := b.write(sources); err != nil {
		b.Close()
		return nil, fmt.Errorf("diff: build: %w", err)
	}
	gcflags := fmt.Sprintf("-gcflags=%s/...=%s", module, strings.Join(flags, " "))
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", gcflags, "-o", b.binary(), ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Close()
		return nil, fmt.Errorf("diff: build: %w\n%s", err, out)
	}
	return b, nil
}

func (b *Batch) binary() string { return filepath.Join(b.dir, "programs.exe") }

// Close removes the batch's files.
func (b *Batch) Close() { os.RemoveAll(b.dir) }

// write lays out the module.
func (b *Batch) write(sources []string) error {
	var imports, cases strings.Builder
	for i, src := range sources {
		name := packageName(i)
		if err := os.Mkdir(filepath.Join(b.dir, name), 0o755); err != nil {
			return err
		}
		text, err := asPackage(src, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(b.dir, name, "program.go"), []byte(text), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&imports, "\t%q\n", module+"/"+name)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\t%s.Main()\n", name, name)
	}
	main := fmt.Sprintf("package main\n\nimport (\n\t\"os\"\n\n%s)\n\nfunc main() {\n\tswitch os.Args[1] {\n%s\t}\n}\n", imports.String(), cases.String())
	if err := os.WriteFile(filepath.Join(b.dir, "main.go"), []byte(main), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.dir, "go.mod"), []byte("module "+module+"\n\ngo 1.26\n"), 0o644)
}

// module is the path of a batch's module. It and the names of its packages must
// be words that no program prints.
const module = "progenbatch"

func packageName(i int) string { return fmt.Sprintf("progen%05d", i) }

// asPackage turns a program into a package with a function Main.
func asPackage(src, name string) (string, error) {
	const clause, main = "package main\n", "\nfunc main() {"
	if !strings.HasPrefix(src, clause) || strings.Count(src, main) != 1 {
		return "", errors.New("the source is no program of one file")
	}
	src = "package " + name + "\n" + strings.TrimPrefix(src, clause)
	return strings.Replace(src, main, "\nfunc Main() {", 1), nil
}

// Run runs the i-th program. Its output names its types as package main does.
func (b *Batch) Run(ctx context.Context, i int) (Outcome, error) {
	if i < 0 || i >= b.size {
		return Outcome{}, fmt.Errorf("diff: run: program %d of %d", i, b.size)
	}
	name := packageName(i)
	o, err := run(ctx, b.binary(), name)
	names := strings.NewReplacer(module+"/"+name+".", "main.", name+".", "main.")
	o.Stdout, o.Stderr = names.Replace(o.Stdout), names.Replace(o.Stderr)
	return o, err
}

// Alone builds and runs one program as it stands, as package main.
func Alone(ctx context.Context, src string) (Outcome, error) {
	dir, err := os.MkdirTemp("", "progen-")
	if err != nil {
		return Outcome{}, fmt.Errorf("diff: alone: %w", err)
	}
	defer os.RemoveAll(dir)
	file, bin := filepath.Join(dir, "program.go"), filepath.Join(dir, "program.exe")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		return Outcome{}, fmt.Errorf("diff: alone: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", bin, file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return Outcome{}, fmt.Errorf("diff: alone: %w\n%s", err, out)
	}
	return run(ctx, bin)
}

// Sheaf runs one program through `sheaf exec`.
func Sheaf(ctx context.Context, sheaf, src string) (Outcome, error) {
	dir, err := os.MkdirTemp("", "progen-")
	if err != nil {
		return Outcome{}, fmt.Errorf("diff: sheaf: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "program.go")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		return Outcome{}, fmt.Errorf("diff: sheaf: %w", err)
	}
	return run(ctx, sheaf, "exec", file)
}
