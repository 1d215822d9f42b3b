package plots

import (
	"image"
	"image/color"
	"math"
	"slices"
)

// minCovered is the share of a picture's pixels that 256 colours must cover for
// it to be written with a colour table.
const minCovered = 0.99

// indexed is the picture with a colour table, which makes its PNG a third of
// the size and quicker to write; nil where 256 colours cover less of it. The
// seldom colours, at the edges of letters, become the nearest in the table.
func indexed(img *image.RGBA, cover float64) *image.Paletted {
	counts := map[uint32]int{}
	eachRun(img, func(_ int, c uint32, n int) { counts[c] += n })
	colours := make([]uint32, 0, len(counts))
	for c := range counts {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b uint32) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return int(int64(a) - int64(b))
	})
	table := colours[:min(len(colours), 256)]
	covered := 0
	for _, c := range table {
		covered += counts[c]
	}
	if float64(covered) < cover*float64(img.Rect.Dx()*img.Rect.Dy()) {
		return nil
	}
	index := make(map[uint32]uint8, len(colours))
	out := image.NewPaletted(img.Rect, nil)
	for i, c := range colours {
		if i < len(table) {
			out.Palette = append(out.Palette, color.RGBA{uint8(c >> 24), uint8(c >> 16), uint8(c >> 8), uint8(c)})
			index[c] = uint8(i)
		} else {
			index[c] = nearestColour(c, table)
		}
	}
	eachRun(img, func(at int, c uint32, n int) {
		k := index[c]
		for i := range n {
			out.Pix[at+i] = k
		}
	})
	return out
}

// eachRun calls f for the pixels of equal colour that stand beside one another:
// the first one's place, the colour, how many.
func eachRun(img *image.RGBA, f func(at int, c uint32, n int)) {
	wide, high := img.Rect.Dx(), img.Rect.Dy()
	for y := range high {
		row := img.Pix[y*img.Stride:]
		from, last := 0, pixel(row, 0)
		for x := 1; x < wide; x++ {
			if c := pixel(row, x); c != last {
				f(y*wide+from, last, x-from)
				from, last = x, c
			}
		}
		f(y*wide+from, last, wide-from)
	}
}

// pixel is the colour of the x-th pixel of a row.
func pixel(row []uint8, x int) uint32 {
	p := row[4*x : 4*x+4]
	return uint32(p[0])<<24 | uint32(p[1])<<16 | uint32(p[2])<<8 | uint32(p[3])
}

// nearestColour is the place in the table of the colour that differs least.
func nearestColour(c uint32, table []uint32) uint8 {
	best, least := 0, math.MaxInt
	for i, t := range table {
		far := 0
		for shift := 0; shift < 32; shift += 8 {
			d := int(c>>shift&255) - int(t>>shift&255)
			far += d * d
		}
		if far < least {
			best, least = i, far
		}
	}
	return uint8(best)
}
