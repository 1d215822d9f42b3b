package worker_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// page is a sink whose front end has comms.
type page struct {
	transcript
	mu   sync.Mutex
	got  []show.Comm
	came chan show.Comm
}

func newPage() *page { return &page{came: make(chan show.Comm, 100)} }

var _ show.CommSink = (*page)(nil)

func (p *page) Comm(m show.Comm) {
	p.mu.Lock()
	p.got = append(p.got, m)
	p.mu.Unlock()
	p.came <- m
}

func (p *page) next(t *testing.T) show.Comm {
	t.Helper()
	select {
	case m := <-p.came:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no message of a comm came")
		return show.Comm{}
	}
}

func runOn(c *worker.Client, p *page, src string) show.Result {
	return c.Execute(context.Background(), show.Cell{Source: src, Count: 1}, p)
}

func text(m show.Comm) string { return m.Event + " " + m.Target + string(m.Data) }

// The front end opens a comm, both sides send, and it closes: handlers run
// while a cell runs, and what they print is shown with the message.
func TestFrontEndOpensComm(t *testing.T) {
	c, cell := start(t), newPage()
	if res := runOn(c, cell, `var total int
comm.Handle("sum", func(c *comm.Comm, open comm.Message) {
	fmt.Println("opened", string(open.Data))
	c.OnMessage(func(m comm.Message) {
		var n int
		if err := m.Decode(&n); err != nil {
			c.Send(err.Error())
			return
		}
		total += n
		fmt.Println("added", n)
		c.Send(map[string]int{"total": total}, append(m.Buffers, []byte{1, 2})...)
	})
	c.OnClose(func(m comm.Message) { fmt.Println("closed", string(m.Data), string(m.Metadata)) })
})`); res.Err != nil {
		t.Fatal(res.Err)
	}
	busy := make(chan show.Result)
	go func() { busy <- runOn(c, newPage(), `for total < 7 { time.Sleep(time.Millisecond) }; total`) }()
	say := func(m show.Comm) *page {
		p := newPage()
		c.Comm(context.Background(), m, p)
		return p
	}
	if p := say(show.Comm{Event: show.CommOpen, ID: "a", Target: "sum", Data: json.RawMessage(`{"x":1}`)}); p.String() != "[stdout]opened {\"x\":1}\n" {
		t.Errorf("%q", p)
	}
	p := say(show.Comm{Event: show.CommMessage, ID: "a", Data: json.RawMessage(`7`), Buffers: [][]byte{{9}}})
	if m := p.next(t); p.String() != "[stdout]added 7\n" || text(m) != `msg {"total":7}` || m.ID != "a" || !reflect.DeepEqual(m.Buffers, [][]byte{{9}, {1, 2}}) {
		t.Errorf("%q %+v", p, m)
	}
	if res := <-busy; res.Value.PlainText() != "7" {
		t.Errorf("%+v", res)
	}
	p = say(show.Comm{Event: show.CommMessage, ID: "a", Data: json.RawMessage(`"x"`)})
	if m := p.next(t); !strings.Contains(text(m), "cannot unmarshal string") {
		t.Errorf("%+v", m)
	}
	if p = say(show.Comm{Event: show.CommClose, ID: "a", Data: json.RawMessage(`1`), Metadata: json.RawMessage(`{"m":2}`)}); p.String() != "[stdout]closed 1 {\"m\":2}\n" {
		t.Errorf("%q", p)
	}
	if p = say(show.Comm{Event: show.CommMessage, ID: "a", Data: json.RawMessage(`7`)}); len(p.got) > 0 || p.String() != "" {
		t.Errorf("a closed comm answers: %+v %q", p.got, p)
	}
	p = say(show.Comm{Event: show.CommOpen, ID: "b", Target: "nobody"})
	if m := p.next(t); m.Event != show.CommClose || m.ID != "b" {
		t.Errorf("%+v", m)
	}
}

// A cell opens a comm; the worker's death closes it.
func TestCellOpensComm(t *testing.T) {
	c, p := start(t), newPage()
	res := runOn(c, p, `c, err := comm.OpenWith("jupyter.widget", map[string]string{"version": "2.1.0"}, map[string]int{"value": 3}, []byte("bytes"))
if err != nil { panic(err) }
done := make(chan string)
c.OnMessage(func(m comm.Message) { done <- string(m.Data) })
c.Target()`)
	m := p.next(t)
	if res.Err != nil || text(m) != `open jupyter.widget{"value":3}` || string(m.Metadata) != `{"version":"2.1.0"}` || string(m.Buffers[0]) != "bytes" {
		t.Fatalf("%v %+v", res.Err, m)
	}
	answer := make(chan show.Result)
	go func() { answer <- runOn(c, p, "<-done") }()
	c.Comm(context.Background(), show.Comm{Event: show.CommMessage, ID: m.ID, Data: json.RawMessage(`"hello"`)}, newPage())
	if res := <-answer; res.Value.PlainText() != `"hello"` {
		t.Errorf("%+v", res)
	}
	res = runOn(c, p, `_, err1 := comm.Open("t", func() {})
err2 := c.Close("bye")
err3 := c.Send(1)
err4 := c.Close(nil)
fmt.Sprint(err1, "; ", err2, "; ", err3, "; ", err4)`)
	if want := "comm: the data of a func(): json: unsupported type: func(); <nil>; comm: it has been closed; <nil>"; res.Value.PlainText() != want {
		t.Errorf("%+v, want %s", res, want)
	}
	if got := p.next(t); text(got) != `close "bye"` || got.ID != m.ID {
		t.Errorf("%+v", got)
	}
	runOn(c, p, `c, _ = comm.Open("again", nil)`)
	m = p.next(t)
	runOn(c, p, `syscall.Kill(syscall.Getpid(), 9)`)
	if got := p.next(t); got.Event != show.CommClose || got.ID != m.ID {
		t.Errorf("%+v", got)
	}
	if _, out := run(c, `_, err := comm.Open("x", nil); fmt.Print(err)`); !strings.Contains(out, "no front end is connected") {
		t.Error(out)
	}
}

// A handler that panics, ends the program or does not end harms nothing.
func TestCommHandlersFail(t *testing.T) {
	c, p := start(t), newPage()
	runOn(c, p, `for name, f := range map[string]func(){
	"panics": func() { var m map[int]int; m[1] = 2 },
	"exits": func() { os.Exit(3) },
	"hangs": func() { for {} },
	"sleeps": func() { time.Sleep(time.Hour) },
} {
	comm.Handle(name, func(*comm.Comm, comm.Message) { f() })
}
x := 5`)
	for target, want := range map[string]string{
		"panics": "[stderr]panic in the handler of comms for \"panics\": assignment to entry in nil map\n  cell[1]:2:",
		"exits":  "[stderr]os.Exit(3) in the handler of comms for \"exits\": the session goes on\n",
		"hangs":  "[stderr]the handler of comms for \"hangs\" was interrupted\n",
		"sleeps": "[stderr]the handler of comms for \"sleeps\" was interrupted\n",
	} {
		out := newPage()
		limit := 30 * time.Second
		if strings.HasSuffix(want, "interrupted\n") {
			limit = 300 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		within(t, 20*time.Second, "the end of a handler that "+target, func() {
			c.Comm(ctx, show.Comm{Event: show.CommOpen, ID: target, Target: target}, out)
		})
		cancel()
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: %q, want %q", target, out, want)
		}
	}
	if res, _ := run(c, "x"); res.Value.PlainText() != "5" {
		t.Errorf("%+v", res)
	}
}
