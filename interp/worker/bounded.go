package worker

import (
	"fmt"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A cell that prints forever would fill the memory of whoever keeps its
// output: the page, the notebook's file, the queues on the way. Beyond a limit
// its text is dropped, which the output says, and what was printed last comes
// when the cell ends: that is where people look.

// keptTail is how many bytes of what was printed last are shown at the end.
const keptTail = 64 << 10

// A bounded is a cell's sink that drops text beyond a limit.
type bounded struct {
	show.Sink
	limit func() int64 // bytes; 0: there is none

	mu      sync.Mutex
	passed  int64 // bytes that were printed and stand
	line    int64 // of them, those of the line that is being printed
	over    bool  // the limit has been passed
	dropped int64 // bytes since then
	tail    []piece
	size    int // of tail, in bytes
}

// A piece is text of one stream.
type piece struct{ name, text string }

// bound puts a bounded before a sink, which goes on to have comms if it has
// them.
func bound(s show.Sink, limit func() int64) (show.Sink, *bounded) {
	if s == nil {
		return nil, &bounded{}
	}
	b := &bounded{Sink: s, limit: limit}
	if comms, ok := s.(show.CommSink); ok {
		return boundedComms{b, comms}, b
	}
	return b, b
}

type boundedComms struct {
	*bounded
	comms show.CommSink
}

// Comm implements show.CommSink.
func (b boundedComms) Comm(m show.Comm) { b.comms.Comm(m) }

// Stream implements show.Sink.
func (b *bounded) Stream(name, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	limit := b.limit()
	if limit == 0 || !b.over && b.count(text) <= limit {
		b.Sink.Stream(name, text)
		return
	}
	if !b.over {
		b.over = true
		b.Sink.Stream("stderr", fmt.Sprintf("\n[the cell has printed more than %s: what it prints now is dropped, but for the last, which comes at its end; %%limit output off shows everything]\n", interp.SizeText(limit)))
	}
	b.dropped += int64(len(text))
	b.keep(name, text)
}

// count adds text to what was printed and stands, and returns how much that is.
// A carriage return takes its line away, as on a terminal: a progress line
// may be drawn for days.
func (b *bounded) count(text string) int64 {
	for len(text) > 0 {
		end := strings.IndexAny(text, "\r\n")
		if end < 0 {
			b.line += int64(len(text))
			break
		}
		b.line += int64(end)
		if text[end] == '\n' || strings.HasPrefix(text[end:], "\r\n") {
			b.passed += b.line + 1
		}
		b.line, text = 0, text[end+1:]
	}
	return b.passed + b.line
}

// keep adds text to what was printed last. b.mu is held.
func (b *bounded) keep(name, text string) {
	b.tail, b.size = append(b.tail, piece{name, strings.Clone(text)}), b.size+len(text)
	for b.size > keptTail {
		n := min(len(b.tail[0].text), b.size-keptTail)
		if b.tail[0].text = b.tail[0].text[n:]; b.tail[0].text == "" {
			b.tail = b.tail[1:]
		}
		b.size -= n
	}
}

// end shows what was printed last, when the cell has ended.
func (b *bounded) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over || len(b.tail) == 0 {
		return
	}
	if n := b.dropped - int64(b.size); n > 0 {
		if _, rest, cut := strings.Cut(b.tail[0].text, "\n"); cut { // it may begin inside a line
			n += int64(len(b.tail[0].text) - len(rest))
			b.tail[0].text = rest
		}
		b.Sink.Stream("stderr", fmt.Sprintf("[%s were dropped here]\n", interp.SizeText(n)))
	}
	for _, p := range b.tail {
		b.Sink.Stream(p.name, p.text)
	}
	b.tail, b.size, b.dropped = nil, 0, 0
}

// Clear implements show.Sink: what is gone does not count.
func (b *bounded) Clear(wait bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.passed, b.line, b.over, b.tail, b.size, b.dropped = 0, 0, false, nil, 0, 0
	b.Sink.Clear(wait)
}
