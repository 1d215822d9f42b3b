package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

func (c *comp) appendCall(e *ast.CallExpr) expr {
	t := c.typ(e)
	base := c.expr(e.Args[0])
	if e.Ellipsis.IsValid() {
		return c.appendSlice(t, base, c.expr(e.Args[1]))
	}
	xs := make([]expr, len(e.Args)-1)
	for i, a := range e.Args[1:] {
		xs[i] = c.expr(a)
	}
	return c.appendAll(t, base, xs)
}

// appendSlice is append(base, x...).
func (c *comp) appendSlice(t types.Type, base, x expr) expr {
	s := c.convTo(base, t, token.NoPos).fn.(func(*F) slice)
	out := expr{t: t, rep: repOf[slice]{}}
	if x.isNil {
		out.fn = s
		return out
	}
	if g, ok := x.fn.(func(*F) string); ok {
		out.fn = func(f *F) slice {
			b := s(f)
			bytes := append(*(*[]byte)(unsafe.Pointer(&b)), g(f)...)
			return *(*slice)(unsafe.Pointer(&bytes))
		}
		return out
	}
	w := c.m.word(t.Underlying().(*types.Slice).Elem())
	size, g := rtype.Size(w), x.fn.(func(*F) slice)
	out.fn = func(f *F) slice {
		b := s(f)
		more := g(f)
		n := b.len + more.len
		if more.len == 0 {
			return b
		}
		b = grow(b, n, more.len, w)
		rtype.MoveArray(w, unsafe.Add(b.p, uintptr(n-more.len)*size), more.p, more.len)
		return b
	}
	return out
}

// appendAll is append(base, xs[0], xs[1], …). The values are computed first:
// they may come from memory that append moves, or panic.
func (c *comp) appendAll(t types.Type, base expr, xs []expr) expr {
	s := c.convTo(base, t, token.NoPos).fn.(func(*F) slice)
	elem := t.Underlying().(*types.Slice).Elem()
	w := c.m.word(elem)
	size := rtype.Size(w)
	evals, sets := make([]exec, len(xs)), make([]func(*F, unsafe.Pointer), len(xs))
	for i, x := range xs {
		x = c.convTo(x, elem, token.NoPos)
		if x.cv != nil || x.local && len(xs) == 1 {
			evals[i], sets[i] = func(*F) ctl { return cNext }, x.rep.into(x.fn)
			continue
		}
		tmp := c.temp(elem)
		evals[i], sets[i] = x.rep.setLocal(tmp.loc, x.fn), tmp.rep.into(tmp.fn)
	}
	out := expr{t: t, rep: repOf[slice]{}}
	if len(xs) == 1 {
		eval, set := evals[0], sets[0]
		out.fn = func(f *F) slice {
			b := s(f)
			eval(f)
			n := b.len + 1
			b = grow(b, n, 1, w)
			set(f, unsafe.Add(b.p, uintptr(n-1)*size))
			return b
		}
		return out
	}
	out.fn = func(f *F) slice {
		b := s(f)
		for _, ev := range evals {
			ev(f)
		}
		n := b.len + len(sets)
		at := b.len
		b = grow(b, n, len(sets), w)
		for i, set := range sets {
			set(f, unsafe.Add(b.p, uintptr(at+i)*size))
		}
		return b
	}
	return out
}

// grow makes room for num more elements, n in all, as append does.
func grow(b slice, n, num int, elem unsafe.Pointer) slice {
	if uint(n) > uint(b.cap) { // of what has no size, n may be too large for an int
		b.p, b.len, b.cap = rtype.GrowSlice(b.p, n, b.cap, num, elem)
	}
	b.len = n
	return b
}

func (c *comp) copyCall(args []expr, t types.Type) expr {
	dst := args[0].fn.(func(*F) slice)
	out := expr{t: t, rep: repOf[int]{}}
	if g, ok := args[1].fn.(func(*F) string); ok {
		out.fn = func(f *F) int {
			d := dst(f)
			return copy(*(*[]byte)(unsafe.Pointer(&d)), g(f))
		}
	} else {
		src := args[1].fn.(func(*F) slice)
		w := c.m.word(args[0].t.Underlying().(*types.Slice).Elem())
		out.fn = func(f *F) int {
			d := dst(f)
			s := src(f)
			n := min(d.len, s.len)
			if n > 0 {
				rtype.MoveArray(w, d.p, s.p, n)
			}
			return n
		}
	}
	if _, isTuple := t.(*types.Tuple); isTuple {
		out.t = intType
	}
	return out
}
