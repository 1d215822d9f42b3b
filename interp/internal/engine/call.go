package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A caller makes a call. Its results are in the block at base; nf, if there
// is one, is the frame that the block belongs to, to be left afterwards.
type caller func(f *F) (base unsafe.Pointer, nf *F)

// argFn evaluates an argument and stores it in a block's parameters.
type argFn func(f *F, params unsafe.Pointer)

// A callee is what a call expression calls.
type callee struct {
	sig *types.Signature
	l   *sigLayout
	pos token.Pos

	fn   *Func                         // an interpreted function or method, with
	recv func(f *F, at unsafe.Pointer) // what evaluates and stores its receiver
	self types.Type                    // of which type it is
	// or a compiled one, with its receiver word
	native nativeFunc
	code   unsafe.Pointer
	word   ptrFn
	// or a function value
	value ptrFn
	// or a method of an interface's value
	iface  fn[iface]
	method int
	name   *types.Func
	// or one that is told the frame
	host HostFunc

	keeps []uintptr // pointers in the frame that have become arguments as numbers
}

// A HostFunc implements a compiled function that has to know who calls: it
// finds its parameters in the block and leaves its results there.
type HostFunc func(f *F, params unsafe.Pointer)

func (c *comp) call(e *ast.CallExpr) expr {
	if tv := c.info.Types[e.Fun]; tv.IsType() {
		x := c.expr(e.Args[0])
		t := c.m.subst(tv.Type, c.env)
		if v := c.info.Types[e].Value; v != nil {
			return c.constant(v, t, e.Pos())
		}
		return c.conversion(x, t, e.Pos())
	} else if tv.IsBuiltin() {
		return c.builtin(e, builtinName(e.Fun))
	}
	cl := c.callee(e)
	var args []argFn
	args, cl.keeps = c.args(e, cl.sig)
	if cl.native == nil && cl.host == nil { // whose area keeps the arguments
		args = moving(args, c.moved(e.Args))
	}
	return c.emit(cl, args)
}

// callPos is where tracebacks say that a call is: at the function's name.
func callPos(e *ast.CallExpr) token.Pos {
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		return fun.Pos()
	case *ast.SelectorExpr:
		return fun.Sel.Pos()
	}
	return e.Lparen
}

func builtinName(fun ast.Expr) string {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return "unsafe." + fun.Sel.Name
	}
	return ""
}

// callee finds out what a call calls.
func (c *comp) callee(e *ast.CallExpr) callee {
	fun := ast.Unparen(e.Fun)
	sig, _ := c.typ(e.Fun).Underlying().(*types.Signature)
	if sig == nil {
		c.fail(e.Pos(), "a call of a %s cannot be interpreted", c.typ(e.Fun))
	}
	cl := callee{sig: sig, pos: callPos(e)}
	inner := fun
	switch x := fun.(type) {
	case *ast.IndexExpr:
		inner = ast.Unparen(x.X)
	case *ast.IndexListExpr:
		inner = ast.Unparen(x.X)
	}
	var id *ast.Ident
	switch x := inner.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		if s := c.info.Selections[x]; s == nil {
			id = x.Sel
		} else if s.Kind() == types.MethodVal {
			c.method(&cl, c.operand(x.X), s, x.Sel.Pos())
			cl.l = c.m.layout(cl.sig)
			return cl
		}
	}
	if id != nil {
		if obj, ok := c.info.Uses[id].(*types.Func); ok {
			c.static(&cl, obj, c.typeArgs(id), id.Pos())
			cl.l = c.m.layout(cl.sig)
			return cl
		}
	}
	cl.value = c.expr(e.Fun).fn.(ptrFn)
	cl.l = c.m.layout(cl.sig)
	return cl
}

// static makes a declared function the callee.
func (c *comp) static(cl *callee, obj *types.Func, args []types.Type, pos token.Pos) {
	if fn := c.m.function(obj, args); fn != nil {
		cl.fn = fn
		return
	}
	if h := c.m.hosts[c.m.key(obj)]; h != nil {
		cl.host = h
		return
	}
	v := c.m.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	if !v.IsValid() {
		c.fail(pos, "function %s.%s has no compiled form here", obj.Pkg().Path(), obj.Name())
	}
	c.m.world.Learn(obj.Type(), v.Type())
	cl.native = c.m.native(v.Type(), false)
	cl.code = ifaceOf(v.Interface()).d
}

// operand is a method's receiver before the path of embedded fields: a value
// in memory by its address, so that pointer methods can take it.
func (c *comp) operand(e ast.Expr) expr {
	t := c.typ(e)
	if isPointer(t) || types.IsInterface(t) {
		return c.expr(e)
	}
	return expr{t: t, fn: c.address(e)}
}

// method makes the method that s selects on x the callee; x is as operand
// returns it.
func (c *comp) method(cl *callee, x expr, s *types.Selection, pos token.Pos) {
	obj := s.Obj().(*types.Func)
	path := s.Index()
	if recv := c.m.subst(s.Recv(), c.env); recv != s.Recv() {
		// Of a type parameter: find the method of the type that it stands for.
		found, p, _ := types.LookupFieldOrMethod(recv, true, obj.Pkg(), obj.Name())
		m, ok := found.(*types.Func)
		if !ok {
			c.fail(pos, "%s has no method %s", recv, obj.Name())
		}
		obj, path = m, p
	}
	c.methodOf(cl, x, obj, path[:len(path)-1], pos)
}

