package engine

import (
	"runtime"
	"strings"
	"unsafe"
)

// Panics of native code are the runtime's alone, which knows of those that were
// on their way when another one began. A test of the engine compares what is

// goPanic is the beginning of runtime._panic.
type goPanic struct {
	arg       any
	link      *goPanic // what was on its way
	startPC   uintptr  // where it began
	startSP   unsafe.Pointer
	_         unsafe.Pointer // of the call whose deferred calls are run: sp
	_         uintptr        // lr
	fp        unsafe.Pointer // where the frame of that call ends
	_         uintptr        // retpc
	_         *uint8         // deferBitsPtr
	_         unsafe.Pointer // slotsPtr
	recovered bool
	_         bool // repanicked
	goexit    bool
}

// panicAt is where runtime.g has its newest panic.
const panicAt = 32

// outer are the panics that were on their way in native code when v began. They
// began in calls of the one that is recovering v.
func outer(v any) *panicking {
	p := topPanic()
	if p == nil || !same(p.arg, v) {
		return nil
	}
	var first, last *panicking
	end := p.fp // a pointer, which moves with the stack
	for p = p.again(); p != nil && uintptr(p.startSP) < uintptr(end); p = p.again() {
		if fatal(p.arg) {
			continue
		}
		next := &panicking{val: p.arg, recovered: p.recovered, goexit: p.goexit}
		if last == nil {
			first = next
		} else {
			last.before = next
		}
		last = next
	}
	return first
}

// again is the panic before p, but for those that the engine has let go on as p.
func (p *goPanic) again() *goPanic {
	next := p.link
	for fn := runtime.FuncForPC(p.startPC - 1); next != nil && next.recovered && same(next.arg, p.arg); next = next.link {
		if fn == nil || !strings.HasSuffix(fn.Name(), "/internal/engine.(*Code).unwind") {
			break
		}
	}
	return next
}
