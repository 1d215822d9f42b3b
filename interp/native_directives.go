package interp

import (
	"slices"
	"strings"
)

// directives are the lines above a function that tell the compiler how it is
// inlined and what it does with addresses. Others mean nothing in a cell.
func (s *Session) directives(p piece) (list []string) {
	s.mu.Lock()
	text := s.sources[p.file]
	s.mu.Unlock()
	lines := strings.Split(text, "\n")
	for i := p.line - 2; i >= 0 && i < len(lines) && strings.HasPrefix(lines[i], "//"); i-- {
		switch word, _, _ := strings.Cut(strings.TrimSpace(lines[i]), " "); word {
		case "//go:noinline", "//go:uintptrescapes", "//go:nosplit", "//go:norace", "//go:nocheckptr":
			list = append(list, word)
		}
	}
	slices.Reverse(list)
	return list
}
