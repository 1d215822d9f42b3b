// Package std holds the generated symbol tables and type data of the standard
// library, for the Go release named in go.mod, with its doc comments and the
// source of its generics (LICENSE-go is theirs). Nothing else belongs here.
package std

import _ "embed" // for the zips

//go:generate go run github.com/sheaf-go/sheaf/stdlib/internal/gen -pkg std -std

// Types is a zip with one entry per package: its types in the indexed export
// format.
//
//go:embed types.zip
var Types []byte

// Generics is a zip with one entry per package that exports generic functions
// or types: their source.
//
//go:embed generics.zip
var Generics []byte

// Docs is a zip with one entry per package: its doc comments, by name.
//
//go:embed docs.zip
var Docs []byte
