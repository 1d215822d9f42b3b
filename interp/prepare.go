package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/gosyntax"
	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// prepare splits, resolves and checks a text. Where it redefines names as
// something else, the declarations of earlier cells that use them are made
// anew with it; those that no longer check stay as they are, and notes say so.
// A cell with C in it comes with its translation.
func (s *Session) prepare(src string, f *foreign) (c *checked, notes []string, fail *failure) {
	var anew []*entry
	out := map[*entry]bool{}
	var tried []*token.File
	defer func() {
		if c == nil { // it failed, or was interrupted
			s.drop(s.name, tried...)
		} else {
			s.drop("", tried[:len(tried)-1]...)
		}
	}()
	for {
		pieces := make([]piece, len(anew))
		for i, e := range anew {
			pieces[i] = e.from
		}
		var u *unit
		var err error
		s.beside(src, func() { u, err = splitWith(s.fset, s.name, src, f, pieces) })
		if err != nil {
			return nil, nil, &failure{show: s.syntaxError(err)}
		}
		tried = append(tried, s.fset.File(u.file.Package))
		r, err := s.resolve(u)
		if err != nil {
			return nil, nil, &failure{show: s.checkErrors(nil, asTypesErrors(err))}
		}
		interrupt.Check()
		c, errs := s.check(u, r)
		own, broken := s.blame(errs, anew)
		more := s.dependents(c, anew, out)
		if len(more) > 0 { // what does not check may only lack what is still to follow
			anew = append(anew, more...)
			continue
		}
		if len(own) > 0 {
			fail := &failure{show: s.checkErrors(c, own)}
			for e, why := range broken {
				notes = append(notes, s.leftBehind(c, anew, e, why))
			}
			slices.Sort(notes)
			fail.show.Traceback = append(fail.show.Traceback, notes...)
			return nil, nil, fail
		}
		for e, why := range broken {
			out[e] = true
			notes = append(notes, s.leftBehind(c, anew, e, why))
		}
		if len(broken) == 0 {
			slices.Sort(notes)
			c.qualifyDots()
			return c, notes, nil
		}
		anew = slices.DeleteFunc(anew, func(e *entry) bool { return out[e] })
	}
}

// leftBehind says that a declaration stays as it was, because it does not check
// with what the cell redefines.
func (s *Session) leftBehind(c *checked, anew []*entry, e *entry, why types.Error) string {
	where := plain(e.from.file)
	if t, _, isMethod := strings.Cut(e.user, "."); isMethod && c.fresh[t] != nil && !c.fresh[t].kept {
		return fmt.Sprintf("note: method %s (%s) is not carried over to the new %s: %s", e.user, where, t, s.worded(why))
	}
	changed := s.changes(c)
	var own, followed []string
	for _, u := range sortedKeys(e.uses) {
		switch {
		case !changed[u] || u == e.user:
		case slices.ContainsFunc(anew, func(a *entry) bool { return a.user == u }):
			followed = append(followed, u)
		default:
			own = append(own, strings.TrimPrefix(u, "."))
		}
	}
	if own == nil {
		own = followed
	}
	return fmt.Sprintf("note: %s (%s) still uses the old %s: %s", e.user, where, strings.Join(own, ", "), s.worded(why))
}

// blame tells the errors of the cell from those in declarations made anew.
func (s *Session) blame(errs []types.Error, anew []*entry) (own []types.Error, broken map[*entry]types.Error) {
	broken = map[*entry]types.Error{}
	for _, e := range errs {
		p := s.fset.Position(e.Pos)
		at := slices.IndexFunc(anew, func(a *entry) bool {
			n := strings.Count(a.from.text, "\n")
			return a.from.file == p.Filename && p.Filename != s.name && a.from.line <= p.Line && p.Line <= a.from.line+n
		})
		if at < 0 {
			own = append(own, e)
		} else if _, ok := broken[anew[at]]; !ok {
			broken[anew[at]] = e
		}
	}
	return own, broken
}

func (s *Session) worded(e types.Error) string {
	return s.place(e.Pos).String() + ": " + asC(plain(e.Msg))
}

// changes lists the names that the cell makes something else, and ".M" where it
// gives a method M of an earlier type another signature.
func (s *Session) changes(c *checked) map[string]bool {
	changed := map[string]bool{}
	for _, b := range c.fresh {
		if old := s.names[b.user]; old != nil && !b.kept {
			changed[b.user] = true
		}
	}
	for _, m := range c.methods {
		if e := s.ledger.entries[methodName(m)]; e != nil && signatureText(m) != signatureText(e.decl.(*ast.FuncDecl)) {
			changed["."+m.Name.Name] = true
		}
	}
	return changed
}

// dependents finds the declarations of earlier cells that use a name which
// the cell makes something else.
func (s *Session) dependents(c *checked, anew []*entry, out map[*entry]bool) []*entry {
	changed := s.changes(c)
	if len(changed) == 0 {
		return nil
	}
	declared := map[string]bool{}
	for user := range c.fresh {
		declared[user] = true
	}
	for _, m := range c.methods {
		declared[plain(gosyntax.ReceiverName(m))+"."+m.Name.Name] = true
	}
	var more []*entry
	seen := map[*entry]bool{}
	for _, name := range sortedKeys(s.ledger.entries) {
		e := s.ledger.entries[name]
		if seen[e] || out[e] || e.from.text == "" || declared[e.user] || slices.Contains(anew, e) || !s.isCurrent(e) {
			continue
		}
		seen[e] = true
		for u := range e.uses {
			if changed[u] && u != e.user {
				more = append(more, e)
				break
			}
		}
	}
	return more
}

// isCurrent reports whether an entry is what its name means now.
func (s *Session) isCurrent(e *entry) bool {
	user, _, _ := strings.Cut(e.user, ".")
	name, _, _ := strings.Cut(e.names[0], ".")
	b := s.names[user]
	return b != nil && b.internal == name
}

func asTypesErrors(err error) []types.Error {
	var te types.Error
	if errors.As(err, &te) {
		return []types.Error{te}
	}
	return []types.Error{{Msg: err.Error()}}
}
