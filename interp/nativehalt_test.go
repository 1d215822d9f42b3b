package interp_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// endless are cells whose compiled code does not end by itself. Each counts in
// total, or makes garbage, or both.
var endless = map[string]string{
	"loop":       "func loop() { for { total++ } }\nloop()",
	"empty":      "func empty() { for {} }\nempty()",
	"cond":       "func cond(n int) { for i := 0; i < n; { total++ } }\ncond(1)",
	"nested":     "func nested() (s int) { for a := 1; a > 0; a++ { for b := range 100 { for c := 9; c > b; c-- { s += c ^ b } } }; return }\nnested()",
	"statements": "for i := 0; i < 1<<62; i++ { total ^= i }",
	"recursion": `func ack(m, n int) int {
	if m == 0 { return n + 1 }
	if n == 0 { return ack(m-1, 1) }
	return ack(m-1, ack(m, n-1))
}
func again() { for { ack(2, 50) } }
again()`,
	"fib": "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfib(90)",
	"table": `func table(x int) (s int) {
	for {
		switch x & 7 {
		case 0: s++
		case 1: s += 2
		case 2: s ^= 3
		case 3: s -= 4
		case 4: s *= 5
		case 5: s |= 6
		case 6: s &= 7
		case 7: s <<= 1
		}
		x = x*1103515245 + 12345 + s
	}
}
table(1)`,
	"garbage": "type node struct { next *node; val [4]int }\nfunc garbage() { var n *node; for i := 0; ; i++ { if i%100 == 0 { n = nil }; n = &node{n, [4]int{i}} } }\ngarbage()",
	"defers": `func deferring() (n int) {
	defer func() { for range 1000 { total++ }; recover() }()
	defer func() { n++ }()
	for i := 1; i > 0; i++ { n += i }
	return
}
deferring()`,
	"closures": "func apply(f func(int) int) (s int) { for i := 0; ; i++ { s += f(i) } }\nfunc closures() { k := 3; apply(func(i int) int { k += i; return k }) }\nclosures()",
	"methods":  "type shape interface{ area() int }\ntype sq struct{ n int }\nfunc (s sq) area() int { return s.n }\nfunc sum(list []shape) (n int) { for i := 0; ; i++ { n += list[i&1].area() } }\nsum([]shape{sq{1}, &sq{2}})",
	"sorted":   "import \"sort\"\nfunc sorting(xs []int) { for { sort.Slice(xs, func(i, j int) bool { return xs[i]*7%13 < xs[j]*7%13 }); xs[0]++ } }\nsorting(make([]int, 5000))",
	"goroutines": `import "sync"
func workers() {
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Add(1)
		go func() { defer wg.Done(); for i := w; ; i++ { if i < 0 { return } } }()
	}
	wg.Wait()
}
workers()`,
	"large":    "type big struct { a [400]int }\nfunc copying(x, y *big) { for { *x = *y; y.a[3]++ } }\ncopying(new(big), new(big))",
	"strings":  "func letters() (n int) { for { for _, r := range \"ein Text, über den man läuft\" { n += int(r) } } }\nletters()",
	"maps":     "func keys(m map[int]int) { for { for k := range m { m[k]++ } } }\nkeys(map[int]int{1: 1, 2: 2, 3: 3})",
	"iterator": "func upTo(n int) func(func(int) bool) { return func(yield func(int) bool) { for i := 0; i < n && yield(i); i++ {} } }\nfunc over(n int) (s int) { for i := range upTo(n) { s += i }; return }\nover(1 << 62)",
	// The compiler sees that nothing leads out of this one: it is interpreted.
	"folded": "func folded(n uint8) { for i := uint8(0); i <= 255; i++ { total += int(n) } }\nfolded(1)",
	"floats": "func floats(x float64) float64 { for x == x { x = x*0.5 + 1; if x > 1e300 { x = 0 } }; return x }\nfloats(2)",
	"pprof":  "import (\"context\"; \"runtime/pprof\")\nfunc labelled() { pprof.Do(context.Background(), pprof.Labels(\"a\", \"b\"), func(context.Context) { for { total++ } }) }\nlabelled()",
}

// TestNativeHalt interrupts compiled code at moments that nobody chooses. The
// cell ends as interrupted each time, and the session goes on.
func TestNativeHalt(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles cells and interrupts them many times")
	}
	if !withSymbols(t) {
		return
	}
	for name, source := range endless {
		t.Run(name, func(t *testing.T) {
			k := newTierTalker(t, interp.Native)
			k.run("total := 0")
			for range 15 {
				ctx, interrupt := context.WithCancel(context.Background())
				timer := time.AfterFunc(time.Duration(40+rand.IntN(20))*time.Millisecond, interrupt)
				k.cell++
				began := time.Now()
				res := k.s.Execute(ctx, show.Cell{Source: source, Count: k.cell}, silent{})
				timer.Stop()
				if res.Err == nil || !strings.Contains(res.Err.Error(), "interrupt") {
					t.Fatalf("got %v, want an interrupt", res.Err)
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("the interrupt took %v", took)
				}
			}
			k.run("total = 0")
			if said := k.tier(); strings.Contains(said, "without an end") != (name == "folded") {
				t.Errorf("%%tier says %s", said)
			}
		})
	}
}

// mixed computes a number by many kinds of jumps.
const mixed = `func mixed(n int) (sum uint64) {
	x, f := uint64(12345), 1.5
	words := []string{"a", "bc", "bd", "zz"}
	for i := 0; i < n; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		switch x & 7 {
		case 0: sum++
		case 1: sum ^= x
		case 2: sum += x >> 3
		case 3: sum -= 3
		case 4: sum *= 5
		case 5: sum |= 1 << 40
		case 6: if int8(x) < int8(x>>8) { sum += 7 }
		case 7: if uint8(x) <= uint8(x>>8) { sum += 11 }
		}
		if f = f*1.25 - 1; f > 1e6 || f != f { f = float64(x % 100) }
		if !(f >= 3) { sum += uint64(i) }
		if words[x&3] < words[x>>2&3] { sum ^= 99 }
		for j := int32(x % 5); j >= 0; j-- { sum += uint64(j) }
		if int64(x) < 0 && i > 100 { sum-- }
		sum += rec(int(x % 6))
	}
	return
}
func rec(n int) uint64 {
	if n == 0 { return 1 }
	return rec(n-1)*3 + uint64(n)
}`

// TestNativeHaltOthers interrupts cells while a goroutine of an earlier one
// computes: what it computes stays right.
func TestNativeHaltOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles cells and interrupts them many times")
	}
	if !withSymbols(t) {
		return
	}
	k := newTierTalker(t, interp.Native)
	k.run(mixed)
	k.run("total, want := 0, mixed(20_000_000)")
	k.run("sums := make(chan uint64, 1)\ngo func() { sums <- mixed(20_000_000) }()")
	for range 25 {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		k.cell++
		if res := k.s.Execute(ctx, show.Cell{Source: endless["loop"], Count: k.cell}, silent{}); res.Err == nil {
			t.Error("the cell was not interrupted")
		}
		cancel()
	}
	k.run("if got := <-sums; got != want { panic(fmt.Sprint(\"got \", got, \", want \", want)) }")
}
