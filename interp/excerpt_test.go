package interp

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The caret stands under its column, also in what is left of a long line.
func TestExcerptAround(t *testing.T) {
	long := strings.Repeat("a", 150) + "X" + strings.Repeat("b", 150)
	for name, c := range map[string]struct {
		line      string
		col       int
		text, pad string
	}{
		"short":       {"x := y", 6, "x := y", "     "},
		"tabs":        {"\t\treturn x", 3, "\t\treturn x", "\t\t"},
		"before":      {"x", 0, "x", ""},
		"behind":      {"x", 9, "x", " "},
		"wide":        {`"日本" + x`, 12, `"日本" + x`, "         "},
		"invalid":     {"\xff\xffx", 3, "\ufffd\ufffdx", "  "},
		"in a long":   {long, 151, "…" + strings.Repeat("a", 63) + "X" + strings.Repeat("b", 30) + "…", strings.Repeat(" ", 64)},
		"its start":   {long, 1, strings.Repeat("a", 95) + "…", ""},
		"its end":     {long, 302, "…" + strings.Repeat("b", 95), strings.Repeat(" ", 96)},
		"as it fits":  {long[:96], 96, long[:96], strings.Repeat(" ", 95)},
		"just longer": {long[:97], 97, "…" + long[2:97], strings.Repeat(" ", 95)},
	} {
		text, pad := around(c.line, c.col)
		if text != c.text || pad != c.pad {
			t.Errorf("%s: %q\n%q, %d spaces; want\n%q, %d", name, c.line, text, len(pad), c.text, len(c.pad))
		}
		if utf8.RuneCountInString(text) > excerptWidth {
			t.Errorf("%s: %q is too long", name, text)
		}
	}
}
