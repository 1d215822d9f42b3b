package worker_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// cells runs sources as cells 1, 2, … and returns the last one's outcome.
func cells(t *testing.T, c *worker.Client, sources ...string) (res show.Result, out string) {
	t.Helper()
	for i, src := range sources {
		sink := &transcript{}
		res = c.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, sink)
		out = sink.String()
		if res.Err != nil && i+1 < len(sources) {
			t.Fatalf("%s: %v", src, res.Err)
		}
	}
	return res, out
}

// After a worker has died its session can be had again.
func TestRerunAfterDeath(t *testing.T) {
	needs.Program(t, "sh")
	c := start(t)
	res, _ := cells(t, c, "x := 20", "func twice(n int) int { return 2 * n }", "y := twice(x)\nfmt.Println(\"y\", y)", "%rerun 1-1\nz := 1", `!kill -9 $PPID`)
	want := "a new session has started, the variables x, y and z are gone; %rerun runs the cells before again"
	if res.Err == nil || !strings.Contains(res.Err.Value, want) {
		t.Fatalf("got %+v, want %q", res.Err, want)
	}
	if res, _ := run(c, "y"); res.Err == nil {
		t.Fatal("y is still there")
	}
	res, out := run(c, "%rerun")
	if res.Err != nil || !strings.Contains(out, "y 40") || !strings.Contains(out, "ran 4 cells again") {
		t.Errorf("%v %s", res.Err, out)
	}
	if res, _ := run(c, "x + y + z"); res.Value.PlainText() != "61" {
		t.Errorf("%+v", res)
	}
	// A second time, with what has come since.
	res, _ = run(c, "!kill -9 $PPID")
	if res.Err == nil || !strings.Contains(res.Err.Value, "x, y and z are gone") {
		t.Errorf("%+v", res.Err)
	}
	if res, out := run(c, "%rerun 2\n%who"); res.Err != nil || !strings.HasSuffix(out, "againtwice") {
		t.Errorf("%v %s", res.Err, out)
	}
}

func TestDeathOfAnEmptySession(t *testing.T) {
	needs.Program(t, "sh")
	res, _ := run(start(t), "!kill -9 $PPID")
	if res.Err == nil || !strings.HasSuffix(res.Err.Value, "; a new session has started") {
		t.Errorf("%+v", res.Err)
	}
}

// Programs of shell lines end with their cell's interrupt, and with the worker.
func TestShellInterrupt(t *testing.T) {
	needs.Program(t, "sh")
	c := start(t)
	file := filepath.Join(t.TempDir(), "out")
	script := fmt.Sprintf("%%%%sh\n(while :; do echo x >> %s; sleep 0.02; done) & wait", file)
	for _, hard := range []string{"", "trap '' TERM; "} {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan show.Result)
		go func() {
			done <- c.Execute(ctx, show.Cell{Source: strings.Replace(script, "(", hard+"(", 1), Count: 1}, &transcript{})
		}()
		for size(file) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
		within(t, 15*time.Second, "an interrupted shell line", func() {
			if res := <-done; res.Err == nil || res.Err.Name != "interrupted" {
				t.Errorf("%+v", res)
			}
		})
		stays(t, file)
		os.Remove(file)
	}
	if res, _ := run(c, "1 + 1"); res.Value.PlainText() != "2" {
		t.Errorf("the next cell: %+v", res)
	}
}

// stays fails the test when a file goes on growing.
func stays(t *testing.T, file string) {
	t.Helper()
	within(t, 10*time.Second, "the end of a program that writes", func() {
		for before := int64(-1); before != size(file); time.Sleep(300 * time.Millisecond) {
			before = size(file)
		}
	})
}

func TestBackgroundProgramEndsWithWorker(t *testing.T) {
	needs.Program(t, "sh")
	for _, end := range []string{"close", "crash"} {
		c := start(t)
		file := filepath.Join(t.TempDir(), "out")
		src := fmt.Sprintf("!(while :; do echo x >> %s; sleep 0.02; done) &", file)
		within(t, 10*time.Second, "a line that leaves a program behind", func() {
			if res, _ := run(c, src); res.Err != nil {
				t.Error(res.Err)
			}
		})
		for size(file) == 0 {
			time.Sleep(time.Millisecond)
		}
		if end == "close" {
			c.Close()
		} else {
			run(c, "!kill -9 $PPID")
		}
		stays(t, file)
	}
}

