package engine

import (
	"reflect"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// waits are the compiled functions that wait, made to end by the interrupt.
// What they wait for goes on in a goroutine of its own when they are left.
func (m *Machine) waits() {
	m.hosts["time.Sleep"] = func(f *F, params unsafe.Pointer) {
		d := *(*time.Duration)(params)
		if d <= 0 {
			runtime.Gosched()
			return
		}
		f.th.sleep(d)
	}
	m.hosts["sync.WaitGroup.Wait"] = func(f *F, params unsafe.Pointer) {
		g := (*sync.WaitGroup)(f.receiver(params))
		f.await("for a sync.WaitGroup", g.Wait, nil)
	}
	m.hosts["sync.Mutex.Lock"] = func(f *F, params unsafe.Pointer) {
		if mu := (*sync.Mutex)(f.receiver(params)); !mu.TryLock() {
			f.await("for a sync.Mutex", mu.Lock, mu.Unlock)
		}
	}
	m.hosts["sync.RWMutex.Lock"] = func(f *F, params unsafe.Pointer) {
		if mu := (*sync.RWMutex)(f.receiver(params)); !mu.TryLock() {
			f.await("for a sync.RWMutex", mu.Lock, mu.Unlock)
		}
	}
	m.hosts["sync.RWMutex.RLock"] = func(f *F, params unsafe.Pointer) {
		if mu := (*sync.RWMutex)(f.receiver(params)); !mu.TryRLock() {
			f.await("for a sync.RWMutex", mu.RLock, mu.RUnlock)
		}
	}
	plain, _, _ := thunkOf(reflect.TypeFor[func()]())
	m.hosts["sync.WaitGroup.Go"] = func(f *F, params unsafe.Pointer) {
		g := (*sync.WaitGroup)(f.receiver(params))
		call, k, b := *(*func())(params), (*closure)(nil), (*boundMethod)(nil)
		if call != nil {
			fv := *(*unsafe.Pointer)(params)
			k, b = closureOf(through(fv), plain), boundOf(fv)
		}
		g.Add(1)
		f.start(&prepared{pos: f.pos, host: func(f *F) {
			defer g.Done()
			switch {
			case b != nil:
				code := b.kind.fn.get(m)
				nf := f.enter(code)
				b.store(nf, code)
				nf.call()
				return
			case k == nil:
				call()
				return
			}
			nf := f.enter(k.code)
			nf.setClosure(k)
			nf.call()
			runtime.KeepAlive(k)
		}})
	}
	m.hosts["sync.Cond.Wait"] = func(f *F, params unsafe.Pointer) {
		c := (*sync.Cond)(f.receiver(params))
		f.await("for a sync.Cond", c.Wait, c.L.Unlock)
	}
}

// interfaceWaits are the waits that are called as methods of an interface's
// value, a sync.Locker, say.
func (m *Machine) interfaceWaits() {
	var rw sync.RWMutex
	m.hostMethod("Lock", &sync.Mutex{}, m.hosts["sync.Mutex.Lock"])
	m.hostMethod("Lock", &rw, m.hosts["sync.RWMutex.Lock"])
	m.hostMethod("RLock", &rw, m.hosts["sync.RWMutex.RLock"])
	m.hostMethod("Lock", rw.RLocker(), m.hosts["sync.RWMutex.RLock"]) // it is its mutex under another type
	m.hostMethod("Wait", &sync.WaitGroup{}, m.hosts["sync.WaitGroup.Wait"])
	m.hostMethod("Wait", &sync.Cond{}, m.hosts["sync.Cond.Wait"])
}

// hostMethod makes calls of a method through an interface that holds a value
// of recv's type run host.
func (m *Machine) hostMethod(name string, recv any, host HostFunc) {
	if m.ifaceHosts[name] == nil {
		m.ifaceHosts[name] = map[unsafe.Pointer]HostFunc{}
	}
	m.ifaceHosts[name][rtype.Word(reflect.TypeOf(recv))] = host
}

func (th *thread) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	th.pause()
	defer th.resume()
	select {
	case <-t.C:
	case <-th.ends():
		panic(ErrInterrupted)
	}
}

// receiver is the receiver of a method that is called with the block whose
// parameters begin at params.
func (f *F) receiver(params unsafe.Pointer) unsafe.Pointer {
	p := *(*unsafe.Pointer)(unsafe.Add(params, -int(word)))
	if p == nil {
		panic(errNil)
	}
	return p
}

// await runs wait beside the interrupt, which leaves it to itself: undo is
// called when it ends after all.
func (f *F) await(what string, wait, undo func()) { f.th.await(what, wait, undo) }

func (th *thread) await(what string, wait, undo func()) {
	over := make(chan any, 1)
	go func() {
		defer func() { over <- recover() }()
		wait()
	}()
	th.wait(what)
	defer th.ready()
	select {
	case v := <-over:
		if v != nil {
			panic(v)
		}
	case <-th.ends():
		if undo != nil {
			go func() { <-over; undo() }()
		}
		panic(ErrInterrupted)
	}
}
