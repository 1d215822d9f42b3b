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

// Programs do in a cell what they do compiled.
func TestProgramsInCells(t *testing.T) {
	for _, name := range []string{"generics", "libraries"} {
		t.Run(name, func(t *testing.T) {
			file := "testdata/" + name + "/main.go"
			src, err := os.ReadFile(file)
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
			if want := goRun(t, file); want != have.String() {
				t.Errorf("in a cell\n%s\ncompiled\n%s", &have, want)
			}
		})
	}
}
