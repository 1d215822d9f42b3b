//go:build linux || darwin || freebsd || netbsd || openbsd

package repl

import "golang.org/x/sys/unix"

// withoutSignals makes Ctrl-C a byte of the terminal's input. The editor does
// so itself, but only after it has shown the prompt: a key pressed in between
// would become a signal that nobody at the prompt waits for.
func withoutSignals(fd int) {
	mode, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return // no terminal
	}
	mode.Lflag &^= unix.ISIG
	_ = unix.IoctlSetTermios(fd, setTermios, mode)
}
