// Package withcgo holds the generated symbol table and type data of
// runtime/cgo, which only programs can have that are built with cgo; its doc
// comments are under stdlib/std/LICENSE-go. Nothing else belongs here.
package withcgo

import _ "embed" // for the zips

//go:generate go run github.com/sheaf-go/sheaf/stdlib/internal/gen -pkg withcgo -build cgo runtime/cgo

// Types is a zip with one entry per package: its types in the indexed export
// format.
//
//go:embed types.zip
var Types []byte

// Docs is a zip with one entry per package: its doc comments, by name.
//
//go:embed docs.zip
var Docs []byte
