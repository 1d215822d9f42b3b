package tables

import (
	"fmt"
	"math"
	"runtime"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// assemble agrees on each column's kind and puts the chunks end to end.
func (f *csvFile) assemble(chunks []*csvChunk) (*Table, error) {
	rows := 0
	for _, c := range chunks {
		rows += c.rows
	}
	if rows > math.MaxInt32 {
		return nil, fmt.Errorf("%d rows: a table holds at most %d", rows, math.MaxInt32)
	}
	cols, errs := make([]*Col, len(f.names)), make([]error, len(f.names))
	next := make(chan int, len(cols))
	for i := range cols {
		next <- i
	}
	close(next)
	f.together(max(min(runtime.GOMAXPROCS(0), len(cols)), 1), func(int) {
		for i := range next {
			errs[i] = onFault(func() (err error) {
				cols[i], err = f.assembleColumn(chunks, i, rows)
				return err
			})
		}
	})
	for _, err := range errs { // the leftmost column's
		if err != nil {
			return nil, err
		}
	}
	t := build(cols, rows)
	return t, t.err
}

func (f *csvFile) assembleColumn(chunks []*csvChunk, i, rows int) (*Col, error) {
	kind := f.force[i]
	for _, c := range chunks {
		kind = kind.join(c.parts[i].kind)
	}
	for _, c := range chunks {
		interrupt.Check()
		if err := f.agree(c, i, kind); err != nil {
			return nil, err
		}
	}
	col := gatherParts(chunks, i, kind, rows)
	col.name = f.names[i]
	if t, ok := f.types[col.name]; ok && t != col.typ {
		return narrow(col, t)
	}
	return col, nil
}

// agree makes one part of a kind, reading its text again where it must.
func (f *csvFile) agree(c *csvChunk, col int, kind csvKind) error {
	p := &c.parts[col]
	switch {
	case p.kind == kind:
		return nil
	case p.kind == kindUnknown && !(kind == kindString && p.empty):
		p.start(kind)
		return nil
	case p.kind == kindInt && kind == kindFloat:
		p.toFloat()
		return nil
	}
	*p = csvPart{kind: kind}
	p.reserve(c.rows)
	active := make([]bool, len(f.names))
	active[col] = true
	// Other columns of the chunk are being read too: they share its parts, of
	// which each has its own, but not the count of rows.
	mine := &csvChunk{lo: c.lo, hi: c.hi, parts: c.parts}
	if err := f.readColumns(mine, active); err != nil {
		return err
	}
	return f.checkPart(mine, col)
}

// gatherParts joins one column's parts.
func gatherParts(chunks []*csvChunk, col int, kind csvKind, rows int) *Col {
	c := &Col{typ: kind.typ()}
	switch kind {
	case kindInt, kindTime:
		c.data = nums[int64]{joinParts(chunks, rows, func(k *csvChunk) []int64 { return k.parts[col].i })}
	case kindDate:
		days := joinParts(chunks, rows, func(k *csvChunk) []int64 { return k.parts[col].i })
		c.data = nums[int32]{convertSlice[int32](days)}
	case kindFloat:
		c.data = nums[float64]{joinParts(chunks, rows, func(k *csvChunk) []float64 { return k.parts[col].f })}
	case kindBool:
		c.data = newBools(joinParts(chunks, rows, func(k *csvChunk) []bool { return k.parts[col].b }))
	case kindString:
		c.data = joinText(chunks, col, rows)
	default:
		c.data = strs{off: make([]int64, rows+1)}
	}
	at := 0
	for _, k := range chunks {
		for _, r := range k.parts[col].nulls {
			c.valid = invalidate(c.valid, at+int(r), rows)
		}
		at += k.rows
	}
	return c
}

func joinParts[T any](chunks []*csvChunk, rows int, part func(*csvChunk) []T) []T {
	if len(chunks) == 1 {
		return part(chunks[0])
	}
	out := uncleared[T](rows)[:0]
	for _, c := range chunks {
		interrupt.Check()
		out = append(out, part(c)...)
	}
	return out
}

func joinText(chunks []*csvChunk, col, rows int) strs {
	if len(chunks) == 1 {
		p := &chunks[0].parts[col]
		return strs{p.off, p.txt}
	}
	n := 0
	for _, c := range chunks {
		n += len(c.parts[col].txt)
	}
	out := strs{off: uncleared[int64](rows + 1)[:1], b: uncleared[byte](n)[:0]}
	out.off[0] = 0
	for _, c := range chunks {
		interrupt.Check()
		p := &c.parts[col]
		base := int64(len(out.b))
		out.b = append(out.b, p.txt...)
		for _, o := range p.off[1:] {
			out.off = append(out.off, o+base)
		}
	}
	return out
}

// narrow makes a column read as its widest kind into the demanded type; what
// does not fit is an error, not a wrong number.
func narrow(c *Col, t Type) (*Col, error) {
	cells := make([]any, c.Len())
	for i := range cells {
		poll(i)
		x := c.cell(i)
		if x == nil {
			continue
		}
		if s, ok := x.(string); ok && t == Char {
			r, n := utf8.DecodeRuneInString(s)
			if n != len(s) || n == 0 {
				return nil, fmt.Errorf("row %d, column %q: want one character, got %q: %w", i, c.name, s, ErrCSV)
			}
			x = r
		}
		cells[i] = x
	}
	out := Values(c.name, t, cells)
	if out.err != nil {
		return nil, out.err
	}
	if t.IsInteger() {
		for i, x := range cells {
			poll(i)
			if x != nil && fmt.Sprint(out.cell(i)) != fmt.Sprint(x) {
				return nil, fmt.Errorf("row %d, column %q: %v does not fit into %v: %w", i, c.name, x, t, ErrCSV)
			}
		}
	}
	return &out, nil
}
