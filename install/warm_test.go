package install

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

func TestWarm(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	steps := func(end error) Warm {
		return func(_ context.Context, progress func(done, total int)) error {
			for i := range 10 {
				progress(i, 9)
			}
			return end
		}
	}
	tests := []struct {
		name        string
		warm        Warm
		run, behind string // what is told, without the time
	}{
		{"none", nil, "", ""},
		{"nothing to do", func(context.Context, func(int, int)) error { return nil }, "", ""},
		{"impossible", func(context.Context, func(int, int)) error { return errors.New("no go") }, "cells are interpreted, not compiled: no go\n", ""},
		{"done", steps(nil), "making 9 packages ready for compiled cells, once (Ctrl-C skips it): 20 % 40 % 60 % 80 % done in ",
			"making 9 packages ready for compiled cells, once; until then cells are interpreted\ncells are compiled from now on ("},
		{"fails", steps(errors.New("disk full")), "making 9 packages ready for compiled cells, once (Ctrl-C skips it): 20 % 40 % 60 % 80 % not done: disk full\n",
			"making 9 packages ready for compiled cells, once; until then cells are interpreted\ncells stay interpreted: disk full\n"},
		{"skipped", func(ctx context.Context, progress func(int, int)) error {
			progress(0, 9)
			cancel()
			<-ctx.Done()
			return ctx.Err()
		}, "making 9 packages ready for compiled cells, once (Ctrl-C skips it): skipped: it is done when cells first need it\n", ""},
	}
	for _, tt := range tests {
		var out safeBuffer
		if tt.name != "skipped" {
			ended := make(chan struct{})
			var seen Warm
			if tt.warm != nil {
				seen = func(ctx context.Context, progress func(int, int)) error {
					defer close(ended)
					return tt.warm(ctx, progress)
				}
			} else {
				close(ended)
			}
			end := seen.behind(ctx, &out)
			<-ended
			end()
			// Whether the end is told depends on who is first: the work, or end.
			if got := out.String(); !strings.HasPrefix(got, strings.SplitAfter(tt.behind, "\n")[0]) {
				t.Errorf("%s, behind: %q, want %q", tt.name, got, tt.behind)
			}
		}
		var line bytes.Buffer
		tt.warm.run(ctx, &line)
		if got := line.String(); !strings.HasPrefix(got, tt.run) || (got == "") != (tt.run == "") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.run)
		}
	}
}
