package gen

import (
	"errors"
	"go/scanner"
	"go/types"
	"strings"
	"testing"
)

// checked are the seeds that the tests of this package look at.
const checked = 300

// TestProgramsTypeCheck: programs are well-typed by construction.
func TestProgramsTypeCheck(t *testing.T) {
	var c Checker
	bad := 0
	for seed := range uint64(checked) {
		p, err := New(seed)
		if err != nil {
			var list scanner.ErrorList
			line := 0
			if errors.As(err, &list) {
				line = list[0].Pos.Line
			}
			t.Errorf("%v\n\t%s", err, strings.Split(p.Source, "\n")[line-1])
			continue
		}
		if _, _, _, errs := c.Check(p.Source); len(errs) > 0 {
			t.Errorf("seed %d: %v\n\t%s", seed, errs[0], sourceLine(p.Source, errs[0]))
			if bad++; bad == 20 {
				t.FailNow()
			}
		}
	}
}

// sourceLine is the line that an error is about.
func sourceLine(src string, err error) string {
	var te types.Error
	if !errors.As(err, &te) {
		return ""
	}
	return strings.TrimSpace(strings.Split(src, "\n")[te.Fset.Position(te.Pos).Line-1])
}
