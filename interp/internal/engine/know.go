package engine

import (
	"go/types"
	"reflect"
)

// Know remembers that rt is the run-time type of t, a compiled type.
func (m *Machine) Know(t *types.Named, rt reflect.Type) { m.world.Know(t, rt) }

// LocalType is the type obj that f declares inside of it, where args are the
// type arguments of f, or of the type that it is a method of.
func (m *Machine) LocalType(obj *types.TypeName, f *types.Func, args []types.Type) types.Type {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := types.Unalias(obj.Type()).(*types.Named)
	fn := m.function(f, args)
	if !ok || fn == nil {
		return obj.Type()
	}
	sig := f.Signature()
	if src := m.sources[fn.src]; src != nil && src.obj.Pos() == f.Pos() {
		sig = src.obj.Signature()
	}
	s := substituter{m: m, e: m.envOf(sig, fn.inst, args)}
	return s.origin(t)
}

// LocalNumber is the number of a type that is declared inside of a function,
// as it is part of the type's hash; 0: it has none.
func (m *Machine) LocalNumber(obj *types.TypeName) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.locals[obj]
}
