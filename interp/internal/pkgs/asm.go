package pkgs

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// An Assembler is the assembler of a package.
type Assembler struct {
	Dir   string            // of the package in its module
	Files []string          // names of the files
	Texts map[string]string // by path in the module: the files and what they include
	Funcs []string          // functions that Go declares and has no bodies of
}

// assembled reads a package's assembler and has it made ready.
func (l *Loader) assembled(p *Package, files fs.FS) error {
	p.Asm.Texts = map[string]string{}
	for _, name := range p.Asm.Files {
		if err := p.Asm.read(files, path.Join(p.Asm.Dir, name)); err != nil {
			return fmt.Errorf("package %s: %w", p.Path, err)
		}
	}
	if err := l.cfg.Assemble(l.cfg.Context(), p); err != nil {
		return fmt.Errorf("package %s needs assembler: %w", p.Path, err)
	}
	return nil
}

var include = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"`)

// read reads a file and those that it includes, as far as the module has them:
// others come with the Go release, or are written by the compiler.
func (a *Assembler) read(files fs.FS, name string) error {
	if _, ok := a.Texts[name]; ok {
		return nil
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	a.Texts[name] = string(text)
	for _, m := range include.FindAllStringSubmatch(string(text), -1) {
		other := path.Join(a.Dir, m[1]) // the folder of the package is where the assembler runs
		if _, err := fs.Stat(files, other); err != nil || strings.HasPrefix(other, "../") {
			continue
		}
		if err := a.read(files, other); err != nil {
			return err
		}
	}
	return nil
}
