package tensor

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	printWhole  = 1000 // up to so many elements are printed in full
	printEdge   = 3    // beyond that, so many at each end of an axis
	printBudget = 4000 // and never more than so many
)

// String prints the elements in nested brackets, aligned, floats with up to 8
// digits. Of a tensor above 1,000 elements it prints the ends of each axis and
// a last line with shape and type.
func (t *Tensor) String() string {
	if t.err != nil {
		return t.err.Error()
	}
	if t.data == nil {
		return "[]"
	}
	p := printer{t: t, whole: t.Len() <= printWhole, left: printBudget}
	p.collect(0, t.off)
	p.left = printBudget
	p.write(0, t.off)
	if !p.whole {
		fmt.Fprintf(&p.b, "\nshape %s, %v", shapeText(t.shape), t.DType())
	}
	return p.b.String()
}

type printer struct {
	t     *Tensor
	whole bool
	left  int // elements that may still be printed
	width int
	b     strings.Builder
}

// shown calls f for the indices of an axis that are printed, and once with -1
// where some are left out.
func (p *printer) shown(axis int, f func(i int)) {
	n := p.t.shape[axis]
	for i := 0; i < n; i++ {
		if p.left <= 0 || (!p.whole && n > 2*printEdge && i == printEdge) {
			f(-1)
			if p.left <= 0 {
				return
			}
			i = n - printEdge
		}
		f(i)
	}
}

// collect finds the widest of the printed elements.
func (p *printer) collect(axis, off int) {
	if axis == len(p.t.shape) {
		p.left--
		p.width = max(p.width, len(p.text(off)))
		return
	}
	p.shown(axis, func(i int) {
		if i >= 0 {
			p.collect(axis+1, off+i*p.t.strides[axis])
		}
	})
}

func (p *printer) write(axis, off int) {
	if axis == len(p.t.shape) {
		p.left--
		fmt.Fprintf(&p.b, "%*s", p.width, p.text(off))
		return
	}
	last := axis == len(p.t.shape)-1
	gap := " "
	if !last {
		gap = strings.Repeat("\n", len(p.t.shape)-1-axis) + strings.Repeat(" ", axis+1)
	}
	first := true
	p.b.WriteByte('[')
	p.shown(axis, func(i int) {
		if !first {
			p.b.WriteString(gap)
		}
		first = false
		if i < 0 {
			p.b.WriteString("...")
			return
		}
		p.write(axis+1, off+i*p.t.strides[axis])
	})
	p.b.WriteByte(']')
}

func (p *printer) text(off int) string {
	switch v := p.t.data.at(off).(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', 8, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', 8, 32)
	default:
		return fmt.Sprint(v)
	}
}
