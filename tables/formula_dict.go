package tables

import "slices"

// What a formula makes of one text column and constants alone is the same for
// all rows that hold the same text. Where the column has a dictionary, it is
// therefore computed once for each word, and once for null, and the rows look
// it up by their codes. That is decided here, for the largest parts of a formula
// of which it is true.

// A dependence is what a part of a formula needs to be computed.
type dependence struct {
	col  *Col // the one column, if there is one
	more bool // other things too: more columns, the row's number, functions of the session
}

func (d dependence) and(o dependence) dependence {
	if d.col == nil {
		d.col = o.col
	}
	d.more = d.more || o.more || o.col != nil && o.col != d.col
	return d
}

// wordwise notes for every part of a formula whether words are enough.
type wordwise struct {
	needs map[int]dependence // by offset
	done  map[int]*Col       // the results for the words
}

// newWordwise is nil if no column has a dictionary.
func (c *compiler) newWordwise() *wordwise {
	if slices.ContainsFunc(c.cols, func(col *Col) bool { _, ok := col.data.(dict); return ok }) {
		return &wordwise{needs: map[int]dependence{}, done: map[int]*Col{}}
	}
	return nil
}

// look finds out what e and its parts need.
func (c *compiler) look(e expr) dependence {
	var d dependence
	switch e := e.(type) {
	case literal:
	case ident:
		d.col = c.column(e.name)
		d.more = d.col == nil && c.byRow(e.name)
	case unary:
		d = c.look(e.x)
	case binary:
		d = c.look(e.x).and(c.look(e.y))
	case ternary:
		d = c.look(e.cond).and(c.look(e.yes)).and(c.look(e.no))
	case cast:
		d = c.look(e.x)
	case inList:
		d = c.look(e.x)
		for _, item := range e.list {
			d = d.and(c.look(item))
		}
	case call:
		d.more = !builtIn(e.name)
		if e.recv != nil {
			d = d.and(c.look(e.recv))
		}
		for _, a := range e.args {
			d = d.and(c.look(a))
		}
	default: // Col_[i-1]
		d.more = true
	}
	c.words.needs[e.offset()] = d
	return d
}

// byWord compiles e as a look-up, if that is possible and worth it.
func (c *compiler) byWord(e expr) (node, bool) {
	switch e.(type) {
	case literal, ident, index:
		return nil, false
	}
	if len(c.words.needs) == 0 {
		c.look(e)
	}
	d := c.words.needs[e.offset()]
	if d.more || d.col == nil {
		return nil, false
	}
	s, ok := d.col.data.(dict)
	if !ok || s.words.len() > len(s.codes)/dictShare {
		return nil, false
	}
	res := c.words.done[e.offset()]
	if res == nil {
		var err error
		if res, err = c.ofWords(e, d.col, s); err != nil {
			return nil, false // of a word that perhaps no row has: row by row it will show
		}
		c.words.done[e.offset()] = res
	}
	return newWordNode(d.col, s, res), true
}

// ofWords computes e for each word and, in the last row, for null.
func (c *compiler) ofWords(e expr, col *Col, s dict) (*Col, error) {
	n := s.words.len()
	words := strs{off: append(slices.Clone(s.words.off), s.words.off[n]), b: s.words.b}
	one := Col{name: col.name, typ: String, data: words, valid: invalidate(nil, n, n+1)}
	own := newCompiler(c.src, []*Col{&one}, n+1)
	own.whole.now = c.whole.now
	return own.asColumn("", e)
}

// A wordNode is a value for each word of a dictionary, the last for null.
type wordNode struct {
	col   *Col
	codes []int32
	null  int32 // its place among the values
	res   *Col
	of    vec // all values
	scratch
	mask []bool
	at   []int32
}

func newWordNode(col *Col, s dict, res *Col) *wordNode {
	l := &wordNode{col: col, codes: s.codes, null: int32(s.words.len()), res: res}
	all := colNode{col: res}
	l.of = all.eval(0, res.Len())
	return l
}

func (l *wordNode) typ() Type { return l.res.typ }

// codesOf are the rows' places among the values.
func (l *wordNode) codesOf(lo, n int) []int32 {
	codes := l.codes[lo : lo+n]
	if l.col.valid == nil {
		return codes
	}
	l.at = room(l.at, n)
	for i, c := range codes {
		if l.at[i] = c; !l.col.valid.get(lo + i) {
			l.at[i] = l.null
		}
	}
	return l.at
}

func (l *wordNode) eval(lo, n int) vec {
	codes := l.codesOf(lo, n)
	out := *l.scratch.of(l.res.typ, n)
	switch carrierOf(l.res.typ) {
	case carryInt:
		fetch(out.i, l.of.i, codes)
	case carryFloat:
		fetch(out.f, l.of.f, codes)
	case carryBool:
		fetch(out.b, l.of.b, codes)
	case carryString:
		fetch(out.s, l.of.s, codes)
	}
	out.null = nil
	if l.of.null != nil {
		l.mask = room(l.mask, n)
		fetch(l.mask, l.of.null, codes)
		if slices.Contains(l.mask, true) {
			out.null = l.mask
		}
	}
	return out
}

func fetch[T any](out, from []T, codes []int32) {
	codes = codes[:len(out)]
	for i := range out {
		out[i] = from[codes[i]]
	}
}

// text is the whole column, with a dictionary of its own.
func (l *wordNode) text(name string) *Col {
	out := &Col{name: name, typ: String}
	codes := l.codes
	if l.col.valid != nil {
		codes = uncleared[int32](len(l.codes))
		for lo, hi := range spans(len(codes)) {
			copy(codes[lo:hi], l.codesOf(lo, hi-lo))
		}
	}
	out.data = dict{codes, l.res.data.(strs)}
	if l.of.null != nil {
		for lo, hi := range spans(len(codes)) {
			for i, c := range codes[lo:hi] {
				if l.of.null[c] {
					out.valid = invalidate(out.valid, lo+i, len(codes))
				}
			}
		}
	}
	return out
}
