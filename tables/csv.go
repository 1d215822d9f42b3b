package tables

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/near"
)

// ErrCSV is wrapped by every error about the text of a CSV file.
var ErrCSV = errors.New("malformed CSV")

// ReadCSV reads a file of delimited text. It may be compressed (gzip, zstd,
// bzip2) or an archive (zip, tar) of one file, and be UTF-16 if it starts with a
// byte order mark. Lines may end in LF, CRLF or CR. An empty field is null; an
// empty field in quotes is the empty string in a column of text.
//
// A column whose fields are all integers becomes Int64, all numbers Float64
// (as do integers beyond 64 bits), all true or false Bool, all days Date, all
// points in time (2006-01-02 15:04:05, with or without T, fraction and zone;
// without a zone UTC is meant) Timestamp, and anything else, or nothing,
// String. [ColumnType] fixes types, also those that are never inferred: narrow
// numbers, Char (one character) and Duration (1h2m3.5s). Names in the header
// that formulas could not use are made into identifiers, and names that come
// twice get a number.
//
// A missing file, a folder, a file that is empty or no text, a row of another
// length than the header, and an unclosed quote are errors that name the file,
// and the line and the character where one is to blame; the table then carries
// the same error. So is a file of one column whose lines all have as many
// semicolons, tabs or bars, unless [Delimiter] is given: it is one that has
// another delimiter. A compressed file's text is held in memory while it is
// read. Reading that takes longer than a second shows a progress bar in a
// session.
func ReadCSV(path string, opts ...CSVOption) (*Table, error) {
	cfg := newCSVConfig(opts)
	if cfg.err != nil {
		return failed(cfg.err), cfg.err
	}
	var t *Table
	err := readText(path, func(text []byte, readers *sync.WaitGroup) (err error) {
		t, err = parseCSV(text, cfg, readers)
		return err
	})
	if at, ok := errors.AsType[*csvError](err); ok {
		err = &placedError{fmt.Sprintf("tables: read %s:%d:%d: %s", path, at.line, at.char, at.msg), err}
	} else if err != nil {
		err = fmt.Errorf("tables: read %s: %w", path, err)
	}
	if err != nil {
		return failed(err), err
	}
	return t, nil
}

// A placedError is a csvError whose file is known.
type placedError struct {
	msg   string
	cause error
}

// Error implements error.
func (e *placedError) Error() string { return e.msg }

// Unwrap gives errors.Is and errors.As the cause.
func (e *placedError) Unwrap() error { return e.cause }

// ParseCSV reads delimited text that is in memory already; see [ReadCSV].
func ParseCSV(text string, opts ...CSVOption) (*Table, error) {
	return readMemory("parse csv", func() ([]byte, error) { return plainText([]byte(text)) }, opts)
}

// ReadCSVFrom reads r to its end, then what it gave; see [ReadCSV].
func ReadCSVFrom(r io.Reader, opts ...CSVOption) (*Table, error) {
	return readMemory("read csv", func() ([]byte, error) {
		raw, err := io.ReadAll(polled{r})
		if err != nil {
			return nil, err
		}
		return textOf(raw)
	}, opts)
}

// readMemory reads text that stays as it is.
func readMemory(what string, get func() ([]byte, error), opts []CSVOption) (*Table, error) {
	cfg := newCSVConfig(opts)
	if cfg.err != nil {
		return failed(cfg.err), cfg.err
	}
	b, err := get()
	var t *Table
	if err == nil {
		t, err = parseCSV(b, cfg, new(sync.WaitGroup))
	}
	if err != nil {
		err = fmt.Errorf("tables: %s: %w", what, err)
		return failed(err), err
	}
	return t, nil
}

// polled is a reader that asks for the interrupt.
type polled struct{ io.Reader }

// Read implements io.Reader.
func (r polled) Read(b []byte) (int, error) {
	interrupt.Check()
	return r.Reader.Read(b)
}

// A csvFile is a text being read: names and types known, rows still text.
type csvFile struct {
	*csvConfig
	text    []byte
	readers *sync.WaitGroup // goroutines that read the text
	names   []string
	force   []csvKind // kind demanded for each column, or kindUnknown
	plain   bool      // a number is not a null
	cols    []csvColumn
	workers []*csvWorker
	rows    int
	guessed bool   // the number of rows, that is
	meter   *meter // of bytes
}

// together is interrupt.Together with readers of the text.
func (f *csvFile) together(n int, work func(part int)) {
	f.readers.Add(n)
	interrupt.Together(n, func(part int) {
		defer f.readers.Done()
		work(part)
	})
}

