package toolchain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// patience is how long a program that was told to end may take for it.
const patience = 2 * time.Second

// A goTool is one go command and what it says of itself.
type goTool struct {
	Version  string // with experiments
	Root     string
	Command  stamp
	Compiler stamp
	Env      map[string]string // what the user has set, as far as it is kept
}

func (g goTool) release() string { return release(g.Version) }

// kept are the settings of the user that stay: where caches are, how modules
// are fetched, which C compiler is used. All others could change what is built.
var kept = []string{
	"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY",
	"GOPRIVATE", "GOINSECURE", "GOVCS", "GOAUTH", "GOTMPDIR", "CC", "CXX",
}

// askGo asks the go command at path what it is, and what the user has set.
func askGo(ctx context.Context, path string, b build) (goTool, error) {
	args := append([]string{"env", "-json", "GOVERSION", "GOROOT", "GOTOOLDIR"}, kept...)
	env := environ(func(name string) bool { return name == "GOENV" || slices.Contains(kept, name) })
	env = append(append(env, b.env()...), "GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=-mod=readonly")
	out, err := output(ctx, path, args, os.TempDir(), env)
	if err != nil {
		return goTool{}, err
	}
	values := map[string]string{}
	if err := json.Unmarshal(out, &values); err != nil {
		return goTool{}, fmt.Errorf("toolchain: %s env: %w", path, err)
	}
	g := goTool{Version: values["GOVERSION"], Root: values["GOROOT"], Env: map[string]string{}}
	g.Command = stampOf(path)
	g.Compiler = stampOf(filepath.Join(values["GOTOOLDIR"], "compile"+exe()))
	for _, k := range kept {
		if v := values[k]; v != "" {
			g.Env[k] = v
		}
	}
	return g, nil
}

// environ is the environment without what is Go's, except what keep wants.
func environ(keep func(name string) bool) []string {
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		gos := strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || name == "CC" || name == "CXX"
		if !gos || name == "GOMAXPROCS" || keep(name) {
			env = append(env, e)
		}
	}
	return env
}

// goEnv is the environment in which packages are built as this program was.
func (t *Toolchain) goEnv() []string {
	env := environ(func(string) bool { return false })
	env = append(env, "GOENV=off", "GOFLAGS=-mod=readonly", "GOWORK=off", "GO111MODULE=on", "GOTOOLCHAIN=local")
	for k, v := range t.tool().Env {
		env = append(env, k+"="+v)
	}
	return append(env, t.build.env()...)
}

// command is a program that ends soon after ctx does.
func command(ctx context.Context, path string, args []string, dir string, env []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, env, patience
	return cmd
}

// output runs a program and returns what it printed, or what it complained of.
func output(ctx context.Context, path string, args []string, dir string, env []string) ([]byte, error) {
	cmd := command(ctx, path, args, dir, env)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.Bytes(), failed(ctx, path, err, stderr.String())
	}
	return stdout.Bytes(), nil
}

// failed words that a program could not be run or ended badly, in one line.
func failed(ctx context.Context, path string, err error, stderr string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &GoneError{Path: path, Err: err}
	}
	if line := firstLine(stderr); line != "" {
		return fmt.Errorf("toolchain: %s: %s", path, line)
	}
	return fmt.Errorf("toolchain: %s: %w", path, err)
}

// firstLine is the first line of a complaint that tells something.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			return line
		}
	}
	return ""
}

// A GoneError says that a part of the toolchain is not there.
type GoneError struct {
	Path string
	Err  error
}

// Error names the missing part.
func (e *GoneError) Error() string { return "toolchain: " + e.Path + " is not there" }

// Unwrap returns what the system said.
func (e *GoneError) Unwrap() error { return e.Err }

// running runs a program while read takes its complaints.
func running(cmd *exec.Cmd, read func(io.Reader)) error {
	r, w := io.Pipe()
	cmd.Stderr = w
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		read(r)
	}()
	err := cmd.Wait()
	w.Close()
	<-done
	return err
}
