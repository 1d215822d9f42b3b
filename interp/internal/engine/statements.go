package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unsafe"
)

// Statements are the native form of statements of a program.
type Statements struct {
	// Func is the func value, without parameters, that runs them; it may be set
	// after the program is compiled.
	Func unsafe.Pointer
	Decl *ast.FuncDecl // says where they are
}

// StatementsPrefix begins the names of functions that stand for statements:
// tracebacks show them as those.
const StatementsPrefix = "sheafꞏrun"

// CompileNative is Compile for statements some of which have native forms:
// each of these stands in the list as an empty statement.
func (m *Machine) CompileNative(u *Unit, list []ast.Stmt, last ast.Expr, forms map[*ast.EmptyStmt]*Statements) (*Program, error) {
	m.mu.Lock()
	for _, s := range forms {
		fn := new(Func)
		m.places[fn] = s.Decl
		m.files[m.cfg.Fset.Position(s.Decl.Pos()).Filename] = true
	}
	m.bound.Store(true)
	m.mu.Unlock()
	m.watchStacks()
	return m.compileList(u, "", list, last, forms)
}

// Forget says that no code of these statements is left that could run.
func (m *Machine) Forget(list ...*Statements) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for fn, d := range m.places {
		for _, s := range list {
			if s.Decl == d {
				delete(m.places, fn)
				delete(m.files, m.cfg.Fset.Position(d.Pos()).Filename)
			}
		}
	}
}

// DropFile says that no code is left of the file that has a name in positions.
func (m *Machine) DropFile(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
}

// nativeStatements runs statements in their native form. Their places are on
// the stack, so the frame has none meanwhile.
func (c *comp) nativeStatements(s *Statements) exec {
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	code := c.m.newCode("", s.Decl.Pos(), c.m.layout(sig), nil)
	code.compile = func(code *Code) {
		Native{Func: s.Func}.runs(c.m, code, nil, sig, nil)
		code.compile(code)
	}
	return func(f *F) ctl {
		f.pos = token.NoPos
		nf := f.enter(code)
		nf.call()
		nf.leave()
		return cNext
	}
}

// nativeName gives a function of native code the names that an interpreted one
// has: as people see it, and as package runtime tells it.
func nativeName(name string) (short, full string) {
	if rest, ok := strings.CutPrefix(name, StatementsPrefix); ok {
		_, lit, in := strings.Cut(rest, ".")
		if name = "init"; in {
			name += "." + lit
		}
	}
	short, depth := strings.ReplaceAll(name, "[...]", ""), 0
	for {
		outer, last := short, ""
		if i := strings.LastIndexByte(short, '.'); i >= 0 {
			outer, last = short[:i], short[i+1:]
		}
		if number := strings.TrimPrefix(last, "func"); number == "" || strings.Trim(number, "0123456789") != "" {
			break
		}
		short = outer
		depth++
	}
	if short == "init" {
		short = ""
	}
	if depth > 0 {
		of := short
		short = strings.Repeat("a function literal of ", depth-1) + "a function literal"
		if of != "" {
			short += " of " + of
		}
	}
	return short, name
}
