package engine

import (
	"fmt"
	"go/types"
	"maps"
)

// An env gives the type parameters of a generic function, or of the generic
// type that a method belongs to, the types of one instance.
type env struct {
	types map[*types.TypeParam]types.Type
	args  []types.Type
	key   string // tells instances apart
	local map[*types.TypeName]*types.Named
}

// subst replaces the type parameters in t.
func (m *Machine) subst(t types.Type, e *env) types.Type {
	if e == nil || t == nil {
		return t
	}
	s := substituter{m: m, e: e}
	return s.typ(t)
}

type substituter struct {
	m *Machine
	e *env
}

func (s *substituter) typ(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if r, ok := s.e.types[t]; ok {
			return r
		}
		return t
	case *types.Alias:
		return s.typ(types.Unalias(t))
	case *types.Pointer:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewArray(e, t.Len())
		}
	case *types.Chan:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewChan(t.Dir(), e)
		}
	case *types.Map:
		if k, e := s.typ(t.Key()), s.typ(t.Elem()); k != t.Key() || e != t.Elem() {
			return types.NewMap(k, e)
		}
	case *types.Tuple:
		return s.tuple(t)
	case *types.Signature:
		return s.signature(t)
	case *types.Struct:
		return s.structure(t)
	case *types.Interface:
		return s.iface(t)
	case *types.Union:
		terms := make([]*types.Term, t.Len())
		for i := range terms {
			terms[i] = types.NewTerm(t.Term(i).Tilde(), s.typ(t.Term(i).Type()))
		}
		return types.NewUnion(terms)
	case *types.Named:
		return s.named(t)
	}
	return t
}

func (s *substituter) tuple(t *types.Tuple) *types.Tuple {
	if t == nil {
		return nil
	}
	changed := false
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		vars[i] = s.variable(t.At(i))
		changed = changed || vars[i] != t.At(i)
	}
	if !changed {
		return t
	}
	return types.NewTuple(vars...)
}

func (s *substituter) variable(v *types.Var) *types.Var {
	t := s.typ(v.Type())
	if t == v.Type() {
		return v
	}
	if v.IsField() {
		return types.NewField(v.Pos(), v.Pkg(), v.Name(), t, v.Embedded())
	}
	return types.NewVar(v.Pos(), v.Pkg(), v.Name(), t)
}

func (s *substituter) signature(t *types.Signature) types.Type {
	p, r := s.tuple(t.Params()), s.tuple(t.Results())
	if p == t.Params() && r == t.Results() {
		return t
	}
	return types.NewSignatureType(nil, nil, nil, p, r, t.Variadic())
}

func (s *substituter) structure(t *types.Struct) types.Type {
	changed := false
	fields, tags := make([]*types.Var, t.NumFields()), make([]string, t.NumFields())
	for i := range fields {
		fields[i], tags[i] = s.variable(t.Field(i)), t.Tag(i)
		changed = changed || fields[i] != t.Field(i)
	}
	if !changed {
		return t
	}
	return types.NewStruct(fields, tags)
}

func (s *substituter) iface(t *types.Interface) types.Type {
	changed := false
	var methods []*types.Func
	for i := range t.NumExplicitMethods() {
		f := t.ExplicitMethod(i)
		sig := s.signature(f.Signature())
		if sig != f.Signature() {
			f = types.NewFunc(f.Pos(), f.Pkg(), f.Name(), sig.(*types.Signature))
			changed = true
		}
		methods = append(methods, f)
	}
	var embedded []types.Type
	for i := range t.NumEmbeddeds() {
		e := s.typ(t.EmbeddedType(i))
		changed = changed || e != t.EmbeddedType(i)
		embedded = append(embedded, e)
	}
	if !changed {
		return t
	}
	return types.NewInterfaceType(methods, embedded).Complete()
}

// named instantiates a generic type anew, and gives each instance of a
// generic function types of its own for those declared inside it.
func (s *substituter) named(t *types.Named) types.Type {
	origin := s.origin(t.Origin())
	args := t.TypeArgs()
	if args == nil {
		return origin
	}
	changed := origin != t.Origin()
	list := make([]types.Type, args.Len())
	for i := range list {
		list[i] = s.typ(args.At(i))
		changed = changed || list[i] != args.At(i)
	}
	if !changed {
		return t
	}
	inst, err := types.Instantiate(s.m.ctxt, origin, list, false)
	if err != nil {
		panic(fmt.Sprintf("engine: %v", err))
	}
	return inst
}

// origin is the declared type t, or what the instance has in its place.
func (s *substituter) origin(t *types.Named) *types.Named {
	obj := t.Obj()
	if obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() || s.e.key == "" || !s.inside(obj) {
		return t
	}
	if n := s.e.local[obj]; n != nil {
		return n
	}
	name := types.NewTypeName(obj.Pos(), obj.Pkg(), obj.Name(), nil)
	n := types.NewNamed(name, nil, nil)
	s.e.local[obj] = n
	s.m.world.SetKey(name, fmt.Sprintf("%s.%s@%d%s", obj.Pkg().Path(), obj.Name(), obj.Pos(), s.e.key))
	s.m.world.SetLocal(name, s.m.locals[obj], s.e.args)
	in := s
	if tps := t.TypeParams(); tps.Len() > 0 {
		e := *s.e
		e.types = maps.Clone(s.e.types)
		in = &substituter{m: s.m, e: &e}
		own := make([]*types.TypeParam, tps.Len())
		for i := range own {
			tp := tps.At(i).Obj()
			own[i] = types.NewTypeParam(types.NewTypeName(tp.Pos(), tp.Pkg(), tp.Name(), nil), nil)
			e.types[tps.At(i)] = own[i]
		}
		for i := range own {
			own[i].SetConstraint(in.typ(tps.At(i).Constraint()))
		}
		n.SetTypeParams(own)
	}
	n.SetUnderlying(in.typ(t.Underlying()))
	return n
}

// inside says whether obj is declared in a function, where an instance has
// types of its own.
func (s *substituter) inside(obj *types.TypeName) bool {
	if obj.Parent() == nil {
		return false
	}
	for tp := range s.e.types {
		if sc := tp.Obj().Parent(); sc != nil && sc.Contains(obj.Pos()) {
			return true
		}
	}
	return false
}
