package direct

import (
	"syscall"
	"unsafe"
)

// open is the descriptor of s if it does not block, else nil.
func open(s any) syscall.RawConn {
	c, ok := s.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	var flags uintptr
	if raw.Control(func(fd uintptr) { flags, _, _ = syscall.RawSyscall(syscall.SYS_FCNTL, fd, syscall.F_GETFL, 0) }) != nil {
		return nil
	}
	if flags&syscall.O_NONBLOCK == 0 {
		return nil
	}
	return raw
}

func read(fd uintptr, b []byte) (int, error)  { return bare(syscall.SYS_READ, fd, b) }
func write(fd uintptr, b []byte) (int, error) { return bare(syscall.SYS_WRITE, fd, b) }

// WakeMonitor wakes the runtime's monitor thread if it sleeps.
func WakeMonitor() { syscall.Syscall(syscall.SYS_GETPID, 0, 0, 0) }

func bare(trap, fd uintptr, b []byte) (int, error) {
	for {
		n, _, err := syscall.RawSyscall(trap, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		switch err {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, err
		}
	}
}