// What a program prints comes as it prints it, in order and whole.
func TestShellStreams(t *testing.T) {
	needs.Program(t, "sh")
	c := start(t)
	out := &transcript{seen: make(chan string, 100)}
	done := make(chan show.Result)
	go func() {
		done <- c.Execute(context.Background(), show.Cell{Source: "!echo first; sleep 60", Count: 1}, out)
	}()
	within(t, 10*time.Second, "the first line", func() {
		if text := <-out.seen; text != "first\n" {
			t.Errorf("%q", text)
		}
	})
	c.Interrupt()
	<-done
	n := 200_000
	res, text := run(c, fmt.Sprintf("!i=0; seq 1 %d", n))
	if lines := strings.Count(text, "\n"); res.Err != nil || lines != n || !strings.HasSuffix(text, fmt.Sprintf("\n%d\n", n)) {
		t.Errorf("%v, %d lines", res.Err, lines)
	}
	res, text = run(c, "!echo to the other >&2; exit 3")
	if text != "[stderr]to the other\n" || res.Err == nil || res.Err.Value != "!echo to the other >&2; exit 3: exit status 3" {
		t.Errorf("%q %v", text, res.Err)
	}
}

// %%capture takes what compiled code and programs write as well.
func TestCaptureOfTheProcess(t *testing.T) {
	needs.Program(t, "sh")
	c := start(t)
	res, out := cells(t, c, "%%capture all\n!echo from a shell\nfmt.Println(\"from Go\")\nos.Stdout.WriteString(\"straight\\n\")\nshow.Show(1)\n2", "all")
	if want := "from a shell\nfrom Go\nstraight\n"; res.Value.PlainText() != want || out != "" {
		t.Errorf("%q %q %v", res.Value.PlainText(), out, res.Err)
	}
	res, out = cells(t, c, "%%capture --no-display all\nshow.Show(1)\nfmt.Print(3)", "%%capture --no-stdout\nfmt.Print(4)\n5")
	if out != "[stdout]4" || res.Err != nil {
		t.Errorf("%q %v", out, res.Err)
	}
	big := `%%capture all
for i := 0; i < 100000; i++ { fmt.Println("line", i) }`
	if res, _ := cells(t, c, big, "len(all)"); res.Value.PlainText() != "1088890" {
		t.Errorf("%+v", res)
	}
	within(t, 5*time.Second, "a program left behind", func() {
		if res, _ := cells(t, c, "%%capture all\n!(sleep 30) & echo begun", "all"); res.Value.PlainText() != "begun\n" {
			t.Errorf("%+v", res)
		}
	})
	if _, out := run(c, `fmt.Print("after")`); out != "[stdout]after" {
		t.Errorf("%q", out)
	}
}

var duration = regexp.MustCompile(`\(\d+\.\d+s\)`)

const testCell = `func TestPasses(t *testing.T) { t.Log("fine") }
func TestSubtests(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	t.Run("bad", func(t *testing.T) { t.Errorf("got %d", 1) })
}
func TestPanics(t *testing.T) { var m map[string]int; m["a"] = 1 }
func TestStops(t *testing.T) { t.Fatal("fatal"); fmt.Println("never") }
func TestSkips(t *testing.T) { t.Skip("not today") }
func Testify() {}
func BenchmarkLoop(b *testing.B) { for i := 0; i < b.N; i++ {} }`

