package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// A slowCSV reads CSV one character at a time, as the documentation of ReadCSV
// says it.
type slowCSV struct {
	delim, quote, comment, escape byte
	headerless, missing, excess   bool
	nulls                         map[string]bool

	s string
}

type slowCell struct {
	text   string
	quoted bool
	absent bool
}

func (c slowCSV) options() []CSVOption {
	opts := []CSVOption{Delimiter(rune(c.delim)), Quote(rune(c.quote)), Comment(rune(c.comment)), Escape(rune(c.escape))}
	if c.headerless {
		opts = append(opts, Headerless())
	}
	if c.missing {
		opts = append(opts, AllowMissing())
	}
	if c.excess {
		opts = append(opts, IgnoreExcess())
	}
	if c.nulls != nil {
		var texts []string
		for s := range c.nulls {
			texts = append(texts, s)
		}
		opts = append(opts, Nulls(texts...))
	}
	return opts
}

func (c *slowCSV) peek() byte {
	if c.s == "" {
		return '\n'
	}
	return c.s[0]
}

func (c *slowCSV) blanks() {
	for c.s != "" && (c.s[0] == ' ' || c.s[0] == '\t') && c.s[0] != c.delim {
		c.s = c.s[1:]
	}
}

func (c *slowCSV) cell() (cell slowCell, ok bool) {
	c.blanks()
	var b strings.Builder
	if c.quote == 0 || c.s == "" || c.s[0] != c.quote {
		for c.peek() != '\n' && c.peek() != '\r' && c.peek() != c.delim {
			b.WriteByte(c.s[0])
			c.s = c.s[1:]
		}
		text := b.String()
		for text != "" && (text[len(text)-1] == ' ' || text[len(text)-1] == '\t') {
			text = text[:len(text)-1]
		}
		return slowCell{text: text}, true
	}
	c.s = c.s[1:]
	for {
		if c.s == "" {
			return cell, false
		}
		x := c.s[0]
		c.s = c.s[1:]
		switch {
		case x == c.escape && c.escape != 0:
			if c.s == "" {
				return cell, false
			}
			b.WriteByte(c.s[0])
			c.s = c.s[1:]
		case x != c.quote:
			b.WriteByte(x)
		case c.s != "" && c.s[0] == c.quote:
			b.WriteByte(x)
			c.s = c.s[1:]
		default:
			c.blanks()
			return slowCell{text: b.String(), quoted: true}, c.peek() == '\n' || c.peek() == '\r' || c.peek() == c.delim
		}
	}
}

func (c *slowCSV) endLine() {
	switch {
	case strings.HasPrefix(c.s, "\r\n"):
		c.s = c.s[2:]
	case c.s != "":
		c.s = c.s[1:]
	}
}

func (c slowCSV) read(text string) (names []string, rows [][]slowCell, ok bool) {
	if strings.ContainsRune(text, 0) || strings.TrimSpace(text) == "" {
		return nil, nil, false
	}
	c.s = strings.TrimPrefix(text, "\ufeff")
	for c.s != "" {
		if (c.peek() == '\n' || c.peek() == '\r') && len(names) != 1 {
			c.endLine()
			continue
		}
		if c.comment != 0 && c.s[0] == c.comment {
			for c.s != "" && c.s[0] != '\n' && c.s[0] != '\r' {
				c.s = c.s[1:]
			}
			c.endLine()
			continue
		}
		var row []slowCell
		for {
			cell, ok := c.cell()
			if !ok {
				return nil, nil, false
			}
			row = append(row, cell)
			if c.s == "" || c.s[0] != c.delim {
				break
			}
			c.s = c.s[1:]
		}
		c.endLine()
		if names == nil {
			texts := make([]string, len(row))
			for i, cell := range row {
				texts[i] = cell.text
				if !utf8.ValidString(cell.text) && !c.headerless {
					return nil, nil, false
				}
			}
			if names = columnNames(texts); c.headerless {
				for i := range names {
					names[i] = fmt.Sprint("Column", i+1)
				}
			} else {
				continue
			}
		}
		if len(row) < len(names) && !c.missing || len(row) > len(names) && !c.excess {
			return nil, nil, false
		}
		for len(row) < len(names) {
			row = append(row, slowCell{absent: true})
		}
		rows = append(rows, row[:len(names)])
	}
	return names, rows, names != nil
}

var signedYear = regexp.MustCompile(`^([+-]\d{4,7})-(\d\d-\d\d)$`)

