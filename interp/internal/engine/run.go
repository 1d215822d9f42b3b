package engine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

var constantOne = constant.MakeInt64(1)

// current is the run that calls from compiled code belong to.
func (m *Machine) current() *Run {
	if m.besides.Load() > 0 {
		return m.here()
	}
	return m.named()
}

// named is the run that SetCurrent has named.
func (m *Machine) named() *Run {
	if r := m.running.Load(); r != nil {
		return r
	}
	return idle
}

var idle = NewRun("")

// SetCurrent makes r the run that calls from compiled code belong to.
func (m *Machine) SetCurrent(r *Run) { m.running.Store(r) }

// Alongside adds n to the number of runs beside the current one.
func (m *Machine) Alongside(n int32) { m.besides.Add(n) }

// Beside is Guard for a run beside the current one.
func (m *Machine) Beside(r *Run, f func()) *Panic {
	m.besides.Add(1)
	defer m.besides.Add(-1)
	return m.Guard(r, f)
}

// A Program is a list of statements that has been compiled.
type Program struct {
	m    *Machine
	code *Code
	last []result
}

type result struct {
	off uintptr
	rt  reflect.Type
}

// Compile compiles top-level statements, in which definitions at package
// scope are session variables. If last is not nil, it is an expression whose
// values the program returns.
func (m *Machine) Compile(u *Unit, name string, list []ast.Stmt, last ast.Expr) (p *Program, err error) {
	return m.compileList(u, name, list, last, nil)
}

func (m *Machine) compileList(u *Unit, name string, list []ast.Stmt, last ast.Expr, forms map[*ast.EmptyStmt]*Statements) (p *Program, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer catch(&err)
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	code := m.newCode(name, token.NoPos, m.layout(sig), nil)
	code.full = m.fullName(u, "init")
	if name != "" {
		code.full = m.fullName(u, name)
	}
	c := newComp(m, u, nil, code)
	c.sig, c.native = sig, forms
	body := &ast.BlockStmt{List: list}
	c.boxed = escaping(u.Info, body, last)
	c.flow = flowOf(u.Info, body, last)
	code.defers = hasDefer(body)
	c.now = moment{fields: len(c.fields), follows: true}
	steps := []exec{c.block(list, endOf(list))}
	p = &Program{m: m, code: code}
	if last != nil {
		steps = append(steps, c.lastValue(p, last))
	}
	c.finish(sequence(steps))
	code.ready.Store(true)
	return p, nil
}

// endOf is where a list of statements that stand by themselves ends.
func endOf(list []ast.Stmt) token.Pos {
	if len(list) == 0 {
		return token.NoPos
	}
	return list[len(list)-1].End()
}

// lastValue keeps the values of the last expression in the frame.
func (c *comp) lastValue(p *Program, e ast.Expr) exec {
	x := c.expr(e)
	if x.rep == nil {
		for _, part := range x.parts {
			p.last = append(p.last, result{part.loc, c.m.rtype(part.t)})
		}
		return x.fn.(exec)
	}
	if x.isNil {
		x = c.convTo(x, anyType, e.Pos())
	}
	if x.cv != nil && untyped(x.t) {
		x = c.constant(x.cv, types.Default(x.t), e.Pos())
	}
	tmp := c.temp(x.t)
	p.last = append(p.last, result{tmp.loc, c.m.rtype(x.t)})
	return x.rep.setLocal(tmp.loc, x.fn)
}

// A Panic is how a program ended that did not end well.
type Panic struct {
	Value  any // nil: runtime.Goexit
	Trace  []Frame
	Before []Earlier // the first one first
}

// Run runs the program and returns the values of its last expression.
func (p *Program) Run(r *Run) (vals []reflect.Value, pan *Panic) {
	p.m.SetCurrent(r)
	th := p.m.newThread(r, 256)
	nf := th.root.enter(p.code)
	if pan = th.protect(nf); pan != nil {
		return nil, pan
	}
	for _, l := range p.last {
		v := reflect.New(l.rt).Elem()
		v.Set(reflect.NewAt(l.rt, nf.at(l.off)).Elem())
		vals = append(vals, v)
	}
	return vals, nil
}

// protect runs a frame in a goroutine of its own and catches its panic.
func (th *thread) protect(nf *F) *Panic { return th.guard(nf.call) }

// Call runs the function of a unit's package without parameters, as for main
// and init.
func (m *Machine) Call(r *Run, obj *types.Func) *Panic {
	m.SetCurrent(r)
	m.mu.Lock()
	fn := m.function(obj, nil)
	m.mu.Unlock()
	th := m.newThread(r, 256)
	return th.protect(th.root.enter(fn.get(m)))
}

// FuncValue is the Go value of a function without type parameters.
func (m *Machine) FuncValue(obj *types.Func) reflect.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := newComp(m, nil0, nil, m.newCode("", token.NoPos, nil, nil))
	x := c.funcValue(obj, nil, token.NoPos)
	th := m.newThread(m.current(), 1)
	p := x.fn.(ptrFn)(&th.root)
	return reflect.ValueOf(iface{rtype.Word(m.rtype(x.t)), p}.any())
}

// Initialise compiles and runs the initialisers of a package's variables in
// their order of dependency.
func (m *Machine) Initialise(u *Unit, r *Run, name string) *Panic {
	for _, in := range u.Info.InitOrder {
		if pan := m.InitialiseOne(u, in, r, name); pan != nil {
			return pan
		}
	}
	return nil
}

// InitialiseOne compiles and runs one of these initialisers.
func (m *Machine) InitialiseOne(u *Unit, in *types.Initializer, r *Run, name string) *Panic {
	lhs := make([]ast.Expr, len(in.Lhs))
	for i, v := range in.Lhs {
		lhs[i] = identOf(u.Info, v)
	}
	st := &ast.AssignStmt{Lhs: lhs, Tok: token.DEFINE, TokPos: in.Rhs.Pos(), Rhs: []ast.Expr{in.Rhs}}
	p, err := m.Compile(u, name, []ast.Stmt{st}, nil)
	if err != nil {
		return &Panic{Value: err}
	}
	_, pan := p.Run(r)
	return pan
}

// identOf is an identifier that means v.
func identOf(info *types.Info, v *types.Var) *ast.Ident {
	id := &ast.Ident{Name: v.Name(), NamePos: v.Pos()}
	info.Defs[id] = v
	return id
}

// catch, deferred, makes an error of a construct that is not interpreted.
func catch(err *error) {
	if r := recover(); r != nil {
		us, ok := r.(Unsupported)
		if !ok {
			panic(r)
		}
		*err = us
	}
}

// CompileAll compiles what would be compiled by its first call: the functions
// and methods that are known, and the instances of generic ones that they use.
// It returns the first construct that is not interpreted.
func (m *Machine) CompileAll() (failed error) {
	for seen := map[*Code]bool{}; ; {
		n := len(seen)
		for _, fn := range m.allFuncs() {
			c := fn.get(m)
			if seen[c] {
				continue
			}
			seen[c] = true
			if err := c.tryPrepare(); failed == nil {
				failed = err
			}
		}
		if len(seen) == n {
			return failed
		}
	}
}

// allFuncs are the functions that are called so far, and those that need no
// type arguments.
func (m *Machine) allFuncs() []*Func {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, src := range m.sources {
		if !isGeneric(src.obj) {
			m.function(src.obj, nil)
		}
	}
	return slices.Collect(maps.Values(m.funcs))
}

// tryPrepare compiles the code and returns a construct that is not
// interpreted.
func (c *Code) tryPrepare() (err error) {
	defer catch(&err)
	c.prepare()
	return nil
}
