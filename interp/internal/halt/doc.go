// Package halt stops machine code that was loaded into the process, without
// any check in it.
//
// Code that runs long jumps back, or calls functions. So a Set of places is
// found in it when it is loaded: its jumps to earlier addresses, and the jumps
// by which functions begin where their stack is too small. Nothing is changed
// there until something is to be stopped. Then breakpoints are put at the
// places; the handler of the trap has the goroutine panic if it is one that is
// meant, and does what the jump would have done if it is not.
//
// A panic at a jump is to the runtime what one at a fault is: the function does
// not go on, but for its deferred calls. At a jump back no assignment is half
// done, since the compiler makes one of straight code (loops that it makes for
// large values are left out).
//
// It is for linux/amd64, and depends on a variable of the runtime that its own
// tests use. It must not be used for code of which callers, such as package
// runtime itself, do not bear that it panics.
package halt
