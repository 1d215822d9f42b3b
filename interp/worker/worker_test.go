package worker_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/internal/traceback"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// The test binary is its own worker.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "session" {
		os.Exit(worker.Serve(func(cfg interp.Config) (*interp.Session, error) {
			cfg.Library = stdlib.Library()
			return interp.New(cfg)
		}))
	}
	if file := os.Getenv(orphanFile); file != "" {
		orphan(file)
	}
	os.Exit(m.Run())
}

// transcript is a sink that writes down what comes, in order.
type transcript struct {
	mu    sync.Mutex
	b     strings.Builder
	last  string
	seen  chan string // gets every text, if not nil
	reply string
}

func (s *transcript) put(name, text string) {
	s.mu.Lock()
	if name != s.last {
		s.b.WriteString("[" + name + "]")
		s.last = name
	}
	s.b.WriteString(text)
	s.mu.Unlock()
	if s.seen != nil {
		s.seen <- text
	}
}

func (s *transcript) Stream(name, text string) { s.put(name, text) }
func (s *transcript) Display(d show.Display)   { s.put("display", d.Bundle.PlainText()) }
func (s *transcript) Clear(wait bool)          { s.put("clear", fmt.Sprint(wait)) }
func (s *transcript) Input(_ context.Context, prompt string, _ bool) (string, error) {
	s.put("input", prompt)
	return s.reply, nil
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func start(t testing.TB) *worker.Client {
	t.Helper()
	c, err := worker.Start(worker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func run(c *worker.Client, src string) (show.Result, string) {
	out := &transcript{}
	res := c.Execute(context.Background(), show.Cell{Source: src, Count: 1}, out)
	return res, out.String()
}

// Panics of goroutines, of callbacks and of comms' handlers have the colours that
// errors of cells have, in a worker that has followed another, too.
func TestReportsHaveColours(t *testing.T) {
	c, err := worker.Start(worker.Options{Colours: traceback.Terminal})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	run(c, "syscall.Kill(os.Getpid(), syscall.SIGKILL)")
	const fault, place, plain = "\x1b[1;31m", "\x1b[1;36m", "\x1b[0m"
	for src, want := range map[string]string{
		`go func() { panic("oh") }()`: fault + "panic in the goroutine started at cell[1]:1:26" + plain + ": oh\n  " + place + "cell[1]:1:13" + plain + " in a function literal\n",

		`_ = time.AfterFunc(0, func() { panic("oh") })`: fault + "panic in the function at cell[1]:1:23, called by time.AfterFunc" + plain + ": oh\n  " + place + "cell[1]:1:32" + plain + " in a function literal\n",
	} {
		awaitOutput(t, c, src, "[stderr]"+want)
	}
	awaitOutput(t, start(t), `go func() { panic("oh") }()`, "[stderr]panic in the goroutine started at cell[1]:1:26: oh\n  cell[1]:1:13 in a function literal\n")
}

// awaitOutput runs a cell that goes on beside, and waits for what it prints.
func awaitOutput(t *testing.T, c *worker.Client, src, want string) {
	t.Helper()
	out := &transcript{}
	c.Execute(context.Background(), show.Cell{Source: src, Count: 1}, out)
	for range 200 {
		if out.String() == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s: got %q, want %q", src, out.String(), want)
}

func TestValuesAndState(t *testing.T) {
	c := start(t)
	if res, _ := run(c, "x := 20"); res.Err != nil {
		t.Fatal(res.Err)
	}
	if res, _ := run(c, "x + 1"); res.Value.PlainText() != "21" {
		t.Errorf("%+v", res)
	}
	if res, _ := run(c, "os.Exit(0)"); res.Exit == nil || *res.Exit != 0 || res.Err == nil {
		t.Errorf("os.Exit(0): %+v", res)
	}
	if res, _ := run(c, "os.Args"); res.Value.PlainText() != "[sheaf]" {
		t.Errorf("os.Args: %+v", res.Value)
	}
}

// What a cell writes to its two streams, by fmt or to the descriptors, comes
// in the order in which it was written.
func TestStreamsKeepTheirOrder(t *testing.T) {
	c := start(t)
	_, got := run(c, `for i := 0; i < 20; i++ {
	fmt.Print("o", i)
	println("e", i)
}`)
	want := ""
	for i := range 20 {
		want += fmt.Sprintf("[stdout]o%d[stderr]e %d\n", i, i)
	}
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	_, got = run(c, `os.Stdout.WriteString("straight ä€𝄞")`)
	if got != "[stdout]straight ä€𝄞" {
		t.Errorf("%q", got)
	}
}

// Displays keep their place among what is printed.
func TestDisplaysKeepTheirOrder(t *testing.T) {
	c := start(t)
	_, got := run(c, `fmt.Print("before")
show.Show(show.HTML("<b>x</b>"))
fmt.Print("between")
h := show.Live("0 %")
println("err")
h.Update("100 %")
show.Clear(true)`)
	want := "[stdout]before[display]<b>x</b>[stdout]between[display]0 %[stderr]err\n[display]100 %[clear]true"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestNothingPrintedIsLost(t *testing.T) {
	c := start(t)
	res, got := run(c, `for i := 0; i < 100000; i++ { fmt.Println(i) }`)
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(got, "[stdout]"), "\n"), "\n")
	if len(lines) != 100000 || lines[99999] != "99999" || lines[54321] != "54321" {
		t.Errorf("%d lines", len(lines))
	}
}

func TestInput(t *testing.T) {
	c := start(t)
	for src, want := range map[string]string{
		"var name string\nfmt.Scanln(&name)\nname":                          "Ada",
		"sc := bufio.NewScanner(os.Stdin)\nsc.Scan()\nsc.Text()":            "Ada Lovelace",
		"line, _ := bufio.NewReader(os.Stdin).ReadString('\\n')\nlen(line)": "13",
	} {
		out := &transcript{reply: "Ada Lovelace"}
		if strings.Contains(src, "Scanln") {
			out.reply = "Ada"
		}
		res := c.Execute(context.Background(), show.Cell{Source: src, Count: 1}, out)
		if res.Value.PlainText() != want || !strings.Contains(out.String(), "[input]") {
			t.Errorf("%q: %+v after %q", src, res, out)
		}
	}
}

func TestInterruptKeepsState(t *testing.T) {
	c := start(t)
	run(c, "timer := time.NewTimer(time.Hour)") // which may wake: what waits is no deadlock
	for _, src := range []string{"for { x++ }", "select {}", "time.Sleep(time.Hour)", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"func rec(n int) int { if n < 2 { return n }; return rec(n-1) + rec(n-2) }\nrec(60)"} {
		r := begin(t, c, "x := 1\nfmt.Print(x)\n"+src)
		time.Sleep(100 * time.Millisecond)
		r.cancel()
		if res := r.end(t); res.Err == nil || res.Err.Name != "interrupted" {
			t.Errorf("%q: %+v", src, res)
		}
		if res, _ := run(c, "x >= 1"); res.Value.PlainText() != "true" {
			t.Errorf("after %q: %+v", src, res)
		}
	}
}

// A worker that does not even hear the first interrupt is killed by the second.
func TestSecondInterruptKills(t *testing.T) {
	needs.Program(t, "sh")
	c := start(t)
	res, _ := run(c, "x := 1\nos.Getpid()")
	pid := res.Value.PlainText()
	out := &transcript{seen: make(chan string, 10)}
	go func() {
		<-out.seen
		for begin := time.Now(); !stopped(pid) && time.Since(begin) < 20*time.Second; { // before, the first one would be heard
			time.Sleep(time.Millisecond)
		}
		c.Interrupt()
		c.Interrupt() // at once: the same one, come twice
		time.Sleep(100 * time.Millisecond)
		c.Interrupt()
	}()
	res = c.Execute(context.Background(), show.Cell{Source: `fmt.Println("in")
exec.Command("sh", "-c", "kill -STOP $PPID").Run()
select {}`, Count: 1}, out)
	if res.Err == nil || res.Err.Name != "interrupted" || !strings.Contains(res.Err.Value, "was killed") {
		t.Errorf("%+v", res)
	}
	if res, _ := run(c, "1 + 1"); res.Value.PlainText() != "2" {
		t.Errorf("the next cell: %+v", res)
	}
	if res, _ := run(c, "x"); res.Err == nil {
		t.Errorf("a variable of the killed worker is left: %+v", res)
	}
}

// stopped reports whether a process has been stopped.
func stopped(pid string) bool {
	state, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil { // another system
		state, _ = exec.Command("ps", "-o", "state=", "-p", pid).Output()
	}
	return slices.Contains(strings.Fields(string(state)), "T")
}

// What kills the process, or would if it were not caught before, is told by its
// reason, and the next cell runs.
func TestWorkerDies(t *testing.T) {
	t.Setenv("GORACE", "report_bugs=0") // the race below is the cell's own
	c := start(t)
	for src, want := range map[string]string{
		"func f(n int) int { return f(n+1) + 1 }\nf(0)":      "stack overflow",
		"m := map[string]any{}\nm[\"x\"] = m\nfmt.Sprint(m)": "stack overflow",
		"b := make([]byte, 1<<46)\nlen(b)":                   "",
		"p, _ := os.FindProcess(os.Getppid()); _ = p\nm := map[int]int{}\nfor i := 0; i < 4; i++ { go func() { for { m[1]++ } }() }\ntime.Sleep(5*time.Second)": "concurrent map",
	} {
		res, out := run(c, src)
		if res.Err == nil || !strings.Contains(res.Err.Error(), want) {
			t.Errorf("%q: %+v\n%s", src, res.Err, out)
		}
		if strings.Contains(out, "goroutine ") || strings.Contains(out, ".go:") {
			t.Errorf("%q: our frames are shown:\n%s", src, out)
		}
		if res, _ := run(c, "1 + 1"); res.Value.PlainText() != "2" {
			t.Errorf("after %q: %+v", src, res)
		}
	}
}

func TestCompleteWhileBusy(t *testing.T) {
	c := start(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan show.Result)
	out := &transcript{seen: make(chan string, 10)}
	go func() {
		done <- c.Execute(ctx, show.Cell{Source: "fmt.Println(0)\nfor {}", Count: 1}, out)
	}()
	<-out.seen
	if got := c.Complete(context.Background(), "strings.ToUp", 12); len(got.Items) != 2 || got.Items[0].Text != "ToUpper" {
		t.Errorf("%+v", got)
	}
	cancel()
	<-done
}

func TestBackgroundOutputGoesToItsCell(t *testing.T) {
	c := start(t)
	out := &transcript{seen: make(chan string, 10)}
	c.Execute(context.Background(), show.Cell{Source: `go func() { time.Sleep(50 * time.Millisecond); fmt.Println("late") }()`, Count: 1}, out)
	select {
	case text := <-out.seen:
		if text != "late\n" {
			t.Errorf("%q", text)
		}
	case <-time.After(5 * time.Second):
		t.Error("what a goroutine printed after its cell did not come")
	}
}

// User expressions are evaluated when the cell is done. Statements are refused
// without being run, and what fails or panics is an error of its own.
func TestUserExpressions(t *testing.T) {
	c := start(t)
	exprs := map[string]string{
		"sum": "a + 1", "note": "a // it", "nothing": "quiet()", "none": "nope", "cut": "a +", "empty": "", "define": "b := 1", "assign": "a = 9",
		"two": "a; a", "func": "func f() {}", "import": `import "os"`, "panic": "[]int{}[a]", "string": "bad{}", "exit": "os.Exit(3)",
	}
	source := "a := 2\nfunc quiet() {}\ntype bad struct{}\nfunc (bad) String() string { panic(\"no text\") }"
	res := c.Execute(context.Background(), show.Cell{Source: source, Count: 1, Exprs: exprs}, &transcript{})
	for key, want := range map[string]string{
		"sum": "3", "note": "2", "nothing": "", "none": "compile error: cell[1]:1:1: undefined: nope",
		"cut": "compile error: cell[1]:1:4: expected operand, found the end of the cell", "empty": "compile error: not an expression", "define": "compile error: not an expression",
		"assign": "compile error: not an expression", "two": "compile error: not an expression", "func": "compile error: not an expression",
		"import": "compile error: not an expression", "panic": "panic: runtime error: index out of range [2] with length 0",
		"string": "main.bad (its String or Display panicked: no text)", "exit": "os.Exit: exit status 3",
	} {
		got := res.Exprs[key].Value.PlainText()
		if err := res.Exprs[key].Err; err != nil {
			got = err.Name + ": " + err.Value
		}
		if got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	after := c.Execute(context.Background(), show.Cell{Source: "a", Count: 2}, &transcript{})
	if after.Value.PlainText() != "2" {
		t.Errorf("a is %+v", after)
	}
}
