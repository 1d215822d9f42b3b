package rtype

import (
	"reflect"
	"strings"
)

// An Error says why a type cannot be made. World.Of panics with an *Error.
type Error struct {
	Op  string // what was being made
	Msg string
}

// Error returns the text of e.
func (e *Error) Error() string { return "rtype: " + e.Op + ": " + e.Msg }

// nilReceiver is the run-time error of a value method called through a nil
// pointer.
type nilReceiver struct{ typ, method string }

// NilReceiver is the run-time error of calling t's value method of that name
// through a nil pointer to t.
func NilReceiver(t reflect.Type, method string) error { return nilReceiver{t.String(), method} }

// RuntimeError marks e as an error of the language.
func (nilReceiver) RuntimeError() {}

// Error words it as the runtime does, which leaves out type arguments.
func (e nilReceiver) Error() string {
	typ := e.typ
	if i, j := strings.IndexByte(typ, '['), strings.LastIndexByte(typ, ']'); i >= 0 && i < j {
		typ = typ[:i] + "[...]" + typ[j+1:]
	}
	return "value method " + typ + "." + e.method + " called using nil *" + baseName(typ) + " pointer"
}
