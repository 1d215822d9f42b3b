package halt

import (
	"sync/atomic"
	"unsafe"
)

// End is what a goroutine calls that is to end: it panics. It is set before
// anything is stopped.
var End func()

// Decide says whether a goroutine, by its descriptor, ends at a place, with what
// the registers SP and BP have there; entry says that a function begins there.
// It runs in the handler of a signal: it must not allocate, lock, or store a
// pointer.
var Decide func(g, sp, bp uintptr, entry bool) bool

var (
	installed atomic.Bool
	fault     uintptr // the code that calls End in the place of a jump
	begin     uintptr // and in the place of a function
)

// context is what the runtime's handler of signals has: signal.sigctxt.
type context struct {
	_     unsafe.Pointer
	ucode *ucontext
}

// ucontext is the head of the system's description of an interrupted thread.
type ucontext struct {
	_                                    [5]uint64
	r8, r9, r10, r11, r12, r13, r14, r15 uint64
	rdi, rsi, rbp, rbx, rdx, rax, rcx    uint64
	rsp, rip, flags                      uint64
}

// register is the value of a register by its number.
func (u *ucontext) register(n uint8) uint64 {
	switch n {
	case 0:
		return u.rax
	case 1:
		return u.rcx
	case 2:
		return u.rdx
	case 3:
		return u.rbx
	case 4:
		return u.rsp
	case 5:
		return u.rbp
	case 6:
		return u.rsi
	case 7:
		return u.rdi
	case 8:
		return u.r8
	case 9:
		return u.r9
	case 10:
		return u.r10
	case 11:
		return u.r11
	case 12:
		return u.r12
	case 13:
		return u.r13
	case 14:
		return u.r14
	case 15:
		return u.r15
	}
	return 0
}

// Install makes breakpoints ours. The variable at hook is the runtime's
// testSigtrap; the others are code that calls End: where a goroutine goes on as
// after a fault at a jump back, and in the place of a function that begins.
func Install(hook unsafe.Pointer, atJump, atEntry uintptr) {
	if installed.Load() {
		return
	}
	fault, begin = atJump, atEntry
	*(*func(info unsafe.Pointer, c *context, g unsafe.Pointer) bool)(hook) = trapped
	installed.Store(true)
}

// Installed reports whether Install has been called.
func Installed() bool { return installed.Load() }

// trapped is told of breakpoints, on the stack of the signal; false: it is none
// of ours.
//
//go:norace
func trapped(_ unsafe.Pointer, c *context, g unsafe.Pointer) bool {
	u := c.ucode
	pc := uintptr(u.rip) - 1
	p := find(pc)
	if p == nil {
		return false
	}
	switch {
	case !Decide(uintptr(g), uintptr(u.rsp), uintptr(u.rbp), p.entry):
		u.rip = p.next(u, uint64(pc))
	case p.entry: // the function has no frame yet: it is its caller that goes on
		u.rip = uint64(begin)
	default:
		u.rsp -= 8
		*(*uint64)(word(u.rsp)) = uint64(pc)
		u.rip = uint64(fault)
	}
	return true
}

// next is where the jump at pc leads.
//
//go:norace
func (p *Place) next(u *ucontext, pc uint64) uint64 {
	end := pc + uint64(p.size)
	switch {
	case p.jump == indirect:
		return p.indirect(u, end)
	case p.jump == always || holds(p.cond, u.flags):
		return end + uint64(int64(p.rel))
	}
	return end
}

//go:norace
func (p *Place) indirect(u *ucontext, end uint64) uint64 {
	if p.direct {
		return u.register(p.base)
	}
	at := uint64(int64(p.disp)) + u.register(p.index)<<p.scale
	if p.base == pcReg {
		at += end
	} else {
		at += u.register(p.base)
	}
	return *(*uint64)(word(at))
}

// word makes a pointer of an address.
func word(at uint64) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }
