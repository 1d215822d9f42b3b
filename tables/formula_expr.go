package tables

// An expr is a parsed formula. Every kind knows its offset in the text.
type expr interface{ offset() int }

type at int

func (a at) offset() int { return int(a) }

type (
	// literal is a constant; val is nil (null), bool, int64, float64, string,
	// rune (Char), or int64 for Date and Timestamp.
	literal struct {
		at
		typ Type // 0 for null
		val any
	}
	// ident is a column, a row number or a variable of the session.
	ident struct {
		at
		name string
	}
	unary struct {
		at
		op string
		x  expr
	}
	binary struct {
		at
		op   string
		x, y expr
	}
	ternary struct {
		at
		cond, yes, no expr
	}
	cast struct {
		at
		typ Type
		x   expr
	}
	// call is name(args), or recv.name(args) when recv is not nil.
	call struct {
		at
		name string
		recv expr
		args []expr
	}
	index struct {
		at
		x, i expr
	}
	// inList is x in list, x not in list, x icase in list.
	inList struct {
		at
		x          expr
		list       []expr
		not, icase bool
	}
)

// walk calls visit with an expression and all parts of it.
func walk(e expr, visit func(expr)) {
	visit(e)
	switch e := e.(type) {
	case unary:
		walk(e.x, visit)
	case binary:
		walk(e.x, visit)
		walk(e.y, visit)
	case ternary:
		walk(e.cond, visit)
		walk(e.yes, visit)
		walk(e.no, visit)
	case cast:
		walk(e.x, visit)
	case index:
		walk(e.x, visit)
		walk(e.i, visit)
	case inList:
		walk(e.x, visit)
		for _, item := range e.list {
			walk(item, visit)
		}
	case call:
		if e.recv != nil {
			walk(e.recv, visit)
		}
		for _, a := range e.args {
			walk(a, visit)
		}
	}
}
