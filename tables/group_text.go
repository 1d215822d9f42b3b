package tables

import (
	"math"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// sameTexts reports whether the texts of each group are the same: they are dealt
// out too, so that those of a share lie together.
func (g *shared) sameTexts(t *textKey) bool {
	texts := make([]*dealtText, g.workers)
	interrupt.Together(g.workers, func(w int) {
		lo, hi := g.rangeOf(w)
		texts[w] = g.dealt[w].dealText(t, g.share, lo, hi)
	})
	var clash atomic.Bool
	g.eachShare(func() func(int) {
		var words []string // of each group
		return func(s int) {
			same := false
			if words, same = g.sameInShare(texts, words[:0], s); !same {
				clash.Store(true)
			}
		}
	})
	return !clash.Load()
}

// dealtText is the text of a dealer's rows, share by share.
type dealtText struct {
	b     []byte
	start [hashShares]int
	size  []uint32 // of each row, where its hash lies
}

const nullSize = math.MaxUint32 // no text is longer

func (d *dealer) dealText(t *textKey, share []uint8, lo, hi int) *dealtText {
	out := &dealtText{size: uncleared[uint32](len(d.memory))}
	off := t.s.off
	var at [hashShares]int // first how much, then where it goes
	for r := lo; r < hi; r++ {
		poll(r)
		at[share[r]] += int(off[r+1] - off[r])
	}
	total := 0
	for s, n := range at {
		out.start[s], at[s] = total, total
		total += n
	}
	out.b = uncleared[byte](total)
	places := d.replay()
	for r := lo; r < hi; r++ {
		poll(r)
		s := share[r]
		p := places.place(s)
		if t.valid != nil && !t.valid.get(r) {
			out.size[p] = nullSize
			continue
		}
		text := t.s.b[off[r]:off[r+1]]
		out.size[p] = uint32(min(len(text), nullSize))
		copy(out.b[at[s]:], text)
		at[s] += len(text)
	}
	return out
}

// sameInShare compares the texts of one share; words is memory for the text of
// each group.
func (g *shared) sameInShare(texts []*dealtText, words []string, s int) ([]string, bool) {
	null, same := -1, true // the group of null
	for w, t := range texts {
		at := t.start[s]
		d := &g.dealt[w]
		d.each(s, func(from, rows int) {
			ids := d.ids[2*from : 2*from+rows]
			for i, n := range t.size[from : from+rows] {
				id, word := int(ids[i]), ""
				if n != nullSize && n > 0 {
					word = unsafe.String(&t.b[at], int(n))
					at += int(n)
				}
				if id == len(words) {
					words = append(words, word)
					if n == nullSize {
						null = id
					}
				} else if words[id] != word || (n == nullSize) != (id == null) {
					same = false
				}
			}
		})
	}
	return words, same
}
