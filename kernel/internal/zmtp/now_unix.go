//go:build unix

package zmtp

import "syscall"

// writeNow writes what the network takes at once, and returns how much. An
// error shows when the rest is written.
func writeNow(raw syscall.RawConn, b []byte) (n int) {
	if raw == nil {
		return 0
	}
	raw.Write(func(fd uintptr) bool {
		n, _ = syscall.Write(int(fd), b)
		return true
	})
	return max(n, 0)
}
