package tables

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

const (
	csvChunkSize  = 1 << 17 // what a core's cache holds with what comes out of it
	csvSampleRows = 200
)

// A csvChunk is whole records of the text.
type csvChunk struct {
	lo, hi int
	at     int // the first row's number
	rows   int
	parts  []csvPart
	err    error
	next   int   // where the record behind its last one starts, and
	bad    error // why there is none; known once the chunk has been counted
}

// A csvPart is what one column of one chunk has beside its values.
type csvPart struct {
	want  csvKind // what the fields need, if the column's kind will not do
	empty bool    // saw "" where it was taken for a null
	nulls []int32 // rows of the chunk
	dict  *csvDict
	txt   []byte // text without a dictionary, end to end
}

// A csvColumn is the values of all rows; which slice has them the kind says.
type csvColumn struct {
	kind   csvKind
	forced bool
	i      []int64
	f      []float64
	b      []bool
	d      []int32     // days; of text the word, or without a dictionary the length
	plain  atomic.Bool // no dictionary pays
}

// A csvDict is the words that one worker has met in a column.
type csvDict struct {
	*dictBuilder
	rows    int
	checked int // so many bytes of the words are known to be UTF-8
}

// A csvWorker reads one chunk after the other.
type csvWorker struct {
	*csvFile
	csvGrid
	scratch, number []byte
	left            []uint32   // rows
	room            []byte     // for text
	dicts           []*csvDict // by column
}

// sample guesses kinds from the first rows, so that most columns need one pass.
func (f *csvFile) sample(pos int) error {
	guess := make([]csvKind, len(f.names))
	w := walker{f, pos}
	var scratch []byte
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
		for i := range min(len(fields), len(guess)) {
			if b := []byte(fields[i]); len(b) > 0 && !f.nulls[fields[i]] {
				guess[i] = guess[i].join(f.detect(b, &scratch))
			}
		}
	}
	const share = 8 // chunks that are worth a worker
	f.workers = make([]*csvWorker, min(runtime.GOMAXPROCS(0), 1+(len(f.text)-pos)/(share*f.chunkSize)))
	for i := range f.workers {
		f.workers[i] = &csvWorker{csvFile: f, dicts: make([]*csvDict, len(f.names))}
	}
	f.cols = make([]csvColumn, len(f.names))
	for i := range f.cols {
		f.cols[i].kind = guess[i]
		if f.force[i] != kindUnknown {
			f.cols[i].kind, f.cols[i].forced = f.force[i], true
		}
	}
	return nil
}

// chunks cuts the text between records and counts the rows. As a rule there
// are no quotes, and each line end ends a record; then the count is of lines,
// and the reader sees whether it was right.
func (f *csvFile) chunks(pos int) ([]*csvChunk, error) {
	chunks := f.cut(pos, f.lineEnd)
	if f.comment == 0 && f.escape == 0 && f.countLines(chunks) {
		return chunks, nil
	}
	return f.recount(chunks)
}

// recount is chunks where the lines are not the rows.
func (f *csvFile) recount(chunks []*csvChunk) ([]*csvChunk, error) {
	if len(chunks) == 0 {
		return nil, nil
	}
	if f.quote != 0 {
		chunks = f.cut(chunks[0].lo, f.likelyEnd)
	}
	return f.count(chunks)
}

// countLines takes the line feeds of each chunk for its rows; false if that
// cannot be right.
func (f *csvFile) countLines(chunks []*csvChunk) bool {
	var quotes atomic.Bool
	err := f.each(chunks, func(_ *csvWorker, c *csvChunk) error {
		interrupt.Check()
		if quotes.Load() {
			return nil
		}
		n, quoted := lines(f.text[c.lo:c.hi], f.quote)
		if c.rows = n; quoted {
			quotes.Store(true)
		}
		if f.text[c.hi-1] != '\n' {
			c.rows++
		}
		return nil
	})
	f.place(chunks)
	f.guessed = err == nil && !quotes.Load() && f.rows*len(f.names) <= len(f.text) && f.rows <= math.MaxInt32
	return f.guessed
}

// place has the chunks' rows follow one another.
func (f *csvFile) place(chunks []*csvChunk) {
	f.rows = 0
	for _, c := range chunks {
		c.at = f.rows
		f.rows += c.rows
	}
}

// cut makes chunks of the text; end is where a record ends behind a position,
// or is taken to end.
func (f *csvFile) cut(pos int, end func(pos int) int) []*csvChunk {
	var chunks []*csvChunk
	for pos < len(f.text) {
		interrupt.Check()
		hi := afterLineEnd(f.text, end(min(pos+f.chunkSize, len(f.text))))
		chunks = append(chunks, &csvChunk{lo: pos, hi: hi})
		pos = hi
	}
	return chunks
}

func (f *csvFile) lineEnd(pos int) int { return lineEnd(f.text, pos) }

// likelyEnd is the first of the next lines' ends behind which there are records
// of the right length, so that it hardly is in quotes.
func (f *csvFile) likelyEnd(pos int) int {
	const most, records = 20, 2
	first := f.lineEnd(pos)
	for end, n := first, 0; n < most && end < len(f.text); n++ {
		at, ok := afterLineEnd(f.text, end), 0
		for ok < records && at < len(f.text) && f.recordOf(&at, len(f.names)) {
			ok++
		}
		if ok == records || at == len(f.text) {
			return end
		}
		end = f.lineEnd(afterLineEnd(f.text, end))
	}
	return first
}

