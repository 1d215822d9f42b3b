package pace

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A state is a number that is drawn.
type state struct {
	mu    sync.Mutex
	now   int
	drawn []int
	takes time.Duration
	pace  *Pace
}

func newState(takes time.Duration) *state {
	s := &state{takes: takes}
	s.pace = New(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.drawn = append(s.drawn, s.now)
		if s.takes > 0 {
			s.mu.Unlock()
			time.Sleep(s.takes)
			s.mu.Lock()
		}
	})
	return s
}

func (s *state) set(n int) {
	s.mu.Lock()
	s.now = n
	s.mu.Unlock()
	s.pace.Changed()
}

func (s *state) seen() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]int(nil), s.drawn...)
}

// The first change is drawn at once, others at most ten times a second, and the
// last one always.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newState(0)
		s.set(1)
		if got := fmt.Sprint(s.seen()); got != "[1]" {
			t.Fatalf("drawn at once: %s", got)
		}
		for i := range 1000 { // over a second
			s.set(2 + i)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Minute)
		got := s.seen()
		if len(got) < 10 || len(got) > 12 || got[len(got)-1] != 1001 {
			t.Errorf("drawn: %v; want 1, eleven at most, and 1001 at the end", got)
		}
		s.set(7)
		time.Sleep(time.Microsecond)
		synctest.Wait()
		if got := s.seen(); got[len(got)-1] != 7 {
			t.Errorf("after a rest a change is not drawn at once: %v", got)
		}
	})
}

// What is drawn for long is drawn less often, and its last state still at once.
func TestSlowing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newState(0)
		s.pace = Slowing(s.pace.draw)
		drawn := func(seconds int) int {
			before := len(s.seen())
			for range seconds * 100 {
				s.set(1)
				time.Sleep(10 * time.Millisecond)
			}
			return len(s.seen()) - before
		}
		if n := drawn(2); n < 18 || n > 21 {
			t.Errorf("drawn %d times in the first two seconds, want ten a second", n)
		}
		drawn(58)
		if n := drawn(60); n < 110 || n > 121 {
			t.Errorf("drawn %d times in the second minute, want two a second", n)
		}
		s.set(7)
		Settle()
		if got := s.seen(); got[len(got)-1] != 7 {
			t.Errorf("the last state is not drawn when the cell ends: %v", got[len(got)-1])
		}
		time.Sleep(time.Second)
	})
}

// Where drawing takes long it is done less often, and does not keep anyone
// waiting.
func TestSlowDrawing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newState(200 * time.Millisecond)
		s.set(0)
		began := time.Now()
		for i := range 10_000 {
			s.set(i)
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("10 s of work took %v", took)
		}
		time.Sleep(time.Minute)
		got := s.seen()
		if len(got) < 6 || len(got) > 8 || got[len(got)-1] != 9999 {
			t.Errorf("drawn: %v; want one in two seconds, and 9999 at the end", got)
		}
	})
}

// When a cell ends all is drawn, once, and not again later.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := Settled()
		a, b := newState(0), newState(0)
		a.set(1)
		a.set(2)
		b.set(3)
		b.pace.Mark()
		Settle()
		if got := fmt.Sprint(a.seen(), b.seen()); got != "[1 2] [3]" {
			t.Errorf("drawn: %s", got)
		}
		b.pace.Flush()
		time.Sleep(time.Second)
		if got := fmt.Sprint(a.seen(), b.seen()); got != "[1 2] [3 3]" {
			t.Errorf("drawn: %s", got)
		}
		if Settled() != before+1 {
			t.Error("Settle is not counted")
		}
	})
}

// Whatever goroutines do, the last change is drawn.
func TestConcurrent(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			s := newState(time.Millisecond)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range 100 {
						s.set(1)
						time.Sleep(3 * time.Millisecond)
					}
				})
			}
			wg.Wait()
			s.set(42)
			time.Sleep(time.Second)
			if got := s.seen(); got[len(got)-1] != 42 || len(got) > 6 {
				t.Errorf("drawn: %v", got)
			}
			if len(waiting.all) != 0 {
				t.Errorf("%d still wait", len(waiting.all))
			}
		})
	}
}
