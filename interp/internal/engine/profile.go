package engine

import (
	bytesof "encoding/binary"
	"go/token"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// A Profile samples where a run spends its processor time. While there is one,
// functions are compiled with checks at every statement, at their ends and
// around calls of compiled code (profile_code.go), so that each tick counts
// for the line that ran when it came; all other code is as it is without.
//
// Ticks come from a goroutine beside the run. It hands the processor time that
// the process has used since the tick before to the goroutines of the run:
// first to those that have passed a check since, then to those that have not,
// which are in compiled code. Goroutines that wait get none.
type Profile struct {
	m   *Machine
	run *Run
	cpu func() time.Duration

	mu      sync.Mutex
	clocks  map[uintptr]*clock // by goroutine
	samples map[string]*Sample
	credit  time.Duration // processor time that is not handed out yet
	unnamed uintptr       // goroutines, where they have no names

	begun, ended time.Time // when the run's first goroutine began, when its last one has ended

	over atomic.Bool
	stop chan struct{}
	done chan struct{}
}

// A Sample is a stack of calls and what was spent in it.
type Sample struct {
	Stack []Call // innermost first
	Time  time.Duration
	Ticks int
}

// A Call is one call on a sample's stack.
type Call struct {
	Func     string    // as package runtime names it
	Pos      token.Pos // where in it; none of compiled code
	Start    token.Pos // where it is declared
	Compiled bool
	Cell     bool // the statements of a cell, outside functions
}

// The period of the ticks, on average, and how much processor time may wait to be handed
// out: systems tell it in steps of some milliseconds.
const (
	Period    = time.Millisecond
	maxCredit = 20 * Period
)

// A sample has so many calls from either end of a deep stack; what is deeper
// than walked is not looked at.
const (
	maxInner  = 500
	maxOuter  = 50
	maxWalked = 50_000
)

// A clock is what one goroutine of the run has been handed.
type clock struct {
	p      *Profile
	g      uintptr       // the goroutine
	word   atomic.Uint32 // set at every tick, cleared where the goroutine notices
	due    atomic.Int64  // nanoseconds
	ticks  atomic.Int32
	paused atomic.Bool
	gone   bool
	th     *thread  // the innermost of the goroutine
	stack  []active // scratch
	key    []byte
}

// StartProfile begins to sample a run. cpu is the processor time that the
// process has used; nil: it is not known, and time on the wall is taken. It
// returns nil where a profile is running.
func (m *Machine) StartProfile(r *Run, cpu func() time.Duration) *Profile {
	p := &Profile{m: m, run: r, cpu: cpu, clocks: map[uintptr]*clock{}, samples: map[string]*Sample{},
		stop: make(chan struct{}), done: make(chan struct{})}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.profile != nil {
		return nil
	}
	m.profile = p
	m.forget()
	r.profile.Store(p)
	go p.watch()
	return p
}

// Stop ends the profile and returns its samples, and how long code has run.
func (p *Profile) Stop() (list []Sample, ran time.Duration) {
	close(p.stop)
	<-p.done
	p.run.profile.Store(nil)
	p.over.Store(true)
	p.m.mu.Lock()
	p.m.profile = nil
	p.m.forget()
	p.m.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.clocks { // goroutines that go on find the run's own word
		c.word.Store(1)
	}
	for _, s := range p.samples {
		list = append(list, *s)
	}
	p.samples = nil
	if len(p.clocks) > 0 {
		p.ended = time.Now()
	}
	return list, p.ended.Sub(p.begun)
}

// forget has declared functions compiled anew when they are called next.
func (m *Machine) forget() {
	for _, f := range m.funcs {
		if f.src != "" {
			m.reset(f)
		}
	}
}

func (p *Profile) watch() {
	defer close(p.done)
	t := time.NewTimer(Period)
	defer t.Stop()
	wall, used := time.Now(), p.used()
	for {
		select {
		case <-p.stop:
			return
		case <-t.C:
		}
		now, cpu := time.Now(), p.used()
		p.tick(now.Sub(wall), cpu-used)
		wall, used = now, cpu
		t.Reset(Period/2 + rand.N(Period)) // not in step with a loop of the run
	}
}

func (p *Profile) used() time.Duration {
	if p.cpu == nil {
		return 0
	}
	return p.cpu()
}

// tick hands out the processor time used in a while on the wall.
func (p *Profile) tick(wall, cpu time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var seen, silent []*clock
	for _, c := range p.clocks {
		switch {
		case c.paused.Load():
		case c.word.Load() == 0:
			seen = append(seen, c)
		default:
			silent = append(silent, c)
		}
	}
	p.credit = min(p.credit+cpu, max(maxCredit, 2*cpu))
	if p.cpu == nil {
		p.credit = wall * time.Duration(len(p.clocks))
	}
	p.hand(seen, wall)
	p.hand(silent, wall)
	for _, c := range p.clocks {
		c.word.Store(1)
	}
}

// hand gives each of the clocks its part, at most what passed on the wall.
func (p *Profile) hand(clocks []*clock, wall time.Duration) {
	if len(clocks) == 0 {
		return
	}
	each := min(p.credit/time.Duration(len(clocks)), wall)
	if each <= 0 {
		return
	}
	p.credit -= each * time.Duration(len(clocks))
	for _, c := range clocks {
		c.due.Add(int64(each))
		c.ticks.Add(1)
	}
}

// join makes the calling goroutine's clock that of th, whose calls it runs
// from now on; inside a callback that is the clock of the code that called
// compiled code. leave is called when they are over.
func (p *Profile) join(th *thread) {
	g := goroutine()
	c := th.clockWas
	if c == nil || c.g != g || c.p != p || c.gone {
		c = p.clock(g)
	}
	th.outer, c.th = c.th, th
	th.clock, th.clockWas, th.stop = c, c, &c.word
}

func (p *Profile) leave(th *thread) {
	c := th.clock
	if c == nil {
		return
	}
	c.account(th, nil)
	c.th, th.outer, th.clock, th.stop = th.outer, nil, nil, &th.run.stop
	if c.th == nil {
		c.gone = true
		p.mu.Lock()
		delete(p.clocks, c.g)
		p.ended = time.Now()
		p.mu.Unlock()
	}
}

// clock finds the clock of a goroutine, or makes it. Where goroutines have no
// names, callbacks are counted as goroutines of their own.
func (p *Profile) clock(g uintptr) *clock {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g == 0 {
		p.unnamed++
		g = p.unnamed
	}
	c := p.clocks[g]
	if c == nil {
		c = &clock{p: p, g: g}
		if p.begun.IsZero() {
			p.begun = time.Now()
		}
		p.clocks[g] = c
	}
	return c
}

// sampled is what a thread does at a check while its run is profiled. Then the
// thread looks at its clock's word, not at the run's.
func (th *thread) sampled() {
	c := th.clock
	if c.p.over.Load() {
		th.clock, th.outer, th.stop = nil, nil, &th.run.stop // loops that go on keep the word, which stays set
		return
	}
	c.account(th, nil)
}

// pause keeps a wait from being counted, until resume.
func (th *thread) pause() {
	if c := th.clock; c != nil {
		c.account(th, nil)
		c.paused.Store(true)
	}
}

func (th *thread) resume() {
	if c := th.clock; c != nil {
		c.paused.Store(false)
	}
}

// account counts what is due for the calls that are active, with the compiled
// function fn above them, if it is not nil.
func (c *clock) account(th *thread, fn unsafe.Pointer) {
	if c.word.Load() == 0 || c.p.over.Load() {
		return
	}
	c.word.Store(0)
	d, n := c.due.Swap(0), c.ticks.Swap(0)
	if n == 0 {
		return
	}
	c.stack = activeCalls(c.stack[:0], th, fn)
	stack := c.stack
	if n := len(stack); n > maxInner+maxOuter {
		stack = append(stack[:maxInner], stack[n-maxOuter:]...)
	}
	if len(stack) == 0 { // the goroutine is about to end
		return
	}
	key := c.key[:0]
	for _, a := range stack {
		key = bytesof.LittleEndian.AppendUint64(key, uint64(uintptr(unsafe.Pointer(a.code))|a.pc))
		key = bytesof.LittleEndian.AppendUint64(key, uint64(a.pos))
	}
	c.key = key
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if c.p.samples == nil {
		return
	}
	s := c.p.samples[string(key)]
	if s == nil {
		s = &Sample{Stack: calls(stack)}
		c.p.samples[string(key)] = s
	}
	s.Time += time.Duration(d)
	s.Ticks += int(n)
}

// An active is a call on the stack: of interpreted code at pos, or of compiled
// code at pc.
type active struct {
	code *Code
	pc   uintptr
	pos  token.Pos
}

// activeCalls lists the calls of th and of the threads that have called it
// through compiled code.
func activeCalls(list []active, th *thread, fn unsafe.Pointer) []active {
	for ; th != nil; th, fn = th.outer, nil {
		if fn == nil && len(list) > 0 {
			fn = th.native
		}
		if fn != nil {
			list = append(list, active{pc: *(*uintptr)(fn)})
		}
		for f := th.top; f != nil && f != &th.root; f = f.up {
			if len(list) >= maxWalked {
				return list
			}
			switch {
			case f.code.loop: // the body of a loop, which runs in its function's frame
				if cl := f.closure(); cl != nil {
					of := (*yielding)(*cl.captured(0)).f
					list = append(list, active{code: of.code, pos: of.pos})
				}
			case f.code.hidden:
			case f.pos == token.NoPos:
				list = append(list, active{code: f.code, pos: f.code.pos})
			default:
				list = append(list, active{code: f.code, pos: f.pos})
			}
		}
	}
	return list
}

// calls gives active calls their names.
func calls(stack []active) []Call {
	out := make([]Call, len(stack))
	for i, a := range stack {
		if a.code != nil {
			out[i] = Call{Func: a.code.full, Pos: a.pos, Start: a.code.pos, Cell: a.code.name == ""}
			continue
		}
		out[i] = Call{Func: "compiled code", Compiled: true}
		if f := runtime.FuncForPC(a.pc); f != nil {
			out[i].Func = f.Name()
		}
	}
	return out
}
