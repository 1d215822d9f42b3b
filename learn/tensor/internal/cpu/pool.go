package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A Pool is a set of goroutines that share the tasks of a kernel with the
// goroutine that calls it. Any number of goroutines may use one Pool: whoever
// finds it busy does its tasks alone, and so does a task that runs tasks.
//
// The workers start when they are first needed. Idle ones sleep; they look for
// work a few microseconds before they do, as long as that pays. They end with
// Close, or when the Pool is no longer referenced.
type Pool struct{ *crew }

// crew is what the workers of a Pool share. They do not hold the Pool, so that
// it can be collected.
type crew struct {
	workers int
	busy    atomic.Bool    // a Run shares its tasks
	state   atomic.Uint64  // open, waiting and the number of workers that joined the Run
	task    unsafe.Pointer // of the Run: a func(int)
	n       atomic.Int64   // how many tasks it has
	next    atomic.Int64   // the next one to do
	asleep  atomic.Int64
	wake    chan struct{} // one for each sleeper that is wanted
	done    chan struct{} // the last worker has left, and the caller waits for that
	quit    chan struct{}
	start   sync.Once
	end     sync.Once
	caught  atomic.Pointer[caught]
}

const (
	stateOpen    = 1 << 63 // workers may join
	stateWaiting = 1 << 62 // the caller sleeps until all have left
)

// caught is a panic of a task in a worker.
type caught struct{ value any }

// NewPool makes a pool of a number of workers, of which the goroutine that calls
// Run is one; 0 or less means as many as GOMAXPROCS.
func NewPool(workers int) *Pool {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	c := &crew{
		workers: workers,
		wake:    make(chan struct{}, workers),
		done:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
	}
	p := &Pool{c}
	runtime.AddCleanup(p, (*crew).close, c)
	return p
}

// Default is the pool that kernels share when nothing else is asked for. It has
// as many workers as GOMAXPROCS had at the first call.
var Default = sync.OnceValue(func() *Pool { return NewPool(0) })

// Workers is how many tasks run at once, at least 1.
func (p *Pool) Workers() int { return p.workers }

// Close ends the workers when they have done their tasks. Run then works
// without them.
func (p *Pool) Close() { p.close() }

func (c *crew) close() { c.end.Do(func() { close(c.quit) }) }

// grain is the least work, in nanoseconds, that is worth handing to a worker
// that may have to be woken.
const grain = 20_000

// Grain divides items of a cost in nanoseconds each into tasks that are worth
// handing over: that many tasks of that many items each, the last perhaps of
// fewer. One task means that it is not worth it.
func (p *Pool) Grain(items, cost int) (tasks, per int) {
	if items <= 0 {
		return 0, 0
	}
	tasks = min(items, 4*p.workers, max(1, items*max(cost, 1)/grain))
	if p.workers == 1 {
		tasks = 1
	}
	per = (items + tasks - 1) / tasks
	return (items + per - 1) / per, per
}

// Run calls task(0) … task(n-1), each once, in the caller's goroutine and the
// workers, and returns when all are done. If tasks panic, the others that have
// not begun are dropped and Run panics with what one of them did. It does not
// allocate, but task escapes: keep a func that is used again.
func (p *Pool) Run(n int, task func(int)) {
	if n <= 1 || p.workers == 1 || !p.busy.CompareAndSwap(false, true) {
		for i := range n {
			task(i)
		}
		return
	}
	p.share(n, task)
	runtime.KeepAlive(p)
}

// share is Run for a crew that is not busy.
func (c *crew) share(n int, task func(int)) {
	c.start.Do(c.hire)
	c.task = *(*unsafe.Pointer)(unsafe.Pointer(&task))
	c.n.Store(int64(n))
	c.next.Store(0)
	c.state.Store(stateOpen)
	for range min(int64(n)-1, c.asleep.Load()) {
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
	defer c.finish()
	for i := c.next.Add(1) - 1; i < int64(n); i = c.next.Add(1) - 1 {
		task(int(i))
	}
}

// finish ends a Run: it lets no more workers join and waits for those that did.
func (c *crew) finish() {
	c.next.Store(c.n.Load()) // for a panic of the caller's own task
	if left := c.state.And(^uint64(stateOpen)) &^ stateOpen; left > 0 {
		for i := 0; i < spinRounds && c.state.Load() != 0; i++ {
			pause()
		}
		if c.state.Or(stateWaiting) != 0 {
			<-c.done
		}
		c.state.Store(0)
	}
	c.task = nil
	fault := c.caught.Swap(nil)
	c.busy.Store(false)
	if fault != nil {
		panic(fault.value)
	}
}

// hire starts the workers.
func (c *crew) hire() {
	for range c.workers - 1 {
		go c.work()
	}
}

// work is the life of a worker.
func (c *crew) work() {
	spin := spinRounds
	for {
		found := false
		for i := 0; i < spin && !found; i++ {
			if found = c.join(); !found {
				pause()
			}
		}
		switch {
		case found:
			spin = spinRounds
		case !c.sleep():
			return
		default:
			spin /= 2 // it does not pay; until it is woken with work in hand
		}
		if !found && c.join() {
			spin = max(spin, spinRounds/8)
		}
	}
}

// sleep waits to be woken; false means that the pool is closed.
func (c *crew) sleep() bool {
	c.asleep.Add(1)
	defer c.asleep.Add(-1)
	if c.state.Load()&stateOpen != 0 && c.next.Load() < c.n.Load() {
		return true // it was opened before we were counted
	}
	select {
	case <-c.wake:
		return true
	case <-c.quit:
		return false
	}
}

// join does tasks of the Run that is open, if one is.
func (c *crew) join() bool {
	for {
		s := c.state.Load()
		if s&stateOpen == 0 {
			return false
		}
		if c.state.CompareAndSwap(s, s+1) {
			break
		}
	}
	defer c.leave()
	i, n := c.next.Add(1)-1, c.n.Load()
	if i >= n {
		return false
	}
	for task := *(*func(int))(unsafe.Pointer(&c.task)); i < n; i = c.next.Add(1) - 1 {
		task(int(i))
	}
	return true
}

// leave ends a worker's part in a Run.
func (c *crew) leave() {
	if v := recover(); v != nil {
		c.caught.CompareAndSwap(nil, &caught{v})
		c.next.Store(c.n.Load())
	}
	if c.state.Add(^uint64(0)) == stateWaiting {
		c.done <- struct{}{}
	}
}
