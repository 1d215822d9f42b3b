package repl

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/peterh/liner"
)

// plain reads lines from a pipe or a file and prints no prompt.
type plain struct{ r *bufio.Reader }

func newPlain(r io.Reader) *plain { return &plain{bufio.NewReader(r)} }

func (p *plain) line(string) (string, error) {
	line, err := p.r.ReadString('\n')
	if line != "" {
		err = nil // the last line may lack its end
	}
	return strings.TrimRight(line, "\r\n"), err
}

func (p *plain) password(prompt string) (string, error) { return p.line(prompt) }
func (p *plain) code(prompt string) (string, error)     { return p.line(prompt) }
func (p *plain) begin(string)                           {}
func (p *plain) remember(string)                        {}
func (p *plain) running() func()                        { return func() {} }
func (p *plain) close()                                 {}

// completer proposes words at a byte offset of a line, see repl.complete.
type completer func(ctx context.Context, line string, offset int) (head string, words []string, tail string)

// completionTime is how long Tab may take; a slower answer is dropped.
const completionTime = 2 * time.Second

// terminal reads lines with an editor. The editor keeps the terminal raw, so
// a running cell gets it back in the mode that it had before.
type terminal struct {
	state       *liner.State
	before, raw liner.ModeApplier
	history     *history
	cells       []string // as they come back
	joined      bool     // one of them has several lines
	begun       bool     // the editor goes back to lines of the cell that is being typed
}

// lineEnd stands for the end of a line where a cell comes back: the editor has
// one line.
const lineEnd = "⏎"

func newTerminal(complete completer, historyFile string) *terminal {
	before, _ := liner.TerminalMode()
	t := &terminal{state: liner.NewLiner(), before: before}
	t.raw, _ = liner.TerminalMode()
	t.state.SetCtrlCAborts(true)
	t.state.SetTabCompletionStyle(liner.TabPrints)
	t.state.SetBeep(false)
	t.state.SetWordCompleter(func(line string, pos int) (string, []string, string) {
		offset := len(string([]rune(line)[:pos]))
		if strings.TrimSpace(line[:offset]) == "" {
			// Nothing to complete: Tab, typed or pasted, indents. The editor
			// can't place its cursor behind a tab character.
			return line[:offset], []string{"    "}, line[offset:]
		}
		ctx, cancel := context.WithTimeout(context.Background(), completionTime)
		defer cancel()
		return complete(ctx, line, offset)
	})
	t.history = openHistory(historyFile)
	for _, cell := range t.history.cells {
		t.append(cell)
	}
	return t
}

// append lets the editor go back to a cell.
func (t *terminal) append(cell string) {
	t.joined = t.joined || strings.Contains(cell, "\n")
	cell = strings.ReplaceAll(cell, "\n", lineEnd)
	t.cells = append(t.cells, cell)
	t.state.AppendHistory(cell)
}

func (t *terminal) line(prompt string) (string, error) {
	return t.prompt(t.state.Prompt, prompt)
}

func (t *terminal) code(prompt string) (string, error) {
	line, err := t.line(prompt)
	if t.joined { // else the person means the character
		line = strings.ReplaceAll(line, lineEnd, "\n")
	}
	return line, err
}

func (t *terminal) begin(line string) {
	if strings.TrimSpace(line) != "" {
		t.state.AppendHistory(strings.ReplaceAll(line, "\n", lineEnd))
		t.begun = true
	}
}

func (t *terminal) remember(cell string) {
	if strings.TrimSpace(cell) == "" {
		return
	}
	if t.begun {
		t.begun = false
		t.state.ClearHistory()
		for _, c := range t.cells {
			t.state.AppendHistory(c)
		}
	}
	t.append(cell)
	t.history.add(cell)
}

func (t *terminal) password(prompt string) (string, error) {
	return t.prompt(t.state.PasswordPrompt, prompt)
}

func (t *terminal) prompt(ask func(string) (string, error), prompt string) (string, error) {
	apply(t.raw)
	withoutSignals(int(os.Stdin.Fd()))
	line, err := ask(prompt)
	apply(t.raw)
	if errors.Is(err, liner.ErrPromptAborted) {
		err = errAborted
	}
	return line, err
}

func (t *terminal) running() func() {
	apply(t.before)
	return func() { apply(t.raw) }
}

func (t *terminal) close() {
	t.history.close()
	t.state.Close()
}

// apply sets a terminal mode. It fails only when the terminal is gone, which
// the next read says better.
func apply(mode liner.ModeApplier) {
	if mode != nil {
		_ = mode.ApplyMode()
	}
}
