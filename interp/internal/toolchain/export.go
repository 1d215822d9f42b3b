package toolchain

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// A RefusedError names packages that cannot be compiled against, and why.
type RefusedError struct {
	Reasons map[string]string // by import path
}

// Error names the first package with its reason, and how many others there are.
func (e *RefusedError) Error() string {
	var paths []string
	for p := range e.Reasons {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	more := ""
	if n := len(paths) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more packages)", n)
	}
	return fmt.Sprintf("toolchain: package %s: %s%s", strings.Trim(strconv.Quote(paths[0]), `"`), e.Reasons[paths[0]], more)
}

// refusal is the error for refused packages, if there are any.
func refusal(reasons map[string]string) error {
	if len(reasons) == 0 {
		return nil
	}
	return &RefusedError{reasons}
}

// Export returns the archives of packages, with their export data and object
// code, by import path. What is not in Go's build cache is built first. If some
// packages cannot be had, the others are returned, with a [*RefusedError]; they
// are not tried again before the next Warm. Package unsafe has no archive.
func (t *Toolchain) Export(ctx context.Context, paths ...string) (map[string]string, error) {
	found, refused, missing := t.known(paths)
	if len(missing) == 0 {
		return found, refusal(refused)
	}
	if err := t.list(ctx, missing, nil); err != nil {
		return found, err
	}
	found, refused, missing = t.known(paths)
	for _, p := range missing {
		refused[p] = "the go command says nothing of it"
	}
	return found, refusal(refused)
}

// Ready tells whether Export answers without the go command, and so at once.
func (t *Toolchain) Ready(paths ...string) bool {
	_, _, missing := t.known(paths)
	return len(missing) == 0
}

// Warm makes the archives of packages, and so all that later calls need: one
// group after the other, each kept when it is done. It tells progress how many of
// the packages behind them are done; those that are in the build cache are
// counted with their group. What Export says of packages that cannot be had
// holds for Warm.
func (t *Toolchain) Warm(ctx context.Context, groups [][]string, progress func(done, total int)) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	t.mu.Lock()
	t.refused = nil
	t.mu.Unlock()
	all := slices.Concat(groups...)
	_, _, missing := t.known(all)
	if len(missing) == 0 {
		progress(len(all), len(all))
	} else if err := t.warm(ctx, groups, missing, progress); err != nil {
		return err
	}
	_, refused, _ := t.known(all)
	return refusal(refused)
}

func (t *Toolchain) warm(ctx context.Context, groups [][]string, missing []string, progress func(done, total int)) error {
	dir, _, err := t.folder()
	if err != nil {
		return err
	}
	behind, err := t.behind(ctx, dir, missing)
	if err != nil {
		return err
	}
	done, total := 0, len(behind)
	progress(0, total)
	for _, group := range groups {
		_, _, missing := t.known(group)
		if len(missing) == 0 {
			continue
		}
		own, err := t.behind(ctx, dir, missing)
		if err != nil {
			return err
		}
		left := 0 // of those behind the group
		for p := range own {
			if behind[p] {
				left++
				delete(behind, p)
			}
		}
		n := 0
		if err := t.list(ctx, missing, func() { n = min(n+1, left); progress(done+n, total) }); err != nil {
			return err
		}
		done += left
		progress(done, total)
	}
	return nil
}

// known are the archives of which an earlier answer still holds, the packages
// that were refused, and the paths of which there is no answer.
func (t *Toolchain) known(paths []string) (found, refused map[string]string, missing []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found, refused = map[string]string{}, map[string]string{}
	for _, p := range paths {
		if p == "unsafe" {
			continue
		}
		if !oneImport(p) {
			refused[p] = "not an import path"
		} else if a, ok := t.state.Packages[p]; ok && a.there() {
			found[p] = a.File
		} else if why, ok := t.refused[p]; ok {
			refused[p] = why
		} else {
			missing = append(missing, p)
		}
	}
	return found, refused, missing
}

// oneImport tells whether the go command takes a word for an import path: for
// one package, and not for a flag, a folder or a pattern.
func oneImport(path string) bool {
	switch path {
	case "all", "std", "cmd", "tool", "work", "":
		return false
	}
	if first, _, _ := strings.Cut(path, "/"); strings.HasSuffix(path, ".go") && (first == path || !strings.Contains(first, ".")) {
		return false // a file
	}
	odd := func(r rune) bool { return r <= ' ' || r == '@' || r == '\\' || r == 0x7F }
	return !strings.ContainsFunc(path, odd) && !strings.ContainsAny(path[:1], "-./") && !strings.Contains(path, "...")
}

// listed is what `go list` tells of a package.
type listed struct {
	ImportPath string
	Export     string
	Standard   bool
	Module     *listedModule
	Error      *listedError
	DepsErrors []*listedError
}

