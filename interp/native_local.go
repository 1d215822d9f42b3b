package interp

import (
	"go/types"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/linkname"
)

// local finds a type that a function of a unit declares, which the compiler
// calls by its number, and in generic functions by their type arguments; nil:
// name means no such type.
func (n *native) local(u *nativeUnit, name linkname.Name) types.Type {
	_, number, ok := strings.Cut(name.Name, "·")
	if !ok || name.Path != sessionPath {
		return nil
	}
	i, err := strconv.Atoi(number)
	l := u.out.Locals[i]
	if err != nil || l.Type == nil {
		return nil
	}
	if len(name.Args) == 0 || l.Func == nil {
		return l.Type.Type()
	}
	return n.s.machine.LocalType(l.Type, l.Func, name.Args)
}
