package interp_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// try runs cells in a new session and returns what the last one showed, errors
// behind "!".
func try(t *testing.T, cells ...string) string {
	t.Helper()
	var out buffer
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: &out, Stderr: &out})
	if err != nil {
		t.Fatal(err)
	}
	var res show.Result
	for i, src := range cells {
		out.Reset()
		res = s.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, &sink{out: &out})
		if res.Err != nil && i+1 < len(cells) {
			t.Fatalf("%q: %v", src, res.Err)
		}
	}
	return outputs(out.String(), res)
}

func TestTime(t *testing.T) {
	want := regexp.MustCompile(`^2\n(?:CPU time [\d.]+[µnm]?s, )?wall time [\d.]+[µnm]?s\n$`)
	for _, src := range []string{"%time 1 + 1", "%%time\nx := 1\nx + 1", "%%time\n%who nothing\n2"} {
		if got := strings.TrimPrefix(try(t, src), "no names of nothing\n"); !want.MatchString(got) {
			t.Errorf("%q: %q", src, got)
		}
	}
	got := try(t, "%time time.Sleep(50 * time.Millisecond)")
	d, err := time.ParseDuration(strings.TrimSpace(got[strings.LastIndex(got, " ")+1:]))
	if err != nil || d < 50*time.Millisecond || d > 5*time.Second {
		t.Errorf("%q", got)
	}
}

func TestTimeit(t *testing.T) {
	line := func(runs, loops string) *regexp.Regexp {
		return regexp.MustCompile(`^[\d.e+]+ (s|ms|µs|ns) ± [\d.e+]+ (s|ms|µs|ns) per loop \(mean ± std\. dev\. of ` + runs + `, ` + loops + ` each\); best [\d.e+]+ (s|ms|µs|ns)\n$`)
	}
	for src, want := range map[string]*regexp.Regexp{
		"%timeit -n 3 -r 2 n++":                                line("2 runs", "3 loops"),
		"%timeit -n1 -r1 n + 1":                                line("1 run", "1 loop"),
		"%timeit -r2 strings.Repeat(\"a\", n)":                 line("2 runs", `[\d,]+ loops`),
		"%timeit -n 2 f()":                                     line("7 runs", "2 loops"),
		"%timeit -n 2 two()":                                   line("7 runs", "2 loops"),
		"%timeit -n 2 len(\"abc\")":                            line("7 runs", "2 loops"),
		"%%timeit -n 2 m := []int{3}\nm[0]++\n// m\nm[0]*n":    line("7 runs", "2 loops"),
		"%%timeit -n 2\nfor i := 0; i < 3; i++ {\n\tn += i\n}": line("7 runs", "2 loops"),
	} {
		if got := try(t, "n := 3\nfunc f() { n++ }\nfunc two() (int, int) { return 1, 2 }", src); !want.MatchString(got) {
			t.Errorf("%q: %q", src, got)
		}
	}
	// Names of the measured code are its own.
	if got := try(t, "n := 3", "%timeit -n 5 -r 2 inner := n; n++; _ = inner", "n"); got != "13\n" {
		t.Errorf("%q", got)
	}
	if got := try(t, "%timeit -n 5 inner := 1; _ = inner", "inner"); !strings.Contains(got, "undefined: inner") {
		t.Errorf("%q", got)
	}
}

func TestTimeitErrors(t *testing.T) {
	for src, want := range map[string]string{
		"%timeit":               "! %timeit: wants Go code behind it, or %%timeit above the cell's code\n",
		"%timeit -n 0 x":        "! %timeit: -n wants a number above 0\n",
		"%timeit -n x":          "! %timeit: -n wants a number above 0\n",
		"%timeit -k 5 x":        "! %timeit: there is no flag -k; there are -n LOOPS and -r RUNS\n",
		"%timeit nope + 1":      "! cell[1]:1:9: undefined: nope\n!     %timeit nope + 1\n!             ^\n",
		"%timeit -n 1 nope + 1": "! cell[1]:1:14: undefined: nope\n!     %timeit -n 1 nope + 1\n!                  ^\n",
		"%who\n%timeit nope(1)": "no names yet\n! cell[1]:2:9: undefined: nope\n!     %timeit nope(1)\n!             ^\n",
		"%timeit 1 +":           "! cell[1]:1:12: expected operand, found the end of the cell\n!     %timeit 1 +\n!                ^\n",
		"%%timeit\n1\nnope":     "! cell[1]:3:1: undefined: nope\n!     nope\n!     ^\n",
		"%%timeit\n}\n{":        "! cell[1]:2:1: } closes nothing",
		"%timeit panic(\"no\")": "! panic: no\n",
	} {
		if got := try(t, src); !strings.HasPrefix(got, want) {
			t.Errorf("%q:\n got %q\nwant %q", src, got, want)
		}
	}
}

func TestEnvHidesSecrets(t *testing.T) {
	t.Setenv("SHEAF_TEST_TOKEN", "hush")
	t.Setenv("SHEAF_TEST_PLAIN", "open")
	got := try(t, "%env")
	if !strings.Contains(got, "SHEAF_TEST_TOKEN=<hidden>\n") || !strings.Contains(got, "SHEAF_TEST_PLAIN=open\n") || strings.Contains(got, "hush") {
		t.Errorf("%q", got)
	}
}

