package rtype

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

// unnamed holds the unnamed structs and interfaces that reflect cannot make,
// for all Worlds of the process: by shape and component types.
var unnamed struct {
	sync.Mutex
	m map[string]*abiType
}

// canonical returns the one type with this identity: known, compiled, or made.
func canonical(id string, find func() *abiType, build func() *abiType) *abiType {
	unnamed.Lock()
	defer unnamed.Unlock()
	if t, ok := unnamed.m[id]; ok {
		return t
	}
	t := find()
	if t == nil {
		t = build()
	}
	if unnamed.m == nil {
		unnamed.m = map[string]*abiType{}
	}
	unnamed.m[id] = t
	return t
}

// structOf returns the runtime type of an unnamed struct.
func (w *World) structOf(s *types.Struct) reflect.Type {
	plain := true
	for f := range s.Fields() {
		plain = plain && !f.Embedded() && f.Name() != "_"
	}
	if plain {
		return w.plainStruct(s)
	}
	specs := specsOf(s, func(t types.Type) *abiType { return word(w.of(t)) })
	id := structID(structPkg(s), specs)
	if hasMethods(w.refresh(s, map[types.Type]bool{}).(*types.Struct)) {
		return w.promoting(s, specs)
	}
	find := func() *abiType { return findStruct(structPkg(s), specs) }
	return canonical(id, find, func() *abiType {
		st := new(structType)
		layStruct(st, structPkg(s), specs)
		st.hash = hashString(id)
		st.str = textName(structString(specs))
		keep(unsafe.Pointer(st))
		return &st.abiType
	}).rtype()
}

// plainStruct is a struct that reflect.StructOf makes as the compiler does.
func (w *World) plainStruct(s *types.Struct) reflect.Type {
	fields := make([]reflect.StructField, s.NumFields())
	for i := range fields {
		f := s.Field(i)
		fields[i] = reflect.StructField{Name: f.Name(), Type: w.of(f.Type()), Tag: reflect.StructTag(s.Tag(i))}
		if !f.Exported() && f.Pkg() != nil {
			fields[i].PkgPath = f.Pkg().Path()
		}
	}
	return reflect.StructOf(fields)
}

// promoting returns the type of an unnamed struct whose embedded fields promote
// methods. It belongs to the World, which supplies the methods.
func (w *World) promoting(s *types.Struct, specs []fieldSpec) reflect.Type {
	var b strings.Builder
	w.ident(&b, s)
	k := b.String()
	w.mention(k)
	if n := w.nodes[k]; n != nil {
		return n.rt.rtype()
	}
	if t := findStruct(structPkg(s), specs); t != nil {
		return t.rtype()
	}
	n := &node{key: k, t: s, deps: map[string]bool{}}
	w.methodSets(n)
	n.rt = newDescriptor(reflect.Struct, 0, len(n.val))
	n.layStruct(s, func(t types.Type) *abiType { return word(w.of(t)) })
	str := structString(specs)
	n.rt.hash = w.compilerHash(s)
	n.rt.str = textName(str)
	n.setName(0, "")
	w.forgePointer(n, str)
	w.nodes[k] = n
	w.made = append(w.made, n)
	w.pending = append(w.pending, n)
	w.forged.Store(n.rt, k)
	return n.rt.rtype()
}

// hasMethods reports whether s or *s has promoted methods.
func hasMethods(s *types.Struct) bool {
	return types.NewMethodSet(types.NewPointer(s)).Len() > 0
}

// structID identifies a struct by its fields and their runtime types.
func structID(pkg string, specs []fieldSpec) string {
	var b strings.Builder
	fmt.Fprintf(&b, "struct %q", pkg)
	for _, s := range specs {
		fmt.Fprintf(&b, " %q %q %t %p", s.name, s.tag, s.embedded, s.typ)
	}
	return b.String()
}

// findStruct looks for a compiled struct type with these fields.
func findStruct(pkg string, specs []fieldSpec) *abiType {
next:
	for _, t := range typesByString(structString(specs)) {
		if t.Kind() != reflect.Struct {
			continue
		}
		st := (*structType)(unsafe.Pointer(t))
		if len(st.fields) != len(specs) || nameText(st.pkgPath) != pkg {
			continue
		}
		rt := t.rtype()
		for i, s := range specs {
			f := rt.Field(i)
			if st.fields[i].typ != s.typ || f.Name != s.name || string(f.Tag) != s.tag || f.Anonymous != s.embedded {
				continue next
			}
		}
		return t
	}
	return nil
}

// interfaceOf returns the runtime type of an unnamed interface.
func (w *World) interfaceOf(t *types.Interface) reflect.Type {
	if t.NumMethods() == 0 {
		return reflect.TypeFor[any]()
	}
	ms := sortedMethods(t)
	fts := make([]reflect.Type, len(ms))
	var id, str strings.Builder
	str.WriteString("interface {")
	for i, m := range ms {
		fts[i] = w.signature(m.Type().(*types.Signature))
		if i > 0 {
			str.WriteByte(';')
		}
		str.WriteByte(' ')
		if !m.Exported() && m.Pkg() != nil {
			str.WriteString(m.Pkg().Name() + ".")
		}
		str.WriteString(m.Name() + strings.TrimPrefix(fts[i].String(), "func"))
		writeMethodID(&id, m.Id(), fts[i])
	}
	str.WriteString(" }")
	none := func() *abiType { return nil }
	return canonical("interface"+id.String(), none, func() *abiType {
		it := new(interfaceType)
		it.abiType = *word(reflect.TypeFor[error]())
		it.tflag &^= flagExtraStar | flagNamed | flagUncommon
		it.ptrToThis = 0
		it.hash = hashString(str.String() + id.String())
		it.str = textName(str.String())
		it.pkgPath = nil
		for i, m := range ms {
			it.methods = append(it.methods, imethod{
				name: addReflectOff(unsafe.Pointer(interfaceMethodName(m))),
				typ:  addReflectOff(Word(fts[i])),
			})
		}
		keep(unsafe.Pointer(it))
		return &it.abiType
	}).rtype()
}

// writeMethodID adds to an interface's identity a method of this go/types Id.
func writeMethodID(b *strings.Builder, id string, ft reflect.Type) {
	fmt.Fprintf(b, " %q %p", id, Word(ft))
}

// learnInterface makes the compiled unnamed interface rt the one that Of
// returns, unless one was made before.
func learnInterface(rt reflect.Type) {
	var id strings.Builder
	for m := range rt.Methods() {
		name := m.Name
		if m.PkgPath != "" {
			name = m.PkgPath + "." + name
		}
		writeMethodID(&id, name, m.Type)
	}
	self := func() *abiType { return word(rt) }
	canonical("interface"+id.String(), self, nil)
}

// interfaceMethodName encodes a method name of an unnamed interface: without a
// package of its own, it writes that of each unexported method.
func interfaceMethodName(m *types.Func) *byte {
	k := nameKey{name: m.Name(), exported: token.IsExported(m.Name())}
	if !k.exported && m.Pkg() != nil {
		k.pkg = m.Pkg().Path()
	}
	return encodeName(k)
}
