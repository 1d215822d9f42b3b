package interp_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
)

// fileColumn is a position in a file of a package; compiled code has no columns.
var fileColumn = regexp.MustCompile(`(?m)(\.go:\d+):\d+`)

// TestPackagesNative runs the same cells as TestPackages with packages and
// functions compiled: all is as it is when they are interpreted.
func TestPackagesNative(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages")
	}
	if !withSymbols(t) {
		return
	}
	files, err := filepath.Glob("testdata/packages/*.cells")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/packages/*.cells", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".cells"), func(t *testing.T) {
			moduleProxy(t)
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			plain := func(text string) string {
				return fileColumn.ReplaceAllString(withoutColumns(text), "$1")
			}
			const tier = ">>> %tier\n"
			got, notes, _ := strings.Cut(runScriptIn(t, string(data)+tier, interp.Native), tier)
			if want := plain(string(data)); plain(got) != want {
				t.Error(diff(want, plain(got)))
			}
			if strings.Contains(notes, "could not be compiled") {
				t.Error(notes)
			}
		})
	}
}
