//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package repl

// withoutSignals does nothing: the editor alone decides about Ctrl-C here.
func withoutSignals(int) {}
