package kernel

import (
	"context"
	"sync"
	"time"
)

// A line is an unbounded queue: whoever reads a socket must never wait for
// whoever does the work. Its zero value is empty and ready.
type line[T any] struct {
	mu    sync.Mutex
	items []T
	last  time.Time     // when an item came
	more  chan struct{} // holds a token when items may not be empty
}

// token returns the channel that tells of new items. l.mu is held.
func (l *line[T]) token() chan struct{} {
	if l.more == nil {
		l.more = make(chan struct{}, 1)
	}
	return l.more
}

func (l *line[T]) push(x T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = append(l.items, x)
	l.last = time.Now()
	select {
	case l.token() <- struct{}{}:
	default:
	}
}

// pop waits for the next item; ok is false when ctx has ended.
func (l *line[T]) pop(ctx context.Context) (x T, ok bool) {
	for ctx.Err() == nil {
		l.mu.Lock()
		if len(l.items) > 0 {
			x, l.items = l.items[0], l.items[1:]
			l.mu.Unlock()
			return x, true
		}
		more := l.token()
		l.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
		}
	}
	return x, false
}

// settle waits until no item has come for the time quiet, at most limit.
func (l *line[T]) settle(ctx context.Context, quiet, limit time.Duration) {
	from := time.Now()
	for end := from.Add(limit); time.Now().Before(end) && ctx.Err() == nil; {
		l.mu.Lock()
		if l.last.After(from) {
			from = l.last
		}
		l.mu.Unlock()
		rest := quiet - time.Since(from)
		if rest <= 0 {
			return
		}
		time.Sleep(rest)
	}
}
