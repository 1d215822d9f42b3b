package kernel

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// in sends a request to a subshell and returns its id.
func (c *client) in(subshell, kind string, content object) string {
	c.t.Helper()
	id := fmt.Sprint("in-", rand.Int64())
	header, _ := json.Marshal(object{"msg_id": id, "msg_type": kind, "session": c.wire.ID, "date": wire.Timestamp(time.Now()), "subshell_id": subshell})
	body, _ := json.Marshal(content)
	c.raw(c.shell, string(header), "{}", "{}", string(body))
	return id
}

func (c *client) subshell() string {
	c.t.Helper()
	reply := c.ask(c.control, "create_subshell_request", object{})
	id, _ := reply.content["subshell_id"].(string)
	if id == "" || reply.content["status"] != "ok" {
		c.t.Fatalf("no subshell: %s", reply)
	}
	return id
}

func (c *client) list() []any {
	c.t.Helper()
	list, _ := c.ask(c.control, "list_subshell_request", object{}).content["subshell_id"].([]any)
	return list
}

// begun waits until a cell runs.
func (c *client) begun(id string) {
	c.t.Helper()
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "execute_input" && m.Parent.MsgID == id })
}

// What is in a subshell does not wait for what is in another: cells, questions
// and errors. The counter is the kernel's.
func TestSubshells(t *testing.T) {
	s := serve(t)
	c := s.client()
	same(t, "none yet", len(c.list()), 0)
	a, b := c.subshell(), c.subshell()
	if got := c.list(); len(got) != 2 || !slices.Contains(got, any(a)) || !slices.Contains(got, any(b)) {
		t.Errorf("list: %v, want %s and %s", got, a, b)
	}
	first := c.execute("spin")
	c.begun(first)
	second := c.in(a, "execute_request", object{"code": "print a\nspin"})
	c.begun(second)
	third := c.in(b, "execute_request", object{"code": "value 3"})
	reply := c.reply(c.shell, third)
	same(t, "count", reply.content["execution_count"], any(3.0))
	same(t, "in the third", kinds(c.outputs(third)), "status busy; execute_input; execute_result; status idle")
	for _, cell := range s.engine.all() {
		same(t, "shared", cell.Shared, true)
	}

	// An error aborts what waits in its own subshell.
	waits := c.in(a, "execute_request", object{"code": "value waits"})
	fails := c.in(b, "execute_request", object{"code": "gate a\nfail x"})
	behind := c.in(b, "execute_request", object{"code": "value behind"})
	c.inLine()
	s.engine.open("a")
	same(t, "fails", c.reply(c.shell, fails).content["status"], any("error"))
	same(t, "behind", c.reply(c.shell, behind).content["status"], any("aborted"))

	same(t, "complete", c.reply(c.shell, c.in(b, "complete_request", object{"code": "p"})).content["status"], any("ok"))

	// An interrupt is for all.
	c.ask(c.control, "interrupt_request", object{})
	got := map[string]any{}
	for range 3 {
		m := c.until(c.shell, func(msg) bool { return true })[0]
		got[m.Parent.MsgID] = m.content["status"]
	}
	same(t, "interrupted", fmt.Sprint(got[first], " ", got[second], " ", got[waits]), "error error aborted")
}

// The cell of a subshell that is deleted is interrupted, what waits in it is
// answered, and nothing more runs in it.
func TestDeleteSubshell(t *testing.T) {
	c := serve(t).client()
	id := c.subshell()
	runs := c.in(id, "execute_request", object{"code": "spin"})
	c.begun(runs)
	waits := c.in(id, "execute_request", object{"code": "value 1"})
	c.in(id, "complete_request", object{"code": "p"})
	c.until(c.shell, func(m msg) bool { return m.Header.MsgType == "complete_reply" })
	same(t, "deleted", c.ask(c.control, "delete_subshell_request", object{"subshell_id": id}).content["status"], any("ok"))
	same(t, "ran", c.reply(c.shell, runs).content["status"], any("error"))
	same(t, "waited", c.reply(c.shell, waits).content["status"], any("aborted"))
	same(t, "list", len(c.list()), 0)
	for _, kind := range []string{"execute_request", "complete_request", "inspect_request", "is_complete_request"} {
		late := c.in(id, kind, object{"code": "value 2"})
		same(t, kind, c.reply(c.shell, late).content["ename"], any("SubshellNotFound"))
		same(t, kind, kinds(c.outputs(late)), "status busy; status idle")
	}
	for _, id := range []string{id, "", "no such"} {
		reply := c.ask(c.control, "delete_subshell_request", object{"subshell_id": id})
		same(t, "deleted again", reply.content["ename"], any("SubshellNotFound"))
	}
	reply, _ := c.run("value 3")
	same(t, "the first goes on", reply.content["status"], any("ok"))
}

// Questions of two cells come one after the other; a cell that waits for its
// turn to ask can be ended without the other.
func TestQuestionsOfSubshells(t *testing.T) {
	c := serve(t).client()
	sub := c.subshell()
	first := c.execute("input first")
	q := c.question(first, `{"prompt":"first","password":false}`)
	second := c.in(sub, "execute_request", object{"code": "input second"})
	c.begun(second)
	c.ask(c.control, "delete_subshell_request", object{"subshell_id": sub})
	same(t, "second", c.reply(c.shell, second).content["status"], any("error"))
	c.rawAs(c.stdin, "input_reply", string(q.RawHeader), `{"value":"Ann"}`)
	same(t, "first", c.reply(c.shell, first).content["status"], any("ok"))

	sub = c.subshell()
	c.in(sub, "execute_request", object{"code": "input a"})
	c.execute("input b")
	for range 2 {
		q := c.until(c.stdin, func(m msg) bool { return m.Header.MsgType == "input_request" })[0]
		c.rawAs(c.stdin, "input_reply", string(q.RawHeader), `{"value":"Ann"}`)
		same(t, "status", c.reply(c.shell, q.Parent.MsgID).content["status"], any("ok"))
	}
}

// usage_request tells what the kernel and its children use.
func TestUsage(t *testing.T) {
	c := serve(t).client()
	for range 2 {
		r := c.ask(c.control, "usage_request", object{}).content
		memory, _ := r["kernel_memory"].(float64)
		host, _ := r["host_virtual_memory"].(map[string]any)
		total, _ := host["total"].(float64)
		if r["status"] != "ok" || memory < 1<<20 || total < memory || r["hostname"] == "" || r["pid"].(float64) < 1 || r["cpu_count"].(float64) < 1 {
			t.Errorf("usage: %v", r)
		}
	}
}
