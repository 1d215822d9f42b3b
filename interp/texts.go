package interp

import (
	"go/ast"
	"go/token"
	"slices"
	"sync/atomic"
	"weak"
)

// The text of a cell, and where its lines are, is needed for as long as code of
// the cell may run, whose traceback shows them, and for as long as a name of the
// session means something that it has declared. So a text has a key. What may run
// of it holds the key: code of the engine, and what keeps compiled code. When the
// collector has found no key, the text goes.

// A cellText is the source of a cell that may be asked for after it.
type cellText struct {
	name string // that positions have
	file *token.File
	key  weak.Pointer[textKey]

	// pinned: code of it may run that holds no key.
	pinned atomic.Bool
}

// A textKey is held by what may run. Of what a cell has declared anew because of
// what it redefines, the lines are in other cells.
type textKey struct {
	of     *cellText
	others []*textKey
}

// newText is the text that s takes through compile now.
func (s *Session) newText(c *checked) *textKey {
	t := &cellText{name: s.name, file: s.fset.File(c.unit.file.Package)}
	k := &textKey{of: t}
	for _, p := range c.pieces {
		if p.file == s.name {
			continue
		}
		if i := slices.IndexFunc(s.texts, func(o *cellText) bool { return o.name == p.file }); i >= 0 {
			if o := s.texts[i].key.Value(); o != nil {
				k.others = append(k.others, o)
			}
		}
	}
	t.key = weak.Make(k)
	return k
}

// pin keeps the text for good.
func (k *textKey) pin() {
	k.of.pinned.Store(true)
	for _, o := range k.others {
		o.pin()
	}
}

// keepText keeps the text of a cell that has run until nothing can ask for it. A
// goroutine that a cell starts may ask for the place where it was started, long
// after.
func (s *Session) keepText(c *checked) {
	if s.cfg.Exit != nil {
		return // a program's stay
	}
	for _, n := range []ast.Node{c.file, c.body} {
		ast.Inspect(n, func(n ast.Node) bool {
			if _, starts := n.(*ast.GoStmt); starts {
				c.text.pin()
			}
			return true
		})
	}
	s.texts = append(s.texts, c.text.of)
}

// sweepTexts drops the texts that nothing can ask for any more, when they may
// have become as many as the others.
func (s *Session) sweepTexts() {
	const few = 64
	if len(s.texts) < 2*s.textsLeft+few {
		return
	}
	declared := s.declaring()
	var left []*cellText
	for _, t := range s.texts {
		if declared[t.name] || t.pinned.Load() || t.key.Value() != nil {
			left = append(left, t)
			continue
		}
		s.drop(t.name, t.file)
		s.machine.DropFile(t.name)
	}
	s.texts, s.textsLeft = left, len(left)
}

// declaring are the names of the texts with what names of the session mean now.
func (s *Session) declaring() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := map[string]bool{}
	at := func(pos token.Pos) { names[s.fset.Position(pos).Filename] = true }
	for _, e := range s.ledger.entries {
		names[e.from.file] = true
		at(e.decl.Pos())
	}
	for _, b := range s.names {
		if b.obj != nil {
			at(b.obj.Pos())
		}
	}
	return names
}
