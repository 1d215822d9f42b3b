// Package pace draws what changes often at most ten times a second: soon after
// a change, and never without the last one.
//
// It is not for cells, and for nothing but displays: a session settles all
// paces when a cell ends.
package pace

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Between is the least time from one drawing to the next.
const Between = 100 * time.Millisecond

// share is how many times as long as a drawing takes no other one follows it,
// so that what is drawn has the processor for itself most of the time.
const share = 9

// A page needs longer to show a chart than its maker to draw it, and one that
// cannot keep up shows ever older states. What is drawn for long is drawn less
// often: after a minute, say, nobody wants to see each tenth of a second.
const (
	slowing = 30 // times the rest may go into how long it has been drawn
	slowest = 500 * time.Millisecond
)

// A Pace says when something is drawn. It is safe for concurrent use.
type Pace struct {
	draw    func()
	drawing sync.Mutex // is held while draw runs

	mu    sync.Mutex
	drawn time.Time // when it ended; the zero Time: never
	began time.Time // of the first drawing
	slows bool
	rest  time.Duration
	stale bool // it has changed since
	waits bool // a goroutine will draw what is stale
}

// New has draw called, by one goroutine at a time and without locks that
// Changed needs.
func New(draw func()) *Pace { return &Pace{draw: draw} }

// Slowing is a Pace that draws less often with time: ten times a second for
// three seconds, and then down to twice a second.
func Slowing(draw func()) *Pace {
	p := New(draw)
	p.slows = true
	return p
}

// Changed says that there is something new to draw. The first time it is drawn
// at once, so that it stands where it began; later by a goroutine, which keeps
// the caller from waiting. It takes no timer, so that the display is still that
// of the cell.
func (p *Pace) Changed() {
	p.mu.Lock()
	first, follows := p.drawn.IsZero(), p.waits
	p.stale, p.waits = true, true
	p.mu.Unlock()
	if follows {
		return
	}
	if first {
		if p.Flush(); p.rested() {
			return
		}
	}
	waiting.add(p)
	go p.follow()
}

// Mark says that there is something new which only Flush is to draw.
func (p *Pace) Mark() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stale = true
}

// Flush draws what has not been drawn.
func (p *Pace) Flush() {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	p.mu.Lock()
	stale := p.stale
	p.stale = false
	p.mu.Unlock()
	if !stale {
		return
	}
	began := time.Now()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.drawn = time.Now()
		p.rest = max(Between, share*p.drawn.Sub(began))
		if p.began.IsZero() {
			p.began = began
		}
		if p.slows {
			p.rest = max(p.rest, min(slowest, p.drawn.Sub(p.began)/slowing))
		}
	}()
	p.draw()
}

// follow draws whenever it is time to, until nothing changes any more.
func (p *Pace) follow() {
	defer waiting.remove(p)
	for {
		time.Sleep(p.wait())
		p.Flush()
		if p.rested() {
			return
		}
	}
}

// wait is how long it is until the next drawing.
func (p *Pace) wait() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rest - time.Since(p.drawn)
}

// rested ends the wait of a goroutine if there is nothing to draw.
func (p *Pace) rested() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waits = p.stale
	return !p.waits
}

// paces are those that wait for their turn to draw.
type paces struct {
	sync.Mutex
	all map[*Pace]int // goroutines; one may begin before another has ended
}

var waiting = paces{all: map[*Pace]int{}}

func (w *paces) add(p *Pace) {
	w.Lock()
	defer w.Unlock()
	w.all[p]++
}

func (w *paces) remove(p *Pace) {
	w.Lock()
	defer w.Unlock()
	if w.all[p]--; w.all[p] == 0 {
		delete(w.all, p)
	}
}

var settled atomic.Uint64

// Settle draws what has changed since it was drawn last. Sessions call it when
// a cell ends.
func Settle() {
	settled.Add(1)
	waiting.Lock()
	all := slices.Collect(maps.Keys(waiting.all))
	waiting.Unlock()
	for _, p := range all {
		p.Flush()
	}
}

// Settled counts calls of Settle: what has begun at one count is of a cell that
// has ended, or goes on beside others, when there is another.
func Settled() uint64 { return settled.Load() }
