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
		"in a long":   {long, 151, "…" + strings.Repeat("a", 49) + "X" + strings.Repeat("b", 24) + "…", strings.Repeat(" ", 50)},
		"its start":   {long, 1, strings.Repeat("a", 75) + "…", ""},
		"its end":     {long, 302, "…" + strings.Repeat("b", 75), strings.Repeat(" ", 76)},
		"as it fits":  {long[:76], 76, long[:76], strings.Repeat(" ", 75)},
		"just longer": {long[:77], 77, "…" + long[2:77], strings.Repeat(" ", 75)},
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
