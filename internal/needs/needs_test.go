package needs_test

import (
	"errors"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// A probe takes note of how a test would end.
type probe struct {
	testing.TB
	ended string
}

func (p *probe) Helper()      {}
func (p *probe) Fatal(...any) { p.ended = "failed" }
func (p *probe) Skip(...any)  { p.ended = "skipped" }

func TestHave(t *testing.T) {
	for _, c := range []struct {
		ci   string
		err  error
		want string
	}{
		{"", nil, ""}, {"true", nil, ""},
		{"", errors.New("no data"), "skipped"},
		{"true", errors.New("no data"), "failed"},
	} {
		t.Setenv("CI", c.ci)
		p := &probe{TB: t}
		needs.Have(p, c.err)
		if p.ended != c.want {
			t.Errorf("CI=%q, %v: the test is %q, want %q", c.ci, c.err, p.ended, c.want)
		}
	}
}
