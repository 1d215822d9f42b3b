package tables

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/radix"
)

// Rows are sorted as words of 64 bits: the highest bits that a key's values
// differ in, and in the lowest ones the place of the row, which keeps equal
// rows in order. Rows whose words agree in what they have of the key are then
// sorted by the rest of it, or by the next key.

// sortRows sorts rows stably by the keys and reports whether any has moved.
func sortRows(rows []int32, keys ...sortKey) bool {
	s := newSorter(rows, keys)
	s.sort(sortSpan{0, len(rows), 0, 0})
	return s.moved.Load()
}

func newSorter(rows []int32, keys []sortKey) *sorter {
	return &sorter{keys: keys, rows: rows, words: uncleared[uint64](len(rows)), spare: uncleared[uint64](len(rows))}
}

type sorter struct {
	keys         []sortKey
	rows         []int32
	words, spare []uint64 // of the rows, and scratch
	moved        atomic.Bool

	places bool // rows are 0, 1, 2, …, all of them still

	// The first key's values are told by the words of all rows, if these hold
	// them whole: least and what is from bit shift on.
	tells bool
	shift int
	least uint64
	first store // the values, sorted
}

// A sortSpan is rows that are equal by the keys before key, and by the text of that
// up to depth.
type sortSpan struct{ lo, hi, key, depth int }

// sort sorts the rows of a span.
func (s *sorter) sort(p sortSpan) {
	for p.hi-p.lo > 1 && p.key < len(s.keys) {
		if valid := s.keys[p.key].valid; valid != nil && p.depth == 0 {
			mid := s.nullsLast(p.lo, p.hi, valid)
			s.sort(sortSpan{mid, p.hi, p.key + 1, 0})
			p.hi = mid
			if p.hi-p.lo < 2 {
				return
			}
		}
		low, next, same, sorted := s.pack(p)
		if same {
			p = next
			continue
		}
		all := s.places
		if all { // else others may read it
			s.places = false
		}
		if !sorted {
			s.moved.Store(true)
			radix.Sort(s.words[p.lo:p.hi], s.spare[p.lo:p.hi])
			if all && s.tells {
				s.first = s.keys[0].back(s.words, s.shift, s.least)
			}
			s.move(p.lo, p.hi, low, all)
		}
		if next.key < len(s.keys) {
			s.ties(next, low)
		}
		return
	}
}

// nullsLast puts the rows that are null behind the others, and says where they
// begin.
func (s *sorter) nullsLast(lo, hi int, valid bitmap) int {
	at, nulls, apart := lo, 0, s.scratch(lo, hi)
	for i := lo; i < hi; i++ {
		poll(i)
		r := s.rows[i]
		has := b2i(valid.get(int(r)))
		apart[nulls] = r
		s.rows[at] = r
		at += has
		nulls += 1 - has
	}
	if nulls > 0 {
		if s.places {
			s.places = false
		}
		s.moved.Store(true) // most likely, and at least it may be
		copied(s.rows[at:hi], apart[:nulls])
	}
	return at
}

// scratch is memory for the rows lo to hi, which their part of spare is used for
// where it is not by words.
func (s *sorter) scratch(lo, hi int) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(s.spare[lo:hi]))), hi-lo)
}

// pack makes the words of a span: of its key, and of more keys while there is
// room and they may matter. The lowest low bits are the row's place in the
// span. Next is how the rows of equal words go on; same says that all are, and
// then there are no words.
func (s *sorter) pack(p sortSpan) (low int, next sortSpan, same, sorted bool) {
	n := p.hi - p.lo
	words, spare := s.words[p.lo:p.hi], s.spare[p.lo:p.hi]
	low = bits.Len(uint(n - 1))
	used, base, drop := 0, uint64(0), 0 // what is still to be done to words
	next = p
	for first := true; next.key < len(s.keys) && used <= low; first = false {
		if !first && s.keys[next.key].valid != nil {
			break
		}
		into := words
		if used > 0 {
			into = spare
		}
		least, most, depth, more := s.digits(next, 64-low-used, into)
		width := bits.Len64(most - least)
		take := min(width, 64-low-used)
		if s.places && next.key == 0 {
			s.tells, s.least, s.shift = take == width && s.keys[0].back != nil, least, take
		}
		if used == 0 {
			base, drop = least, width-take
		} else {
			shiftIn(words, spare, base, drop, take, least, width-take)
			base, drop = 0, 0
		}
		used += take
		if take < width { // the rest of a number, or of a character
			break
		}
		if more {
			next.depth = depth
			break
		}
		next.key, next.depth = next.key+1, 0
	}
	if used == 0 {
		return low, next, true, true
	}
	if s.places {
		s.shift = low + used - s.shift
	}
	return low, next, false, numberWords(words, base, drop, low)
}

