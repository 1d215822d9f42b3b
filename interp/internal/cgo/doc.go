// Package cgo makes what packages and cells with import "C" need: Go source
// without it, and a library of their C code that is opened in this process.
//
// [Build] runs the tool cgo of the Go toolchain, as the go command does, and the
// C compiler. What cgo writes for a linker is written anew for package ccall,
// which finds the library's symbols when the Go code runs: the arguments and
// results of a C function lie in one block, whose address it gets, as with cgo
// itself. The block is on the heap, so that C need not know where stacks are.
// Functions that Go exports to C are called through the runtime's crosscall2.
//
// The compilers are told what the package's own lines say, as far as the go
// command would tell them that, see flags.go. C code itself can do anything.
package cgo
