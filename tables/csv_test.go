package tables

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/sheaf-go/sheaf/internal/needs"
)

// testData finds a file of the shared test data, or skips.
func testData(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("SHEAF_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		needs.Have(t, fmt.Errorf("set SHEAF_DATA to the folder of test data: %w", err))
	}
	return path
}

func insurance(t *testing.T) *Table {
	t.Helper()
	tb, err := ReadCSV(testData(t, "insurance.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

func TestDH48ReadInsurance(t *testing.T) {
	tb := insurance(t)
	if tb.Len() != 1338 || tb.NumCols() != 7 {
		t.Fatalf("%d × %d, want 1338 × 7", tb.Len(), tb.NumCols())
	}
	want := []Field{{"age", Int64}, {"sex", String}, {"bmi", Float64}, {"children", Int64}, {"smoker", String},
		{"region", String}, {"expenses", Float64}}
	if !cmp.Equal(tb.Schema(), want) {
		t.Errorf("schema %v", tb.Schema())
	}
	if got := tb.Value("expenses", 1337); got != 29141.36 {
		t.Errorf("last, unterminated line: %v", got)
	}
}

func TestCSVInference(t *testing.T) {
	text := "int,float,bool,date,time,text,none,mixed,big\n" +
		"1,1,true,2024-02-29,2024-02-29 12:30:00,a,,1,1\n" +
		"-2,2.5e3,FALSE,1969-12-31,2024-02-29T12:30:00.25+02:00,\"\",,x,9223372036854775808\n" +
		",,,,,,,,\n"
	tb, err := ParseCSV(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []Field{{"int", Int64}, {"float", Float64}, {"bool", Bool}, {"date", Date}, {"time", Timestamp},
		{"text", String}, {"none", String}, {"mixed", String}, {"big", Float64}}
	if !cmp.Equal(tb.Schema(), want) {
		t.Fatalf("schema %v", tb.Schema())
	}
	row := []any{}
	for _, name := range tb.Names() {
		row = append(row, tb.Value(name, 1))
	}
	if d := cmp.Diff(row, []any{int64(-2), 2500.0, false, time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 2, 29, 10, 30, 0, 250e6, time.UTC), "", nil, "x", 9223372036854775808.0}); d != "" {
		t.Error(d)
	}
	for _, name := range tb.Names() {
		if !tb.IsNull(name, 2) {
			t.Errorf("%s[2] is not null", name)
		}
	}
}

func TestCSVOptions(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       []CSVOption
		want       string
	}{
		{"delimiter", "a;b\n1;2\n", []CSVOption{Delimiter(';')}, "a=1 b=2"},
		{"tab", "a\tb\n\t2\n", []CSVOption{Delimiter('\t')}, "a=<nil> b=2"},
		{"headerless", "1,x\r\n2,y", []CSVOption{Headerless()}, "Column1=1 Column2=x|Column1=2 Column2=y"},
		{"names", "1,x\n", []CSVOption{Headerless(), Names("p", "q")}, "p=1 q=x"},
		{"rename", "a,b\n1,x\n", []CSVOption{Names("p", "q")}, "p=1 q=x"},
		{"skip", "a\n1\n2\n3\n4\n", []CSVOption{SkipRows(1), NumRows(2)}, "a=2|a=3"},
		{"no rows", "a\n1\n", []CSVOption{NumRows(0)}, ""},
		{"nulls", "a\nNA\n4\n", []CSVOption{Nulls("NA", "-")}, "a=<nil>|a=4"},
		{"type", "a\n007\n", []CSVOption{ColumnType("a", String)}, "a=007"},
		{"int8", "a\n7\n", []CSVOption{ColumnType("a", Int8)}, "a=7"},
		{"char", "a\nx\n", []CSVOption{ColumnType("a", Char)}, "a=120"},
		{"quote", "a,b\n'1,5',\"\n", []CSVOption{Quote('\'')}, "a=1,5 b=\""},
		{"no quote", "a\n\"x\n", []CSVOption{Quote(0)}, "a=\"x"},
		{"comment", "#c\na\n#1\n2\n", []CSVOption{Comment('#')}, "a=2"},
		{"blanks", "a, b\n 1 ,\" x \" \n", nil, "a=1 b= x "},
		{"trim", "a\n\" x \"\n", []CSVOption{Trim()}, "a=x"},
		{"missing", "a,b\n1\n", []CSVOption{AllowMissing()}, "a=1 b=<nil>"},
		{"excess", "a,b\n1,2,3\n", []CSVOption{IgnoreExcess()}, "a=1 b=2"},
		{"header row", "x y z\na,b\n1,2\n", []CSVOption{HeaderRow(1)}, "a=1 b=2"},
		{"bom", "\ufeffa\n1\n", nil, "a=1"},
		{"one column", "a\n1\n\n2\n", nil, "a=1|a=<nil>|a=2"},
		{"blank lines", "a,b\n\n1,2\n\n\n", nil, "a=1 b=2"},
		{"newline in quotes", "a,b\n\"x\r\ny\",\"p\"\"q\"\n", nil, "a=x\r\ny b=p\"q"},
		{"cr", "a,b\r1,2\r3,4", nil, "a=1 b=2|a=3 b=4"},
		{"names mended", "my col,2x,i,a,a,\n1,2,3,4,5,6\n", nil, "my_col=1 _2x=2 i_=3 a=4 a_2=5 Column6=6"},
		{"empty text late", "a\n\"\"\n\n\nx\n", nil, "a=|a=<nil>|a=<nil>|a=x"},
		{"unicode", "größe\n1\n", nil, "größe=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb, err := ParseCSV(c.text, c.opts...)
			if err != nil {
				t.Fatal(err)
			}
			if got := rowsText(tb); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// rowsText writes a table as "a=1 b=2|a=3 b=4".
func rowsText(tb *Table) string {
	rows := make([]string, tb.Len())
	for i := range rows {
		var cells []string
		for _, name := range tb.Names() {
			cells = append(cells, fmt.Sprintf("%s=%v", name, tb.Value(name, i)))
		}
		rows[i] = strings.Join(cells, " ")
	}
	return strings.Join(rows, "|")
}

func TestCSVBadInput(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		opts             []CSVOption
	}{
		{"empty", "", "the file is empty: malformed CSV", nil},
		{"blank", " \n\n", "the file is empty: malformed CSV", nil},
		{"short row", "a,b\n1,2\n3\n", ":3:1: want 2 fields, got 1", nil},
		{"long row", "a,b\r1,2\r\r3,4,5\r", ":4:1: want 2 fields, got 3", nil},
		{"binary", "a,b\n1,\x002\n", "want text, byte 6 is NUL: the file is binary: malformed CSV", nil},
		{"utf16", "\xff\xfea\x00\x00\xd8", "want UTF-16 text, byte 4 is half of a character: malformed CSV", nil},
		{"latin1", "a,b\n1,x\n2,stra\xdfe\n", `:3:3: column "b": want UTF-8 text, got "stra\xdfe"`, nil},
		{"open quote", "a,b\n1,\"x\n2,y\n", ":2:3: the quote is never closed", nil},
		{"after quote", "a,b\n\"x\"y,2\n", `:2:4: want a delimiter after the closing quote, got 'y'`, nil},
		{"type", "a\n1\nx\n", `:3:1: column "a": want int32, got "x"`, []CSVOption{ColumnType("a", Int32)}},
		{"range", "a\n300\n", `:2:1: column "a": want int8, got "300"`, []CSVOption{ColumnType("a", Int8)}},
		{"type of nothing", "age\n1\n", `no column "agge" to give a type; did you mean "age"?`, []CSVOption{ColumnType("agge", Int8)}},
		{"names", "a,b\n", `1 names are given, line 1 has 2 fields: malformed CSV`, []CSVOption{Names("a")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.csv")
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := ReadCSV(path, c.opts...)
			want := "tables: read " + path + c.want
			if c.want[0] != ':' {
				want = "tables: read " + path + ": " + c.want
			}
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
	dir := t.TempDir()
	if _, err := ReadCSV(dir); err == nil || !strings.HasSuffix(err.Error(), "want a file, it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := ReadCSV(filepath.Join(dir, "none.csv")); !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "none.csv") != 1 {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := ParseCSV("a", Delimiter('→')); err == nil {
		t.Error("a delimiter beyond ASCII is no error")
	}
}

func TestCSVCompressed(t *testing.T) {
	text := "a,b\n1,x\n2,y\n"
	var gz, zs bytes.Buffer
	w := gzip.NewWriter(&gz)
	fmt.Fprint(w, text)
	w.Close()
	z, _ := zstd.NewWriter(&zs)
	fmt.Fprint(z, text)
	z.Close()
	for name, b := range map[string][]byte{"x.csv.gz": gz.Bytes(), "x.csv.zst": zs.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		tb, err := ReadCSV(path)
		if err != nil || rowsText(tb) != "a=1 b=x|a=2 b=y" {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.WriteFile(path, b[:len(b)-6], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadCSV(path); err == nil {
			t.Errorf("%s, cut off: no error", name)
		}
	}
}

// TestCSVManyChunks has columns change their kind far behind the sample and a
// quoted line end at every place, over several chunks.
func TestCSVManyChunks(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("n,f,late,text,gone\n")
	const rows = 120_000
	for i := range rows {
		late, f := "", fmt.Sprint(i)
		if i == rows-10 {
			late = `""`
		}
		if i > rows-10 {
			late = "word"
		}
		if i > rows/2 {
			f = "0.5"
		}
		fmt.Fprintf(&b, "%d,%s,%s,\"line\n%d \"\"q\"\"\",%03d\n", i, f, late, i, i%7)
		if i == rows-1 {
			b.WriteString("1,1,x,y,text\n")
		}
	}
	tb, err := ParseCSV(b.String())
	if err != nil {
		t.Fatal(err)
	}
	want := []Field{{"n", Int64}, {"f", Float64}, {"late", String}, {"text", String}, {"gone", String}}
	if tb.Len() != rows+1 || !cmp.Equal(tb.Schema(), want) {
		t.Fatalf("%d rows, %v", tb.Len(), tb.Schema())
	}
	n, f, text, gone := tb.Int64s("n"), tb.Float64s("f"), tb.Strings("text"), tb.Strings("gone")
	for i := range rows {
		wantF := float64(i)
		if i > rows/2 {
			wantF = 0.5
		}
		if n[i] != int64(i) || f[i] != wantF || text[i] != fmt.Sprintf("line\n%d \"q\"", i) || gone[i] != fmt.Sprintf("%03d", i%7) {
			t.Fatalf("row %d: %d %v %q %q", i, n[i], f[i], text[i], gone[i])
		}
	}
	if !tb.IsNull("late", rows-11) || tb.Value("late", rows-10) != "" || tb.Value("late", rows-9) != "word" {
		t.Error("nulls and empty strings of the late column are mixed up")
	}
	_, err = ParseCSV(b.String() + "1,2\n")
	if wantErr := fmt.Sprintf("line %d:1: want 5 fields, got 2", 2*rows+3); err == nil || !strings.HasSuffix(err.Error(), wantErr) {
		t.Errorf("got %v, want %s", err, wantErr)
	}
}

// TestCSVChunksAgree reads random files in one piece and in tiny ones, with and
// without a sample to guess types from: where the text is cut must not matter.
func TestCSVChunksAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	kinds := [][]string{{"1", "-20", "300000"}, {"1.5", "2e3", "NaN", "7"}, {"true", "False"}, {"2024-02-29", "1999-01-01"},
		{"2024-02-29 10:00:00", "2024-02-29"}, {"x", `"y z"`, `"a""b"`, "\"new\nline\""}, {"", `""`}, {"", "5", `""`}}
	for range 400 {
		cols := 1 + rng.IntN(4)
		b := strings.Builder{}
		for c := range cols {
			fmt.Fprintf(&b, "%sc%d", strings.Repeat(",", min(c, 1)), c)
		}
		first, late := make([]int, cols), make([]int, cols)
		for c := range cols {
			first[c], late[c] = rng.IntN(len(kinds)), rng.IntN(len(kinds))
		}
		end := []string{"\n", "\r\n", "\r"}[rng.IntN(3)]
		rows := rng.IntN(60)
		for r := range rows {
			b.WriteString(end)
			for c := range cols {
				from := kinds[first[c]]
				if r > rows*2/3 {
					from = kinds[late[c]]
				}
				b.WriteString(strings.Repeat(",", min(c, 1)) + from[rng.IntN(len(from))])
			}
		}
		b.WriteString(end)
		whole, err := ParseCSV(b.String())
		if err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
		tiny := CSVOption{set: func(c *csvConfig) { c.chunkSize, c.sampleRows = 1+rng.IntN(60), rng.IntN(3) }}
		cut, err := ParseCSV(b.String(), tiny)
		if err != nil || !cmp.Equal(cut.Schema(), whole.Schema()) || fmt.Sprint(rowsText(cut)) != fmt.Sprint(rowsText(whole)) {
			t.Fatalf("%q\nwhole %v %s\ncut   %v %s %v", b.String(), whole.Schema(), rowsText(whole), cut.Schema(), rowsText(cut), err)
		}
	}
}

// TestCSVCutWhileRead maps a file, cuts it, and reads it.
func TestCSVCutWhileRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte(strings.Repeat("1,2\n", 1<<16)), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, release, err := mapFile(f, info)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	err = onFault(func() error {
		_, err := parseCSV(b, newCSVConfig(nil), new(sync.WaitGroup))
		return err
	})
	if runtime.GOOS == "linux" && (err == nil || !strings.Contains(err.Error(), "changed while it was read")) {
		t.Errorf("got %v", err)
	}
}

// TestCSVAgainstStandard writes random cells with encoding/csv and wants them
// back as text.
func TestCSVAgainstStandard(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("a,\"\nü;1. x")
	for range 500 {
		cols, rows := 1+rng.IntN(4), rng.IntN(6)
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		header := make([]string, cols)
		opts := []CSVOption{}
		for i := range header {
			header[i] = fmt.Sprintf("c%d", i)
			opts = append(opts, ColumnType(header[i], String))
		}
		w.Write(header)
		want := make([][]string, rows)
		for r := range want {
			want[r] = make([]string, cols)
			for c := range want[r] {
				cell := "x" // a lone empty field is a blank line to encoding/csv
				for range rng.IntN(6) {
					cell += string(alphabet[rng.IntN(len(alphabet))])
				}
				want[r][c] = strings.TrimRight(cell, " ") + "."
			}
			w.Write(want[r])
		}
		w.Flush()
		tb, err := ParseCSV(buf.String(), opts...)
		if err != nil {
			t.Fatalf("%q: %v", buf.String(), err)
		}
		for c, name := range header {
			for r, got := range tb.Strings(name) {
				if got != want[r][c] {
					t.Fatalf("%q: %s[%d] = %q, want %q", buf.String(), name, r, got, want[r][c])
				}
			}
		}
		if tb.Len() != rows {
			t.Fatalf("%q: %d rows", buf.String(), tb.Len())
		}
	}
}

func TestParseFloatAgainstStrconv(t *testing.T) {
	for _, s := range []string{"0", "-0", "1.", ".5", "1e5", "-1.5E-7", "123456789012345", "1234567890123456", "0.1", "1e400",
		"nan", "NaN", "-inf", "Infinity", "4.9e-324", "0.000000000000000000000001", "1_000", "0x1p4", "", "-", ".", "1e", "e5", "in", "0xf"} {
		got, ok := parseFloat([]byte(s))
		var want float64
		n, err := fmt.Sscan(s, &want)
		_ = n
		plain := !strings.ContainsAny(s, "_xp") && s != ""
		if ok != (err == nil && plain) && !strings.Contains(s, "400") {
			t.Errorf("%q: ok %v, Sscan %v", s, ok, err)
		}
		if ok && err == nil && got != want && want == want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// TestQuotientIsCorrectlyRounded compares with strconv on random decimals.
func TestQuotientIsCorrectlyRounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for n := range 200_000 {
		m := rng.Uint64() >> rng.IntN(12) % 1e19
		s := strconv.FormatUint(m, 10)
		k := rng.IntN(len(s) + 1)
		if n%5 == 0 { // exactly between two floats: 53 bits, a 1, zeros
			s = strconv.FormatUint((rng.Uint64()|1<<63)>>11<<11|1<<10, 10)
			if k = 0; len(s) > 19 {
				s = strconv.FormatUint(1<<53+2*uint64(n)+1, 10)
			}
		}
		s = s[:len(s)-k] + "." + s[len(s)-k:]
		want, err := strconv.ParseFloat(s, 64)
		if got, ok := parseFloat([]byte(s)); err != nil || !ok || got != want {
			t.Fatalf("%s: %v %v, want %v", s, got, ok, want)
		}
	}
}

// FuzzCSV compares the reader with the slow one.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a\r\"x\"\r", "\"", "a,b\n\"1\"\"\",\n", "#\n", "\ufeff", "a\n1\n-\n2.5\n", "a,b\n,\n\"\",x\n",
		"a\n2024-02-29\n2024-02-29 10:00:00.5\n", "a,b\n1,2\n3\n4,5,6\n", "a\n123456789.123456789\n", "a,b\r\n\"x\r\ny\",1\r\n"} {
		f.Add(s, byte(','), byte(0))
		f.Add(s, byte(';'), byte(0xff))
	}
	f.Fuzz(func(t *testing.T, s string, delim, how byte) {
		c := slowCSV{delim: delim % 128, quote: '"', headerless: how&1 != 0, missing: how&2 != 0, excess: how&4 != 0}
		if how&8 != 0 {
			c.comment = '#'
		}
		if how&16 != 0 {
			c.escape = '\\'
		}
		if how&32 != 0 {
			c.nulls = map[string]bool{"NA": true, "1": true}
		}
		if newCSVConfig(c.options()).err != nil {
			t.Skip("options that the reader refuses")
		}
		if strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") {
			if tb, err := ParseCSV(s, c.options()...); err == nil {
				rowsText(tb)
			}
			return
		}
		c.check(t, s)
		if how&64 != 0 {
			c.check(t, s, CSVOption{set: func(c *csvConfig) { c.chunkSize, c.sampleRows = 1+int(how%7), int(how%3) }})
		}
	})
}
