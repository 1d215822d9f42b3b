package tables

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/sheaf-go/sheaf/internal/atomicfile"
	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// csvWriteSize is about how many bytes are formatted at once.
const csvWriteSize = 1 << 17

// WriteCSV writes the table to a file of delimited text, in UTF-8 with LF at
// the end of each line, compressed if its name ends in .gz or .zst. [ReadCSV]
// with the same options reads the same table:
//
//   - null is an empty field, or the first of [Nulls]; empty text is ""
//   - text is in quotes only where it would be taken for something else: if it
//     is empty, is a null's text, or has the delimiter, a quote, a line end, or
//     a blank at one of its ends
//   - floats are the shortest digits that read back as the same float, always
//     with a point or an exponent; NaN, Inf and -Inf are themselves
//   - times are 2006-01-02 15:04:05.999999999 in UTC, days 2006-01-02, durations
//     1h2m3.5s
//
// What the text alone does not tell must be given to the reader by
// [ColumnType]: types that it never infers, text that looks like numbers or
// times, and columns that are all null.
//
// Columns of vectors, text that is not UTF-8 or has NUL bytes, and a table that
// carries an error are errors. A file that was there is replaced when all is
// written, and left as it was by an error or an interrupt.
func (t *Table) WriteCSV(path string, opts ...CSVOption) error {
	w, err := t.csvWriter(opts)
	if err != nil {
		return err
	}
	if w.pack, err = packFor(path); err == nil {
		err = plainError(atomicfile.Write(path, w.writeTo))
	}
	if err != nil {
		return fmt.Errorf("tables: write %s: %w", path, err)
	}
	return nil
}

// WriteCSVTo writes the table as [Table.WriteCSV] does, not compressed; what
// has been written when an error comes stays.
func (t *Table) WriteCSVTo(out io.Writer, opts ...CSVOption) error {
	w, err := t.csvWriter(opts)
	if err != nil {
		return err
	}
	if err := w.writeTo(out); err != nil {
		return fmt.Errorf("tables: write csv: %w", err)
	}
	return nil
}

// CSV is the table as the text that [Table.WriteCSV] writes.
func (t *Table) CSV(opts ...CSVOption) (string, error) {
	var b strings.Builder
	err := t.WriteCSVTo(&b, opts...)
	if err != nil {
		return "", err
	}
	return b.String(), nil
}

// A csvWriter writes a table.
type csvWriter struct {
	*csvConfig
	cols []*csvFormat
	n    int
	pack func(b []byte) ([]byte, error) // makes a part of the file of text; nil: it is

	mu   sync.Mutex
	turn sync.Cond
	next int // the part to be written next
	err  error
	stop bool
}

func (t *Table) csvWriter(opts []CSVOption) (*csvWriter, error) {
	if t.err != nil {
		return nil, t.err
	}
	c := newCSVConfig(opts)
	switch {
	case c.err != nil:
		return nil, c.err
	case c.onlyRead != "":
		return nil, fmt.Errorf("tables: write csv: the option %s is for reading", c.onlyRead)
	case len(t.cols) == 0:
		return nil, fmt.Errorf("tables: write csv: want a table with columns, got none")
	case c.names != nil && len(c.names) != len(t.cols):
		return nil, fmt.Errorf("tables: write csv: want %s, got %d: %w", plural(len(t.cols), "name"), len(c.names), ErrLength)
	}
	w := &csvWriter{csvConfig: c, n: t.n}
	w.turn.L = &w.mu
	marks := c.marks()
	if len(t.cols) == 1 && !c.given { // see otherDelimiter
		for _, m := range otherDelimiters {
			marks[m] |= wantsQuotes
		}
	}
	null := csvFormat{csvConfig: &csvConfig{quote: c.quote}, row: -1}
	if c.null != "" && (string(null.text(nil, c.null, marks, 0)) != c.null || null.bad != nil) {
		return nil, fmt.Errorf("tables: write csv: want a text for null that needs no quotes, got %q", c.null)
	}
	for _, col := range t.cols {
		f, err := c.format(col, marks)
		if err != nil {
			return nil, fmt.Errorf("tables: write csv: %w", err)
		}
		w.cols = append(w.cols, f)
	}
	if len(w.cols) == 1 && c.headerless && c.null == "" && t.n > 0 && t.cols[0].IsNull(0) {
		return nil, fmt.Errorf("tables: write csv: want Nulls(…) for one column without a header whose first row is null: empty lines at the start are no rows")
	}
	return w, nil
}

