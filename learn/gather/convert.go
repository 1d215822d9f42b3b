package gather

import (
	"fmt"
	"math"
	"math/bits"
	"unsafe"

	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// column copies one column of the batch into column j of the matrix.
func (s Spec) column(m *tensor.Tensor, j int, b Batch, name string) error {
	c, ok := b.rows.Column(name)
	if !ok {
		return fmt.Errorf("gather: no column %q: %w", name, tables.ErrNoColumn)
	}
	if err := s.checkNulls(c, b, name); err != nil {
		return err
	}
	values := c.Values()
	if s.cast {
		t := tensor.FromSlice([]int{c.Len()}, values).Cast(s.dtype)
		if t.Err() != nil {
			return fmt.Errorf("gather: column %q: %w", name, t.Err())
		}
		values = t.Raw()
	}
	// A new matrix fills its memory: element (i, j) lies at i·step + start.
	step, start := m.Strides()[0], j*m.Strides()[1]
	if bad := into(m.Raw(), start, step, values); bad >= 0 {
		return fmt.Errorf("gather: column %q is %v in row %d, which %v cannot hold exactly; %s.Cast() takes the nearest value",
			name, b.Value(name, bad), b.from+bad, s.dtype, s.kind())
	}
	s.fillNulls(m, j, c)
	return nil
}

func (s Spec) checkNulls(c *tables.Col, b Batch, name string) error {
	if c.NullCount() == 0 || s.nulls.kind != refuse {
		return nil
	}
	row := 0
	for !c.IsNull(row) {
		row++
	}
	return fmt.Errorf("gather: column %q is null in row %d (and %d more in its batch); say what null becomes: %s.Nulls(gather.Fill(0)) or, for floats, Nulls(gather.NaN)",
		name, b.from+row, c.NullCount()-1, s.kind())
}

func (s Spec) fillNulls(m *tensor.Tensor, j int, c *tables.Col) {
	if c.NullCount() == 0 {
		return
	}
	v := s.nulls.value
	if s.nulls.kind == notANumber {
		v = math.NaN()
	}
	for i := range c.Len() {
		if c.IsNull(i) {
			m.SetAt(v, i, j)
		}
	}
}

// into writes src to dst[start], dst[start+step], … and returns the first
// index whose value dst's type cannot hold, or -1.
func into(dst any, start, step int, src any) int {
	switch d := dst.(type) {
	case []bool:
		for i, v := range src.([]bool) {
			d[start+i*step] = v
		}
		return -1
	case []int8:
		return from(d, start, step, src)
	case []int16:
		return from(d, start, step, src)
	case []int32:
		return from(d, start, step, src)
	case []int64:
		return from(d, start, step, src)
	case []uint8:
		return from(d, start, step, src)
	case []uint16:
		return from(d, start, step, src)
	case []uint32:
		return from(d, start, step, src)
	case []uint64:
		return from(d, start, step, src)
	case []float32:
		return from(d, start, step, src)
	case []float64:
		return from(d, start, step, src)
	}
	panic(fmt.Sprintf("gather: a matrix over %T", dst))
}

func from[D number](dst []D, start, step int, src any) int {
	switch s := src.(type) {
	case []D: // before the type's own case: nothing to convert
		if step == 1 {
			copy(dst[start:], s)
			return -1
		}
		for i, at := 0, start; i < len(s); i, at = i+1, at+step {
			dst[at] = s[i]
		}
		return -1
	case []bool:
		for i, v := range s {
			if v {
				dst[start+i*step] = 1
			}
		}
		return -1
	case []int8:
		return exact(dst, start, step, s)
	case []int16:
		return exact(dst, start, step, s)
	case []int32:
		return exact(dst, start, step, s)
	case []int64:
		return exact(dst, start, step, s)
	case []uint8:
		return exact(dst, start, step, s)
	case []uint16:
		return exact(dst, start, step, s)
	case []uint32:
		return exact(dst, start, step, s)
	case []uint64:
		return exact(dst, start, step, s)
	case []float32:
		return round(dst, start, step, s)
	case []float64:
		return round(dst, start, step, s)
	}
	panic(fmt.Sprintf("gather: a column of %T passed the check", src))
}

// exact converts integers to integers or, if they have few enough bits, floats.
func exact[D, S number](dst []D, start, step int, src []S) int {
	digits, bad := mantissa[D](), -1
	if int(unsafe.Sizeof(*new(S)))*8 <= digits { // every value fits
		for i, at := 0, start; i < len(src); i, at = i+1, at+step {
			dst[at] = D(src[i])
		}
		return -1
	}
	for i, v := range src {
		d := D(v)
		ok := S(d) == v && (d < 0) == (v < 0)
		if digits > 0 {
			m := uint64(v)
			if v < 0 {
				m = -m
			}
			ok = bits.Len64(m)-bits.TrailingZeros64(m) <= digits
		}
		if !ok && bad < 0 {
			bad = i
		}
		dst[start+i*step] = d
	}
	return bad
}

// mantissa is the number of binary digits of a float type, 0 for integers.
func mantissa[D number]() int {
	var z D
	switch any(z).(type) {
	case float32:
		return 24
	case float64:
		return 53
	}
	return 0
}

// round converts floats to floats; only a finite number that becomes infinite
// does not fit.
func round[D, S number](dst []D, start, step int, src []S) int {
	for i, v := range src {
		d := D(v)
		if math.IsInf(float64(d), 0) && !math.IsInf(float64(v), 0) {
			return i
		}
		dst[start+i*step] = d
	}
	return -1
}
