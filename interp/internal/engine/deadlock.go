package engine

import (
	"bytes"
	"go/token"
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
	present atomic.Int64 // runs that are about to begin
	changes atomic.Int64 // of these counts
	asked   atomic.Bool  // a check is on its way

	mu    sync.Mutex
	mains []*Run  // that someone waits for
	first *waiter // in the list of those that wait
	spare *waiter // of native code, for waits to come; a list by later
	kept  int     // how long that is
}

// A waiter stands for a goroutine that waits for another.
type waiter struct {
	run            *Run
	top            *F         // its innermost frame; nil: native code waits
	pcs            [2]uintptr // of native code: where it waits, and where that was called
	what           string     // for what
	earlier, later *waiter    // in the list of those that wait
}

// maxSpare bounds the waiters that are kept for waits to come.
const maxSpare = 1000

func (a *asleep) begin(r *Run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mains = append(a.mains, r)
	a.live.Add(1)
	if r.mains++; r.mains == 1 && r.announced {
		a.present.Add(-1)
	}
}

func (a *asleep) finish(m *Machine, r *Run) {
	a.mu.Lock()
	if i := slices.Index(a.mains, r); i >= 0 {
		a.mains = slices.Delete(a.mains, i, i+1)
	}
	if r.mains--; r.mains == 0 && r.announced {
		a.present.Add(1)
	}
	a.mu.Unlock()
	a.end(m)
}

// Announce tells that r is to run code, now and then, until Conclude: even
// while it does not, that code may wake the goroutines of other runs, and so
// they are no deadlock.
func (m *Machine) Announce(r *Run) {
	a := &m.asleep
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.announced = true; r.mains == 0 {
		a.present.Add(1)
	}
}

// Conclude ends what Announce began.
func (m *Machine) Conclude(r *Run) {
	a := &m.asleep
	a.mu.Lock()
	if r.announced = false; r.mains == 0 {
		a.present.Add(-1)
	}
	a.mu.Unlock()
	a.changes.Add(1)
	a.suspect(m)
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
	w := &th.waiting
	w.run, w.top, w.what = th.run, th.top, what
	a := &th.m.asleep
	a.mu.Lock()
	a.add(w)
	a.mu.Unlock()
	a.waits(th.m)
}

// ready ends what wait began.
func (th *thread) ready() {
	th.resume()
	a := &th.m.asleep
	a.mu.Lock()
	a.remove(&th.waiting)
	a.mu.Unlock()
	a.goesOn()
}

// waitNative is wait for native code, which has no thread.
func (a *asleep) waitNative(m *Machine, r *Run, what string, pcs [2]uintptr) *waiter {
	a.mu.Lock()
	w := a.spare
	if w != nil {
		a.spare, w.later = w.later, nil
		a.kept--
	} else {
		w = &waiter{}
	}
	w.run, w.what, w.pcs = r, what, pcs
	a.add(w)
	a.mu.Unlock()
	a.waits(m)
	return w
}

// readyNative ends what waitNative began.
func (a *asleep) readyNative(w *waiter) {
	a.mu.Lock()
	a.remove(w)
	w.run = nil
	if a.kept < maxSpare {
		a.spare, w.later = w, a.spare
		a.kept++
	}
	a.mu.Unlock()
	a.goesOn()
}

// add puts a waiter first; the caller holds a.mu.
func (a *asleep) add(w *waiter) {
	w.earlier, w.later = nil, a.first
	if a.first != nil {
		a.first.earlier = w
	}
	a.first = w
}

// remove takes one out; the caller holds a.mu.
func (a *asleep) remove(w *waiter) {
	if w.later != nil {
		w.later.earlier = w.earlier
	}
	if w.earlier != nil {
		w.earlier.later = w.later
	} else {
		a.first = w.later
	}
	w.earlier, w.later = nil, nil
}

// waits and goesOn count.
func (a *asleep) waits(m *Machine) {
	a.waiting.Add(1)
	a.suspect(m)
}

func (a *asleep) goesOn() {
	a.changes.Add(1)
	a.waiting.Add(-1)
}

// suspect has a look some time later when all goroutines wait.
func (a *asleep) suspect(m *Machine) {
	if !a.quiet() {
		return
	}
	if !a.asked.Load() && a.asked.CompareAndSwap(false, true) {
		before := a.changes.Load()
		time.AfterFunc(10*time.Millisecond, func() { a.look(m, before) })
	}
}

// quiet reports that all goroutines wait, and that nothing is there that might
// wake them.
func (a *asleep) quiet() bool {
	return a.waiting.Load() >= a.live.Load() && a.live.Load() > 0 && a.present.Load() == 0 && !a.foreign.Load()
}

// look ends the run of a deadlock, if nothing has changed since before. A
// goroutine that has been woken counts as one that waits until it runs, so the
// scheduler is asked as well.
func (a *asleep) look(m *Machine, before int64) {
	still := func() bool { return a.quiet() && a.changes.Load() == before }
	dead := still() && allBlocked(a.live.Load()) && still()
	var main *Run
	var waits []Wait
	a.mu.Lock()
	if dead && len(a.mains) > 0 {
		main = a.mains[len(a.mains)-1]
		waits = a.list(m, main)
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
		if a.quiet() && allBlocked(a.live.Load()) && a.changes.Load() == before {
			return
		}
	}
}

// list lists who waits for what; the caller holds a.mu.
func (a *asleep) list(m *Machine, main *Run) (own []Wait) {
	var others []Wait
	for w := a.first; w != nil && len(own)+len(others) < 1000; w = w.later {
		if is := (Wait{w.what, w.pos(m)}); w.run == main {
			own = append(own, is)
		} else {
			others = append(others, is)
		}
	}
	slices.Reverse(own) // the cell itself began to wait first, as a rule
	return append(own, others...)
}

// pos is where the waiter waits.
func (w *waiter) pos(m *Machine) (pos token.Pos) {
	for f := w.top; !pos.IsValid() && f != nil; f = f.up {
		pos = f.pos
	}
	for _, pc := range w.pcs {
		if !pos.IsValid() && pc != 0 {
			pos = m.placeOf(pc)
		}
	}
	return pos
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
