package interp

import (
	"errors"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// A neutralSource is a unit's source without what changes from one run of a
// cell to the next: the name of the cell, and the versions of the variables
// that it defines. So the same cell is compiled once.
type neutralSource struct {
	text  []byte
	files map[string]string // in text → the name it stands for
	vars  map[string]string // the same of variables
}

// neutralFile is the name of file i.
func neutralFile(i int) string { return "cell" + strconv.Itoa(i) }

// neutral takes these things out of a source; vars are the symbols of its
// variables.
func neutral(source []byte, isVar func(name string) bool) neutralSource {
	n := neutralSource{files: map[string]string{}, vars: map[string]string{}}
	files, names := map[string]string{}, map[string]string{}
	var b strings.Builder
	done := 0
	put := func(from, to int, text string) {
		b.Write(source[done:from])
		b.WriteString(text)
		done = to
	}
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, scanner.ScanComments)
	for pos, tok, lit := s.Scan(); tok != token.EOF; pos, tok, lit = s.Scan() {
		at := file.Offset(pos)
		switch {
		case tok == token.COMMENT:
			name, rest, ok := lineDirective(lit)
			if !ok {
				continue
			}
			if files[name] == "" {
				files[name] = neutralFile(len(files))
				n.files[files[name]] = name
			}
			put(at, at+len(lit), "//line "+files[name]+rest)
		case tok == token.IDENT && strings.Contains(lit, sep) && isVar(lit):
			if names[lit] == "" {
				base, _, _ := strings.Cut(lit, sep)
				names[lit] = base + sep + "v" + strconv.Itoa(len(names))
				n.vars[names[lit]] = lit
			}
			put(at, at+len(lit), names[lit])
		}
	}
	put(len(source), len(source), "")
	n.text = []byte(b.String())
	return n
}

// lineDirective parts the text of a comment, if it is a line directive, at the
// end of the file's name.
func lineDirective(text string) (name, rest string, ok bool) {
	name, ok = strings.CutPrefix(text, "//line ")
	if !ok {
		return "", "", false
	}
	i := len(strings.TrimRight(name, "0123456789"))
	if i == 0 || i == len(name) || name[i-1] != ':' {
		return "", "", false
	}
	return name[:i-1], name[i-1:], true
}

// restore gives files of an object the names that they stand for.
func (n neutralSource) restore(files []string) {
	for i, f := range files {
		if name, ok := n.files[f]; ok {
			files[i] = name
		}
	}
}

// mistake is an error of the compiler with the names of the cell.
func (n neutralSource) mistake(err error) error {
	var e *toolchain.SourceError
	if errors.As(err, &e) {
		for i := range e.Messages {
			if name, ok := n.files[e.Messages[i].Pos.Filename]; ok {
				e.Messages[i].Pos.Filename = name
			}
		}
	}
	return err
}
