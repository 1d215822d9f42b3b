package worker_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// What can be waited for, or be busy with, when the interrupt comes.
var interruptible = map[string]string{
	"loop":      "for { x++ }",
	"goto":      "L: goto L",
	"recursion": "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfib(70)",
	"deep":      "func deep(n int) { if n == 0 { select {} }; deep(n - 1) }\ndeep(10000)",
	"select":    "select {}",
	"receive":   "<-make(chan int)",
	"send":      "var none chan int\nnone <- 1",
	"range":     "for range make(chan int) {}",
	"sleep":     "time.Sleep(time.Hour)",
	"mutex":     "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
	"locker":    "var rw sync.RWMutex\nvar l sync.Locker = &rw\nl.Lock()\nl.Lock()",
	"waitgroup": "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
	"cond":      "var cm sync.Mutex\nc := sync.NewCond(&cm)\ncm.Lock()\nc.Wait()",
	"once":      "var once sync.Once\nonce.Do(func() { select {} })",
	"sort":      "big := make([]int, 1000000)\nfor { sort.Slice(big, func(i, j int) bool { return rand.IntN(3) == 1 }) }",
	"sortfunc":  "many := make([]int, 1000000)\nfor { slices.SortFunc(many, func(a, b int) int { return rand.IntN(3) - 1 }) }",
	"map":       "for { strings.Map(func(r rune) rune { return r + 1 }, strings.Repeat(\"a\", 1000000)) }",
	"recover":   "for { func() { defer func() { recover() }(); panic(1) }() }",
}

// interrupt runs a cell, interrupts it after a while and returns how long it
// took to end.
func interrupt(t *testing.T, execute func(context.Context) show.Result) time.Duration {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var at time.Time
	time.AfterFunc(60*time.Millisecond, func() { at = time.Now(); cancel() })
	res := execute(ctx)
	d := time.Since(at)
	if res.Err == nil || res.Err.Name != "interrupted" {
		t.Errorf("%+v", res)
	}
	return d
}

// The interrupt ends all of them soon, and state is kept. How soon is measured
// in the middle, because other programs share the machine.
func TestInterruptLatency(t *testing.T) {
	c := start(t)
	run(c, "x := 7\ntimer := time.NewTimer(time.Hour)") // which may wake, so no deadlock is claimed
	var all []time.Duration
	for name, src := range interruptible {
		t.Run(name, func(t *testing.T) {
			d := interrupt(t, func(ctx context.Context) show.Result {
				return c.Execute(ctx, show.Cell{Source: "x = 7\n" + src, Count: 1}, &transcript{})
			})
			all = append(all, d)
			if d > 15*time.Second {
				t.Errorf("ended after %v", d)
			}
			if res, _ := run(c, "x >= 7"); res.Value.PlainText() != "true" {
				t.Errorf("the state is gone: %+v", res)
			}
		})
	}
	slices.Sort(all)
	p50, p95 := all[len(all)/2], all[len(all)*95/100]
	t.Logf("interrupt: p50 %v, p95 %v", p50, p95)
	if p50 > 50*time.Millisecond {
		t.Errorf("p50 is %v", p50)
	}
}

// A deferred loop ends at the second stage; compiled code that waits is left
// to itself. State is kept in both.
func TestInterruptLate(t *testing.T) {
	c := start(t)
	run(c, "x := 41")
	for _, src := range []string{
		"func() { defer func() { for {} }(); for {} }()",
		"r, _ := io.Pipe()\nio.ReadAll(r)",
		"l, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nl.Accept()",
	} {
		if d := interrupt(t, func(ctx context.Context) show.Result {
			return c.Execute(ctx, show.Cell{Source: src, Count: 1}, &transcript{})
		}); d > 30*time.Second {
			t.Errorf("%s: ended after %v", src, d)
		}
		if res, _ := run(c, "x + 1"); res.Value.PlainText() != "42" {
			t.Errorf("after %s: %+v", src, res)
		}
	}
}

