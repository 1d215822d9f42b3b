package interp

import (
	"context"
	"fmt"
	"go/ast"
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
	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// A package that comes as source is compiled whole, with what compiled cells
// have too (channel operations that can be ended, the session's own functions in
// place of os.Exit and the like), because it is to do the same as when it is
// interpreted. It never changes, so its functions call each other
// without slots, and the compiler may put them into cells and other packages.
// Types and variables are the session's.

// In tier auto a cell waits for the packages that it is the first to import, and
// its statements with loops for all that they need, but not for long.
const (
	importWait  = 300 * time.Millisecond
	packageWait = 1500 * time.Millisecond
)

// nativePackages are the packages of a session that come as source, compiled.
type nativePackages struct {
	n   *native
	asm assemblies

	mu     sync.Mutex
	byPath map[string]*nativePackage
	prefix map[string]*nativePackage // by what their symbols begin with
	work   []*nativePackage
	busy   bool
}

// A nativePackage is one of them.
type nativePackage struct {
	src    *pkgs.Package
	prefix string // of its symbols
	whole  *emit.Whole
	uses   []*nativePackage // those of its imports that come as source
	objs   map[string]*types.Func
	why    map[string]string // functions that stay interpreted
	done   chan struct{}

	// Set before done is closed:
	out *emit.Output
	obj *toolchain.Object
	mod *loader.Module
	err error // why it is interpreted

	// Guarded by nativePackages.mu:
	source map[string]engine.Source
	forms  map[string]engine.Native
	hooks  map[string]*unsafe.Pointer
	off    bool // the tier is interp
}

// ready has packages compiled that a cell imports, in the order of their
// imports, and waits for them as the tier has it.
func (ps *nativePackages) ready(order []*pkgs.Package) {
	if ps.n.tier == Interp {
		return
	}
	list := ps.submit(order)
	wait := make(<-chan time.Time)
	if ps.n.tier == Auto {
		wait = time.After(importWait)
	}
	for _, p := range list {
		select {
		case <-p.done:
		case <-wait:
			return
		case <-ps.n.s.ctx.Done():
			return
		}
	}
}

// ahead has a package compiled that cells will import.
func (ps *nativePackages) ahead(path string) {
	if ps.n.tier == Interp {
		return
	}
	if order, f := ps.n.s.add([]string{path}); f == nil { // else the cell that imports it fails
		ps.submit(order)
	}
}

// submit has packages compiled that have not been before.
func (ps *nativePackages) submit(order []*pkgs.Package) (list []*nativePackage) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.byPath == nil {
		ps.byPath, ps.prefix = map[string]*nativePackage{}, map[string]*nativePackage{}
	}
	for _, src := range order {
		p := ps.byPath[src.Path]
		if p == nil {
			p = ps.add(src)
			ps.work = append(ps.work, p)
		}
		list = append(list, p)
	}
	if len(ps.work) > 0 && !ps.busy {
		ps.busy = true
		go ps.run()
	}
	return list
}

func (ps *nativePackages) add(src *pkgs.Package) *nativePackage {
	info := *src.Info
	info.Defs = maps.Clone(info.Defs) // the engine adds to it
	p := &nativePackage{
		src: src, prefix: toolchain.SymbolPrefix(src.Path), done: make(chan struct{}),
		objs: map[string]*types.Func{}, why: map[string]string{}, hooks: map[string]*unsafe.Pointer{},
	}
	p.whole = &emit.Whole{
		Fset: ps.n.s.fset, Info: &info, Pkg: src.Types, Files: src.Files,
		Left:     func(sym string) bool { return p.why[sym] != "" },
		Replaced: ps.n.replaced, Number: ps.n.s.machine.LocalNumber,
	}
	for _, path := range src.Imports {
		if q := ps.byPath[path]; q != nil {
			p.uses = append(p.uses, q)
		}
	}
	ps.byPath[src.Path], ps.prefix[p.prefix] = p, p
	return p
}

// run compiles what has been submitted until there is no more.
func (ps *nativePackages) run() {
	for {
		ps.mu.Lock()
		if len(ps.work) == 0 {
			ps.busy = false
			ps.mu.Unlock()
			return
		}
		p := ps.work[0]
		ps.work = ps.work[1:]
		ps.mu.Unlock()
		start := time.Now()
		p.err = ps.build(p)
		note := nativeNote{cell: "package " + p.src.Path, err: p.err, took: time.Since(start)}
		if p.err == nil {
			note.size = p.mod.Size()
			note.funcs = []string{fmt.Sprintf("%d functions", len(p.forms))}
			for _, sym := range slices.Sorted(maps.Keys(p.why)) {
				note.left = append(note.left, strings.TrimPrefix(sym, "main.")+" "+p.why[sym])
			}
		}
		if p.err != nil || len(p.forms)+len(p.why) > 0 {
			ps.n.mu.Lock()
			ps.n.remember(note)
			ps.n.mu.Unlock()
		}
		close(p.done)
	}
}

// build compiles a package, loads it and binds its functions.
func (ps *nativePackages) build(p *nativePackage) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a mistake in sheaf itself: %v\n%s", r, debug.Stack())
		}
	}()
	if err := ps.n.start(); err != nil {
		return err
	}
	unit := toolchain.Unit{Path: p.src.Path, ABI: map[string]string{}, Flags: []string{"-linkshared"}}
	for _, q := range p.uses {
		if q.err != nil {
			return fmt.Errorf("it imports %s, which is interpreted", q.src.Path)
		}
		unit.Uses = append(unit.Uses, q.obj)
	}
	if err := p.emit(ps.n); err != nil {
		return err
	}
	for _, f := range p.out.Files {
		unit.Files = append(unit.Files, toolchain.File{Name: f.Name, Source: f.Source})
	}
	for _, sym := range p.out.Bodyless {
		unit.ABI[strings.TrimPrefix(sym, "main.")] = "ABIInternal"
	}
	if p.obj, err = ps.n.tc.Compile(context.Background(), unit); err != nil {
		return err
	}
	return ps.load(p)
}

// emit writes the package for the compiler.
func (p *nativePackage) emit(n *native) (err error) {
	decls := p.functions()
	for sym, d := range decls {
		if obj, ok := p.src.Info.Defs[d.Name].(*types.Func); ok {
			p.objs[sym] = obj
		}
		if d.Body != nil && n.s.cfg.Exit == nil && exits(p.src.Info, d.Body) && !emit.IsGeneric(d) {
			p.why[sym] = "defers calls that ending the cell leaves out"
		}
	}
	for _, in := range p.src.Info.InitOrder {
		if p.worth(in) {
			p.whole.Inits = append(p.whole.Inits, in)
		}
	}
	for {
		if p.out, err = p.whole.Package(); err != nil {
			return err
		}
		known := len(p.why)
		for i, sym := range p.out.Left {
			p.why[sym] = p.out.Refused[i].Msg
		}
		if len(p.why) == known {
			return nil
		}
	}
}

// functions are the package's functions by symbol.
func (p *nativePackage) functions() map[string]*ast.FuncDecl {
	m := map[string]*ast.FuncDecl{}
	for _, f := range p.src.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Name.Name != "_" {
				m[emit.Symbol(fd)] = fd
			}
		}
	}
	return m
}

// worth reports initialisers that make function values or call generic
// functions: what they make would stay interpreted. Other functions that they
// call are compiled by themselves.
func (p *nativePackage) worth(in *types.Initializer) (found bool) {
	ast.Inspect(in.Rhs, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = true
		case *ast.Ident:
			_, ok := p.src.Info.Instances[n]
			found = found || ok
		}
		return !found
	})
	return found
}

