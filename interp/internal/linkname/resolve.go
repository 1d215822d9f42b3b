package linkname

import (
	"errors"
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
	// is nothing. A type of a function has a number in its name and the type
	// arguments of the function. It may be nil.
	Declared func(Name) types.Type
}

// A Resolver finds the types of symbols. It is safe for concurrent use.
type Resolver struct {
	cfg Config

	mu       sync.Mutex
	packages map[string]*types.Package // those that Config does not know
	opaque   map[string]*types.Named   // by link name
}

// New returns a Resolver.
func New(cfg Config) *Resolver {
	return &Resolver{cfg: cfg, packages: map[string]*types.Package{}, opaque: map[string]*types.Named{}}
}

const (
	typePrefix = "type:"
	itabPrefix = "go:itab."
)

// ErrMethods is the reason where a type lacks methods of the interface in an
// interface table. The compiler names such a table where a type parameter may
// stand for the type; nothing is equal to it.
var ErrMethods = errors.New("the type does not have the interface's methods")

// Symbol returns the type descriptor or interface table that a symbol of this
// name is to be; ok is false if it is the name of neither.
func (r *Resolver) Symbol(name string) (p unsafe.Pointer, ok bool, err error) {
	switch {
	case strings.HasPrefix(name, typePrefix+"."): // a type's equality, parts of descriptors
		return nil, false, nil
	case strings.HasPrefix(name, typePrefix):
		rt, err := r.Type(name)
		if err != nil {
			return nil, true, err
		}
		return rtype.Word(rt), true, nil
	case strings.HasPrefix(name, itabPrefix):
		p, err := r.Itab(name)
		return p, true, err
	}
	return nil, false, nil
}

// Type returns the type whose descriptor is called name: "type:[]main.T".
func (r *Resolver) Type(name string) (reflect.Type, error) {
	text, ok := strings.CutPrefix(name, typePrefix)
	if !ok {
		return nil, fmt.Errorf("linkname: %s: want a name that begins with %s", name, typePrefix)
	}
	t, err := Parse(text, r)
	if err != nil {
		return nil, err
	}
	return r.of(t)
}

// Itab returns the interface table that is called name:
// "go:itab.*main.T,fmt.Stringer".
func (r *Resolver) Itab(name string) (unsafe.Pointer, error) {
	text, ok := strings.CutPrefix(name, itabPrefix)
	if !ok {
		return nil, fmt.Errorf("linkname: %s: want a name that begins with %s", name, itabPrefix)
	}
	c, i, err := ParseItab(text, r)
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
		return nil, fmt.Errorf("linkname: %s: want an interface with methods, have %s", name, iface)
	}
	tab := rtype.Itab(rtype.Word(iface), rtype.Word(concrete))
	if tab == nil {
		return nil, fmt.Errorf("linkname: %s: %w", name, ErrMethods)
	}
	return tab, nil
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
