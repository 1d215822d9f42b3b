package tables

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/grid"
)

// formatCell writes a cell that is not null as people read it, in full.
func formatCell(c *Col, i int) string {
	switch s := c.data.(type) {
	case bools:
		return strconv.FormatBool(s.b.get(i))
	case texts:
		if c.typ == Image {
			return s.(strs).picture(i).String()
		}
		return s.at(i)
	case list:
		return formatVector(s.at(i), math.MaxInt/32)
	case nums[float64]:
		return grid.Exact(s.v[i], 64)
	case nums[float32]:
		return grid.Exact(float64(s.v[i]), 32)
	case nums[uint64]:
		return strconv.FormatUint(s.v[i], 10)
	case nums[int64]:
		return formatInt(c.typ, s.v[i])
	}
	n, _ := numOf(c.cellRaw(i), Int64)
	return formatInt(c.typ, n.toInt64())
}

// cellRaw is the number in a cell, whatever the column's type means by it.
func (c *Col) cellRaw(i int) any {
	d := *c
	if s, ok := c.data.(nums[int32]); ok {
		return s.v[i]
	}
	return d.cell(i)
}

func formatInt(t Type, v int64) string {
	switch t {
	case Char:
		return string(rune(v))
	case Timestamp:
		return time.Unix(0, v).UTC().Format("2006-01-02 15:04:05.999999999")
	case Date:
		return time.Unix(v*86400, 0).UTC().Format("2006-01-02")
	case Duration:
		return time.Duration(v).String()
	}
	return strconv.FormatInt(v, 10)
}

// headOf is enough of a text to show it where limit elements are shown.
func headOf(s string, limit int) string {
	if most := max(limit, 64) * 16; len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		return s[:most]
	}
	return s
}

// formatVector writes at most limit elements, each of them cut likewise.
func formatVector(c *Col, limit int) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := range c.Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == limit {
			b.WriteString("…")
			break
		}
		if c.IsNull(i) {
			b.WriteString("null")
			continue
		}
		switch s := c.data.(type) {
		case list:
			b.WriteString(formatVector(s.at(i), limit))
		case texts:
			b.WriteString(headOf(formatCell(c, i), limit))
		default:
			b.WriteString(formatCell(c, i))
		}
	}
	b.WriteByte(']')
	return b.String()
}
