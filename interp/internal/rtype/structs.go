package rtype

import (
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// fieldSpec describes a struct field to be laid out.
type fieldSpec struct {
	name, tag string
	embedded  bool
	typ       *abiType
}

// layStruct fills st with the fields as the compiler lays them out: offsets,
// size, pointer bitmap, equality. It leaves string, hash and name flags alone.
func layStruct(st *structType, pkg string, specs []fieldSpec) {
	st.kind = uint8(reflect.Struct)
	st.align, st.fieldAlign = 1, 1
	var size uintptr
	ps := make([]placed, len(specs))
	st.fields = make([]structField, len(specs))
	comparable := true
	for i, s := range specs {
		a := uintptr(s.typ.fieldAlign)
		size = (size + a - 1) &^ (a - 1)
		st.fields[i] = structField{name: fieldName(s), typ: s.typ, offset: size}
		ps[i] = placed{size, s.typ}
		if !token.IsExported(s.name) {
			st.pkgPath = pathName(pkg)
		}
		st.align = max(st.align, s.typ.fieldAlign)
		comparable = comparable && s.typ.equal != nil
		size += s.typ.size
		if size < ps[i].off || size > maxSize {
			panic(&Error{Op: "struct", Msg: "type is larger than memory can be"})
		}
	}
	if n := len(specs); n > 0 && size > 0 && specs[n-1].typ.size == 0 {
		size++ // so that the last field's address lies inside
	}
	st.fieldAlign = st.align
	a := uintptr(st.align)
	st.size = (size + a - 1) &^ (a - 1)
	st.tflag = 0
	setMask(&st.abiType, ps)
	if regular(&st.abiType) {
		st.tflag |= flagRegular
	}
	st.equal = nil
	if comparable {
		st.equal = structEqual(st)
	}
}

func fieldName(s fieldSpec) *byte {
	return encodeName(nameKey{name: s.name, tag: s.tag, exported: token.IsExported(s.name), embedded: s.embedded})
}

// setMask fills t's pointer data from the values placed in it.
func setMask(t *abiType, ps []placed) {
	t.ptrBytes = prefix(ps)
	switch {
	case t.ptrBytes == 0:
		t.gcdata = nil
	case t.ptrBytes <= maxMask:
		t.gcdata = &buildMask(t.ptrBytes, ps)[0]
	default:
		t.tflag |= flagMaskOnDemand
		t.gcdata = (*byte)(unsafe.Pointer(new(uintptr)))
	}
	if t.size == ptrSize && t.ptrBytes == ptrSize {
		t.tflag |= flagDirect
	}
}

// structEqual returns the == of st: blank fields do not count.
func structEqual(st *structType) func(p, q unsafe.Pointer) bool {
	if st.tflag&flagRegular != 0 {
		n := st.size
		return func(p, q unsafe.Pointer) bool {
			return unsafe.String((*byte)(p), n) == unsafe.String((*byte)(q), n)
		}
	}
	steps := equalSteps(st)
	return func(p, q unsafe.Pointer) bool {
		for _, s := range steps {
			if !s.equal(unsafe.Add(p, s.offset), unsafe.Add(q, s.offset)) {
				return false
			}
		}
		return true
	}
}

// An equalStep compares a field, or the length of one.
type equalStep struct {
	offset uintptr
	equal  func(p, q unsafe.Pointer) bool
}

// equalSteps puts the fields in the order in which compiled code compares
// them: what costs little, and lengths of strings, before the rest, but nothing
// past a field whose comparison can panic.
func equalSteps(st *structType) (steps []equalStep) {
	var quick, slow []equalStep
	flush := func() {
		steps = append(append(steps, quick...), slow...)
		quick, slow = nil, nil
	}
	for i := range st.fields {
		f := &st.fields[i]
		step := equalStep{f.offset, f.typ.equal}
		switch {
		case nameText(f.name) == "_":
		case regular(f.typ):
			quick = append(quick, step)
		case holdsInterface(f.typ):
			flush()
			steps = append(steps, step)
		case f.typ.Kind() == reflect.String:
			quick = append(quick, equalStep{f.offset, equalLengths})
			slow = append(slow, step)
		default:
			slow = append(slow, step)
		}
	}
	flush()
	return steps
}

func equalLengths(p, q unsafe.Pointer) bool { return len(*(*string)(p)) == len(*(*string)(q)) }

// holdsInterface reports whether a value of t has interfaces in it, which
// panic when they are compared and hold what cannot be.
func holdsInterface(t *abiType) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return holdsInterface((*arrayType)(unsafe.Pointer(t)).elem)
	case reflect.Struct:
		for _, f := range (*structType)(unsafe.Pointer(t)).fields {
			if holdsInterface(f.typ) {
				return true
			}
		}
	}
	return false
}

// regular reports whether values of t are equal exactly when their bytes are.
func regular(t *abiType) bool {
	switch t.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128,
		reflect.String, reflect.Interface, reflect.Func, reflect.Map, reflect.Slice:
		return false
	case reflect.Array:
		a := (*arrayType)(unsafe.Pointer(t))
		return regular(a.elem) || a.len == 0 && a.elem.equal != nil
	case reflect.Struct:
		var end uintptr
		for _, f := range (*structType)(unsafe.Pointer(t)).fields {
			if nameText(f.name) == "_" || !regular(f.typ) || f.offset != end {
				return false
			}
			end += f.typ.size
		}
		return end == t.size
	}
	return true
}

// structString is the string form of an unnamed struct with these fields.
func structString(specs []fieldSpec) string {
	if len(specs) == 0 {
		return "struct {}"
	}
	var b strings.Builder
	b.WriteString("struct {")
	for i, s := range specs {
		if i > 0 {
			b.WriteByte(';')
		}
		if !s.embedded {
			b.WriteString(" " + s.name)
		}
		b.WriteString(" " + s.typ.rtype().String())
		if s.tag != "" {
			b.WriteString(" " + strconv.Quote(s.tag))
		}
	}
	b.WriteString(" }")
	return b.String()
}
