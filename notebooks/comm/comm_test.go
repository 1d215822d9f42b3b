package comm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/comm"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// connect writes down what goes to the front end.
func connect(t *testing.T) *[]show.Comm {
	var got []show.Comm
	comm.Connect(func(m show.Comm) error { got = append(got, m); return nil })
	t.Cleanup(func() { comm.Connect(nil) })
	return &got
}

func TestHandlersAreReplaced(t *testing.T) {
	got := connect(t)
	for _, name := range []string{"first", "second"} {
		comm.Handle("replaced", func(c *comm.Comm, _ comm.Message) { c.Send(name) })
		comm.Deliver(show.Comm{Event: show.CommOpen, ID: name, Target: "replaced"})
	}
	comm.Handle("replaced", nil)
	comm.Deliver(show.Comm{Event: show.CommOpen, ID: "third", Target: "replaced"})
	want := []show.Comm{
		{Event: "msg", ID: "first", Data: json.RawMessage(`"first"`)},
		{Event: "msg", ID: "second", Data: json.RawMessage(`"second"`)},
		{Event: "close", ID: "third", Data: json.RawMessage(`{}`)},
	}
	if fmt.Sprint(*got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", *got, want)
	}
}

// A handler may open, send and close, also its own comm, and what comes for a
// comm that it has closed is dropped.
func TestHandlerClosesItsComm(t *testing.T) {
	got := connect(t)
	comm.Handle("once", func(c *comm.Comm, _ comm.Message) {
		c.OnMessage(func(comm.Message) {
			c.Close(map[string]bool{"done": true})
			if err := c.Send(1); !errors.Is(err, comm.ErrClosed) {
				t.Errorf("after Close: %v", err)
			}
		})
		c.OnClose(func(comm.Message) { t.Error("OnClose is for what the front end closes") })
	})
	comm.Deliver(show.Comm{Event: show.CommOpen, ID: "x", Target: "once"})
	for range 2 {
		comm.Deliver(show.Comm{Event: show.CommMessage, ID: "x"})
	}
	comm.Deliver(show.Comm{Event: show.CommClose, ID: "x"})
	if len(*got) != 1 || (*got)[0].Event != "close" || string((*got)[0].Data) != `{"done":true}` {
		t.Errorf("%v", *got)
	}
}

func TestDecode(t *testing.T) {
	var n int
	if err := (comm.Message{Data: json.RawMessage(`7`)}).Decode(&n); err != nil || n != 7 {
		t.Error(n, err)
	}
	if err := (comm.Message{Data: json.RawMessage(`"7"`)}).Decode(&n); err == nil {
		t.Error("a text was decoded as a number")
	}
}

func TestNoFrontEnd(t *testing.T) {
	if c, err := comm.Open("x", nil); c != nil || !errors.Is(err, comm.ErrNoFrontEnd) {
		t.Error(c, err)
	}
}

func ExampleHandle() {
	comm.Connect(func(m show.Comm) error { // a Jupyter kernel does this
		fmt.Println("to the front end:", string(m.Data))
		return nil
	})
	defer comm.Connect(nil)
	comm.Handle("counter", func(c *comm.Comm, _ comm.Message) {
		n := 0
		c.OnMessage(func(m comm.Message) {
			n++
			c.Send(map[string]int{"n": n})
		})
	})
	comm.Deliver(show.Comm{Event: show.CommOpen, ID: "1", Target: "counter"})
	comm.Deliver(show.Comm{Event: show.CommMessage, ID: "1"})
	comm.Deliver(show.Comm{Event: show.CommMessage, ID: "1"})
	// Output:
	// to the front end: {"n":1}
	// to the front end: {"n":2}
}
