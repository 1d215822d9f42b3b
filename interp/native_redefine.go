package interp

import (
	"cmp"
	"go/ast"
	"maps"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

// The compiler puts functions of a unit in place of their calls, and a unit
// has the instances of generic functions that it uses. So when one of these is
// declared anew, the unit's other functions are out of date as well.

// redefined takes back the compiled functions that a committed cell makes out
// of date, and has them compiled again.
func (n *native) redefined(c *checked) {
	anew := map[string]bool{}
	for _, d := range c.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			anew[emit.Symbol(f)] = true
		}
	}
	if len(anew) == 0 {
		return
	}
	n.mu.Lock()
	var live []*nativeUnit
	for _, u := range n.units {
		again := u
		switch {
		case u.contains(anew):
			again = n.without(c, u, anew)
		case n.lost(u) && u.same():
			n.bindLocked(u) // of another type than those that the code has
		case n.lost(u):
			again = u.again()
		}
		if again != u {
			u.stale = true
			n.replace(u, again)
			n.s.machine.Unbind(slices.Collect(maps.Values(u.source))...)
		}
		switch {
		case again == u:
			live = append(live, u)
		case again != nil:
			n.later = append(n.later, again)
		}
	}
	n.units = live
	n.mu.Unlock()
	n.packages.lost()
	n.catchUp()
}

// replace notes that the instances of a unit are another's; nil: nobody's.
func (n *native) replace(u, by *nativeUnit) {
	maps.DeleteFunc(n.instanceUnits, func(_ engine.Source, in *nativeUnit) bool { return in == u })
	if by != nil && len(by.in.Instances) > 0 {
		for _, src := range by.source {
			n.instanceUnits[src] = by
		}
	}
}

// catchUp compiles what waits for a tier that does.
func (n *native) catchUp() {
	if n.tier == Interp {
		return
	}
	n.mu.Lock()
	units := n.later
	n.later = nil
	n.mu.Unlock()
	n.submit(units...)
}

// contains reports whether a unit was given the body of one of these.
func (u *nativeUnit) contains(symbols map[string]bool) bool {
	for sym := range u.in.Funcs {
		if symbols[sym] {
			return true
		}
	}
	return false
}

// again is the same unit, to be loaded once more.
func (u *nativeUnit) again() *nativeUnit {
	cp := &nativeUnit{
		cell: u.cell, in: u.in, out: u.out, err: u.err, left: u.left, pkg: u.pkg,
		objs: u.objs, vars: u.vars, source: u.source, shown: u.shown, pkgs: u.pkgs, done: make(chan struct{}), off: u.off,
	}
	return cp
}

// without is a unit with what it has beside the functions that a cell declares
// anew, which it calls from now on; generic ones it takes as they are now. Nil:
// nothing is left.
func (n *native) without(c *checked, u *nativeUnit, anew map[string]bool) *nativeUnit {
	if len(u.in.Instances) > 0 {
		return n.instantiated(c, u)
	}
	w := u.again()
	w.left, w.source = nil, maps.Clone(u.source)
	maps.DeleteFunc(w.source, func(sym string, _ engine.Source) bool { return anew[sym] })
	if len(w.source) == 0 {
		return nil
	}
	in := *u.in
	in.Funcs, in.Paths, in.Unused = maps.Clone(u.in.Funcs), maps.Clone(u.in.Paths), maps.Clone(u.in.Unused)
	w.in, w.objs, w.vars = &in, maps.Clone(u.objs), maps.Clone(u.vars)
	mentioned := map[string]bool{}
	for sym, f := range u.in.Funcs {
		g, generic := n.generic[sym]
		switch {
		case anew[sym] && generic && emit.IsGeneric(f.Decl):
			w.take(sym, g)
			maps.Copy(mentioned, g.mentions)
		case anew[sym]:
			delete(in.Funcs, sym)
		}
	}
	n.extend(c, w, mentioned)
	w.emit()
	return w
}

// extend gives a unit the declarations that names lead to today, and leaves it
// those that it has beside them.
func (n *native) extend(c *checked, u *nativeUnit, names map[string]bool) {
	for grown := true; grown; {
		grown = false
		for _, e := range n.s.ledger.reach(names, nil) {
			f, ok := e.decl.(*ast.FuncDecl)
			if !ok || !emit.IsGeneric(f) {
				continue
			}
			sym := emit.Symbol(f)
			if g, ok := n.generic[sym]; ok && u.in.Funcs[sym].Decl == nil {
				u.take(sym, g)
				maps.Copy(names, g.mentions)
				grown = true
			}
		}
	}
	var decls []ast.Decl
	has := map[string]bool{}
	for _, e := range n.s.ledger.reach(names, nil) {
		if slices.Contains(decls, e.decl) {
			continue
		}
		decls = append(decls, e.decl)
		maps.Copy(u.in.Paths, e.imports)
		for _, name := range declaredNames(e.decl) {
			has[name] = true
		}
	}
	added := len(decls)
	for _, d := range u.in.Decls {
		if !slices.ContainsFunc(declaredNames(d), func(name string) bool { return has[name] }) {
			decls = append(decls, d)
		}
	}
	u.in.Decls = decls
	for _, d := range decls[:added] {
		n.declared(c, u, d)
	}
}

// declaredNames are the names of a declaration; of a method its symbol.
func declaredNames(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return []string{strings.TrimPrefix(emit.Symbol(d), "main.")}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}

// lost reports whether functions that were bound are not any more: they know a
// type that has been made anew.
func (n *native) lost(u *nativeUnit) bool {
	if n.tier == Interp {
		return false
	}
	for sym := range u.forms {
		if src, ok := u.source[sym]; ok && !n.s.machine.Keeps(src) {
			return true
		}
	}
	return false
}

// bind binds what a unit's functions have become, unless the unit is out of
// date, and returns their names. Of a unit that is off it only
// notes them.
func (n *native) bind(u *nativeUnit, l *loadedUnit) []string {
	forms := l.forms(u.out.Roots)
	n.mu.Lock()
	defer n.mu.Unlock()
	u.forms = forms
	return n.bindLocked(u)
}

func (n *native) bindLocked(u *nativeUnit) (bound []string) {
	if u.stale {
		return nil
	}
	for sym, form := range u.forms {
		src, ok := u.source[sym]
		if ok && (u.off || n.s.machine.Bind(src, form)) {
			bound = append(bound, cmp.Or(u.shown[sym], strings.TrimPrefix(sym, "main.")))
		}
	}
	slices.Sort(bound)
	return bound
}

// dead reports whether a unit has gone out of date before it was compiled.
func (n *native) dead(u *nativeUnit) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return u.stale
}
