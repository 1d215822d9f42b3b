package kernel

import (
	"testing"

	"github.com/go-zeromq/zmq4"
)

// question waits for an input_request and checks it.
func (c *client) question(cell, want string) msg {
	c.t.Helper()
	m := c.until(c.stdin, func(msg) bool { return true })[0]
	if m.Header.MsgType != "input_request" || m.Parent.MsgID != cell || string(m.Content) != want {
		c.t.Fatalf("stdin brought %s for %s, want %s for %s", m, m.Parent.MsgID, want, cell)
	}
	return m
}

func TestInput(t *testing.T) {
	c := serve(t).client()
	for _, verb := range []string{"input", "password"} {
		cell := c.execute("print before\n" + verb + " Name: ")
		want := `{"prompt":"Name:","password":false}`
		if verb == "password" {
			want = `{"prompt":"Name:","password":true}`
		}
		c.question(cell, want)
		c.send(c.stdin, "input_reply", object{"value": "Ann"})
		same(t, "status", c.reply(c.shell, cell).content["status"], any("ok"))
		same(t, "outputs", kinds(c.outputs(cell)), `status busy; execute_input; stream stdout before\n; stream stdout <Ann>; status idle`)
	}
}

func TestInputRefused(t *testing.T) {
	c := serve(t).client()
	reply, _ := c.run("input x", object{"allow_stdin": false})
	same(t, "why", reply.content["evalue"], any(ErrNoInput.Error()))
	if len(c.stdin.in) > 0 {
		t.Errorf("the client was asked: %s", <-c.stdin.in)
	}
}

// A client without a stdin channel is told so, and holds up nobody.
func TestInputWithoutStdin(t *testing.T) {
	s := serve(t)
	a, b := s.client(), s.client()
	b.stdin.sock.Close()
	reply, _ := b.run("input x")
	same(t, "why", reply.content["evalue"], any(ErrNoStdin.Error()))
	cell := a.execute("input y")
	a.question(cell, `{"prompt":"y","password":false}`)
	a.send(a.stdin, "input_reply", object{"value": "Ann"})
	same(t, "status", a.reply(a.shell, cell).content["status"], any("ok"))
}

// A client that leaves after it was asked takes its answer with it, also when
// it comes back under the same name before anybody can look.
func TestInputClientLeaves(t *testing.T) {
	for _, back := range []bool{false, true} {
		s := serve(t)
		a, b := s.client(), s.client()
		cell := b.execute("input x")
		b.question(cell, `{"prompt":"x","password":false}`)
		if back {
			b.open(zmq4.NewDealer(t.Context(), zmq4.WithID(zmq4.SocketIdentity(b.wire.ID))), s.conn.Stdin)
		} else {
			b.stdin.sock.Close()
		}
		same(t, "why", b.reply(b.shell, cell).content["evalue"], any(ErrNoStdin.Error()))
		b.outputs(cell)
		cell = a.execute("input y")
		a.question(cell, `{"prompt":"y","password":false}`)
		a.send(a.stdin, "input_reply", object{"value": "Ann"})
		same(t, "status", a.reply(a.shell, cell).content["status"], any("ok"))
	}
}

func TestInputInterrupted(t *testing.T) {
	s := serve(t)
	c := s.client()
	cell := c.execute("input x")
	c.question(cell, `{"prompt":"x","password":false}`)
	c.ask(c.control, "interrupt_request", object{})
	reply := c.reply(c.shell, cell)
	same(t, "why", reply.content["ename"], any("interrupted"))
	// The answer to the question that was given up answers no other.
	c.send(c.stdin, "input_reply", object{"value": "stale"})
	s.arrived(c)
	cell = c.execute("input y")
	q := c.question(cell, `{"prompt":"y","password":false}`)
	c.rawAs(c.stdin, "input_reply", `{"msg_id":"another","msg_type":"input_request"}`, `{"value":"wrong"}`)
	c.rawAs(c.stdin, "input_reply", string(q.RawHeader), `{"value":"right"}`)
	c.reply(c.shell, cell)
	out := c.outputs(cell)
	same(t, "output", out[2].content["text"], any("<right>"))
}

// Only the client that sent the cell is asked, and only it can answer.
func TestInputTwoClients(t *testing.T) {
	s := serve(t)
	a, b := s.client(), s.client()
	cell := a.execute("input x")
	a.question(cell, `{"prompt":"x","password":false}`)
	b.send(b.stdin, "input_reply", object{"value": "from b"})
	s.arrived(b)
	if len(b.stdin.in) > 0 {
		t.Errorf("the other client was asked: %s", <-b.stdin.in)
	}
	a.send(a.stdin, "input_reply", object{"value": "from a"})
	a.reply(a.shell, cell)
	same(t, "output", a.outputs(cell)[2].content["text"], any("<from a>"))
}
