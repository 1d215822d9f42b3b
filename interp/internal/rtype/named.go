package rtype

import (
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

// named returns the runtime type of a named type: the compiled one where there
// is one, else one of this World.
func (w *World) named(t *types.Named) reflect.Type {
	if rt := w.compiled(t); rt != nil {
		return rt
	}
	return w.made1(t).rt.rtype()
}

// made1 returns the node of a named type that is not compiled and notes that
// the type at work mentions it.
func (w *World) made1(t *types.Named) *node {
	k := w.key(t)
	w.mention(k)
	if n := w.nodes[k]; n != nil {
		return n
	}
	return w.shallow(k, t)
}

func (w *World) mention(k string) {
	if w.cur != nil && w.cur.key != k {
		w.cur.deps[k] = true
	}
}

// compiled returns the compiled runtime type of t, nil if t is none.
func (w *World) compiled(t *types.Named) reflect.Type {
	obj := t.Obj()
	if obj.Pkg() == nil {
		if obj.Name() == "error" {
			return reflect.TypeFor[error]()
		}
		return nil
	}
	if t.TypeArgs().Len() == 0 && obj.Parent() == obj.Pkg().Scope() && w.cfg.Native != nil {
		if rt := w.cfg.Native(obj.Pkg().Path(), obj.Name()); rt != nil {
			return rt
		}
	}
	if len(w.learned) > 0 {
		if rt := w.learned[w.key(t)]; rt != nil {
			return rt
		}
	}
	if w.cfg.Compiled != nil && w.cfg.Compiled(obj.Pkg().Path()) {
		return w.search(t)
	}
	return nil
}

// search looks for t among the types that the linker recorded. A type declared
// in a function has the same name there; the hash tells them apart.
func (w *World) search(t *types.Named) reflect.Type {
	k := w.key(t)
	if w.nodes[k] != nil || t.Obj().Parent() != t.Obj().Pkg().Scope() {
		return nil
	}
	var link strings.Builder
	w.link(&link, t)
	hash := linkHash(link.String())
	for _, p := range typesByString("*" + w.display(t)) {
		e := (*ptrType)(unsafe.Pointer(p)).elem
		if rt := e.rtype(); e.hash == hash && rt.PkgPath() == t.Obj().Pkg().Path() {
			w.learned[k] = rt
			return rt
		}
	}
	return nil
}

//go:linkname typesByString reflect.typesByString
func typesByString(s string) []*abiType

// shallow makes the runtime type of t as far as its own memory goes: name,
// kind, size, pointer data, equality. What it points to, its fields' exact
// types and its methods come with finish, so that types may refer to each other.
func (w *World) shallow(k string, t *types.Named) *node {
	t = w.newest(t)
	n := &node{key: k, t: t, deps: map[string]bool{}}
	outer := w.cur
	w.cur = n
	defer func() { w.cur = outer }()
	w.methodSets(n)
	u := t.Underlying()
	kind, params := kindOf(u), 0
	if s, ok := u.(*types.Signature); ok {
		params = s.Params().Len() + s.Results().Len()
	}
	n.rt = newDescriptor(kind, params, len(n.val))
	str := w.display(t)
	n.rt.hash = w.compilerHash(t)
	n.rt.str = typeString(str, baseName(str))
	w.nodes[k] = n
	w.made = append(w.made, n)
	w.fillShallow(n, u)
	n.setName(flagNamed, n.home())
	w.forgePointer(n, str)
	w.pending = append(w.pending, n)
	w.forged.Store(n.rt, k)
	return n
}

// setName sets the flags of a type that has an uncommon part.
func (n *node) setName(flags uint8, home string) {
	n.rt.tflag = n.rt.tflag&^flagExtraStar | flagUncommon | flags
	n.rt.uncommon().pkgPath = textName(home)
}

// fillShallow lays out n's own memory from stand-ins of the same layout.
func (w *World) fillShallow(n *node, u types.Type) {
	if s, ok := u.(*types.Struct); ok {
		n.layStruct(s, w.layout)
		return
	}
	n.copyHead(w.layout(u))
}

// copyHead makes n's kind-specific part that of src, keeping n's identity.
func (n *node) copyHead(src *abiType) {
	t := n.rt
	id := *t
	dst, from := unsafe.Pointer(t), unsafe.Pointer(src)
	switch src.Kind() {
	case reflect.Array:
		*(*arrayType)(dst) = *(*arrayType)(from)
	case reflect.Chan:
		*(*chanType)(dst) = *(*chanType)(from)
	case reflect.Func:
		*(*funcType)(dst) = *(*funcType)(from)
	case reflect.Interface:
		*(*interfaceType)(dst) = *(*interfaceType)(from)
	case reflect.Map:
		*(*mapType)(dst) = *(*mapType)(from)
	case reflect.Pointer:
		*(*ptrType)(dst) = *(*ptrType)(from)
	case reflect.Slice:
		*(*sliceType)(dst) = *(*sliceType)(from)
	default:
		*t = *src
	}
	t.hash, t.str, t.ptrToThis = id.hash, id.str, id.ptrToThis
	t.tflag = src.tflag&^(flagExtraStar|flagNamed|flagUncommon) | id.tflag&(flagNamed|flagUncommon)
}

// layStruct lays out n's struct with field types given by typ.
func (n *node) layStruct(s *types.Struct, typ func(types.Type) *abiType) {
	id := *n.rt
	layStruct((*structType)(unsafe.Pointer(n.rt)), structPkg(s), specsOf(s, typ))
	n.rt.tflag |= id.tflag & (flagNamed | flagUncommon)
}

// forgePointer makes the type of pointers to n.rt.
func (w *World) forgePointer(n *node, str string) {
	p := newDescriptor(reflect.Pointer, 0, len(n.ref))
	*(*ptrType)(unsafe.Pointer(p)) = *(*ptrType)(Word(reflect.TypeFor[*byte]()))
	p.tflag = p.tflag &^ (flagExtraStar | flagNamed | flagUncommon)
	p.hash = w.compilerHash(types.NewPointer(n.t))
	p.str = typeString("*"+str, baseName(str))
	p.ptrToThis = 0
	(*ptrType)(unsafe.Pointer(p)).elem = n.rt
	if len(n.ref) > 0 {
		p.tflag |= flagUncommon
		p.uncommon().pkgPath = n.rt.uncommon().pkgPath
	}
	n.ptr = p
	n.rt.ptrToThis = addReflectOff(unsafe.Pointer(p))
	w.forged.Store(p, "*"+n.key)
}

// finish gives n its exact parts and its methods.
func (w *World) finish(n *node) {
	w.cur = n
	defer func() { w.cur = nil }()
	switch t := n.t.(type) {
	case *types.Named:
		for i := range t.TypeArgs().Len() {
			w.of(t.TypeArgs().At(i))
		}
		w.finishParts(n, t.Underlying())
	case *types.Struct:
		w.finishParts(n, t)
	}
	w.finishMethods(n)
}

func (w *World) finishParts(n *node, u types.Type) {
	switch u := u.(type) {
	case *types.Basic:
	case *types.Struct:
		st := (*structType)(unsafe.Pointer(n.rt))
		for i := range st.fields {
			st.fields[i].typ = word(w.of(u.Field(i).Type()))
		}
	case *types.Signature:
		src := (*funcType)(Word(w.of(u)))
		n.copyHead(&src.abiType)
		copy((*funcType)(unsafe.Pointer(n.rt)).params(), src.params())
	case *types.Interface:
		n.copyHead(word(w.of(u)))
		(*interfaceType)(unsafe.Pointer(n.rt)).pkgPath = pathName(n.home())
	default:
		n.copyHead(word(w.of(u)))
	}
}

// kindOf is the kind of an underlying type.
func kindOf(u types.Type) reflect.Kind {
	switch u := u.(type) {
	case *types.Basic:
		if rt := basics[u.Kind()]; rt != nil {
			return rt.Kind()
		}
	case *types.Pointer:
		return reflect.Pointer
	case *types.Slice:
		return reflect.Slice
	case *types.Array:
		return reflect.Array
	case *types.Map:
		return reflect.Map
	case *types.Chan:
		return reflect.Chan
	case *types.Signature:
		return reflect.Func
	case *types.Struct:
		return reflect.Struct
	case *types.Interface:
		return reflect.Interface
	}
	panic(&Error{Op: "type", Msg: u.String() + " has no runtime type"})
}

// standIns have the layout of every type of their kind.
var standIns = map[reflect.Kind]reflect.Type{
	reflect.Pointer: reflect.TypeFor[*byte](),
	reflect.Slice:   reflect.TypeFor[[]byte](),
	reflect.Map:     reflect.TypeFor[map[int]int](),
	reflect.Chan:    reflect.TypeFor[chan int](),
	reflect.Func:    reflect.TypeFor[func()](),
}

// layout returns a type that has t's kind, size, pointer data and equality. It
// does not look behind pointers, and so needs nothing that is not yet made.
func (w *World) layout(t types.Type) *abiType {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return word(w.named(t))
	case *types.Array:
		return word(arrayOf(t.Len(), w.layout(t.Elem()).rtype()))
	case *types.Struct:
		st := new(structType)
		layStruct(st, structPkg(t), specsOf(t, w.layout))
		keep(unsafe.Pointer(st))
		return &st.abiType
	case *types.Interface:
		if t.NumMethods() > 0 {
			return word(reflect.TypeFor[error]())
		}
		return word(reflect.TypeFor[any]())
	case *types.Basic:
		return word(w.of(t))
	default:
		return word(standIns[kindOf(t)])
	}
}

// specsOf describes the fields of s, their types given by typ.
func specsOf(s *types.Struct, typ func(types.Type) *abiType) []fieldSpec {
	specs := make([]fieldSpec, s.NumFields())
	for i := range specs {
		f := s.Field(i)
		specs[i] = fieldSpec{name: f.Name(), tag: s.Tag(i), embedded: f.Embedded(), typ: typ(f.Type())}
	}
	return specs
}

// structPkg is the package of s's unexported fields, "" without any.
func structPkg(s *types.Struct) string {
	for f := range s.Fields() {
		if !f.Exported() && f.Pkg() != nil {
			return f.Pkg().Path()
		}
	}
	return ""
}