type listedModule struct {
	Path, Version string
	Main          bool
	Replace       *debug.Module
}

type listedError struct{ Err string }

// list asks the go command for the archives of packages and notes them.
func (t *Toolchain) list(ctx context.Context, paths []string, built func()) error {
	t.asking.Lock()
	defer t.asking.Unlock()
	if t.Ready(paths...) {
		return nil // another goroutine has asked meanwhile
	}
	if err := t.askAgain(ctx); err != nil {
		return err
	}
	dir, owns, err := t.folder()
	if err != nil {
		return err
	}
	packages, err := t.goList(ctx, dir, paths, built)
	if err != nil {
		return err
	}
	if s := t.options.Sources; s != nil && owns == nil && !sameSources(s, dir) {
		return fmt.Errorf("toolchain: the sources in %s changed while they were compiled; try again", dir)
	}
	t.note(dir, packages, owns)
	t.save()
	return nil
}

// askAgain makes sure that the go command is still the right one, and sees what
// the user has set since.
func (t *Toolchain) askAgain(ctx context.Context) error {
	path := t.tool().Command.Path
	g, err := askGo(ctx, path, t.build)
	if err == nil {
		err = t.fits(path, g)
	}
	if err != nil {
		return err
	}
	t.mu.Lock()
	t.state.Go = g
	t.mu.Unlock()
	return nil
}

// note takes the archives of packages over, except those that are not what is
// linked into this program.
func (t *Toolchain) note(dir string, packages []listed, owns error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state.Packages == nil {
		t.state.Packages = map[string]archive{}
	}
	if t.refused == nil {
		t.refused = map[string]string{}
	}
	t.state.Folder = dir
	for _, p := range packages {
		if why := t.refuse(p, owns); why != "" {
			t.refused[p.ImportPath] = why
		} else {
			t.state.Packages[p.ImportPath] = archive{p.Export, stampOf(p.Export).Size}
		}
	}
}

// refuse says why a package cannot be compiled against; "" if it can.
func (t *Toolchain) refuse(p listed, owns error) string {
	own := p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/")
	switch {
	case !p.Standard && owns != nil:
		return owns.Error()
	case own && !t.carries(p.ImportPath):
		return "not among the packages of this program that cells can import"
	case p.Error != nil:
		return reason(p.Error)
	case p.Export == "" && len(p.DepsErrors) > 0:
		return reason(p.DepsErrors[0])
	case p.Export == "":
		return "the go command built no archive of it"
	case p.Standard || p.Module == nil || p.Module.Main:
		return ""
	}
	have, linked := t.build.modules[p.Module.Path]
	if !linked {
		return fmt.Sprintf("module %s is not part of this program", p.Module.Path)
	}
	if v := moduleVersion(p.Module.Version, p.Module.Replace); v != have {
		return fmt.Sprintf("module %s is %s, this program was built with %s", p.Module.Path, v, have)
	}
	return ""
}

// reason is what the go command complains of, in one line.
func reason(e *listedError) string { return firstLine(e.Err) }

// goList runs `go list -export`; built, if not nil, is called when a package has
// been compiled.
func (t *Toolchain) goList(ctx context.Context, dir string, paths []string, built func()) ([]listed, error) {
	flags := t.build.goFlags()
	if built != nil {
		flags = append(flags, "-v") // a line on stderr for each package that is compiled
	}
	args := append([]string{"list", "-e", "-export", "-deps", "-json=ImportPath,Export,Standard,Module,Error,DepsErrors"}, flags...)
	cmd := command(ctx, t.tool().Command.Path, append(append(args, "--"), paths...), dir, t.goEnv())
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	var complaint string
	if err := running(cmd, func(r io.Reader) { complaint = watch(r, built) }); err != nil {
		return nil, failed(ctx, cmd.Path, err, complaint)
	}
	var list []listed
	for d := json.NewDecoder(&stdout); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("toolchain: %s list: %w", cmd.Path, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// behind are the packages that paths need, themselves included.
func (t *Toolchain) behind(ctx context.Context, dir string, paths []string) (map[string]bool, error) {
	args := append([]string{"list", "-e", "-deps"}, t.build.goFlags()...)
	out, err := output(ctx, t.tool().Command.Path, append(append(args, "--"), paths...), dir, t.goEnv())
	set := map[string]bool{}
	for p := range strings.FieldsSeq(string(out)) {
		set[p] = true
	}
	return set, err
}

// watch calls built for each line of `go list -v` that is an import path, and
// returns the others.
func watch(r io.Reader, built func()) string {
	var rest strings.Builder
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if built == nil || strings.ContainsAny(line, " :\t") {
			rest.WriteString(line + "\n")
			continue
		}
		built()
	}
	_, _ = io.Copy(io.Discard, r) // the program must not wait for us
	return rest.String()
}
