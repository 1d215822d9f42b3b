package interp

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/interp/internal/loader"
	"github.com/sheaf-go/sheaf/interp/internal/objfile"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// A Tier says how the functions of cells run.
type Tier string

// The tiers.
const (
	// Auto compiles functions behind the cell that declares them, where there
	// is a Go toolchain, and interprets them until that is done.
	Auto Tier = "auto"
	// Interp interprets.
	Interp Tier = "interp"
	// Native compiles a cell's functions before anything of the cell runs.
	Native Tier = "native"
)

// native is the compiled half of a session.
type native struct {
	s    *Session
	tier Tier

	once sync.Once
	err  error // why nothing can be compiled
	tc   *toolchain.Toolchain
	host *loader.Host

	mu      sync.Mutex // guards what follows
	work    []*nativeUnit
	busy    bool
	history []nativeNote
	before  int           // notes that were there before these
	units   []*nativeUnit // whose functions are the session's, in the order of their cells
	later   []*nativeUnit // to be compiled when the tier is no longer interp

	generic map[string]genericFunc // by symbol
	inline  map[string]genericFunc // small functions, by symbol
	objs    map[string]*types.Func // by symbol: what cells declare now
	touched map[string]bool        // variables that more than statements of cells may touch

	instanceUnits map[engine.Source]*nativeUnit // that instances of generic functions are in

	packages nativePackages

	loaded []*loadedUnit // what is loaded and may run
	load   nativeLoad    // all that has been loaded
}

// A genericFunc is the source of a generic function of an earlier cell, or of a
// small one.
type genericFunc struct {
	emit.Func
	paths    map[string]string
	mentions map[string]bool
	unused   map[token.Pos]bool
	pkg      *types.Package
}

// A nativeNote says what became of a cell's functions.
type nativeNote struct {
	cell  string
	funcs []string // compiled
	left  []string // why others are not
	err   error
	took  time.Duration
	size  int
	text  string // instead of all that
}

// A nativeUnit is a cell's functions on their way to being compiled.
type nativeUnit struct {
	cell   string
	in     *emit.Input
	out    *emit.Output
	err    error    // why nothing is emitted
	left   []string // functions that are not, and why
	what   []string // what is compiled beside functions
	pkg    *types.Package
	objs   map[string]*types.Func    // by symbol: the session's functions among the declarations
	vars   map[string]unsafe.Pointer // by symbol: the session's variables
	names  map[string]string         // of variables in the object → the session's
	source map[string]engine.Source  // by symbol: what is compiled
	shown  map[string]string         // by symbol: instances of generic functions, as people see them
	pkgs   []*types.Package          // of the cells that its generic functions are from
	done   chan struct{}

	mentions []mentionedType // types that the code has

	auto, loops bool          // the session's tier is Auto; a function has a loop worth waiting for
	held        chan struct{} // closed when compiling is put off

	// Guarded by native.mu:
	stale bool                     // its code is out of date, or in another unit now
	off   bool                     // since it was declared, the tier has been set to Interp
	forms map[string]engine.Native // by symbol: what is loaded
}

func newNative(s *Session, tier Tier) *native {
	n := &native{s: s, tier: tier, generic: map[string]genericFunc{}, inline: map[string]genericFunc{}, objs: map[string]*types.Func{}, touched: map[string]bool{}}
	n.packages.n, n.packages.asm.n = n, n
	n.instanceUnits = map[engine.Source]*nativeUnit{}
	return n
}

// start looks for what compiling needs, once.
func (n *native) start() error {
	n.once.Do(func() {
		n.open(func() (*toolchain.Toolchain, error) {
			return toolchain.Find(context.Background(), n.s.cfg.Toolchain)
		})
	})
	return n.err
}

func (n *native) open(find func() (*toolchain.Toolchain, error)) {
	if n.host, n.err = loader.OpenHost(); n.err == nil {
		n.tc, n.err = find()
	}
}

