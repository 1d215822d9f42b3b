package tables

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"archive/tar"
	"archive/zip"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// mutate changes a text in a few places.
func mutate(rng *rand.Rand, s string) string {
	b := []byte(s)
	for range 1 + rng.IntN(4) {
		if len(b) == 0 {
			break
		}
		at := rng.IntN(len(b))
		to := min(len(b), at+rng.IntN(12))
		switch rng.IntN(8) {
		case 0:
			b[at] ^= 1 << rng.IntN(8)
		case 1:
			b = append(b[:at:at], b[to:]...)
		case 2:
			b = append(b[:at:at], append([]byte{",\"\n\r \x00\xff#5x"[rng.IntN(10)]}, b[at:]...)...)
		case 3:
			b = append(b[:to:to], b[at:]...)
		case 4:
			b = b[:at]
		case 5:
			b[at] = '"'
		case 6:
			b = append(b[:at:at], append([]byte("\r\n"), b[at:]...)...)
		case 7:
			b[at] = ",\"\n\r"[rng.IntN(4)]
		}
	}
	return string(b)
}

// TestCSVMutated reads damaged files as the slow reader does: the same rows, or
// an error.
func TestCSVMutated(t *testing.T) {
	rng := rand.New(rand.NewPCG(51, 52))
	files := 0
	for files < 1000 {
		table := hardTable(rng, 1+rng.IntN(40)).View("hard", "time", "day", "int64_4", "float64_11", "bool_0", "string_12")
		text, err := table.CSV()
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			c := slowCSV{delim: ',', quote: '"', missing: rng.IntN(3) == 0, excess: rng.IntN(3) == 0}
			damaged := mutate(rng, text)
			c.check(t, damaged)
			c.check(t, damaged, smallChunks(rng))
			files++
		}
	}
}

// packedCSV is a text in all the ways in which a file may be packed.
func packedCSV(t *testing.T, text string) map[string][]byte {
	t.Helper()
	var gz, tarred, zipped bytes.Buffer
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	g := gzip.NewWriter(&gz)
	a := tar.NewWriter(&tarred)
	must(a.WriteHeader(&tar.Header{Name: "d/x.csv", Mode: 0o600, Size: int64(len(text))}))
	z := zip.NewWriter(&zipped)
	f, err := z.Create("d/x.csv")
	must(err)
	for _, w := range []interface{ Write([]byte) (int, error) }{g, a, f} {
		_, err := w.Write([]byte(text))
		must(err)
	}
	must(g.Close())
	must(a.Close())
	must(z.Close())
	e, err := zstd.NewWriter(nil)
	must(err)
	var both bytes.Buffer
	g = gzip.NewWriter(&both)
	_, err = g.Write(tarred.Bytes())
	must(err)
	must(g.Close())
	return map[string][]byte{"gz": gz.Bytes(), "tar": tarred.Bytes(), "zip": zipped.Bytes(), "zst": e.EncodeAll([]byte(text), nil), "tar.gz": both.Bytes()}
}

