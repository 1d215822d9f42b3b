package tables

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

const (
	csvChunkSize  = 1 << 20
	csvSampleRows = 200
	csvPollRows   = 1 << 10
)

// A csvPart is one column of one chunk of the text.
type csvPart struct {
	kind   csvKind
	forced bool
	skip   bool    // a field did not fit: read again as want
	want   csvKind // what the fields need
	empty  bool    // saw "" where it was taken for a null
	n      int
	nulls  []int32
	i      []int64
	f      []float64
	b      []bool
	off    []int64
	txt    []byte
}

// A csvChunk is whole records of the text.
type csvChunk struct {
	lo, hi int
	rows   int
	parts  []csvPart
	err    error
}

// sample guesses kinds from the first rows, so that most chunks need one pass.
func (f *csvFile) sample(pos int) error {
	f.guess = make([]csvKind, len(f.names))
	w := walker{f, pos}
	for range f.sampleRows {
		lo, hi, err := w.next()
		if err != nil {
			return err
		}
		if lo == len(f.text) {
			break
		}
		fields, err := f.fields(lo, hi)
		if err != nil {
			return err
		}
		for i := range min(len(fields), len(f.guess)) {
			if b := []byte(fields[i]); len(b) > 0 && !f.nulls[fields[i]] {
				f.guess[i] = f.guess[i].join(detect(b))
			}
		}
	}
	return nil
}

// chunks cuts the text between records and reads the chunks side by side.
func (f *csvFile) chunks(pos int) ([]*csvChunk, error) {
	quotes := f.quote != 0 && indexByte(f.text[pos:], f.quote) >= 0
	workers := runtime.GOMAXPROCS(0)
	todo, left := make(chan *csvChunk, 4*workers), make(chan struct{})
	leave := sync.OnceFunc(func() { close(left) })
	var all []*csvChunk
	var err error
	f.together(workers+1, func(part int) {
		if part == 0 {
			defer close(todo)
			err = onFault(func() (err error) {
				all, err = f.cut(pos, quotes, todo, left)
				return err
			})
			return
		}
		defer leave() // if it is interrupted, else the cutting is over
		for c := range todo {
			c.err = onFault(func() error { return f.readChunk(c) })
		}
	})
	for _, c := range all {
		if c.err != nil {
			return nil, c.err
		}
	}
	return all, err
}

// cut sends the chunks to be read, unless left is closed; without quotes every
// line end ends a record.
func (f *csvFile) cut(pos int, quotes bool, todo chan<- *csvChunk, left <-chan struct{}) ([]*csvChunk, error) {
	var all []*csvChunk
	send := func(lo, hi int) {
		c := &csvChunk{lo: lo, hi: hi}
		all = append(all, c)
		select {
		case todo <- c:
		case <-left:
		}
	}
	start := pos
	for pos < len(f.text) {
		if !quotes {
			pos = min(pos+f.chunkSize, len(f.text))
		}
		hi, err := f.recordEnd(pos)
		if err != nil {
			return all, err
		}
		pos = afterLineEnd(f.text, hi)
		if pos-start >= f.chunkSize {
			interrupt.Check()
			send(start, pos)
			start = pos
		}
	}
	if start < pos {
		send(start, pos)
	}
	return all, nil
}

// readChunk reads every column, then again those whose kind was too narrow.
func (f *csvFile) readChunk(c *csvChunk) error {
	interrupt.Check()
	c.parts = make([]csvPart, len(f.names))
	rows := f.expect(c)
	for i := range c.parts {
		p := &c.parts[i]
		p.kind = f.guess[i]
		if f.force[i] != kindUnknown {
			p.kind, p.forced = f.force[i], true
		}
		p.reserve(rows)
	}
	all := make([]bool, len(c.parts))
	for i := range all {
		all[i] = true
	}
	for again := true; again; {
		if err := f.readColumns(c, all); err != nil {
			return err
		}
		again = false
		for i := range c.parts {
			all[i] = c.parts[i].skip
			if all[i] {
				c.parts[i] = csvPart{kind: c.parts[i].want}
				c.parts[i].reserve(c.rows)
				again = true
			}
		}
	}
	return f.checkText(c)
}

