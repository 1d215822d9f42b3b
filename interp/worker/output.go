package worker

import (
	"os"
	"regexp"
	"sync"
	"time"
	"unicode/utf8"
)

// An output reads one of the worker's standard streams and delivers whole
// characters.
type output struct {
	f       *os.File
	deliver func(text string)
	holds   bool // hold back what looks like a crash

	mu   sync.Mutex
	buf  []byte // what is read goes through it
	rest []byte // the beginning of a character that is not complete yet
	held []byte // what may be the runtime's last words: shown only if they were not
	done chan struct{}
}

const (
	// heldSize is more than the runtime's last words without its goroutines.
	heldSize = 64 << 10
	// drainSize is the most that a pipe holds: what comes after so much was
	// written later.
	drainSize = 1 << 20
	// After a small read the reader waits this long, so that a program that
	// prints much is not slowed by waking it for every line.
	readPause = time.Millisecond
	smallRead = 32 << 10
)

func newOutput(f *os.File, holds bool, deliver func(string)) *output {
	o := &output{f: f, holds: holds, deliver: deliver, buf: make([]byte, 256<<10), done: make(chan struct{})}
	go o.read()
	return o
}

// take accepts bytes; the caller holds o.mu.
func (o *output) take(p []byte) {
	p = append(o.rest, p...)
	n := len(p)
	for i := 1; i <= min(utf8.UTFMax, n); i++ {
		if c := p[n-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(p[n-i:]) {
				n -= i
			}
			break
		}
	}
	o.rest = append([]byte(nil), p[n:]...)
	p = p[:n]
	if len(o.held) > heldSize { // so much is no crash of ours
		o.deliver(string(o.held))
		o.held = nil
	}
	if len(o.held) > 0 {
		o.held, p = append(o.held, p...), nil
	} else if at := lastWords.FindIndex(p); at != nil && o.holds {
		o.held, p = append(o.held, p[at[0]:]...), p[:at[0]]
	}
	if len(p) > 0 {
		o.deliver(string(p))
	}
}

// lastWords begin what the Go runtime prints when it ends the process; pages
// of its goroutines follow.
var lastWords = regexp.MustCompile(`(?m)^(?:fatal error: |panic: |runtime: |unexpected fault address |SIG[A-Z]+: )`)

// release delivers what was held: the worker lives, so it was user output.
func (o *output) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.held) > 0 {
		o.deliver(string(o.held))
		o.held = nil
	}
}

// finish delivers what is left when the stream has ended.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.rest) > 0 {
		o.deliver(string(o.rest))
		o.rest = nil
	}
}

// crash returns what was held back: the runtime's last words, if it had any.
func (o *output) crash() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.held)
}
