package rtype

import (
	"fmt"
	"go/types"
	"sort"
	"strconv"
	"strings"
)

// declKey is the identity of a declaration: path and name, for a type declared
// inside a function also its position, or what SetKey said.
func (w *World) declKey(obj *types.TypeName) string {
	if k, ok := w.keys[obj]; ok {
		return k
	}
	if obj.Pkg() == nil {
		return obj.Name()
	}
	k := obj.Pkg().Path() + "." + obj.Name()
	if obj.Parent() != obj.Pkg().Scope() {
		k += "@" + strconv.Itoa(int(obj.Pos()))
	}
	return k
}

// A local says what belongs to the name of a type declared inside a function.
type local struct {
	number int          // among those of its package
	outer  []types.Type // type arguments of the function
}

// SetLocal says of a type that is declared inside a function that it is the
// package's numberth of those, and which type arguments the function has: they
// are part of how the type prints.
func (w *World) SetLocal(obj *types.TypeName, number int, outer []types.Type) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.locals[obj] = local{number, outer}
}

// key is the identity of a named type: its declaration and type arguments.
func (w *World) key(t *types.Named) string {
	k := w.declKey(t.Obj())
	if t.TypeArgs().Len() == 0 {
		return k
	}
	var b strings.Builder
	b.WriteString(k)
	for i := range t.TypeArgs().Len() {
		b.WriteByte(separator(i))
		w.ident(&b, t.TypeArgs().At(i))
	}
	b.WriteByte(']')
	return b.String()
}

// Signature is a text that two signatures, receivers aside, share exactly when
// they are identical.
func (w *World) Signature(s *types.Signature) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b strings.Builder
	w.identSignature(&b, s)
	return b.String()
}

