package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unicode/utf8"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

func (c *comp) rangeStmt(s *ast.RangeStmt, l *label) exec {
	if id, ok := s.Value.(*ast.Ident); ok && id.Name == "_" {
		plain := *s
		plain.Value = nil
		s = &plain
	}
	t := c.typ(s.X)
	if tv := c.info.Types[s.X]; tv.Value != nil && untyped(t) {
		t = types.Default(t)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return c.rangeString(s, l)
		}
		return c.rangeInt(s, l, t)
	case *types.Slice:
		x := c.expr(s.X)
		get := x.fn.(func(*F) slice)
		return c.rangeElems(s, l, get, u.Elem())
	case *types.Array:
		return c.rangeArray(s, l, u, t)
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		if s.Value == nil {
			return c.rangeLength(s, l, a)
		}
		p, n := checked(c.expr(s.X).fn.(ptrFn), s.X.Pos()), int(a.Len())
		return c.rangeElems(s, l, func(f *F) slice { return slice{p(f), n, n} }, a.Elem())
	case *types.Map:
		return c.rangeMap(s, l, u, t)
	case *types.Chan:
		return c.rangeChan(s, l, u)
	case *types.Signature:
		return c.rangeFunc(s, l, u)
	}
	c.fail(s.Pos(), "range over %s cannot be interpreted", t)
	return nil
}

// assignVars makes the statement that gives the loop variables their values
// for an iteration, out of the temporaries key and val.
func (c *comp) assignVars(s *ast.RangeStmt, key, val *expr) exec {
	var prepares, steps []exec // all operands come before the first assignment
	for i, e := range []ast.Expr{s.Key, s.Value} {
		x := []*expr{key, val}[i]
		if e == nil || x == nil {
			continue
		}
		if id, ok := e.(*ast.Ident); ok {
			if id.Name == "_" {
				continue
			}
			if v, ok := c.info.Defs[id].(*types.Var); ok && v != nil {
				y := c.convTo(*x, c.m.subst(v.Type(), c.env), e.Pos())
				steps = append(steps, c.define(v, &y))
				continue
			}
		}
		t := c.target(e)
		if t.prepare != nil {
			prepares = append(prepares, func(f *F) ctl { t.prepare(f); return cNext })
		}
		steps = append(steps, t.store(c.convTo(*x, t.t, e.Pos())))
	}
	if steps == nil {
		return nil
	}
	return sequence(append(prepares, steps...))
}

// handOver is assignVars for temporaries that are not read again before they
// get new values: a long body does not keep what they hold.
func (c *comp) handOver(s *ast.RangeStmt, key, val *expr) exec {
	assign := c.assignVars(s, key, val)
	if !c.bodyLong(s) {
		return assign
	}
	var offs []uintptr
	for _, x := range []*expr{key, val} {
		if x != nil {
			offs = pointerWords(offs, c.m.rtype(x.t), x.loc)
		}
	}
	return clearing(assign, offs)
}

func (c *comp) bodyLong(s *ast.RangeStmt) bool { return c.flow.isLong(s.Body.Lbrace, s.Body.Rbrace) }

// rangeBody compiles the body of a range loop; long: the loop may spend time
// between two turns.
func (c *comp) rangeBody(s *ast.RangeStmt, long bool) exec {
	return c.loopBody(s.Body, &looping{vars: definedBy(c.info, s), long: long})
}

// iteration runs the body once; over says that the loop ends, with end.
type iteration func(f *F) (over bool, end ctl)

func (c *comp) iteration(assign, body exec, l *label) iteration {
	return func(f *F) (bool, ctl) {
		if assign != nil {
			assign(f)
		}
		if k := body(f); k != cNext && k != cContinue {
			if over, end := f.ended(k, l); over {
				return true, end
			}
		}
		if f.th.stop.Load() != 0 {
			f.th.interrupted()
		}
		return false, cNext
	}
}

