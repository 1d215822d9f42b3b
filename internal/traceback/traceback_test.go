package traceback

import (
	"slices"
	"testing"
)

func TestColour(t *testing.T) {
	lines := []string{
		"panic: index out of range [5] with length 3\n  cell[7]:1:44 in risky",
		"    return xs[i] // at:1:2 x",
		"            ^",
		"  cell[7]:3:1",
		"cell[8]:2:10: undefined: x",
		"helper.go:3:1: again",
		"\x1b[32mgreen: 1:1\x1b[0m",
		"",
	}
	want := []string{
		"\x1b[1;31mpanic\x1b[0m: index out of range [5] with length 3\n  \x1b[1;36mcell[7]:1:44\x1b[0m in risky",
		"    return xs[i] // at:1:2 x",
		"            \x1b[1;31m^\x1b[0m",
		"  \x1b[1;36mcell[7]:3:1\x1b[0m",
		"\x1b[1;36mcell[8]:2:10\x1b[0m: undefined: x",
		"\x1b[1;36mhelper.go:3:1\x1b[0m: again",
		"\x1b[32mgreen: 1:1\x1b[0m",
		"",
	}
	if got := Terminal.Colour("panic", lines); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
