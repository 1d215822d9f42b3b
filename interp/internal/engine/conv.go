package engine

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// convTo brings a value to a type that it is assignable to.
func (c *comp) convTo(x expr, t types.Type, pos token.Pos) expr {
	if x.isNil {
		return c.zeroOf(t)
	}
	if x.cv != nil && !types.IsInterface(t) {
		if x.t == t {
			return x
		}
		return c.constant(x.cv, t, pos)
	}
	if types.IsInterface(t) {
		return c.toInterface(x, t)
	}
	x.t = t
	return x
}

// zeroOf is the zero value of t.
func (c *comp) zeroOf(t types.Type) expr {
	r := c.m.rep(t)
	return expr{t: t, rep: r, fn: r.constant(rtype.Alloc(c.m.word(t)))}
}

func (c *comp) emptyInterface(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

// toInterface puts a value into an interface, or an interface's value into
// another that it is known to implement.
func (c *comp) toInterface(x expr, t types.Type) expr {
	out := expr{t: t, rep: repOf[iface]{}}
	if !types.IsInterface(x.t) {
		out.fn = c.box(x, t)
		return out
	}
	g := x.fn.(func(*F) iface)
	from, to := c.m.word(x.t), c.m.word(t)
	switch {
	case from == to, c.emptyInterface(x.t) && c.emptyInterface(t):
		out.fn = g
	case c.emptyInterface(t):
		out.fn = func(f *F) iface {
			v := g(f)
			if v.t != nil {
				v.t = rtype.ItabType(v.t)
			}
			return v
		}
	default:
		var cache itabCache
		out.fn = func(f *F) iface {
			v := g(f)
			if v.t == nil {
				return iface{}
			}
			return iface{cache.get(to, rtype.ItabType(v.t)), v.d}
		}
	}
	return out
}

// An itabCache remembers the last itab that a place in the code needed.
type itabCache struct{ last atomic.Pointer[itabEntry] }

type itabEntry struct{ t, tab unsafe.Pointer }

func (c *itabCache) get(iface, t unsafe.Pointer) unsafe.Pointer {
	if e := c.last.Load(); e != nil && e.t == t {
		return e.tab
	}
	tab := rtype.Itab(iface, t)
	c.last.Store(&itabEntry{t, tab})
	return tab
}

// box makes an interface of a concrete value.
func (c *comp) box(x expr, t types.Type) fn[iface] {
	w := c.m.word(x.t)
	var to unsafe.Pointer
	if !c.emptyInterface(t) {
		to = c.m.word(t)
	}
	head := c.m.head(to, w)
	if head == nil {
		c.fail(token.NoPos, "%s does not implement %s at run time", c.m.rtype(x.t), c.m.rtype(t))
	}
	if rtype.IsDirect(w) {
		if isMem(x.t) {
			g := x.fn.(ptrFn)
			return func(f *F) iface { return iface{head.get(), *(*unsafe.Pointer)(g(f))} }
		}
		g := x.fn.(ptrFn)
		return func(f *F) iface { return iface{head.get(), g(f)} }
	}
	if x.cv != nil { // a constant is boxed once
		p := rtype.Alloc(w)
		x.rep.into(x.fn)(nil, p)
		return func(*F) iface { return iface{head.get(), p} }
	}
	switch g := x.fn.(type) {
	case func(*F) int:
		return func(f *F) iface { return iface{head.get(), ifaceOf(g(f)).d} }
	case func(*F) string:
		return func(f *F) iface { return iface{head.get(), ifaceOf(g(f)).d} }
	case func(*F) float64:
		return func(f *F) iface { return iface{head.get(), ifaceOf(g(f)).d} }
	case func(*F) bool:
		return func(f *F) iface { return iface{head.get(), ifaceOf(g(f)).d} }
	}
	into := x.rep.into(x.fn)
	return func(f *F) iface {
		p := rtype.Alloc(w)
		into(f, p)
		return iface{head.get(), p}
	}
}

// unbox is the value of type t that an interface's data word stands for.
func (c *comp) unbox(d ptrFn, t types.Type) expr {
	r := c.m.rep(t)
	if rtype.IsDirect(c.m.word(t)) {
		if isMem(t) {
			tmp := c.temp(t)
			off := tmp.loc
			return expr{t: t, rep: r, fn: func(f *F) unsafe.Pointer {
				*(*unsafe.Pointer)(f.at(off)) = d(f)
				return f.at(off)
			}}
		}
		return expr{t: t, rep: r, fn: d}
	}
	return expr{t: t, rep: r, fn: r.load(d)}
}

// typeWord is the run-time type of an interface's value.
func (c *comp) typeWord(t types.Type) func(v iface) unsafe.Pointer {
	if c.emptyInterface(t) {
		return func(v iface) unsafe.Pointer { return v.t }
	}
	return func(v iface) unsafe.Pointer {
		if v.t == nil {
			return nil
		}
		return rtype.ItabType(v.t)
	}
}

// is tests whether a run-time type is t: the same, or an earlier form of a
// type that has been given methods since.
func (c *comp) is(t types.Type) func(w unsafe.Pointer) bool {
	want, world := c.m.word(t), c.m.world
	return func(w unsafe.Pointer) bool { return w == want || world.Same(w, want) }
}

// assertion is x.(t) with one result.
func (c *comp) assertion(x expr, t types.Type, pos token.Pos) expr {
	v, ok := c.assert(x, t)
	from, to := c.m.rtype(x.t), c.m.rtype(t)
	wordOf := c.typeWord(x.t)
	fail := func(f *F, i iface) {
		f.pos = pos
		var concrete reflect.Type
		if w := wordOf(i); w != nil {
			concrete = rtype.FromWord(w)
		}
		panic(assertionError(from, concrete, to))
	}
	return expr{t: t, rep: v.rep, fn: v.rep.after(func(f *F) {
		if i, good := ok(f); !good {
			fail(f, i)
		}
	}, v.loc)}
}

func assertionError(from, concrete, to reflect.Type) error {
	missing := ""
	if to.Kind() == reflect.Interface {
		from = nil // as the runtime words it
		if concrete != nil {
			missing = missingMethod(concrete, to)
		}
	}
	return rtype.AssertionError(from, concrete, to, missing)
}

func missingMethod(t, i reflect.Type) string {
	for k := range i.NumMethod() {
		m := i.Method(k)
		if got, ok := t.MethodByName(m.Name); !ok || m.PkgPath == "" && got.Type.NumIn() != m.Type.NumIn()+1 {
			return m.Name
		}
	}
	if i.NumMethod() > 0 {
		return i.Method(0).Name
	}
	return ""
}

// assert compiles x.(t): test evaluates x and, where the assertion holds,
// stores the value in the temporary v.
func (c *comp) assert(x expr, t types.Type) (v expr, test func(f *F) (iface, bool)) {
	g := x.fn.(func(*F) iface)
	wordOf := c.typeWord(x.t)
	v = c.temp(t)
	if types.IsInterface(t) {
		to, empty, world := c.m.word(t), c.emptyInterface(t), c.m.world
		var cache itabCache
		off := v.loc
		return v, func(f *F) (iface, bool) {
			i := g(f)
			w := wordOf(i)
			if w == nil {
				return i, false
			}
			head := w
			if !empty {
				if head = cache.get(to, w); head == nil {
					now := world.Current(w) // it may have been given the methods since
					if now == w {
						return i, false
					}
					if head = rtype.Itab(to, now); head == nil {
						return i, false
					}
				}
			}
			*(*iface)(f.at(off)) = iface{head, i.d}
			return i, true
		}
	}
	is := c.is(t)
	data := c.alloc(pointerType)
	u := c.unbox(func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(f.at(data)) }, t)
	set := v.rep.setLocal(v.loc, u.fn)
	return v, func(f *F) (iface, bool) {
		i := g(f)
		if !is(wordOf(i)) {
			return i, false
		}
		*(*unsafe.Pointer)(f.at(data)) = i.d
		set(f)
		return i, true
	}
}

