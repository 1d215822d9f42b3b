package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// A frame lives as long as its call, but what a variable or a temporary holds
// is garbage once nothing reads it any more. So the compiler clears words of
// the frame that hold pointers: those of a variable behind the last statement
// that mentions it, those of temporaries behind their statement. It does so
// only where something follows that may spend time, a call, a loop or a
// communication. Clearing too little is never wrong.

// A moment is what is known while a statement is compiled.
type moment struct {
	pos, next token.Pos // from where to where its source is
	fields    int       // how many the frame had before it
	dying     []*types.Var
	follows   bool // something long may follow
}

// liveness is that of the variables of a list of statements.
type liveness struct {
	c     *comp
	list  []ast.Stmt
	end   token.Pos
	outer moment
	loop  *looping // of the body of a loop
	vague bool     // positions tell nothing
	dead  [][]*types.Var
	after [][]*types.Var // what is cleared after each statement; of dead ones
	first []*types.Var   // what is cleared before them
	from  int            // how many fields the frame had before the list
}

// looping is what a loop's body has to know of the loop.
type looping struct {
	vars []*types.Var // new for each turn
	long bool         // it may spend time between two turns
}

func (c *comp) liveness(list []ast.Stmt, end token.Pos, loop *looping) *liveness {
	l := &liveness{c: c, list: list, end: end, outer: c.now, loop: loop, from: len(c.fields)}
	l.dead, l.after = make([][]*types.Var, len(list)), make([][]*types.Var, len(list))
	for i := range list {
		l.vague = l.vague || !list[i].Pos().IsValid() || list[i].Pos() >= l.next(i)
	}
	if l.vague || c.flow.jumps {
		return l
	}
	if loop != nil {
		for _, v := range loop.vars {
			l.add(v, -1)
		}
	} else {
		for _, v := range l.outer.dying {
			l.inherit(v)
		}
	}
	for i, s := range list {
		if !isLoop(s) {
			for _, v := range definedBy(c.info, s) {
				l.add(v, i)
			}
		}
	}
	return l
}

// next is where the source behind statement i begins.
func (l *liveness) next(i int) token.Pos {
	if i+1 < len(l.list) {
		return l.list[i+1].Pos()
	}
	return l.end
}

// last is the last statement that mentions v, or none.
func (l *liveness) last(v *types.Var, none int) int {
	m := l.c.flow.mentions[v]
	n, _ := slices.BinarySearch(m, l.end)
	if n == 0 {
		return none
	}
	i, ok := slices.BinarySearchFunc(l.list, m[n-1], func(s ast.Stmt, pos token.Pos) int { return int(s.Pos() - pos) })
	if !ok {
		i--
	}
	return max(i, none)
}

// add makes the list's liveness tell that of v, which statement at defines.
func (l *liveness) add(v *types.Var, at int) {
	m := l.c.flow.mentions[v]
	if n := len(m); n > 0 && m[n-1] >= l.end {
		return
	}
	i := l.last(v, at)
	again := l.loop != nil && len(l.list) > 0 && (l.loop.long || l.c.flow.isLong(l.list[0].Pos(), l.next(at)))
	l.dies(v, i, again || l.outer.follows && l.loop == nil)
}

// inherit does the same for a variable from outside that nothing mentions
// after the list.
func (l *liveness) inherit(v *types.Var) { l.dies(v, l.last(v, -1), false) }

// dies notes that v is dead behind statement i, or before all where that is
// -1; follows: something long comes after the list.
func (l *liveness) dies(v *types.Var, i int, follows bool) {
	if i >= 0 {
		l.dead[i] = append(l.dead[i], v)
	}
	switch {
	case len(l.list) == 0 || !follows && !l.c.flow.isLong(l.next(i), l.end):
	case i < 0:
		l.first = append(l.first, v)
	default:
		l.after[i] = append(l.after[i], v)
	}
}

// moment is that of statement i.
func (l *liveness) moment(i int) moment {
	m := moment{pos: l.list[i].Pos(), next: l.next(i), fields: len(l.c.fields), follows: l.follows(i)}
	if !isLoop(l.list[i]) {
		m.dying = l.dead[i]
	}
	return m
}

// follows reports whether something long may follow statement i.
func (l *liveness) follows(i int) bool {
	fl := l.c.flow
	switch {
	case l.vague || fl.isLong(l.next(i), l.end):
		return true
	case l.loop != nil:
		return l.loop.long || fl.isLong(l.list[0].Pos(), l.list[i].Pos())
	}
	return l.outer.follows
}

// start clears what is dead when the list begins: variables, and the
// temporaries of the head of the statement that the list is part of.
func (l *liveness) start() exec {
	c := l.c
	var offs []uintptr
	for _, v := range l.first {
		offs = append(offs, c.words(v)...)
	}
	if l.loop == nil && len(l.list) > 0 && !l.vague && c.flow.isLong(l.list[0].Pos(), l.end) {
		offs = append(offs, c.temporaries(l.outer.fields, false)...)
	}
	return clearing(nil, offs)
}

