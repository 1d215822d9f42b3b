package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"sort"
	"sync"
	"sync/atomic"
	"unsafe"
)

// methodFunc is what Config.Method returns.
type methodFunc = func(data unsafe.Pointer, args []reflect.Value) []reflect.Value

// method is one method of a made type: the bridge between its machine code and
// what the Config returned for it.
type method struct {
	once sync.Once
	w    *World
	recv types.Type
	sel  *types.Selection
	fast bool // by Config.Runner
	run  methodFunc
	body Runner
	nilT string // where a nil receiver is refused: the type's string form
	stub int    // its machine code
	own  unsafe.Pointer

	// Guarded by tables' lock:
	leads  []*unsafe.Pointer // in interface tables: to the stub, or directly to
	direct unsafe.Pointer    // other machine code; nil: there is none
}

// bind asks for the method's body.
func (m *method) bind() {
	m.once.Do(func() {
		if m.w.cfg.Entry != nil && m.stub > 0 {
			m.w.cfg.Entry(m.sel, m.set)
		}
		if m.fast {
			m.body = m.w.cfg.Runner(m.recv, m.sel)
		} else {
			m.run = m.w.cfg.Method(m.recv, m.sel)
		}
	})
}

// refuseNil panics for a nil receiver where the method needs a value.
func (m *method) refuseNil(data unsafe.Pointer) {
	if m.nilT != "" && data == nil {
		panic(nilReceiver{m.nilT, m.sel.Obj().Name()})
	}
}

// Run is the body behind an adapter.
func (m *method) Run(block unsafe.Pointer) {
	m.refuseNil(*(*unsafe.Pointer)(block))
	m.bind()
	m.body.Run(block)
}

// code returns machine code for m that takes the data word first.
func (m *method) code(ft reflect.Type, in, out []reflect.Type) unsafe.Pointer {
	if m.w.cfg.Runner != nil {
		shape, ok := shapeOf(ft, "p")
		if adapt := adapters.methods[shape]; ok && adapt != nil {
			m.fast = true
			return m.newStub(adapt(m))
		}
	}
	return m.newStub(funcPointer(reflect.MakeFunc(withReceiver(unsafePointer, in, out), m.call)))
}

// newStub is newStub for code that set can replace.
func (m *method) newStub(fn unsafe.Pointer) unsafe.Pointer {
	var at unsafe.Pointer
	at, m.stub = newStub(fn)
	m.own = fn
	tables.enter(m)
	return at
}

// set makes the method's machine code run another func value, of a function
// that has captured nothing; nil: its own.
func (m *method) set(fv unsafe.Pointer) {
	code := unsafe.Pointer(nil)
	if fv == nil {
		fv = m.own
	} else {
		code = *(*unsafe.Pointer)(fv)
	}
	atomic.StorePointer(&slots[m.stub], fv)
	tables.lead(m, code)
}

// call is the body that reflect.MakeFunc runs for an interface call.
func (m *method) call(args []reflect.Value) []reflect.Value {
	data := args[0].UnsafePointer()
	m.refuseNil(data)
	m.bind()
	return m.run(data, args[1:])
}

// callValue is the body for a receiver passed as a value of its type.
func (m *method) callValue(args []reflect.Value) []reflect.Value {
	p := reflect.New(args[0].Type())
	p.Elem().Set(args[0])
	m.bind()
	return m.run(p.UnsafePointer(), args[1:])
}

// methodSets asks go/types for the methods of n.t and of a pointer to it.
func (w *World) methodSets(n *node) {
	switch n.t.Underlying().(type) {
	case *types.Interface, *types.Pointer:
		return
	}
	t := n.t
	if len(w.latest) > 0 {
		t = w.refresh(t, map[types.Type]bool{})
	}
	n.val = sortedSet(t)
	n.ref = sortedSet(types.NewPointer(t))
}

func sortedSet(t types.Type) []*types.Selection {
	set := types.NewMethodSet(t)
	sels := make([]*types.Selection, set.Len())
	for i := range sels {
		sels[i] = set.At(i)
	}
	sort.Slice(sels, func(i, j int) bool {
		return lessMethod(sels[i].Obj().(*types.Func), sels[j].Obj().(*types.Func))
	})
	return sels
}

// finishMethods fills the method tables of n's type and of its pointer type.
func (w *World) finishMethods(n *node) {
	if len(n.ref) == 0 {
		return
	}
	home := n.home()
	byPtr := map[string]int{}
	inVal := map[string]bool{}
	for _, s := range n.val {
		inVal[s.Obj().Id()] = true
	}
	ptrs := make([]abiMethod, len(n.ref))
	for i, s := range n.ref {
		ptrs[i] = w.pointerMethod(n, s, inVal[s.Obj().Id()], home)
		byPtr[s.Obj().Id()] = i
	}
	setMethods(n.ptr, ptrs, n.ref)
	vals := make([]abiMethod, len(n.val))
	for i, s := range n.val {
		j := byPtr[s.Obj().Id()]
		vals[i] = w.valueMethod(n, s, n.ref[j], ptrs[j])
	}
	setMethods(n.rt, vals, n.val)
}

