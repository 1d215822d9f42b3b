package rtype

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// A method of a run-time type needs an address of machine code that works
// without a closure register. The assembler files hold maxStubs such addresses;
// each loads its closure from slots and jumps to the closure's code.

// slots[i] is the func value (a closure pointer) that stub i runs. The
// assembler code reads this variable; index 0 is not used.
var slots *[maxStubs + 1]unsafe.Pointer

var stubState struct {
	sync.Mutex
	used int
	base uintptr
}

// StubsLeft returns how many more methods can be given machine code in this
// process. They are never handed back.
func StubsLeft() int {
	stubState.Lock()
	defer stubState.Unlock()
	return maxStubs - stubState.used
}

// newStub returns the address and the number of a stub that runs the func value
// fn.
func newStub(fn unsafe.Pointer) (unsafe.Pointer, int) {
	stubState.Lock()
	defer stubState.Unlock()
	if stubState.used == maxStubs {
		panic(&Error{Op: "method", Msg: fmt.Sprintf("all %d places for methods of run-time types are in use: this session has declared or redefined too many methods", maxStubs)})
	}
	if slots == nil {
		slots = new([maxStubs + 1]unsafe.Pointer)
		stubState.base = stubBase()
	}
	stubState.used++
	i := stubState.used
	slots[i] = fn
	return stubAddress(stubState.base, i), i
}

// funcPointer returns the pointer that the func value v is.
func funcPointer(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return *(*unsafe.Pointer)(p.UnsafePointer())
}

// stubAddress is the address of stub i; stub 1 lies at base.
func stubAddress(base uintptr, i int) unsafe.Pointer {
	addr := base + uintptr(i-1)*stubSize
	return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) // code, not heap
}
