package interp

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
)

func TestWords(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"":                      "[]",
		"  a  b\tc ":            `["a" "b" "c"]`,
		`"a b" c'd e'f ''`:      `["a b" "cd ef" ""]`,
		`it"'"s`:                `["it's"]`,
		"~/x ~ a~/b":            fmt.Sprintf("[%q %q %q]", filepath.Join(home, "x"), "~", "a~/b"),
		`"open`:                 "a \" is not closed",
		"-n 1 --flag=\"a b\" ä": `["-n" "1" "--flag=a b" "ä"]`,
	} {
		w, err := words(line)
		got := fmt.Sprintf("%q", w)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"8GB": 8e9, "8g": 8e9, "8 GiB": 8 << 30, "1.5MiB": 3 << 19, "100": 100, "10b": 10, "2kb": 2000, "1TB": 1e12,
		"": 0, "GB": 0, "-1GB": 0, "0": 0, "9999999999TB": 0, "1e9": 0, "8 GB x": 0,
	} {
		got, err := parseSize(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
	}
	for n, want := range map[int64]string{1: "1 bytes", 8e9: "8 GB", 1 << 30: "1.074 GB", 5e15: "5000 TB"} {
		if got := SizeText(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestTimeitText(t *testing.T) {
	got := timeitText(1_000_000, []float64{1.1e-6, 0.9e-6})
	want := "1 µs ± 100 ns per loop (mean ± std. dev. of 2 runs, 1,000,000 loops each); best 900 ns"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for sec, want := range map[float64]string{1.234: "1.23 s", 0.1234: "123 ms", 1e-9: "1 ns", 0: "0 ns", 123: "123 s", 5e-10: "0.5 ns"} {
		if got := seconds(sec); got != want {
			t.Errorf("%g: got %s, want %s", sec, got, want)
		}
	}
}

// The head of a cell ends where its Go begins, which keeps its place.
func TestCommandLines(t *testing.T) {
	for src, want := range map[string]string{
		"x := 1":                       `[] "x := 1"`,
		"%a b\nx":                      `[0:0 %a b] "    \nx"`,
		"\n  %a\n!b c\n\nx\n%d":        `[1:2 %a 2:0 !b c] "\n    \n    \n\nx\n%d"`,
		"// hi\n%a\n// ho\nx":          `[1:0 %a] "// hi\n  \n// ho\nx"`,
		"// hi\n%%a\n// ho\nx":         `[1:0 %%a] "     \n   \n// ho\nx"`,
		"!a \\\n b\n%c":                `[0:0 !a b 2:0 %c] "    \n  \n  "`,
		"!a \\":                        `[0:0 !a \] "    "`,
		"x?\r\n?y\n??z.w\nq??":         `[0:0 x? 1:0 ?y 2:0 ??z.w 3:0 q??] "   \n  \n     \n   "`,
		"%%writefile f\n%a\n!b":        `[0:0 %%writefile f] "             \n%a\n!b"`,
		"\t!grüße":                     `[0:1 !grüße] "         "`,
		"a ? b":                        `[] "a ? b"`,
		"%":                            `[0:0 %] " "`,
		"!x \\\n\\\n":                  `[0:0 !x \] "    \n \n"`,
		"/* %a */\n%b":                 `[] "/* %a */\n%b"`,
		"%time x\n\n\n// only comment": `[0:0 %time x] "       \n\n\n// only comment"`,
	} {
		lines, code := commandLines(src)
		var heads []string
		for _, l := range lines {
			heads = append(heads, fmt.Sprintf("%d:%d %s", l.row, l.col, l.text))
		}
		if got := fmt.Sprintf("%v %q", heads, code); got != want {
			t.Errorf("%q:\n got %s\nwant %s", src, got, want)
		}
	}
}

func TestCompletenessOfWholeCells(t *testing.T) {
	for src, want := range map[string]string{
		"%%bash": "incomplete", "%%bash\n": "complete", "%%bash\nls": "incomplete", "%%bash\nls\n": "complete", "%%bash\nif x\n  ": "complete",
		"%%time": "incomplete", "%%time\nx": "complete", "%%time\nfor {": "incomplete", "%%writefile f\nfunc": "incomplete",
		"!ls": "complete", "x?": "complete", "!ls \\": "incomplete", "!ls \\\n-l": "complete", "!ls \\\n": "complete", "%cd x\nfor {": "incomplete",
	} {
		if got := Completeness(src).Status; got != want {
			t.Errorf("%q: got %s, want %s", src, got, want)
		}
	}
}

// nothing is a library without packages.
type nothing struct{ Library }

func (nothing) AutoImport(string) (string, bool) { return "", false }

// Whatever stands above a cell's Go code, every byte of that keeps its place,
// and no text is too odd to be looked at.
func FuzzCommandLines(f *testing.F) {
	for _, src := range []string{
		"%a\n!b \\\n c\n// d\nx?\n\ny := 1", "%%bash x\n!y\n%z", "x := !ls *.csv", "a := \"%\"\n%b", "?\n??\n?x", "\x00%\xff\n!\\\n",
		"!echo 'it''s'\nx := `\n%y\n`\n!z", "%timeit -n 1 x\r\n\r\n!y\r\nz", "if x {\n!y\n}\n!y z",
	} {
		f.Add(src)
	}
	s := &Session{lib: &packages{nothing{}, pkgs.New(pkgs.Config{})}, names: map[string]*binding{}, evaluation: &evaluation{title: "cell[1]"}}
	f.Fuzz(func(t *testing.T, src string) {
		lines, code := commandLines(src)
		if len(code) != len(src) {
			t.Fatalf("%q: %d bytes, then %d", src, len(src), len(code))
		}
		for i := range code {
			if code[i] != src[i] && (code[i] != ' ' || src[i] == '\n') {
				t.Fatalf("%q: byte %d became %q", src, i, code[i])
			}
		}
		for _, l := range lines {
			if l.end > len(src) || l.text == "" || l.row > strings.Count(src, "\n") {
				t.Fatalf("%q: %+v", src, l)
			}
		}
		s.misplaced(code)
		commented(src)
		withoutRerun(src)
		formatCell(src)
		Completeness(src)
		s.expand(src)
		words(src)
		lastExpr(code)
	})
}
