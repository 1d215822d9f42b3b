package install

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Requirements are the pinned packages of a JupyterLab that `sheaf lab` makes,
// in pip's format.
//
//go:embed requirements.txt
var Requirements []byte

// ErrNoPython says that no Python that can make an environment was found.
var ErrNoPython = errors.New("install: no usable Python")

// An Env is a private Python environment.
type Env struct {
	Dir string // the environment's folder
}

// Python is the environment's interpreter.
func (e *Env) Python() string { return e.Bin("python") }

// Bin is the path of a program that the environment holds.
func (e *Env) Bin(name string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(e.Dir, "Scripts", name+".exe")
	}
	return filepath.Join(e.Dir, "bin", name)
}

// MakeEnv returns the environment NAME-HASH in the cache folder, where the hash
// is of the requirements and the Python version; it makes it, with lines of
// progress, when it is not there yet. An environment that could not be made
// whole is removed again, also when ctx ends. Several processes may ask for
// the same one at once: one makes it, the others wait.
func MakeEnv(ctx context.Context, name string, requirements []byte, progress io.Writer) (*Env, error) {
	py, err := findPython(ctx)
	if err != nil {
		return nil, err
	}
	cache, err := CacheDir()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte(py.version+"\n"), requirements...))
	env := &Env{Dir: filepath.Join(cache, name+"-"+hex.EncodeToString(sum[:6]))}
	err = MakeOnce(ctx, env.Dir, func() bool { return env.usable(ctx) }, func() error {
		return env.build(ctx, py, requirements, progress)
	})
	if err != nil {
		return nil, err
	}
	return env, nil
}

// usable reports whether the environment is whole and its Python still runs;
// it does not when the Python that it was made from is gone.
func (e *Env) usable(ctx context.Context) bool {
	return exec.CommandContext(ctx, e.Python(), "-c", "import pip").Run() == nil
}

// build makes the environment from nothing.
func (e *Env) build(ctx context.Context, py python, requirements []byte, progress io.Writer) error {
	fmt.Fprintf(progress, "making a Python environment in %s (once)\n", e.Dir)
	if err := runSteps(ctx, progress, py.path, "-m", "venv", e.Dir); err != nil {
		return fmt.Errorf("install: python3 -m venv failed: %w", err)
	}
	reqs := filepath.Join(e.Dir, "requirements.txt")
	if err := os.WriteFile(reqs, requirements, 0o644); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	err := runSteps(ctx, progress, e.Python(), "-m", "pip", "install", "--disable-pip-version-check",
		"--no-input", "--progress-bar", "off", "-r", reqs)
	if err != nil {
		return fmt.Errorf("install: pip could not install the pinned packages: %w", err)
	}
	return nil
}

// A python is an interpreter that was found.
type python struct {
	path    string
	version string // "3.11"
}

// pythonProbe prints the version, and fails without what an environment needs.
const pythonProbe = `import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])`

// findPython looks on PATH for a Python that pinned JupyterLab runs on.
func findPython(ctx context.Context) (python, error) {
	var why []string
	for _, name := range []string{"python3", "python"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, path, "-c", pythonProbe).CombinedOutput()
		version := strings.TrimSpace(string(out))
		switch {
		case ctx.Err() != nil:
			return python{}, ctx.Err()
		case err != nil && strings.Contains(version, "ensurepip"):
			why = append(why, path+" lacks the venv module (Debian: apt-get install python3-venv)")
		case err != nil:
			why = append(why, path+" does not run: "+lastLine(version, err))
		case !atLeast(version, 3, 10):
			why = append(why, path+" is Python "+version)
		default:
			return python{path, version}, nil
		}
	}
	if why == nil {
		why = []string{"there is no python3 on PATH"}
	}
	return python{}, fmt.Errorf("%w: need Python 3.10 or newer with venv; %s", ErrNoPython, strings.Join(why, "; "))
}

// atLeast compares a version like "4.6.6" or "3.11" with major.minor.
func atLeast(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	return errA == nil && errB == nil && (a > major || a == major && b >= minor)
}

// runSteps runs a program and turns its output into a few lines of progress:
// one for each package that pip takes. When it fails, the error holds what the
// program called an error, or else its last line.
func runSteps(ctx context.Context, progress io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	// Half a line of a dying pip must not keep the pipe, and us, open.
	cmd.WaitDelay = waitDelay
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	done := make(chan string, 1)
	go func() { done <- steps(r, progress) }()
	err := cmd.Run()
	_ = w.Close() // never fails
	said := <-done
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return errors.New(lastLine(said, err))
	}
	return nil
}

// steps copies the lines worth showing, and returns the worst line it saw.
func steps(r io.Reader, progress io.Writer) (worst string) {
	var last, firstError string
	retried := false
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "Collecting "):
			name, _, _ := strings.Cut(line, " (from")
			fmt.Fprintln(progress, "  "+name)
		case strings.HasPrefix(line, "Installing collected"):
			fmt.Fprintln(progress, "  Installing them")
		case strings.HasPrefix(line, "WARNING: Retrying "):
			if !retried {
				fmt.Fprintln(progress, "  the package index does not answer; trying again")
			}
			retried = true
		case strings.HasPrefix(line, "ERROR:") && firstError == "":
			firstError = line
		}
		if line != "" {
			last = line
		}
	}
	// A line beyond the buffer ends the scan; the program still needs a reader.
	_, _ = io.Copy(io.Discard, r)
	if retried && strings.Contains(firstError, "(from versions: none)") {
		// pip blames the package when it could not even ask for it.
		return "the package index cannot be reached; is there a network? pip says: " + firstError
	}
	if firstError != "" {
		return firstError
	}
	return last
}

// lastLine is the last line of what a program said, or the error it ended with.
func lastLine(said string, err error) string {
	said = strings.TrimSpace(said)
	if i := strings.LastIndexByte(said, '\n'); i >= 0 {
		said = said[i+1:]
	}
	if said == "" {
		return err.Error()
	}
	return said
}

// moduleOf is the module path in the text of a go.mod.
func moduleOf(gomod []byte) string {
	for _, line := range bytes.Split(gomod, []byte("\n")) {
		if f := bytes.Fields(line); len(f) >= 2 && string(f[0]) == "module" {
			return strings.Trim(string(f[1]), `"`)
		}
	}
	return ""
}