// conversion is T(x).
func (c *comp) conversion(x expr, t types.Type, pos token.Pos) expr {
	if x.isNil || types.IsInterface(t) {
		return c.convTo(x, t, pos)
	}
	from, to := x.t.Underlying(), t.Underlying()
	fb, fromBasic := from.(*types.Basic)
	tb, toBasic := to.(*types.Basic)
	out := expr{t: t, rep: c.m.rep(t)}
	switch {
	case fromBasic && toBasic && fb.Info()&types.IsNumeric != 0 && tb.Info()&types.IsNumeric != 0:
		if fb.Kind() == tb.Kind() {
			break
		}
		if x.cv != nil {
			if tb.Info()&types.IsInteger == 0 || constant.ToInt(x.cv).Kind() == constant.Int && representable(x.cv, tb) {
				return c.constant(x.cv, t, pos)
			}
		}
		out.fn = convert(fb.Kind(), tb.Kind(), x.fn)
		return out
	case toBasic && tb.Info()&types.IsString != 0:
		if f := toString(from, x); f != nil {
			out.fn = f
			return out
		}
	case fromBasic && fb.Info()&types.IsString != 0:
		if s, ok := to.(*types.Slice); ok {
			out.fn = fromString(s, x)
			return out
		}
	case toBasic && tb.Kind() == types.Uintptr && fromBasic && fb.Kind() == types.UnsafePointer:
		g := x.fn.(ptrFn)
		out.fn = func(f *F) uintptr { return uintptr(g(f)) }
		return out
	case toBasic && tb.Kind() == types.UnsafePointer && fromBasic && fb.Info()&types.IsInteger != 0:
		g := convert(fb.Kind(), types.Uintptr, x.fn).(func(*F) uintptr)
		out.fn = func(f *F) unsafe.Pointer {
			u := g(f)
			return *(*unsafe.Pointer)(unsafe.Pointer(&u))
		}
		return out
	}
	if _, ok := from.(*types.Slice); ok {
		switch to := to.(type) {
		case *types.Array:
			out.fn = sliceToArray(x, to.Len(), pos)
			return out
		case *types.Pointer:
			if a, ok := to.Elem().Underlying().(*types.Array); ok {
				out.fn = sliceToArray(x, a.Len(), pos)
				return out
			}
		}
	}
	if x.cv != nil {
		return c.constant(x.cv, t, pos)
	}
	x.t = t // the memory is the same
	return x
}

