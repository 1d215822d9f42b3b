package kernel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
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

// An interrupt aborts what was sent before it, also by many messages at once.
// What is sent after its reply runs, even if the interrupted cell has not ended,
// and a failure then aborts what is behind it as always.
func TestSentAfterInterrupt(t *testing.T) {
	s := serve(t)
	c := s.client()
	sub := c.subshell()
	in := func(shell, code string) string { return c.in(shell, "execute_request", object{"code": code}) }
	for round := range 5 {
		var running []string
		for _, shell := range []string{"", sub} {
			running = append(running, in(shell, "defer 50ms"))
			c.begun(running[len(running)-1])
		}
		var before []string
		for i := range 300 {
			before = append(before, in([]string{"", sub}[i%2], "# before"))
		}
		c.ask(c.control, "interrupt_request", object{})
		after := []string{in("", "# after"), in(sub, "# after"), in("", fmt.Sprintf("gate %d\nfail", round)), in("", "# behind")}
		c.send(c.shell, "kernel_info_request", object{}) // its reply tells that all is in line
		status := map[string]string{}
		for range len(running) + len(before) + len(after) + 1 {
			m := c.until(c.shell, func(msg) bool { return true })[0]
			if m.Header.MsgType == "kernel_info_reply" {
				s.engine.open(fmt.Sprint(round))
				continue
			}
			status[m.Parent.MsgID] = m.content["status"].(string)
		}
		count := map[string]int{}
		for _, id := range before {
			count[status[id]]++
		}
		same(t, fmt.Sprint(round, ": before"), fmt.Sprint(count), "map[aborted:300]")
		var got []string
		for _, id := range append(running, after...) {
			got = append(got, status[id])
		}
		same(t, fmt.Sprint(round, ": running and after"), strings.Join(got, " "), "error error ok ok error aborted")
	}
}

// What an interrupt aborts is told by the clock of its sender, where that is also
// the cell's, and else by what has come.
func TestCut(t *testing.T) {
	at := time.Now()
	when := func(ms int) time.Time { return at.Add(time.Duration(ms) * time.Millisecond) }
	byMessage := cut{number: 5, session: "a", sent: when(0), at: at}
	for _, tt := range []struct {
		name          string
		cut           cut
		number        int
		session, date string
		came          time.Time
		want          bool
	}{
		{"queued", byMessage, 5, "a", wire.Timestamp(when(-1)), when(-1), true},
		{"overtaken by the interrupt", byMessage, 6, "a", wire.Timestamp(when(-1)), when(1), true},
		{"overtook the interrupt", byMessage, 5, "a", wire.Timestamp(when(1)), when(-1), false},
		{"later", byMessage, 6, "a", wire.Timestamp(when(1)), when(1), false},
		{"another's, queued", byMessage, 5, "b", wire.Timestamp(when(1)), when(-1), true},
		{"another's, later", byMessage, 6, "b", wire.Timestamp(when(-1)), when(1), false},
		{"a clock set back", byMessage, 6, "a", wire.Timestamp(when(-3_600_000)), when(1500), false},
		{"no date", byMessage, 6, "a", "", when(1), false},
		{"a zone", byMessage, 6, "a", when(-1).In(time.FixedZone("", 9*3600)).Format(time.RFC3339Nano), when(1), true},
		{"a signal, queued", cut{number: 5, at: at}, 5, "", wire.Timestamp(when(-1)), when(-1), true},
		{"a signal, later", cut{number: 5, at: at}, 6, "", wire.Timestamp(when(-1)), when(1), false},
		{"no cut", cut{}, 1, "a", wire.Timestamp(when(-1)), when(1), false},
	} {
		x := &execution{number: tt.number, came: tt.came, req: &wire.Message{Header: wire.Header{Session: tt.session, Date: tt.date}}}
		same(t, tt.name, tt.cut.has(x), tt.want)
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
	k.interrupt(nil)
	<-e.told
	same(t, "calls after one", e.calls, 0)
	k.interrupt(nil)
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
			if d := time.Since(begin); d > patience/2 {
				t.Errorf("shutdown on %s (busy: %v) took %v", channel, busy, d)
			}
		}
	}
}
