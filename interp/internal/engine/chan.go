package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// chanAccess is what sending and receiving need to know of a place.
type chanAccess struct {
	pos  token.Pos
	typ  unsafe.Pointer // of a channel of both directions
	elem reflect.Type
}

func (a *chanAccess) value(p unsafe.Pointer) reflect.Value {
	return reflect.ValueOf(iface{a.typ, p}.any())
}

func (c *comp) chanAccess(t types.Type, pos token.Pos) *chanAccess {
	elem := c.m.rtype(t.Underlying().(*types.Chan).Elem())
	return &chanAccess{pos: pos, elem: elem, typ: rtype.Word(rtype.ChanOf(reflect.BothDir, elem))}
}

// receive waits for a value, or for the interrupt.
func receive[T any](f *F, ch chan T) (T, bool) {
	select {
	case v, ok := <-ch:
		return v, ok
	default:
	}
	f.th.wait("to receive from a channel")
	defer f.th.ready()
	select {
	case v, ok := <-ch:
		return v, ok
	case <-f.th.ends():
		panic(ErrInterrupted)
	}
}

func send[T any](f *F, ch chan T, v T) {
	select {
	case ch <- v:
		return
	default:
	}
	f.th.wait("to send to a channel")
	defer f.th.ready()
	select {
	case ch <- v:
	case <-f.th.ends():
		panic(ErrInterrupted)
	}
}

// ends is closed when the thread's waits have to end: by the interrupt, or by
// the second one while the deferred calls run that follow the first.
func (th *thread) ends() <-chan struct{} { return th.run.ends(th.quiet) }

// ends is that of a goroutine of the run; quiet says that deferred calls run
// which follow the interrupt.
func (r *Run) ends(quiet bool) <-chan struct{} {
	if quiet {
		return r.insisted
	}
	return r.done
}

func receiveMem(f *F, ch reflect.Value, dst unsafe.Pointer, elem reflect.Type) bool {
	v, ok := ch.TryRecv()
	if !v.IsValid() {
		f.th.wait("to receive from a channel")
		defer f.th.ready()
		i, got, good := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: ch}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(f.th.ends())},
		})
		if i == 1 {
			panic(ErrInterrupted)
		}
		v, ok = got, good
	}
	reflect.NewAt(elem, dst).Elem().Set(v)
	return ok
}

func sendMem(f *F, ch, v reflect.Value) {
	if !ch.IsNil() && ch.TrySend(v) {
		return
	}
	f.th.wait("to send to a channel")
	defer f.th.ready()
	x := reflect.New(v.Type()).Elem() // what v is in may change meanwhile
	x.Set(v)
	i, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: ch, Send: x}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(f.th.ends())},
	})
	if i == 1 {
		panic(ErrInterrupted)
	}
}

// receive compiles <-ch.
func (c *comp) receive(e *ast.UnaryExpr, withOK bool) expr {
	ch := c.expr(e.X)
	acc := c.chanAccess(ch.t, e.OpPos)
	elem := ch.t.Underlying().(*types.Chan).Elem()
	r := c.m.rep(elem)
	v := c.temp(elem)
	if !withOK {
		return expr{t: elem, rep: r, fn: r.recv(ch.fn.(ptrFn), v.loc, 0, false, acc)}
	}
	ok := c.temp(boolType)
	run := r.do(r.recv(ch.fn.(ptrFn), v.loc, ok.loc, true, acc))
	return expr{fn: run, parts: []expr{v, ok}}
}

func (c *comp) sendStmt(s *ast.SendStmt) exec {
	ch := c.expr(s.Chan)
	elem := ch.t.Underlying().(*types.Chan).Elem()
	v := c.convTo(c.expr(s.Value), elem, s.Value.Pos())
	return v.rep.send(ch.fn.(ptrFn), v.fn, c.chanAccess(ch.t, s.Arrow))
}

