package repl

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// historyLimit is how many lines the history file keeps when it is opened.
const historyLimit = 1000

// history is the file of lines typed before. Lines are appended as they are
// typed, so that two sessions side by side keep both. A history that can't be
// read or written is no reason to trouble anyone: it is then just not kept.
type history struct {
	lines []string // of earlier sessions, oldest first
	file  *os.File // nil if there is none
}

// openHistory opens the file at path; "" is the usual place.
func openHistory(path string) *history {
	h := &history{}
	if path == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return h
		}
		path = filepath.Join(dir, "sheaf", "history")
	}
	if os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return h
	}
	data, _ := os.ReadFile(path)
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && utf8.ValidString(line) {
			h.lines = append(h.lines, line)
		}
	}
	if n := len(h.lines); n > historyLimit {
		h.lines = h.lines[n-historyLimit:]
		_ = os.WriteFile(path, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600)
	}
	h.file, _ = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return h
}

func (h *history) add(line string) {
	if h.file != nil {
		_, _ = h.file.WriteString(line + "\n")
	}
}

func (h *history) close() {
	if h.file != nil {
		_ = h.file.Close()
	}
}
