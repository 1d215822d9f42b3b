//go:build !unix

package direct

import "syscall"

func open(any) syscall.RawConn { return nil }

// The system has no call that is known not to wait.
func read(uintptr, []byte) (int, error) { return 0, syscall.EAGAIN }

func write(uintptr, []byte) (int, error) { return 0, syscall.EAGAIN }

// WakeMonitor does nothing: the calls here have done it.
func WakeMonitor() {}
