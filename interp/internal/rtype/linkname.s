// Lets Go files declare functions without a body (go:linkname).
