package interp_test

import (
	"context"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if _, err := interp.New(interp.Config{Library: stdlib.Library()}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTrivialCell(b *testing.B) {
	s, err := interp.New(interp.Config{Library: stdlib.Library()})
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		if r := s.Execute(context.Background(), show.Cell{Source: "1 + 1", Count: n}, nil); r.Err != nil {
			b.Fatal(r.Err)
		}
	}
}

func BenchmarkFirstTablesCell(b *testing.B) {
	for b.Loop() {
		s, err := interp.New(interp.Config{Library: stdlib.Library()})
		if err != nil {
			b.Fatal(err)
		}
		if r := s.Execute(context.Background(), show.Cell{Source: "tables.Empty(3)", Count: 1}, nil); r.Err != nil {
			b.Fatal(r.Err)
		}
	}
}
