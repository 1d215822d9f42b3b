package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Two clients send cells, questions and interrupts as they please. Whatever
// happens, every request has one reply and one story on iopub: busy first,
// idle last, outputs between them in their order.
func TestSoak(t *testing.T) {
	const n = 400
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	s := serve(t)
	clients := []*client{s.client(), s.client()}
	type request struct {
		c        *client
		p        *pipe
		id, kind string
	}
	var sent []request
	cells := []string{"print a\nprint b", "print a\neprint b\ndisplay c\nprint d", "value 1", "fail", "sleep 1ms", "sleep 20ms", "spin", "lines 2000", "input x", ""}
	for i := range n {
		c := clients[r.IntN(2)]
		switch k := r.IntN(10); {
		case k < 5:
			code := fmt.Sprintf("# %d\n%s", i, cells[r.IntN(len(cells))])
			id := c.execute(code, object{"silent": r.IntN(10) == 0, "stop_on_error": r.IntN(3) > 0, "allow_stdin": false})
			sent = append(sent, request{c, c.shell, id, "execute"})
		case k < 8:
			kind := []string{"complete", "inspect", "is_complete", "kernel_info", "comm_info"}[r.IntN(5)]
			sent = append(sent, request{c, c.shell, c.send(c.shell, kind+"_request", object{"code": "abc"}), kind})
		default:
			sent = append(sent, request{c, c.control, c.send(c.control, "interrupt_request", object{}), "interrupt"})
		}
	}
	stop := make(chan struct{}) // what spins is interrupted until everything is answered
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				s.engine.Interrupt()
			}
		}
	}()
	defer close(stop)

	replies := make(map[string]msg)
	for _, q := range sent {
		for replies[q.id].Header.MsgID == "" {
			m := q.c.until(q.p, func(msg) bool { return true })[0]
			if old, twice := replies[m.Parent.MsgID]; twice {
				t.Fatalf("two replies: %s and %s", old, m)
			}
			replies[m.Parent.MsgID] = m
		}
		same(t, "type", replies[q.id].Header.MsgType, q.kind+"_reply")
	}
	last := clients[0].send(clients[0].shell, "kernel_info_request", object{})
	story := make(map[string][]msg)
	for _, m := range clients[0].until(clients[0].iopub, func(m msg) bool {
		return m.Parent.MsgID == last && m.content["execution_state"] == "idle"
	}) {
		story[m.Parent.MsgID] = append(story[m.Parent.MsgID], m)
	}
	for _, q := range sent {
		checkStory(t, q.kind, replies[q.id], story[q.id])
	}
}

// checkStory checks what iopub told about one request against its reply.
func checkStory(t *testing.T, kind string, reply msg, ms []msg) {
	t.Helper()
	got := kinds(ms)
	inner, begins := strings.CutPrefix(got, "status busy; ")
	inner, ends := strings.CutSuffix(inner, "status idle")
	if !begins || !ends || strings.Contains(inner, "status") {
		t.Errorf("%s: %s", reply, got)
	}
	status := reply.content["status"]
	if (kind != "execute" || status == "aborted") && inner != "" {
		t.Errorf("%s: %s", reply, got)
	}
	if strings.Contains(inner, "execute_result") && status != "ok" || strings.Contains(inner, "error ") && status != "error" {
		t.Errorf("%s: %s", reply, got)
	}
}

// Thousands of cells leave nothing in the kernel but their entries in the
// history and in the script's list of them. (Without a key, so that the digests
// of messages are not kept, of which there is a limit.)
func TestManyCellsLeaveNothing(t *testing.T) {
	c := serveOn(t, "tcp", func(c *connection) { c.Key = "" }).client()
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // what had finalizers
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var before int64
	for i := range 4000 {
		if i == 1000 {
			before = heap()
		}
		c.run([]string{"value 1", "print a\nprint b", "fail", "display a id", "comm x echo"}[i%5])
	}
	grown := (heap() - before) / 3000
	t.Logf("%d bytes a cell", grown)
	if grown > 600 {
		t.Errorf("every cell leaves %d bytes", grown)
	}
}
