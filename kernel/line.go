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

// settle waits until no item has come for the time quiet, at most limit. It
// counts ticks and not the time: a process that has been stopped meanwhile has
// still to read what came.
func (l *line[T]) settle(ctx context.Context, quiet, limit time.Duration) {
	const ticks = 5
	last := l.latest()
	for n, still := 0, 0; still < ticks && n < int(ticks*limit/quiet) && ctx.Err() == nil; n++ {
		time.Sleep(quiet / ticks)
		still++
		if now := l.latest(); now != last {
			last, still = now, 0
		}
	}
}

// latest is when the last item came.
func (l *line[T]) latest() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}