// shiftIn appends take bits of a second list of digits to the words.
func shiftIn(words, more []uint64, base uint64, drop, take int, base2 uint64, drop2 int) {
	inParts(len(words), func(_, lo, hi int) {
		for a, b := range spans(hi - lo) {
			w := words[lo+a : lo+b]
			for i, x := range more[lo+a : lo+b] {
				w[i] = (w[i]-base)>>drop<<take | (x-base2)>>drop2
			}
		}
	})
}

// numberWords puts the place of each row into the lowest bits of its word, and
// reports whether the words are in order.
func numberWords(words []uint64, base uint64, drop, low int) bool {
	var unsorted atomic.Bool
	first := make([]uint64, partsOf(len(words)))
	last := make([]uint64, len(first))
	inRanges(len(words), len(first), func(part, lo, hi int) {
		before, down := uint64(0), 0
		for a, b := range spans(hi - lo) {
			w := words[lo+a : lo+b]
			for i, x := range w {
				x = (x-base)>>drop<<low | uint64(lo+a+i)
				w[i] = x
				down |= b2i(x < before)
				before = x
			}
		}
		if hi > lo {
			first[part], last[part] = words[lo], before
		} else {
			first[part], last[part] = math.MaxUint64, math.MaxUint64
		}
		if down != 0 {
			unsorted.Store(true)
		}
	})
	for i := range len(first) - 1 {
		if last[i] > first[i+1] {
			unsorted.Store(true)
		}
	}
	return !unsorted.Load()
}

// move puts the rows where their words are; places says that they are 0, 1, 2, ….
func (s *sorter) move(lo, hi, low int, places bool) {
	from, to, words := s.rows[lo:hi], s.scratch(lo, hi), s.words[lo:hi]
	mask := uint64(1)<<low - 1
	if places {
		inParts(len(words), func(_, lo, hi int) {
			for a, b := range spans(hi - lo) {
				out := from[lo+a : lo+b]
				for i, w := range words[lo+a : lo+b] {
					out[i] = int32(w & mask)
				}
			}
		})
		return
	}
	inParts(len(words), func(_, lo, hi int) {
		for a, b := range spans(hi - lo) {
			out := to[lo+a : lo+b]
			for i, w := range words[lo+a : lo+b] {
				out[i] = from[w&mask]
			}
		}
	})
	copied(from, to)
}

// ties sorts the rows of equal words as next says; many of them on all cores.
func (s *sorter) ties(next sortSpan, low int) {
	var mu sync.Mutex
	var large []sortSpan
	words := s.words[next.lo:next.hi]
	parts := partsOf(len(words))
	starts := make([]int, parts+1) // no run goes on over one
	for part := range parts {
		at := len(words) / parts * part
		for at > 0 && at < len(words) && words[at]>>low == words[at-1]>>low {
			at++
		}
		starts[part] = at
	}
	starts[parts] = len(words)
	interrupt.Together(parts, func(part int) {
		hi := starts[part+1]
		for lo := starts[part]; lo < hi; {
			end := lo + 1
			for end < hi && words[end]>>low == words[lo]>>low {
				end++
			}
			run := sortSpan{next.lo + lo, next.lo + end, next.key, next.depth}
			if parts > 1 && end-lo >= parallelRows {
				mu.Lock()
				large = append(large, run)
				mu.Unlock()
			} else if end-lo > 1 {
				s.sort(run)
			}
			if lo/pollRows != end/pollRows {
				interrupt.Check()
			}
			lo = end
		}
	})
	for _, run := range large { // these share the cores
		s.sort(run)
	}
}

// digits puts numbers that order as the span's key does into out, and tells the
// least and the greatest. Of text they are what room bits hold of it from p.depth
// on; more says that there is more of it, which begins at depth.
func (s *sorter) digits(p sortSpan, room int, out []uint64) (least, most uint64, depth int, more bool) {
	key, rows := &s.keys[p.key], s.rows[p.lo:p.hi]
	fill := key.number
	if key.text != nil {
		a := key.text.alphabet(rows, p.depth, room)
		fill = func(rows []int32, out []uint64) { key.text.digits(rows, &a, key.down, out) }
		depth, more = a.depth+a.step, a.more
	}
	type extent struct{ least, most uint64 }
	parts := make([]extent, partsOf(len(rows)))
	inRanges(len(rows), len(parts), func(part, lo, hi int) {
		e := extent{least: math.MaxUint64}
		for a, b := range spans(hi - lo) {
			to := out[lo+a : lo+b]
			fill(rows[lo+a:lo+b], to)
			for _, x := range to {
				e.least, e.most = min(e.least, x), max(e.most, x)
			}
		}
		parts[part] = e
	})
	e := extent{least: math.MaxUint64}
	for _, x := range parts {
		e = extent{min(e.least, x.least), max(e.most, x.most)}
	}
	return e.least, e.most, depth, more
}