func (c *comp) rangeInt(s *ast.RangeStmt, l *label, t types.Type) exec {
	if s.Key != nil { // an untyped constant has the variable's type
		if id, ok := s.Key.(*ast.Ident); !ok || id.Name != "_" {
			t = c.typ(s.Key)
		}
	}
	x := c.convTo(c.expr(s.X), t, s.X.Pos())
	n := c.temp(t)
	setN := x.rep.setLocal(n.loc, x.fn)
	if basic(t) == types.Int {
		return c.countTo(s, l, setN, n.loc)
	}
	i := c.temp(t)
	zero := c.zeroOf(t)
	one := c.constant(constantOne, t, s.Pos())
	start := x.rep.setLocal(i.loc, zero.fn)
	next := x.rep.setLocal(i.loc, binary(token.ADD, basic(t), i, one, s.Pos()))
	less := binary(token.LSS, basic(t), i, n, s.Pos()).(func(*F) bool)
	turn := c.iteration(c.assignVars(s, &i, nil), c.rangeBody(s, false), l)
	return func(f *F) ctl {
		setN(f)
		for start(f); less(f); next(f) {
			if over, end := turn(f); over {
				return end
			}
		}
		return cNext
	}
}

func (c *comp) rangeString(s *ast.RangeStmt, l *label) exec {
	str := c.expr(s.X).fn.(func(*F) string)
	i, r := c.temp(intType), c.temp(types.Typ[types.Int32])
	turn := c.iteration(c.assignVars(s, &i, &r), c.rangeBody(s, false), l)
	return func(f *F) ctl {
		v := str(f)
		for k := 0; k < len(v); {
			x, size := utf8.DecodeRuneInString(v[k:])
			*(*int)(f.at(i.loc)), *(*int32)(f.at(r.loc)) = k, x
			k += size
			if over, end := turn(f); over {
				return end
			}
		}
		return cNext
	}
}

// rangeElems loops over the elements of a slice.
func (c *comp) rangeElems(s *ast.RangeStmt, l *label, get func(*F) slice, elem types.Type) exec {
	i, key := c.indexVar(s)
	var val *expr
	at := c.alloc(pointerType) // of the element
	size := uintptr(0)
	if s.Value != nil {
		size = rtype.Size(c.m.word(elem))
		r := c.m.rep(elem)
		val = &expr{t: elem, rep: r, fn: r.box(at), boxAt: at}
	}
	assign, io := c.assignVars(s, key, val), i.loc
	body := c.rangeBody(s, false)
	return func(f *F) ctl {
		v, stop := get(f), f.th.stop
		for k := range v.len {
			*(*unsafe.Pointer)(f.at(at)) = unsafe.Add(v.p, uintptr(k)*size) // a loop inside an iterator may use the frame as well
			*(*int)(f.at(io)) = k
			if assign != nil {
				assign(f)
			}
			if e := body(f); e != cNext && e != cContinue {
				if over, end := f.ended(e, l); over {
					return end
				}
			}
			if stop.Load() != 0 {
				f.th.interrupted()
			}
		}
		return cNext
	}
}

func (c *comp) rangeArray(s *ast.RangeStmt, l *label, u *types.Array, t types.Type) exec {
	n := int(u.Len())
	if s.Value == nil {
		return c.rangeLength(s, l, u)
	}
	x := c.expr(s.X)
	w := c.m.word(t)
	g := x.fn.(ptrFn)
	return c.rangeElems(s, l, func(f *F) slice { // the loop sees a copy
		p := rtype.Alloc(w)
		rtype.Move(w, p, g(f))
		return slice{p, n, n}
	}, u.Elem())
}

// rangeLength loops over the indices of an array. It is evaluated only where
// its length is no constant: where it is computed by a call.
func (c *comp) rangeLength(s *ast.RangeStmt, l *label, u *types.Array) exec {
	n := int(u.Len())
	first := func(*F) ctl { return cNext }
	if c.calls(s.X) {
		x := c.expr(s.X)
		first = x.rep.do(x.fn)
	}
	return c.rangeElems(s, l, func(f *F) slice { first(f); return slice{nil, n, n} }, u.Elem())
}

func (c *comp) rangeMap(s *ast.RangeStmt, l *label, u *types.Map, t types.Type) exec {
	m := c.expr(s.X).fn.(ptrFn)
	w := c.m.word(t)
	key, val := c.temp(u.Key()), c.temp(u.Elem())
	kt, vt := c.m.rtype(u.Key()), c.m.rtype(u.Elem())
	turn := c.iteration(c.handOver(s, &key, &val), c.rangeBody(s, false), l)
	wantVal := s.Value != nil
	return func(f *F) ctl {
		it := reflect.ValueOf(iface{w, m(f)}.any()).MapRange()
		for it.Next() {
			reflect.NewAt(kt, f.at(key.loc)).Elem().SetIterKey(it)
			if wantVal {
				reflect.NewAt(vt, f.at(val.loc)).Elem().SetIterValue(it)
			}
			if over, end := turn(f); over {
				return end
			}
		}
		return cNext
	}
}

