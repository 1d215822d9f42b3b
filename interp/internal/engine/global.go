package engine

import (
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"unsafe"
	"weak"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A Global is a package variable: session variables live here, in memory that
// stays where it is while their name means them.
type Global struct {
	Type types.Type
	Addr unsafe.Pointer
	RT   reflect.Type

	literals []weak.Pointer[Code] // function literals that mention it
}

// Value is the variable, addressable.
func (g *Global) Value() reflect.Value { return reflect.NewAt(g.RT, g.Addr).Elem() }

// Define makes a variable, or finds it if it exists with the same type.
func (m *Machine) Define(path, name string, t types.Type) *Global {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.define(path+"."+name, t)
}

func (m *Machine) define(key string, t types.Type) *Global {
	w := m.word(t)
	if g := m.globals[key]; g != nil && rtype.Word(g.RT) == w {
		return g
	}
	g := &Global{Type: t, Addr: rtype.Alloc(w), RT: rtype.FromWord(w)}
	m.globals[key] = g
	return g
}

// Share makes name mean the variable that old means.
func (m *Machine) Share(path, old, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if g := m.globals[path+"."+old]; g != nil {
		m.globals[path+"."+name] = g
	}
}

// Drop says that no source to come means these variables by their names. What
// is compiled, or may be compiled again, keeps those that it mentions; the
// memory of the others is free.
func (m *Machine) Drop(path string, names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dropped := map[string]*Global{}
	for _, name := range names {
		if g := m.globals[path+"."+name]; g != nil {
			dropped[name] = g
			delete(m.globals, path+"."+name)
		}
	}
	if len(dropped) == 0 {
		return
	}
	for _, src := range m.sources {
		for v, g := range src.vars {
			if g == nil && v.Pkg().Path() == path {
				src.vars[v] = dropped[v.Name()]
			}
		}
	}
}

// mentionedBy notes a function literal.
func (g *Global) mentionedBy(c *Code) {
	w := weak.Make(c)
	if n := len(g.literals); n > 0 && g.literals[n-1] == w {
		return
	}
	if n := len(g.literals); n >= 16 && n&(n-1) == 0 {
		g.literals = slices.DeleteFunc(g.literals, func(w weak.Pointer[Code]) bool { return w.Value() == nil })
	}
	g.literals = append(g.literals, w)
}

// Literals is where the function literals are that mention a variable and that
// there are still function values of.
func (m *Machine) Literals(g *Global) (at []token.Pos) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(g.literals) == 0 {
		return nil
	}
	runtime.GC() // what is not found by it is of no interest to anyone
	for _, w := range g.literals {
		if c := w.Value(); c != nil && !slices.Contains(at, c.pos) {
			at = append(at, c.pos)
		}
	}
	return at
}

// Global finds a variable; nil: there is none.
func (m *Machine) Global(path, name string) *Global {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.globals[path+"."+name]
}

// global is where a package variable lives.
func (m *Machine) global(v *types.Var) *Global {
	key := v.Pkg().Path() + "." + v.Name()
	if g := m.globals[key]; g != nil {
		return g
	}
	if s := m.cfg.Symbol(v.Pkg().Path(), v.Name()); s.IsValid() && s.CanAddr() {
		m.world.Learn(v.Type(), s.Type())
		g := &Global{Type: v.Type(), Addr: s.Addr().UnsafePointer(), RT: s.Type()}
		m.globals[key] = g
		return g
	}
	return m.define(key, v.Type())
}
