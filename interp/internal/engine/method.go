package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// methodKey names a method of a run-time type.
type methodKey struct {
	typ  unsafe.Pointer
	name string
}

// A target is the interpreted method that a call on a value of some run-time
// type reaches; fn is nil where it is compiled.
type target struct {
	fn     *Func
	direct bool           // the data word is the receiver
	typ    unsafe.Pointer // of the receiver that is at the data word
	name   string

	once sync.Once
	kind *boundKind // of values of the method
}

// store gives a frame the receiver that an interface's data word stands for.
func (t *target) store(nf *F, code *Code, data unsafe.Pointer) {
	at := nf.at(code.recvOff)
	if t.direct {
		*(*unsafe.Pointer)(at) = data
		return
	}
	if data == nil {
		panic(rtype.NilReceiver(rtype.FromWord(t.typ), t.name))
	}
	rtype.Move(t.typ, at, data)
}

// A targetCache remembers the last targets that a call reached, one for each
// of some classes of receiver types.
type targetCache struct {
	last [4]atomic.Pointer[targetEntry]
}

type targetEntry struct {
	tab    unsafe.Pointer
	target *target
}

func (c *targetCache) get(m *Machine, tab unsafe.Pointer, name *types.Func) *target {
	last := &c.last[(uintptr(tab)>>5^uintptr(tab)>>8)%4]
	if e := last.Load(); e != nil && e.tab == tab {
		return e.target
	}
	return c.find(last, m, tab, name)
}

func (c *targetCache) find(last *atomic.Pointer[targetEntry], m *Machine, tab unsafe.Pointer, name *types.Func) *target {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.target(rtype.ItabType(tab), name)
	last.Store(&targetEntry{tab, t})
	return t
}

var compiled = &target{}

// target finds the interpreted method of a run-time type.
func (m *Machine) target(w unsafe.Pointer, name *types.Func) *target {
	key := methodKey{w, name.Name()}
	if t := m.methods[key]; t != nil {
		return t
	}
	t := compiled
	if typ := m.types[w]; typ != nil {
		obj, path, _ := types.LookupFieldOrMethod(typ, false, name.Pkg(), name.Name())
		if fn, ok := obj.(*types.Func); ok {
			t = m.makeTarget(typ, fn, path)
		}
	}
	m.methods[key] = t
	return t
}

// makeTarget finds, or makes, the code that runs a method on a receiver of
// type t as an interface holds it.
func (m *Machine) makeTarget(t types.Type, obj *types.Func, path []int) *target {
	w := m.word(t)
	if len(path) == 1 {
		elem := t
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			elem = p.Elem()
		}
		fn := m.function(obj, recvArgs(elem))
		if fn == nil {
			return compiled
		}
		if isPointer(t) && !isPointer(obj.Signature().Recv().Type()) && types.Unalias(t) != types.Unalias(elem) {
			return &target{fn: fn, typ: m.word(elem), name: obj.Name()}
		}
		return &target{fn: fn, direct: rtype.IsDirect(w), typ: w, name: obj.Name()}
	}
	fn := m.promoted(t, obj, path)
	return &target{fn: fn, direct: rtype.IsDirect(w), typ: w, name: obj.Name()}
}

// promoted makes the method that calls one behind embedded fields of t.
func (m *Machine) promoted(t types.Type, obj *types.Func, path []int) *Func {
	sig := m.methodSig(t, obj)
	code := m.newCode(obj.Name(), token.NoPos, m.layout(sig), nil)
	code.hidden = true
	code.recvOff, code.recvT = m.recvOffset(code.sig, t), m.word(t)
	code.compile = func(code *Code) {
		c := newComp(m, nil0, nil, code)
		c.forward(sig, func() (callee, []argFn) {
			cl := callee{sig: sig, l: code.sig}
			x := expr{t: t, rep: m.rep(t), fn: m.rep(t).local(code.recvOff)}
			c.methodOf(&cl, x, obj, path[:len(path)-1], token.NoPos)
			return cl, c.paramArgs(code.sig)
		}, t)
	}
	fn := &Func{key: obj.Name()}
	fn.code.Store(code)
	return fn
}

