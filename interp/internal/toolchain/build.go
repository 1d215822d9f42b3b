package toolchain

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	gobuild "go/build"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
)

// build is how this program was built.
type build struct {
	version  string            // runtime.Version, with experiments
	settings map[string]string // of the build info: -tags, CGO_ENABLED, …
	modules  map[string]string // module path → version, of what is linked in
	id       string            // differs between any two binaries
}

// thisBuild reads how this program was built.
func thisBuild() (build, error) {
	if runtime.Compiler != "gc" {
		return build{}, fmt.Errorf("toolchain: this program was built with %s, want gc", runtime.Compiler)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{}, errors.New("toolchain: this program does not say how it was built; build it with go build or go install")
	}
	b := build{version: runtime.Version(), settings: map[string]string{}, modules: map[string]string{}}
	for _, s := range info.Settings {
		b.settings[s.Key] = s.Value
	}
	for _, d := range info.Deps {
		b.modules[d.Path] = moduleVersion(d.Version, d.Replace)
	}
	b.id = b.identity()
	return b, nil
}

func moduleVersion(version string, replace *debug.Module) string {
	if replace != nil {
		return replace.Path + " " + replace.Version
	}
	return version
}

// release is the Go release alone.
func (b build) release() string { return release(b.version) }

func release(version string) string {
	short, _, _ := strings.Cut(version, " X:")
	return short
}

// identity tells two binaries apart: by the build ID that the go command gave
// them, or where that was left out, by what they were built from and by their
// file.
func (b build) identity() string {
	h := sha256.New()
	fmt.Fprintln(h, b.version, runtime.GOOS, runtime.GOARCH)
	for _, m := range []map[string]string{b.settings, b.modules} {
		var lines []string
		for k, v := range m {
			lines = append(lines, k+"="+v)
		}
		sort.Strings(lines)
		fmt.Fprintf(h, "%q\n", lines)
	}
	if path, err := os.Executable(); err == nil {
		if id := buildID(path); id != "" {
			fmt.Fprintln(h, id)
		} else if st, err := os.Stat(path); err == nil {
			fmt.Fprintln(h, path, st.Size(), st.ModTime().UnixNano())
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// Before the build ID of a binary stands a mark, near the start of its file: in
// the code itself, or as the name of a note.
const (
	idMark    = "\xff Go build ID: \""
	idEnd     = "\"\n \xff"
	noteMark  = "\x04\x00\x00\x00Go\x00\x00"
	searchFor = 64 << 10
)

// buildID is the build ID of the binary at path; empty if it has none.
func buildID(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	start, err := io.ReadAll(io.LimitReader(f, searchFor))
	if err != nil {
		return ""
	}
	if _, note, ok := bytes.Cut(start, []byte(noteMark)); ok {
		// The length of the ID stands between the length of the name and the mark.
		n := len(start) - len(note) - len(noteMark) - 4
		if n >= 0 {
			size := binary.NativeEndian.Uint32(start[n:])
			return string(note[:min(int(size), len(note))])
		}
	}
	if _, rest, ok := bytes.Cut(start, []byte(idMark)); ok {
		id, _, _ := bytes.Cut(rest, []byte(idEnd))
		return string(id)
	}
	return ""
}

// env is what the go command and the compiler must be told so that they build
// as this program was built.
func (b build) env() []string {
	env := []string{"GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH}
	for k, v := range b.settings {
		if (strings.HasPrefix(k, "GO") || strings.HasPrefix(k, "CGO_")) && k != "GOOS" && k != "GOARCH" && v != "" {
			env = append(env, k+"="+v)
		}
	}
	sort.Strings(env)
	return env
}

// goFlags are the flags of the build that the archives of packages depend on.
func (b build) goFlags() []string {
	var flags []string
	for _, name := range []string{"-tags", "-trimpath", "-race", "-msan", "-asan", "-gcflags", "-asmflags"} {
		if v := b.settings[name]; v != "" {
			flags = append(flags, name+"="+v)
		}
	}
	if b.settings["-buildmode"] == "pie" {
		flags = append(flags, "-buildmode=pie")
	}
	return flags
}

// compileFlags are those of goFlags that change what code is generated.
func (b build) compileFlags() []string {
	var flags []string
	for _, name := range []string{"-race", "-msan", "-asan"} {
		if b.settings[name] == "true" {
			flags = append(flags, name)
		}
	}
	return flags
}

// trimmed tells whether the program was built with -trimpath.
func (b build) trimmed() bool { return b.settings["-trimpath"] == "true" }

// builtBy is the GOROOT that built this program; empty after -trimpath.
func builtBy() string { return gobuild.Default.GOROOT }

// compiledIn is the folder of our module when this program was compiled; empty
// after -trimpath.
func compiledIn() string {
	_, file, _, _ := runtime.Caller(0)
	if !filepath.IsAbs(file) {
		return ""
	}
	dir, ok := strings.CutSuffix(filepath.ToSlash(filepath.Dir(file)), "/interp/internal/toolchain")
	if !ok {
		return ""
	}
	return filepath.FromSlash(dir)
}
