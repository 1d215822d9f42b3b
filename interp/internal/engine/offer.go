package engine

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// offers are panics that interpreted code called next from compiled code may
// recover, by goroutine: what a defer statement calls may be a func value in
// which package reflect has wrapped an interpreted function.
type offers struct {
	open atomic.Int32
	by   sync.Map
}

// callCompiled makes the call of compiled code; p is the panic that it may
// recover.
func (c *prepared) callCompiled(f *F, p *panicking) {
	if p == nil || !wraps(c.fn) {
		c.native(f, c.fn, c.base)
		return
	}
	o, g := &f.th.m.offers, goroutine()
	o.by.Store(g, p)
	o.open.Add(1)
	defer func() {
		o.by.Delete(g)
		o.open.Add(-1)
	}()
	c.native(f, c.fn, c.base)
}

// take is the panic that a function which compiled code calls may recover.
func (o *offers) take() *panicking {
	if o.open.Load() == 0 {
		return nil
	}
	p, _ := o.by.LoadAndDelete(goroutine())
	rec, _ := p.(*panicking)
	return rec
}

// wraps reports whether a func value of compiled code only passes the call on:
// one of reflect.MakeFunc, a method that reflect has bound, or an interpreted
// method as it stands in a method table.
func wraps(fv unsafe.Pointer) bool {
	fn := runtime.FuncForPC(*(*uintptr)(fv))
	if fn == nil {
		return false
	}
	name := fn.Name()
	return name == "reflect.makeFuncStub" || name == "reflect.methodValueCall" || strings.HasSuffix(name, "/rtype.stubs")
}
