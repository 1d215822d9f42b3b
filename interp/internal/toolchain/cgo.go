package toolchain

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// CTools are the programs that compile C code of Go packages.
type CTools struct {
	Cgo     string   // the toolchain's tool
	CC, CXX []string // as the go command would call them
	Env     []string // to run them in
}

// Cgo finds what compiles C code. Its error says in one line what is missing.
func (t *Toolchain) Cgo() (CTools, error) {
	if os.Getenv("CGO_ENABLED") == "0" {
		return CTools{}, fmt.Errorf("toolchain: CGO_ENABLED=0 is set, which forbids C code")
	}
	g := t.tool()
	c := CTools{
		Cgo: filepath.Join(filepath.Dir(g.Compiler.Path), "cgo"+exe()),
		CC:  strings.Fields(g.Env["CC"]), CXX: strings.Fields(g.Env["CXX"]),
		Env: append(environ(func(string) bool { return false }), t.build.env()...),
	}
	if cc := os.Getenv("CC"); cc != "" { // what is kept of the go command may be of another day
		c.CC = strings.Fields(cc)
	}
	if cxx := os.Getenv("CXX"); cxx != "" {
		c.CXX = strings.Fields(cxx)
	}
	if !isFile(c.Cgo) {
		return CTools{}, fmt.Errorf("toolchain: %s has no tool cgo at %s", t.Version(), c.Cgo)
	}
	if len(c.CC) == 0 {
		return CTools{}, fmt.Errorf("toolchain: go env CC names no C compiler")
	}
	if _, err := exec.LookPath(c.CC[0]); err != nil {
		return CTools{}, fmt.Errorf("toolchain: the C compiler %s (go env CC) is not there", c.CC[0])
	}
	return c, nil
}

// Kept is a folder in the cache for what is made from sources that cannot
// change; "" if nothing can be kept.
func (t *Toolchain) Kept(name string) string {
	if t.private {
		return ""
	}
	return filepath.Join(filepath.Dir(t.dir), name)
}
