package interp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

func session(t *testing.T, cells ...string) *interp.Session {
	t.Helper()
	s, err := interp.New(interp.Config{Library: stdlib.Library()})
	if err != nil {
		t.Fatal(err)
	}
	for i, src := range cells {
		if r := s.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, silent{}); r.Err != nil {
			t.Fatalf("%q: %v", src, r.Err)
		}
	}
	return s
}

// TestEditing runs the cases of testdata/*.edit: what completion, hover and
// completeness answer at the cursor, which is "|" in the source.
//
//	$ x := 1
//	> fmt.Println(x|)
//	x variable int
//
// Lines with "$" are a cell that runs, those with ">" a source that does not.
// What follows them is the answer, up to a blank line; of proposals the first
// five, and how many more there are.
func TestEditing(t *testing.T) {
	for file, answer := range map[string]func(*interp.Session, string, int) string{
		"complete": proposals, "inspect": explanation, "completeness": status,
	} {
		t.Run(file, func(t *testing.T) {
			name := filepath.Join("testdata", file+".edit")
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, string(data), edit(t, string(data), answer))
		})
	}
}

// edit answers every case and returns the text with the answers that came.
func edit(t *testing.T, text string, answer func(*interp.Session, string, int) string) string {
	s := session(t)
	var b strings.Builder
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	count := 0
	for i := 0; i < len(lines); {
		prefix := lines[i][:min(1, len(lines[i]))]
		if prefix == "#" {
			b.WriteString(lines[i] + "\n")
		}
		if prefix != "$" && prefix != ">" {
			i++
			continue
		}
		var src []string
		for ; i < len(lines) && strings.HasPrefix(lines[i], prefix); i++ {
			b.WriteString(lines[i] + "\n")
			src = append(src, strings.TrimPrefix(lines[i][1:], " "))
		}
		source := strings.Join(src, "\n")
		if prefix == "$" {
			count++
			if r := s.Execute(context.Background(), show.Cell{Source: source, Count: count}, silent{}); r.Err != nil {
				t.Fatalf("%q: %v", source, r.Err)
			}
			b.WriteString("\n")
			continue
		}
		at := strings.Index(source, "|")
		if at < 0 {
			at = len(source)
		} else {
			source = source[:at] + source[at+1:]
		}
		b.WriteString(answer(s, source, at) + "\n")
	}
	return b.String()
}

func proposals(s *interp.Session, src string, at int) string {
	got := s.Complete(src, at)
	var b strings.Builder
	for i, it := range got.Items {
		if i == 5 {
			fmt.Fprintf(&b, "… %d more\n", len(got.Items)-i)
			break
		}
		b.WriteString(strings.TrimSpace(it.Text+" "+it.Kind+" "+it.Signature) + "\n")
	}
	return b.String()
}

func explanation(s *interp.Session, src string, at int) string {
	b, ok := s.Inspect(src, at, 0)
	if !ok {
		return ""
	}
	var lines []string
	for line := range strings.Lines(b.PlainText()) {
		lines = append(lines, strings.TrimRight("  "+line, " \n"))
	}
	return strings.Join(lines, "\n") + "\n"
}

func status(_ *interp.Session, src string, _ int) string {
	c := interp.Completeness(src)
	return strings.TrimSpace(c.Status+" "+strings.ReplaceAll(c.Indent, "\t", "→")) + "\n"
}

// Offsets are bytes of the source, whatever it is written in, and what is
// replaced is the word at the cursor.
func TestCompleteReplacesTheWord(t *testing.T) {
	s := session(t, "größe := 1")
	const src = "x := \"äöü\"; grö"
	got := s.Complete(src, len(src))
	if len(got.Items) != 1 || got.Items[0].Text != "größe" || src[got.Start:got.End] != "grö" {
		t.Errorf("%+v", got)
	}
	for _, at := range []int{-1, 99} {
		s.Complete("fm", at) // no panic
		s.Inspect("fm", at, 0)
	}
}

// Any text with the cursor anywhere is answered without a panic.
func TestEditingAnywhere(t *testing.T) {
	s := session(t, "type P struct { Name string }", "people := []P{{\"a\"}}")
	const src = "for i, p := range people {\n\tif q := p.Name; q != \"x\" { // why\n\t\tfmt.Println(P{Name: `a`}, map[string]int{q: i}, func(a ...int) {}, <-make(chan int))\n\t}\n}\n"
	for i := 0; i <= len(src); i += 3 {
		for _, text := range []string{src[:i], src, src[:i] + ")" + src[i:], src[:i] + "." + src[i:]} {
			s.Complete(text, i)
			s.Inspect(text, i, 1)
		}
	}
}
