package rtype

import (
	"go/types"
	"reflect"
)

// Learn walks t and rt, which are one type, side by side and remembers the
// runtime types of compiled types that cannot be found otherwise: unexported
// named ones, instances of generic types, unnamed interfaces. What does not fit
// is ignored.
func (w *World) Learn(t types.Type, rt reflect.Type) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.learn(t, rt, map[reflect.Type]bool{})
}

func (w *World) learn(t types.Type, rt reflect.Type, seen map[reflect.Type]bool) {
	if rt == nil || seen[rt] {
		return
	}
	if _, ok := w.forged.Load(word(rt)); ok {
		return
	}
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok {
		seen[rt] = true
		if !w.learnNamed(n, rt) {
			return
		}
	} else if rt.Name() != "" {
		return // rt is named and t is not, or both are basic
	} else {
		seen[rt] = true
	}
	w.learnParts(t.Underlying(), rt, seen)
}

// Know remembers that rt is the run-time type of t, a compiled type.
func (w *World) Know(t *types.Named, rt reflect.Type) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.learnNamed(t, rt)
}

// learnNamed remembers rt for t and reports whether they belong together.
func (w *World) learnNamed(t *types.Named, rt reflect.Type) bool {
	pkg := t.Obj().Pkg()
	if pkg == nil || rt.PkgPath() != pkg.Path() {
		return false
	}
	if w.cfg.Native != nil && t.TypeArgs().Len() == 0 && w.cfg.Native(pkg.Path(), t.Obj().Name()) != nil {
		return true
	}
	k := w.key(t)
	if w.nodes[k] == nil && w.learned[k] == nil {
		w.learned[k] = rt
		clear(w.cache)
	}
	return true
}

func (w *World) learnParts(u types.Type, rt reflect.Type, seen map[reflect.Type]bool) {
	if rt.Kind() != kindOf(u) {
		return
	}
	switch u := u.(type) {
	case *types.Pointer:
		w.learn(u.Elem(), rt.Elem(), seen)
	case *types.Slice:
		w.learn(u.Elem(), rt.Elem(), seen)
	case *types.Array:
		w.learn(u.Elem(), rt.Elem(), seen)
	case *types.Chan:
		w.learn(u.Elem(), rt.Elem(), seen)
	case *types.Map:
		w.learn(u.Key(), rt.Key(), seen)
		w.learn(u.Elem(), rt.Elem(), seen)
	case *types.Signature:
		w.learnSignature(u, rt, seen)
	case *types.Struct:
		for i := range min(u.NumFields(), rt.NumField()) {
			w.learn(u.Field(i).Type(), rt.Field(i).Type, seen)
		}
	case *types.Interface:
		for m := range u.Methods() {
			if rm, ok := rt.MethodByName(m.Name()); ok && m.Exported() {
				w.learnSignature(m.Type().(*types.Signature), rm.Type, seen)
			}
		}
		if rt.Name() == "" && rt.NumMethod() > 0 {
			learnInterface(rt)
		}
	}
}

func (w *World) learnSignature(s *types.Signature, rt reflect.Type, seen map[reflect.Type]bool) {
	if s.Params().Len() != rt.NumIn() || s.Results().Len() != rt.NumOut() {
		return
	}
	for i := range rt.NumIn() {
		w.learn(s.Params().At(i).Type(), rt.In(i), seen)
	}
	for i := range rt.NumOut() {
		w.learn(s.Results().At(i).Type(), rt.Out(i), seen)
	}
}
