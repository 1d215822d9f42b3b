// Package traceback colours the errors of cells for terminals and front ends.
package traceback

import (
	"regexp"
	"strings"
)

const (
	red   = "\x1b[1;31m"
	cyan  = "\x1b[1;36m" // bold: front ends show it darker, on a light ground
	plain = "\x1b[0m"
)

// place is what a line about a place in a cell or a file begins with, and
// caret a line that points at one.
var (
	place = regexp.MustCompile(`^( *)(\S+:\d+(?::\d+)?)(:? .*)?$`)
	caret = regexp.MustCompile(`^\s*\^~*$`)
)

// Colour returns the lines of an error that is called name: places stand out, and
// so do the name and the marks below source lines. Lines that have colours keep
// theirs.
func Colour(name string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = line(name, l)
	}
	return out
}

// line colours one, or several in one text.
func line(name, l string) string {
	if head, rest, more := strings.Cut(l, "\n"); more {
		return line(name, head) + "\n" + line(name, rest)
	}
	if strings.Contains(l, "\x1b") {
		return l
	}
	if rest, ok := strings.CutPrefix(l, name+":"); ok && name != "" {
		return red + name + plain + ":" + rest
	}
	if caret.MatchString(l) {
		at := strings.IndexByte(l, '^')
		return l[:at] + red + l[at:] + plain
	}
	if m := place.FindStringSubmatch(l); m != nil && len(m[1]) < 4 { // source lines stand further in
		return m[1] + cyan + m[2] + plain + m[3]
	}
	return l
}
