// Package rows keeps the promise between the specification and the tests: a
// test that implements a row carries the row's id in its name, and claimed.txt
// lists the rows that the project says it does. Its test fails for a claimed
// row without a test.
//
// It does not say whether such a test is any good. Nothing imports it.
package rows

import (
	"bufio"
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed claimed.txt
var claimedText string

// id matches the id of a row as it stands in a specification: DH-31.
var id = regexp.MustCompile(`^[A-Z]+-[0-9]+[a-z]?$`)

// inName matches an id at the start of a test's name: TestDH31.
var inName = regexp.MustCompile(`^_?(DH|LEC|MAD|QC|SDL)([0-9]+)`)

// Claimed returns the ids of claimed.txt, in its order.
func Claimed() ([]string, error) { return parseClaimed(claimedText) }

func parseClaimed(text string) ([]string, error) {
	var ids []string
	seen := map[string]bool{}
	for lines, n := bufio.NewScanner(strings.NewReader(text)), 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !id.MatchString(line) {
			return nil, fmt.Errorf("rows: claimed.txt:%d: %q is no row id like DH-31", n, line)
		}
		if seen[line] {
			return nil, fmt.Errorf("rows: claimed.txt:%d: %s is claimed twice", n, line)
		}
		seen[line] = true
		ids = append(ids, line)
	}
	return ids, nil
}

// A Test is a test function whose name carries row ids.
type Test struct {
	Name string
	File string // relative to the folder that was scanned
	Line int
}

// Find returns, by row id, the tests below a folder whose names carry it, as
// in TestDH31OnlyChangedRows.
func Find(root string) (map[string][]Test, error) {
	found := map[string][]Test{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		return scan(root, path, found)
	})
	if err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	return found, nil
}

func scan(root, path string, found map[string][]Test) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") {
			continue
		}
		for _, row := range ids(fn.Name.Name) {
			found[row] = append(found[row], Test{fn.Name.Name, filepath.ToSlash(rel), fset.Position(fn.Pos()).Line})
		}
	}
	return nil
}

// ids returns the row ids that a test's name begins with: TestDH20DH21Default
// has two.
func ids(name string) []string {
	var all []string
	for rest := strings.TrimPrefix(name, "Test"); ; {
		m := inName.FindStringSubmatch(rest)
		if m == nil {
			return all
		}
		all = append(all, m[1]+"-"+m[2])
		rest = rest[len(m[0]):]
	}
}
