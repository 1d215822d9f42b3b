package worker_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// What a cell writes through files keeps its order too, and a file that takes
// the place of the standard output gets what is printed.
func TestFilesKeepTheirOrder(t *testing.T) {
	c := start(t)
	_, got := run(c, `var w io.Writer = os.Stderr
for i := range 10 {
	fmt.Fprint(os.Stderr, "a", i)
	os.Stdout.Write([]byte("b"))
	os.Stderr.WriteString("c")
	fmt.Print("d")
	w.Write([]byte("e"))
	io.WriteString(os.Stdout, "f")
}`)
	want := ""
	for i := range 10 {
		want += fmt.Sprintf("[stderr]a%d[stdout]b[stderr]c[stdout]d[stderr]e[stdout]f", i)
	}
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	res, got := run(c, `r, pipe, _ := os.Pipe()
was := os.Stdout
os.Stdout = pipe
fmt.Print("into the pipe")
os.Stdout = was
pipe.Close()
text, _ := io.ReadAll(r)
fmt.Print("out")
string(text)`)
	if got != "[stdout]out" || res.Value.PlainText() != `into the pipe` {
		t.Errorf("got %q, %+v", got, res)
	}
	if res, _ := run(c, "var none *os.File\n_, err := none.Write(nil)\nerr"); !strings.Contains(res.Value.PlainText(), "invalid argument") {
		t.Errorf("%+v", res)
	}
}

// A cell that closes a standard stream, or the file that has taken its place,
// leaves the next ones their output.
func TestClosedStreamsOpenAgain(t *testing.T) {
	c := start(t)
	for _, closing := range []string{
		"os.Stdout.Close()", "os.Stderr.Close()", "os.Stdout.Close(); os.Stderr.Close()", "var c io.Closer = os.Stdout; c.Close()",
		"os.Stdout.Close(); other, _ := os.Open(os.DevNull)", // it has the descriptor now
		"syscall.Close(1)", "syscall.Close(2)",
		"_, os.Stdout, _ = os.Pipe(); os.Stdout.Close()", "os.Stderr = nil",
	} {
		if res, _ := run(c, closing); res.Err != nil {
			t.Fatalf("%s: %+v", closing, res.Err)
		}
		for name, src := range map[string]string{
			"stdout": "fmt.Print(`a`)\ncmd := exec.Command(`printf`, `b`)\ncmd.Stdout = os.Stdout\ncmd.Run()",
			"stderr": "fmt.Fprint(os.Stderr, `a`)\ncmd := exec.Command(`sh`, `-c`, `printf b >&2`)\ncmd.Stderr = os.Stderr\ncmd.Run()",
		} {
			res, got := run(c, src)
			if want := "[" + name + "]ab"; got != want || res.Err != nil {
				t.Errorf("after %s: got %q, want %q; %+v", closing, got, want, res.Err)
			}
		}
	}
	if res, _ := run(c, "_, err := other.Stat()\nerr"); res.Err != nil || res.Value.PlainText() != "nil" {
		t.Errorf("a file of the cell was closed: %+v", res)
	}
}

// Goroutines print and show under the cell that started them, whichever runs,
// also those that compiled code has started.
func TestGoroutinesKeepTheirCell(t *testing.T) {
	c := start(t)
	old, other := &transcript{}, &transcript{}
	execute := func(src string, out *transcript) show.Result {
		return c.Execute(context.Background(), show.Cell{Source: src, Count: 1}, out)
	}
	execute(`step := make(chan int)
server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fmt.Print("served;") }))
go func() {
	for i := range step {
		fmt.Print("late", i, ";")
		println("err")
		log.Print("logged")
		show.Show(i)
		fmt.Fprint(os.Stdout, "file;")
		step <- 0
	}
}()
fmt.Print("first;")`, old)
	res := execute(`log.SetFlags(0)
for i := range 2 {
	fmt.Print("mine;")
	step <- i
	<-step
	http.Get(server.URL)
}
fmt.Print("end")`, other)
	if want := "[stdout]mine;mine;end"; other.String() != want || res.Err != nil {
		t.Errorf("the running cell got %q, want %q; %v", other, want, res.Err)
	}
	want := "[stdout]first;"
	for i := range 2 {
		want += fmt.Sprintf("late%d;[stderr]err\nlogged\n[display]%d[stdout]file;served;", i, i)
	}
	if old.String() != want {
		t.Errorf("the first cell got %q\nwant %q", old, want)
	}
}

// What is printed between two cells is the earlier one's.
func TestPrintedBetweenCells(t *testing.T) {
	c := start(t)
	old, other := &transcript{}, &transcript{}
	for range 20 {
		c.Execute(context.Background(), show.Cell{Source: `go func() { time.Sleep(2 * time.Millisecond); fmt.Print("late;") }()`, Count: 1}, old)
		time.Sleep(2 * time.Millisecond)
		c.Execute(context.Background(), show.Cell{Source: `1`, Count: 2}, other)
	}
	want := "[stdout]" + strings.Repeat("late;", 20)
	for begin := time.Now(); len(old.String()) < len(want) && time.Since(begin) < 20*time.Second; {
		time.Sleep(10 * time.Millisecond)
	}
	run(c, "1") // all has been delivered after it
	if old.String() != want || other.String() != "" {
		t.Errorf("the first cell got %q, the other %q", old, other)
	}
}
