package interp

import (
	"go/ast"
	"go/types"
)

// tooBig reports the types of a cell that no memory can hold: the checker
// lets them pass, and to make a variable of one would end the process.
func (s *Session) tooBig(c *checked) (errs []types.Error) {
	limit := min(s.memoryLimit.Load(), 1<<47)
	for e, tv := range c.info.Types {
		if !tv.IsType() {
			continue
		}
		if _, ok := e.(*ast.ArrayType); !ok {
			continue
		}
		n, ok := sizeOf(tv.Type)
		if !ok || n >= 0 && n <= limit {
			continue
		}
		takes := SizeText(n)
		if n < 0 {
			takes = "more than there is"
		}
		err := s.errorAt(e.Pos(), "a %s takes %s, but the session may have %s (%%limit mem)", types.TypeString(tv.Type, types.RelativeTo(c.pkg)), takes, SizeText(limit))
		errs = append(errs, err.(types.Error))
	}
	return errs
}

// sizeOf is the size of values of t, negative if it is not to be counted;
// types that depend on type parameters have none.
func sizeOf(t types.Type) (n int64, ok bool) {
	defer func() { recover() }()
	return sizes.Sizeof(t), true
}
