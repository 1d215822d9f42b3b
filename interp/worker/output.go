package worker

import (
	"os"
	"sync"
	"time"
	"unicode/utf8"
)

// An output reads one of the worker's standard streams and delivers whole
// characters.
type output struct {
	f       *os.File
	deliver func(text string)

	mu   sync.Mutex
	rest []byte // the beginning of a character that is not complete yet
	tail []byte // the last of what came, for the reason of a crash
	done chan struct{}
}

const (
	tailSize = 16 << 10
	// After each read the reader waits this long, so that a program that
	// prints much is not slowed by waking it for every line.
	readPause = time.Millisecond
)

func newOutput(f *os.File, deliver func(string)) *output {
	o := &output{f: f, deliver: deliver, done: make(chan struct{})}
	go o.read()
	return o
}

// take accepts bytes; the caller holds o.mu.
func (o *output) take(p []byte) {
	o.tail = append(o.tail, p...)
	if n := len(o.tail) - tailSize; n > 0 {
		o.tail = append(o.tail[:0], o.tail[n:]...)
	}
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
	if n > 0 {
		o.deliver(string(p[:n]))
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

// ending returns the last bytes that came.
func (o *output) ending() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.tail)
}

func (o *output) forget() {
	o.mu.Lock()
	o.tail = o.tail[:0]
	o.mu.Unlock()
}
