//go:build !amd64 && !arm64

package engine

// redirectCode: there is none for this processor.
func redirectCode() uintptr { return 0 }
