//go:build !cgo

package stdlib

// foreign is the group of packages that only programs built with cgo have.
var foreign struct {
	index       index
	types, docs []byte
}
