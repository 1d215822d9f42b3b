package engine

import (
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Hooks are the functions that native code calls where interpreted code has
// the engine do something for its run. The address of each is a slot.
type Hooks struct {
	// Recover takes what recover has returned: it panics on with what cells
	// cannot recover.
	Recover func(v any) any
	// Go starts a goroutine.
	Go func(f func())
	// Wait is to be called before a channel operation or a select that waits:
	// what says for what. The wait has to end with Stopped when end is closed,
	// and with Done if not.
	Wait    func(what string) (w unsafe.Pointer, end <-chan struct{})
	Done    func(w unsafe.Pointer)
	Stopped func(w unsafe.Pointer)
}

// Hooks are the machine's.
func (m *Machine) Hooks() *Hooks { return &m.hooks }

func (m *Machine) makeHooks() Hooks {
	return Hooks{
		Recover: func(v any) any {
			if v != nil {
				recovered(v)
				m.current().passed.Store(nil)
			}
			return v
		},
		Go: func(f func()) {
			r := m.here()
			m.start(r, r.quiet(), &prepared{host: func(g *F) {
				g.code = nativeRoot
				f()
			}, pc: callerPC(1)})
		},
		Wait: func(what string) (unsafe.Pointer, <-chan struct{}) {
			r := m.here()
			pc, up := callSites()
			w := m.asleep.waitNative(m, r, what, [2]uintptr{pc, up})
			return unsafe.Pointer(w), r.ends(r.quiet())
		},
		Done: func(w unsafe.Pointer) { m.asleep.readyNative((*waiter)(w)) },
		Stopped: func(w unsafe.Pointer) {
			m.asleep.readyNative((*waiter)(w))
			m.here().raise()
			panic(ErrInterrupted)
		},
	}
}

// nativeRoot is what the goroutines of native code begin with.
var nativeRoot = &Code{hidden: true, native: true}

// recovered panics on with what cells cannot recover.
func recovered(v any) {
	if fatal(v) {
		panic(v)
	}
}

// waiter stands for the goroutine that runs while it waits in native code, skip
// calls above.
func (m *Machine) waiter(skip int) *thread {
	r := m.here()
	th := m.newThread(r, 0)
	th.quiet, th.waiting.pcs[0] = r.quiet(), callerPC(skip+1)
	return th
}

// callerPC is where the function, skip calls above the caller, has been called.
func callerPC(skip int) uintptr {
	var pc [1]uintptr
	runtime.Callers(skip+2, pc[:])
	return pc[0]
}

// HookValue is the func value that native code is to call in place of a
// compiled function or method, with the receiver as the first parameter; nil:
// the compiled one itself. It is to be asked for all that native code mentions,
// because it notes what may wake goroutines.
func (m *Machine) HookValue(obj *types.Func) unsafe.Pointer {
	if obj.Pkg() == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := m.key(obj)
	if p, ok := m.replaced[key]; ok {
		return p
	}
	var v reflect.Value
	if obj.Signature().Recv() == nil {
		v = m.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	}
	var p unsafe.Pointer
	if f := m.nativeWait(key); f != nil {
		p = ifaceOf(f).d
	} else if h := m.hosts[key]; h != nil {
		p = m.hostValue(obj, h)
	} else if v.IsValid() && v.Kind() == reflect.Func && !isCompiled(v, obj) {
		if endsProgram(obj) {
			v = m.ending(v)
		}
		p = ifaceOf(v.Interface()).d
	}
	m.replaced[key] = p
	return p
}

// isCompiled reports whether v is the function itself, and nothing that the
// session has put in its place.
func isCompiled(v reflect.Value, obj *types.Func) bool {
	fn := runtime.FuncForPC(v.Pointer())
	if fn == nil {
		return false
	}
	dir, last := "", obj.Pkg().Path()
	if i := strings.LastIndexByte(last, '/') + 1; i > 0 {
		dir, last = last[:i], last[i:]
	}
	return fn.Name() == dir+strings.ReplaceAll(last, ".", "%2e")+"."+obj.Name()
}

// hostValue is the func value that calls a host.
func (m *Machine) hostValue(obj *types.Func, h HostFunc) unsafe.Pointer {
	sig := obj.Signature()
	params := vars(sig.Params())
	rest := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	if recv := sig.Recv(); recv != nil {
		params = append([]*types.Var{recv}, params...)
	}
	whole := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
	code := m.newCode(obj.Name(), 0, m.layout(whole), nil)
	code.hidden, code.asked = true, true
	code.compile = func(code *Code) {
		c := newComp(m, nil0, nil, code)
		c.forward(whole, func() (callee, []argFn) {
			cl := callee{sig: rest, l: m.layout(rest), host: h}
			own := code.sig.params
			if recv := sig.Recv(); recv != nil {
				at := header + own[0].off
				cl.word = func(f *F) unsafe.Pointer { return f.at(at) }
				if isPointer(recv.Type()) {
					cl.word = func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(f.at(at)) }
				}
				own = own[1:]
			}
			var args []argFn
			for i, p := range own {
				args = append(args, p.rep.arg(p.rep.local(header+p.off), cl.l.params[i].off))
			}
			return cl, args
		}, nil)
	}
	code.values(m, m.rtype(whole), 0)
	return code.closure().value()
}

// nativeWait is a function that waits, as native code calls it; nil: key names
// none.
func (m *Machine) nativeWait(key string) any {
	await := func(what string, wait, undo func()) {
		m.waiter(2).await(what, wait, undo)
	}
	switch key {
	case "time.Sleep":
		return func(d time.Duration) {
			if d <= 0 {
				runtime.Gosched()
				return
			}
			m.waiter(1).sleep(d)
		}
	case "sync.Mutex.Lock":
		return func(mu *sync.Mutex) {
			if !mu.TryLock() {
				await("for a sync.Mutex", mu.Lock, mu.Unlock)
			}
		}
	case "sync.RWMutex.Lock":
		return func(mu *sync.RWMutex) {
			if !mu.TryLock() {
				await("for a sync.RWMutex", mu.Lock, mu.Unlock)
			}
		}
	case "sync.RWMutex.RLock":
		return func(mu *sync.RWMutex) {
			if !mu.TryRLock() {
				await("for a sync.RWMutex", mu.RLock, mu.RUnlock)
			}
		}
	case "sync.WaitGroup.Wait":
		return func(g *sync.WaitGroup) { await("for a sync.WaitGroup", g.Wait, nil) }
	case "sync.WaitGroup.Go":
		return func(g *sync.WaitGroup, f func()) {
			g.Add(1)
			m.hooks.Go(func() {
				defer g.Done()
				f()
			})
		}
	case "sync.Cond.Wait":
		return func(c *sync.Cond) { await("for a sync.Cond", c.Wait, c.L.Unlock) }
	}
	return nil
}
