//go:build cgo

package stdlib

import "github.com/sheaf-go/sheaf/stdlib/withcgo"

// foreign is the group of packages that only programs built with cgo have.
var foreign = struct {
	index       index
	types, docs []byte
}{withcgo.Index, withcgo.Types, withcgo.Docs}
