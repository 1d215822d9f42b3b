package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReasons(t *testing.T) {
	var b strings.Builder
	writeReasons(&b, []result{
		{Path: "a.go", Class: compile, Reason: `a.go:1:2: cannot import "x" of 3`},
		{Path: "b.go", Class: pass},
		{Path: "c.go", Class: panicked, Reason: "panic: 0x… at b.go:3:4: want «1» got «2»"},
		{Path: "d.go", Class: compile, Reason: `d.go:10:2: cannot import "yy" of 44`},
		{Path: "e.go", Class: silent, Reason: `cannot import "yy" of 44`},
	})
	want := `   2  compile     cannot import … of N
      a.go d.go
   1  panic       panic: N at want … got …
      c.go
   1  silent      cannot import … of N
      e.go

`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
