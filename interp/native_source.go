package interp

import (
	"errors"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/loader"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// A neutralSource is a unit's source without what changes from one run of a
// cell to the next: the versions of the variables that it defines. So the same
// cell is compiled once.
type neutralSource struct {
	text []byte
	vars map[string]string // in text → the session's
}

// neutral takes these things out of a source; vars are the symbols of its
// variables.
func neutral(source []byte, isVar func(name string) bool) neutralSource {
	n := neutralSource{vars: map[string]string{}}
	names := map[string]string{}
	var b strings.Builder
	done := 0
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, 0)
	for pos, tok, lit := s.Scan(); tok != token.EOF; pos, tok, lit = s.Scan() {
		if tok != token.IDENT || !strings.Contains(lit, sep) || !isVar(lit) {
			continue
		}
		if names[lit] == "" {
			base, _, _ := strings.Cut(lit, sep)
			names[lit] = base + sep + "v" + strconv.Itoa(len(names))
			n.vars[names[lit]] = lit
		}
		at := file.Offset(pos)
		b.Write(source[done:at])
		b.WriteString(names[lit])
		done = at + len(lit)
	}
	b.Write(source[done:])
	n.text = []byte(b.String())
	return n
}

// mistake is an error of the compiler with the places of the cell.
func (n *native) mistake(u *nativeUnit, err error) error {
	var e *toolchain.SourceError
	if errors.As(err, &e) {
		for i := range e.Messages {
			if at := &e.Messages[i].Pos; at.Filename == emit.MarksFile {
				*at = n.s.fset.Position(u.out.Marks.Place(at.Line))
			}
		}
	}
	return err
}

// place tells the file and line that package runtime has for a line of what a
// unit has emitted.
func (n *native) place(u *nativeUnit) func(line int) (string, int) {
	files := map[string]string{}
	return func(line int) (string, int) {
		at := n.s.fset.Position(u.out.Marks.Place(line))
		name, ok := files[at.Filename]
		if !ok {
			name = n.s.shownFile(at.Filename)
			files[at.Filename] = name
		}
		return name, at.Line
	}
}

// located tells the positions of loaded code, whose marks these are.
func located(marks emit.Marks, code loader.Places) func(pc uintptr) token.Pos {
	return func(pc uintptr) token.Pos { return marks.Place(code.Place(pc)) }
}
