package kernel

import (
	"context"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Text that a cell prints waits a moment for more of the same stream, so that
// a hundred thousand lines become a few messages. The first wait is short,
// because a person looks at it; while printing goes on, waits and messages
// grow.
const (
	firstWait = 10 * time.Millisecond
	lastWait  = 80 * time.Millisecond
	firstSize = 64 << 10
	lastSize  = 1 << 20
)

// An output publishes what one cell produces, in the order in which the cell
// produced it. Goroutines that outlive their cell may go on using it: their
// output still carries the cell as its parent.
type output struct {
	k *kernel
	x *execution

	mu    sync.Mutex
	name  string            // the stream that buf belongs to
	buf   []byte            // text that waits
	split map[string][]byte // per stream, the first bytes of a character cut in two
	timer *time.Timer       // nil when none is pending
	wait  time.Duration
	size  int
}

var _ show.CommSink = (*output)(nil)

func (k *kernel) newOutput(x *execution) *output {
	return &output{k: k, x: x, split: make(map[string][]byte), wait: firstWait, size: firstSize}
}

// Stream takes printed text.
func (o *output) Stream(name, text string) {
	if o.x.ask.Silent || text == "" {
		return
	}
	o.k.iopub.sock.Wait(o.k.ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.turn(name)
	o.buf = append(o.buf, text...)
	switch {
	case len(o.buf) >= o.size:
		o.publish()
		o.size = min(2*o.size, lastSize)
	case o.timer == nil:
		o.timer = time.AfterFunc(o.wait, o.late)
		o.wait = min(2*o.wait, lastWait)
	}
}

// late publishes what has waited long enough.
func (o *output) late() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.timer = nil
	o.publish()
}

// turn makes name the stream that text is for. o.mu is held.
func (o *output) turn(name string) {
	if name == o.name {
		return
	}
	o.publish()
	if len(o.buf) > 0 {
		o.split[o.name] = append([]byte(nil), o.buf...)
	}
	o.name, o.buf = name, append(o.buf[:0], o.split[name]...)
	delete(o.split, name)
}

// publish sends the waiting text, except a last character that is not whole
// yet. o.mu is held.
func (o *output) publish() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	n := whole(o.buf)
	o.send(o.name, o.buf[:n])
	o.buf = append(o.buf[:0], o.buf[n:]...)
}

func (o *output) send(name string, text []byte) {
	if len(text) > 0 {
		o.k.publishAs("stream."+name, o.x.req, "stream", stream{Name: name, Text: string(text)})
	}
}

// whole returns the length of b without a last character that is cut short.
func whole(b []byte) int {
	for i := 1; i <= min(utf8.UTFMax-1, len(b)); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return len(b) - i
			}
			break
		}
	}
	return len(b)
}

// Flush publishes everything, cut characters too.
func (o *output) Flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.publish()
	o.send(o.name, o.buf)
	o.buf = o.buf[:0]
	for name, rest := range o.split {
		o.send(name, rest)
	}
	clear(o.split)
	o.wait, o.size = firstWait, firstSize
}

// before publishes the text that was printed before something else happens.
func (o *output) before() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.publish()
	o.wait, o.size = firstWait, firstSize
}

// Display takes a rich display.
func (o *output) Display(d show.Display) {
	if o.x.ask.Silent {
		return
	}
	if d.Update && d.ID == "" {
		o.k.log.Printf("dropped: an update of a display without an id")
		return
	}
	o.k.iopub.sock.Wait(o.k.ctx)
	o.before()
	kind := "display_data"
	if d.Update {
		kind = "update_display_data"
	}
	o.k.publish(o.x.req, kind, displayData{bundle: newBundle(d.Bundle).published(), Transient: transient{DisplayID: d.ID}})
}

// Clear removes the cell's output.
func (o *output) Clear(wait bool) {
	if o.x.ask.Silent {
		return
	}
	o.before()
	o.k.publish(o.x.req, "clear_output", clearOutput{Wait: wait})
}

// Input asks the client that sent the cell for a line.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	o.before()
	return o.k.ask(ctx, o.x, prompt, password)
}
