package main

import (
	"fmt"
	"go/build"
	"go/build/constraint"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// folders are the parts of GOROOT/test whose "// run" programs count.
var folders = []string{".", "typeparam", "typeparam/mdempsky", "ken", "chan", "interface", "fixedbugs"}

// exportsEnv names a file that says where the compiled standard library is, for
// programs that call the compiler themselves.
const exportsEnv = "STDLIB_IMPORTCFG"

// A program is one file of GOROOT/test that is run and whose output is
// compared.
type program struct {
	Path    string        // below GOROOT/test, with slashes
	Folder  string        // the part of Path that is counted together; "." is "top"
	Feature string        // what it needs of the language, see feature
	Flags   []string      // of go run: for the compiler, the race detector, build tags
	Args    []string      // of the program
	Env     []string      // added to its environment
	Limit   time.Duration // that its recipe asks for; 0: none
	Exports bool          // it compiles programs, and wants to know where packages are
}

// discover lists the programs below dir (GOROOT/test), sorted by path, that
// are meant to run on this machine.
func discover(dir string) ([]program, error) {
	var all []program
	for _, folder := range folders {
		entries, err := os.ReadDir(filepath.Join(dir, filepath.FromSlash(folder)))
		if err != nil {
			return nil, fmt.Errorf("gotest: %w", err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") || !strings.HasSuffix(e.Name(), ".go") {
				continue
			}
			src, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(folder), e.Name()))
			if err != nil {
				return nil, fmt.Errorf("gotest: %w", err)
			}
			p, run, err := recipe(string(src))
			if err != nil {
				return nil, fmt.Errorf("gotest: %s: %w", path.Join(folder, e.Name()), err)
			}
			if !run {
				continue
			}
			p.Path, p.Folder = path.Join(folder, e.Name()), folder
			if folder == "." {
				p.Folder = "top"
			}
			p.Feature = feature(string(src))
			p.Exports = strings.Contains(string(src), exportsEnv)
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b program) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// recipe reads how a file wants to be tested: in its first line that is no
// build constraint. run is false where that is another action than "run", where
// the constraints leave this machine out, and for a program of several files.
func recipe(src string) (p program, run bool, err error) {
	var action string
	for line := range strings.Lines(src) {
		line = strings.TrimRight(line, "\r\n")
		if constraint.IsGoBuild(line) || constraint.IsPlusBuild(line) {
			continue
		}
		if action = strings.TrimSpace(strings.TrimPrefix(line, "//")); action != "" {
			break
		}
	}
	words, err := fields(action)
	if err != nil || len(words) == 0 || words[0] != "run" || !wanted(src) {
		return program{}, false, err
	}
	words = words[1:]
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		flag := words[0]
		words = words[1:]
		switch flag {
		case "-t", "-goexperiment", "-godebug", "-gomodversion":
			if len(words) == 0 {
				return program{}, false, fmt.Errorf("recipe %q: %s wants a value", action, flag)
			}
			if err := p.set(flag, words[0]); err != nil {
				return program{}, false, fmt.Errorf("recipe %q: %w", action, err)
			}
			words = words[1:]
		default:
			p.Flags = append(p.Flags, flag)
		}
	}
	p.Args = words
	// To go run these are more files of the program.
	several := slices.ContainsFunc(words, func(arg string) bool { return strings.HasSuffix(arg, ".go") })
	return p, !several, nil
}

// flags are those that the command takes: go run all of them, sheaf exec those
// for the compiler. Without the race detector, and without a tag for another
// implementation of a package, a program does the same.
func (p *program) flags(native bool) []string {
	if native {
		return p.Flags
	}
	return slices.DeleteFunc(slices.Clone(p.Flags), func(flag string) bool {
		return flag == "-race" || strings.HasPrefix(flag, "-tags=")
	})
}

func (p *program) set(flag, value string) error {
	switch flag {
	case "-t":
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("-t wants seconds, got %q", value)
		}
		p.Limit = time.Duration(n) * time.Second
	case "-goexperiment":
		p.Env = append(p.Env, "GOEXPERIMENT="+value)
	case "-godebug":
		p.Env = append(p.Env, "GODEBUG="+value)
	}
	return nil
}

// wanted says whether the build constraints above the package clause take this
// machine.
func wanted(src string) bool {
	header, _, _ := strings.Cut(src, "\npackage")
	for line := range strings.Lines(header) {
		if expr, err := constraint.Parse(strings.TrimRight(line, "\r\n")); err == nil && !expr.Eval(tagHolds) {
			return false
		}
	}
	return true
}

func tagHolds(tag string) bool {
	switch tag {
	case runtime.GOOS, runtime.GOARCH, "gc", "test_run":
		return true
	case "cgo":
		return build.Default.CgoEnabled
	}
	if strings.HasPrefix(tag, "goexperiment.") {
		return slices.Contains(build.Default.ToolTags, tag)
	}
	return slices.Contains(build.Default.ReleaseTags, tag)
}

// fields splits at white space; quotes of either kind keep words together, a
// backslash takes the next character as it is.
func fields(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	open, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped, open = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && unicode.IsSpace(r):
			if open {
				words = append(words, word.String())
				word.Reset()
				open = false
			}
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if open {
		words = append(words, word.String())
	}
	if quote != 0 && len(words) > 0 && words[0] == "run" { // other first lines are prose
		return nil, fmt.Errorf("recipe %q: a quote is not closed", s)
	}
	return words, nil
}

// sample takes n programs, evenly spread over the sorted list; the same ones
// each time.
func sample(all []program, n int) []program {
	if n <= 0 || n >= len(all) {
		return all
	}
	out := make([]program, n)
	for i := range out {
		out[i] = all[(2*i+1)*len(all)/(2*n)]
	}
	return out
}
