package engine

import (
	"fmt"
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
	call := registerCall(ft, method)
	if call == nil {
		call = reflectCall(ft, method)
	}
	if m.profile != nil {
		call = sampledNative(call)
	}
	return call
}

// registerCall makes the caller of functions whose parameters and results are
// all in registers; nil: there is no form for their results.
func registerCall(ft reflect.Type, method bool) nativeFunc {
	in, out, ok := signatureRegs(ft, method)
	if !ok {
		return nil
	}
	return callForm(in, out)
}

// callForm makes the caller of functions with these registers; nil: there is
// none.
func callForm(in, out regs) nativeFunc {
	// Registers that the function does not have are loaded as well.
	for _, form := range callerForms {
		if len(in.ints) > form[0] || len(in.floats) > form[1] || in.spill > uintptr(form[0]+form[1])*word {
			continue
		}
		make := callers[fmt.Sprintf("%d,%d,%s", form[0], form[1], out.kinds())]
		if make == nil {
			continue
		}
		for len(in.ints) < form[0] {
			in.ints = append(in.ints, leaf{0, uint8(word), 'i'})
		}
		for len(in.floats) < form[1] {
			in.floats = append(in.floats, leaf{0, uint8(word), 'f'})
		}
		return make(&in, &out)
	}
	return nil
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
