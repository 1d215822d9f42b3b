package tables

import (
	"math/bits"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A shared grouping deals out the rows by the top bits of their hashes, so that
// what belongs to a share stays in the processor's cache: there each row gets
// the number of its group. Groups are numbered share by share; order has them
// by first appearance.
type shared struct {
	n       int
	workers int
	shift   int      // of the top bits of hashes
	share   []uint8  // of each row
	dealt   []dealer // of ranges of rows
	step    int      // rows of a range
	base    [hashShares + 1]int
	first   []int32 // first row of each group, by first appearance
	clash   bool    // different texts were taken for the same; nothing is right
	order   []int32 // the number of each group in its share, counted from base, by first appearance
}

const (
	hashShares = 256 // at most
	shareRows  = 1 << 14
	shareBlock = 1024 // rows
)

// newShared deals out n rows.
func newShared(key *keyHash, n int) *shared {
	g := &shared{n: n, workers: workersFor(n), share: uncleared[uint8](n)}
	g.shift = 64 - max(4, min(bits.Len(uint(n/shareRows)), bits.Len(hashShares-1)))
	g.step = (n/g.workers/chunkRows + 1) * chunkRows
	g.dealt = make([]dealer, g.workers)
	interrupt.Together(g.workers, func(w int) {
		lo, hi := g.rangeOf(w)
		g.dealt[w].deal(key.own(), g.share, g.shift, lo, hi)
	})
	fresh := make([][]int32, hashShares)
	g.eachShare(func() func(int) {
		var table idTable
		return func(s int) { fresh[s] = g.number(&table, s) }
	})
	for w := range g.dealt {
		g.dealt[w].second = nil
	}
	for _, f := range key.texts {
		if !key.loose {
			g.clash = g.clash || !g.sameTexts(f.text)
		}
	}
	for s, f := range fresh {
		g.base[s+1] = g.base[s] + len(f)
	}
	g.inOrder(fresh)
	return g
}

// rangeOf is the rows that a worker deals out.
func (g *shared) rangeOf(w int) (lo, hi int) { return min(w*g.step, g.n), min((w+1)*g.step, g.n) }

// eachShare runs work for all shares; begin is called once for each goroutine.
func (g *shared) eachShare(begin func() func(s int)) {
	var claimed atomic.Int64
	interrupt.Together(g.workers, func(int) {
		work := begin()
		for s := int(claimed.Add(1)) - 1; s < 1<<(64-g.shift); s = int(claimed.Add(1)) - 1 {
			work(s)
		}
	})
}

// inOrder goes over the rows to see which groups come first; fresh are the
// places, in each share, of the rows that begin a group.
func (g *shared) inOrder(fresh [][]int32) {
	groups := g.base[hashShares]
	g.first, g.order = uncleared[int32](groups)[:0], uncleared[int32](groups)[:0]
	var seen, next [hashShares]int32 // rows so far, and where the next group begins
	at := g.base
	for s, f := range fresh {
		next[s] = -1
		if len(f) > 0 {
			next[s] = f[0]
		}
	}
	for lo, hi := range spans(g.n) {
		for i, s := range g.share[lo:hi] {
			k := seen[s]
			seen[s] = k + 1
			if k != next[s] {
				continue
			}
			g.first = append(g.first, int32(lo+i))
			g.order = append(g.order, int32(at[s]))
			at[s]++
			next[s] = -1
			if fresh[s] = fresh[s][1:]; len(fresh[s]) > 0 {
				next[s] = fresh[s][0]
			}
		}
	}
}

// ids numbers the groups of all rows by first appearance.
func (g *shared) ids() []uint32 {
	rank := uncleared[uint32](len(g.order))
	for i, o := range g.order {
		poll(i)
		rank[o] = uint32(i)
	}
	g.eachShare(func() func(int) {
		return func(s int) {
			mine := rank[g.base[s]:]
			g.blocks(s, func(d *dealer, from, rows int) {
				for i, id := range d.ids[2*from : 2*from+rows] {
					d.ids[2*from+i] = mine[id]
				}
			})
		}
	})
	out := uncleared[uint32](g.n)
	interrupt.Together(g.workers, func(w int) {
		d := &g.dealt[w]
		lo, end := g.rangeOf(w)
		r := d.replay()
		for ; lo < end; lo += chunkRows {
			interrupt.Check()
			hi := min(lo+chunkRows, end)
			for i, s := range g.share[lo:hi] {
				p := r.place(s)
				out[lo+i] = d.ids[p+p&^(shareBlock-1)] // as blocks are half empty
			}
		}
	})
	return out
}

// blocks calls work for the blocks of a share, in the order of the rows.
func (g *shared) blocks(s int, work func(d *dealer, from, rows int)) {
	for w := range g.dealt {
		d := &g.dealt[w]
		d.each(s, func(from, rows int) { work(d, from, rows) })
	}
}

// each calls work for a dealer's blocks of a share.
func (d *dealer) each(s int, work func(from, rows int)) {
	for i, from := range d.blocks[s] {
		interrupt.Check()
		rows := shareBlock
		if i == len(d.blocks[s])-1 {
			rows = d.end[s]
		}
		if rows > 0 {
			work(from, rows)
		}
	}
}

// A dealer deals out a range of rows: what belongs to the rows of a share fills
// blocks of the memory. A hash becomes the number of its group within the
// share, which has half the size, so that a block is half empty then.
type dealer struct {
	memory []uint64
	second []uint64          // second numbers of wide keys
	ids    []uint32          // the same memory as the hashes
	blocks [hashShares][]int // where the blocks of each share start
	end    [hashShares]int   // rows in the last block
}

func (d *dealer) deal(key *keyHash, share []uint8, shift, lo, hi int) {
	count := 1 << (64 - shift)
	size := hi - lo + count*shareBlock
	d.memory = uncleared[uint64](size)
	d.ids = unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(d.memory))), 2*size)
	var second []uint64
	if key.wide() {
		d.second, second = uncleared[uint64](size), make([]uint64, chunkRows)
	}
	var at [hashShares]int // where the next hash of each share goes
	for s := range count {
		at[s] = s * shareBlock
		d.blocks[s] = []int{at[s]}
	}
	free := count * shareBlock
	buf := make([]uint64, chunkRows)
	for ; lo < hi; lo += chunkRows {
		interrupt.Check()
		buf = buf[:min(chunkRows, hi-lo)]
		key.load(lo, buf, second)
		to := share[lo : lo+len(buf)]
		for i, h := range buf {
			s := uint8(h >> shift)
			to[i] = s
			p := at[s]
			if p%shareBlock == 0 && p != d.blocks[s][len(d.blocks[s])-1] { // its block is full
				p = free
				d.blocks[s] = append(d.blocks[s], p)
				free += shareBlock
			}
			d.memory[p] = h
			if second != nil {
				d.second[p] = second[i]
			}
			at[s] = p + 1
		}
	}
	for s, p := range at[:count] {
		d.end[s] = p - d.blocks[s][len(d.blocks[s])-1]
	}
}

