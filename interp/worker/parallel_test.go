package worker_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A running is a cell that Execute has not returned from.
type running struct {
	out    *transcript
	cancel context.CancelFunc
	result chan show.Result
}

// begin starts a cell and waits until it has printed something.
func begin(t *testing.T, c *worker.Client, src string) *running { return beginAs(t, c, src, true) }

func beginAs(t *testing.T, c *worker.Client, src string, shared bool) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{&transcript{seen: make(chan string, 10000)}, cancel, make(chan show.Result, 1)}
	go func() { r.result <- c.Execute(ctx, show.Cell{Source: src, Count: 7, Shared: shared}, r.out) }()
	select {
	case <-r.out.seen:
	case res := <-r.result:
		t.Fatalf("%q ended: %+v", src, res)
	case <-time.After(30 * time.Second):
		t.Fatalf("%q prints nothing", src)
	}
	return r
}

func (r *running) end(t *testing.T) show.Result {
	t.Helper()
	select {
	case res := <-r.result:
		return res
	case <-time.After(30 * time.Second):
		t.Fatal("the cell does not end")
		return show.Result{}
	}
}

// Cells run beside others: they share variables, and each has its own output,
// errors, questions and interrupts.
func TestCellsBesideOthers(t *testing.T) {
	c := start(t)
	run(c, "ch, back := make(chan int), make(chan int)\nvar n int")
	long := begin(t, c, "fmt.Print(\"long;\")\nfor v := range ch { fmt.Print(v, \";\"); back <- v * n }\nfmt.Print(\"over\")\nn")
	res, out := run(c, "func double(i int) int { return 2 * i }\nn = double(5)\nch <- 3\nfmt.Print(\"short\")\n<-back")
	if res.Err != nil || out != "[stdout]short" || res.Value.PlainText() != "30" {
		t.Errorf("%q %+v", out, res)
	}
	if res, _ := run(c, "nothing"); res.Err == nil || !strings.Contains(res.Err.Value, "cell[1]:1:1: undefined: nothing") {
		t.Errorf("%+v", res.Err)
	}
	if res, _ := run(c, "panic(double(8))"); res.Err == nil || !strings.Contains(res.Err.Value, "16") {
		t.Errorf("%+v", res.Err)
	}
	endless := begin(t, c, "fmt.Print(\"endless\")\nfor { n = double(n) % 1001 }")
	asks := &transcript{reply: "me"}
	if res := c.Execute(context.Background(), show.Cell{Source: `show.Input("who? ")`, Count: 9}, asks); res.Value.PlainText() != "me" {
		t.Errorf("%+v", res)
	}
	endless.cancel()
	if res := endless.end(t); res.Err == nil || res.Err.Name != "interrupted" || res.Err.Cell != 7 {
		t.Errorf("%+v", res.Err)
	}
	run(c, "n = 6; close(ch)")
	if res := long.end(t); res.Err != nil || res.Value.PlainText() != "6" || long.out.String() != "[stdout]long;3;over" {
		t.Errorf("%q %+v", long.out, res)
	}
}

// All of many cells that print, declare and fail at once get what is theirs.
func TestManyCellsAtOnce(t *testing.T) {
	c := start(t)
	run(c, "var mu sync.Mutex\nvar total int")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 5 {
				src := fmt.Sprintf("type T%[1]d struct{ a, b int }\nfunc f%[1]d(n int) (s int) { for i := range n { s += i%%7 }; return }\n"+
					"v%[1]d := T%[1]d{f%[1]d(%[2]d), %[1]d}\nmu.Lock(); total++; mu.Unlock()\nfor range 20 { fmt.Println(v%[1]d.b) }\ngo fmt.Println(\"g\")\ntime.Sleep(time.Millisecond)\nv%[1]d.a", i, 1000*(j+1))
				want := 0
				for k := range 1000 * (j + 1) {
					want += k % 7
				}
				res, out := run(c, src)
				if res.Err != nil || res.Value.PlainText() != fmt.Sprint(want) {
					t.Errorf("%s: %+v, want %d", src, res, want)
				}
				own := strings.Count(out, fmt.Sprintf("%d\n", i))
				if rest := strings.NewReplacer(fmt.Sprintf("%d\n", i), "", "g\n", "", "[stdout]", "").Replace(out); own != 20 || rest != "" {
					t.Errorf("cell %d got %q", i, out)
				}
			}
		})
	}
	wait.Wait()
	if res, _ := run(c, "total"); res.Value.PlainText() != "40" {
		t.Errorf("%+v", res)
	}
}

// A deadlock is one only when no cell is left that could wake another.
func TestDeadlockBesideOthers(t *testing.T) {
	c := start(t)
	run(c, "ch := make(chan int)")
	for _, src := range []string{
		"for i := range 30_000_000 { _ = i }\nch <- 5",
		"!sleep 0.2\nch <- 5",
		"time.Sleep(100 * time.Millisecond)\nch <- 5",
	} {
		wakes := beginAs(t, c, "!echo begun\n"+src, false)
		if res, _ := run(c, "<-ch"); res.Err != nil || res.Value.PlainText() != "5" {
			t.Errorf("%q: %+v", src, res)
		}
		if res := wakes.end(t); res.Err != nil {
			t.Error(res.Err)
		}
	}
}

// Two cells that wait for each other are a deadlock.
func TestDeadlockOfTwoCells(t *testing.T) {
	c := start(t)
	run(c, "a, b := make(chan int), make(chan int)")
	first, second := make(chan show.Result, 1), make(chan show.Result, 1)
	go func() { r, _ := run(c, "<-a; b <- 1"); first <- r }()
	go func() { r, _ := run(c, "<-b; a <- 1"); second <- r }()
	for _, ch := range []chan show.Result{first, second} {
		if res := <-ch; res.Err == nil || res.Err.Name != "deadlock" {
			t.Errorf("%+v", res.Err)
		}
	}
}

// What kills the process ends all cells, each with its reason.
func TestDeathOfSeveralCells(t *testing.T) {
	c := start(t)
	run(c, "x := 1")
	a := begin(t, c, "fmt.Print(1)\nselect {}; x")
	b := begin(t, c, "fmt.Print(2)\ntime.Sleep(time.Hour)")
	res, _ := run(c, "syscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Hour)")
	for _, res := range []show.Result{res, a.end(t), b.end(t)} {
		if res.Err == nil || res.Err.Name != "worker died" || !strings.Contains(res.Err.Value, "killed") {
			t.Errorf("%+v", res.Err)
		}
	}
	if res, _ := run(c, "1 + 1"); res.Value.PlainText() != "2" {
		t.Errorf("%+v", res)
	}
}
