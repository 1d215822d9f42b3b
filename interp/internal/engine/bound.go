package engine

import (
	"go/token"
	"go/types"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A boundMethod is the func value x.M of an interpreted method: it runs what the
// slot holds at the time of the call, the method's native form when it has one,
// with the receiver before the arguments.
type boundMethod struct {
	pc   uintptr
	slot *unsafe.Pointer // bounds knows that these two come here
	recv unsafe.Pointer  // the receiver, which is a pointer, or the address of one
	kind *boundKind
}

// A boundKind is what the values of one method have in common.
type boundKind struct {
	fn     *Func
	slot   *unsafe.Pointer
	m      *Machine
	direct bool           // the receiver is kept, not its address
	typ    unsafe.Pointer // of the receiver
	site   site           // that package runtime tells
}

var boundPC = boundCode()

// maxBoundSpill is the room that bounds has for arguments.
const maxBoundSpill = 256

// boundOf tells the func values of interpreted methods; nil: fv is another.
func boundOf(fv unsafe.Pointer) *boundMethod {
	if boundPC == 0 || *(*uintptr)(fv) != boundPC {
		return nil
	}
	return (*boundMethod)(fv)
}

// value makes a func value.
func (k *boundKind) value(recv unsafe.Pointer) unsafe.Pointer {
	return unsafe.Pointer(&boundMethod{boundPC, k.slot, recv, k})
}

// store gives a frame of the method the receiver.
func (b *boundMethod) store(nf *F, code *Code) {
	at := nf.at(code.recvOff)
	if b.kind.direct {
		*(*unsafe.Pointer)(at) = b.recv
		return
	}
	rtype.Move(b.kind.typ, at, b.recv)
}

// boundKind is how values of a method on receivers of this type are made; nil:
// they cannot be made this way. The machine is locked.
func (m *Machine) boundKind(fn *Func, typ unsafe.Pointer, at site) *boundKind {
	if boundPC == 0 || fn == nil || m.sources[fn.src] == nil || !fn.method {
		return nil
	}
	k := &boundKind{fn: fn, m: m, typ: typ, site: at, direct: rtype.IsDirect(typ)}
	sig := m.addressed(fn)
	in, _, ok := signatureRegs(m.rtype(sig), false)
	if !ok || in.spill > maxBoundSpill {
		return nil
	}
	if k.direct {
		m.thunkOf(fn)
		k.slot = &fn.slot
	} else {
		m.addressThunk(fn, sig)
		k.slot = &fn.bySlot
	}
	return k
}

// addressed is the signature of a method with a pointer as the first parameter.
func (m *Machine) addressed(fn *Func) *types.Signature {
	sig := m.valueSig(fn)
	params := vars(sig.Params())
	params[0] = types.NewParam(token.NoPos, nil, "", pointerType)
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

// addressThunk makes the func value that runs a method interpreted and takes the
// receiver's address.
func (m *Machine) addressThunk(fn *Func, sig *types.Signature) {
	if fn.byThunk != nil {
		return
	}
	m.thunkOf(fn)
	code := m.newCode(fn.thunks.name, fn.thunks.pos, m.layout(sig), nil)
	code.hidden, code.full = true, fn.thunks.full
	self := m.valueSig(fn).Params().At(0).Type()
	code.compile = func(code *Code) {
		newComp(m, nil0, nil, code).forward(sig, func() (callee, []argFn) { return m.passOnAt(fn, code, sig, self) }, nil)
	}
	code.values(m, m.rtype(sig), 0)
	fn.byThunk = code.closure().value()
	by := fn.byThunk
	if n, ok := m.sources[fn.src].forms[fn.inst]; ok && n.Pointer != nil {
		by = n.Pointer
	}
	atomic.StorePointer(&fn.bySlot, by)
}

// passOnAt is passOn for code whose first parameter is the receiver's address.
func (m *Machine) passOnAt(fn *Func, code *Code, sig *types.Signature, self types.Type) (callee, []argFn) {
	cl, args := m.passOn(fn, code, sig)
	r := m.rep(self)
	cl.self, cl.recv = self, r.into(r.load(ptrFn(func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(f.at(header)) })))
	return cl, args
}

// boundValue is the value of a method on x, as bound returns it; ok is false
// where it has to be made in another way.
func (c *comp) boundValue(x expr, obj *types.Func, at site) (fn ptrFn, ok bool) {
	t := x.t
	if isPointer(obj.Signature().Recv().Type()) {
		t = t.Underlying().(*types.Pointer).Elem()
	}
	k := c.m.boundKind(c.m.function(obj, recvArgs(t)), c.m.word(x.t), at)
	if k == nil {
		return nil, false
	}
	if p, ok := x.fn.(ptrFn); ok && isPointer(x.t) { // of others a ptrFn may give the address
		return func(f *F) unsafe.Pointer { return k.value(p(f)) }, true
	}
	into := x.rep.into(x.fn)
	return func(f *F) unsafe.Pointer {
		p := rtype.Alloc(k.typ)
		into(f, p)
		if k.direct {
			p = *(*unsafe.Pointer)(p)
		}
		return k.value(p)
	}, true
}

// boundIface is the value of a method of what is in an interface, which x reads;
// other makes it of compiled methods.
func (c *comp) boundIface(x func(*F) iface, obj *types.Func, full string, pos token.Pos, other func(v iface) unsafe.Pointer) ptrFn {
	m, at := c.m, site{full, obj.Pos()}
	var cache targetCache
	return func(f *F) unsafe.Pointer {
		v := x(f)
		if v.t == nil {
			f.badNil(pos)
		}
		t := cache.get(m, v.t, obj)
		if k := t.boundKind(m, at); k != nil && (k.direct || v.d != nil) {
			return k.value(v.d)
		}
		return other(v)
	}
}

// boundKind is that of the method on what an interface holds; nil: there is none.
func (t *target) boundKind(m *Machine, at site) *boundKind {
	t.once.Do(func() {
		if t.fn != nil {
			m.mu.Lock()
			defer m.mu.Unlock()
			t.kind = m.boundKind(t.fn, t.typ, at)
		}
	})
	return t.kind
}

// callBound calls a method by a value of it.
func (f *F) callBound(b *boundMethod, args []argFn, pos token.Pos) (unsafe.Pointer, *F) {
	code := b.kind.fn.get(b.kind.m)
	nf := f.enter(code)
	b.store(nf, code)
	params := nf.at(header)
	for _, a := range args {
		a(f, params)
	}
	f.pos = pos
	nf.call()
	return params, nf
}

// bound looks at the receiver.
func (r *renewal) bound(b *boundMethod) {
	if t := rtype.FromWord(b.kind.typ); b.kind.direct {
		r.value(unsafe.Pointer(&b.recv), t)
	} else {
		r.later(b.recv, t, 1)
	}
}
