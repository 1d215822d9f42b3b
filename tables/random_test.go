package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// scalarTypes are the types whose cells hold one value.
var scalarTypes = []Type{Bool, Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Char, Float32, Float64, String, Timestamp, Date, Duration}

// randomCell is one of about so many different values of a type: of floats also
// NaN, the infinities and both zeros, of integers the ends of their range.
func randomCell(rng *rand.Rand, t Type, different int) any {
	k := rng.IntN(max(different, 1))
	at := time.Date(2024, 2, 28, 23, 0, 0, 0, time.UTC)
	switch t {
	case Bool:
		return k%2 == 0
	case Int8:
		return []int8{math.MinInt8, math.MaxInt8, int8(k), int8(-k)}[k%4]
	case Int16:
		return []int16{math.MinInt16, math.MaxInt16, int16(k), int16(-k)}[k%4]
	case Int32:
		return []int32{math.MinInt32, math.MaxInt32, int32(k), int32(-k)}[k%4]
	case Int64:
		return []int64{math.MinInt64, math.MaxInt64, int64(k), int64(-k)}[k%4]
	case Uint8:
		return uint8(k)
	case Uint16:
		return uint16(k)
	case Uint32:
		return []uint32{math.MaxUint32, uint32(k)}[k%2]
	case Uint64:
		return []uint64{math.MaxUint64, uint64(k)}[k%2]
	case Char:
		return []rune{'a', 'Ä', '漢', rune('b' + k%20)}[k%4]
	case Float32:
		return float32(randomFloat(k))
	case Float64:
		return randomFloat(k)
	case String:
		return []string{"", "a", "ab", "Ä", "word " + fmt.Sprint(k), "longer than eight bytes " + fmt.Sprint(k)}[k%6]
	case Timestamp:
		return at.Add(time.Duration(k) * 37 * time.Minute)
	case Date:
		return at.Truncate(24*time.Hour).AddDate(0, 0, k-2)
	case Duration:
		return time.Duration(k-2) * time.Millisecond
	}
	cells := make([]any, k%4)
	for i := range cells {
		cells[i] = randomCell(rng, t.Elem(), different)
	}
	c := Values("", t.Elem(), cells)
	return c.Values()
}

func randomFloat(k int) float64 {
	special := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1.5, -2, 1e300}
	if k < len(special) {
		return special[k]
	}
	return float64(k) / 4
}

// randomCol is a column of about so many different values, and of nulls unless
// different is negative; text has a dictionary half of the time.
func randomCol(rng *rand.Rand, name string, t Type, rows, different int) Col {
	cells := make([]any, rows)
	for i := range cells {
		if different < 0 || rng.IntN(5) > 0 {
			cells[i] = randomCell(rng, t, max(different, -different))
		}
	}
	c := Values(name, t, cells)
	if t == String && rng.IntN(2) == 0 {
		b := newDictBuilder(rows)
		for _, s := range c.Values().([]string) {
			b.codes = append(b.codes, b.code(s))
		}
		c.data = b.dict()
	}
	return c
}

// randomTable has a column of each of the types, all scalar ones if none is
// named, called by the type and its place: "int64_0".
func randomTable(rng *rand.Rand, rows int, types ...Type) *Table {
	if len(types) == 0 {
		types = scalarTypes
	}
	cols := make([]Col, len(types))
	for i, t := range types {
		cols[i] = randomCol(rng, fmt.Sprintf("%v_%d", t, i), t, rows, []int{2, 5, 12, 40}[rng.IntN(4)])
	}
	return New(cols...)
}

// cellsOf is the table row by row, for references that know nothing of columns.
func cellsOf(t *Table) [][]any {
	rows := make([][]any, t.Len())
	for r := range rows {
		for _, name := range t.Names() {
			rows[r] = append(rows[r], t.Value(name, r))
		}
	}
	return rows
}

// sameCell compares two cells; NaN is like NaN, and 0 unlike -0.
func sameCell(a, b any) bool {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && (math.Float64bits(x) == math.Float64bits(y) || x != x && y != y)
	case float32:
		y, ok := b.(float32)
		return ok && (math.Float32bits(x) == math.Float32bits(y) || x != x && y != y)
	case []float64:
		y, ok := b.([]float64)
		return ok && slices.EqualFunc(x, y, func(a, b float64) bool { return sameCell(a, b) })
	case []float32:
		y, ok := b.([]float32)
		return ok && slices.EqualFunc(x, y, func(a, b float32) bool { return sameCell(a, b) })
	}
	return fmt.Sprint(a) == fmt.Sprint(b) && fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b)
}

// differs says where a table is not what it should be: "" if it is.
func differs(got *Table, names []string, want [][]any) string {
	if got.Err() != nil {
		return got.Err().Error()
	}
	if !slices.Equal(got.Names(), names) {
		return fmt.Sprintf("columns %q, want %q", got.Names(), names)
	}
	if got.Len() != len(want) {
		return fmt.Sprintf("%d rows, want %d", got.Len(), len(want))
	}
	for r, row := range want {
		for i, name := range names {
			if v := got.Value(name, r); !sameCell(v, row[i]) {
				return fmt.Sprintf("row %d, %s: got %#v, want %#v", r, name, v, row[i])
			}
		}
	}
	return ""
}
