package diff

import "testing"

func TestCompare(t *testing.T) {
	ok := Outcome{Stdout: "1\n"}
	died := Outcome{Stdout: "1\n", Exit: 2, Stderr: "panic: boom\n\ngoroutine 1 [running]:\n"}
	for _, c := range []struct {
		name          string
		native, sheaf Outcome
		want          Class
	}{
		{"the same", ok, ok, Equal},
		{"other output", ok, Outcome{Stdout: "2\n"}, Silent},
		{"an error", ok, Outcome{Exit: 1, Stderr: "p.go:1:1: undefined: x\n"}, Loud},
		{"other status", Outcome{Exit: 3}, Outcome{Exit: 0}, Silent},
		{"the same status", Outcome{Exit: 3}, Outcome{Exit: 3}, Equal},
		{"the same status by an error", Outcome{Exit: 1}, Outcome{Exit: 1, Stderr: "p.go:1:1: no\n"}, Loud},
		{"no end", ok, Outcome{Timeout: true, Exit: -1}, Timeout},
		{"the same panic", died, Outcome{Stdout: "1\n", Exit: 1, Stderr: "panic: boom\n  p.go:3:2 in main\n"}, Equal},
		{"another panic", died, Outcome{Stdout: "1\n", Exit: 1, Stderr: "panic: bang\n"}, Panic},
		{"the same panic after other output", died, Outcome{Stdout: "2\n", Exit: 1, Stderr: "panic: boom\n"}, Silent},
		{"no panic", died, ok, Silent},
		{"an error for a panic", died, Outcome{Exit: 1, Stderr: "p.go:1:1: no\n"}, Loud},
		{"a panic where there is none", ok, Outcome{Stdout: "1\n", Exit: 1, Stderr: "panic: boom\n"}, Loud},
	} {
		if got := Compare(c.native, c.sheaf); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPanicLine(t *testing.T) {
	for stderr, want := range map[string]string{
		"panic: a\n\ngoroutine 1 [running]:\npanic: b\n":                       "a",
		"panic: a [recovered]\n\tpanic: b\n\ngoroutine 1 [running]:\n":         "b",
		"panic: a [recovered, repanicked]\n\ngoroutine 1 [running]:\n":         "a",
		"panic: line one\n\tline two\n\ngoroutine 1 [running]:\nmain.main()\n": "line one",
	} {
		if got, ok := (Outcome{Exit: 2, Stderr: stderr}).panicLine(); got != want || !ok {
			t.Errorf("%q: %q, %v; want %q", stderr, got, ok, want)
		}
	}
}

func TestReason(t *testing.T) {
	a := Outcome{Exit: 1, Stderr: "program.go:12:3: no field v17 in \"x\"\n  more"}
	b := Outcome{Exit: 1, Stderr: "program.go:7:30: no field v2 in \"y\"\n"}
	if a.Reason() != b.Reason() || a.Reason() == (Outcome{Exit: 1, Stderr: "program.go:1:1: other"}).Reason() {
		t.Errorf("reasons %q and %q should be equal, and unlike others", a.Reason(), b.Reason())
	}
}
