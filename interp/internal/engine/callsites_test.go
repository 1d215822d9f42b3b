package engine

import (
	"runtime"
	"testing"
)

type sitesTold struct{ got, want [2]uintptr }

//go:noinline
func told() (s sitesTold) {
	s.got[0], s.got[1] = callSites()
	runtime.Callers(2, s.want[:])
	return s
}

//go:noinline
func tells() sitesTold {
	s := told()
	s.got[0]-- // so that this is no jump
	s.got[0]++
	return s
}

// TestCallSites compares what frame pointers tell with what the runtime does.
func TestCallSites(t *testing.T) {
	if s := tells(); s.got != s.want {
		t.Errorf("called at %#x, the runtime says %#x", s.got, s.want)
	}
}
