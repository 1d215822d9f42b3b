//go:build linux || darwin

package toolchain

import (
	"errors"
	"os"
	"syscall"
)

// lock takes a lock that ends with the process; free is false where another has
// it.
func lock(f *os.File) (free bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
