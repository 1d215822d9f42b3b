package interp

import (
	"time"

	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// A program runs once: what is compiled behind it may come when it has ended.
// So one that has loops worth it waits for its functions, where they can be had without
// the go command; one without calls what is compiled as soon as it is there.
const (
	// programWait is how long a program's start waits for its functions.
	programWait = 400 * time.Millisecond
	// programAge is how long a program has run before the go command is asked
	// for its sake: most have ended by then.
	programAge = time.Second
)

// program tells whether the session runs a whole program.
func (n *native) program() bool { return n.s.cfg.Exit != nil }

// known looks, for a program, whether compiling can begin at once.
func (n *native) known(u *nativeUnit) bool {
	if u.out == nil {
		return false
	}
	tc, ok := toolchain.Known(n.s.cfg.Toolchain)
	if !ok {
		return false
	}
	if !tc.Ready(u.out.Imports...) {
		tc.Close()
		return false
	}
	n.once.Do(func() { n.open(func() (*toolchain.Toolchain, error) { return tc, nil }) })
	return true
}

// hold puts off the compiling of a program's functions where it cannot begin at
// once.
func (n *native) hold(u *nativeUnit) {
	if n.program() && u.auto && !n.known(u) {
		close(u.held)
		time.Sleep(programAge)
	}
}

// await waits for a program's functions as far as that may pay.
func (u *nativeUnit) await() {
	if !u.loops {
		return
	}
	select {
	case <-u.done:
	case <-u.held:
	case <-time.After(programWait):
	}
}