// load brings a compiled package into the process and binds its functions.
func (ps *nativePackages) load(p *nativePackage) error {
	objs, err := objfile.Read(p.obj.Code)
	if err != nil {
		return err
	}
	ps.n.nameForeign(objs[0])
	var roots []string
	for _, s := range objs[0].Defs {
		name, ok := strings.CutPrefix(s.Name, p.prefix+".")
		if !ok || !s.Kind.IsText() || s.ABI != 1 || name == "init" || strings.Contains(name, "[") {
			continue
		}
		if s.Func != nil && s.Func.PCSP != nil { // else it has no code: it is only there in place of calls
			roots = append(roots, s.Name)
		}
	}
	if len(roots) == 0 {
		p.mod = &loader.Module{}
		return nil
	}
	if p.mod, err = ps.n.host.Load(objs[0], roots, ps.n.resolver(&nativeUnit{out: &emit.Output{}}, new(loadedUnit))); err != nil {
		return err
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p.source, p.forms = map[string]engine.Source{}, map[string]engine.Native{}
	for _, sym := range p.out.Roots {
		src, ok := ps.n.s.machine.Source(p.objs[sym])
		if !ok {
			continue
		}
		form := engine.Native{Func: p.mod.Func(p.symbol(sym))}
		if pointer := pointerForm(sym); pointer != "" {
			form.Pointer = p.mod.Func(p.symbol(pointer))
		}
		p.source[sym], p.forms[sym] = src, form
	}
	if !p.off {
		ps.bind(p)
	}
	return nil
}

// symbol is the linker's name for one of emit's.
func (p *nativePackage) symbol(sym string) string { return p.prefix + strings.TrimPrefix(sym, "main") }

// bind binds a package's functions; the caller holds the lock.
func (ps *nativePackages) bind(p *nativePackage) {
	for sym, form := range p.forms {
		ps.n.s.machine.Bind(p.source[sym], form)
	}
}

// set has packages interpreted or not, as the tier says.
func (ps *nativePackages) set(t Tier) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, p := range ps.byPath {
		if was := p.off; was == (t == Interp) {
			continue
		}
		if p.off = t == Interp; p.off {
			ps.n.s.machine.Unbind(slices.Collect(maps.Values(p.source))...)
		} else {
			ps.bind(p)
		}
	}
}

// lost binds packages again whose functions have been taken back because a
// type of the session is another one now.
func (ps *nativePackages) lost() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, p := range ps.byPath {
		for sym := range p.forms {
			if !p.off && !ps.n.s.machine.Keeps(p.source[sym]) {
				ps.bind(p)
			}
			break
		}
	}
}

// initialiser is the compiled form of one of a package's initialisers; nil:
// there is none.
func (ps *nativePackages) initialiser(path string, in *types.Initializer) func() {
	ps.mu.Lock()
	p := ps.byPath[path]
	ps.mu.Unlock()
	if p == nil || ps.n.tier == Interp {
		return nil
	}
	select {
	case <-p.done:
	default:
		return nil
	}
	if sym := p.out; p.err != nil || sym == nil || p.out.Inits[in] == "" {
		return nil
	}
	fv := p.mod.Func(p.symbol(p.out.Inits[in]))
	return *(*func())(unsafe.Pointer(&fv))
}

// of finds those of paths that come as source.
func (ps *nativePackages) of(paths []string) (list []*nativePackage) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, path := range paths {
		if p := ps.byPath[path]; p != nil {
			list = append(list, p)
		}
	}
	return list
}

// pending reports whether some of these are not compiled yet.
func pending(list []*nativePackage) bool {
	return slices.ContainsFunc(list, func(p *nativePackage) bool {
		select {
		case <-p.done:
			return false
		default:
			return true
		}
	})
}

// objects are what a unit that imports these is compiled against.
func objects(list []*nativePackage) (objs []*toolchain.Object, err error) {
	for _, p := range list {
		if <-p.done; p.err != nil {
			return nil, fmt.Errorf("it imports %s, which is interpreted", p.src.Path)
		}
		objs = append(objs, p.obj)
	}
	return objs, nil
}
