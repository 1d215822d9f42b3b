//go:build !amd64 && !arm64

package engine

// stackUsed is not known here: recursion is bounded by the number of calls.
func stackUsed() uintptr { return 0 }

// goroutine is not known here.
func goroutine() uintptr { return 0 }