// unit collects what compiling a checked cell's functions takes, before the
// cell's names are the session's; nil: it has none to compile.
func (n *native) unit(c *checked) *nativeUnit {
	n.note(c)
	if n.tier == Interp {
		return nil
	}
	u := n.newUnit(c)
	roots := map[string]bool{}
	for _, d := range c.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil || f.Name.Name == "_" || strings.HasPrefix(f.Name.Name, "init"+sep) {
			continue
		}
		sym := emit.Symbol(f)
		fn := emit.Func{Decl: f, Info: c.info, Key: c.text, Directives: n.s.directives(c.pieces[f])}
		if why := n.uncompilable(c.info, f); why != "" {
			u.left = append(u.left, f.Name.Name+" "+why)
			continue
		}
		u.in.Funcs[sym] = fn
		u.loops = u.loops || n.program() && n.heavy(c, f.Body)
		if !emit.IsGeneric(f) {
			roots[sym] = true
		}
	}
	if len(roots) == 0 && len(u.left) == 0 {
		return nil
	}
	n.declarations(c, u)
	if n.program() && u.auto { // it begins interpreted
		for _, in := range n.wanted(c, []ast.Node{c.file}) {
			u.add(in)
		}
	}
	u.emit()
	return u
}

func (n *native) newUnit(c *checked) *nativeUnit {
	u := &nativeUnit{
		cell: n.s.title, pkg: c.pkg, objs: map[string]*types.Func{}, vars: map[string]unsafe.Pointer{},
		source: map[string]engine.Source{}, done: make(chan struct{}),
		auto: n.tier == Auto, held: make(chan struct{}),
	}
	u.in = &emit.Input{
		Fset: n.s.fset, Pkg: c.pkg, Funcs: map[string]emit.Func{}, Paths: maps.Clone(c.imports), Unused: c.unused,
		Replaced: n.replaced, Number: n.s.machine.LocalNumber, Late: n.s.cfg.Exit == nil,
	}
	return u
}

// emit writes the unit for the compiler.
func (u *nativeUnit) emit() {
	if u.out, u.err = emit.Package(u.in); u.err == nil {
		for _, r := range u.out.Refused {
			u.left = append(u.left, r.Msg)
		}
	}
}

// note remembers what later units need of the functions that a cell declares.
func (n *native) note(c *checked) {
	for _, d := range c.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		sym := emit.Symbol(f)
		if obj, ok := c.info.Defs[f.Name].(*types.Func); ok {
			n.objs[sym] = obj
		}
		delete(n.inline, sym)
		if emit.IsGeneric(f) {
			n.generic[sym] = genericFunc{emit.Func{Decl: f, Info: c.info, Key: c.text, Directives: n.s.directives(c.pieces[f])}, c.imports, mentions(f, nil), c.unused, c.pkg}
		} else if n.small(c, f) {
			n.inline[sym] = genericFunc{emit.Func{Decl: f, Info: c.info, Key: c.text, Inline: true}, c.imports, mentions(f, nil), c.unused, c.pkg}
		}
	}
}

// uncompilable says what keeps a function from being compiled.
func (n *native) uncompilable(info *types.Info, f *ast.FuncDecl) (why string) {
	if n.s.cfg.Exit == nil && exits(info, f.Body) {
		return "defers calls that ending the cell leaves out"
	}
	return ""
}

// declarations gives a unit what its functions, and statements, mention: the
// cell's other declarations and those of earlier cells.
func (n *native) declarations(c *checked, u *nativeUnit, statements ...ast.Stmt) {
	for _, e := range n.s.entriesOf(c) {
		u.in.Decls = append(u.in.Decls, e.decl)
		maps.Copy(u.in.Paths, e.imports)
	}
	called := map[string]bool{}
	for _, f := range u.in.Funcs {
		callees(f.Info, f.Decl.Body, called)
	}
	for _, st := range statements {
		callees(c.info, st, called)
	}
	n.reach(c, u, called)
	for _, d := range u.in.Decls {
		n.declared(c, u, d)
	}
}

