package tables

import (
	"fmt"
	"slices"
	"strings"
)

// Sort orders the rows by the named columns, the first counting most; "-A"
// means descending. Rows that are equal keep their order. NaN comes behind all
// numbers and null behind everything, in both directions.
func (t *Table) Sort(keys ...string) *Table {
	if t.err != nil || len(keys) == 0 {
		return t
	}
	type key struct {
		compare func(a, b int32) int
		col     *Col
		down    bool
	}
	order := make([]key, len(keys))
	for i, k := range keys {
		name, down := strings.CutPrefix(k, "-")
		c, err := t.need("sort", name)
		if err != nil {
			return failed(err)
		}
		if c.typ.IsVector() {
			return failed(fmt.Errorf("tables: sort: column %q is %v, want single values: %w", name, c.typ, ErrType))
		}
		order[i] = key{c.comparer(), c, down}
	}
	rows := make([]int32, t.n)
	for i := range rows {
		rows[i] = int32(i)
	}
	slices.SortStableFunc(rows, func(a, b int32) int {
		for _, k := range order {
			v := k.compare(a, b)
			if v == 0 {
				continue
			}
			if k.down && !k.col.last(a) && !k.col.last(b) {
				return -v
			}
			return v
		}
		return 0
	})
	return t.take(rows)
}

// last reports whether a row belongs at the end whatever the direction.
func (c *Col) last(row int32) bool {
	if c.IsNull(int(row)) {
		return true
	}
	switch s := c.data.(type) {
	case nums[float64]:
		return s.v[row] != s.v[row]
	case nums[float32]:
		return s.v[row] != s.v[row]
	}
	return false
}