// slowKinds are the kinds that a text has, the narrowest first.
func slowKinds(s string) (values map[Type]any) {
	values = map[Type]any{}
	digits := strings.TrimLeft(s, "+-")
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		values[Int64] = v
	}
	if v, err := strconv.ParseFloat(s, 64); (err == nil || math.IsInf(v, 0)) && !strings.ContainsAny(digits, "xXpP_") {
		values[Float64] = v
	}
	switch s {
	case "true", "True", "TRUE":
		values[Bool] = true
	case "false", "False", "FALSE":
		values[Bool] = false
	}
	if v, err := time.Parse("2006-01-02", s); err == nil {
		values[Date] = v
	}
	if m := signedYear.FindStringSubmatch(s); m != nil {
		y, _ := strconv.Atoi(m[1])
		v, err := time.Parse("01-02", m[2])
		if at := time.Date(y, v.Month(), v.Day(), 0, 0, 0, 0, time.UTC); err == nil && (m[2] != "02-29" || at.Day() == 29) {
			if days := at.Unix() / 86400; days == int64(int32(days)) {
				values[Date] = at
			}
		}
	}
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05Z07:00",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05 Z07:00"} {
		if v, err := time.Parse(layout, s); err == nil && len(s) <= 40 && v.UTC().Year() >= 1678 && v.UTC().Year() <= 2261 {
			values[Timestamp] = v.UTC()
		}
	}
	return values
}

// table makes the columns: their types and, row by row, their values.
func (c slowCSV) table(names []string, rows [][]slowCell) (types []Type, cells [][]any, ok bool) {
	cells = make([][]any, len(rows))
	for col := range names {
		isNull := func(x slowCell) bool {
			return x.absent || x.text == "" && !x.quoted || !x.quoted && c.nulls[x.text]
		}
		typ := String
		for _, t := range []Type{Int64, Float64, Bool, Date, Timestamp} {
			all, some := true, false
			for _, row := range rows {
				if x := row[col]; !isNull(x) && x.text != "" {
					_, is := slowKinds(x.text)[t]
					all, some = all && is, true
				}
			}
			if all && some {
				typ = t
				break
			}
		}
		types = append(types, typ)
		for r, row := range rows {
			x := row[col]
			var v any
			switch {
			case isNull(x) || typ != String && x.text == "":
			case typ == String:
				if !utf8.ValidString(x.text) {
					return nil, nil, false
				}
				v = x.text
			default:
				v = slowKinds(x.text)[typ]
			}
			cells[r] = append(cells[r], v)
		}
	}
	return types, cells, true
}

// check compares what ParseCSV makes of a text with what the slow reader does.
func (c slowCSV) check(t *testing.T, text string, opts ...CSVOption) {
	t.Helper()
	names, rows, ok := c.read(text)
	var types []Type
	var cells [][]any
	if ok {
		types, cells, ok = c.table(names, rows)
	}
	got, err := ParseCSV(text, append(c.options(), opts...)...)
	if (err == nil) != ok {
		t.Fatalf("%q: error %v, want ok: %v", text, err, ok)
	}
	if !ok {
		return
	}
	for i, f := range got.Schema() {
		if i >= len(types) || f.Type != types[i] {
			t.Fatalf("%q: schema %v, want %v", text, got.Schema(), types)
		}
	}
	if d := differs(got, names, cells); d != "" {
		t.Fatalf("%q: %s", text, d)
	}
}

// smallChunks cuts the text into many pieces, and looks at few rows first.
func smallChunks(rng *rand.Rand) CSVOption {
	size, rows := 1+rng.IntN(40), rng.IntN(3)
	return CSVOption{set: func(c *csvConfig) { c.chunkSize, c.sampleRows = size, rows }}
}

func TestCSVAgainstSlow(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	words := []string{",", ",", ",", "\n", "\n", "\n", "\r\n", "\r", `"`, `"`, `""`, " ", "\t", "#", `\`, ";", "a", "bc", "ü", "\xff", "\x00", "1", "-20", "2.5", "1e9", "NaN",
		"true", "2024-02-29", "2024-02-29 10:00", "9223372036854775808", ",x,y\n", "1,2,3\n", "4,5,6\n", `"q,r"`, `"s""t",`, "long text that is longer than a word of a machine"}
	for n := range 8_000 {
		c := slowCSV{delim: ',', quote: '"'}
		if n%2 == 0 {
			c = slowCSV{delim: ",;\t "[rng.IntN(4)], quote: "\"'\x00"[rng.IntN(3)], comment: "#\x00"[rng.IntN(2)], escape: "\\\x00"[rng.IntN(2)],
				headerless: rng.IntN(2) == 0, missing: rng.IntN(2) == 0, excess: rng.IntN(2) == 0}
			if rng.IntN(3) == 0 {
				c.nulls = map[string]bool{"bc": true, "1": true}
			}
		}
		var b strings.Builder
		if n%3 > 0 {
			b.WriteString("p,q,r\n")
		}
		for range rng.IntN(30) {
			w := words[rng.IntN(len(words))]
			if (w == "\x00" || w == "\xff" || w == `"`) && rng.IntN(10) > 0 {
				w = "3"
			}
			b.WriteString(w)
		}
		c.check(t, b.String())
		c.check(t, b.String(), smallChunks(rng))
	}
}
