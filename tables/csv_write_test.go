package tables

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/needs"
)

// csvTypes demands each column's type.
func csvTypes(t *Table) (opts []CSVOption) {
	for _, f := range t.Schema() {
		opts = append(opts, ColumnType(f.Name, f.Type))
	}
	return opts
}

// hardTable has cells of all types that are easily mistaken.
func hardTable(rng *rand.Rand, rows int) *Table {
	texts := []string{"", " ", "a", "a,b", `q"q`, `"`, `""`, "line\nend", "cr\rcr", "crlf\r\n", "\t", " x", "x ", "#c", "1", "-1", "1.5", "NaN", "true", "2024-02-29", "NA", "null",
		`back\slash`, `\`, "ü", "\ufeff", "a;b", "a|b", "a\tb", "1,5", "ustar", "漢字"}
	table := randomTable(rng, rows)
	cells := make([]any, rows)
	times := make([]any, rows)
	days := make([]any, rows)
	floats := make([]any, rows)
	for i := range rows {
		if rng.IntN(6) > 0 {
			cells[i] = texts[rng.IntN(len(texts))]
			times[i] = time.Unix(0, rng.Int64N(4e18)-2e18)
			days[i] = time.Unix(0, 0).AddDate(rng.IntN(40000)-20000, rng.IntN(12), rng.IntN(31))
			floats[i] = math.Float64frombits(rng.Uint64())
		}
	}
	for _, c := range []Col{Values("hard", String, cells), Values("time", Timestamp, times), Values("day", Date, days), Values("float", Float64, floats),
		Values("single", Float32, floats)} {
		table = table.With(c)
	}
	return table
}

func TestCSVRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(41, 42))
	dir := t.TempDir()
	for n := range 150 {
		table := hardTable(rng, []int{0, 1, 2, 7, 60, 300}[rng.IntN(6)])
		names := table.Names()
		rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		table = table.View(names[:1+rng.IntN(len(names))]...)
		var opts []CSVOption
		for _, o := range []CSVOption{Delimiter([]rune(";\t- .:1e")[rng.IntN(8)]), Quote('\''), Nulls("NA", "-1", "null"), Comment('#'), Escape('\\'), Decimal(','), QuoteText()} {
			if rng.IntN(4) == 0 {
				opts = append(opts, o)
			}
		}
		text, err := table.CSV(opts...)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseCSV(text, append(csvTypes(table), opts...)...)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if d := differs(back, table.Names(), cellsOf(table)); d != "" || !cmp.Equal(back.Schema(), table.Schema()) {
			t.Fatalf("%d: %q: %s\n%v", n, text, d, back.Schema())
		}
		path := filepath.Join(dir, []string{"a.csv", "a.csv.gz", "a.zst"}[rng.IntN(3)])
		if err := table.WriteCSV(path, opts...); err != nil {
			t.Fatal(err)
		}
		back, err = ReadCSV(path, append(csvTypes(table), opts...)...)
		if err != nil {
			t.Fatalf("%s: %q: %v", path, text, err)
		}
		if d := differs(back, table.Names(), cellsOf(table)); d != "" {
			t.Fatalf("%s: %q: %s", path, text, d)
		}
	}
}

// TestCSVRoundTripLong writes more rows than one part has.
func TestCSVRoundTripLong(t *testing.T) {
	rng := rand.New(rand.NewPCG(43, 44))
	table := hardTable(rng, 20_000)
	path := filepath.Join(t.TempDir(), "a.csv.gz")
	for _, path := range []string{path, strings.TrimSuffix(path, ".gz")} {
		if err := table.WriteCSV(path); err != nil {
			t.Fatal(err)
		}
		back, err := ReadCSV(path, csvTypes(table)...)
		if err != nil {
			t.Fatal(err)
		}
		if d := differs(back, table.Names(), cellsOf(table)); d != "" {
			t.Fatal(d)
		}
	}
}

// TestCSVInferred wants the types back where they are those that are inferred.
func TestCSVInferred(t *testing.T) {
	at := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	table := New(Ints("n", 1, -2), Floats("f", 1, 2), Bools("b", true, false), Strings("s", "x", ""), Dates("d", at, at), Times("t", at, at))
	text, err := table.CSV()
	if err != nil {
		t.Fatal(err)
	}
	if want := "n,f,b,s,d,t\n1,1.0,true,x,2024-01-02,2024-01-02 00:00:00\n-2,2.0,false,\"\",2024-01-02,2024-01-02 00:00:00\n"; text != want {
		t.Errorf("got  %q\nwant %q", text, want)
	}
	back, err := ParseCSV(text)
	if err != nil {
		t.Fatal(err)
	}
	if d := differs(back, table.Names(), cellsOf(table)); d != "" || !cmp.Equal(back.Schema(), table.Schema()) {
		t.Errorf("%v, %s", back.Schema(), d)
	}
}

func TestWriteCSVErrors(t *testing.T) {
	dir := t.TempDir()
	one := New(Ints("a", 1))
	for _, c := range []struct {
		name  string
		table *Table
		opts  []CSVOption
		want  string
	}{
		{"vector", New(Column("v", [][]float64{{1}})), nil, `tables: write csv: column "v": []float64 cannot be written as CSV: unsuitable type`},
		{"failed", Empty(-1), nil, "tables: empty: want a number of rows, got -1"},
		{"no columns", Empty(3), nil, "tables: write csv: want a table with columns, got none"},
		{"reading", one, []CSVOption{SkipRows(1)}, "tables: write csv: the option SkipRows is for reading"},
		{"names", one, []CSVOption{Names("a", "b")}, "tables: write csv: want 1 name, got 2: unequal lengths"},
		{"null", one, []CSVOption{Nulls("a,b")}, `tables: write csv: want a text for null that needs no quotes, got "a,b"`},
		{"nul", New(Strings("a", "x", "b\x00")), nil, `tables: write csv: row 1, column "a": want text without NUL bytes, got "b\x00"`},
		{"utf8", New(Strings("a", "\xff")), nil, `tables: write csv: row 0, column "a": want UTF-8 text, got "\xff"`},
		{"no quotes", New(Strings("a", "x\ny")), []CSVOption{Quote(0)}, `tables: write csv: row 0, column "a": want text that needs no quotes, got "x\ny"`},
		{"clash", one, []CSVOption{Delimiter('"')}, `tables: csv: '"' cannot be the quote, want another character than the delimiter`},
		{"first null", New(Values("a", Int64, []any{nil})), []CSVOption{Headerless()},
			"tables: write csv: want Nulls(…) for one column without a header whose first row is null: empty lines at the start are no rows"},
	} {
		if _, err := c.table.CSV(c.opts...); err == nil || err.Error() != c.want {
			t.Errorf("%s: got  %v\nwant %s", c.name, err, c.want)
		}
		path := filepath.Join(dir, "x.csv")
		if err := c.table.WriteCSV(path, c.opts...); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
	if err := one.WriteCSV(filepath.Join(dir, "a.csv.bz2")); err == nil || !strings.Contains(err.Error(), "want a name that ends in .gz or .zst") {
		t.Errorf("bz2: %v", err)
	}
	if err := one.WriteCSV(dir); err == nil || !strings.HasSuffix(err.Error(), "want a file, it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if err := one.WriteCSV(filepath.Join(dir, "none", "a.csv")); !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "none") != 1 {
		t.Errorf("no folder: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestWriteCSVReplaces keeps a file's mode and what links to it, and the file
// itself where an error or an interrupt ends the writing.
func TestWriteCSVReplaces(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.csv")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.csv", link); err != nil {
		needs.Have(t, err)
	}
	unchanged := func(why string) {
		t.Helper()
		left, _ := os.ReadDir(dir)
		if b, _ := os.ReadFile(path); string(b) != "old" || len(left) != 2 {
			t.Errorf("%s: %q in %v", why, b, left)
		}
	}
	bad := make([]string, 100_000)
	bad[90_000] = "\x00"
	if err := New(Strings("a", bad...)).WriteCSV(link); err == nil {
		t.Error("no error")
	}
	unchanged("an error")
	func() {
		var asked atomic.Int64 // by all writers
		interrupt.Watch(func() bool { return asked.Add(1) > 20 })
		defer interrupt.Watch(func() bool { return false })
		defer func() {
			if recover() != any(interrupt.Err) {
				t.Error("not interrupted")
			}
		}()
		New(Floats("a", make([]float64, 1<<20)...)).WriteCSV(link)
	}()
	unchanged("an interrupt")
	if err := New(Ints("a", 1)).WriteCSV(link); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(path)
	info, err := os.Lstat(path)
	if string(b) != "a\n1\n" || err != nil || info.Mode() != 0o640 {
		t.Errorf("%q, %v", b, info.Mode())
	}
	if to, _ := os.Readlink(link); to != "a.csv" {
		t.Errorf("the link goes to %q", to)
	}
}

func TestCivil(t *testing.T) {
	for d := int64(-800_000); d < 800_000; d += 7 {
		at := time.Unix(d*86400, 0).UTC()
		y, m, day := civil(d)
		if y != int64(at.Year()) || m != int64(at.Month()) || day != int64(at.Day()) || daysTo(y, m, day) != d {
			t.Fatalf("day %d is %d-%d-%d, want %v", d, y, m, day, at)
		}
	}
	for _, d := range []int64{math.MinInt32, math.MaxInt32} {
		if got, ok := parseDate(appendDate(nil, d)); !ok || int64(got) != d {
			t.Errorf("%d becomes %s, %d", d, appendDate(nil, d), got)
		}
	}
}

// BenchmarkWriteCSV writes a table as that of BenchmarkReadCSV.
func BenchmarkWriteCSV(b *testing.B) {
	path := os.Getenv("SHEAF_BENCH_CSV")
	table := New(Ints("i", 1, 2), Floats("f", rand.Float64(), rand.Float64()), Strings("s", "x", "y"))
	if path != "" {
		var err error
		if table, err = ReadCSV(path); err != nil {
			b.Fatal(err)
		}
	}
	out := filepath.Join(b.TempDir(), "out.csv")
	fastest(b, func() error { return table.WriteCSV(out) })
}
