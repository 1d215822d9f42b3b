package tables

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
)

// A CSVOption changes how [ReadCSV] reads; see [Delimiter] and the others.
// Those about what only reading or only writing does are errors elsewhere.
type CSVOption struct {
	name string // of an option for reading only
	set  func(*csvConfig)
}

type csvConfig struct {
	delim, quote, comment byte
	escape                byte
	decimal, thousands    byte
	given                 bool // the delimiter, that is
	headerless, trim      bool
	quoteText             bool
	missing, excess       bool
	names                 []string
	skip, headerRow       int
	limit                 int // rows to read; below 0: all
	nulls                 map[string]bool
	null                  string // the first of them, for writing
	onlyRead              string // an option that is
	types                 map[string]Type
	err                   error
	chunkSize, sampleRows int // how the work is cut; only tests change them
}

func newCSVConfig(opts []CSVOption) *csvConfig {
	c := &csvConfig{delim: ',', quote: '"', decimal: '.', limit: -1, types: map[string]Type{}, chunkSize: csvChunkSize, sampleRows: csvSampleRows}
	for _, o := range opts {
		if o.set != nil {
			o.set(c)
		}
		if o.name != "" {
			c.onlyRead = o.name
		}
	}
	if c.escape == c.quote { // that is what doubled quotes are
		c.escape = 0
	}
	if c.err == nil {
		c.err = c.clash()
	}
	return c
}

// clash is an error if a character would have two meanings.
func (c *csvConfig) clash() error {
	means := map[byte]string{'\n': "the line end", '\r': "the line end"}
	for _, m := range []struct {
		c    byte
		what string
	}{{c.delim, "the delimiter"}, {c.quote, "the quote"}, {c.comment, "the comment mark"}, {c.escape, "the escape mark"}} {
		if m.c == 0 && m.what != "the delimiter" {
			continue
		}
		if other := means[m.c]; other != "" || m.c == 0 {
			return fmt.Errorf("tables: csv: %q cannot be %s, want another character than %s", m.c, m.what, cmp.Or(other, "NUL"))
		}
		means[m.c] = m.what
	}
	if strings.IndexByte("0123456789+-", c.decimal) >= 0 || c.decimal == c.thousands {
		return fmt.Errorf("tables: csv: %q cannot be the decimal mark", c.decimal)
	}
	return nil
}

func (c *csvConfig) ascii(what string, r rune) byte {
	if r < 0 || r > unicode.MaxASCII {
		c.err = fmt.Errorf("tables: csv: want an ASCII character as %s, got %q", what, r)
	}
	return byte(r)
}

// Delimiter is the character between fields; a comma unless given.
func Delimiter(r rune) CSVOption {
	return CSVOption{"", func(c *csvConfig) { c.delim, c.given = c.ascii("delimiter", r), true }}
}

// Quote is the character around fields that hold delimiters or line ends; a
// double quote unless given, and 0 means that quotes are ordinary text.
func Quote(r rune) CSVOption {
	return CSVOption{"", func(c *csvConfig) { c.quote = c.ascii("quote", r) }}
}

// Comment makes lines that start with the character be left out.
func Comment(r rune) CSVOption {
	return CSVOption{"", func(c *csvConfig) { c.comment = c.ascii("comment mark", r) }}
}

// Headerless reads a file without a header; its columns are called Column1,
// Column2, … unless [Names] says otherwise.
func Headerless() CSVOption { return CSVOption{"", func(c *csvConfig) { c.headerless = true }} }

// Names are the columns' names, instead of those in the header.
func Names(names ...string) CSVOption { return CSVOption{"", func(c *csvConfig) { c.names = names }} }

// HeaderRow is the row, counted from 0, that holds the names; rows above it
// are left out.
func HeaderRow(n int) CSVOption {
	return CSVOption{"HeaderRow", func(c *csvConfig) { c.headerRow = n }}
}

// SkipRows leaves out the first n rows of data, below the header.
func SkipRows(n int) CSVOption { return CSVOption{"SkipRows", func(c *csvConfig) { c.skip = n }} }

// NumRows reads at most n rows of data.
func NumRows(n int) CSVOption { return CSVOption{"NumRows", func(c *csvConfig) { c.limit = n }} }

// Nulls are texts that mean null, besides the empty field, unless they are in
// quotes. A null is written as the first of them, or as nothing.
func Nulls(texts ...string) CSVOption {
	return CSVOption{"", func(c *csvConfig) {
		c.nulls = map[string]bool{}
		if len(texts) > 0 {
			c.null = texts[0]
		}
		for _, s := range texts {
			c.nulls[s] = true
		}
	}}
}

// ColumnType fixes the type of a column instead of inferring it.
func ColumnType(name string, t Type) CSVOption {
	return CSVOption{"ColumnType", func(c *csvConfig) { c.types[name] = t }}
}

// Trim removes blanks at both ends of quoted fields too; around unquoted ones
// they never count.
func Trim() CSVOption { return CSVOption{"Trim", func(c *csvConfig) { c.trim = true }} }

// AllowMissing fills rows that are too short with nulls.
func AllowMissing() CSVOption {
	return CSVOption{"AllowMissing", func(c *csvConfig) { c.missing = true }}
}

// IgnoreExcess drops the fields of rows that are too long.
func IgnoreExcess() CSVOption {
	return CSVOption{"IgnoreExcess", func(c *csvConfig) { c.excess = true }}
}

// Escape is a character that, in quotes, takes the next one as it is, as in
// "5\" by 4\"". Doubled quotes mean a quote whether there is one or not.
func Escape(r rune) CSVOption {
	return CSVOption{"", func(c *csvConfig) { c.escape = c.ascii("escape mark", r) }}
}

// Decimal is the character before the fraction of a number: Decimal(',') reads
// and writes 1,5. It is a point unless given.
func Decimal(r rune) CSVOption {
	return CSVOption{"", func(c *csvConfig) { c.decimal = c.ascii("decimal mark", r) }}
}

// Thousands is a character between groups of three digits, as in 1,234,567,
// which means nothing.
func Thousands(r rune) CSVOption {
	return CSVOption{"Thousands", func(c *csvConfig) { c.thousands = c.ascii("mark of thousands", r) }}
}

// QuoteText writes all text in quotes, not only where it needs them.
func QuoteText() CSVOption { return CSVOption{"", func(c *csvConfig) { c.quoteText = true }} }
