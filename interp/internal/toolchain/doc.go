// Package toolchain finds the Go toolchain that this program was built with and
// compiles packages with it, against the very packages that are linked into the
// program: the standard library, our own and the modules they need.
//
// The compiler is called directly, without the go command and without a linker;
// the go command is asked only for the archives of packages, once per binary,
// and its answers are kept in the cache folder. The user's own folder, go.mod
// and settings have no say in it.
//
// Nothing is loaded or run here, and no source is judged: what is to be compiled
// has been checked before.
package toolchain
