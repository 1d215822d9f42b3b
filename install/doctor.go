package install

import (
	"fmt"
	"io"
)

// A Status is how a check ended.
type Status int

// What a check can find. Only Broken makes `sheaf doctor` fail: a Missing
// thing is one that Sheaf does without.
const (
	OK Status = iota
	Missing
	Broken
)

// String is the word that doctor prints.
func (s Status) String() string {
	switch s {
	case OK:
		return "ok"
	case Missing:
		return "missing"
	case Broken:
		return "BROKEN"
	}
	return fmt.Sprintf("status %d", int(s))
}

// A Check is one line of `sheaf doctor`.
type Check struct {
	Name string                                // a word or two: "Go toolchain"
	Run  func() (status Status, detail string) // detail: what was found, and what follows from it
}

// Doctor runs the checks in order and prints a line for each. It returns the
// exit code: 1 when something is broken, else 0.
func Doctor(checks []Check, stdout io.Writer) int {
	width := 0
	for _, c := range checks {
		width = max(width, len(c.Name))
	}
	code := 0
	for _, c := range checks {
		status, detail := c.Run()
		fmt.Fprintf(stdout, "%-*s  %-7s  %s\n", width, c.Name, status, detail)
		if status == Broken {
			code = 1
		}
	}
	return code
}