// home is the package that n was declared in, "" for an unnamed struct.
func (n *node) home() string {
	if t, ok := n.t.(*types.Named); ok && t.Obj().Pkg() != nil {
		return t.Obj().Pkg().Path()
	}
	return ""
}

// setMethods writes the table of the methods that sels select, in their order.
func setMethods(t *abiType, ms []abiMethod, sels []*types.Selection) {
	if len(ms) == 0 {
		return
	}
	u := t.uncommon()
	u.mcount = uint16(len(ms))
	copy(t.methods(), ms)
	for _, s := range sels {
		if s.Obj().Exported() {
			u.xcount++
		}
	}
}

// pointerMethod makes the table entry of s in the method set of *T. byValue
// says that T has the method too.
func (w *World) pointerMethod(n *node, s *types.Selection, byValue bool, home string) abiMethod {
	f := s.Obj().(*types.Func)
	sig := s.Type().(*types.Signature)
	in, out := w.tuple(sig.Params()), w.tuple(sig.Results())
	ft := reflect.FuncOf(in, out, sig.Variadic())
	m := &method{w: w, recv: types.NewPointer(n.t), sel: s}
	if byValue && len(s.Index()) == 1 {
		m.nilT = n.rt.rtype().String()
	}
	off := w.reuse(n, m, "pointer", ft, func() unsafe.Pointer {
		w.binds = append(w.binds, m)
		return m.code(ft, in, out)
	})
	pkg := ""
	if f.Pkg() != nil {
		pkg = f.Pkg().Path()
	}
	return abiMethod{
		name: addReflectOff(unsafe.Pointer(methodName(f.Name(), pkg, home))),
		mtyp: addReflectOff(Word(ft)),
		ifn:  off,
		tfn:  off,
	}
}

// valueMethod makes the table entry of s in the method set of T, given that of
// *T, which ref selects. Where an interface holds a pointer to T both share
// their code.
func (w *World) valueMethod(n *node, s, ref *types.Selection, entry abiMethod) abiMethod {
	f := s.Obj().(*types.Func)
	if !n.rt.direct() && !f.Exported() { // nobody can ask reflect for its code
		return entry
	}
	sig := s.Type().(*types.Signature)
	in, out := w.tuple(sig.Params()), w.tuple(sig.Results())
	if n.rt.direct() {
		m := &method{w: w, recv: n.t, sel: s}
		ft := reflect.FuncOf(in, out, sig.Variadic())
		entry.ifn = w.reuse(n, m, "direct", ft, func() unsafe.Pointer {
			w.binds = append(w.binds, m)
			return m.code(ft, in, out)
		})
		entry.tfn = entry.ifn
		return entry
	}
	m := &method{w: w, recv: types.NewPointer(n.t), sel: ref}
	entry.tfn = w.reuse(n, m, "value", reflect.FuncOf(in, out, sig.Variadic()), func() unsafe.Pointer {
		at, _ := newStub(funcPointer(reflect.MakeFunc(withReceiver(n.rt.rtype(), in, out), m.callValue)))
		return at
	})
	return entry
}

// reuse returns the code of m: a fresh one unless the type before a renewal had
// the same method on the same memory. Stubs are few; promoted
// methods, which depend on other types, always get new ones.
func (w *World) reuse(n *node, m *method, role string, ft reflect.Type, fresh func() unsafe.Pointer) int32 {
	if len(m.sel.Index()) > 1 {
		return addReflectOff(fresh())
	}
	var mask []byte
	if n.rt.ptrBytes > 0 && n.rt.tflag&flagMaskOnDemand == 0 {
		mask = unsafe.Slice(n.rt.gcdata, (n.rt.ptrBytes/ptrSize+7)/8)
	}
	k := fmt.Sprintf("%s %s %s %p %d %d %x", n.key, role, m.sel.Obj().(*types.Func).FullName(), Word(ft), n.rt.size, n.rt.ptrBytes, mask)
	off, ok := w.codes[k]
	if !ok {
		off = addReflectOff(fresh())
		w.codes[k] = off
	}
	return off
}

var unsafePointer = reflect.TypeFor[unsafe.Pointer]()

// withReceiver is a method's func type with the receiver as first parameter; a
// variadic parameter has become a slice.
func withReceiver(recv reflect.Type, in, out []reflect.Type) reflect.Type {
	return reflect.FuncOf(append([]reflect.Type{recv}, in...), out, false)
}
