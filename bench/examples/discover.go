package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// An example is a program that says what it prints.
type example struct {
	name      string // strings.ExampleFields
	dir       string // of its package, where it runs
	source    []byte
	output    string
	unordered bool // the lines of the output
}

// discover finds the examples of what cells can import; untold are those that
// cannot be checked.
func discover(ctx context.Context, root string) (list []example, untold int, err error) {
	paths := []string{"std"}
	own, err := os.ReadFile(filepath.Join(root, "stdlib", "own", "packages.txt"))
	if err != nil {
		return nil, 0, err
	}
	for line := range strings.Lines(string(own)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			paths = append(paths, line)
		}
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,XTestGoFiles"}, paths...)...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, 0, fmt.Errorf("go list: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir string
			XTestGoFiles    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list, untold, nil
		} else if err != nil {
			return nil, 0, fmt.Errorf("go list: %w", err)
		}
		if strings.Contains("/"+p.ImportPath+"/", "/internal/") || strings.HasPrefix(p.ImportPath, "vendor/") {
			continue
		}
		some, without, err := read(p.ImportPath, p.Dir, p.XTestGoFiles)
		if err != nil {
			return nil, 0, err
		}
		list, untold = append(list, some...), untold+without
	}
}

// read makes programs of the examples in a package's external test files.
func read(path, dir string, names []string) (list []example, untold int, err error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, 0, err
		}
		files = append(files, f)
	}
	for _, ex := range doc.Examples(files...) {
		if ex.Play == nil || ex.Output == "" && !ex.EmptyOutput {
			untold++
			continue
		}
		var src bytes.Buffer
		if err := format.Node(&src, fset, ex.Play); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, example{path + ".Example" + ex.Name, dir, src.Bytes(), ex.Output, ex.Unordered})
	}
	return list, untold, nil
}

// moduleRoot is the folder of the go.mod that governs the current folder.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	file := strings.TrimSpace(string(out))
	if err != nil || file == "" || file == os.DevNull {
		return "", errors.New("no go.mod here or above: run it inside the project")
	}
	return filepath.Dir(file), nil
}

// readExpected reads which examples fail, and why: a name and a reason a line.
func readExpected(root string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "bench", "examples", "expected.txt"))
	if err != nil {
		return nil, err
	}
	list := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, _ := strings.Cut(line, " ")
		if reason = strings.TrimSpace(reason); reason == "" {
			return nil, fmt.Errorf("expected.txt: %s has no reason", name)
		}
		list[name] = reason
	}
	return list, nil
}
