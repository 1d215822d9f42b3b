package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The README's cell gives the output that the README shows, and its two
// commands are the ones that there are.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if n := strings.Count(text, "\n"); n >= 60 {
		t.Errorf("the README has %d lines, it wants to stay under 60", n)
	}
	_, rest, ok := strings.Cut(text, "```go\n")
	if !ok {
		t.Fatal("no cell in the README")
	}
	cell, rest, _ := strings.Cut(rest, "```\n")
	_, rest, _ = strings.Cut(rest, "```\n")
	want, _, _ := strings.Cut(rest, "```\n")
	got := replOutput(t, cell)
	if got != want {
		t.Errorf("the README's cell shows\n%s\nthe README says\n%s", got, want)
	}
	for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Errorf("the README links to nothing: %v", err)
		}
	}
	for _, command := range []string{"go run . lab ", "go test ./... ", "go run . run notebooks/tour/*.ipynb"} {
		if !strings.Contains(text, command) {
			t.Errorf("the README does not name %q", command)
		}
	}
}

// replOutput types src into sheaf repl.
func replOutput(t *testing.T, src string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asSheaf+"=repl")
	cmd.Stdin = strings.NewReader(src)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("sheaf repl: %v\n%s", err, out)
	}
	return string(out)
}
