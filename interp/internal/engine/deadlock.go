package engine

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// asleep watches for deadlock: all goroutines of interpreted code wait for
// each other. It only speaks while nothing else could wake them: once code
// has used something of compiled packages that may keep a channel or call
// back from a goroutine of its own (timers, signals, servers), it is silent.
type asleep struct {
	foreign atomic.Bool  // compiled code may wake goroutines
	calling atomic.Bool  // it may call functions of cells at any time
	live    atomic.Int64 // goroutines
	waiting atomic.Int64 // of them, those in waits that only others can end
	changes atomic.Int64 // of these counts
	asked   atomic.Bool  // a check is on its way

	mu    sync.Mutex
	mains []*Run  // that someone waits for
	first *thread // in the list of those that wait
}

func (a *asleep) begin(r *Run) {
	a.mu.Lock()
	a.mains = append(a.mains, r)
	a.mu.Unlock()
	a.live.Add(1)
}

func (a *asleep) finish(m *Machine, r *Run) {
	a.mu.Lock()
	if i := slices.Index(a.mains, r); i >= 0 {
		a.mains = slices.Delete(a.mains, i, i+1)
	}
	a.mu.Unlock()
	a.end(m)
}

// end notes that a goroutine has ended.
func (a *asleep) end(m *Machine) {
	a.changes.Add(1)
	a.live.Add(-1)
	a.suspect(m)
}

// wait notes that the thread waits for another, until ready is called.
func (th *thread) wait(what string) {
	th.pause()
	a := &th.m.asleep
	th.waitsFor = what
	a.mu.Lock()
	th.later, th.earlier = a.first, nil
	if a.first != nil {
		a.first.earlier = th
	}
	a.first = th
	a.mu.Unlock()
	a.waiting.Add(1)
	a.suspect(th.m)
}

// ready ends what wait began.
func (th *thread) ready() {
	th.resume()
	a := &th.m.asleep
	a.changes.Add(1)
	a.waiting.Add(-1)
	a.mu.Lock()
	if th.later != nil {
		th.later.earlier = th.earlier
	}
	if th.earlier != nil {
		th.earlier.later = th.later
	} else {
		a.first = th.later
	}
	th.later, th.earlier = nil, nil
	a.mu.Unlock()
}

// suspect has a look some time later when all goroutines wait.
func (a *asleep) suspect(m *Machine) {
	if a.waiting.Load() < a.live.Load() || a.foreign.Load() || a.live.Load() == 0 {
		return
	}
	if a.asked.CompareAndSwap(false, true) {
		time.AfterFunc(10*time.Millisecond, func() { a.look(m) })
	}
}

// look ends the run of a deadlock. A goroutine that has been woken counts as
// one that waits until it runs, so the scheduler is asked as well.
func (a *asleep) look(m *Machine) {
	before := a.changes.Load()
	still := func() bool {
		return a.waiting.Load() >= a.live.Load() && a.live.Load() > 0 && !a.foreign.Load() && a.changes.Load() == before
	}
	dead := still() && allBlocked(a.live.Load()) && still()
	var main *Run
	var waits []Wait
	a.mu.Lock()
	if dead && len(a.mains) > 0 {
		main = a.mains[len(a.mains)-1]
		waits = a.waits(main)
	}
	a.mu.Unlock()
	a.asked.Store(false)
	if main != nil {
		main.End(&Deadlock{waits}, nil)
	} else if !dead {
		a.suspect(m)
	}
}

// Settle waits until no goroutine is left that could go on.
func (m *Machine) Settle() {
	a := &m.asleep
	for a.live.Load() > 0 {
		time.Sleep(10 * time.Millisecond)
		before := a.changes.Load()
		if a.waiting.Load() >= a.live.Load() && !a.foreign.Load() && allBlocked(a.live.Load()) && a.changes.Load() == before {
			return
		}
	}
}

