package worker

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipeSize lets a cell that prints much run ahead of its reader; it is the
// most that Linux allows without privileges.
const pipeSize = 1 << 20

func enlarge(f *os.File) {
	raw, err := f.SyscallConn()
	if err != nil {
		return
	}
	// A pipe that stays small is only slower.
	raw.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
}
