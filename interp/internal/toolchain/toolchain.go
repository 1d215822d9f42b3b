package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
)

// Options say where to look. The zero value is what a program wants that was
// built from a checkout a moment ago.
type Options struct {
	// GoCommand is the go command to use, and no other. By default it is
	// $SHEAF_GO; without it the first of the right release is taken from PATH,
	// the GOROOT that built this program, and the module cache.
	GoCommand string

	// CacheDir holds what the go command has answered. By default it is the
	// folder sheaf in the user's cache folder. A folder that cannot be written
	// is replaced by a temporary one, until Close.
	CacheDir string

	// Sources are the files that our own packages in this program were compiled
	// from, by path below the module's folder, with its go.mod and go.sum.
	// Where the module's folder has other ones by now, or is not there, these
	// are compiled instead. If nil, the folder is taken as it is.
	Sources fs.FS

	// Folder is the module's folder. By default it is the one that this program
	// was compiled in: a checkout, or a place in the module cache.
	Folder string
}

// A Toolchain compiles packages for this program. It may be used by several
// goroutines at once.
type Toolchain struct {
	build   build
	options Options
	dir     string // of our state
	private bool   // dir is a temporary one of ours

	temps    []*os.File // locks in temporary folders
	spareDir string     // one of these

	asking sync.Mutex // one go command at a time

	mu      sync.Mutex
	state   state
	refused map[string]string // import path → reason, until the next Warm
	room    int64             // what may be kept before the folder of objects is looked at
}

// Find looks for the toolchain that this program was built with. Its error says
// in one line what is missing.
func Find(ctx context.Context, o Options) (*Toolchain, error) {
	b, err := thisBuild()
	if err != nil {
		return nil, err
	}
	sweepTemp()
	t := newToolchain(b, o)
	if err := t.openDir(); err != nil {
		return nil, err
	}
	candidates := t.candidates()
	if t.load(candidates) {
		return t, nil
	}
	if err := t.search(ctx, candidates); err != nil {
		t.Close()
		return nil, err
	}
	t.save()
	return t, nil
}

// Known is Find from what an earlier process of this program has found, without
// running the go command; false: nothing is known, or it holds no longer.
func Known(o Options) (*Toolchain, bool) {
	b, err := thisBuild()
	if err != nil {
		return nil, false
	}
	t := newToolchain(b, o)
	if t.openDir() == nil && t.load(t.candidates()) {
		return t, true
	}
	t.Close()
	return nil, false
}

func newToolchain(b build, o Options) *Toolchain {
	if o.GoCommand == "" {
		o.GoCommand = os.Getenv("SHEAF_GO")
	}
	if o.Folder == "" {
		o.Folder = compiledIn()
	}
	return &Toolchain{build: b, options: o}
}

// Version is the toolchain's Go release, as in go1.26.0.
func (t *Toolchain) Version() string { return t.tool().release() }

// Root is the toolchain's GOROOT.
func (t *Toolchain) Root() string { return t.tool().Root }

// Folder is where packages were last listed: the module's folder, a copy in the
// cache made from Options.Sources, or one that serves the standard library only.
func (t *Toolchain) Folder() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Folder
}

// tool is the go command that was found, as it last described itself.
func (t *Toolchain) tool() goTool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Go
}

// Close gives back what is only for this process. Nothing may be asked of t
// afterwards.
func (t *Toolchain) Close() error {
	var err error
	for _, f := range t.temps {
		err = errors.Join(err, f.Close(), os.RemoveAll(filepath.Dir(f.Name())))
	}
	t.temps, t.spareDir = nil, ""
	return err
}

// candidates are the go commands that may be the right one, best first.
func (t *Toolchain) candidates() []string {
	if t.options.GoCommand != "" {
		path, err := exec.LookPath(t.options.GoCommand)
		if err != nil {
			path = t.options.GoCommand
		}
		return []string{path}
	}
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, root := range []string{builtBy(), "/usr/local/go"} {
		if root != "" {
			dirs = append(dirs, filepath.Join(root, "bin"))
		}
	}
	var list []string
	for _, dir := range dirs {
		if path := filepath.Join(dir, "go"+exe()); filepath.IsAbs(path) && isFile(path) && !slices.Contains(list, path) {
			list = append(list, path)
		}
	}
	return list
}

func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// search asks the candidates for the one that is this program's. Where one is
// of another release, that release may stand in its module cache: the go
// command puts toolchains there that a go.mod asked for.
func (t *Toolchain) search(ctx context.Context, candidates []string) error {
	var first error
	for i := 0; i < len(candidates); i++ {
		path := candidates[i]
		g, err := askGo(ctx, path, t.build)
		if err == nil {
			err = t.fits(path, g)
		}
		if err == nil {
			t.state.Go, t.state.Asked = g, candidates[:i+1:i+1]
			return nil
		}
		if first == nil {
			first = err
		}
		if cached := cachedToolchain(g, t.build); t.options.GoCommand == "" && cached != "" && !slices.Contains(candidates, cached) {
			candidates = append(candidates, cached)
		}
	}
	if first == nil {
		first = fmt.Errorf("toolchain: no go command: not on PATH and not where %s was when this program was built", t.build.release())
	}
	return first
}

// fits tells whether what a go command says of itself is what this program was
// built with.
func (t *Toolchain) fits(path string, g goTool) error {
	if g.release() != t.build.release() {
		return fmt.Errorf("toolchain: %s is %s, this program was built with %s", path, g.release(), t.build.release())
	}
	if !isFile(g.Compiler.Path) {
		return fmt.Errorf("toolchain: %s has no compiler at %s", path, g.Compiler.Path)
	}
	return nil
}

func cachedToolchain(g goTool, b build) string {
	if g.Env["GOMODCACHE"] == "" {
		return ""
	}
	path := filepath.Join(g.Env["GOMODCACHE"], "golang.org",
		"toolchain@v0.0.1-"+b.release()+"."+runtime.GOOS+"-"+runtime.GOARCH, "bin", "go"+exe())
	if !isFile(path) {
		return ""
	}
	return path
}
