package interp

import (
	"context"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/loader"
	"github.com/sheaf-go/sheaf/interp/internal/objfile"
	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// The assembler of a package is loaded once, in every tier, with what the
// compiler has to say of the package's declarations: no bodies, but the functions
// that turn one calling convention into the other, and where the parameters have
// pointers. What it calls and which variables it uses are the session's. The
// package's Go is interpreted or compiled beside it.

// assemblies are the packages with assembler that have been made ready.
type assemblies struct {
	n *native

	mu     sync.Mutex
	shapes map[string]*toolchain.Object // by path: packages without bodies
	byPath map[string]*assembly
}

// An assembly is a package's assembler, assembled.
type assembly struct {
	src    *pkgs.Package
	prefix string // of the package's symbols
	obj    *objfile.Object
	mod    *loader.Module // nil: it is not loaded yet
	err    error          // why it cannot be
}

// possible reports whether assembler can be assembled and loaded here.
func (as *assemblies) possible() bool { return as.n.start() == nil }

// prepare assembles a package. Its error says why it cannot be used here.
func (as *assemblies) prepare(ctx context.Context, p *pkgs.Package) error {
	obj, err := as.shape(ctx, p, p.Asm)
	if err != nil {
		return err
	}
	a := &assembly{src: p, prefix: toolchain.SymbolPrefix(p.Path)}
	var objs []*objfile.Object
	for _, code := range append([][]byte{obj.Code}, obj.Asm...) {
		list, err := objfile.Read(code)
		if err != nil {
			return err
		}
		objs = append(objs, list...)
	}
	a.obj = objfile.Join(objs...)
	if err := as.lacks(a); err != nil {
		return err
	}
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.byPath == nil {
		as.byPath = map[string]*assembly{}
	}
	as.byPath[p.Path] = a
	return nil
}

// shape compiles a package's declarations, and its assembler if that is given.
func (as *assemblies) shape(ctx context.Context, p *pkgs.Package, asm *pkgs.Assembler) (*toolchain.Object, error) {
	unit := toolchain.Unit{Path: p.Path, ABI: map[string]string{}, Flags: []string{"-linkshared"}}
	for _, path := range p.Imports {
		obj, err := as.shapeOf(ctx, path)
		if err != nil {
			return nil, err
		}
		unit.Uses = append(unit.Uses, obj)
	}
	info := *p.Info
	info.Defs = maps.Clone(info.Defs) // the engine adds to it
	w := &emit.Whole{
		Fset: as.n.s.fset, Info: &info, Pkg: p.Types, Files: p.Files, Shape: true,
		Replaced: func(*types.Func) bool { return false }, Number: func(*types.TypeName) int { return 0 },
	}
	out, err := w.Package()
	if err != nil {
		return nil, err
	}
	for _, f := range out.Files {
		unit.Files = append(unit.Files, toolchain.File{Name: f.Name, Source: f.Source})
	}
	for _, sym := range out.Bodyless {
		unit.ABI[strings.TrimPrefix(sym, "main.")] = "ABIInternal"
	}
	if asm != nil {
		unit.Asm = &toolchain.Assembler{Module: p.Module.String(), Dir: asm.Dir, Files: asm.Files, Texts: asm.Texts}
	}
	return as.n.tc.Compile(ctx, unit)
}

// shapeOf is the shape of a package that has been loaded.
func (as *assemblies) shapeOf(ctx context.Context, path string) (*toolchain.Object, error) {
	as.mu.Lock()
	obj := as.shapes[path]
	as.mu.Unlock()
	if obj != nil {
		return obj, nil
	}
	p := as.n.s.lib.loader.Loaded(path)
	if p == nil {
		return nil, fmt.Errorf("package %s is not loaded", path)
	}
	obj, err := as.shape(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.shapes == nil {
		as.shapes = map[string]*toolchain.Object{}
	}
	as.shapes[path] = obj
	return obj, nil
}

// lacks says what assembler refers to and neither its package, nor others that
// come as source, nor this program have, and which variables it has otherwise
// than Go declares them.
func (as *assemblies) lacks(a *assembly) error {
	var missing []string
	for _, s := range a.obj.Defs {
		if !s.Asm {
			continue
		}
		if err := a.fits(s); err != nil {
			return err
		}
		for _, r := range s.Relocs {
			if r.Sym == nil || r.Sym.Name == "" || r.Sym.Defined || slices.Contains(missing, r.Sym.Name) {
				continue
			}
			if !as.has(r.Sym) {
				missing = append(missing, r.Sym.Name)
			}
		}
	}
	if missing != nil {
		return &loader.MissingError{Symbols: missing}
	}
	return nil
}

// has reports what other packages that come as source define, or this program.
func (as *assemblies) has(s *objfile.Sym) bool {
	path, name := pkgs.SymbolPath(s.Name)
	if p := as.n.s.lib.loader.Loaded(path); p != nil { // its variables are out of reach
		return p.Asm != nil && slices.Contains(p.Asm.Funcs, name)
	}
	_, ok := as.n.host.Lookup(s.Name, s.ABI)
	return ok
}

// fits refuses contents for a variable that has another size.
func (a *assembly) fits(s *objfile.Sym) error {
	name, own := strings.CutPrefix(s.Name, a.prefix+".")
	v, ok := a.src.Types.Scope().Lookup(name).(*types.Var)
	if !own || !ok || s.Kind.IsText() || s.ABI == objfile.Static || int64(s.Size) == sizes.Sizeof(v.Type()) {
		return nil
	}
	return fmt.Errorf("variable %s has %d bytes in assembler and %d in Go", name, s.Size, sizes.Sizeof(v.Type()))
}

// note remembers how a package was taken that has assembler, for %tier.
func (as *assemblies) note(p *pkgs.Package) {
	note := nativeNote{cell: "package " + p.Path}
	switch {
	case p.Asm != nil && len(p.Asm.Funcs) == 1:
		note.text = "with a function in assembler"
	case p.Asm != nil:
		note.text = fmt.Sprintf("with %d functions in assembler", len(p.Asm.Funcs))
	case p.Alone != nil:
		note.text = "as Go alone; otherwise: " + p.Alone.Error()
	default:
		return
	}
	as.n.mu.Lock()
	defer as.n.mu.Unlock()
	as.n.remember(note)
}

// load brings a package's assembler into the process, if it has some, once its
// functions are known to the engine.
func (as *assemblies) load(p *pkgs.Package) error {
	a := as.of(p.Path)
	if a == nil || a.mod != nil {
		return nil
	}
	if a.err != nil {
		return a.err
	}
	var roots []string
	for _, name := range p.Asm.Funcs {
		roots = append(roots, a.prefix+"."+name)
	}
	names := as.n.resolver(&nativeUnit{out: &emit.Output{}}, new(loadedUnit))
	a.mod, a.err = as.n.host.Load(a.obj, roots, &asmResolver{names, as, a})
	a.obj = nil
	return a.err
}

// variable is the memory of a package's variable that assembler uses; nil: it
// uses none of that name.
func (as *assemblies) variable(p *pkgs.Package, name string) unsafe.Pointer {
	if a := as.of(p.Path); a != nil && a.mod != nil {
		return a.mod.Variable(a.prefix + "." + name)
	}
	return nil
}

func (as *assemblies) of(path string) *assembly {
	as.mu.Lock()
	defer as.mu.Unlock()
	return as.byPath[path]
}

// code is the address of a function of a package's assembler, or of the one by
// which Go calls it; 0: there is none.
func (as *assemblies) code(symbol string, abi uint16) uintptr {
	path, _ := pkgs.SymbolPath(symbol)
	if a := as.of(path); a != nil && a.mod != nil {
		return a.mod.Code(symbol, abi)
	}
	return 0
}

// asmResolver resolves the names of a package's assembler. Variables of the
// package that it uses are loaded with it, since it reaches only what is near.
type asmResolver struct {
	loader.Resolver
	as *assemblies
	a  *assembly
}

// source is the package that comes as source which a symbol belongs to; nil: it
// belongs to the program.
func (r *asmResolver) source(symbol string) (p *pkgs.Package, name string) {
	path, name := pkgs.SymbolPath(symbol)
	return r.as.n.s.lib.loader.Loaded(path), name
}

// Variable implements loader.Resolver.
func (r *asmResolver) Variable(name string) unsafe.Pointer {
	if p, name := r.source(name); p != nil && (p != r.a.src || r.a.src.Links[name] != "") {
		return r.as.n.s.packageVar(p, name)
	}
	return nil
}

// Slot implements loader.Resolver.
func (r *asmResolver) Slot(name string) *unsafe.Pointer {
	p, name := r.source(name)
	if p == nil {
		return nil
	}
	if f, ok := p.Types.Scope().Lookup(name).(*types.Func); ok {
		return r.as.n.s.machine.Slot(f)
	}
	return nil
}

// Code implements loader.Resolver.
func (r *asmResolver) Code(name string, abi uint16) uintptr { return r.as.code(name, abi) }

// Own implements loader.Resolver.
func (r *asmResolver) Own(name string) bool {
	p, _ := r.source(name)
	return p != nil
}
