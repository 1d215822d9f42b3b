//go:build unix

package engine_test

import (
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// profiled runs a whole program and returns what its profile shows.
func profiled(t *testing.T, src string) []engine.Sample {
	t.Helper()
	h := newHost()
	u, err := h.check("main", "p.go", src)
	if err != nil {
		t.Fatal(err)
	}
	h.m.Add(u)
	r := engine.NewRun("test")
	if pan := h.m.Call(r, u.Pkg.Scope().Lookup("setup").(*types.Func)); pan != nil {
		t.Fatal(h.panicked(pan))
	}
	p := h.m.StartProfile(r, cpu)
	if h.m.StartProfile(r, cpu) != nil {
		t.Error("two profiles at once")
	}
	pan := h.m.Call(r, u.Pkg.Scope().Lookup("main").(*types.Func))
	list, ran := p.Stop()
	if ran <= 0 || ran > time.Minute {
		t.Errorf("it ran %v", ran)
	}
	if pan != nil {
		t.Fatal(h.panicked(pan))
	}
	return list
}

// share is the part of the time, in percent, of samples whose stack has one
// of the calls, or with leaf whose innermost call is one.
func share(list []engine.Sample, leaf bool, funcs ...string) float64 {
	var with, all time.Duration
	for _, s := range list {
		all += s.Time
		stack := s.Stack
		if leaf {
			stack = stack[:1]
		}
		if slices.ContainsFunc(stack, func(c engine.Call) bool { return slices.Contains(funcs, c.Func) }) {
			with += s.Time
		}
	}
	return 100 * float64(with) / float64(all)
}

const profileHead = `package main

import ("crypto/sha256"; "sort"; "strings"; "sync"; "time")

var sink int

func spin(n int) { for i := 0; i < n; i++ { sink += i & 7 } }
func f(n int) { spin(3 * n) }
func g(n int) { spin(n) }
var earlier func(n int)
func setup() { earlier = func(n int) { for i := 0; i < n; i++ { sink += i & 7 } } }
func recur(n int) { if n > 0 { recur(n - 1) } }
func work(s []byte) { sum := sha256.Sum256(s); sink += int(sum[0]) }

var _, _, _, _, _ = sha256.Sum256, sort.Slice, strings.Repeat, time.Sleep, sync.Mutex{}
`

// TestProfileShares has programs whose time goes where it is known to go.
func TestProfileShares(t *testing.T) {
	for _, test := range []struct {
		name, body string
		leaf       bool
		funcs      []string
		low, high  float64
	}{
		{"interpreted", `f(9_000_000); g(9_000_000)`, false, []string{"main.f"}, 65, 85},
		{"alternating", `for range 9000 { f(1000); g(1000) }`, false, []string{"main.f"}, 65, 85},
		{"compiled", `s := make([]byte, 50<<20); work(s); work(s); work(s); work(s)`, true, []string{"crypto/sha256.Sum256"}, 80, 100},
		{"compiled by its caller", `s := make([]byte, 50<<20); work(s); work(s); work(s); work(s)`, false, []string{"main.work"}, 80, 100},
		{"compiled in short calls", `n := 0; for range 300 { n += len(strings.Repeat("ab", 1<<20)) }; sink = n`, true, []string{"strings.Repeat"}, 70, 100},
		{"callback", `s := make([]int, 200_000); for i := range s { s[i] = i * 7919 % 100_003 }
			sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })`, false, []string{"sort.Slice"}, 75, 100},
		{"callback itself", `s := make([]int, 60_000); for i := range s { s[i] = i * 7919 % 100_003 }
			sort.Slice(s, func(i, j int) bool { spin(20); return s[i] < s[j] })`, true, []string{"main.main.func1", "main.spin"}, 70, 100},
		{"sleep", `for range 20 { time.Sleep(10*time.Millisecond); f(100_000) }`, false, []string{"main.f"}, 80, 100},
		{"goroutines", `var wg sync.WaitGroup; ch := make(chan int)
			wg.Go(func() { f(9_000_000); ch <- 1 }); wg.Go(func() { <-ch; g(9_000_000) }); wg.Wait()`, false, []string{"main.f"}, 65, 85},
		{"iterator", `seq := func(yield func(int) bool) { for i := range 1000 { if !yield(i) { return } } }
			for range seq { f(9000) }
			g(9_000_000)`, false, []string{"main.f"}, 65, 85},
		{"made before", `earlier(27_000_000); g(9_000_000)`, false, []string{"main.setup.func1"}, 50, 85},
		{"deep", `for range 100 { recur(10_000) }; g(100)`, false, []string{"main.main"}, 99, 100},
		{"recovered", `func() { defer func() { recover() }(); f(9_000_000); panic(1) }(); g(9_000_000)`, false, []string{"main.f"}, 65, 85},
	} {
		t.Run(test.name, func(t *testing.T) {
			var list []engine.Sample
			got := 0.0
			for range 5 { // on a busy machine samples are few
				list = append(list, profiled(t, profileHead+"func main() {\n"+test.body+"\n}\n")...)
				if got = share(list, test.leaf, test.funcs...); got >= test.low && got <= test.high {
					return
				}
			}
			t.Errorf("%v take %.0f %%, want %.0f to %.0f", test.funcs, got, test.low, test.high)
			for _, s := range list {
				t.Log(s.Time, s.Ticks, s.Stack)
			}
		})
	}
}

// TestProfiledPrograms runs the programs of TestPrograms while their runs are
// profiled: that changes nothing of what they do.
func TestProfiledPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, want, _ := strings.Cut(string(src), "/* Output:\n")
			want = trimLines(strings.TrimSuffix(strings.TrimSpace(want), "*/"))
			h := newHost()
			h.profile = true
			if got := trimLines(h.run(file)); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