func TestTestCommand(t *testing.T) {
	c := start(t)
	res, out := cells(t, c, testCell, "%test")
	want := `[stdout]=== RUN   TestPasses
    cell[1]:1: fine
--- PASS: TestPasses (0.00s)
=== RUN   TestSubtests
=== RUN   TestSubtests/good
=== RUN   TestSubtests/bad
    cell[1]:4: got 1
--- FAIL: TestSubtests (0.00s)
    --- PASS: TestSubtests/good (0.00s)
    --- FAIL: TestSubtests/bad (0.00s)
=== RUN   TestPanics
    panic: assignment to entry in nil map
          cell[1]:6:56 in TestPanics
            func TestPanics(t *testing.T) { var m map[string]int; m["a"] = 1 }
                                                                   ^
--- FAIL: TestPanics (0.00s)
=== RUN   TestStops
    cell[1]:7: fatal
--- FAIL: TestStops (0.00s)
=== RUN   TestSkips
    cell[1]:8: not today
--- SKIP: TestSkips (0.00s)
FAIL
`
	if got := duration.ReplaceAllString(out, "(0.00s)"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if res.Err == nil || res.Err.Value != "%test: failed: TestSubtests, TestPanics, TestStops" {
		t.Errorf("%v", res.Err)
	}
	res, out = run(c, "%test -run Passes|good -bench .")
	bench := regexp.MustCompile(`(?s)^\[stdout\]=== RUN   TestPasses\n.*\nBenchmarkLoop(-\d+)?\s+\d+\s+[\d.]+ ns/op\nPASS\n$`)
	if res.Err != nil || !bench.MatchString(out) || strings.Contains(out, "TestStops") {
		t.Errorf("%v %s", res.Err, out)
	}
	if res, out := run(c, "%test -run ("); res.Err == nil {
		t.Errorf("a bad pattern: %s", out)
	}
}

// Whatever part of a test panics, on whatever goroutine, the test has failed
// and the others run. Helpers are left out of places.
func TestTestCommandPanics(t *testing.T) {
	c := start(t)
	res, out := cells(t, c, `func check(t testing.TB, n int) {
	t.Helper()
	if n != 1 {
		t.Errorf("got %d", n)
	}
}`, `func TestSub(t *testing.T) {
	t.Run("one", func(t *testing.T) {
		panic("in one")
	})
	t.Run("two", func(t *testing.T) {
		check(t, 2)
	})
}
func TestParallel(t *testing.T) {
	for i := range 2 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			_ = []int{7}[i]
		})
	}
}
func TestCleanup(t *testing.T) {
	t.Cleanup(func() { panic("in cleanup") })
}
func TestRecovers(t *testing.T) {
	t.Run("sort", func(t *testing.T) {
		defer func() { t.Log(recover()) }()
		slices.SortFunc([]int{2, 1}, func(a, b int) int { panic("in a callback") })
	})
}
func TestGoexit(t *testing.T) {
	t.Run("exit", func(t *testing.T) { runtime.Goexit() })
}`, "%test")
	for _, want := range []string{
		"panic: in one\n          cell[2]:3:3 in a function literal of TestSub\n", "    cell[2]:6: got 2\n",
		"panic: runtime error: index out of range [1] with length 1\n", "    --- PASS: TestParallel/0 ", "    --- FAIL: TestParallel/1 ",
		"panic: in cleanup\n", "    cell[2]:22: in a callback\n", "--- PASS: TestRecovers ", "the test has ended its goroutine",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if res.Err == nil || res.Err.Value != "%test: failed: TestSub, TestParallel, TestCleanup, TestGoexit" {
		t.Errorf("%v", res.Err)
	}
	res, out = cells(t, c, `func BenchmarkSub(b *testing.B) {
	b.Run("x", func(b *testing.B) { panic("in a benchmark") })
}
func BenchmarkParallel(b *testing.B) {
	b.RunParallel(func(pb *testing.PB) { panic("beside it") })
}`, "%test -run - -bench .")
	if !strings.Contains(out, "panic: in a benchmark\n") || !strings.Contains(out, "panic: beside it\n") || res.Err == nil {
		t.Errorf("%v %s", res.Err, out)
	}
	res, _ = run(c, `testing.Benchmark(func(b *testing.B) { panic("by a cell") })`)
	if res.Err == nil || res.Err.Value != "by a cell" {
		t.Errorf("%v", res.Err)
	}
}

// Examples are compared with the output that their comments want.
func TestTestCommandExamples(t *testing.T) {
	c := start(t)
	res, out := cells(t, c, `func ExampleRight() {
	fmt.Println("a")
	fmt.Fprintln(os.Stdout, "b")
	// Output:
	// a
	// b
}
func ExampleWrong() {
	fmt.Println("a")
	// Output: b
}
func ExamplePanics() {
	fmt.Println("a")
	panic("no")
	// Output: a
}
func ExampleUnordered() {
	fmt.Println("b\na")
	// Unordered output:
	// a
	// b
}
func ExampleCompiled() { panic("not run") }`, "%test")
	for _, want := range []string{
		"--- PASS: ExampleRight ", "got:\na\nwant:\nb\n", "got:\na\npanic: no\n  cell[1]:14:2 in ExamplePanics\n", "--- PASS: ExampleUnordered ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if res.Err == nil || strings.Contains(out, "ExampleCompiled") {
		t.Errorf("%v %s", res.Err, out)
	}
	if _, out := run(c, "fmt.Println(1)"); out != "[stdout]1\n" {
		t.Errorf("after examples: %q", out)
	}
}

func TestTestCommandRefuses(t *testing.T) {
	c := start(t)
	if res, _ := run(c, "%test"); res.Err == nil || !strings.Contains(res.Err.Value, "no cell has declared a function TestXxx") {
		t.Errorf("%+v", res.Err)
	}
	res, _ := cells(t, c, "func TestBad(n int) {}", "%test")
	if res.Err == nil || res.Err.Value != "%test: TestBad has the wrong signature: want func(t *testing.T), got func(int)" {
		t.Errorf("%+v", res.Err)
	}
	// Of a function that was declared again the last one counts.
	res, out := cells(t, c, "func TestBad(t *testing.T) { t.Log(\"now good\") }", "%test")
	if res.Err != nil || !strings.Contains(out, "now good") {
		t.Errorf("%v %s", res.Err, out)
	}
}

// A test that does not end is interrupted, and those after it do not run.
func TestTestCommandInterrupt(t *testing.T) {
	c := start(t)
	cells(t, c, "n := 0\nfunc TestForever(t *testing.T) { for { n++ } }\nfunc TestLater(t *testing.T) { n = -1 }")
	out := &transcript{seen: make(chan string, 100)}
	done := make(chan show.Result)
	go func() { done <- c.Execute(context.Background(), show.Cell{Source: "%test", Count: 2}, out) }()
	<-out.seen
	time.Sleep(200 * time.Millisecond)
	c.Interrupt()
	within(t, 15*time.Second, "an interrupted test", func() {
		if res := <-done; res.Err == nil || res.Err.Name != "interrupted" {
			t.Errorf("%+v", res)
		}
	})
	if res, _ := run(c, "n > 0"); res.Value.PlainText() != "true" {
		t.Errorf("%+v\n%s", res, out.String())
	}
}

// Interrupted, %timeit and %rerun end as a cell does.
func TestCommandsInterrupt(t *testing.T) {
	c := start(t)
	begun := filepath.Join(t.TempDir(), "begun")
	cells(t, c, "n := 0", fmt.Sprintf("func spin() { for { if n++; n == 2000 { os.WriteFile(%q, []byte{1}, 0o600) } } }", begun), "if n == 0 { n++ } else { spin() }")
	for _, src := range []string{"%timeit spin()", "%rerun 3", "%prun spin()", "%%capture x\nspin()", "%time spin()"} {
		done := make(chan show.Result)
		var said transcript
		go func() { done <- c.Execute(context.Background(), show.Cell{Source: src, Count: 9}, &said) }()
		within(t, 20*time.Second, "the begin of "+src, func() {
			for size(begun) == 0 { // written by the first one
				time.Sleep(time.Millisecond)
			}
		})
		time.Sleep(300 * time.Millisecond)
		c.Interrupt()
		within(t, 15*time.Second, src, func() {
			if res := <-done; res.Err == nil || res.Err.Name != "interrupted" {
				t.Errorf("%s: %+v", src, res)
			}
		})
		if strings.HasPrefix(src, "%prun") && !strings.Contains(said.b.String(), "100.0%  spin ") {
			t.Errorf("%s shows nothing of what ran: %s", src, said.b.String())
		}
		if res, _ := run(c, "n > 1000"); res.Value.PlainText() != "true" {
			t.Errorf("after %s: %+v", src, res)
		}
		if res, _ := run(c, `fmt.Print("out")`); res.Err != nil {
			t.Errorf("after %s: %+v", src, res)
		}
	}
}
