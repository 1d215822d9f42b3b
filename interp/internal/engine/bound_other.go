//go:build !amd64

package engine

// boundCode: there is none for this processor.
func boundCode() uintptr { return 0 }
