package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// args compiles the arguments of a call; keeps are where the frame has the
// pointers that become numbers in them.
func (c *comp) args(e *ast.CallExpr, sig *types.Signature) (list []argFn, keeps []uintptr) {
	outer := c.keeps
	c.keeps = nil
	list = c.arguments(e, sig)
	keeps, c.keeps = c.keeps, outer
	return list, keeps
}

// argument compiles one: what uintptr(p) of an unsafe.Pointer points to is
// kept until the call has returned, as package unsafe promises.
func (c *comp) argument(e ast.Expr) expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !c.info.Types[call.Fun].IsType() {
		return c.expr(e)
	}
	if basic(c.typ(call)) != types.Uintptr || basic(c.typ(call.Args[0])) != types.UnsafePointer {
		return c.expr(e)
	}
	p, ok := c.expr(call.Args[0]).fn.(ptrFn)
	if !ok {
		return c.expr(e)
	}
	at := c.alloc(pointerType)
	c.keeps = append(c.keeps, at)
	return expr{t: c.typ(call), rep: repOf[uintptr]{}, fn: func(f *F) uintptr {
		v := p(f)
		*(*unsafe.Pointer)(f.at(at)) = v
		return uintptr(v)
	}}
}

func (c *comp) arguments(e *ast.CallExpr, sig *types.Signature) []argFn {
	l := c.m.layout(sig)
	if len(e.Args) == 1 {
		if tuple, ok := c.info.TypeOf(e.Args[0]).(*types.Tuple); ok && tuple.Len() != 1 {
			call := c.expr(e.Args[0])
			run := call.fn.(exec)
			list := c.place(call.parts, sig, l, false, e.Pos())
			first := func(f *F, p unsafe.Pointer) { run(f) }
			return append([]argFn{first}, list...)
		}
	}
	xs := make([]expr, len(e.Args))
	var out []argFn
	n := sig.Params().Len()
	if sig.Variadic() && !e.Ellipsis.IsValid() {
		for i := range n - 1 {
			out = append(out, c.arg(c.argument(e.Args[i]), sig, l, i))
		}
		rest := make([]expr, 0, len(xs))
		for _, a := range e.Args[n-1:] {
			rest = append(rest, c.argument(a))
		}
		return append(out, c.variadic(rest, sig, l, e.Pos()))
	}
	for i := range e.Args {
		out = append(out, c.arg(c.argument(e.Args[i]), sig, l, i))
	}
	return out
}

func (c *comp) arg(x expr, sig *types.Signature, l *sigLayout, i int) argFn {
	x = c.convTo(x, sig.Params().At(i).Type(), token.NoPos)
	return x.rep.argOf(x, l.params[i].off)
}

// place stores values that have been evaluated as arguments.
func (c *comp) place(xs []expr, sig *types.Signature, l *sigLayout, spread bool, pos token.Pos) (out []argFn) {
	n := sig.Params().Len()
	if sig.Variadic() && !spread {
		for i := range n - 1 {
			out = append(out, c.arg(xs[i], sig, l, i))
		}
		return append(out, c.variadic(xs[n-1:], sig, l, pos))
	}
	for i := range xs {
		out = append(out, c.arg(xs[i], sig, l, i))
	}
	return out
}

// variadic gathers the last arguments in a slice.
func (c *comp) variadic(xs []expr, sig *types.Signature, l *sigLayout, pos token.Pos) argFn {
	last := l.params[len(l.params)-1].off
	if len(xs) == 0 {
		return func(f *F, params unsafe.Pointer) { *(*slice)(unsafe.Add(params, last)) = slice{} }
	}
	elem := sig.Params().At(sig.Params().Len() - 1).Type().Underlying().(*types.Slice).Elem()
	w := c.m.word(elem)
	size := rtype.Size(w)
	at := c.alloc(pointerType)
	sets := make([]argFn, len(xs))
	for i, x := range xs {
		x = c.convTo(x, elem, pos)
		sets[i] = x.rep.arg(x.fn, uintptr(i)*size)
	}
	n := len(xs)
	return func(f *F, params unsafe.Pointer) {
		p := rtype.AllocArray(w, n)
		*(*unsafe.Pointer)(f.at(at)) = p
		for _, s := range sets {
			s(f, p)
		}
		*(*slice)(unsafe.Add(params, last)) = slice{p, n, n}
	}
}
