package rtype

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// Interface tables have the addresses of methods' machine code, which for types
// of the session are stubs. While a method is set to a function that needs no
// closure, the tables that are known have that function's address, so that calls
// through interfaces cost what they cost in compiled programs. Other tables,
// which the runtime has made, lead there by the stub.
var tables interfaceTables

type interfaceTables struct {
	sync.Mutex
	known   map[unsafe.Pointer]bool
	methods map[int]*method // by the numbers of their stubs
}

// enter makes a method known by its stub.
func (t *interfaceTables) enter(m *method) {
	t.Lock()
	defer t.Unlock()
	if t.methods == nil {
		t.methods, t.known = map[int]*method{}, map[unsafe.Pointer]bool{}
	}
	t.methods[m.stub] = m
}

// note makes an interface table known.
func (t *interfaceTables) note(tab unsafe.Pointer) {
	t.Lock()
	defer t.Unlock()
	if t.known[tab] || t.methods == nil {
		return
	}
	t.known[tab] = true
	for i := range FromWord((*itab)(tab).inter).NumMethod() {
		at := (*unsafe.Pointer)(ItabSlot(tab, i))
		m := t.methods[stubAt(*at)]
		if m == nil {
			continue
		}
		m.leads = append(m.leads, at)
		if m.direct != nil {
			atomic.StorePointer(at, m.direct)
		}
	}
}

// lead makes the known tables have code as the method's; nil: its stub.
func (t *interfaceTables) lead(m *method, code unsafe.Pointer) {
	t.Lock()
	defer t.Unlock()
	m.direct = code
	if code == nil {
		code = stubAddress(stubState.base, m.stub)
	}
	for _, at := range m.leads {
		atomic.StorePointer(at, code)
	}
}

// stubAt is the number of the stub at an address, 0 if there is none.
func stubAt(p unsafe.Pointer) int {
	n := (uintptr(p)-stubState.base)/max(stubSize, 1) + 1
	if uintptr(p) < stubState.base || n > maxStubs {
		return 0
	}
	return int(n)
}
