package interp

import (
	"slices"
	"strings"
)

// directives are the lines above a function that tell the compiler how it is
// inlined and what it does with addresses. Others mean nothing in a cell.
func (s *Session) directives(p piece) (list []string) {
	lines := s.lines(p.file)
	for i := p.line - 2; i >= 0 && i < len(lines) && strings.HasPrefix(lines[i], "//"); i-- {
		switch word, _, _ := strings.Cut(strings.TrimSpace(lines[i]), " "); word {
		case "//go:noinline", "//go:uintptrescapes", "//go:nosplit", "//go:norace", "//go:nocheckptr":
			list = append(list, word)
		}
	}
	slices.Reverse(list)
	return list
}

// linesOf are the lines of the text that they were last asked of.
type linesOf struct {
	text string
	list []string
}

// lines are those of a file.
func (s *Session) lines(file string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text := s.sources[file]; text != s.split.text || s.split.list == nil {
		s.split = linesOf{text, strings.Split(text, "\n")}
	}
	return s.split.list
}