func parseCSV(text []byte, cfg *csvConfig, readers *sync.WaitGroup) (*Table, error) {
	f := &csvFile{csvConfig: cfg, text: text, readers: readers}
	f.plain = true
	for s := range cfg.nulls {
		k := cfg.detect([]byte(s), new([]byte))
		f.plain = f.plain && k != kindInt && k != kindFloat
	}
	pos, err := f.header()
	if err != nil {
		return nil, err
	}
	if err := f.otherDelimiter(); err != nil {
		return nil, err
	}
	if err := f.demand(); err != nil {
		return nil, err
	}
	w := walker{f, pos}
	for i := range f.skip {
		poll(i)
		if _, _, err := w.next(); err != nil {
			return nil, err
		}
	}
	end := len(text)
	if f.limit >= 0 {
		limited := walker{f, w.pos}
		for i := range f.limit {
			poll(i)
			if _, _, err := limited.next(); err != nil {
				return nil, err
			}
		}
		end = limited.pos
	}
	f.text = text[:end]
	if err := f.sample(w.pos); err != nil {
		return nil, err
	}
	chunks, err := f.chunks(w.pos)
	if err != nil {
		return nil, err
	}
	if chunks, err = f.readAll(chunks); err != nil {
		return nil, err
	}
	return f.assemble(chunks)
}

// header finds the columns' names and where the data starts.
func (f *csvFile) header() (int, error) {
	w := walker{f, 0}
	for range f.headerRow {
		if _, _, err := w.next(); err != nil {
			return 0, err
		}
	}
	lo, hi, err := w.next()
	if err != nil {
		return 0, err
	}
	if lo == hi {
		return 0, fmt.Errorf("the file has no rows: %w", ErrCSV)
	}
	fields, err := f.fields(lo, hi)
	if err != nil {
		return 0, err
	}
	if f.csvConfig.names != nil {
		f.names = slices.Clone(f.csvConfig.names)
		if len(f.names) != len(fields) {
			return 0, fmt.Errorf("%d names are given, line %d has %d fields: %w", len(f.names), f.errorAt(lo, "").line, len(fields), ErrCSV)
		}
	} else if !f.headerless {
		for i, name := range fields {
			if !utf8.ValidString(name) {
				return 0, f.errorAt(lo, "column %d: want a name in UTF-8, got %q", i+1, excerpt([]byte(name)))
			}
		}
		f.names = columnNames(fields)
	} else {
		for i := range fields {
			f.names = append(f.names, "Column"+strconv.Itoa(i+1))
		}
	}
	if f.headerless {
		return lo, nil
	}
	return w.pos, nil
}

const otherDelimiters = ";\t|"

// otherDelimiter is an error if the file looks as though it had another
// delimiter than the comma that nobody has asked for.
func (f *csvFile) otherDelimiter() error {
	if f.given || len(f.names) != 1 {
		return nil
	}
	const sample = 20
	for _, c := range []byte(otherDelimiters) {
		w, rows, want := walker{f, 0}, 0, 0
		for range sample {
			lo, hi, err := w.next()
			if err != nil || lo == len(f.text) {
				break
			}
			n := bytes.Count(f.text[lo:hi], []byte{c})
			if bytes.IndexByte(f.text[lo:hi], f.quote) >= 0 {
				n = 0
			}
			if rows++; n == 0 || rows > 1 && n != want {
				rows = 0
				break
			}
			want = n
		}
		if rows > 1 {
			return fmt.Errorf("the file has one column and %d × %q in each line; did you mean tables.Delimiter(%q)? tables.Delimiter(%q) reads it as it is: %w", want, c, c, f.delim, ErrCSV)
		}
	}
	return nil
}

// columnNames makes the fields of a header into unique identifiers.
func columnNames(fields []string) []string {
	seen, last := map[string]bool{}, map[string]int{} // last: the number that was given to a name
	names := make([]string, len(fields))
	for i, s := range fields {
		base := identifier(s, i)
		name := base
		for n := max(last[base], 1) + 1; seen[name]; n++ {
			name = base + "_" + strconv.Itoa(n)
			last[base] = n
		}
		seen[name] = true
		names[i] = name
	}
	return names
}

// identifier keeps letters, digits and underscores; others become underscores.
func identifier(s string, i int) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		switch {
		case r == '_' || unicode.IsLetter(r):
			b.WriteRune(r)
		case unicode.IsDigit(r):
			if b.Len() == 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	name := b.String()
	switch {
	case strings.Trim(name, "_") == "":
		return "Column" + strconv.Itoa(i+1)
	case reserved[name]:
		return name + "_"
	}
	return name
}

// reserved names mean something else in formulas.
var reserved = map[string]bool{"i": true, "ii": true, "k": true, "in": true, "not": true, "icase": true,
	"and": true, "or": true, "true": true, "false": true, "null": true}

// demand turns the types that the caller fixed into kinds.
func (f *csvFile) demand() error {
	f.force = make([]csvKind, len(f.names))
	for name, t := range f.types {
		i := slices.Index(f.names, name)
		if i < 0 {
			hint := ""
			if best := near.Name(name, slices.Values(f.names)); best != "" {
				hint = fmt.Sprintf("; did you mean %q?", best)
			}
			return &columnError{fmt.Sprintf("no column %q to give a type%s", name, hint)}
		}
		k := kindOf(t)
		if k == kindUnknown {
			return fmt.Errorf("column %q: type %v cannot be read from text: %w", name, t, ErrType)
		}
		f.force[i] = k
	}
	return nil
}
