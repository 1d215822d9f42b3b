package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// plainSink is a terminal or a pipe: displays are their text.
type plainSink struct {
	stdout, stderr io.Writer
	stdin          io.Reader

	mu    sync.Mutex // goroutines may ask side by side
	lines *bufio.Reader
}

var _ show.Sink = (*plainSink)(nil)

// Stream implements show.Sink.
func (s *plainSink) Stream(name, text string) {
	w := s.stdout
	if name == "stderr" {
		w = s.stderr
	}
	io.WriteString(w, text)
}

// Display implements show.Sink.
func (s *plainSink) Display(d show.Display) {
	if t := d.Bundle.PlainText(); t != "" {
		fmt.Fprintln(s.stdout, t)
	}
}

// Clear implements show.Sink: what is printed stays.
func (s *plainSink) Clear(bool) {}

// Input implements show.Sink.
func (s *plainSink) Input(_ context.Context, prompt string, _ bool) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	io.WriteString(s.stdout, prompt)
	if s.lines == nil {
		s.lines = bufio.NewReader(s.stdin)
	}
	line, err := s.lines.ReadString('\n')
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
