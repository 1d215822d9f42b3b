// Package engine runs Go that go/types has checked: it compiles the syntax
// tree of a function to Go closures which work on ordinary Go memory. Every
// value of interpreted code has the layout and the run-time type that
// compiled Go would give it, so that values, functions and methods pass
// between interpreted and compiled code as they are.
//
// It is not a sandbox: what runs can do all that a Go program can.
package engine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// Config says what a Machine runs on.
type Config struct {
	Fset *token.FileSet
	// Symbol finds an exported function, variable or type of a compiled
	// package: the function, the addressable variable, or a nil pointer to
	// the type. The zero Value: there is none.
	Symbol func(path, name string) reflect.Value

	// Compiled tells packages of this program, whose unexported types exist
	// already, from those of cells; nil: there are none.
	Compiled func(path string) bool
	// Generics gives a type-checked package that holds the generic
	// declarations of a compiled package with their bodies; nil: none.
	Generics func(path string) (*Unit, error)
	// Print is print and println: the arguments as reflect.Values, nil, or the
	// two words of an interface.
	Print func(line bool, args []any)
	// Memory is asked before a slice of n bytes is made; it may panic.
	Memory func(n uintptr)
	// Files are the paths that package runtime tells for names of files.
	Files map[string]string
	// Writer is what functions write to in place of a file; nil: the file.
	Writer func(*os.File) io.Writer
	// Display is the name that people see for an internal one.
	Display func(name string) string
}

// A Unit is a type-checked piece of source.
type Unit struct {
	Info  *types.Info
	Pkg   *types.Package
	Files []*ast.File

	// Key is held by all code of the unit that may run: whoever makes the unit
	// can tell by it when there is none any more.
	Key any
}

// A Machine holds the functions and variables of a session.
type Machine struct {
	cfg   Config
	world *rtype.World
	ctxt  *types.Context

	mu      sync.Mutex // guards what follows, and compiling
	globals map[string]*Global
	sources map[string]*source // functions and methods with bodies
	funcs   map[string]*Func
	latest  map[string]string // of the methods of types, by key: their sources' keys
	loaded  map[string]bool   // packages whose Generics have been asked for
	types   map[unsafe.Pointer]types.Type
	methods map[methodKey]*target
	words   map[types.Type]unsafe.Pointer
	heads   map[headKey]*head
	behind  bool // variables hold values of types that have been made anew
	layouts map[string]*sigLayout
	natives map[string]nativeFunc
	hosts   map[string]HostFunc
	sites   sites
	locals  map[*types.TypeName]int // numbers of the types declared in functions
	counts  map[string]int          // of those, by package

	// ifaceHosts are the hosts of methods by name, for calls through interfaces.
	ifaceHosts map[string]map[unsafe.Pointer]HostFunc

	shown map[string]string // files as native code names them → as positions do

	entries entries

	profile *Profile // nil: none is made
	handled sync.Map // *slog.Source of the record that a goroutine handles
	guarded sync.Map // func(any) by goroutine: what ends those that cells wait for

	known   atomic.Pointer[labelled] // the last answer of here
	running atomic.Pointer[Run]
	besides atomic.Int32 // runs beside it
	asleep  asleep
	offers  offers

	bound    atomic.Bool // functions have native forms
	watching atomic.Bool // goroutines' stacks are watched
	hooks    Hooks
	replaced map[string]unsafe.Pointer // func values that native code calls in place of compiled functions
	places   map[*Func]*ast.FuncDecl   // of the functions that have had native forms
	files    map[string]bool           // names of the files of these
	located  []located                 // in the order of addresses
}

// source is a function or method declaration that can be compiled.
type source struct {
	unit *Unit
	decl *ast.FuncDecl
	obj  *types.Func
	vars map[*types.Var]*Global // package variables in the body; nil: as the name says

	forms map[string]Native // native forms by what tells instances apart
}

// A Func is what calls by name go through: redefining a function changes its
// code for all earlier callers.
type Func struct {
	slot unsafe.Pointer // the func value to be called now, once it has one; redirect knows that it comes first

	key  string
	code atomic.Pointer[Code]
	src  string // key of its source
	inst string // what tells instances apart
	args []types.Type

	method bool           // its func value has the receiver as its first parameter
	thunk  unsafe.Pointer // the func value that runs it interpreted
	thunks *Code          // of which code that is
	value  *redirect

	bySlot  unsafe.Pointer // as slot, of a method that takes the receiver's address
	byThunk unsafe.Pointer // that runs it interpreted; nil: nobody has asked for it

	entries []entry // of method tables
}

