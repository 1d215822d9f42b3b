package cpu

// copyBlock copies a matrix of rows and columns whose rows are sld elements
// apart to where they are dld apart. What is behind the last row in dst may be
// overwritten, as what is between the rows.
func copyBlock[T Float](dst, src []T, rows, cols, dld, sld int) {
	if rows == 0 || cols == 0 {
		return
	}
	_, _ = dst[(rows-1)*dld+cols-1], src[(rows-1)*sld+cols-1]
	if fastCopy(dst, src, rows, cols, dld, sld) {
		return
	}
	for r := range rows {
		copy(dst[r*dld:][:cols], src[r*sld:])
	}
}

// turnBlock copies the transpose of a matrix of rows and columns whose rows are
// sld elements apart to where its columns are dld apart.
func turnBlock[T Float](dst, src []T, rows, cols, dld, sld int) {
	if rows == 0 || cols == 0 {
		return
	}
	_, _ = dst[(cols-1)*dld+rows-1], src[(rows-1)*sld+cols-1]
	r0, c0 := fastTurn(dst, src, rows, cols, dld, sld)
	for r := range rows {
		from := 0
		if r < r0 {
			from = c0
		}
		for c, v := range src[r*sld:][from:cols] {
			dst[(from+c)*dld+r] = v
		}
	}
}
