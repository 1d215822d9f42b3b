package diff

import (
	"fmt"
	"regexp"
	"strings"
)

// A Class says how an interpreted run stands to the compiled one.
type Class int

const (
	Equal   Class = iota // the same output and status
	Silent               // other output or status, and no word of it: the worst
	Loud                 // an error where compiled Go has none
	Panic                // both end in a panic, with different messages
	Timeout              // did not end
)

// String is the class in a report.
func (c Class) String() string {
	return [...]string{"equal", "silent", "loud", "panic", "timeout"}[c]
}

// Compare classifies an interpreted run against the compiled run of the same
// program. A program that ends in an uncaught panic is compared by its output
// and its panic's first line; the exit status of one only has to tell failure.
func Compare(native, sheaf Outcome) Class {
	want, panics := native.panicLine()
	got, gotPanic := sheaf.panicLine()
	same := native.Stdout == sheaf.Stdout
	switch {
	case sheaf.Timeout:
		return Timeout
	case panics && sheaf.Exit == 0:
		return Silent
	case panics && gotPanic && want == got && same:
		return Equal
	case panics && gotPanic && want == got:
		return Silent
	case panics && gotPanic && same:
		return Panic
	case panics:
		return Loud
	case sheaf.Exit != 0 && sheaf.Stderr != "" && native.Stderr == "":
		return Loud
	case sheaf.Exit == native.Exit && same:
		return Equal
	case sheaf.Exit == native.Exit || sheaf.Exit == 0:
		return Silent
	}
	return Loud
}

// panicLine is the message of the last panic that a run died of.
func (o Outcome) panicLine() (string, bool) {
	line, found := "", false
	for l := range strings.Lines(o.Stderr) {
		if strings.HasPrefix(l, "goroutine ") {
			break
		}
		if rest, ok := strings.CutPrefix(strings.TrimLeft(l, "\t"), "panic: "); ok {
			line, found = strings.TrimRight(rest, "\n"), true
		}
	}
	for _, suffix := range []string{" [recovered]", " [recovered, repanicked]"} {
		line = strings.TrimSuffix(line, suffix)
	}
	return line, found && o.Exit != 0
}

var volatile = regexp.MustCompile(`0x[0-9a-f]+|[A-Za-z_]*\d+|"[^"]*"`)

// Reason is the first line of what an interpreted run complained about,
// without the names and numbers that differ from program to program: equal
// reasons are likely one defect.
func (o Outcome) Reason() string {
	if o.Timeout {
		return "timeout"
	}
	line, _, _ := strings.Cut(strings.TrimSpace(o.Stderr), "\n")
	if _, after, ok := strings.Cut(line, ".go:"); ok { // program.go:12:3: what
		if i := strings.Index(after, ": "); i >= 0 {
			line = after[i+2:]
		}
	}
	if line == "" {
		return fmt.Sprintf("exit status %d without a word", o.Exit)
	}
	return volatile.ReplaceAllString(line, "#")
}

// Difference shows the first lines in which two outputs differ.
func Difference(native, sheaf string) string {
	a, b := strings.Split(native, "\n"), strings.Split(sheaf, "\n")
	for i := range max(len(a), len(b)) {
		x, y := at(a, i), at(b, i)
		if x != y {
			return fmt.Sprintf("line %d:\n  compiled: %s\n  sheaf:    %s", i+1, x, y)
		}
	}
	return "no difference"
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(no more output)"
}
