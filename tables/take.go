package tables

// gather is the column's rows idx; where some are below 0, which give nulls,
// missing must be true.
func (c *Col) gather(idx []int32, missing bool) *Col {
	d := *c
	d.data = c.data.take(idx)
	switch {
	case c.valid != nil:
		d.valid = c.valid.take(idx)
	case missing:
		d.valid = present(idx)
	}
	return &d
}

// present marks the rows that are not below 0.
func present(idx []int32) bitmap {
	out := newBitmap(len(idx))
	inParts(len(idx), func(_, lo, hi int) {
		for a, b := range spans(hi - lo) {
			for i, j := range idx[lo+a : lo+b] {
				row := lo + a + i
				out[row>>3] |= byte(^uint32(j)>>31) << (row & 7)
			}
		}
	})
	return out
}