// header writes the names.
func (w *csvWriter) header(b []byte) ([]byte, error) {
	if w.headerless {
		return b, nil
	}
	marks := w.marks()
	for i, f := range w.cols {
		name := csvFormat{csvConfig: w.csvConfig, col: f.col, row: -1}
		s := f.col.name
		if w.names != nil {
			s = w.names[i]
		}
		if b = append(name.text(b, s, marks, 0), w.delim); name.bad != nil {
			return nil, fmt.Errorf("the name %q: %w", s, name.bad)
		}
	}
	b[len(b)-1] = '\n'
	return b, nil
}

// writeTo formats parts of the rows side by side and writes them in order.
func (w *csvWriter) writeTo(out io.Writer) error {
	head, err := w.header(nil)
	if err != nil {
		return err
	}
	if err := w.put(out, head); err != nil {
		return err
	}
	rows := max(csvWriteSize/(16*len(w.cols)), 1)
	parts := (w.n + rows - 1) / rows
	m := startMeter("writing CSV, rows", w.n)
	defer m.end()
	workers := max(min(runtime.GOMAXPROCS(0), parts), 1)
	interrupt.Together(workers, func(worker int) {
		ended := false
		defer func() {
			if !ended { // the others must not wait for it
				w.fail(nil)
			}
		}()
		var b []byte
		for part := worker; part < parts; part += workers {
			lo, hi := part*rows, min((part+1)*rows, w.n)
			var err error
			if b, err = w.rows(b[:0], lo, hi); err == nil {
				var packed []byte
				if packed, err = w.packed(b); err == nil {
					err = w.inTurn(out, part, packed)
				}
			}
			if err != nil {
				w.fail(err)
				break
			}
			m.add(hi - lo)
		}
		ended = true
	})
	return w.err
}

// inTurn writes a part when all before it are written.
func (w *csvWriter) inTurn(out io.Writer, part int, b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.next < part && !w.stop {
		w.turn.Wait()
	}
	if w.stop {
		return errStopped
	}
	defer w.turn.Broadcast()
	w.next++
	_, err := out.Write(b)
	return err
}

var errStopped = errors.New("the work has been ended") // nobody is told

// fail ends all work.
func (w *csvWriter) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.stop = true
	w.turn.Broadcast()
}

// put writes what comes first.
func (w *csvWriter) put(out io.Writer, b []byte) error {
	b, err := w.packed(b)
	if err == nil {
		_, err = out.Write(b)
	}
	return err
}

func (w *csvWriter) packed(b []byte) ([]byte, error) {
	if w.pack == nil {
		return b, nil
	}
	return w.pack(b)
}

// rows formats rows.
func (w *csvWriter) rows(b []byte, lo, hi int) ([]byte, error) {
	for r := lo; r < hi; r++ {
		if r%256 == 0 {
			interrupt.Check()
		}
		for _, f := range w.cols {
			if f.col.valid != nil && !f.col.valid.get(r) {
				b = append(b, w.null...)
			} else {
				b = f.add(b, r)
			}
			b = append(b, w.delim)
		}
		b[len(b)-1] = '\n'
	}
	for _, f := range w.cols {
		if err := f.blamed(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// packFor is how a file of that name is compressed.
func packFor(path string) (func([]byte) ([]byte, error), error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".gz":
		return func(b []byte) ([]byte, error) { // members end to end are a file too
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			if _, err := z.Write(b); err != nil {
				return nil, err
			}
			err := z.Close()
			return out.Bytes(), err
		}, nil
	case ".zst", ".zstd":
		z, err := zstd.NewWriter(nil)
		if err != nil {
			return nil, err
		}
		return func(b []byte) ([]byte, error) { return z.EncodeAll(b, nil), nil }, nil
	case ".bz2", ".zip", ".tar", ".tgz", ".xz":
		return nil, fmt.Errorf("want a name that ends in .gz or .zst for a compressed file, got %s, which can only be read", ext)
	}
	return nil, nil
}
