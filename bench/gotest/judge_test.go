package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		e             ending
		want          string
		class, reason string
	}{
		{ending{output: "a\r\nb\n"}, "a\nb\n", pass, ""},
		{ending{output: "a\nc\n"}, "a\nb\n", silent, "want «b» got «c»"},
		{ending{output: "a\n"}, "a\nb\n", silent, "want «b» got «»"},
		{ending{output: ""}, "a", silent, "want «a» got «»"},
		{ending{exit: 1, output: "x.go:3:4: undefined: y\n    y\n    ^\n"}, "", compile, "x.go:3:4: undefined: y"},
		{ending{exit: 1, output: "x.go:3:4: the interpreter cannot run this: goto\n"}, "", unsupported, "x.go:3:4: the interpreter cannot run this: goto"},
		{ending{exit: 1, output: "the interpreter cannot run this: index\n"}, "", unsupported, "the interpreter cannot run this: index"},
		{ending{exit: 1, output: "x.go:3:4: defer is not interpreted yet\n"}, "", unsupported, "x.go:3:4: defer is not interpreted yet"},
		{ending{exit: 1, output: "x.go:3:4: cgo is not supported\n"}, "", unsupported, "x.go:3:4: cgo is not supported"},
		{ending{exit: 2, output: "hi\npanic: at 0xc000123456\n\ngoroutine 1 [running]:\n  x.go:3:4: in main\n"}, "", panicked, "panic: at 0x…"},
		{ending{exit: 2, output: "fatal error: stack overflow\n"}, "", died, "fatal error: stack overflow"},
		{ending{exit: -1, output: ""}, "", died, ""},
		{ending{exit: 7, output: "BUG\n"}, "BUG\n", status, "BUG"},
		{ending{exit: -1, timeout: true}, "", timeout, "still busy when its time was over"},
		{ending{exit: -1, timeout: true, hung: true}, "", timeout, "hung: it waited and did nothing"},
		{ending{exit: -1, killed: "took more"}, "", died, "took more"},
	} {
		class, reason := judge(c.e, c.want)
		if class != c.class || reason != c.reason {
			t.Errorf("%+v beside %q: %s (%s), want %s (%s)", c.e, c.want, class, reason, c.class, c.reason)
		}
	}
}

const someExpected = `# a comment
a.go                             compile      the checker of the library is stricter
b.go                             panic        said: panic: 1
gone.go                          timeout      it sleeps
c.go                             silent       prints its own frames
d.go                             exit         needs a compiler
unrun.go                         died         said: memory
`

func TestCompareAndUpdate(t *testing.T) {
	list, err := parseExpected(strings.NewReader(someExpected))
	if err != nil {
		t.Fatal(err)
	}
	results := []result{
		{Path: "a.go", Class: silent, Reason: "want x"}, // worse than listed
		{Path: "b.go", Class: panicked, Reason: "panic: 2"},
		{Path: "c.go", Class: silent, Reason: "changed"},
		{Path: "d.go", Class: pass},
		{Path: "e.go", Class: pass},
		{Path: "f.go", Class: compile, Reason: "f.go:1:1: no"},
	}
	c := compare(list, results)
	var text strings.Builder
	c.write(&text)
	want := "passes now  d.go (it is in the list of expected failures; -update takes it out)\n" +
		"REGRESSION  a.go: silent: want x\n" +
		"REGRESSION  f.go: compile: f.go:1:1: no\n"
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Error(diff)
	}
	all := []program{{Path: "a.go"}, {Path: "b.go"}, {Path: "c.go"}, {Path: "d.go"}, {Path: "e.go"}, {Path: "f.go"}, {Path: "unrun.go"}}
	got := strings.TrimPrefix(formatExpected(update(list, all, results)), header)
	want = `a.go                             silent       said: want x
b.go                             panic        said: panic: 2
c.go                             silent       prints its own frames
f.go                             compile      said: f.go:1:1: no
unrun.go                         died         said: memory
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	again, err := parseExpected(strings.NewReader(header + got))
	if err != nil || len(again) != 5 {
		t.Errorf("reading what was written: %d lines, %v", len(again), err)
	}
}

func TestParseExpectedRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a.go compile x\na.go panic y\n": "line 2: a.go stands here twice",
		"a.go slow x\n":                  `line 1: a.go fails by "slow"; want one of compile, unsupported, panic, exit, timeout, died, silent`,
		"\na.go compile\n":               "line 2: a.go has no reason",
	} {
		if _, err := parseExpected(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestReport(t *testing.T) {
	var b strings.Builder
	writeReport(&b, []result{
		{Path: "a.go", Folder: "top", Feature: usePlain, Class: pass},
		{Path: "ken/a.go", Folder: "ken", Feature: useGeneric, Class: pass},
		{Path: "ken/b.go", Folder: "ken", Feature: useUnsafe, Class: silent, Reason: "want x"},
	})
	want := `| folder | programs | pass | % | compile | unsupported | panic | exit | timeout | died | silent |
|---|---|---|---|---|---|---|---|---|---|---|
| top | 1 | 1 | 100.0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |
| ken | 2 | 1 | 50.0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 |
| all | 3 | 2 | 66.7 | 0 | 0 | 0 | 0 | 0 | 0 | 1 |

| needs | programs | pass | % | compile | unsupported | panic | exit | timeout | died | silent |
|---|---|---|---|---|---|---|---|---|---|---|
| plain | 1 | 1 | 100.0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |
| generics | 1 | 1 | 100.0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |
| unsafe | 1 | 0 | 0.0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 |
| plain and generics | 2 | 2 | 100.0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |

silent: ken/b.go: want x
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
