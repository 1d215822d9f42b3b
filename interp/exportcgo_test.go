package interp

import "github.com/sheaf-go/sheaf/interp/internal/cgo"

// CanCompileC says why this program cannot take C code; nil: it can.
func CanCompileC() error { return cgo.Available() }