func (c *comp) rangeChan(s *ast.RangeStmt, l *label, u *types.Chan) exec {
	ch := c.temp(c.typ(s.X))
	x := c.expr(s.X)
	set := x.rep.setLocal(ch.loc, x.fn)
	r := c.m.rep(u.Elem())
	v, ok := c.temp(u.Elem()), c.temp(boolType)
	get := r.do(r.recv(ch.fn.(ptrFn), v.loc, ok.loc, true, c.chanAccess(x.t, s.Range)))
	turn := c.iteration(c.handOver(s, &v, nil), c.rangeBody(s, true), l)
	return func(f *F) ctl {
		set(f)
		for {
			get(f)
			if !*(*bool)(f.at(ok.loc)) {
				return cNext
			}
			if over, end := turn(f); over {
				return end
			}
		}
	}
}

// A yielding is the state of one loop over an iterator function.
type yielding struct {
	f     *F
	state yieldState
	end   ctl
	label *label
}

type yieldState int

const (
	yieldReady yieldState = iota
	yieldRunning
	yieldDone
	yieldExited
)

var yieldErrors = map[yieldState]runtimeError{
	yieldRunning: "range function continued iteration after loop body panic",
	yieldDone:    "range function continued iteration after function for loop body returned false",
	yieldExited:  "range function continued iteration after whole loop exit",
}

// rangeFunc loops over an iterator: the body becomes a function that runs in
// this function's frame.
func (c *comp) rangeFunc(s *ast.RangeStmt, l *label, u *types.Signature) exec {
	yield := u.Params().At(0).Type()
	ysig := yield.Underlying().(*types.Signature)
	code := c.m.newCode(c.code.name, s.Pos(), c.m.layout(ysig), nil)
	code.hidden, code.loop, code.key = true, true, c.code.key
	temps := make([]expr, ysig.Params().Len())
	args := []*expr{nil, nil}
	for i := range temps {
		temps[i] = c.temp(ysig.Params().At(i).Type())
		args[i] = &temps[i]
	}
	turn := c.iteration(c.handOver(s, args[0], args[1]), c.rangeBody(s, true), l)
	y := newComp(c.m, nil0, nil, code)
	sl := code.sig
	for _, p := range append(append([]slot{}, sl.params...), sl.results...) {
		y.fields = append(y.fields, rtype.Field{Off: header + p.off, Type: rtype.FromWord(p.typ)})
	}
	y.off = header + sl.size
	var given []uintptr
	if c.bodyLong(s) {
		for _, p := range sl.params {
			given = pointerWords(given, rtype.FromWord(p.typ), header+p.off)
		}
	}
	res := header + sl.results[0].off
	y.finish(func(nf *F) ctl {
		st := (*yielding)(*nf.closure().captured(0))
		if st.state != yieldReady {
			panic(yieldErrors[st.state])
		}
		st.state = yieldRunning
		f := st.f
		for i, p := range sl.params {
			rtype.Move(p.typ, f.at(temps[i].loc), nf.at(header+p.off))
		}
		nf.clear(given)
		over, end := turn(f)
		st.state = yieldReady
		if over {
			st.state, st.end, st.label = yieldDone, end, f.label
		}
		*(*bool)(nf.at(res)) = !over
		return cReturn
	})
	code.ready.Store(true)
	at := c.alloc(pointerType)
	it := c.expr(s.X)
	cl := callee{sig: u, l: c.m.layout(u), pos: s.X.Pos(), value: it.fn.(ptrFn)}
	code.values(c.m, c.m.rtype(yield), 1)
	arg := expr{t: yield, rep: repOf[unsafe.Pointer]{}, fn: func(f *F) unsafe.Pointer {
		cl := code.closure()
		*cl.captured(0) = *(*unsafe.Pointer)(f.at(at))
		return cl.value()
	}}
	call := c.emit(cl, []argFn{c.arg(arg, u, cl.l, 0)}).fn.(exec)
	return func(f *F) ctl {
		st := &yielding{f: f}
		*(*unsafe.Pointer)(f.at(at)) = unsafe.Pointer(st)
		call(f)
		if st.state == yieldRunning {
			panic(runtimeError("range function recovered a loop body panic and did not resume panicking"))
		}
		st.state = yieldExited
		f.label = st.label
		return st.end
	}
}
