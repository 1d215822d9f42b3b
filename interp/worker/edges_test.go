package worker_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// within fails the test when f takes longer than limit.
func within(t *testing.T, limit time.Duration, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { f(); close(done) }()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatalf("%s takes longer than %v", what, limit)
	}
}

// A program that a cell started and that holds the worker's output open
// keeps neither a dying worker's cell nor Close waiting.
func TestChildOutlivesWorker(t *testing.T) {
	needs.Program(t, "setsid")
	c, err := worker.Start(worker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const child = `cmd := exec.Command("setsid", "sleep", "12")
cmd.Stdout = os.Stdout
err := cmd.Start()
fmt.Println("child", err)
`
	within(t, 10*time.Second, "a cell whose worker died", func() {
		if res, out := run(c, child+"self, _ := os.FindProcess(os.Getpid())\nself.Kill()\nselect {}"); res.Err == nil || !strings.Contains(out, "child <nil>") {
			t.Errorf("%+v %s", res, out)
		}
	})
	within(t, 10*time.Second, "Close", func() {
		if res, _ := run(c, child); res.Err != nil {
			t.Error(res.Err)
		}
		c.Close()
	})
}

// orphanFile names, for a test binary started with it, the file of orphan.
const orphanFile = "SHEAF_TEST_ORPHAN"

// orphan is a client that dies while a program of its cell writes to a file.
func orphan(file string) {
	c, err := worker.Start(worker.Options{Env: []string{orphanFile + "="}})
	if err != nil {
		panic(err)
	}
	res, _ := run(c, fmt.Sprintf(`exec.Command("sh", "-c", "while :; do echo x >> %s; sleep 0.02; done").Start()`, file))
	if res.Err != nil {
		panic(res.Err)
	}
	for size(file) == 0 {
		time.Sleep(time.Millisecond)
	}
	os.Exit(0)
}

func size(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}

// A worker whose client has died takes the programs of its cells with it.
func TestClientDies(t *testing.T) {
	needs.Program(t, "sh")
	file := filepath.Join(t.TempDir(), "grows")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), orphanFile+"="+file)
	if out, err := cmd.CombinedOutput(); err != nil || size(file) == 0 {
		t.Fatalf("%v, %d bytes\n%s", err, size(file), out)
	}
	within(t, 10*time.Second, "the end of the programs that write", func() {
		for before := int64(-1); before != size(file); time.Sleep(500 * time.Millisecond) {
			before = size(file)
		}
	})
}

// A child that prints without end does not hold up the cell.
func TestEndlessChild(t *testing.T) {
	needs.Program(t, "yes")
	c := start(t)
	within(t, 30*time.Second, "a cell beside a child that prints", func() {
		res, _ := run(c, `cmd := exec.Command("yes")
cmd.Stdout = os.Stdout
if err := cmd.Start(); err != nil { panic(err) }
time.Sleep(50*time.Millisecond)
for i := 0; i < 5; i++ { println(i); fmt.Println(i) }
cmd.Process.Kill()
cmd.Wait()
7`)
		if res.Value.PlainText() != "7" {
			t.Errorf("%+v", res)
		}
	})
}

// An interrupt that comes before the worker has begun the cell counts too.
func TestEarlyInterrupt(t *testing.T) {
	c := start(t)
	run(c, "x := 1")
	for range 30 {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		within(t, 10*time.Second, "a cell whose context had ended before", func() {
			if res := c.Execute(ctx, show.Cell{Source: "select {}", Count: 1}, &transcript{}); res.Err == nil || res.Err.Name != "interrupted" {
				t.Errorf("%+v", res)
			}
		})
	}
	if res, _ := run(c, "x"); res.Value.PlainText() != "1" {
		t.Errorf("the state is gone: %+v", res)
	}
}

// What a cell prints is never taken for a crash for good, however much it is.
func TestLooksLikeCrash(t *testing.T) {
	c := start(t)
	res, out := run(c, `fmt.Fprintln(os.Stderr, "panic: not really")
line := strings.Repeat("x", 99) + "\n"
for i := 0; i < 30000; i++ { os.Stderr.WriteString(line) }`)
	if want := len("[stderr]panic: not really\n") + 30000*100; res.Err != nil || len(out) != want {
		t.Errorf("%d bytes came, want %d: %+v", len(out), want, res.Err)
	}
}

// asked is a sink whose questions are answered by the test.
type asked struct {
	transcript
	questions chan chan string
}

func (s *asked) Input(context.Context, string, bool) (string, error) {
	answer := make(chan string)
	s.questions <- answer
	return <-answer, nil
}

// An answer to a question of an interrupted cell is not the next one's.
func TestLateAnswer(t *testing.T) {
	c := start(t)
	out := &asked{questions: make(chan chan string)}
	read := func(ctx context.Context, n int) <-chan show.Result {
		done := make(chan show.Result, 1)
		go func() {
			done <- c.Execute(ctx, show.Cell{Source: fmt.Sprintf("var s%d string\nfmt.Scanln(&s%d)\ns%d", n, n, n), Count: n}, out)
		}()
		return done
	}
	var late []chan string
	for n := range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		done := read(ctx, n)
		late = append(late, <-out.questions)
		cancel()
		if res := <-done; res.Err == nil || res.Err.Name != "interrupted" {
			t.Fatalf("%+v", res)
		}
	}
	done := read(context.Background(), 9)
	question := <-out.questions
	for _, l := range late {
		l <- "late"
	}
	question <- "right"
	within(t, 10*time.Second, "a cell that was answered", func() {
		if res := <-done; res.Value.PlainText() != "right" {
			t.Errorf("%+v", res)
		}
	})
}
