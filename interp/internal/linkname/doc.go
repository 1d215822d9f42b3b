// Package linkname finds the run-time type that the name of a symbol in a
// compiled object means: type:map[string]main.T, go:itab.*main.T,fmt.Stringer.
// The name is parsed into a go/types type, and whoever makes the session's
// run-time types makes this one too, so that it is the one that is in use.
//
// It reads names as one release of the Go compiler writes them (LinkString in
// cmd/compile/internal/types). It knows nothing of objects, sections and
// addresses, and nothing of other symbols.
package linkname
