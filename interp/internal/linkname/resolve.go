package linkname

import (
	"fmt"
	"go/token"
	"go/types"
	"path"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// Config is what a Resolver asks its owner.
type Config struct {
	// Of returns the run-time type of t, as rtype.World.Of.
	Of func(t types.Type) reflect.Type

	// Know hands on the run-time type of a compiled type, as rtype.World.Know.
	Know func(t *types.Named, rt reflect.Type)

	// Compiled reports whether the types of a package are those of the program.
	Compiled func(path string) bool

	// Package returns a package with its types, nil if there is none.
	Package func(path string) *types.Package

	// Declared returns what a package declares under a name, a generic type
	// without type arguments, where that is not what Package has; nil if there
	// is nothing. A type of a function has a number in its name (the compiler
	// counts those of a package, aliases apart, in the order of the source) and
	// the type arguments of the function. It may be nil.
	Declared func(Name) types.Type
}

// A Resolver finds the types of symbols. It is safe for concurrent use.
type Resolver struct {
	cfg Config

	mu       sync.Mutex
	packages map[string]*types.Package // those that Config does not know
	opaque   map[string]*types.Named   // by link name
	empty    map[[2]unsafe.Pointer]unsafe.Pointer
}

// New returns a Resolver.
func New(cfg Config) *Resolver {
	return &Resolver{cfg: cfg, packages: map[string]*types.Package{}, opaque: map[string]*types.Named{}, empty: map[[2]unsafe.Pointer]unsafe.Pointer{}}
}

// Type returns the descriptor of the type that the compiler calls link, in the
// symbol "type:"+link.
func (r *Resolver) Type(link string) (unsafe.Pointer, error) {
	rt, err := r.Reflect(link)
	if err != nil {
		return nil, err
	}
	return rtype.Word(rt), nil
}

// Reflect is Type for those who want to look at it.
func (r *Resolver) Reflect(link string) (reflect.Type, error) {
	t, err := Parse(link, r)
	if err != nil {
		return nil, err
	}
	return r.of(t)
}

// Itab returns the interface table that the compiler calls link, in the symbol
// "go:itab."+link: "*main.T,fmt.Stringer".
func (r *Resolver) Itab(link string) (unsafe.Pointer, error) {
	c, i, err := ParseItab(link, r)
	if err != nil {
		return nil, err
	}
	concrete, err := r.of(c)
	if err != nil {
		return nil, err
	}
	iface, err := r.of(i)
	if err != nil {
		return nil, err
	}
	if iface.Kind() != reflect.Interface || iface.NumMethod() == 0 {
		return nil, fmt.Errorf("linkname: %s: want an interface with methods, have %s", link, iface)
	}
	it, ct := rtype.Word(iface), rtype.Word(concrete)
	if tab := rtype.Itab(it, ct); tab != nil {
		return tab, nil
	}
	if has, err := r.implements(c, iface); has || err != nil {
		return nil, fmt.Errorf("linkname: %s: this program has not all methods of %s", link, concrete)
	}
	return r.emptyTab(it, ct), nil
}

// implements reports whether c has the methods of iface by what is known of its
// declaration.
func (r *Resolver) implements(c types.Type, iface reflect.Type) (bool, error) {
	if n := namedOf(c); n != nil && n.Underlying() == opaque {
		return false, fmt.Errorf("linkname: the methods of %s are not known", n)
	}
	set := types.NewMethodSet(c)
	for m := range iface.Methods() {
		var pkg *types.Package
		if m.PkgPath != "" {
			pkg = r.Package(m.PkgPath)
		}
		sel := set.Lookup(pkg, m.Name)
		if sel == nil {
			return false, nil
		}
		if sig, err := r.of(sel.Type()); err != nil || sig != m.Type {
			return false, err
		}
	}
	return true, nil
}

// emptyTab returns a table for a type without the methods. The compiler names
// one where generic code compares an interface with a type parameter.
func (r *Resolver) emptyTab(iface, t unsafe.Pointer) unsafe.Pointer {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := [2]unsafe.Pointer{iface, t}
	if r.empty[key] == nil {
		r.empty[key] = rtype.EmptyItab(iface, t)
	}
	return r.empty[key]
}

// of asks for a run-time type; that there cannot be one is an error here.
func (r *Resolver) of(t types.Type) (rt reflect.Type, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *rtype.Error:
			err = e
		default:
			panic(e)
		}
	}()
	return r.cfg.Of(t), nil
}

// Package implements [Scope].
func (r *Resolver) Package(p string) *types.Package {
	if pkg := r.cfg.Package(p); pkg != nil {
		return pkg
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ownPackage(p)
}

// ownPackage is a package of which nothing but the path is known.
func (r *Resolver) ownPackage(p string) *types.Package {
	if r.packages[p] == nil {
		r.packages[p] = types.NewPackage(p, path.Base(p))
	}
	return r.packages[p]
}

// Named implements [Scope].
func (r *Resolver) Named(n Name) (types.Type, error) {
	t, err := r.declared(n)
	if err != nil {
		return nil, err
	}
	var rt reflect.Type
	if r.cfg.Compiled(n.Path) {
		rt = rtype.Compiled(n.Link, n.Path, n.reflectName())
	}
	switch named, ok := t.(*types.Named); {
	case t == nil && rt == nil:
		return nil, fmt.Errorf("package %s has no type %s", n.Path, n.whole)
	case t == nil:
		return r.standIn(n, rt), nil
	case ok && rt != nil:
		r.cfg.Know(named, rt)
	}
	return t, nil
}

// declared is the go/types type of n, nil if there is none.
func (r *Resolver) declared(n Name) (types.Type, error) {
	var t types.Type
	if r.cfg.Declared != nil {
		t = r.cfg.Declared(n)
	}
	if t == nil {
		t = r.global(n)
	}
	named, ok := t.(*types.Named)
	if t == nil || !ok {
		return t, nil
	}
	own := n.Args[n.Outer:]
	if strings.Contains(n.Name, "·") && named.TypeParams().Len() == 0 {
		own = nil // all are the function's
	}
	switch want := named.TypeParams().Len(); {
	case named.TypeArgs().Len() > 0 || want == 0 && len(own) == 0:
		return t, nil
	case want != len(own):
		return nil, fmt.Errorf("%s has %d type arguments, wants %d", n.Link, len(own), want)
	}
	return types.Instantiate(nil, named, own, false)
}

// global is what a package's scope has under n's name.
func (r *Resolver) global(n Name) types.Type {
	pkg := r.cfg.Package(n.Path)
	if pkg == nil {
		return nil
	}
	if obj, ok := pkg.Scope().Lookup(n.Name).(*types.TypeName); ok && !obj.IsAlias() {
		return obj.Type()
	}
	return nil
}

// opaque is the underlying type of a type of which only the run-time form is
// known.
var opaque = types.NewStruct(nil, nil)

// standIn returns a type for n that has nothing but its run-time type rt.
func (r *Resolver) standIn(n Name, rt reflect.Type) types.Type {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.opaque[n.Link]; t != nil {
		return t
	}
	pkg := r.ownPackage(n.Path)
	obj := types.NewTypeName(token.NoPos, pkg, n.whole, nil)
	pkg.Scope().Insert(obj)
	t := types.NewNamed(obj, opaque, nil)
	r.cfg.Know(t, rt)
	r.opaque[n.Link] = t
	return t
}