func TestCSVPacked(t *testing.T) {
	text := "a,b\n1,x\n2,y\n"
	rng := rand.New(rand.NewPCG(53, 54))
	for name, b := range packedCSV(t, text) {
		tb, err := ReadCSVFrom(bytes.NewReader(b))
		if err != nil || rowsText(tb) != "a=1 b=x|a=2 b=y" {
			t.Errorf("%s: %v", name, err)
		}
		magic := string(b[:2])
		if name == "zip" {
			magic = string(b[:4])
		}
		for range 300 { // damaged: no crash, and not other rows than there are
			damaged := mutate(rng, string(b))
			tb, err := ReadCSVFrom(strings.NewReader(damaged))
			if err == nil && name != "tar" && name != "zst" && strings.HasPrefix(damaged, magic) && len(damaged) > 4 && rowsText(tb) != "a=1 b=x|a=2 b=y" {
				t.Fatalf("%s: read %s", name, rowsText(tb)) // tar has no checksum of the data, our zst none
			}
		}
		if name == "tar" {
			continue // its end is padding
		}
		for n := 4; n < len(b); n++ {
			tb, err := ReadCSVFrom(bytes.NewReader(b[:n]))
			if err == nil && rowsText(tb) != "a=1 b=x|a=2 b=y" {
				t.Errorf("%s cut to %d bytes: %s", name, n, rowsText(tb))
			}
		}
	}
	var two bytes.Buffer
	z := zip.NewWriter(&two)
	for _, name := range []string{"a.csv", "__MACOSX/._a.csv", "b.csv"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	if _, err := ReadCSVFrom(&two); err == nil || err.Error() != "tables: read csv: want a zip archive of one file, got one of 2: a.csv, b.csv: malformed CSV" {
		t.Errorf("two files: %v", err)
	}
}

// TestCSVBomb unpacks a little that becomes much.
func TestCSVBomb(t *testing.T) {
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	part := e.EncodeAll(make([]byte, 1<<23), nil)
	bomb := bytes.Repeat(part, 64)
	_, err = ReadCSVFrom(bytes.NewReader(bomb))
	if !errors.Is(err, ErrCSV) || !strings.Contains(err.Error(), "times as many") {
		t.Errorf("%d bytes: %v", len(bomb), err)
	}
	nested := []byte("a\n1\n")
	for range 4 {
		nested = e.EncodeAll(nested, nil)
	}
	if _, err := ReadCSVFrom(bytes.NewReader(nested)); err == nil || !strings.Contains(err.Error(), "packed more than 3 times") {
		t.Errorf("nested: %v", err)
	}
}

func TestCSVShapes(t *testing.T) {
	wide := strings.Repeat("c,", 9_999) + "c\n"
	row := strings.Repeat("1,", 9_999) + "2\n"
	tb, err := ParseCSV(wide + strings.Repeat(row, 100))
	if err != nil || tb.NumCols() != 10_000 || tb.Len() != 100 || tb.Value("c_10000", 99) != int64(2) {
		t.Errorf("10,000 columns: %v", err)
	}
	// Each short row of a wide table is much from little.
	_, err = ParseCSV(strings.Repeat("c,", 99_999)+"c\n"+strings.Repeat("1\n", 1_000_000), AllowMissing())
	if err == nil || !strings.Contains(err.Error(), "want fewer missing fields") {
		t.Errorf("missing fields: %v", err)
	}
	long := strings.Repeat("long ", 20<<20)
	for _, text := range []string{"a,b\n1,x" + long + "y\n2,z\n", "a,b\n1,\"x" + long + "y\"\n2,z\n"} {
		tb, err = ParseCSV(text)
		if err != nil || tb.Len() != 2 || len(tb.Value("b", 0).(string)) != len(long)+2 {
			t.Errorf("a line of 100 MB: %v", err)
		}
	}
	_, err = ParseCSV("a,b\n1,2\n3," + `"` + long)
	if err == nil || err.Error() != "tables: parse csv: line 3:3: the quote is never closed" {
		t.Errorf("a quote before 100 MB: %v", err)
	}
	_, err = ParseCSV("a,b\n1,2\n3,"+long+"\n", ColumnType("b", Int64))
	if err == nil || len(err.Error()) > 300 {
		t.Errorf("100 MB that are no number: %.400v", err)
	}
}

// TestCSVOtherDelimiter tells of a delimiter that is not the one asked for.
func TestCSVOtherDelimiter(t *testing.T) {
	for text, want := range map[string]string{
		"a;b;c\n1;2;3\n4;5;6\n": `tables: parse csv: the file has one column and 2 × ';' in each line; did you mean tables.Delimiter(';')? tables.Delimiter(',') reads it as it is: malformed CSV`,
		"a\tb\n1\t2\n":          `tables: parse csv: the file has one column and 1 × '\t' in each line; did you mean tables.Delimiter('\t')? tables.Delimiter(',') reads it as it is: malformed CSV`,
		"a;b\n1;2;3\n":          "", // not the same number in each
		"a;b\n":                 "", // one line tells nothing
		"a\nx;y\n":              "",
		"a;b,c\n1;2,3\n":        "",
	} {
		_, err := ParseCSV(text)
		if got := fmt.Sprint(err); got != want && (want != "" || err != nil) {
			t.Errorf("%q: got  %s\nwant %s", text, got, want)
		}
	}
	if tb, err := ParseCSV("a;b\n1;2\n", Delimiter(',')); err != nil || rowsText(tb) != "a_b=1;2" {
		t.Errorf("with the delimiter given: %v", err)
	}
}

func TestCSVUTF16(t *testing.T) {
	text := "größe,z\n1,\U0001f600\n"
	for name, order := range map[string]bool{"little": true, "big": false} {
		b := []byte{0xfe, 0xff}
		if order {
			b = []byte{0xff, 0xfe}
		}
		for _, r := range text {
			units := []uint16{uint16(r)}
			if r > 0xffff {
				units = []uint16{uint16((r-0x10000)>>10 + 0xd800), uint16((r-0x10000)&0x3ff + 0xdc00)}
			}
			for _, u := range units {
				if order {
					b = append(b, byte(u), byte(u>>8))
				} else {
					b = append(b, byte(u>>8), byte(u))
				}
			}
		}
		path := filepath.Join(t.TempDir(), name+".csv")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		tb, err := ReadCSV(path)
		if err != nil || rowsText(tb) != "größe=1 z=\U0001f600" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ParseCSV(string(b[:len(b)-1])); err == nil {
			t.Errorf("%s: half of a character is no error", name)
		}
	}
}
