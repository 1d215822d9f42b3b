package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

// Root returns the folder of our go.mod, as seen from the working directory.
func Root() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("layers: go env GOMOD: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if filepath.Base(mod) != "go.mod" {
		return "", fmt.Errorf("layers: the working directory is in no module")
	}
	return filepath.Dir(mod), nil
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath                         string
	Doc                                string
	GoFiles, CgoFiles                  []string
	Imports, TestImports, XTestImports []string
}

// goList lists the packages of the module in root.
func goList(root string) ([]listed, error) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Doc,GoFiles,CgoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("layers: go list: %w", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("layers: go list: %w", err)
		}
		all = append(all, l)
	}
}
