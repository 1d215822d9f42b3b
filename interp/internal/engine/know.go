package engine

import (
	"go/types"
	"reflect"
)

// Know remembers that rt is the run-time type of t, a compiled type.
func (m *Machine) Know(t *types.Named, rt reflect.Type) { m.world.Know(t, rt) }
