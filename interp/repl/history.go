package repl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// historyLimit is how many cells the history file keeps when it is opened.
const historyLimit = 1000

// In the file, a cell of several lines stands between these, which versions that
// knew lines only take for lines of Go.
const (
	cellBegins = "//sheaf:cell"
	cellEnds   = "//sheaf:end"
)

// history is the file of cells typed before. Cells are appended as they are
// typed, so that two sessions side by side keep both. A history that can't be
// read or written is no reason to trouble anyone: it is then just not kept.
type history struct {
	cells []string // of earlier sessions, oldest first
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
	h.cells = cellsOf(string(data))
	if n := len(h.cells); n > historyLimit {
		h.cells = h.cells[n-historyLimit:]
		var b strings.Builder
		for _, cell := range h.cells {
			b.WriteString(entry(cell))
		}
		_ = os.WriteFile(path, []byte(b.String()), 0o600)
	}
	h.file, _ = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return h
}

// cellsOf reads a history: lines, and cells between marks. Of a cell without one
// of its marks, as when only the end of a file was kept, each line counts.
func cellsOf(text string) []string {
	var cells []string
	begun := -1
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case !utf8.ValidString(line):
		case line == cellBegins:
			begun = len(cells)
		case line == cellEnds:
			if begun >= 0 && begun < len(cells) {
				cells = append(cells[:begun], strings.Join(cells[begun:], "\n"))
			}
			begun = -1
		default:
			cells = append(cells, line)
		}
	}
	return slices.DeleteFunc(cells, func(c string) bool { return strings.TrimSpace(c) == "" })
}

// entry is a cell as the file has it.
func entry(cell string) string {
	if !strings.Contains(cell, "\n") || strings.Contains(cell, cellEnds) {
		return cell + "\n"
	}
	return cellBegins + "\n" + cell + "\n" + cellEnds + "\n"
}

func (h *history) add(cell string) {
	if h.file != nil {
		_, _ = h.file.WriteString(entry(cell))
	}
}

func (h *history) close() {
	if h.file != nil {
		_ = h.file.Close()
	}
}