// New makes a Machine.
func New(cfg Config) *Machine {
	m := &Machine{
		cfg: cfg, ctxt: types.NewContext(), globals: map[string]*Global{}, sources: map[string]*source{},
		latest: map[string]string{}, funcs: map[string]*Func{}, loaded: map[string]bool{}, types: map[unsafe.Pointer]types.Type{},
		methods: map[methodKey]*target{}, words: map[types.Type]unsafe.Pointer{}, heads: map[headKey]*head{}, layouts: map[string]*sigLayout{},
		natives: map[string]nativeFunc{}, hosts: map[string]HostFunc{}, ifaceHosts: map[string]map[unsafe.Pointer]HostFunc{},
		locals: map[*types.TypeName]int{}, counts: map[string]int{}, replaced: map[string]unsafe.Pointer{},
		places: map[*Func]*ast.FuncDecl{}, files: map[string]bool{},
	}
	m.world = rtype.New(rtype.Config{Native: m.nativeType, Display: cfg.Display, Method: m.compiledMethod, Runner: m.methodRunner, Entry: m.tableEntry, Compiled: cfg.Compiled})
	m.waits()
	m.fileWriters()
	m.interfaceWaits()
	m.cfg.Symbol = func(path, name string) reflect.Value {
		v := cfg.Symbol(path, name)
		if v.IsValid() && mayWake(path, name) {
			m.asleep.foreign.Store(true)
			if mayCall(path, name) {
				m.asleep.calling.Store(true)
			}
		}
		return v
	}
	m.hooks = m.makeHooks()
	m.reflection()
	m.testing()
	m.logging()
	m.slogging()
	return m
}

func (m *Machine) nativeType(path, name string) reflect.Type {
	v := m.cfg.Symbol(path, name)
	if v.IsValid() && v.Kind() == reflect.Pointer && !v.CanAddr() && v.IsNil() {
		return v.Type().Elem()
	}
	return nil
}

// Type is the run-time type of t.
func (m *Machine) Type(t types.Type) reflect.Type {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rtype(t)
}

// rtype is Type while the machine is locked.
func (m *Machine) rtype(t types.Type) reflect.Type {
	return rtype.FromWord(m.word(t))
}

// word is the *abi.Type of t.
func (m *Machine) word(t types.Type) unsafe.Pointer {
	if w, ok := m.words[t]; ok {
		return w
	}
	if untyped(t) && t != types.Typ[types.UntypedNil] {
		t = types.Default(t)
	}
	w := rtype.Word(m.world.Of(t))
	m.words[t] = w
	if _, ok := m.types[w]; !ok && mayHaveMethods(t) {
		m.types[w] = t
	}
	return w
}

// mayHaveMethods reports whether t is a type with methods, as far as a look at
// it tells. What it leaves out keeps no check of a cell in memory.
func mayHaveMethods(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok && n.NumMethods() > 0 {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return u.NumMethods() > 0
	case *types.Struct:
		for f := range u.Fields() {
			if f.Embedded() {
				return true
			}
		}
	}
	return false
}

// maxWords bounds what is remembered of types of earlier checks: every check
// comes with new ones, and one of them keeps all of its check in memory.
const maxWords = 512

// stands are types that stand for the first, second … type parameter.
var stands = func() (list []types.Type) {
	for i := range 16 {
		list = append(list, types.NewNamed(types.NewTypeName(token.NoPos, nil, "$"+strconv.Itoa(i), nil), types.Typ[types.Int], nil))
	}
	return list
}()

func placeholders(k int) []types.Type { return stands[:min(k, len(stands))] }