// clear is statement i, compiled as x, with what is dead behind it cleared.
func (l *liveness) clear(i int, x exec) exec {
	c, s := l.c, l.list[i]
	from := c.now.fields
	defer c.handled(from)
	if leaves(s) {
		return x
	}
	var offs []uintptr
	for _, v := range l.after[i] {
		offs = append(offs, c.words(v)...)
	}
	if c.now.follows {
		if isLoop(s) { // which may have left its body in the middle
			c.handled(from)
		}
		offs = append(offs, c.temporaries(from, len(definedBy(c.info, s)) == 0 || isLoop(s))...)
	}
	return clearing(x, uniqueOffsets(offs))
}

// finish ends the list.
func (l *liveness) finish() {
	l.c.spans = append(l.c.spans, span{l.from, len(l.c.fields)})
	l.c.now = l.outer
}

// head compiles a statement in the head of another one, whose source goes on
// at rest. Its variables die with that one.
func (c *comp) head(s ast.Stmt, rest token.Pos) exec {
	from := len(c.fields)
	x := c.stmt(s)
	c.now.dying = append(slices.Clone(c.now.dying), definedBy(c.info, s)...)
	if !c.now.follows && !c.flow.isLong(rest, c.now.next) {
		return x
	}
	return clearing(x, uniqueOffsets(c.temporaries(from, false)))
}

// A span is a part of the frame's fields.
type span struct{ from, to int }

// handled forgets the spans that lists of statements after field from have
// cleared themselves.
func (c *comp) handled(from int) {
	for n := len(c.spans); n > 0 && c.spans[n-1].from >= from; n-- {
		c.spans = c.spans[:n-1]
	}
}

// temporaries are the pointers in the fields that have been added since there
// were from, but for those of lists of statements; with variables or without.
func (c *comp) temporaries(from int, variables bool) (offs []uintptr) {
	spans := c.spans
	for len(spans) > 0 && spans[0].from < from {
		spans = spans[1:]
	}
	for i := from; i < len(c.fields); i++ {
		if len(spans) > 0 && i >= spans[0].from {
			i, spans = max(i, spans[0].to)-1, spans[1:]
			continue
		}
		if k := c.kinds[i]; k == aside || k == named && !variables {
			continue
		}
		offs = pointerWords(offs, c.fields[i].Type, c.fields[i].Off)
	}
	return offs
}

// What a field is, if it is not a temporary.
type fieldKind int

const (
	named fieldKind = iota + 1 // a variable
	aside                      // cleared by what uses it
)

// words are the offsets of the pointers of a variable of this frame.
func (c *comp) words(v *types.Var) []uintptr {
	vr := c.vars[v]
	switch {
	case vr == nil:
		return nil
	case vr.boxed:
		return []uintptr{vr.off}
	}
	return pointerWords(nil, c.m.rtype(vr.t), vr.off)
}

// moved lists the pointers of variables that only become arguments where they
// are mentioned for the last time: the called function may outlive their use.
func (c *comp) moved(args []ast.Expr) (offs []uintptr) {
	for _, e := range args {
		e = ast.Unparen(e)
		if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
			e = ast.Unparen(u.X)
		}
		id, ok := e.(*ast.Ident)
		if !ok {
			continue
		}
		for _, v := range c.now.dying {
			if c.info.Uses[id] == v && within(c.flow.mentions[v], c.now.pos, c.now.next) == 1 {
				offs = append(offs, c.words(v)...)
			}
		}
	}
	return offs
}

// moving makes the last of the arguments clear the words at offs.
func moving(args []argFn, offs []uintptr) []argFn {
	if len(offs) == 0 {
		return args
	}
	n := len(args) - 1
	last := args[n]
	args[n] = func(f *F, params unsafe.Pointer) {
		last(f, params)
		f.clear(offs)
	}
	if len(offs) == 1 {
		off := offs[0]
		args[n] = func(f *F, params unsafe.Pointer) {
			last(f, params)
			*(*unsafe.Pointer)(f.at(off)) = nil
		}
	}
	return args
}

// clear sets the pointers at offs in the frame to nil.
func (f *F) clear(offs []uintptr) {
	for _, off := range offs {
		*(*unsafe.Pointer)(f.at(off)) = nil
	}
}

// clearing is the statement x, nil for none, and then the pointers at offs
// set to nil.
func clearing(x exec, offs []uintptr) exec {
	switch {
	case len(offs) == 0:
		return x
	case x == nil:
		return func(f *F) ctl { f.clear(offs); return cNext }
	case len(offs) == 1:
		off := offs[0]
		return func(f *F) ctl {
			k := x(f)
			if k == cNext {
				*(*unsafe.Pointer)(f.at(off)) = nil
			}
			return k
		}
	}
	return func(f *F) ctl {
		k := x(f)
		if k == cNext {
			f.clear(offs)
		}
		return k
	}
}

// pointersOf are the offsets of the pointers of a call's parameters in its
// block at off, whose receiver is in front.
func pointersOf(l *sigLayout, off uintptr) []uintptr {
	offs := []uintptr{off}
	for _, s := range l.params {
		offs = pointerWords(offs, rtype.FromWord(s.typ), off+word+s.off)
	}
	return offs
}
