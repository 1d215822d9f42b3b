package engine

import (
	"runtime"
	"sync"
	"time"
	"unsafe"
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
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-f.th.run.done:
			f.th.interruptedWait()
			<-t.C
		}
	}
	m.hosts["sync.WaitGroup.Wait"] = func(f *F, params unsafe.Pointer) {
		g := (*sync.WaitGroup)(f.receiver(params))
		f.await(g.Wait, nil)
	}
	m.hosts["sync.Mutex.Lock"] = func(f *F, params unsafe.Pointer) {
		if mu := (*sync.Mutex)(f.receiver(params)); !mu.TryLock() {
			f.await(mu.Lock, mu.Unlock)
		}
	}
	m.hosts["sync.RWMutex.Lock"] = func(f *F, params unsafe.Pointer) {
		if mu := (*sync.RWMutex)(f.receiver(params)); !mu.TryLock() {
			f.await(mu.Lock, mu.Unlock)
		}
	}
	m.hosts["sync.RWMutex.RLock"] = func(f *F, params unsafe.Pointer) {
		if mu := (*sync.RWMutex)(f.receiver(params)); !mu.TryRLock() {
			f.await(mu.RLock, mu.RUnlock)
		}
	}
	m.hosts["sync.Cond.Wait"] = func(f *F, params unsafe.Pointer) {
		c := (*sync.Cond)(f.receiver(params))
		f.await(c.Wait, c.L.Unlock)
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
func (f *F) await(wait, undo func()) {
	over := make(chan any, 1)
	go func() {
		defer func() { over <- recover() }()
		wait()
	}()
	defer f.th.wait()()
	select {
	case v := <-over:
		if v != nil {
			panic(v)
		}
	case <-f.th.run.done:
		defer func() {
			if undo != nil {
				go func() { <-over; undo() }()
			}
		}()
		f.th.interruptedWait()
		undo = nil
		<-over
	}
}