// methodOf makes obj, found behind a path of embedded fields of x, the callee.
func (c *comp) methodOf(cl *callee, x expr, obj *types.Func, path []int, pos token.Pos) {
	if types.IsInterface(x.t) && len(path) == 0 {
		c.ifaceMethod(cl, x, obj)
		return
	}
	addr, t := c.fieldPath(x, path, pos)
	var ptr ptrFn // the receiver's address
	elem := t
	switch {
	case types.IsInterface(t): // an embedded interface
		c.ifaceMethod(cl, expr{t: t, rep: repOf[iface]{}, fn: repOf[iface]{}.load(addr)}, obj)
		return
	case isPointer(t):
		elem = t.Underlying().(*types.Pointer).Elem()
		if len(path) == 0 {
			ptr = x.fn.(ptrFn)
		} else {
			ptr = func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(addr(f)) }
		}
	case len(path) == 0 && isPointer(x.t):
		ptr, elem = x.fn.(ptrFn), t
	default:
		ptr = addr
	}
	if len(path) == 0 && isPointer(x.t) {
		ptr = x.fn.(ptrFn)
	}
	c.concrete(cl, ptr, elem, obj, pos)
}

// concrete makes a method of the type elem the callee; ptr is the address of
// its receiver, or the receiver.
func (c *comp) concrete(cl *callee, ptr ptrFn, elem types.Type, obj *types.Func, pos token.Pos) {
	byPtr := isPointer(obj.Signature().Recv().Type())
	if fn := c.m.function(obj, recvArgs(elem)); fn != nil {
		cl.fn = fn
		if byPtr {
			cl.recv, cl.self = func(f *F, at unsafe.Pointer) { *(*unsafe.Pointer)(at) = ptr(f) }, pointerType
			return
		}
		into := c.m.rep(elem).into(c.m.rep(elem).load(checked(ptr, pos)))
		cl.recv, cl.self = into, elem
		return
	}
	if h := c.m.hosts[c.m.key(obj)]; h != nil {
		cl.host, cl.word = h, ptr
		return
	}
	pt := c.m.rtype(types.NewPointer(elem))
	meth, ok := pt.MethodByName(obj.Name())
	if !ok {
		c.fail(pos, "method %s.%s has no compiled form here", elem, obj.Name())
	}
	c.m.learnMethod(obj, meth.Type)
	cl.native = c.m.native(meth.Type, true)
	cl.code = ifaceOf(meth.Func.Interface()).d
	cl.word = ptr
	if !byPtr {
		cl.word = checked(ptr, pos)
	}
}

// recvArgs are the type arguments of a receiver's type.
func recvArgs(t types.Type) []types.Type {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.TypeArgs() == nil {
		return nil
	}
	args := make([]types.Type, n.TypeArgs().Len())
	for i := range args {
		args[i] = n.TypeArgs().At(i)
	}
	return args
}

func (c *comp) ifaceMethod(cl *callee, x expr, obj *types.Func) {
	cl.iface = x.fn.(func(*F) iface)
	cl.name = obj
	rt := c.m.rtype(x.t)
	for i := range rt.NumMethod() {
		if m := rt.Method(i); m.Name == obj.Name() {
			cl.method = i
			return
		}
	}
	c.fail(token.NoPos, "interface %s has no method %s at run time", x.t, obj.Name())
}

// emit makes the expression of a call.
func (c *comp) emit(cl callee, args []argFn) expr {
	l := cl.l
	res := cl.sig.Results()
	if cl.fn != nil && cl.keeps == nil {
		if x, ok := c.callDirect(cl, args); ok {
			return x
		}
	}
	run := c.keeping(c.caller(cl, args), cl.keeps)
	switch {
	case res.Len() == 0:
		return expr{t: types.NewTuple(), fn: exec(func(f *F) ctl {
			if _, nf := run(f); nf != nil {
				nf.leave()
			}
			return cNext
		})}
	case res.Len() == 1 && !isMem(res.At(0).Type()):
		s := l.results[0]
		return expr{t: res.At(0).Type(), rep: s.rep, fn: s.rep.call(run, s.off)}
	}
	parts := make([]expr, res.Len())
	for i := range parts {
		parts[i] = c.temp(res.At(i).Type())
	}
	results := l.results
	all := func(f *F) {
		base, nf := run(f)
		for i, s := range results {
			rtype.Move(s.typ, f.at(parts[i].loc), unsafe.Add(base, s.off))
		}
		if nf != nil {
			nf.leave()
		}
	}
	if res.Len() == 1 {
		return expr{t: parts[0].t, rep: parts[0].rep, fn: parts[0].rep.after(all, parts[0].loc)}
	}
	return expr{t: res, fn: exec(func(f *F) ctl { all(f); return cNext }), parts: parts}
}

// keeping is a call that lets go of the pointers at offs when it has returned.
func (c *comp) keeping(run caller, offs []uintptr) caller {
	if offs == nil {
		return run
	}
	return func(f *F) (unsafe.Pointer, *F) {
		base, nf := run(f)
		f.clear(offs)
		return base, nf
	}
}

// block reserves the block of a call that may be compiled code's.
func (c *comp) area(l *sigLayout) uintptr {
	c.off = alignUp(c.off, word)
	off := c.off
	c.off += word + l.size
	c.fields = append(c.fields, rtype.Field{Off: off, Type: rtypePointer})
	c.fields = append(c.fields, append(fieldsOf(l.params, off+word), fieldsOf(l.results, off+word)...)...)
	return off
}
