package tables

import "github.com/sheaf-go/sheaf/internal/grid"

func (c *compiler) cast(e cast) (node, error) {
	x, err := c.compile(e.x)
	if err != nil {
		return nil, err
	}
	from, to := x.typ(), e.typ
	hint := ""
	switch {
	case from == 0:
		return newConst(to, vec{null: []bool{true}}), nil
	case from == to:
		return x, nil
	case from == Date && to == Timestamp:
		return fold(&dateToTime{x: x}, x), nil
	case castable(from, to):
		return fold(&castNode{t: to, x: x}, x), nil
	case from == String:
		hint = "; text is read by parseInt, parseDouble, parseBool, parseTime, parseDate and parseDuration"
	case to == Bool:
		hint = "; for numbers write A != 0"
	case from == Date:
		hint = "; for the days since 1970-01-01 write epochDays(…)"
	}
	return nil, c.fail(e, "cannot cast %v to %v%s", from, to, hint)
}

// castable reports whether a castNode can do it.
func castable(from, to Type) bool {
	switch {
	case carrierOf(from) == carryNone || from == String || to == Bool:
		return false
	case to == String:
		return true
	case from == Timestamp:
		return to == Int64 || to == Date
	case from == Date:
		return false
	case from == Duration:
		return to == Int64
	case to == Timestamp || to == Duration:
		return from.IsInteger()
	case to == Date:
		return false
	}
	return from == Char && to != Char && to.IsNumeric() || to == Char && from.IsNumeric() || from == Bool && to.IsNumeric() || from.IsNumeric()
}

// A castNode changes the type of a value, as [Values] does.
type castNode struct {
	t Type
	x node
	scratch
	mask []bool
}

func (c *castNode) typ() Type { return c.t }

func (c *castNode) eval(lo, n int) vec {
	x := c.x.eval(lo, n)
	out := c.of(c.t, n)
	from := carrierOf(c.x.typ())
	switch carrierOf(c.t) {
	case carryFloat:
		switch from {
		case carryInt:
			for i, v := range x.i[:n] {
				out.f[i] = float64(v)
			}
		case carryBool:
			for i, v := range x.b[:n] {
				out.f[i] = float64(b2i(v))
			}
		default:
			copy(out.f, x.f[:n])
		}
		if c.t == Float32 {
			for i, v := range out.f {
				out.f[i] = float64(float32(v))
			}
		}
		return vec{f: out.f, null: x.null}
	case carryInt:
		c.ints(out.i, x, from)
		if c.t == Uint64 {
			return vec{i: out.i, null: c.negative(out.i, x.null)}
		}
		return vec{i: out.i, null: x.null}
	case carryString:
		c.texts(out.s, x, from)
		return vec{s: out.s, null: x.null}
	}
	return x
}

func (c *castNode) ints(out []int64, x vec, from carrier) {
	switch {
	case from == carryBool:
		for i := range out {
			out[i] = int64(b2i(x.b[i]))
		}
	case from == carryInt:
		copy(out, x.i[:len(out)])
	case c.t == Int64 || c.t == Uint32 || c.t == Uint64:
		for i := range out {
			out[i] = floatToInt64(x.f[i])
		}
	default: // narrow ones go through 32 bits
		for i := range out {
			out[i] = int64(floatToInt32(x.f[i]))
		}
	}
	switch c.t {
	case Int8:
		lowBits[int8](out)
	case Int16:
		lowBits[int16](out)
	case Int32:
		lowBits[int32](out)
	case Uint8:
		lowBits[uint8](out)
	case Uint16:
		lowBits[uint16](out)
	case Uint32:
		lowBits[uint32](out)
	case Char:
		for i, v := range out {
			out[i] = v & 0x1fffff
		}
	case Date:
		for i, v := range out {
			out[i] = floorDiv(v, nsDay)
		}
	}
}

// lowBits keeps the low bits.
func lowBits[T number](v []int64) {
	for i, x := range v {
		v[i] = int64(T(x))
	}
}

// negative marks numbers that Uint64 does not have.
func (c *castNode) negative(v []int64, null []bool) []bool {
	c.mask = room(c.mask, len(v))
	for i, x := range v {
		c.mask[i] = x < 0 || null != nil && null[i]
	}
	return c.mask
}

func (c *castNode) texts(out []string, x vec, from carrier) {
	bits := 64
	if c.x.typ() == Float32 {
		bits = 32
	}
	for i := range out {
		switch from {
		case carryInt:
			out[i] = formatInt(c.x.typ(), x.i[i])
		case carryFloat:
			out[i] = grid.Exact(x.f[i], bits)
		case carryBool:
			out[i] = "false"
			if x.b[i] {
				out[i] = "true"
			}
		default:
			out[i] = x.s[i]
		}
	}
}
