package kernel

import (
	"strings"
	"testing"
	"time"
)

func TestInterrupt(t *testing.T) {
	s := serve(t)
	c := s.client()
	same(t, "idle", string(c.ask(c.control, "interrupt_request", object{}).Content), `{"status":"ok"}`)
	cells := []string{c.execute("print a\nspin"), c.execute("# 1", object{"stop_on_error": false}), c.execute("# 2")}
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "stream" })
	begin := time.Now()
	c.ask(c.control, "interrupt_request", object{})
	var got []string
	for _, id := range cells {
		got = append(got, c.reply(c.shell, id).content["status"].(string))
	}
	t.Logf("interrupted in %v", time.Since(begin))
	same(t, "statuses", strings.Join(got, " "), "error aborted aborted")
	if reply, _ := c.run("#"); reply.content["status"] != "ok" {
		t.Errorf("the next cell: %s", reply)
	}
}

// A second interrupt of the same cell is the engine's to deal with.
func TestInterruptTwice(t *testing.T) {
	e := &stubborn{told: make(chan struct{})}
	k := newKernel(t.Context(), connection{Key: testKey}, e, Options{})
	x := &execution{}
	shell := &subshell{running: x}
	k.shells.all[""] = shell
	k.mu.Lock()
	x.ctx, x.cancel = k.ctx, func() { close(e.told) }
	k.mu.Unlock()
	k.interrupt()
	<-e.told
	same(t, "calls after one", e.calls, 0)
	k.interrupt()
	same(t, "calls after two", e.calls, 1)
}

type stubborn struct {
	script
	told  chan struct{}
	calls int
}

func (e *stubborn) Interrupt() { e.calls++ }

func TestShutdown(t *testing.T) {
	for _, busy := range []bool{false, true} {
		for _, channel := range []string{"control", "shell"} {
			s := serve(t)
			c := s.client()
			if busy {
				c.execute("spin")
				c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "execute_input" })
			}
			p := c.control
			if channel == "shell" {
				p = c.shell
			}
			begin := time.Now()
			id := c.send(p, "shutdown_request", object{"restart": true})
			same(t, channel, string(c.reply(p, id).Content), `{"status":"ok","restart":true}`)
			var bye []msg
			for _, m := range c.outputs(id) {
				if m.Header.MsgType == "shutdown_reply" {
					bye = append(bye, m)
				}
			}
			if len(bye) != 1 || string(bye[0].Content) != `{"status":"ok","restart":true}` {
				t.Errorf("%s: iopub said %v", channel, bye)
			}
			s.wait()
			if !s.engine.closed {
				t.Error("the engine is still open")
			}
			if d := time.Since(begin); d > 2*time.Second {
				t.Errorf("shutdown on %s (busy: %v) took %v", channel, busy, d)
			}
		}
	}
}