// reach gives a unit the declarations of earlier cells that it needs, and the
// bodies that go along with it; called are the functions that it mentions.
func (n *native) reach(c *checked, u *nativeUnit, called map[string]bool) {
	extra := map[string]bool{}
	for grown := true; grown; {
		grown = false
		decls, paths := n.s.contextDecls(c, extra)
		for i, d := range slices.Concat(decls, u.in.Decls) {
			f, ok := d.(*ast.FuncDecl)
			if !ok || i >= len(decls) && emit.IsGeneric(f) {
				continue
			}
			sym := emit.Symbol(f)
			if u.in.Funcs[sym].Decl != nil {
				continue
			}
			if g, ok := n.along(sym, f, called); ok {
				u.in.Unused = maps.Clone(u.in.Unused)
				u.take(sym, g)
				maps.Copy(extra, g.mentions)
				callees(g.Info, g.Decl.Body, called)
				grown = true
			}
		}
		if !grown {
			u.in.Decls = append(decls, u.in.Decls...)
			maps.Copy(u.in.Paths, paths)
		}
	}
}

// take gives a unit the source of a function of another.
func (u *nativeUnit) take(sym string, g genericFunc) {
	u.in.Funcs[sym] = g.Func
	u.pkgs = append(u.pkgs, g.pkg)
	maps.Copy(u.in.Unused, g.unused)
	maps.Copy(u.in.Paths, g.paths)
}

// declared notes what a declaration stands for in the session.
func (n *native) declared(c *checked, u *nativeUnit, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		sym := emit.Symbol(d)
		obj, ok := c.info.Defs[d.Name].(*types.Func)
		if !ok {
			obj = n.objs[sym] // what the cell does not mention itself
		}
		if obj == nil {
			return
		}
		u.objs[sym] = obj
		if f, ok := u.in.Funcs[sym]; ok && !f.Inline && !emit.IsGeneric(d) {
			if src, ok := n.s.machine.Source(obj); ok {
				u.source[sym] = src
			}
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return
		}
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				// A variable whose type is made anew by this cell keeps its memory.
				if g := n.s.machine.Global(sessionPath, id.Name); g != nil {
					u.vars["main."+id.Name] = g.Addr
				} else if obj := c.pkg.Scope().Lookup(id.Name); obj != nil {
					u.vars["main."+id.Name] = n.s.machine.Define(sessionPath, id.Name, obj.Type()).Addr
				}
			}
		}
	}
}

// submit compiles units: behind the cell, or at once.
func (n *native) submit(units ...*nativeUnit) {
	if len(units) == 0 {
		return
	}
	n.mu.Lock()
	n.units = append(n.units, units...)
	n.mu.Unlock()
	for _, u := range units {
		n.enqueue(u)
	}
	switch last := units[len(units)-1]; {
	case n.tier == Native:
		<-last.done
	case n.program():
		last.await()
	}
}

