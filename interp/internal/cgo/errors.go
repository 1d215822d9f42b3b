package cgo

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// A SourceError is what cgo or the C compiler has against a package's text.
type SourceError struct {
	Messages []Message
}

// A Message is one complaint; File is "" where it has no place.
type Message struct {
	File         string
	Line, Column int
	Text         string
}

// Error is the first message.
func (e *SourceError) Error() string {
	m := e.Messages[0]
	if m.File == "" {
		return m.Text
	}
	return m.File + ":" + strconv.Itoa(m.Line) + ":" + strconv.Itoa(m.Column) + ": " + m.Text
}

var placed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([^\s:][^:]*):(\d+):(?:(\d+):)? (.*)$`)
})

// sourceError reads complaints; files in the folder src lose it.
func sourceError(tool, complaints, src string) error {
	e := &SourceError{}
	var other []string
	for line := range strings.Lines(complaints) {
		line = strings.TrimRight(strings.ReplaceAll(line, src, ""), "\r\n")
		m := placed().FindStringSubmatch(line)
		switch {
		case m == nil:
			if strings.TrimSpace(line) != "" {
				other = append(other, strings.TrimSpace(line))
			}
		case strings.HasPrefix(m[4], "warning: "), strings.HasPrefix(m[4], "note: "):
		case strings.Contains(line, "undefined reference to"): // of the linker
			_, name, _ := strings.Cut(m[4], "undefined reference to")
			e.add(Message{m[1], number(m[2]), max(number(m[3]), 1), "undefined reference to" + name})
		default:
			text := strings.TrimPrefix(strings.TrimPrefix(m[4], "fatal "), "error: ")
			e.add(Message{m[1], number(m[2]), max(number(m[3]), 1), text})
		}
	}
	if len(e.Messages) == 0 {
		for _, text := range other {
			if !strings.HasPrefix(text, "cgo: gcc errors") && !strings.HasPrefix(text, "collect2:") {
				e.add(Message{Text: tool + ": " + text})
				break
			}
		}
	}
	if len(e.Messages) == 0 {
		e.add(Message{Text: tool + " failed"})
	}
	return e
}

// add adds a message that is not there yet: cgo compiles a preamble more than
// once.
func (e *SourceError) add(m Message) {
	for _, old := range e.Messages {
		if old == m {
			return
		}
	}
	e.Messages = append(e.Messages, m)
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
