//go:build amd64 || arm64

package engine

// stackUsed is how many bytes of its stack the calling goroutine uses.
//
//go:noescape
func stackUsed() uintptr
