package tables

import (
	"bytes"
	le "encoding/binary"
	"strings"
	"unicode/utf8"
)

// A matchNode compares a column's text, as it lies end to end, with a constant:
// no text has to be made of its bytes.
type matchNode struct {
	col  *colNode
	s    strs
	how  likeness
	word string
	not  bool
	scratch
}

type likeness uint8

const (
	matchEquals likeness = iota
	matchStart
	matchEnd
	matchPart
)

var matchings = map[string]likeness{"equals": matchEquals, "startsWith": matchStart, "endsWith": matchEnd, "contains": matchPart}

// matchOf is nil if it is not such a comparison.
func matchOf(x, y node, how likeness, not bool) node {
	col, ok := x.(*colNode)
	k, constant := y.(*constNode)
	if !ok || !constant || k.t != String || k.isNull() {
		return nil
	}
	s, plain := col.col.data.(strs)
	if !plain || col.col.typ != String {
		return nil
	}
	return &matchNode{col: col, s: s, how: how, word: k.value.s[0], not: not}
}

func (m *matchNode) typ() Type { return Bool }

func (m *matchNode) eval(lo, n int) vec {
	out := m.of(Bool, n).b
	off := m.s.off[lo : lo+n+1]
	switch {
	case m.how == matchPart && m.word != "":
		m.search(out, off)
	case m.how == matchPart:
		for i := range out {
			out[i] = true
		}
	default:
		fast := n // rows of which eight bytes can be read without a look at the end
		for fast > 0 && off[fast]+8 > int64(len(m.s.b)) {
			fast--
		}
		m.words(out[:fast], off)
		for i := fast; i < n; i++ {
			out[i] = m.one(m.s.at(lo + i))
		}
	}
	if m.not {
		negate(out, out)
	}
	return vec{b: out, null: m.col.nullsOf(lo, n)}
}

func (m *matchNode) one(s string) bool {
	switch m.how {
	case matchStart:
		return strings.HasPrefix(s, m.word)
	case matchEnd:
		return strings.HasSuffix(s, m.word)
	}
	return s == m.word
}

// words compares the first eight bytes of the word, or as many as it has, in one
// step and without a branch, and the others where those are the same.
func (m *matchNode) words(out []bool, off []int64) {
	k := int64(len(m.word))
	var first [8]byte
	copy(first[:], m.word)
	want, mask := le.LittleEndian.Uint64(first[:]), ^uint64(0)
	if k < 8 {
		mask = 1<<(8*k) - 1
	}
	b := m.s.b
	least, most := k, k
	if m.how != matchEquals {
		most = int64(len(b))
	}
	for i := range out {
		at, end := off[i], off[i+1]
		size := end - at
		if m.how == matchEnd {
			at = max(end-k, 0)
		}
		ok := b2i(size >= least) & b2i(size <= most) & b2i(le.LittleEndian.Uint64(b[at:])&mask == want)
		out[i] = ok != 0
		if ok != 0 && k > 8 {
			out[i] = string(b[at:at+k]) == m.word
		}
	}
}

// search looks for the word in all rows at once.
func (m *matchNode) search(out []bool, off []int64) {
	clear(out)
	at, word, row := off[0], []byte(m.word), 0
	end := off[len(out)]
	for {
		hit := bytes.Index(m.s.b[at:end], word)
		if hit < 0 {
			return
		}
		at += int64(hit)
		for off[row+1] <= at {
			row++
		}
		if at+int64(len(word)) > off[row+1] { // reaches into the next row
			at++
			continue
		}
		out[row] = true
		at = off[row+1]
	}
}

// A lengthNode counts the characters of a column's text.
type lengthNode struct {
	col *colNode
	s   strs
	scratch
}

func (l *lengthNode) typ() Type { return Int64 }

func (l *lengthNode) eval(lo, n int) vec {
	out := l.of(Int64, n).i
	off := l.s.off[lo : lo+n+1]
	ascii := isASCII(l.s.b[off[0]:off[n]])
	for i := range out {
		if out[i] = off[i+1] - off[i]; !ascii {
			out[i] = int64(utf8.RuneCountInString(l.s.at(lo + i)))
		}
	}
	return vec{i: out, null: l.col.nullsOf(lo, n)}
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if le.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// onText is a function of a column's text that need not make texts, or nil.
func onText(name string, args []node) node {
	if how, ok := matchings[name]; ok && len(args) == 2 {
		return matchOf(args[0], args[1], how, false)
	}
	if (name == "length" || name == "len") && len(args) == 1 {
		if col, ok := args[0].(*colNode); ok {
			if s, plain := col.col.data.(strs); plain && col.col.typ == String {
				return &lengthNode{col: col, s: s}
			}
		}
	}
	return nil
}
