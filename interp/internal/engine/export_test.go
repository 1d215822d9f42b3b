package engine

import "reflect"

// ByRegisters reports whether functions of type ft are called without package
// reflect.
func ByRegisters(ft reflect.Type, method bool) bool { return registerCall(ft, method) != nil }

// HasThunk reports whether func values of type ft are made without it.
func HasThunk(ft reflect.Type) bool {
	pc, _, _ := thunkOf(ft)
	return pc != 0
}

// HasRegs tells the architectures that have either.
const HasRegs = hasRegs

// Attending reports whether native code is stopped now and then.
func Attending() bool { return attention.wanted.Load() != nil }
