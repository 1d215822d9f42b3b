package engine

// callSites are the places where the function that calls it was called, and where
// that function's caller was.
//
//go:noescape
func callSites() (pc, up uintptr)
