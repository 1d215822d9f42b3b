// Package own holds the generated symbol tables and type data of Sheaf's own
// cell-facing packages and of the libraries that cells use with them. NOTICE
// says whose they are. Nothing else belongs here.
package own

import _ "embed" // for the zips

//go:generate go run github.com/sheaf-go/sheaf/stdlib/internal/gen -pkg own -list packages.txt

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