// A selectCase is one communication of a select statement.
type selectCase struct {
	ch   ptrFn
	acc  *chanAccess
	send func(f *F) reflect.Value // nil: receive
	then func(f *F, v reflect.Value, ok bool)
	body exec
}

func (c *comp) selectStmt(s *ast.SelectStmt) exec {
	var cases []selectCase
	var other exec
	dying := c.now.dying
	for i, st := range s.Body.List {
		cc := st.(*ast.CommClause)
		body := func() exec { return c.clause(s.Body, i, cc.Body) }
		if cc.Comm == nil {
			other = body()
			continue
		}
		c.now.dying = append(slices.Clone(dying), definedBy(c.info, cc.Comm)...)
		cases = append(cases, c.selectCase(cc, body))
	}
	pos := s.Pos()
	return func(f *F) ctl {
		list := make([]reflect.SelectCase, len(cases), len(cases)+1)
		for i, k := range cases {
			ch := k.acc.value(k.ch(f))
			list[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: ch}
			if k.send != nil {
				list[i].Dir, list[i].Send = reflect.SelectSend, k.send(f)
			}
		}
		f.pos = pos
		i, v, ok := choose(f, list, other != nil)
		if i < 0 {
			return other(f)
		}
		if cases[i].then != nil {
			cases[i].then(f, v, ok)
		}
		return cases[i].body(f)
	}
}

// choose selects one of the cases; -1: none is ready, and there is a default.
func choose(f *F, list []reflect.SelectCase, hasDefault bool) (int, reflect.Value, bool) {
	n := len(list)
	if hasDefault {
		i, v, ok := reflect.Select(append(list, reflect.SelectCase{Dir: reflect.SelectDefault}))
		if i == n {
			return -1, v, ok
		}
		return i, v, ok
	}
	f.th.wait("in a select")
	defer f.th.ready()
	i, v, ok := reflect.Select(append(list, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(f.th.ends())}))
	if i == n {
		panic(ErrInterrupted)
	}
	return i, v, ok
}

func (c *comp) selectCase(cc *ast.CommClause, body func() exec) selectCase {
	switch s := cc.Comm.(type) {
	case *ast.SendStmt:
		ch := c.expr(s.Chan)
		elem := ch.t.Underlying().(*types.Chan).Elem()
		v := c.convTo(c.expr(s.Value), elem, s.Value.Pos())
		rt := c.m.rtype(elem)
		into := v.rep.into(v.fn)
		return selectCase{ch: ch.fn.(ptrFn), acc: c.chanAccess(ch.t, s.Arrow), body: body(), send: func(f *F) reflect.Value {
			p := reflect.New(rt)
			into(f, p.UnsafePointer())
			return p.Elem()
		}}
	case *ast.ExprStmt:
		u := ast.Unparen(s.X).(*ast.UnaryExpr)
		ch := c.expr(u.X)
		return selectCase{ch: ch.fn.(ptrFn), acc: c.chanAccess(ch.t, u.OpPos), body: body()}
	}
	s := cc.Comm.(*ast.AssignStmt)
	u := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
	ch := c.expr(u.X)
	elem := ch.t.Underlying().(*types.Chan).Elem()
	v, ok := c.temp(elem), c.temp(boolType)
	parts := []expr{v, ok}
	var steps []exec
	for i, e := range s.Lhs {
		t := c.target(e)
		if t.prepare != nil {
			steps = append(steps, func(f *F) ctl { t.prepare(f); return cNext })
		}
		x := parts[i]
		if t.t != nil {
			x = c.convTo(x, t.t, e.Pos())
		}
		steps = append(steps, t.store(x))
	}
	assign := sequence(steps)
	rt := c.m.rtype(elem)
	return selectCase{ch: ch.fn.(ptrFn), acc: c.chanAccess(ch.t, u.OpPos), body: body(), then: func(f *F, got reflect.Value, good bool) {
		reflect.NewAt(rt, f.at(v.loc)).Elem().Set(got)
		*(*bool)(f.at(ok.loc)) = good
		assign(f)
	}}
}