func TestCd(t *testing.T) {
	was, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	defer os.Chdir(was)
	dir := t.TempDir() + "/a folder"
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", dir)
	for src, want := range map[string]string{
		fmt.Sprintf("%%cd %s", dir):           dir + "\n",
		fmt.Sprintf("%%cd '%s'\n%%cd -", dir): dir + "\n" + was + "\n",
		"%cd":                                 dir + "\n",
		"%cd ~\n%pwd":                         dir + "\n" + dir + "\n",
		"%cd -":                               "! %cd: there is no folder before this one\n",
		fmt.Sprintf("%%cd %s\n!pwd", dir):     dir + "\n" + dir + "\n",
		"%cd ~/nosuch":                        "! %cd: chdir " + dir + "/nosuch: no such file or directory\n",
	} {
		os.Chdir(was)
		if runtime.GOOS == "windows" {
			t.Skip("folders are named otherwise")
		}
		if got := try(t, src); got != want {
			t.Errorf("%q: got %q, want %q", src, got, want)
		}
	}
}

// A word that a shell does not know may be the session's.
func TestShellHint(t *testing.T) {
	t.Setenv("SHELL", "sh")
	got := try(t, "ready := true", "!ready")
	if want := "! !ready: exit status 127; for the Go value write (!ready)\n"; !strings.HasSuffix(got, want) {
		t.Errorf("%q", got)
	}
}

// Commands of other packages come beside the session's and may replace them.
func TestCommandsOfOthers(t *testing.T) {
	var got []string
	note := func(_ context.Context, c *interp.Call) error {
		got = append(got, fmt.Sprintf("%v %q %q %q", c.Cell, c.Args, c.Body, c.Text))
		return nil
	}
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Commands: []interp.Command{{Name: "mine", Doc: "x", Run: note}, {Name: "who", Doc: "y", Run: note}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{"%mine a  b ", "// c\n%%mine\n  body", "%who"} {
		if res := s.Execute(context.Background(), show.Cell{Source: src, Count: 1}, &sink{out: &buffer{}}); res.Err != nil {
			t.Error(res.Err)
		}
	}
	want := `[false "a  b" "" "" true "" "    \n      \n  body" "  body" false "" "" ""]`
	if text := fmt.Sprint(got); text != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
}

// What is captured from compiled code and programs is what they print, in
// the order in which they do.
func TestCaptureWithoutWorker(t *testing.T) {
	got := try(t, "%%capture a\n!echo 2\nfmt.Print(1)", "a")
	if got != "2\n1\n" {
		t.Errorf("%q", got)
	}
}

// TestNotErrors: times and notes are no errors, which is what standard error
// looks like in a notebook.
func TestNotErrors(t *testing.T) {
	var out, stderr buffer
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: &out, Stderr: &stderr})
	if err != nil {
		t.Fatal(err)
	}
	for i, src := range []string{"x := 1\nfunc f() int { return x }", `x := "a"`, "%time fmt.Println(x)"} {
		if res := s.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, &sink{out: &out}); res.Err != nil {
			t.Fatal(res.Err)
		}
	}
	want := regexp.MustCompile(`^note: f .*\na\n(?:CPU time .*, )?wall time .*\n$`)
	if got := out.String(); !want.MatchString(got) || stderr.String() != "" {
		t.Errorf("stdout %q, stderr %q", got, stderr.String())
	}
}

// TestPrun looks at all forms that a profile has.
func TestPrun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpu.pprof")
	var shown []show.Bundle
	s, err := interp.New(interp.Config{Library: stdlib.Library()})
	if err != nil {
		t.Fatal(err)
	}
	for i, src := range []string{
		"func spin(n int) (s int) {\n\tfor i := range n {\n\t\ts += i % 7\n\t}\n\treturn s\n}",
		"func heavy(n int) int { return spin(3 * n) }\nfunc light(n int) int { return spin(n) }",
		"%%prun -o '" + file + "'\nfor range 300 {\n\theavy(20_000)\n\tlight(20_000)\n}",
	} {
		res := s.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, &displays{list: &shown})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
	}
	if len(shown) != 1 {
		t.Fatal(shown)
	}
	svg, _ := shown[0].Data[show.MIMESVG].(string)
	page, _ := shown[0].Data[show.MIMEHTML].(string)
	for _, want := range []string{"<svg ", "<title>heavy (cell[2]:1)\n", ">spin</text>", "cell[3] (cell[3]:3)"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture has no %q:\n%s", want, svg)
		}
	}
	if !strings.Contains(page, svg) || !strings.Contains(page, "</pre>") {
		t.Error(page)
	}
	out, err := exec.Command("go", "tool", "pprof", "-top", file).CombinedOutput()
	m := regexp.MustCompile(`(\d+(?:\.\d+)?)%  heavy\n`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if part, err := strconv.ParseFloat(string(m[1]), 64); err != nil || part < 60 || part > 90 { // 75 in a longer run
		t.Errorf("heavy takes %v %%\n%s", part, out)
	}
}

// displays keeps the displays of a cell.
type displays struct {
	show.Sink
	list *[]show.Bundle
}

func (d *displays) Display(x show.Display) { *d.list = append(*d.list, x.Bundle) }
func (d *displays) Stream(_, _ string)     {}

// What waits takes no time of the processor.
func TestPrunWaits(t *testing.T) {
	got := try(t, "%prun time.Sleep(300 * time.Millisecond)")
	m := regexp.MustCompile(`^(\S+) of processor time in \d+ samples, (\S+) on the wall\n`).FindStringSubmatch(got)
	if m == nil {
		t.Fatal(got)
	}
	used, _ := time.ParseDuration(m[1])
	wall, _ := time.ParseDuration(m[2])
	if used > 50*time.Millisecond || wall < 300*time.Millisecond {
		t.Error(got)
	}
}
