package diff

import (
	"context"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/bench/progen/internal/gen"
)

// TestShrinkKeepsWhatMatters: all but the wanted expression goes, and what is
// left is a program.
func TestShrinkKeepsWhatMatters(t *testing.T) {
	const wanted = "&^ 2"
	p, err := gen.New(3)
	if err != nil {
		t.Fatal(err)
	}
	src := strings.Replace(p.Source, "\nfunc main() {\n", "\nfunc odd(n int) int {\n\tif n > 0 {\n\t\tfor i := range n {\n\t\t\tif i == 5 {\n\t\t\t\treturn i &^ 2\n\t\t\t}\n\t\t}\n\t}\n\treturn 0\n}\n\nfunc main() {\n\tfmt.Println(odd(9))\n", 1)
	small := Shrink(context.Background(), src, func(candidates []string) int {
		for i, c := range candidates {
			if strings.Contains(c, wanted) {
				return i
			}
		}
		return -1
	})
	if !strings.Contains(small, wanted) {
		t.Fatalf("the property is lost:\n%s", small)
	}
	var c gen.Checker
	if _, _, _, errs := c.Check(small); len(errs) > 0 {
		t.Errorf("%v\n%s", errs[0], small)
	}
	if n := strings.Count(small, "\n"); n > 12 {
		t.Errorf("%d lines are left of %d:\n%s", n, strings.Count(src, "\n"), small)
	}
}
