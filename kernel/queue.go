package kernel

import (
	"context"
	"sync"
	"time"
)

// A queue holds the executions that have still to run, oldest first.
type queue struct {
	mu    sync.Mutex
	items []*execution
	last  time.Time     // when an item came
	more  chan struct{} // holds a token when items may not be empty
}

func (q *queue) push(x *execution) {
	q.mu.Lock()
	q.items = append(q.items, x)
	q.last = time.Now()
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// pop waits for the next execution; it returns nil when ctx ends.
func (q *queue) pop(ctx context.Context) *execution {
	for {
		if ctx.Err() != nil {
			return nil
		}
		q.mu.Lock()
		if len(q.items) > 0 {
			x := q.items[0]
			q.items = q.items[1:]
			q.mu.Unlock()
			return x
		}
		q.mu.Unlock()
		select {
		case <-q.more:
		case <-ctx.Done():
		}
	}
}

// abort marks everything queued as not to be run.
func (q *queue) abort() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, x := range q.items {
		x.aborted = true
	}
}

// "Run all" sends cells one by one, and a first cell that fails at once does
// so while its followers are still on their way. They count as queued when
// they come within settleQuiet of one another.
const (
	settleQuiet = 3 * time.Millisecond
	settleLimit = 50 * time.Millisecond
)

// settle waits until no execution has arrived for a moment.
func (q *queue) settle(ctx context.Context) {
	end := time.Now().Add(settleLimit)
	from := time.Now()
	for time.Now().Before(end) && ctx.Err() == nil {
		q.mu.Lock()
		if q.last.After(from) {
			from = q.last
		}
		q.mu.Unlock()
		rest := settleQuiet - time.Since(from)
		if rest <= 0 {
			return
		}
		time.Sleep(rest)
	}
}
