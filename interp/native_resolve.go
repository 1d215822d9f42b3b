package interp

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/linkname"
	"github.com/sheaf-go/sheaf/interp/internal/loader"
)

// nativeResolver resolves the names of one unit's object.
type nativeResolver struct {
	*linkname.Resolver
	n *native
	u *nativeUnit
	l *loadedUnit

	roots map[string]bool // of the unit
}

func (n *native) resolver(u *nativeUnit, l *loadedUnit) loader.Resolver {
	names := linkname.New(linkname.Config{
		Of: n.s.machine.Type, Know: n.s.machine.Know,
		Compiled: func(path string) bool { return path != sessionPath && !n.s.lib.interpreted(path) },
		Declared: func(name linkname.Name) types.Type { return n.local(u, name) },
		Package: func(path string) *types.Package {
			if path == sessionPath {
				return u.pkg
			}
			if p := n.s.lib.loader.Loaded(path); p != nil {
				return p.Types // one that is internal to its module, too
			}
			p, err := n.s.importer.Import(path)
			if err != nil {
				return nil
			}
			return p
		},
	})
	roots := map[string]bool{}
	for _, sym := range u.out.Roots {
		roots[sym] = true
	}
	return &nativeResolver{names, n, u, l, roots}
}

// typeOf finds the one descriptor of a type that the process has. A test shows
// what comes of another.
var typeOf = (*linkname.Resolver).Type

// Type implements loader.Resolver.
func (r *nativeResolver) Type(name string) (unsafe.Pointer, error) {
	return r.u.mention(name, func(name string) (unsafe.Pointer, error) { return typeOf(r.Resolver, name) })
}

// Itab implements loader.Resolver.
func (r *nativeResolver) Itab(name string) (unsafe.Pointer, error) {
	return r.u.mention(name, r.Resolver.Itab)
}

// Variable implements loader.Resolver.
func (r *nativeResolver) Variable(name string) unsafe.Pointer {
	if p, sym := r.n.packages.find(name); p != nil {
		return p.variable(r.n, sym)
	}
	if is := r.u.names[strings.TrimPrefix(name, "main.")]; is != "" {
		name = "main." + is
	}
	v := r.u.vars[name]
	if v != nil {
		r.l.keep = append(r.l.keep, v)
	}
	return v
}

// Code implements loader.Resolver.
func (r *nativeResolver) Code(name string, abi uint16) uintptr { return r.n.packages.code(name, abi) }

// Own implements loader.Resolver.
func (r *nativeResolver) Own(name string) bool {
	return mentionsPackage(name, "main") || r.n.packages.own(name)
}

// Slot implements loader.Resolver.
func (r *nativeResolver) Slot(name string) *unsafe.Pointer {
	if p, sym := r.n.packages.find(name); p != nil {
		return p.slot(r.n, sym)
	}
	if f := r.u.out.Hooks[name]; f != nil {
		v := r.n.s.machine.HookValue(f)
		r.l.keep = append(r.l.keep, unsafe.Pointer(&v))
		return &v
	}
	if name == keyName {
		return r.l.slot()
	}
	if is := r.u.out.Late[name]; is != "" {
		name = is
	}
	if obj := r.u.objs[name]; obj != nil {
		if r.n.s.cfg.Exit != nil && r.roots[name] {
			return nil // nothing redefines the functions of a program
		}
		return r.n.s.machine.Slot(obj)
	}
	return r.n.standing(strings.TrimPrefix(name, "main."))
}

// standing is the slot of a function that compiled code has for the session; nil:
// name is none.
func (n *native) standing(name string) *unsafe.Pointer {
	h := n.s.machine.Hooks()
	slot := map[string]any{
		emit.RecoverName: &h.Recover, emit.GoName: &h.Go,
		emit.WaitName: &h.Wait, emit.WaitedName: &h.Done, emit.StoppedName: &h.Stopped,
	}[name]
	if slot == nil {
		return nil
	}
	return (*unsafe.Pointer)(reflect.ValueOf(slot).UnsafePointer())
}

// A mentionedType is the descriptor of a type, or an interface table, that is in
// the code.
type mentionedType struct {
	name string
	find func(string) (unsafe.Pointer, error)
	is   unsafe.Pointer
}

// mention finds a descriptor and notes it.
func (u *nativeUnit) mention(name string, find func(string) (unsafe.Pointer, error)) (unsafe.Pointer, error) {
	is, err := find(name)
	u.mentions = append(u.mentions, mentionedType{name, find, is})
	return is, err
}

// same reports whether the code would be loaded as it is once more: the types
// that it has are what they were.
func (u *nativeUnit) same() bool {
	return !slices.ContainsFunc(u.mentions, func(t mentionedType) bool {
		now, err := t.find(t.name)
		return err != nil || now != t.is
	})
}