// What ends a compiled program ends the cell with its cause; the session and
// its variables stay.
func TestCellEndsSessionStays(t *testing.T) {
	c := start(t)
	run(c, "keep := 42")
	for _, k := range []struct{ src, name, trace string }{
		{"ch := make(chan int)\nch <- 1", "deadlock", "cell[1]:2:4: a goroutine waits to send to a channel"},
		{"var mu sync.Mutex\nmu.Lock()\ngo mu.Lock()\nmu.Lock()", "deadlock", "waits for a sync.Mutex"},
		{"done := make(chan bool)\ngo func() { <-done }()\n<-done", "deadlock", "waits to receive"},
		{"func f(n int) int { return f(n+1) + 1 }\nf(0)", "stack overflow", "cell[1]:1:28 in f"},
		{"type S struct{ n int }\nfunc (s S) String() string { return fmt.Sprint(s) }\nfmt.Println(S{1})", "stack overflow", "S.String"},
		{"%limit mem 600MB\nb := make([]byte, 1<<46)", "out of memory", "70.37 TB"},
		{"var xs [][]byte\nfor { xs = append(xs, make([]byte, 1<<20)) }", "out of memory", "cell[1]:2"},
		{"xs = nil\nvar huge [1<<40]int", "compile error", "takes 8.796 TB"},
		{"log.Fatal(\"bye\")", "os.Exit", "exit status 1"},
		{"runtime.Goexit()", "runtime.Goexit", "ended itself"},
		{"type E struct{}\nfunc (E) Error() string { panic(\"inner\") }\npanic(E{})", "panic", "main.E"},
	} {
		begin := time.Now()
		res, out := run(c, k.src)
		if res.Err == nil || res.Err.Name != k.name || !strings.Contains(strings.Join(res.Err.Traceback, "\n"), k.trace) {
			t.Errorf("%s: %+v\n%s", k.src, res.Err, out)
		}
		t.Logf("%v: %s", time.Since(begin).Round(time.Millisecond), k.name)
		if res, _ := run(c, "keep"); res.Value.PlainText() != "42" {
			t.Fatalf("after %s: %+v", k.src, res)
		}
	}
}

// What waits, but may go on, is no deadlock.
func TestNoDeadlock(t *testing.T) {
	c := start(t)
	for src, want := range map[string]string{
		"ch := make(chan int)\ngo func() { time.Sleep(100 * time.Millisecond); ch <- 1 }()\n<-ch":                                                   "1",
		"var wg sync.WaitGroup\nwg.Go(func() { time.Sleep(100 * time.Millisecond) })\nwg.Wait()\n2":                                                 "2",
		"a, b := make(chan int), make(chan int)\ngo func() { for v := range a { b <- v } }()\nn := 0\nfor i := range 20000 { a <- i; n += <-b }\nn": "199990000",
	} {
		if res, out := run(c, src); res.Err != nil || res.Value.PlainText() != want {
			t.Errorf("%s: %+v %s", src, res, out)
		}
	}
	if res, _ := run(c, "<-time.After(200 * time.Millisecond)\n3"); res.Value.PlainText() != "3" {
		t.Errorf("time.After: %+v", res)
	}
}

// A panic in a callback of a compiled goroutine is reported; the session
// stays, and a handler's client finds its connection closed.
func TestStrayPanics(t *testing.T) {
	c := start(t)
	run(c, "keep := 42")
	for src, want := range map[string]string{
		"time.AfterFunc(time.Millisecond, func() { panic(\"in a timer\") })\ntime.Sleep(500 * time.Millisecond)":                                                                                    "called by time.AfterFunc: in a timer",
		"srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(\"in a handler\") }))\n_, err := http.Get(srv.URL)\nif err == nil { panic(\"answered\") }": "called by a handler of net/http: in a handler",
		"var wg sync.WaitGroup\nwg.Go(func() { panic(\"in Go\") })\nwg.Wait()\ntime.Sleep(500 * time.Millisecond)":                                                                                  "in Go",
	} {
		res, out := run(c, src)
		if res.Err != nil || !strings.Contains(out, want) || strings.Contains(out, ".go:") {
			t.Errorf("%s: %+v\n%s", src, res, out)
		}
		if res, _ := run(c, "keep"); res.Value.PlainText() != "42" {
			t.Errorf("after %s: %+v", src, res)
		}
	}
}
