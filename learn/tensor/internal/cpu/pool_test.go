package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestPoolRunsEachTaskOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		p := NewPool(workers)
		defer p.Close()
		for n := range 50 {
			counts := make([]atomic.Int32, n)
			p.Run(n, func(i int) { counts[i].Add(1) })
			for i := range counts {
				if c := counts[i].Load(); c != 1 {
					t.Fatalf("%d workers: task %d of %d ran %d times", workers, i, n, c)
				}
			}
		}
	}
}

func TestPoolSharesAmongWorkers(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	var here sync.WaitGroup
	here.Add(3)
	p.Run(3, func(int) { // ends only if three goroutines are in it at once
		here.Done()
		here.Wait()
	})
}

func TestPoolNestedAndConcurrent(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	var total atomic.Int64
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 200 {
				p.Run(5, func(int) { p.Run(7, func(int) { total.Add(1) }) })
			}
		})
	}
	callers.Wait()
	if want := int64(8 * 200 * 5 * 7); total.Load() != want {
		t.Errorf("%d tasks ran, want %d", total.Load(), want)
	}
}

func TestPoolPanicReachesCaller(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	for round := range 100 {
		func() {
			defer func() {
				if v := recover(); v != "broken" {
					t.Fatalf("recovered %v", v)
				}
			}()
			var both sync.WaitGroup
			both.Add(2)
			p.Run(2, func(i int) {
				both.Done()
				both.Wait() // one of them is in the worker
				if i == round%2 {
					panic("broken")
				}
			})
			t.Error("Run returned")
		}()
		ran := new(atomic.Int32)
		p.Run(10, func(int) { ran.Add(1) })
		if ran.Load() != 10 {
			t.Fatalf("after a panic %d of 10 tasks ran", ran.Load())
		}
	}
}

func TestPoolAfterClose(t *testing.T) {
	p := NewPool(4)
	p.Run(4, func(int) {})
	p.Close()
	p.Close()
	ran := new(atomic.Int32)
	p.Run(10, func(int) { ran.Add(1) })
	if ran.Load() != 10 {
		t.Errorf("%d of 10 tasks ran", ran.Load())
	}
}

func TestPoolLeavesNoGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		NewPool(5).Run(50, func(int) {})
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestPoolAllocatesNothing(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	var sum atomic.Int64
	task := func(i int) { sum.Add(int64(i)) }
	if n := testing.AllocsPerRun(1000, func() { p.Run(8, task) }); n != 0 {
		t.Errorf("%v allocations in a Run", n)
	}
}

func TestPoolGrain(t *testing.T) {
	p := NewPool(2)
	for _, c := range []struct{ items, cost, tasks, per int }{
		{0, 10, 0, 0}, {1, 1e9, 1, 1}, {100, 1, 1, 100}, {100, 1000, 5, 20}, {10, 1e6, 5, 2}, {9, 1e6, 5, 2}, {1000, 1e6, 8, 125},
	} {
		if tasks, per := p.Grain(c.items, c.cost); tasks != c.tasks || per != c.per {
			t.Errorf("Grain(%d, %d) = %d tasks of %d, want %d of %d", c.items, c.cost, tasks, per, c.tasks, c.per)
		}
	}
	if tasks, per := NewPool(1).Grain(10, 1e6); tasks != 1 || per != 10 {
		t.Errorf("one worker: %d tasks of %d", tasks, per)
	}
}

// BenchmarkPoolRun is the cost of handing over: two tasks of about 20 µs each,
// beside one goroutine that does both.
func BenchmarkPoolRun(b *testing.B) {
	work := func(int) {
		for range 250 {
			pause()
		}
	}
	for _, workers := range []int{1, 2} {
		b.Run([]string{"", "one", "two"}[workers], func(b *testing.B) {
			p := NewPool(workers)
			defer p.Close()
			for b.Loop() {
				p.Run(2, work)
			}
		})
	}
}
