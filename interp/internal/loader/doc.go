// Package loader links Go object files into the running process.
//
// The Go compiler is given the source of some functions and writes an object
// (package objfile). Load gives its functions and data a place near the
// program's own code, resolves what they refer to (functions and variables of
// the program by its symbol table; types, session variables and session
// functions by a Resolver), and registers a runtime module for them, so that
// stacks grow, the collector finds pointers, and tracebacks name lines, as in
// code that was linked in the usual way. Nothing is unloaded.
//
// It depends on how one Go release lays out its module data; Check compares
// that with the running program.
package loader
