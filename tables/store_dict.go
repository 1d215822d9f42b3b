package tables

import "hash/maphash"

// texts is a store of text, end to end or by a dictionary.
type texts interface {
	store
	at(i int) string // lives as long as the column's memory
}

// dict holds text of which few values are different: row i is word codes[i].
// There is at least one word; the code of a null row is that of an empty word.
type dict struct {
	codes []int32
	words strs
}

func (s dict) len() int                 { return len(s.codes) }
func (s dict) at(i int) string          { return s.words.at(int(s.codes[i])) }
func (s dict) slice(from, to int) store { return dict{s.codes[from:to:to], s.words} }

func (s dict) take(idx []int32) store {
	out := uncleared[int32](len(idx))
	empty := int32(0)
	if missing(idx) {
		s, empty = s.withEmpty()
	}
	inParts(len(idx), func(_, lo, hi int) {
		for a, b := range spans(hi - lo) {
			to := out[lo+a : lo+b]
			for i, j := range idx[lo+a : lo+b] {
				if j >= 0 {
					to[i] = s.codes[j]
				} else {
					to[i] = empty
				}
			}
		}
	})
	return dict{out, s.words}
}

// withEmpty is s with a word that is empty, and its code.
func (s dict) withEmpty() (dict, int32) {
	off := s.words.off
	for i := range s.words.len() {
		if off[i] == off[i+1] {
			return s, int32(i)
		}
	}
	n := s.words.len()
	s.words.off = append(off[:n+1:n+1], off[n])
	return s, int32(n)
}

// plain is the text end to end.
func (s dict) plain() strs {
	out := strs{off: uncleared[int64](len(s.codes) + 1)}
	out.off[0] = 0
	n := int64(0)
	for i, c := range s.codes {
		poll(i)
		n += s.words.off[c+1] - s.words.off[c]
		out.off[i+1] = n
	}
	out.b = uncleared[byte](int(n))
	for i, c := range s.codes {
		poll(i)
		copy(out.b[out.off[i]:], s.words.at(int(c)))
	}
	return out
}

// concat keeps a dictionary if all have one.
func (s dict) concat(more []store) store {
	rows, same := len(s.codes), true
	for _, m := range more {
		d, ok := m.(dict)
		if !ok {
			return s.plain().concat(more)
		}
		rows += len(d.codes)
		same = same && &d.words.off[0] == &s.words.off[0] && len(d.words.off) == len(s.words.off)
	}
	b := newDictBuilder(rows)
	for _, m := range append([]store{s}, more...) {
		if d := m.(dict); same {
			b.codes, b.words = b.codes[:len(b.codes)+copied(b.codes[len(b.codes):rows], d.codes)], d.words
		} else {
			b.addDict(d)
		}
	}
	return b.dict()
}

func (s dict) values() any {
	words := s.words.values().([]string)
	out := make([]string, len(s.codes))
	for i, c := range s.codes {
		poll(i)
		out[i] = words[c]
	}
	return out
}

// ranks gives each word its place in the order of all words, equal words the
// same place.
func (s dict) ranks() []int32 {
	order := make([]int32, s.words.len())
	for i := range order {
		order[i] = int32(i)
	}
	s.words.sort(order, false)
	out := make([]int32, len(order))
	rank := int32(-1)
	for i, w := range order {
		if i == 0 || s.words.at(int(w)) != s.words.at(int(order[i-1])) {
			rank++
		}
		out[w] = rank
	}
	return out
}

const (
	dictRows  = 1 << 12 // shorter columns are not worth a dictionary
	dictShare = 4       // a dictionary pays while it has a word for so many rows at least
	dictWords = 1 << 16 // and no more words than that
)

// newTexts holds v by a dictionary where that pays.
func newTexts(v []string) store {
	if len(v) < dictRows {
		return newStrs(v)
	}
	b := newDictBuilder(len(v))
	for i, s := range v {
		poll(i)
		b.codes = append(b.codes, b.code(s))
		if (i+1)%(dictShare*dictRows) == 0 && !b.pays() {
			return newStrs(v)
		}
	}
	if !b.pays() {
		return newStrs(v)
	}
	return b.dict()
}

// A dictBuilder collects rows and the words that they are made of.
type dictBuilder struct {
	codes  []int32
	words  strs
	hashes []uint64 // of the words
	table  *hashTable
}

// newDictBuilder has room for so many rows.
func newDictBuilder(rows int) *dictBuilder {
	return &dictBuilder{codes: uncleared[int32](rows)[:0], words: strs{off: []int64{0}}, table: newHashTable()}
}

// pays reports whether a dictionary is worth its while so far.
func (b *dictBuilder) pays() bool {
	n := b.words.len()
	return n <= dictWords && n*dictShare <= len(b.codes)
}

// code is the number of a word, which is added if it is new.
func (b *dictBuilder) code(word string) int32 {
	sum := maphash.String(hashSeed, word)
	at := sum & b.table.mask
	for {
		slot := b.table.slots[at]
		if slot == 0 {
			break
		}
		if b.hashes[slot-1] == sum && b.words.at(int(slot-1)) == word {
			return int32(slot - 1)
		}
		at = (at + 1) & b.table.mask
	}
	b.hashes = append(b.hashes, sum)
	b.words.b = append(b.words.b, word...)
	b.words.off = append(b.words.off, int64(len(b.words.b)))
	b.table.slots[at] = uint32(len(b.hashes))
	if 2*len(b.hashes) > len(b.table.slots) {
		b.table.grow(len(b.hashes), func(i int) uint64 { return b.hashes[i] })
	}
	return int32(len(b.hashes) - 1)
}

// addDict adds the rows of another dictionary.
func (b *dictBuilder) addDict(d dict) {
	to := make([]int32, d.words.len())
	for i := range to {
		to[i] = -1
	}
	for i, c := range d.codes {
		poll(i)
		if to[c] < 0 { // words that no row has stay behind
			to[c] = b.code(d.words.at(int(c)))
		}
		b.codes = append(b.codes, to[c])
	}
}

// dict is what has been collected.
func (b *dictBuilder) dict() dict {
	if b.words.len() == 0 {
		b.words.off = append(b.words.off, 0)
	}
	return dict{b.codes, b.words}
}