// recordOf steps over a record; false if it has not so many fields.
func (f *csvFile) recordOf(pos *int, fields int) bool {
	for n := 1; n <= fields; n++ {
		_, next, err := f.field(*pos)
		if err != nil {
			return false
		}
		if next >= len(f.text) || f.text[next] != f.delim {
			*pos = afterLineEnd(f.text, next)
			return n == fields
		}
		*pos = next + 1
	}
	return false
}

// count counts the rows of each chunk, side by side, as though each started
// with a record. That the first one does; where another starts inside of one,
// because quotes hold line ends, it is counted again from where that ends.
func (f *csvFile) count(chunks []*csvChunk) ([]*csvChunk, error) {
	f.guessed = false
	index := func(w *csvWorker, c *csvChunk) error {
		c.bad = w.index(f, c)
		c.rows, c.next = w.n, w.end
		return nil
	}
	if err := f.each(chunks, index); err != nil {
		return nil, err
	}
	pos, whole := chunks[0].lo, chunks[:0]
	for _, c := range chunks {
		if c.hi <= pos {
			continue
		}
		if c.lo != pos {
			c.lo = pos
			if err := onFault(func() error { return index(f.workers[0], c) }); err != nil {
				return nil, err
			}
		}
		if c.bad != nil {
			return nil, c.bad
		}
		c.hi, pos = c.next, c.next
		whole = append(whole, c)
	}
	f.place(whole)
	if cells := f.rows * len(f.names); f.missing && cells > max(1<<30, 16*len(f.text)) {
		return nil, fmt.Errorf("want fewer missing fields: %d rows of %d columns in %d bytes: %w", f.rows, len(f.names), len(f.text), ErrCSV)
	}
	if f.rows > math.MaxInt32 {
		return nil, fmt.Errorf("%d rows: a table holds at most %d", f.rows, math.MaxInt32)
	}
	return whole, nil
}

// each has workers work on the chunks, side by side; the error is the first
// chunk's that has one.
func (f *csvFile) each(chunks []*csvChunk, work func(w *csvWorker, c *csvChunk) error) error {
	var next atomic.Int64
	f.together(max(min(len(f.workers), len(chunks)), 1), func(part int) {
		w := f.workers[part]
		for {
			i := int(next.Add(1)) - 1
			if i >= len(chunks) {
				return
			}
			chunks[i].err = onFault(func() error { return work(w, chunks[i]) })
			if chunks[i].err != nil {
				next.Store(int64(len(chunks))) // those before it have begun
			}
			if f.meter != nil {
				f.meter.add(chunks[i].hi - chunks[i].lo)
			}
		}
	})
	for _, c := range chunks {
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// read reads the columns named by their numbers.
func (f *csvFile) read(chunks []*csvChunk, cols []int) error {
	for _, i := range cols {
		f.cols[i].reserve(f.rows)
		for _, c := range chunks {
			if c.parts == nil {
				c.parts = make([]csvPart, len(f.names))
			}
			c.parts[i] = csvPart{}
		}
		for _, w := range f.workers {
			w.dicts[i] = nil
		}
	}
	return f.each(chunks, func(w *csvWorker, c *csvChunk) error {
		if err := w.index(f, c); err != nil {
			return err
		}
		if w.n != c.rows {
			return errChanged
		}
		var first *csvError
		for _, i := range cols {
			interrupt.Check()
			if err := w.column(c, i); err != nil && (first == nil || err.pos < first.pos) {
				first = err
			}
		}
		if first != nil {
			return first
		}
		return nil
	})
}

var errChanged = errors.New("the file changed while it was read")

// reserve makes room for so many rows.
func (c *csvColumn) reserve(rows int) {
	c.i, c.f, c.b, c.d = nil, nil, nil, nil
	switch c.kind {
	case kindInt, kindUint, kindTime, kindDuration:
		c.i = uncleared[int64](rows)
	case kindFloat, kindSingle:
		c.f = uncleared[float64](rows)
	case kindBool:
		c.b = uncleared[bool](rows)
	case kindDate, kindString:
		c.d = uncleared[int32](rows)
	}
}

// readAll reads all columns, and again those whose guess was too narrow. Where
// the rows have been guessed wrong, it gives other chunks.
func (f *csvFile) readAll(chunks []*csvChunk) ([]*csvChunk, error) {
	cols := make([]int, len(f.names))
	for i := range cols {
		cols[i] = i
	}
	size := 0
	for _, c := range chunks {
		size += c.hi - c.lo
	}
	f.meter = startMeter("reading CSV, bytes", size)
	defer func() {
		f.meter.end()
		f.meter = nil
	}()
	for len(cols) > 0 {
		err := f.read(chunks, cols)
		if err != nil && f.guessed {
			f.meter.add(-f.meter.done)
			if chunks, err = f.recount(chunks); err == nil {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		f.guessed = false
		cols = slices.DeleteFunc(cols, func(i int) bool { return !f.widen(chunks, i) })
	}
	return chunks, nil
}

// widen gives a column the kind that all of its parts need and reports whether
// it was another one.
func (f *csvFile) widen(chunks []*csvChunk, col int) bool {
	kind, empty := f.cols[col].kind, false
	for _, c := range chunks {
		kind = kind.join(c.parts[col].want)
		empty = empty || c.parts[col].empty
	}
	if kind == kindUnknown && empty {
		kind = kindString // "" is text
	}
	if kind == f.cols[col].kind {
		return false
	}
	f.cols[col].kind = kind
	return true
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
