package repl

import (
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A display of one line is drawn over on a terminal while it is the last thing
// there.
func TestDrawnOver(t *testing.T) {
	for _, tt := range []struct {
		interactive bool
		want        string
	}{
		{true, "before\n0 %\r\x1b[K50 %\r\x1b[K60 %\nother\n100 %\n"},
		{false, "before\n0 %\nother\n100 %\n"},
	} {
		var out strings.Builder
		s := &sink{repl: &repl{stdout: &out, interactive: tt.interactive}, shown: map[string]string{}, latest: map[string]string{}}
		s.Stream("stdout", "before")
		for i, text := range []string{"0 %", "50 %", "60 %"} {
			s.Display(show.Display{Bundle: show.Plain(text), ID: "a", Update: i > 0})
		}
		s.Display(show.Display{Bundle: show.Plain("other")})
		s.Display(show.Display{Bundle: show.Plain("100 %"), ID: "a", Update: true})
		s.finish(show.Result{})
		if got := out.String(); got != tt.want {
			t.Errorf("interactive %v: %q, want %q", tt.interactive, got, tt.want)
		}
	}
}