// expect estimates a chunk's rows from its first lines, generously.
func (f *csvFile) expect(c *csvChunk) int {
	head := f.text[c.lo:min(c.hi, c.lo+8192)]
	lines := 1 + max(bytes.Count(head, []byte{'\n'}), bytes.Count(head, []byte{'\r'}))
	return lines * (c.hi - c.lo) / max(len(head), 1) * 17 / 16
}

// reserve makes room for so many rows.
func (p *csvPart) reserve(rows int) {
	switch p.kind {
	case kindInt, kindDate, kindTime:
		p.i = make([]int64, 0, rows)
	case kindFloat:
		p.f = make([]float64, 0, rows)
	case kindString:
		p.off = make([]int64, 1, rows+1)
		p.txt = make([]byte, 0, 8*rows)
		return
	}
	p.off = []int64{0}
}

// readColumns goes through the records once and fills the active columns.
func (f *csvFile) readColumns(c *csvChunk, active []bool) error {
	text := f.text
	var scratch []byte
	c.rows = 0
	for pos := c.lo; pos < c.hi; {
		if e := text[pos]; (e == '\n' || e == '\r') && len(f.names) != 1 {
			pos = afterLineEnd(text, pos)
			continue
		} else if f.comment != 0 && e == f.comment {
			pos = afterLineEnd(text, lineEnd(text, pos))
			continue
		}
		end, fields, err := f.readRecord(c, active, pos, &scratch)
		if err != nil {
			return err
		}
		if fields != len(f.names) {
			if err := f.ragged(c, active, fields, pos); err != nil {
				return err
			}
		}
		if c.rows++; c.rows%csvPollRows == 0 {
			interrupt.Check()
		}
		pos = afterLineEnd(text, end)
	}
	return nil
}

// readRecord puts the fields of one record into the active columns, and gives
// its end and the number of its fields.
func (f *csvFile) readRecord(c *csvChunk, active []bool, pos int, scratch *[]byte) (end, fields int, err error) {
	text, delim := f.text, f.delim
	for {
		wanted := fields < len(active) && active[fields]
		if !wanted || !f.plain || !f.number(&c.parts[fields], &pos) {
			lo := pos
			var s span
			if s, pos, err = f.nextField(pos); err != nil {
				return 0, 0, err
			}
			if wanted {
				b := f.bytes(s, scratch)
				if !f.put(&c.parts[fields], b, s.quoted) {
					name := f.names[fields]
					return 0, 0, f.errorAt(lo, "column %q: want %v, got %q", name, f.types[name], b)
				}
			}
		}
		fields++
		if pos >= len(text) || text[pos] != delim {
			return pos, fields, nil
		}
		pos++
	}
}

// nextField is field with a short way for the most common fields.
func (f *csvFile) nextField(pos int) (s span, next int, err error) {
	text, lo := f.text, pos
	if pos < len(text) && (text[pos] == ' ' || text[pos] == '\t' || text[pos] == f.quote) {
		return f.field(pos)
	}
	for pos < len(text) && text[pos] != f.delim && text[pos] != '\n' && text[pos] != '\r' {
		pos++
	}
	s = span{lo: lo, hi: pos}
	if pos > lo && text[pos-1] <= ' ' {
		s.hi = f.trimEnd(lo, pos)
	}
	return s, pos, nil
}

// number reads a field that is nothing but a number straight from the text;
// everything else is left to the general way.
func (f *csvFile) number(p *csvPart, pos *int) bool {
	if p.skip {
		return false
	}
	switch p.kind {
	case kindInt:
		v, next := scanInt(f.text, *pos)
		if next < 0 || !f.endsField(next) {
			return false
		}
		p.i = append(p.i, v)
		*pos = next
	case kindFloat:
		v, next := scanFloat(f.text, *pos)
		if next < 0 || !f.endsField(next) {
			return false
		}
		p.f = append(p.f, v)
		*pos = next
	default:
		return false
	}
	p.n++
	return true
}

