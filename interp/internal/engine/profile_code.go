package engine

import (
	"go/token"
	"unsafe"
)

// What code that is compiled while a run is profiled has beside the other.

// sampledAt is a statement at pos.
func sampledAt(pos token.Pos, x exec) exec {
	return func(f *F) ctl {
		if f.th.stop.Load() != 0 {
			f.th.interrupted()
		}
		f.pos = pos
		return x(f)
	}
}

// sampledBody is a function's body: what is due at its end is its own. The
// outermost call of a thread finds out to whose clock the thread belongs.
func sampledBody(pos token.Pos, body exec) exec {
	inner := func(f *F) ctl {
		f.pos = pos
		k := body(f)
		if c := f.th.clock; c != nil && c.word.Load() != 0 {
			c.account(f.th, nil)
		}
		return k
	}
	return func(f *F) ctl {
		if f.th.clock == nil {
			if p := f.th.run.profile.Load(); p != nil {
				return p.outermost(f, inner)
			}
		}
		return inner(f)
	}
}

func (p *Profile) outermost(f *F, body exec) ctl {
	th := f.th
	p.join(th)
	defer p.leave(th)
	return body(f)
}

// sampledNative is a call of compiled code: what is due when it returns is
// that function's, but for what callbacks have taken.
func sampledNative(call nativeFunc) nativeFunc {
	return func(f *F, fn, base unsafe.Pointer) {
		f.poll()
		th := f.th
		th.native = fn
		call(f, fn, base)
		th.native = nil
		if c := th.clock; c != nil && c.word.Load() != 0 {
			c.account(th, fn)
		}
	}
}

// sampledCaller is a call of a function value, which may have been compiled
// without checks: what is due when it returns is its own.
func sampledCaller(run caller) caller {
	return func(f *F) (unsafe.Pointer, *F) {
		base, nf := run(f)
		if c := f.th.clock; nf != nil && c != nil && c.word.Load() != 0 {
			f.th.top = nf
			c.account(f.th, nil)
			f.th.top = f
		}
		return base, nf
	}
}
