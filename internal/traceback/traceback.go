// Package traceback colours the errors of cells for terminals and front ends.
package traceback

import (
	"regexp"
	"strings"
)

// Colours are escape sequences for what stands out.
type Colours struct {
	Fault string // the name of the error, and marks below source lines
	Place string
}

// Terminal has the colours of the terminal's own palette.
var Terminal = Colours{Fault: "\x1b[1;31m", Place: "\x1b[1;36m"}

// Page is for front ends that show errors on a ground of their own: pink in
// JupyterLab's light theme, a dark red in its dark one, with a palette whose red
// can be read on one of them only. This red can be read on both, as can the
// bold cyan of that palette.
var Page = Colours{Fault: "\x1b[1;38;2;224;68;62m", Place: "\x1b[1;36m"}

const plain = "\x1b[0m"

// place is what a line about a place in a cell or a file begins with, and
// caret a line that points at one.
var (
	place = regexp.MustCompile(`^( *)(\S+:\d+(?::\d+)?)(:? .*)?$`)
	caret = regexp.MustCompile(`^\s*\^~*$`)
)

// Colour returns the lines of an error that is called name: places stand out, and
// so do the name and the marks below source lines. Lines that have colours keep
// theirs.
func (c Colours) Colour(name string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = c.line(name, l)
	}
	return out
}

// line colours one, or several in one text.
func (c Colours) line(name, l string) string {
	if head, rest, more := strings.Cut(l, "\n"); more {
		return c.line(name, head) + "\n" + c.line(name, rest)
	}
	if strings.Contains(l, "\x1b") {
		return l
	}
	if rest, ok := strings.CutPrefix(l, name+":"); ok && name != "" {
		return c.Fault + name + plain + ":" + rest
	}
	if caret.MatchString(l) {
		at := strings.IndexByte(l, '^')
		return l[:at] + c.Fault + l[at:] + plain
	}
	if m := place.FindStringSubmatch(l); m != nil && len(m[1]) < 4 { // source lines stand further in
		return m[1] + c.Place + m[2] + plain + m[3]
	}
	return l
}