func (f *csvFile) endsField(pos int) bool {
	if pos >= len(f.text) {
		return true
	}
	c := f.text[pos]
	return c == f.delim || c == '\n' || c == '\r'
}

// ragged deals with a record of the wrong length.
func (f *csvFile) ragged(c *csvChunk, active []bool, got, pos int) error {
	if got > len(f.names) && f.excess {
		return nil
	}
	if got < len(f.names) && f.missing {
		for i := got; i < len(f.names); i++ {
			if active[i] {
				c.parts[i].null()
			}
		}
		return nil
	}
	return f.errorAt(pos, "want %s, got %d", plural(len(f.names), "field"), got)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// put appends a field to a column; false if it cannot be of a demanded type.
func (f *csvFile) put(p *csvPart, b []byte, quoted bool) bool {
	if len(b) == 0 && (!quoted || p.kind != kindString) {
		p.empty = p.empty || quoted
		p.null()
		return true
	}
	if f.nulls != nil && !quoted && f.nulls[string(b)] {
		p.null()
		return true
	}
	if p.skip {
		p.want = p.want.join(detect(b))
		return true
	}
	if p.kind == kindUnknown {
		p.start(detect(b))
	}
	if p.skip || p.add(b) {
		return true
	}
	if p.forced {
		return false
	}
	p.widen(b)
	return true
}

// null appends a null, with a zero in the values.
func (p *csvPart) null() {
	if p.skip {
		return
	}
	p.nulls = append(p.nulls, int32(p.n))
	p.zero()
	p.n++
}

func (p *csvPart) zero() {
	switch p.kind {
	case kindInt, kindDate, kindTime:
		p.i = append(p.i, 0)
	case kindFloat:
		p.f = append(p.f, 0)
	case kindBool:
		p.b = append(p.b, false)
	case kindString:
		p.off = append(p.off, int64(len(p.txt)))
	}
}

// start gives a column of nulls its kind.
func (p *csvPart) start(k csvKind) {
	if k == kindString && p.empty {
		p.skip, p.want = true, k // some of the nulls are empty strings
		return
	}
	p.kind = k
	for range p.n {
		p.zero()
	}
}

// add appends a field if it is of the column's kind.
func (p *csvPart) add(b []byte) bool {
	ok := true
	switch p.kind {
	case kindInt:
		var v int64
		if v, ok = parseInt(b); ok {
			p.i = append(p.i, v)
		}
	case kindFloat:
		var v float64
		if v, ok = parseFloat(b); ok {
			p.f = append(p.f, v)
		}
	case kindString:
		p.txt = append(p.txt, b...)
		p.off = append(p.off, int64(len(p.txt)))
	case kindBool:
		var v bool
		if v, ok = parseBool(b); ok {
			p.b = append(p.b, v)
		}
	case kindDate:
		var v int32
		if v, ok = parseDate(b); ok {
			p.i = append(p.i, int64(v))
		}
	case kindTime:
		var v int64
		if v, ok = parseTime(b); ok {
			p.i = append(p.i, v)
		}
	}
	if ok {
		p.n++
	}
	return ok
}

// widen makes room for a field that does not fit.
func (p *csvPart) widen(b []byte) {
	want := p.kind.join(detect(b))
	if p.kind == kindInt && want == kindFloat {
		p.toFloat()
		p.add(b)
		return
	}
	*p = csvPart{kind: p.kind, skip: true, want: want}
}

func (p *csvPart) toFloat() {
	p.f, p.i, p.kind = convertSlice[float64](p.i), nil, kindFloat
}

// checkText makes sure that text is UTF-8.
func (f *csvFile) checkText(c *csvChunk) error {
	for i := range c.parts {
		if err := f.checkPart(c, i); err != nil {
			return err
		}
	}
	return nil
}

func (f *csvFile) checkPart(c *csvChunk, col int) error {
	if p := &c.parts[col]; p.kind != kindString || utf8.Valid(p.txt) {
		return nil
	}
	return f.errorAt(c.lo+firstInvalid(f.text[c.lo:c.hi]), "column %q: the text is not UTF-8", f.names[col])
}

func firstInvalid(b []byte) int {
	at := 0
	for at < len(b) {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}
