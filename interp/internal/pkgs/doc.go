// Package pkgs finds third-party packages in the module cache or at a Go
// module proxy and type-checks them from source, so that a session can run
// them, interpreted or compiled. It reads and writes the go command's own
// module cache, and needs no go command.
//
// A package with C is taken as the go command takes it, where C can be compiled
// (see foreign.go); it and all others else as if cgo were off. So is one with
// assembler, where that can be assembled and loaded (see asm.go); elsewhere the
// build tags that packages have for pure Go are tried (see attempts). It does not run anything: [Loader.Order] gives what a session has
// to initialise.
//
// All packages are run as the present Go: the loop variables of a module that
// asks for a Go before 1.22 are those of their iteration, too.
package pkgs