// A replay tells again where what belongs to each row went.
type replay struct {
	at   [hashShares]int
	left [hashShares][]int // blocks still to come
}

func (d *dealer) replay() *replay {
	r := &replay{}
	for s, blocks := range d.blocks {
		if blocks == nil {
			break
		}
		r.at[s], r.left[s] = blocks[0], blocks[1:]
	}
	return r
}

// place is that of the next row, which is of share s.
func (r *replay) place(s uint8) int {
	p := r.at[s]
	r.at[s] = p + 1
	if (p+1)%shareBlock == 0 && len(r.left[s]) > 0 {
		r.at[s], r.left[s] = r.left[s][0], r.left[s][1:]
	}
	return p
}

// number numbers the hashes of one share; fresh are the places of the rows that
// begin a group.
func (g *shared) number(table *idTable, s int) (fresh []int32) {
	table.reset()
	at := 0
	g.blocks(s, func(d *dealer, from, rows int) {
		var second []uint64
		if d.second != nil {
			second = d.second[from : from+rows]
		}
		ids := d.ids[2*from : 2*from+rows]
		table.number(d.memory[from:from+rows], second, ids)
		if table.n > len(fresh) {
			for i, id := range ids {
				if int(id) == len(fresh) {
					fresh = add(fresh, int32(at+i))
				}
			}
		}
		at += rows
	})
	return fresh
}
