package tables

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/near"
)

// ErrCSV is wrapped by every error about the text of a CSV file.
var ErrCSV = errors.New("malformed CSV")

// A CSVOption changes how [ReadCSV] reads; see [Delimiter] and the others.
type CSVOption struct{ set func(*csvConfig) }

type csvConfig struct {
	delim, quote, comment byte
	headerless, trim      bool
	missing, excess       bool
	names                 []string
	skip, headerRow       int
	limit                 int // rows to read; below 0: all
	nulls                 map[string]bool
	types                 map[string]Type
	err                   error
	chunkSize, sampleRows int // how the work is cut; only tests change them
}

func newCSVConfig(opts []CSVOption) *csvConfig {
	c := &csvConfig{delim: ',', quote: '"', limit: -1, types: map[string]Type{}, chunkSize: csvChunkSize, sampleRows: csvSampleRows}
	for _, o := range opts {
		if o.set != nil {
			o.set(c)
		}
	}
	if c.err == nil && (c.delim == c.quote || c.delim == c.comment || c.delim == '\n' || c.delim == '\r') {
		c.err = fmt.Errorf("tables: read csv: %q cannot be the delimiter here", c.delim)
	}
	return c
}

func (c *csvConfig) ascii(what string, r rune) byte {
	if r < 0 || r > unicode.MaxASCII {
		c.err = fmt.Errorf("tables: read csv: want an ASCII character as %s, got %q", what, r)
	}
	return byte(r)
}

// Delimiter is the character between fields; a comma unless given.
func Delimiter(r rune) CSVOption {
	return CSVOption{func(c *csvConfig) { c.delim = c.ascii("delimiter", r) }}
}

// Quote is the character around fields that hold delimiters or line ends; a
// double quote unless given, and 0 means that quotes are ordinary text.
func Quote(r rune) CSVOption {
	return CSVOption{func(c *csvConfig) { c.quote = c.ascii("quote", r) }}
}

// Comment makes lines that start with the character be left out.
func Comment(r rune) CSVOption {
	return CSVOption{func(c *csvConfig) { c.comment = c.ascii("comment mark", r) }}
}

// Headerless reads a file without a header; its columns are called Column1,
// Column2, … unless [Names] says otherwise.
func Headerless() CSVOption { return CSVOption{func(c *csvConfig) { c.headerless = true }} }

// Names are the columns' names, instead of those in the header.
func Names(names ...string) CSVOption { return CSVOption{func(c *csvConfig) { c.names = names }} }

// HeaderRow is the row, counted from 0, that holds the names; rows above it
// are left out.
func HeaderRow(n int) CSVOption { return CSVOption{func(c *csvConfig) { c.headerRow = n }} }

// SkipRows leaves out the first n rows of data, below the header.
func SkipRows(n int) CSVOption { return CSVOption{func(c *csvConfig) { c.skip = n }} }

// NumRows reads at most n rows of data.
func NumRows(n int) CSVOption { return CSVOption{func(c *csvConfig) { c.limit = n }} }

// Nulls are texts that mean null, besides the empty field.
func Nulls(texts ...string) CSVOption {
	return CSVOption{func(c *csvConfig) {
		c.nulls = map[string]bool{}
		for _, s := range texts {
			c.nulls[s] = true
		}
	}}
}

// ColumnType fixes the type of a column instead of inferring it.
func ColumnType(name string, t Type) CSVOption {
	return CSVOption{func(c *csvConfig) { c.types[name] = t }}
}

// Trim removes blanks at both ends of quoted fields too; around unquoted ones
// they never count.
func Trim() CSVOption { return CSVOption{func(c *csvConfig) { c.trim = true }} }

// AllowMissing fills rows that are too short with nulls.
func AllowMissing() CSVOption { return CSVOption{func(c *csvConfig) { c.missing = true }} }

// IgnoreExcess drops the fields of rows that are too long.
func IgnoreExcess() CSVOption { return CSVOption{func(c *csvConfig) { c.excess = true }} }

// ReadCSV reads a file of delimited text, plain or compressed (gzip, zstd,
// bzip2). Lines may end in LF, CRLF or CR. An empty field is null; an empty
// field in quotes is the empty string in a column of text.
//
// A column whose fields are all integers becomes Int64, all numbers Float64
// (as do integers beyond 64 bits), all true or false Bool, all days Date, all
// points in time (2006-01-02 15:04:05, with or without T, fraction and zone;
// without a zone UTC is meant) Timestamp, and anything else, or nothing,
// String. Names in the header that formulas could not use are made into
// identifiers, and names that come twice get a number.
//
// A missing file, a folder, a file that is empty or no text, a row of another
// length than the header, and an unclosed quote are errors that name the file
// and the line; the table then carries the same error. A compressed file's text is held in memory while it is read.
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
	if err != nil {
		err = fmt.Errorf("tables: read %s: %w", path, err)
		return failed(err), err
	}
	return t, nil
}

// ParseCSV reads delimited text that is in memory already; see [ReadCSV].
func ParseCSV(text string, opts ...CSVOption) (*Table, error) {
	cfg := newCSVConfig(opts)
	if cfg.err != nil {
		return failed(cfg.err), cfg.err
	}
	b, err := plainText([]byte(text))
	var t *Table
	if err == nil {
		t, err = parseCSV(b, cfg, new(sync.WaitGroup))
	}
	if err != nil {
		err = fmt.Errorf("tables: parse csv: %w", err)
		return failed(err), err
	}
	return t, nil
}

// A csvFile is a text being read: names and types known, rows still text.
type csvFile struct {
	*csvConfig
	text    []byte
	readers *sync.WaitGroup // goroutines that read the text
	names   []string
	force   []csvKind // kind demanded for each column, or kindUnknown
	guess   []csvKind // kind expected from a sample
	plain   bool      // a number in the text is just that: no null, no delimiter
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
	f.plain = len(cfg.nulls) == 0 && strings.IndexByte("0123456789+-.", cfg.delim) < 0
	pos, err := f.header()
	if err != nil {
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
			return 0, fmt.Errorf("%d names are given, line %d has %d fields: %w", len(f.names), f.line(lo), len(fields), ErrCSV)
		}
	} else if !f.headerless {
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

// columnNames makes the fields of a header into unique identifiers.
func columnNames(fields []string) []string {
	seen := map[string]bool{}
	names := make([]string, len(fields))
	for i, s := range fields {
		base := identifier(s, i)
		name := base
		for n := 2; seen[name]; n++ {
			name = base + "_" + strconv.Itoa(n)
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
