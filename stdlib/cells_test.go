package stdlib_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// A cell that is the program does the same again.
func TestGenericsInCells(t *testing.T) {
	src, err := os.ReadFile("testdata/generics/main.go")
	if err != nil {
		t.Fatal(err)
	}
	var have bytes.Buffer
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: &have})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Execute(context.Background(), show.Cell{Source: string(src), Count: 1}, nil); r.Err != nil {
		t.Fatalf("%s%v", &have, r.Err)
	}
	if want := goRun(t, "testdata/generics/main.go"); want != have.String() {
		t.Errorf("in a cell\n%s\ncompiled\n%s", &have, want)
	}
}
