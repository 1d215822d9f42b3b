// This file lets ccall.go declare a function without a body.
