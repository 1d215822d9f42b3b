package rtype

import (
	"go/types"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

// What a method set is made of may be declared in several checks of a session,
// and the types.Named of an early one lacks the methods that came later. So
// the World is told which is the latest of each type that was given methods.

// Latest is the declaration that the type of n is made from; nil: that of the
// check which the World is asked with.
func (w *World) Latest(n *types.Named) *types.Named {
	if n == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.latest[w.declKey(n.Obj())]
}

// Renew says that the type of n has the method set of decl, which the
// types.Named of other checks do not have: the next Of, whichever of them it
// is asked for, makes a new runtime type for it (of a generic type: for every
// instance) and for every type that mentions it. The old ones stay valid. It
// reports whether there were any. Without a decl the type is again what each
// check says.
func (w *World) Renew(n, decl *types.Named) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := w.declKey(n.Obj())
	if decl == nil {
		delete(w.latest, key)
	} else {
		w.latest[key] = decl.Origin()
	}
	users := map[string][]string{} // who mentions a key
	var stale []string
	for k, n := range w.nodes {
		for d := range n.deps {
			users[d] = append(users[d], k)
		}
		if k == key || strings.HasPrefix(k, key+"[") {
			stale = append(stale, k)
		}
	}
	clear(w.cache)
	if len(stale) == 0 {
		return false
	}
	for len(stale) > 0 {
		k := stale[len(stale)-1]
		stale = stale[:len(stale)-1]
		if n := w.nodes[k]; n != nil {
			delete(w.nodes, k)
			w.before[k] = n.t
			stale = append(stale, users[k]...)
		}
	}
	w.current.Store(new(sync.Map))
	return true
}

// newest is t as its latest declaration has it.
func (w *World) newest(t *types.Named) *types.Named {
	if len(w.latest) == 0 {
		return t
	}
	l := w.latest[w.declKey(t.Obj())]
	switch {
	case l == nil || l == t.Origin():
		return t
	case t.TypeArgs().Len() == 0:
		return l
	case t.TypeArgs().Len() != l.TypeParams().Len():
		return t
	}
	args := make([]types.Type, t.TypeArgs().Len())
	for i := range args {
		args[i] = t.TypeArgs().At(i)
	}
	inst, err := types.Instantiate(nil, l, args, false)
	if err != nil {
		return t
	}
	return inst.(*types.Named)
}

// refresh is t with the newest declarations of itself and of what it embeds:
// its method set is that of today.
func (w *World) refresh(t types.Type, seen map[types.Type]bool) types.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		if e := w.refresh(t.Elem(), seen); e != t.Elem() {
			return types.NewPointer(e)
		}
	case *types.Named:
		n := w.newest(t)
		st, ok := n.Underlying().(*types.Struct)
		if !ok || seen[t] {
			return n
		}
		seen[t] = true
		u := w.refresh(st, seen)
		if u == st {
			return n
		}
		methods := make([]*types.Func, n.NumMethods())
		for i := range methods {
			methods[i] = n.Method(i)
		}
		obj := n.Obj()
		return types.NewNamed(types.NewTypeName(obj.Pos(), obj.Pkg(), obj.Name(), nil), u, methods)
	case *types.Struct:
		return w.refreshStruct(t, seen)
	}
	return t
}

func (w *World) refreshStruct(s *types.Struct, seen map[types.Type]bool) types.Type {
	fields, tags := make([]*types.Var, s.NumFields()), make([]string, s.NumFields())
	changed := false
	for i := range fields {
		f := s.Field(i)
		fields[i], tags[i] = f, s.Tag(i)
		if !f.Embedded() {
			continue
		}
		if t := w.refresh(f.Type(), seen); t != types.Unalias(f.Type()) {
			fields[i], changed = types.NewField(f.Pos(), f.Pkg(), f.Name(), t, true), true
		}
	}
	if !changed {
		return s
	}
	return types.NewStruct(fields, tags)
}

// Renewed reports whether any type has been made anew.
func (w *World) Renewed() bool { return w.current.Load() != nil }

// Same reports whether a and b are one type of the session, perhaps made
// before and after a Renew.
func (w *World) Same(a, b unsafe.Pointer) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || !w.Renewed() {
		return false
	}
	x, y := (*abiType)(a), (*abiType)(b)
	return x.Kind() == y.Kind() && x.size == y.size && w.Current(a) == w.Current(b)
}

// Current is the type t as it is made now: t itself unless a type that it
// mentions, or t, has been renewed since it was made.
func (w *World) Current(t unsafe.Pointer) unsafe.Pointer {
	known := w.current.Load()
	if known == nil || t == nil {
		return t
	}
	if now, ok := known.Load(t); ok {
		return now.(unsafe.Pointer)
	}
	now := t
	if c := w.currentOf(FromWord(t)); c != nil && (*abiType)(t).size == c.Size() && (*abiType)(t).Kind() == c.Kind() {
		now = Word(c)
	}
	known.Store(t, now)
	return now
}

// currentOf looks for what is made now of the parts of t; nil: it is t.
func (w *World) currentOf(t reflect.Type) reflect.Type {
	if key, ok := w.forged.Load(word(t)); ok {
		return w.currentMade(key.(string))
	}
	if t.Name() != "" {
		return nil
	}
	part := func(t reflect.Type) reflect.Type { return FromWord(w.Current(Word(t))) }
	switch t.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(part(t.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(part(t.Elem()))
	case reflect.Array:
		return reflect.ArrayOf(t.Len(), part(t.Elem()))
	case reflect.Map:
		return reflect.MapOf(part(t.Key()), part(t.Elem()))
	case reflect.Chan:
		return ChanOf(t.ChanDir(), part(t.Elem()))
	case reflect.Func:
		in, out := make([]reflect.Type, t.NumIn()), make([]reflect.Type, t.NumOut())
		for i := range in {
			in[i] = part(t.In(i))
		}
		for i := range out {
			out[i] = part(t.Out(i))
		}
		return reflect.FuncOf(in, out, t.IsVariadic())
	case reflect.Struct:
		fields := make([]reflect.StructField, t.NumField())
		changed := false
		for i := range fields {
			f := t.Field(i)
			now := part(f.Type)
			changed = changed || now != f.Type
			if f.Anonymous || f.Name == "_" { // reflect cannot make it
				return nil
			}
			fields[i] = reflect.StructField{Name: f.Name, PkgPath: f.PkgPath, Type: now, Tag: f.Tag}
		}
		if changed {
			return reflect.StructOf(fields)
		}
	}
	return nil
}

// currentMade is the type with this key as it is made now.
func (w *World) currentMade(key string) reflect.Type {
	base := strings.TrimPrefix(key, "*")
	w.mu.Lock()
	n, t := w.nodes[base], w.before[base]
	w.mu.Unlock()
	var now reflect.Type
	switch {
	case n != nil:
		now = n.rt.rtype()
	case t != nil:
		now = w.Of(t)
	default:
		return nil
	}
	if base != key {
		now = reflect.PointerTo(now)
	}
	return now
}
