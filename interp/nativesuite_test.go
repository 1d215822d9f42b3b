package interp_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sheaf-go/sheaf/interp"
)

// TestSuiteNative runs every case of the suite with its functions and loops
// compiled before its cells run: all is as it is when they are interpreted.
func TestSuiteNative(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles every cell of the suite")
	}
	if !withSymbols(t) {
		return
	}
	for _, c := range suiteCases(t) {
		t.Run(c.name, func(t *testing.T) {
			got := string(txtar.Format(runSuiteCase(t, c.archive, interp.Native)))
			want := string(txtar.Format(c.archive))
			if got != want {
				t.Error(diff(want, got))
			}
		})
	}
}