// waits lists who waits for what; the caller holds a.mu.
func (a *asleep) waits(main *Run) (own []Wait) {
	var others []Wait
	for th := a.first; th != nil && len(own)+len(others) < 1000; th = th.later {
		w := Wait{th.waitsFor, th.top.pos}
		for f := th.top; !w.Pos.IsValid() && f != nil; f = f.up {
			w.Pos = f.pos
		}
		if !w.Pos.IsValid() && th.pc != 0 {
			w.Pos = th.m.placeOf(th.pc)
		}
		if th.run == main {
			own = append(own, w)
		} else {
			others = append(others, w)
		}
	}
	slices.Reverse(own) // the cell itself began to wait first, as a rule
	return append(own, others...)
}

// manyGoroutines are too many to ask the scheduler for each.
const manyGoroutines = 20_000

// allBlocked reports whether every goroutine that has interpreted code on its
// stack is blocked. With very many, that is not found out and not claimed.
func allBlocked(live int64) bool {
	if live > manyGoroutines {
		return false
	}
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		if len(buf) >= 256<<20 {
			return false
		}
		buf = make([]byte, 4*len(buf))
	}
	for i, g := range bytes.Split(buf, []byte("\n\n")) {
		if i == 0 || !bytes.Contains(g, []byte("/interp/internal/engine.")) || bytes.Contains(g, []byte(".(*Machine).watchStacks.")) {
			continue // this goroutine; one of no interest
		}
		_, rest, _ := strings.Cut(string(g[:min(len(g), 200)]), "[")
		state, _, _ := strings.Cut(rest, "]")
		state, _, _ = strings.Cut(state, ",")
		if !blocked(state) {
			return false
		}
	}
	return true
}

// blocked tells the states of goroutines that only others end.
func blocked(state string) bool {
	for _, s := range []string{"chan ", "select", "sync.", "semacquire"} {
		if strings.HasPrefix(state, s) {
			return true
		}
	}
	return false
}

// harmless are the compiled packages whose functions neither keep a channel
// nor call back from goroutines of their own, apart from what wakes names.
var harmless = map[string]bool{
	"bufio": true, "bytes": true, "cmp": true, "errors": true, "fmt": true, "html": true, "io": true, "io/fs": true, "log": true,
	"maps": true, "math": true, "os": true, "path": true, "reflect": true, "regexp": true, "runtime": true, "slices": true, "sort": true,
	"strconv": true, "strings": true, "sync": true, "syscall": true, "time": true, "unicode": true, "unsafe": true,
	"runtime/debug": true, "sync/atomic": true, "path/filepath": true,
}

// harmlessTrees are those of which all packages are.
var harmlessTrees = []string{"math/", "unicode/", "encoding/", "text/", "container/", "hash/", "regexp/", "compress/", "go/"}

// wakes are the exceptions.
var wakes = map[string]bool{
	"time.After": true, "time.AfterFunc": true, "time.NewTimer": true, "time.NewTicker": true, "time.Tick": true,
	"time.Timer": true, "time.Ticker": true, "runtime.SetFinalizer": true, "runtime.AddCleanup": true,
}

// mayWake reports whether a symbol of a compiled package may be a way to wake
// a goroutine of interpreted code.
func mayWake(path, name string) bool {
	if wakes[path+"."+name] {
		return true
	}
	if harmless[path] {
		return false
	}
	for _, t := range harmlessTrees {
		if strings.HasPrefix(path, t) {
			return false
		}
	}
	return true
}

// laterCallers are the compiled functions that later call back from goroutines of
// their own; packages for servers do as well.
var laterCallers = map[string]bool{
	"time.AfterFunc": true, "context.AfterFunc": true, "runtime.SetFinalizer": true, "runtime.AddCleanup": true,
}

// mayCall reports whether a symbol of a compiled package may be a way to have
// a function of a cell called at any time.
func mayCall(path, name string) bool {
	return laterCallers[path+"."+name] || strings.HasPrefix(path, "net/http") || strings.HasPrefix(path, "net/rpc")
}