// function finds the interpreted function obj, or the instance of it that
// args and the receiver's type arguments make; nil: it is compiled.
func (m *Machine) function(obj *types.Func, args []types.Type) *Func {
	key := m.sourceKey(obj)
	src := m.sources[key]
	if src == nil && isGeneric(obj) && !m.loaded[obj.Pkg().Path()] && m.cfg.Generics != nil {
		path := obj.Pkg().Path()
		m.loaded[path] = true
		u, err := m.cfg.Generics(path)
		if err != nil {
			panic(Unsupported{Msg: fmt.Sprintf("the generic declarations of package %s: %v", path, err)})
		}
		if u != nil {
			m.add(u)
		}
		src = m.sources[key]
	}
	if src == nil {
		return nil
	}
	inst := key + m.instKey(args)
	fn := m.funcs[inst]
	if fn == nil {
		fn = &Func{key: inst, src: key, inst: inst[len(key):], args: args, method: obj.Signature().Recv() != nil}
		m.funcs[inst] = fn
	}
	return fn
}

// instKey tells the instances of a function apart.
func (m *Machine) instKey(args []types.Type) string {
	if len(args) == 0 {
		return ""
	}
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = fmt.Sprintf("%x", m.word(a))
	}
	return "[" + strings.Join(words, ",") + "]"
}

func isGeneric(f *types.Func) bool {
	s := f.Origin().Signature()
	return s.TypeParams() != nil || s.RecvTypeParams() != nil
}

// instance makes the code of a function for the given type arguments.
func (m *Machine) instance(src *source, key string, args []types.Type) *Code {
	sig := src.obj.Signature()
	e := m.envOf(sig, key, args)
	name := src.obj.Name()
	var recvT types.Type
	if recv := sig.Recv(); recv != nil {
		recvT = m.subst(recv.Type(), e)
		name = m.typeName(recv.Type()) + "." + name
	}
	full := name
	if len(args) > 0 {
		full = m.instanceName(src.obj)
	}
	if full = m.fullName(src.unit, full); name != full && strings.HasSuffix(full, ".init") {
		full += ".0"
	}
	if m.cfg.Display != nil {
		name = m.cfg.Display(name)
	}
	c := m.newCode(name, src.decl.Pos(), m.layout(m.subst(sig, e).(*types.Signature)), nil)
	c.full = full
	if recvT != nil {
		c.recvOff, c.recvT = m.recvOffset(c.sig, recvT), m.word(recvT)
	}
	compile := func(c *Code) {
		in := newComp(m, src.unit, e, c)
		in.globals = src.vars
		in.function(src.decl.Type, src.decl.Recv, src.decl.Body, sig)
	}
	n, native := src.forms[key]
	if !native {
		c.compile = compile
		return c
	}
	var own *Code
	if recovers(src.unit.Info, src.decl.Body) {
		own = m.newCode(name, c.pos, c.sig, compile)
		own.full, own.recvOff, own.recvT, own.instead = c.full, c.recvOff, c.recvT, true
	}
	n.runs(m, c, own, m.subst(sig, e).(*types.Signature), recvT)
	return c
}

// envOf says what the type parameters of a signature stand for.
func (m *Machine) envOf(sig *types.Signature, key string, args []types.Type) *env {
	params := sig.TypeParams()
	if params == nil {
		params = sig.RecvTypeParams()
	}
	if params.Len() == 0 {
		return nil
	}
	e := &env{types: map[*types.TypeParam]types.Type{}, args: args, key: key, local: map[*types.TypeName]*types.Named{}}
	for i := range params.Len() {
		e.types[params.At(i)] = args[i]
	}
	return e
}

// instanceName is the name of an instance of a generic function, or of a method of
// one of a generic type, without that of the package.
func (m *Machine) instanceName(f *types.Func) string {
	recv := f.Signature().Recv()
	if recv == nil {
		return f.Name() + "[...]"
	}
	t := m.typeName(recv.Type())
	if base, ok := strings.CutSuffix(t, ")"); ok {
		return base + "[...])." + f.Name()
	}
	return t + "[...]." + f.Name()
}

// fullName is a function's name as package runtime gives it.
func (m *Machine) fullName(u *Unit, name string) string {
	if m.cfg.Display != nil {
		name = m.cfg.Display(name)
	}
	return u.Pkg.Path() + "." + name
}

func (m *Machine) typeName(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		return "(*" + m.typeName(p.Elem()) + ")"
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name()
	}
	return t.String()
}

// Unsupported is what compiling panics with where a construct cannot be run.
type Unsupported struct {
	Pos token.Pos
	Msg string
}

// Error implements error.
func (u Unsupported) Error() string { return u.Msg }

// Fatal keeps cells from recovering it.
func (u Unsupported) Fatal() {}
