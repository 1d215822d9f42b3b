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

var linking = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("(multiple definition of|undefined reference to) [`'](\\w+)'")
})

// linked words what the linker says of a symbol.
func linked(what, symbol string) string {
	if what == "undefined reference to" {
		return "undefined: " + symbol + " (neither the C code here, nor an //export beside it, nor a library that #cgo LDFLAGS names has it)"
	}
	return "multiple definition of " + symbol + ": beside //export, C code may be compiled more than once; what it defines has to be static"
}

// sourceError reads complaints; files in the folder src lose it.
func sourceError(tool, complaints, src string) error {
	e := &SourceError{}
	var other []string
	for line := range strings.Lines(complaints) {
		line = strings.TrimRight(strings.ReplaceAll(line, src, ""), "\r\n")
		if m := linking().FindStringSubmatch(line); m != nil {
			e.add(Message{Text: linked(m[1], m[2])})
			continue
		}
		m := placed().FindStringSubmatch(strings.TrimPrefix(line, "cgo: "))
		switch {
		case m == nil:
			if strings.TrimSpace(line) != "" {
				other = append(other, strings.TrimSpace(line))
			}
		case strings.HasPrefix(m[4], "warning: "), strings.HasPrefix(m[4], "note: "):
		case m[4] == "unexpected type: ...":
			e.add(Message{m[1], number(m[2]), max(number(m[3]), 1), "a C function with a variable number of arguments cannot be called; one that calls it can"})
		default:
			text := strings.TrimPrefix(strings.TrimPrefix(m[4], "fatal "), "error: ")
			e.add(Message{m[1], number(m[2]), max(number(m[3]), 1), text})
		}
	}
	if len(e.Messages) == 0 {
		e.add(Message{Text: tool + ": " + first(other)})
	}
	return e
}

// first is the first line that tells something.
func first(lines []string) string {
	for _, text := range lines {
		if !strings.HasPrefix(text, "cgo: gcc errors") && !strings.HasPrefix(text, "collect2:") && !strings.HasSuffix(text, ":") {
			return text
		}
	}
	return "failed"
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
