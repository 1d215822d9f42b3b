package toolchain

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"
)

// A SourceError is what the compiler has against a source.
type SourceError struct {
	Path     string // of the package
	Messages []Message
}

// A Message is one error with its place.
type Message struct {
	Pos  token.Position
	Text string // further lines are indented
}

// Error is the first message and how many others there are.
func (e *SourceError) Error() string {
	text, _, _ := strings.Cut(e.Messages[0].Text, "\n")
	more := ""
	if n := len(e.Messages) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more errors)", n)
	}
	return fmt.Sprintf("%v: %s%s", e.Messages[0].Pos, text, more)
}

// sourceErrors reads the compiler's complaints. It returns nil if they are none
// about the source: the compiler failed itself, or was called wrongly.
func sourceErrors(u Unit, complaints string) *SourceError {
	e := &SourceError{Path: u.Path}
	for line := range strings.Lines(complaints) {
		line = strings.TrimSuffix(line, "\n")
		if strings.Contains(line, "internal compiler error:") {
			return nil
		}
		if n := len(e.Messages); n > 0 && strings.HasPrefix(line, "\t") {
			e.Messages[n-1].Text += "\n" + line
			continue
		}
		if m, ok := message(u, line); ok {
			e.Messages = append(e.Messages, m)
		}
	}
	if len(e.Messages) == 0 {
		return nil
	}
	return e
}

// message reads one line: FILE:LINE:COLUMN: TEXT, where the column may lack and
// FILE may have colons of its own.
func message(u Unit, line string) (Message, bool) {
	place, text, ok := strings.Cut(line, ": ")
	if !ok {
		return Message{}, false
	}
	place, last, ok := cutNumber(place)
	if !ok {
		return Message{}, false
	}
	m := Message{Text: text, Pos: token.Position{Filename: place, Line: last}}
	if file, first, ok := cutNumber(place); ok {
		m.Pos = token.Position{Filename: file, Line: first, Column: last}
	}
	for i, f := range u.Files {
		if m.Pos.Filename == sourceFile(i) || m.Pos.Filename == "./"+sourceFile(i) {
			m.Pos.Filename = f.Name
		}
	}
	return m, true
}

// cutNumber cuts a number behind the last colon off.
func cutNumber(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}
