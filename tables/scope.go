package tables

import "sync/atomic"

// A Scope finds functions and variables by name, so that formulas can use
// those of a session. Lookup gives a function, or a variable's value or a
// pointer to it.
type Scope interface {
	Lookup(name string) (any, bool)
}

type scopeBox struct{ Scope }

var theScope atomic.Pointer[scopeBox]

// SetScope makes formulas look up names that are neither columns nor built-in
// functions in s; nil makes them look nowhere. It is for whoever runs the
// session, not for cells.
func SetScope(s Scope) {
	if s == nil {
		theScope.Store(nil)
		return
	}
	theScope.Store(&scopeBox{s})
}

func currentScope() Scope {
	if b := theScope.Load(); b != nil {
		return b.Scope
	}
	return nil
}

func lookup(s Scope, name string) (any, bool) {
	if s == nil {
		return nil, false
	}
	v, ok := s.Lookup(name)
	return v, ok && v != nil
}