// ident writes a text that two types share exactly when they are identical.
func (w *World) ident(b *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		b.WriteString(basicName(t))
	case *types.Named:
		b.WriteString(w.key(t))
	case *types.Pointer:
		b.WriteByte('*')
		w.ident(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		w.ident(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		w.ident(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		w.ident(b, t.Key())
		b.WriteByte(']')
		w.ident(b, t.Elem())
	case *types.Chan:
		fmt.Fprintf(b, "chan%d(", t.Dir())
		w.ident(b, t.Elem())
		b.WriteByte(')')
	case *types.Signature:
		b.WriteString("func")
		w.identSignature(b, t)
	case *types.Struct:
		w.identStruct(b, t)
	case *types.Interface:
		b.WriteString("interface{")
		for _, m := range sortedMethods(t) {
			b.WriteString(m.Id())
			w.identSignature(b, m.Type().(*types.Signature))
			b.WriteByte(';')
		}
		b.WriteByte('}')
	default:
		panic(&Error{Op: "type", Msg: fmt.Sprintf("%s (%T) has no runtime type", t, t)})
	}
}

func (w *World) identSignature(b *strings.Builder, s *types.Signature) {
	for _, tuple := range []*types.Tuple{s.Params(), s.Results()} {
		b.WriteByte('(')
		for v := range tuple.Variables() {
			w.ident(b, v.Type())
			b.WriteByte(',')
		}
		b.WriteByte(')')
	}
	if s.Variadic() {
		b.WriteString("...")
	}
}

func (w *World) identStruct(b *strings.Builder, s *types.Struct) {
	b.WriteString("struct{")
	for i := range s.NumFields() {
		f := s.Field(i)
		if f.Embedded() {
			b.WriteByte('!')
		}
		b.WriteString(f.Id() + " ")
		w.ident(b, f.Type())
		if tag := s.Tag(i); tag != "" {
			b.WriteString(strconv.Quote(tag))
		}
		b.WriteByte(';')
	}
	b.WriteByte('}')
}

// basicName is the name of a basic type with aliases resolved.
func basicName(t *types.Basic) string {
	if t.Kind() == types.UnsafePointer {
		return "unsafe.Pointer"
	}
	return types.Typ[t.Kind()].Name()
}

// lessMethod is the order in which the runtime keeps methods: exported ones
// first, then by name, then by package.
func lessMethod(a, b *types.Func) bool {
	if a.Exported() != b.Exported() {
		return a.Exported()
	}
	if a.Name() != b.Name() {
		return a.Name() < b.Name()
	}
	return !a.Exported() && a.Pkg() != nil && b.Pkg() != nil && a.Pkg().Path() < b.Pkg().Path()
}

// sortedMethods returns an interface's methods in the runtime's order.
func sortedMethods(t *types.Interface) []*types.Func {
	ms := make([]*types.Func, t.NumMethods())
	for i := range ms {
		ms[i] = t.Method(i)
	}
	sort.Slice(ms, func(i, j int) bool { return lessMethod(ms[i], ms[j]) })
	return ms
}

// display is how a named type prints: package name, name, type arguments.
func (w *World) display(t *types.Named) string {
	var b strings.Builder
	if p := t.Obj().Pkg(); p != nil {
		b.WriteString(p.Name() + ".")
	}
	w.displayName(&b, t)
	return b.String()
}

func (w *World) displayName(b *strings.Builder, t *types.Named) {
	name := t.Obj().Name()
	if w.cfg.Display != nil && !w.internal {
		name = w.cfg.Display(name)
	}
	b.WriteString(name)
	outer := w.locals[t.Obj()].outer
	for i, a := range outer {
		b.WriteByte(separator(i))
		w.link(b, a)
	}
	for i := range t.TypeArgs().Len() {
		if i == 0 && len(outer) > 0 {
			b.WriteByte(';')
		} else {
			b.WriteByte(separator(i))
		}
		w.link(b, t.TypeArgs().At(i))
	}
	if t.TypeArgs().Len()+len(outer) > 0 {
		b.WriteByte(']')
	}
}

// link writes t as the compiler does in type arguments and symbols: with the
// paths of packages.
func (w *World) link(b *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		b.WriteString(basicName(t))
	case *types.Named:
		linkPackage(b, t.Obj().Pkg())
		w.displayName(b, t)
		if n := w.locals[t.Obj()].number; n > 0 {
			b.WriteString("·" + strconv.Itoa(n))
		}
	case *types.Pointer:
		b.WriteByte('*')
		w.link(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		w.link(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		w.link(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		w.link(b, t.Key())
		b.WriteByte(']')
		w.link(b, t.Elem())
	case *types.Chan:
		w.linkChan(b, t)
	case *types.Signature:
		b.WriteString("func")
		w.linkSignature(b, t)
	case *types.Struct:
		w.linkStruct(b, t)
	case *types.Interface:
		w.linkInterface(b, t)
	}
}

// setHash gives a type that was made at run time the hash that the compiler
// computes for it: compiled type switches look at that first. It has to be done
// before another type is made of it, since package reflect finds func types by
// the hashes of their parts.
func (w *World) setHash(t types.Type, d *abiType) {
	if d.str >= 0 || w.hashed[d] { // of the program, or done
		return
	}
	w.hashed[d] = true
	d.hash = w.compilerHash(t)
}

// compilerHash is the hash of a type under the names that source has for it.
func (w *World) compilerHash(t types.Type) uint32 {
	w.internal = true
	defer func() { w.internal = false }()
	var b strings.Builder
	w.link(&b, t)
	return linkHash(b.String())
}

// linkPackage writes the path of a package as it stands before names: what
// could be mistaken for something else is escaped.
func linkPackage(b *strings.Builder, p *types.Package) {
	if p == nil {
		return
	}
	path := p.Path()
	last := strings.LastIndexByte(path, '/')
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || c == '%' || c == '"' || c == '.' && i > last {
			fmt.Fprintf(b, "%%%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('.')
}

func (w *World) linkChan(b *strings.Builder, t *types.Chan) {
	b.WriteString([]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()])
	inner, nested := types.Unalias(t.Elem()).(*types.Chan)
	if nested && t.Dir() == types.SendRecv && inner.Dir() == types.RecvOnly {
		b.WriteByte('(')
		w.link(b, inner)
		b.WriteByte(')')
		return
	}
	w.link(b, t.Elem())
}

func (w *World) linkSignature(b *strings.Builder, s *types.Signature) {
	b.WriteByte('(')
	for i := range s.Params().Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		t := s.Params().At(i).Type()
		if s.Variadic() && i == s.Params().Len()-1 {
			b.WriteString("...")
			if sl, ok := types.Unalias(t).(*types.Slice); ok {
				t = sl.Elem()
			}
		}
		w.link(b, t)
	}
	b.WriteByte(')')
	n := s.Results().Len()
	if n > 0 {
		b.WriteByte(' ')
	}
	if n > 1 {
		b.WriteByte('(')
	}
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		w.link(b, s.Results().At(i).Type())
	}
	if n > 1 {
		b.WriteByte(')')
	}
}

func (w *World) linkStruct(b *strings.Builder, s *types.Struct) {
	b.WriteString("struct {")
	for i := range s.NumFields() {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		f := s.Field(i)
		if !f.Embedded() || !namedAs(f) {
			if !f.Exported() {
				linkPackage(b, f.Pkg())
			}
			b.WriteString(f.Name() + " ")
			if f.Embedded() {
				b.WriteString("= ")
			}
		}
		w.link(b, f.Type())
		if tag := s.Tag(i); tag != "" {
			b.WriteString(" " + strconv.Quote(tag))
		}
	}
	if s.NumFields() > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
}

// namedAs reports whether the name of an embedded field follows from its type:
// no alias was embedded, no predeclared type, and no instance, whose name the
// compiler takes to be that with the arguments.
func namedAs(f *types.Var) bool {
	t := types.Unalias(f.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == f.Name() && n.TypeArgs().Len() == 0 && n.Obj().Pkg() != nil
}

func (w *World) linkInterface(b *strings.Builder, t *types.Interface) {
	b.WriteString("interface {")
	for i, m := range sortedMethods(t) {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if !m.Exported() {
			linkPackage(b, m.Pkg())
		}
		b.WriteString(m.Name())
		w.linkSignature(b, m.Type().(*types.Signature))
	}
	if t.NumMethods() > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
}

// baseName is the part of a type's string after its package.
func baseName(s string) string {
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ']':
			depth++
		case '[':
			depth--
		case '.':
			if depth == 0 {
				return s[i+1:]
			}
		}
	}
	return s
}

// separator is what stands before type argument i.
func separator(i int) byte {
	if i == 0 {
		return '['
	}
	return ','
}