func representable(v constant.Value, b *types.Basic) bool {
	_, ok := constant.Int64Val(constant.ToInt(v))
	return ok
}

func sliceToArray(x expr, n int64, pos token.Pos) ptrFn {
	g := x.fn.(func(*F) slice)
	return func(f *F) unsafe.Pointer {
		s := g(f)
		if int64(s.len) < n {
			f.pos = pos
			panic(arrayLength(s.len, int(n)))
		}
		if s.p == nil && n == 0 {
			return nil
		}
		return s.p
	}
}

// A runtimeError is a run-time error that only the compiler makes.
type runtimeError string

// Error implements error.
func (e runtimeError) Error() string { return "runtime error: " + string(e) }

// RuntimeError implements runtime.Error.
func (e runtimeError) RuntimeError() {}

// arrayLength is the error of a conversion of a short slice to an array.
func arrayLength(have, want int) error {
	return runtimeError(fmt.Sprintf("cannot convert slice with length %d to array or pointer to array with length %d", have, want))
}

func toString(from types.Type, x expr) any {
	switch from := from.(type) {
	case *types.Basic:
		if from.Info()&types.IsInteger != 0 {
			g := convert(from.Kind(), types.Int64, x.fn).(func(*F) int64)
			return func(f *F) string { return runeString(g(f)) }
		}
	case *types.Slice:
		g := x.fn.(func(*F) slice)
		switch basic(from.Elem()) {
		case types.Uint8:
			return func(f *F) string { s := g(f); return string(*(*[]byte)(unsafe.Pointer(&s))) }
		case types.Int32:
			return func(f *F) string { s := g(f); return string(*(*[]rune)(unsafe.Pointer(&s))) }
		}
	}
	return nil
}

func runeString(n int64) string {
	if n < 0 || n > 0x10ffff {
		return "\uFFFD"
	}
	return string(rune(n))
}

func fromString(to *types.Slice, x expr) any {
	g := x.fn.(func(*F) string)
	if basic(to.Elem()) == types.Uint8 {
		return func(f *F) slice { b := []byte(g(f)); return *(*slice)(unsafe.Pointer(&b)) }
	}
	return func(f *F) slice { b := []rune(g(f)); return *(*slice)(unsafe.Pointer(&b)) }
}