// nil0 is the unit of code that no source has.
var nil0 = &Unit{Info: &types.Info{}}

// methodSig is the signature of a method of t without its receiver; of an
// instance of a generic type that instance's.
func (m *Machine) methodSig(t types.Type, obj *types.Func) *types.Signature {
	s := obj.Signature()
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// forward compiles code that passes its own parameters on.
func (c *comp) forward(sig *types.Signature, build func() (callee, []argFn), recv types.Type) {
	l := c.code.sig
	c.code.forwards = true
	c.ownBlock(recv)
	cl, args := build()
	run := c.caller(cl, args)
	results, from := l.results, cl.l.results
	c.finish(func(f *F) ctl {
		base, nf := run(f)
		for i, s := range results {
			rtype.Move(s.typ, f.at(header+s.off), unsafe.Add(base, from[i].off))
		}
		if nf != nil {
			nf.leave()
		}
		return cReturn
	})
}

// ownBlock reserves the block and the receiver of code without variables.
func (c *comp) ownBlock(recv types.Type) {
	l := c.code.sig
	for _, s := range append(append([]slot{}, l.params...), l.results...) {
		c.fields = append(c.fields, rtype.Field{Off: header + s.off, Type: rtype.FromWord(s.typ)})
	}
	c.off = header + l.size
	if recv != nil {
		c.off = c.code.recvOff
		c.alloc(recv)
	}
}

// paramArgs passes the parameters of this code on as they are.
func (c *comp) paramArgs(l *sigLayout) []argFn {
	return []argFn{func(f *F, params unsafe.Pointer) {
		if len(l.params) > 0 {
			rtype.Move(l.argsT, params, f.at(header))
		}
	}}
}

// An outsideMethod is how compiled code calls a method of an interpreted type.
type outsideMethod struct {
	m     *Machine
	recv  types.Type
	sel   *types.Selection
	found atomic.Pointer[target]
	idle  atomic.Pointer[thread] // for the next call
}

func (m *Machine) compiledMethod(recv types.Type, sel *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value {
	o := &outsideMethod{m: m, recv: recv, sel: sel}
	return o.called
}

func (m *Machine) methodRunner(recv types.Type, sel *types.Selection) rtype.Runner {
	return &outsideMethod{m: m, recv: recv, sel: sel}
}

// target is the method's code, looked for at the first call.
func (o *outsideMethod) target() *target {
	if t := o.found.Load(); t != nil {
		return t
	}
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	obj, path := o.sel.Obj().(*types.Func), o.sel.Index()
	t := o.m.makeTarget(o.recv, obj, path)
	o.enterTable(t.fn)
	if t.fn == nil {
		t = o.m.makeTargetOf(o.recv, obj, path)
	}
	o.found.Store(t)
	return t
}

// Run implements rtype.Runner: parameters and results lie in the block as in a
// frame, behind the receiver.
func (o *outsideMethod) Run(block unsafe.Pointer) {
	t := o.target()
	code := t.fn.get(o.m)
	nf := o.m.enterOutside(&o.idle, code)
	t.store(nf, code, *(*unsafe.Pointer)(block))
	l, values := code.sig, unsafe.Add(block, word)
	if len(l.params) > 0 {
		rtype.Move(l.argsT, nf.at(header), values)
	}
	nf.runOutside()
	for _, s := range l.results {
		rtype.Move(s.typ, unsafe.Add(values, s.off), nf.at(header+s.off))
	}
	nf.exitOutside(&o.idle)
}

// called is Run for signatures without an adapter.
func (o *outsideMethod) called(data unsafe.Pointer, args []reflect.Value) []reflect.Value {
	t := o.target()
	code := t.fn.get(o.m)
	nf := o.m.enterOutside(&o.idle, code)
	t.store(nf, code, data)
	out := nf.th.outside(nf, code.sig, args)
	nf.exitOutside(&o.idle)
	return out
}

// makeTargetOf is makeTarget for a method that is compiled.
func (m *Machine) makeTargetOf(t types.Type, obj *types.Func, path []int) *target {
	w := m.word(t)
	return &target{fn: m.promoted(t, obj, path), direct: rtype.IsDirect(w), typ: w, name: obj.Name()}
}

// get is the function's code now.
func (fn *Func) get(m *Machine) *Code {
	if c := fn.code.Load(); c != nil {
		return c
	}
	return fn.make(m)
}

func (fn *Func) make(m *Machine) *Code {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := fn.code.Load()
	if c == nil {
		c = m.instance(m.sources[fn.src], fn.inst, fn.args)
		fn.code.Store(c)
		m.install(fn)
	}
	return c
}

// methodValue is x.M as a value: the receiver is evaluated now.
func (c *comp) methodValue(e *ast.SelectorExpr, s *types.Selection) expr {
	t := c.typ(e)
	sig := t.Underlying().(*types.Signature)
	obj, path := s.Obj().(*types.Func), s.Index()
	if r := c.m.subst(s.Recv(), c.env); r != s.Recv() {
		found, p, _ := types.LookupFieldOrMethod(r, true, obj.Pkg(), obj.Name())
		obj, path = found.(*types.Func), p
	}
	x := c.bound(c.operand(e.X), obj, path[:len(path)-1], e.Sel.Pos())
	bound := x.t
	full := obj.Pkg().Path() + "." + c.m.typeName(obj.Signature().Recv().Type()) + "." + obj.Name() + "-fm"
	if fn, ok := c.boundValue(x, obj, site{full, obj.Pos()}); ok {
		return expr{t: t, rep: repOf[unsafe.Pointer]{}, fn: fn}
	}
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	code := c.m.newCode(obj.Name(), e.Pos(), c.m.layout(plain), nil)
	code.hidden = true
	code.full = full
	m := c.m
	code.compile = func(code *Code) {
		in := newComp(m, nil0, nil, code)
		in.forward(plain, func() (callee, []argFn) {
			cl := callee{sig: plain, l: code.sig}
			box := func(f *F) unsafe.Pointer { return *f.closure().captured(0) }
			v := expr{t: bound, rep: m.rep(bound), fn: m.rep(bound).load(box)}
			if isMem(bound) || !isPointer(bound) && !types.IsInterface(bound) {
				v = expr{t: bound, fn: ptrFn(box)}
			}
			in.methodOf(&cl, v, obj, nil, e.Sel.Pos())
			return cl, in.paramArgs(code.sig)
		}, nil)
	}
	w := m.word(bound)
	code.caps = []unsafe.Pointer{w}
	if types.IsInterface(bound) {
		code.values(m, m.rtype(plain), 1)
		fn := c.boundIface(x.fn.(func(*F) iface), obj, full, e.Sel.Pos(), func(v iface) unsafe.Pointer {
			p, cl := rtype.Alloc(w), code.closure()
			*(*iface)(p), *cl.captured(0) = v, p
			return cl.value()
		})
		return expr{t: t, rep: repOf[unsafe.Pointer]{}, fn: fn}
	}
	into := x.rep.into(x.fn)
	box := func(f *F) unsafe.Pointer {
		p := rtype.Alloc(w)
		into(f, p)
		return p
	}
	return c.closure(code, plain, []ptrFn{box}).as(t)
}

// bound is the receiver that a method value keeps: what the method is called
// on behind a path of embedded fields of x, which is as operand returns it.
func (c *comp) bound(x expr, obj *types.Func, path []int, pos token.Pos) expr {
	if types.IsInterface(x.t) && len(path) == 0 {
		return x
	}
	byPtr := isPointer(obj.Signature().Recv().Type())
	addr, t := x.fn.(ptrFn), x.t
	if len(path) > 0 {
		addr, t = c.fieldPath(x, path, pos)
		if isPointer(t) {
			at := addr
			addr = func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(at(f)) }
		}
	}
	elem := t
	if isPointer(t) {
		elem = t.Underlying().(*types.Pointer).Elem()
	}
	switch {
	case types.IsInterface(t):
		return expr{t: t, rep: repOf[iface]{}, fn: repOf[iface]{}.load(addr)}
	case byPtr:
		return expr{t: types.NewPointer(elem), rep: repOf[unsafe.Pointer]{}, fn: addr}
	}
	r := c.m.rep(elem)
	return expr{t: elem, rep: r, fn: r.load(checked(addr, pos))}
}

func (x expr) as(t types.Type) expr {
	x.t = t
	return x
}

// methodExpr is T.M as a function whose first parameter is the receiver.
func (c *comp) methodExpr(e *ast.SelectorExpr, s *types.Selection) expr {
	t := c.typ(e)
	sig := t.Underlying().(*types.Signature)
	recv := sig.Params().At(0).Type()
	obj, path := s.Obj().(*types.Func), s.Index()
	if r := c.m.subst(s.Recv(), c.env); r != s.Recv() {
		found, p, _ := types.LookupFieldOrMethod(r, true, obj.Pkg(), obj.Name())
		obj, path = found.(*types.Func), p
	}
	if fn := c.m.ownMethod(recv, obj, path); fn != nil {
		v := c.m.valueOf(fn)
		return expr{t: t, rep: repOf[unsafe.Pointer]{}, fn: func(f *F) unsafe.Pointer { return v }}
	}
	code := c.m.newCode(obj.Name(), e.Pos(), c.m.layout(sig), nil)
	code.hidden = true
	m := c.m
	rest := make([]*types.Var, 0, sig.Params().Len())
	for i := 1; i < sig.Params().Len(); i++ {
		rest = append(rest, sig.Params().At(i))
	}
	plain := types.NewSignatureType(nil, nil, nil, types.NewTuple(rest...), sig.Results(), sig.Variadic())
	code.compile = func(code *Code) {
		in := newComp(m, nil0, nil, code)
		in.forward(sig, func() (callee, []argFn) {
			cl := callee{sig: plain, l: m.layout(plain)}
			in.methodOf(&cl, expr{t: recv, rep: m.rep(recv), fn: m.receiver(recv, header+code.sig.params[0].off)}, obj, path[:len(path)-1], e.Sel.Pos())
			var args []argFn
			for i, p := range code.sig.params[1:] {
				r := p.rep
				args = append(args, r.arg(r.local(header+p.off), cl.l.params[i].off))
			}
			return cl, args
		}, nil)
	}
	return c.closure(code, sig, nil).as(t)
}

// receiver is a receiver in the frame as operand returns one.
func (m *Machine) receiver(t types.Type, off uintptr) any {
	if isPointer(t) || types.IsInterface(t) {
		return m.rep(t).local(off)
	}
	return func(f *F) unsafe.Pointer { return f.at(off) }
}

// funcValue is a declared function as a value.
func (c *comp) funcValue(obj *types.Func, args []types.Type, pos token.Pos) expr {
	if fn := c.m.function(obj, args); fn != nil {
		v := c.m.valueOf(fn)
		return expr{t: c.m.valueSig(fn), rep: repOf[unsafe.Pointer]{}, fn: func(f *F) unsafe.Pointer { return v }}
	}
	if h := c.m.hosts[c.m.key(obj)]; h != nil && !c.m.cfg.Symbol(obj.Pkg().Path(), obj.Name()).IsValid() {
		c.fail(pos, "%s can only be called", obj.Name())
	}
	v := c.m.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	if !v.IsValid() {
		c.fail(pos, "function %s.%s has no compiled form here", obj.Pkg().Path(), obj.Name())
	}
	c.m.world.Learn(obj.Type(), v.Type())
	d := ifaceOf(v.Interface()).d
	return expr{t: obj.Type(), rep: repOf[unsafe.Pointer]{}, fn: func(*F) unsafe.Pointer { return d }}
}
