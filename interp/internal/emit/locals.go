package emit

import (
	"bytes"
	"fmt"
	"go/types"
	"slices"
)

// The compiler numbers the types that functions declare, in the order of the
// source, and the numbers are part of the types' hashes. So the functions that
// declare some are written in the order of the numbers that their types have in
// the session, with other types between them where numbers are missing.

// A Local is a type that a function declares.
type Local struct {
	Type   *types.TypeName
	Func   *types.Func // nil: the type is among a cell's statements
	number int
}

// A part is the text of a declaration.
type part struct {
	text  bytes.Buffer
	types []Local
}

// first is the number of the first type in a part; 0: it has none.
func (p *part) first() int {
	if len(p.types) == 0 {
		return 0
	}
	return p.types[0].number
}

// numbered gives the types of the function at work their numbers, or says why
// they cannot have these.
func (e *emitter) numbered() *Refusal {
	for i := range e.types {
		l := &e.types[i]
		if e.Number == nil {
			continue
		}
		if l.number = e.Number(l.Type); l.number == 0 || l.number != e.types[0].number+i {
			return &Refusal{l.Type.Pos(), "type " + l.Type.Name() + " has no number that follows those before it"}
		}
	}
	return nil
}

// ordered puts the parts together.
func (e *emitter) ordered(parts []part) ([]byte, error) {
	slices.SortStableFunc(parts, func(a, b part) int { return a.first() - b.first() })
	if e.out.Locals == nil {
		e.out.Locals = map[int]Local{}
	}
	var b bytes.Buffer
	for _, p := range parts {
		if missing := p.first() - 1 - len(e.out.Locals); missing > 0 {
			e.fill(&b, missing)
		}
		for _, l := range p.types {
			at := len(e.out.Locals) + 1
			if l.number != at && e.Number != nil {
				return nil, &Refusal{l.Type.Pos(), fmt.Sprintf("type %s has the number %d, which another one has", l.Type.Name(), l.number)}
			}
			e.out.Locals[at] = l
		}
		b.Write(p.text.Bytes())
	}
	return b.Bytes(), nil
}

// fill writes a function with n types that nothing uses.
func (e *emitter) fill(b *bytes.Buffer, n int) {
	fmt.Fprintf(b, "func %s() {\n", e.temp().Name)
	for range n {
		e.out.Locals[len(e.out.Locals)+1] = Local{}
		b.WriteString("\ttype _ int\n")
	}
	b.WriteString("}\n\n")
}
