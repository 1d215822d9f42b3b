package rtype

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

// RuntimeError marks e as an error of the language.
func (nilReceiver) RuntimeError() {}

// Error words it as the runtime does.
func (e nilReceiver) Error() string {
	return "value method " + e.typ + "." + e.method + " called using nil *" + baseName(e.typ) + " pointer"
}
