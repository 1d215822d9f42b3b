package engine

import (
	"go/types"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A nativeFunc calls the compiled function value fn with the block at base:
// a word for the receiver, the parameters, the results.
type nativeFunc func(f *F, fn, base unsafe.Pointer)

var rtypePointer = reflect.TypeFor[unsafe.Pointer]()

// native makes the caller of compiled functions of type ft; of a method ft's
// first parameter is the receiver, a pointer.
func (m *Machine) native(ft reflect.Type, method bool) nativeFunc {
	key := shapeOf(ft, method)
	if n := shapes[key]; n != nil {
		return n
	}
	return reflectCall(ft, method)
}

// nativeMethod makes the caller of methods found in itabs.
func (m *Machine) nativeMethod(sig *types.Signature) nativeFunc {
	params := append([]*types.Var{types.NewParam(0, nil, "", pointerType)}, vars(sig.Params())...)
	with := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
	return m.native(m.rtype(with), true)
}

func vars(t *types.Tuple) (list []*types.Var) {
	for i := range t.Len() {
		list = append(list, t.At(i))
	}
	return list
}

// reflectCall calls through package reflect: any signature, slowly.
func reflectCall(ft reflect.Type, method bool) nativeFunc {
	w := rtype.Word(ft)
	var offs, resOffs []uintptr
	off := uintptr(0)
	first := 0
	if method {
		first = 1
	}
	for i := first; i < ft.NumIn(); i++ {
		off = alignUp(off, uintptr(ft.In(i).Align()))
		offs = append(offs, off)
		off += ft.In(i).Size()
	}
	off = alignUp(off, word)
	for i := range ft.NumOut() {
		off = alignUp(off, uintptr(ft.Out(i).Align()))
		resOffs = append(resOffs, off)
		off += ft.Out(i).Size()
	}
	return func(f *F, fn, base unsafe.Pointer) {
		v := reflect.ValueOf(iface{w, fn}.any())
		args := make([]reflect.Value, ft.NumIn())
		if method {
			args[0] = reflect.NewAt(ft.In(0), base).Elem()
		}
		params := unsafe.Add(base, word)
		for i, o := range offs {
			args[first+i] = reflect.NewAt(ft.In(first+i), unsafe.Add(params, o)).Elem()
		}
		var out []reflect.Value
		if ft.IsVariadic() {
			out = v.CallSlice(args)
		} else {
			out = v.Call(args)
		}
		for i, o := range resOffs {
			reflect.NewAt(ft.Out(i), unsafe.Add(params, o)).Elem().Set(out[i])
		}
	}
}

// shape is empty: signatures are shaped by their run-time types.
func (m *Machine) shape(*types.Signature) string { return "" }

// learnMethod remembers the types in a compiled method's signature.
func (m *Machine) learnMethod(obj *types.Func, mt reflect.Type) {
	s := obj.Signature()
	for i := range s.Params().Len() {
		m.world.Learn(s.Params().At(i).Type(), mt.In(i+1))
	}
	for i := range s.Results().Len() {
		m.world.Learn(s.Results().At(i).Type(), mt.Out(i))
	}
}

// shapeOf tells which calls look alike to the machine: a letter for each
// parameter and result.
func shapeOf(ft reflect.Type, method bool) string {
	b := make([]byte, 0, 16)
	if method {
		b = append(b, 'm')
	}
	for i := range ft.NumIn() {
		if i == 0 && method {
			continue
		}
		l := shapeLetter(ft.In(i))
		if l == 0 {
			return ""
		}
		b = append(b, l)
	}
	b = append(b, '_')
	for i := range ft.NumOut() {
		l := shapeLetter(ft.Out(i))
		if l == 0 {
			return ""
		}
		b = append(b, l)
	}
	return string(b)
}

func shapeLetter(t reflect.Type) byte {
	switch t.Kind() {
	case reflect.Bool, reflect.Uint8, reflect.Int8:
		return 'b'
	case reflect.Int16, reflect.Uint16:
		return 'h'
	case reflect.Int32, reflect.Uint32:
		return 'w'
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return 'i'
	case reflect.Float64:
		return 'f'
	case reflect.Float32:
		return 'g'
	case reflect.String:
		return 's'
	case reflect.Slice:
		return 'l'
	case reflect.Interface:
		return 'e'
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return 'p'
	}
	return 0
}
