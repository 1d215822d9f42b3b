package engine

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// comp compiles one function.
type comp struct {
	m     *Machine
	unit  *Unit
	info  *types.Info
	env   *env
	code  *Code
	outer *comp // of a function literal: the function around it
	sig   *types.Signature

	off     uintptr // the frame's size so far
	fields  []rtype.Field
	vars    map[*types.Var]*variable
	caps    []*types.Var // captured variables, in the order of the closure
	capIdx  map[*types.Var]int
	boxed   map[*types.Var]bool // variables that live on the heap; one set per outermost function
	results []*variable
	labels  map[string]*label
	native  map[*ast.EmptyStmt]*Statements
	globals map[*types.Var]*Global // package variables that have lost their names

	flow  *flow // of the outermost function
	now   moment
	kinds map[int]fieldKind // of the frame's fields by their index
	spans []span            // of fields that lists of statements have cleared
	keeps []uintptr         // pointers that the call being compiled keeps as numbers
}

// A variable says where a variable of the function lives.
type variable struct {
	t     types.Type
	rep   rep
	off   uintptr // in the frame: the value, or the pointer to it
	boxed bool
}

// An expr is a compiled expression.
type expr struct {
	t     types.Type // concrete; a tuple for calls with several results
	rep   rep
	fn    any // func(*F) T as rep says
	cv    constant.Value
	isNil bool
	local bool // a variable, or temporary, at loc in the frame
	loc   uintptr
	parts []expr // of a tuple, after fn, which is an exec, has run
	bin   *binExpr
	boxAt uintptr // where a pointer to the value is in the frame, or 0
}

func newComp(m *Machine, u *Unit, e *env, c *Code) *comp {
	if u.Key != nil {
		c.key = u.Key
	}
	return &comp{
		m: m, unit: u, info: u.Info, env: e, code: c, off: header,
		vars: map[*types.Var]*variable{}, capIdx: map[*types.Var]int{}, labels: map[string]*label{},
		kinds:  map[int]fieldKind{},
		fields: []rtype.Field{{Off: 0, Type: reflect.TypeFor[F]()}},
	}
}

