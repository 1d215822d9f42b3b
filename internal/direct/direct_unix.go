//go:build unix && !linux

package direct

import "syscall"

func open(any) syscall.RawConn { return nil }

func read(fd uintptr, b []byte) (int, error)  { return syscall.Read(int(fd), b) }
func write(fd uintptr, b []byte) (int, error) { return syscall.Write(int(fd), b) }

// WakeMonitor does nothing: the calls here have done it.
func WakeMonitor() {}
