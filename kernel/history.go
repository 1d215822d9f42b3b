package kernel

import (
	"slices"
	"sync"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// An Entry is one executed cell.
type Entry struct {
	Session int // from 1, one for each kernel process that shares a history
	Line    int // execution count
	Input   string
	Output  string // text of its result, "" if it had none
}

// A History keeps executed cells; one that is an io.Closer is closed when the
// kernel ends. All answers are in order of execution. It is
// safe for concurrent use.
type History interface {
	// Add keeps a cell of the current session; Session is set by the history.
	Add(e Entry) error
	// Tail returns the last n entries.
	Tail(n int) ([]Entry, error)
	// Range returns lines start to stop, without stop, of a session; a stop
	// below zero is the end. Session 0 is the current one, -1 the one before it.
	Range(session, start, stop int) ([]Entry, error)
	// Search returns the last n entries, or all for n < 1, whose input matches a
	// glob; with unique each input once, its latest.
	Search(glob string, n int, unique bool) ([]Entry, error)
}

// memory is a History of this process alone.
type memory struct {
	mu      sync.Mutex
	entries []Entry
}

var _ History = (*memory)(nil)

// Memory is a History of this process alone.
func Memory() History { return &memory{} }

// Add implements History.
func (h *memory) Add(e Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.Session = 1
	h.entries = append(h.entries, e)
	return nil
}

// Tail implements History.
func (h *memory) Tail(n int) ([]Entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.entries[max(0, len(h.entries)-max(0, n)):]), nil
}

// Range implements History.
func (h *memory) Range(session, start, stop int) ([]Entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if session != 0 && session != 1 {
		return nil, nil
	}
	var found []Entry
	for _, e := range h.entries {
		if e.Line >= start && (stop < 0 || e.Line < stop) {
			found = append(found, e)
		}
	}
	return found, nil
}

// Search implements History.
func (h *memory) Search(glob string, n int, unique bool) ([]Entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []Entry
	seen := make(map[string]bool)
	for _, e := range slices.Backward(h.entries) {
		if n > 0 && len(found) == n {
			break
		}
		if unique && seen[e.Input] || !match(glob, e.Input) {
			continue
		}
		seen[e.Input] = true
		found = append(found, e)
	}
	slices.Reverse(found)
	return found, nil
}

// historyRequest answers history_request.
func (k *kernel) historyRequest(m *wire.Message) {
	r := historyRequest{}
	if !k.decode(m, &r) {
		return
	}
	k.around(m, func() {
		entries, err := k.find(r)
		if err != nil {
			k.log.Printf("history: %v", err)
		}
		reply := historyReply{Status: ok, History: make([][3]any, len(entries))}
		for i, e := range entries {
			reply.History[i] = [3]any{e.Session, e.Line, r.item(e)}
		}
		k.reply(k.shell, m, reply)
	})
}

// item is what a client that asked r sees of e.
func (r historyRequest) item(e Entry) any {
	if !r.Output {
		return e.Input
	}
	if e.Output == "" {
		return [2]any{e.Input, nil}
	}
	return [2]any{e.Input, e.Output}
}

func (k *kernel) find(r historyRequest) ([]Entry, error) {
	n := 0
	if r.N != nil {
		n = *r.N
	}
	switch r.Access {
	case "tail":
		return k.history.Tail(n)
	case "range":
		stop := -1
		if r.Stop != nil {
			stop = *r.Stop
		}
		return k.history.Range(r.Session, r.Start, stop)
	case "search":
		return k.history.Search(or(r.Pattern, "*"), n, r.Unique)
	}
	return nil, nil
}
