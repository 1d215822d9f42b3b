package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// sink prints what a running cell produces. A display that is updated, as
// live tables and charts do many times a second, is printed when it first
// comes and, if it changed, once more when the cell ends; one of a single line,
// as a progress bar's, is drawn over on a terminal while nothing follows it.
type sink struct {
	repl   *repl             // its mu is held while anything is printed
	shown  map[string]string // by display id: the text that was printed
	latest map[string]string // by display id: the text it has now
}

var _ show.Sink = (*sink)(nil)

func (s *sink) print(text string) {
	io.WriteString(s.repl.stdout, text)
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		s.repl.tail = text[i+1:]
	} else {
		s.repl.tail += text
	}
}

// println prints a text on lines of its own.
func (s *sink) println(text string) {
	if text == "" {
		return
	}
	s.endLine()
	s.print(strings.TrimRight(text, "\n") + "\n")
}

func (s *sink) endLine() {
	if s.repl.tail != "" {
		s.print("\n")
	}
}

// Stream passes text through to the stream of the same name.
func (s *sink) Stream(name, text string) {
	s.repl.mu.Lock()
	defer s.repl.mu.Unlock()
	if name == "stderr" {
		io.WriteString(s.repl.stderr, text)
		return
	}
	s.print(text)
}

// Display prints the text form of a display.
func (s *sink) Display(d show.Display) {
	text := d.Bundle.PlainText()
	s.repl.mu.Lock()
	defer s.repl.mu.Unlock()
	if d.ID == "" {
		s.println(text)
		return
	}
	s.latest[d.ID] = text
	switch was := s.shown[d.ID]; {
	case !d.Update:
		s.shown[d.ID] = text
		if !s.fits(text) {
			s.println(text)
			return
		}
		s.endLine()
		s.print(text)
	case was != "" && s.repl.tail == was && s.fits(text):
		io.WriteString(s.repl.stdout, "\r\x1b[K"+text)
		s.repl.tail, s.shown[d.ID] = text, text
	}
}

// fits reports a text that takes one line of the terminal.
func (s *sink) fits(text string) bool {
	return s.repl.interactive && text != "" && !strings.Contains(text, "\n") && grid.Width(text) < s.repl.width()
}

// Clear does nothing: what a terminal has shown scrolls away by itself.
func (s *sink) Clear(bool) {}

// Input asks on the same line that the cell has begun to print, if it has.
func (s *sink) Input(ctx context.Context, prompt string, password bool) (string, error) {
	r := s.repl
	if err := ctx.Err(); err != nil {
		return "", err
	}
	prompt = s.ask(prompt)
	read := r.in.line
	if password {
		read = r.in.password
	}
	line, err := read(prompt)
	if errors.Is(err, errAborted) {
		r.engine.Interrupt()
	}
	return line, err
}

// ask prints what of a prompt the line editor can't, and returns what it can.
func (s *sink) ask(prompt string) string {
	r := s.repl
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.interactive {
		s.print(prompt)
		return ""
	}
	if i := strings.LastIndexByte(prompt, '\n'); i >= 0 {
		s.print(prompt[:i+1])
		prompt = prompt[i+1:]
	}
	if r.tail != "" {
		// The line editor redraws its line, so it must own all of it.
		fmt.Fprint(r.stdout, "\r\x1b[K")
		prompt = r.tail + prompt
		r.tail = ""
	}
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.C, c) {
			return ' ' // the line editor refuses them
		}
		return c
	}, ansi.ReplaceAllString(prompt, ""))
}

// finish prints how the cell ended.
func (s *sink) finish(res show.Result) {
	s.repl.mu.Lock()
	defer s.repl.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.latest)) {
		if s.latest[id] != s.shown[id] {
			s.println(s.latest[id])
		}
	}
	if res.Err == nil {
		s.println(res.Value.PlainText())
		s.println(strings.TrimSuffix(res.Next, "\n"))
	}
	failed := res.Err != nil && res.Exit == nil
	if s.repl.interactive || failed {
		s.endLine()
	}
	if failed {
		s.repl.fail(res.Err)
	}
}
