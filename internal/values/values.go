// Package values writes Go values as text for people: as package fmt does, but
// an address, which says nothing and is another one in each run, gives way to
// what is there.
package values

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Limits of what is followed.
const (
	maxDepth = 12      // pointers inside each other
	maxText  = 1 << 17 // bytes, nearly; who shows them cuts further
)

// Text is v as fmt's %v writes it, or with the names of fields its %+v, but
// for these:
//   - pointers to what cells declare, to basic types and to composites of them
//     are followed, and written as & and the value; those back to a value that
//     they are inside of are &…,
//   - other pointers, functions and channels are written as their type,
//   - fields of cells' structs are written by their methods, exported or not.
//
// A pointer that is v itself is followed wherever fmt does. Text that grows
// very long is not written to its end: whole is false then.
func Text(v any, names bool) (text string, whole bool) {
	if v == nil {
		return "<nil>", true
	}
	p := printer{verb: "%v"}
	if names {
		p.verb = "%+v"
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && !rv.IsNil() && !prints(rv) {
		switch rv.Elem().Kind() {
		case reflect.Struct, reflect.Array, reflect.Slice, reflect.Map:
			p.follow(rv)
			return p.b.String(), p.b.Len() <= maxText
		}
	}
	p.value(rv)
	return p.b.String(), p.b.Len() <= maxText
}

type printer struct {
	b      strings.Builder
	verb   string
	within []unsafe.Pointer // followed to what is being written
}

func (p *printer) value(v reflect.Value) {
	if p.b.Len() > maxText {
		return
	}
	if k := v.Kind(); k != reflect.Interface && (plain(v.Type()) || prints(v)) {
		fmt.Fprintf(&p.b, p.verb, v)
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			p.b.WriteString("<nil>")
			return
		}
		p.value(v.Elem())
	case reflect.Pointer:
		p.pointer(v)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		p.named(v)
	case reflect.Struct:
		p.fields(v)
	case reflect.Slice, reflect.Array:
		p.list("[", v.Len(), func(i int) { p.value(v.Index(i)) })
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, Compare)
		p.list("map[", len(keys), func(i int) {
			p.value(keys[i])
			p.b.WriteByte(':')
			p.value(v.MapIndex(keys[i]))
		})
	default:
		fmt.Fprintf(&p.b, p.verb, v)
	}
}

func (p *printer) list(open string, n int, write func(i int)) {
	p.b.WriteString(open)
	for i := range n {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		if write(i); p.b.Len() > maxText {
			break
		}
	}
	p.b.WriteByte(']')
}

func (p *printer) fields(v reflect.Value) {
	ours := ofCells(v.Type())
	if ours && v.CanInterface() && !v.CanAddr() { // open wants an address
		copied := reflect.New(v.Type()).Elem()
		copied.Set(v)
		v = copied
	}
	p.b.WriteByte('{')
	for i := range v.NumField() {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		if p.verb == "%+v" {
			p.b.WriteString(v.Type().Field(i).Name + ":")
		}
		f := v.Field(i)
		if ours {
			f = open(f)
		}
		p.value(f)
	}
	p.b.WriteByte('}')
}

func (p *printer) pointer(v reflect.Value) {
	if t := v.Type().Elem(); v.IsNil() || !ofCells(t) && !plain(t) { // the insides of what packages declare are theirs
		p.named(v)
		return
	}
	p.follow(v)
}

func (p *printer) follow(v reflect.Value) {
	p.b.WriteByte('&')
	at := v.UnsafePointer()
	if slices.Contains(p.within, at) || len(p.within) == maxDepth {
		p.b.WriteString("…")
		return
	}
	p.within = append(p.within, at)
	p.value(v.Elem())
	p.within = p.within[:len(p.within)-1]
}

// named writes the type of a value that could only be told by its address.
func (p *printer) named(v reflect.Value) {
	if v.IsNil() {
		p.b.WriteString("<nil>")
		return
	}
	p.b.WriteString(Type(v.Type()))
}

// Type is a type as people write it.
func Type(t reflect.Type) string { return strings.ReplaceAll(t.String(), "interface {}", "any") }

// open is a field of a struct without the mark that it is not exported.
func open(v reflect.Value) reflect.Value {
	if v.CanInterface() || !v.CanAddr() {
		return v
	}
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// prints reports values whose methods fmt will use.
func prints(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch v.Interface().(type) {
	case fmt.Formatter, fmt.Stringer, error:
		return v.Kind() != reflect.Pointer || !v.IsNil()
	}
	return false
}

// plain reports types that hold no pointers to write, and no methods to call.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return plain(t.Elem()) && t.Elem().NumMethod() == 0
	case reflect.Interface, reflect.Pointer, reflect.Func, reflect.Chan, reflect.UnsafePointer, reflect.Map, reflect.Struct:
		return false
	}
	return true
}

// cells is the package that cells' types belong to; for tests it is theirs.
var cells = "main"

// ofCells reports types that cells declare, and unnamed ones.
func ofCells(t reflect.Type) bool { return t.PkgPath() == "" || t.PkgPath() == cells }

// Compare orders keys of maps as package fmt does, nearly: numbers and texts by
// value, others by their text.
func Compare(a, b reflect.Value) int {
	for a.Kind() == reflect.Interface && !a.IsNil() && !b.IsNil() {
		a, b = a.Elem(), b.Elem()
	}
	if a.Kind() == b.Kind() {
		switch {
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		case a.CanFloat():
			return cmp.Compare(a.Float(), b.Float())
		case a.Kind() == reflect.String:
			return cmp.Compare(a.String(), b.String())
		}
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
