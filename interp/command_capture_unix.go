//go:build unix

package interp

import (
	"os"

	"golang.org/x/sys/unix"
)

// redirectStdout makes w the process's standard output until restore is called.
func redirectStdout(w *os.File) (restore func(), err error) {
	const stdout = 1
	was, err := unix.FcntlInt(stdout, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := dup2(int(w.Fd()), stdout); err != nil {
		unix.Close(was)
		return nil, err
	}
	return func() {
		dup2(was, stdout)
		unix.Close(was)
	}, nil
}

func dup2(from, to int) error { return unix.Dup2(from, to) }
