//go:build linux || darwin

package tables

import (
	"io"
	"io/fs"
	"os"
	"syscall"
)

// mapFile gives a file's bytes without copying them; release ends that. What
// cannot be mapped, such as a pipe, is read.
func mapFile(f *os.File, info fs.FileInfo) (b []byte, release func(), err error) {
	if size := info.Size(); info.Mode().IsRegular() && size > 0 && int64(int(size)) == size {
		b, err = syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_PRIVATE)
		if err == nil {
			return b, func() { _ = syscall.Munmap(b) }, nil
		}
	}
	b, err = io.ReadAll(f)
	return b, func() {}, err
}
