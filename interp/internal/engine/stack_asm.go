//go:build amd64 || arm64

package engine

// stackUsed is how many bytes of its stack the calling goroutine uses.
//
//go:noescape
func stackUsed() uintptr

// goroutine tells the calling goroutine from the others that live.
//
//go:noescape
func goroutine() uintptr