// enqueue has a unit compiled when the packages are that it imports.
func (n *native) enqueue(u *nativeUnit) {
	if list := n.packages.of(u.imports()); pending(list) {
		go func() {
			for _, p := range list {
				<-p.done
			}
			n.enqueue(u)
		}()
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.work = append(n.work, u)
	if !n.busy {
		n.busy = true
		go n.run()
	}
}

// imports are the paths that a unit imports.
func (u *nativeUnit) imports() []string {
	if u.out == nil {
		return nil
	}
	return u.out.Imports
}

// run compiles what has been submitted until there is no more.
func (n *native) run() {
	for {
		n.mu.Lock()
		if len(n.work) == 0 {
			n.busy = false
			n.mu.Unlock()
			return
		}
		u := n.work[0]
		n.work[0] = nil
		n.work = n.work[1:]
		n.mu.Unlock()
		if n.dead(u) {
			close(u.done)
			continue
		}
		n.hold(u)
		note := nativeNote{cell: u.cell, left: u.left}
		start := time.Now()
		note.funcs, note.size, note.err = n.build(u)
		if note.took = time.Since(start); note.err == nil {
			note.funcs = append(note.funcs, u.what...)
		}
		n.mu.Lock()
		if len(note.funcs)+len(note.left) > 0 || note.err != nil {
			n.remember(note)
		}
		n.mu.Unlock()
		close(u.done)
	}
}

// remembered is how many notes there are at most: nobody reads more.
const remembered = 1_000

// remember keeps a note. n.mu is held.
func (n *native) remember(note nativeNote) {
	if len(n.history) == 2*remembered {
		n.before += remembered
		n.history = slices.Delete(n.history, 0, remembered)
	}
	n.history = append(n.history, note)
}

// build compiles a unit, loads it and binds its functions.
func (n *native) build(u *nativeUnit) (bound []string, size int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a mistake in sheaf itself: %v\n%s", r, debug.Stack())
		}
	}()
	if err := n.start(); err != nil {
		return nil, 0, err
	}
	if u.err != nil {
		return nil, 0, u.err
	}
	out := u.out
	if len(out.Roots) == 0 {
		return nil, 0, nil // each of its functions has a reason to be interpreted
	}
	o, err := n.compile(u)
	if err != nil {
		return nil, 0, err
	}
	l := n.newLoaded(u)
	if l.code, err = n.host.Load(o, roots(o, out), n.resolver(u, l)); err != nil {
		return nil, 0, err
	}
	from, to := l.code.Range()
	n.s.machine.Locate(from, to, located(out.Marks, l.code.Places()))
	return n.bind(u, l), l.code.Size(), nil
}

// roots are the functions to load: those that were compiled, and the wrappers
// of methods.
func roots(o *objfile.Object, out *emit.Output) []string {
	defined := map[string]bool{}
	for _, s := range o.Defs {
		defined[s.Name] = s.Kind.IsText()
	}
	list := slices.Clone(out.Roots)
	for _, sym := range out.Roots {
		if p := pointerForm(sym); defined[p] {
			list = append(list, p)
		}
	}
	return list
}

// pointerForm is the symbol of the compiler's wrapper that calls a method of a
// value through a pointer; "" of other functions.
func pointerForm(sym string) string {
	parts := strings.Split(strings.TrimPrefix(sym, "main."), ".")
	if len(parts) != 2 || strings.HasPrefix(parts[0], "(") {
		return ""
	}
	return "main.(*" + parts[0] + ")." + parts[1]
}

// replaced reports compiled functions that sessions run in another way.
func (n *native) replaced(f *types.Func) bool {
	if f.Pkg() == nil || f.Pkg().Path() == sessionPath || n.s.machine.HookValue(f) == nil {
		return false
	}
	return n.s.cfg.Exit == nil || !tellsCalls(f)
}

// compile compiles what a unit has emitted.
func (n *native) compile(u *nativeUnit) (*objfile.Object, error) {
	abi := map[string]string{}
	for _, sym := range u.out.Bodyless {
		abi[strings.TrimPrefix(sym, "main.")] = "ABIInternal"
	}
	uses, err := objects(n.packages.of(u.out.Imports))
	if err != nil {
		return nil, err
	}
	src := neutral(u.out.Source, func(name string) bool { return u.vars["main."+name] != nil })
	obj, err := n.tc.Compile(context.Background(), toolchain.Unit{
		Path: sessionPath, Uses: uses, Files: []toolchain.File{{Name: "cell.go", Source: src.text}}, ABI: abi, Flags: []string{"-linkshared"}, // so that symbols have names
	})
	if err != nil {
		return nil, n.mistake(u, err)
	}
	objs, err := objfile.Read(obj.Code)
	if err != nil {
		return nil, err
	}
	n.nameForeign(objs[0])
	objs[0].Translate(emit.MarksFile, n.place(u))
	u.names = src.vars
	return objs[0], nil
}