// fail ends the compilation: the construct cannot be run.
func (c *comp) fail(pos token.Pos, format string, args ...any) {
	panic(Unsupported{Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// typ is the concrete type of an expression.
func (c *comp) typ(e ast.Expr) types.Type {
	t := c.info.TypeOf(e)
	if t == nil {
		c.fail(e.Pos(), "no type for %T", e)
	}
	return c.m.subst(t, c.env)
}

// alloc reserves frame memory for a t.
func (c *comp) alloc(t types.Type) uintptr {
	w := c.m.word(t)
	rt := rtype.FromWord(w)
	c.off = alignUp(c.off, uintptr(rt.Align()))
	off := c.off
	c.off += rt.Size()
	c.fields = append(c.fields, rtype.Field{Off: off, Type: rt})
	return off
}

// temp reserves memory for a value and gives its expression.
func (c *comp) temp(t types.Type) expr {
	off := c.alloc(t)
	r := c.m.rep(t)
	return expr{t: t, rep: r, fn: r.local(off), local: true, loc: off}
}

var (
	pointerType = types.Typ[types.UnsafePointer]
	intType     = types.Typ[types.Int]
	boolType    = types.Typ[types.Bool]
)

// declare makes room for a variable; the statement that declares it also has
// to give it its value, with init.
func (c *comp) declare(v *types.Var, t types.Type) *variable {
	vr := &variable{t: t, rep: c.m.rep(t), boxed: c.boxed[v]}
	if vr.boxed {
		vr.off = c.alloc(pointerType)
	} else {
		vr.off = c.alloc(t)
	}
	c.kinds[len(c.fields)-1] = named
	c.vars[v] = vr
	return vr
}

// initialise makes a new variable of the value.
func (c *comp) initialise(vr *variable, v expr) exec {
	if !vr.boxed {
		return vr.rep.setVar(vr.off, v)
	}
	w, off := c.m.word(vr.t), vr.off
	into := vr.rep.into(v.fn)
	return func(f *F) ctl {
		p := rtype.Alloc(w)
		into(f, p)
		*(*unsafe.Pointer)(f.at(off)) = p
		return cNext
	}
}

// zero makes a new variable of the zero value.
func (c *comp) zero(vr *variable) exec {
	if !vr.boxed {
		return vr.rep.zeroLocal(vr.off)
	}
	w, off := c.m.word(vr.t), vr.off
	return func(f *F) ctl {
		*(*unsafe.Pointer)(f.at(off)) = rtype.Alloc(w)
		return cNext
	}
}

// function compiles a declared function or method.
func (c *comp) function(ft *ast.FuncType, recv *ast.FieldList, body *ast.BlockStmt, sig *types.Signature) {
	c.boxed = escaping(c.info, recv, ft, body)
	c.flow = flowOf(c.info, body)
	c.sig = sig
	c.body(ft, recv, body)
}

// body compiles parameters and statements into the code.
func (c *comp) body(ft *ast.FuncType, recv *ast.FieldList, body *ast.BlockStmt) {
	l := c.code.sig
	for _, s := range append(append([]slot{}, l.params...), l.results...) {
		c.fields = append(c.fields, rtype.Field{Off: header + s.off, Type: rtype.FromWord(s.typ)})
	}
	c.off = header + l.size
	var prologue []exec
	if r := c.sig.Recv(); r != nil {
		t := c.m.subst(r.Type(), c.env)
		c.off = c.code.recvOff
		off := c.alloc(t)
		prologue = c.param(prologue, r, t, off)
	}
	for i, s := range l.params {
		v := c.sig.Params().At(i)
		prologue = c.param(prologue, v, c.m.subst(v.Type(), c.env), header+s.off)
	}
	for i, s := range l.results {
		v := c.sig.Results().At(i)
		t := c.m.subst(v.Type(), c.env)
		vr := &variable{t: t, rep: c.m.rep(t), off: header + s.off}
		if v.Name() != "" {
			prologue = append(prologue, vr.rep.zeroLocal(vr.off))
			if c.boxed[v] && v.Name() != "_" {
				vr = &variable{t: t, rep: vr.rep, boxed: true, off: c.alloc(pointerType)}
				prologue = append(prologue, c.zero(vr))
			}
			c.vars[v] = vr
		} else if hasDefer(body) {
			prologue = append(prologue, vr.rep.zeroLocal(vr.off))
		}
		c.results = append(c.results, vr)
	}
	c.code.defers = hasDefer(body)
	c.code.end = body.Rbrace
	c.now = moment{fields: len(c.fields), dying: c.params(), follows: c.code.defers}
	stmts := c.block(body.List, body.Rbrace)
	run := sequence(append(prologue, stmts))
	// Results that live on the heap are moved to their slots at the end.
	if move := c.moveResults(); move != nil && !c.code.defers {
		inner := run
		run = func(f *F) ctl { inner(f); return move(f) }
	} else if move != nil {
		c.code.defers = true
		inner := run
		run = func(f *F) ctl {
			f.defers = &prepared{host: func(*F) { move(f) }}
			return inner(f)
		}
	}
	c.finish(run)
}

// param makes a parameter a variable.
func (c *comp) param(prologue []exec, v *types.Var, t types.Type, off uintptr) []exec {
	r := c.m.rep(t)
	if v.Name() == "" || v.Name() == "_" {
		return prologue
	}
	if !c.boxed[v] {
		c.vars[v] = &variable{t: t, rep: r, off: off}
		return prologue
	}
	vr := c.declare(v, t)
	init := c.initialise(vr, expr{t: t, rep: r, fn: r.local(off)})
	return append(prologue, clearing(init, pointerWords(nil, c.m.rtype(t), off)))
}

// params are the receiver and the parameters.
func (c *comp) params() (list []*types.Var) {
	if r := c.sig.Recv(); r != nil {
		list = append(list, r)
	}
	return append(list, vars(c.sig.Params())...)
}

// moveResults copies named results from the heap to where the caller looks.
func (c *comp) moveResults() exec {
	var moves []exec
	for i, vr := range c.results {
		if vr.boxed {
			off := header + c.code.sig.results[i].off
			moves = append(moves, vr.rep.setLocal(off, vr.rep.load(c.boxAddr(vr.off))))
		}
	}
	if moves == nil {
		return nil
	}
	return sequence(moves)
}

func (c *comp) boxAddr(off uintptr) ptrFn {
	return func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(f.at(off)) }
}

// finish gives the code its body and its frame.
func (c *comp) finish(run exec) {
	c.code.body = run
	if code := c.code; code.defers {
		code.guard = run
		code.body = func(f *F) ctl { code.runDeferring(f); return cReturn }
	}
	if c.m.profile != nil {
		c.code.body = sampledBody(c.code.pos, c.code.body)
	}
	size := alignUp(c.off, word) + word // no pointer to what has no size is past the end
	c.code.frame = rtype.Layout(size, c.fields)
	c.code.ptrs = nil
	for _, fd := range c.fields[1:] {
		c.code.ptrs = pointerWords(c.code.ptrs, fd.Type, fd.Off)
	}
	c.code.ptrs = uniqueOffsets(c.code.ptrs)
}

// pointerWords lists the offsets of the pointers in a value of type t.
func pointerWords(offs []uintptr, t reflect.Type, at uintptr) []uintptr {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.String, reflect.Slice:
		return append(offs, at)
	case reflect.Interface:
		return append(offs, at, at+word)
	case reflect.Array:
		if rtype.HasPointers(rtype.Word(t.Elem())) {
			for i := range t.Len() {
				offs = pointerWords(offs, t.Elem(), at+uintptr(i)*t.Elem().Size())
			}
		}
	case reflect.Struct:
		for i := range t.NumField() {
			offs = pointerWords(offs, t.Field(i).Type, at+t.Field(i).Offset)
		}
	}
	return offs
}

func uniqueOffsets(offs []uintptr) []uintptr {
	seen := map[uintptr]bool{}
	out := offs[:0]
	for _, o := range offs {
		if !seen[o] {
			seen[o] = true
			out = append(out, o)
		}
	}
	return out
}

// place is where a variable that an expression names lives.
type place struct {
	t     types.Type
	rep   rep
	local bool
	off   uintptr
	fixed unsafe.Pointer
	addr  ptrFn // in every other case
	// The address is also in the frame or in the closure, at these offsets.
	box, captured uintptr
}

// variable finds a variable of this function, of one around it, or of a
// package.
func (c *comp) variable(v *types.Var) place {
	if vr := c.vars[v]; vr != nil {
		if vr.boxed {
			return place{t: vr.t, rep: vr.rep, addr: c.boxAddr(vr.off), box: vr.off}
		}
		return place{t: vr.t, rep: vr.rep, local: true, off: vr.off}
	}
	if isGlobal(v) {
		g := c.globals[v]
		if g == nil {
			g = c.m.global(v)
		}
		if c.outer != nil {
			g.mentionedBy(c.code)
		}
		t := c.m.subst(v.Type(), c.env)
		return place{t: t, rep: c.m.rep(t), fixed: g.Addr}
	}
	i, vr := c.capture(v)
	return place{t: vr.t, rep: vr.rep, addr: func(f *F) unsafe.Pointer { return *f.closure().captured(i) }, captured: capturedOffset(i)}
}

func isGlobal(v *types.Var) bool {
	return v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// capture makes a variable of a function around this one known here.
func (c *comp) capture(v *types.Var) (int, *variable) {
	vr := c.find(v)
	if i, ok := c.capIdx[v]; ok {
		return i, vr
	}
	i := len(c.caps)
	c.capIdx[v] = i
	c.caps = append(c.caps, v)
	return i, vr
}

func (c *comp) find(v *types.Var) *variable {
	for o := c.outer; o != nil; o = o.outer {
		if vr := o.vars[v]; vr != nil {
			return vr
		}
	}
	panic(fmt.Sprintf("engine: variable %s is not to be found", v.Name()))
}

// read is the value at a place.
func (p place) read() expr {
	e := expr{t: p.t, rep: p.rep}
	switch {
	case p.local:
		e.fn, e.local, e.loc = p.rep.local(p.off), true, p.off
	case p.fixed != nil:
		e.fn = p.rep.fixed(p.fixed)
	case p.box != 0:
		e.fn = p.rep.box(p.box)
	case p.captured != 0:
		e.fn = p.rep.captured(p.captured)
	default:
		e.fn = p.rep.load(p.addr)
	}
	return e
}

// write stores a value, which is of the place's type.
func (p place) write(x expr) exec {
	switch {
	case p.local:
		return p.rep.setVar(p.off, x)
	case p.fixed != nil:
		return p.rep.setFixed(p.fixed, x.fn)
	case p.box != 0:
		return p.rep.setBox(p.box, x)
	case p.captured != 0:
		return p.rep.setCaptured(p.captured, x)
	}
	return p.rep.set(p.addr, x.fn)
}

// pointer is the place's address; of locals only for use at once.
func (p place) pointer() ptrFn {
	switch {
	case p.local:
		off := p.off
		return func(f *F) unsafe.Pointer { return f.at(off) }
	case p.fixed != nil:
		a := p.fixed
		return func(f *F) unsafe.Pointer { return a }
	}
	return p.addr
}

// hasDefer reports defer statements of the function itself, not of literals.
func hasDefer(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.DeferStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// sequence runs statements one after the other.
func sequence(list []exec) exec {
	var s []exec
	for _, x := range list {
		if x != nil {
			s = append(s, x)
		}
	}
	switch len(s) {
	case 0:
		return func(*F) ctl { return cNext }
	case 1:
		return s[0]
	case 2:
		a, b := s[0], s[1]
		return func(f *F) ctl {
			if k := a(f); k != cNext {
				return k
			}
			return b(f)
		}
	case 3:
		a, b, d := s[0], s[1], s[2]
		return func(f *F) ctl {
			if k := a(f); k != cNext {
				return k
			}
			if k := b(f); k != cNext {
				return k
			}
			return d(f)
		}
	}
	return func(f *F) ctl {
		for _, x := range s {
			if k := x(f); k != cNext {
				return k
			}
		}
		return cNext
	}
}
