// Package rtype makes true runtime types from go/types types while the program
// runs: a struct, a named type with methods, a generic instance declared in a
// cell becomes a reflect.Type that compiled packages cannot tell from one the
// compiler laid out. %T prints its name, encoding/json skips its unexported
// fields, sort.Sort calls its methods, errors.As finds it.
//
// A World holds the types of one session; World.Of is the way in. Beside it
// stand small functions on the runtime's type word (allocate, move, compare,
// map access, interface tables) for an engine that works on raw memory.
//
// The package writes type descriptors in the layout of one Go runtime. Check
// compares that layout with the running one; nothing here may be used when it
// reports an error. Types are never freed: whoever makes types without end
// spends memory without end.
package rtype
