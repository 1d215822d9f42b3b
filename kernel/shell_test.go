package kernel

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// shellReplies checks the replies to one kind of request.
func shellReplies(t *testing.T, only string) {
	c := serve(t).client()
	for _, tt := range []struct {
		kind    string
		content object
		reply   string
	}{
		{"complete_request", object{"code": "é pri", "cursor_pos": 4},
			`{"status":"ok","matches":["prln"],"cursor_start":2,"cursor_end":4,"metadata":{"_jupyter_types_experimental":[` +
				`{"start":2,"end":4,"text":"prln","type":"function","signature":"func()"}]}}`},
		{"complete_request", object{"code": "a😀b c"}, // no cursor: the end
			`{"status":"ok","matches":["cln"],"cursor_start":4,"cursor_end":5,"metadata":{"_jupyter_types_experimental":[` +
				`{"start":4,"end":5,"text":"cln","type":"function","signature":"func()"}]}}`},
		{"inspect_request", object{"code": "a😀b", "cursor_pos": 2, "detail_level": 1},
			`{"status":"ok","found":true,"data":{"text/plain":"a😀|b detail 1"},"metadata":{}}`},
		{"inspect_request", object{"code": "", "cursor_pos": 99}, `{"status":"ok","found":false,"data":{},"metadata":{}}`},
		{"inspect_request", object{"code": "ab", "cursor_pos": -5},
			`{"status":"ok","found":true,"data":{"text/plain":"|ab detail 0"},"metadata":{}}`},
		{"is_complete_request", object{"code": "a"}, `{"status":"complete"}`},
		{"is_complete_request", object{"code": "a {"}, `{"status":"incomplete","indent":"\t"}`},
		{"is_complete_request", object{"code": "}}"}, `{"status":"invalid"}`},
		{"comm_info_request", object{}, `{"status":"ok","comms":{}}`},
		{"comm_info_request", object{"target_name": "jupyter.widget"}, `{"status":"ok","comms":{}}`},
	} {
		if tt.kind != only {
			continue
		}
		id := c.send(c.shell, tt.kind, tt.content)
		reply := c.reply(c.shell, id)
		same(t, tt.kind, reply.Header.MsgType, strings.Replace(tt.kind, "request", "reply", 1))
		same(t, tt.kind, string(reply.Content), tt.reply)
		same(t, tt.kind, kinds(c.outputs(id)), "status busy; status idle")
	}
}

func TestKernelInfo(t *testing.T) {
	c := serve(t).client()
	for _, p := range []*pipe{c.shell, c.control} {
		id := c.send(p, "kernel_info_request", object{})
		same(t, "info", string(c.reply(p, id).Content), `{"status":"ok","protocol_version":"5.5","implementation":"sheaf",`+
			`"implementation_version":"1.2","language_info":{"name":"go","version":"`+strings.TrimPrefix(runtime.Version(), "go")+`",`+
			`"mimetype":"text/x-go","file_extension":".go","pygments_lexer":"go","codemirror_mode":"go","nbconvert_exporter":"script"},`+
			`"banner":"sheaf 1.2","help_links":[],"supported_features":["kernel subshells"],"debugger":false}`)
		same(t, "status", kinds(c.outputs(id)), "status busy; status idle")
	}
}

func TestConnectRequest(t *testing.T) {
	s := serve(t)
	c := s.client()
	for _, p := range []*pipe{c.shell, c.control} {
		want := fmt.Sprintf(`{"status":"ok","shell_port":%d,"iopub_port":%d,"stdin_port":%d,"hb_port":%d,"control_port":%d}`,
			s.conn.Shell, s.conn.IOPub, s.conn.Stdin, s.conn.Heartbeat, s.conn.Control)
		same(t, "ports", string(c.ask(p, "connect_request", object{}).Content), want)
	}
}

// Questions are answered while a cell runs, and the cell's front end goes on
// showing it as running.
func TestQuestionsWhileBusy(t *testing.T) {
	c := serve(t).client()
	cell := c.execute("spin")
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "execute_input" })
	for _, kind := range []string{"complete_request", "inspect_request", "is_complete_request",
		"kernel_info_request", "history_request", "comm_info_request"} {
		id := c.send(c.shell, kind, object{"code": "a", "hist_access_type": "tail", "n": 1})
		c.reply(c.shell, id)
		out := c.until(c.iopub, func(m msg) bool { return m.Parent.MsgID == "" })
		same(t, kind, kinds(out), "status busy; status idle; status busy")
	}
	c.ask(c.control, "interrupt_request", object{})
	same(t, "cell", c.reply(c.shell, cell).content["status"], any("error"))
	same(t, "cell", kinds(c.outputs(cell)), "error interrupted; status idle")
	// Nothing claims that a cell runs after its idle.
	id := c.send(c.shell, "kernel_info_request", object{})
	c.outputs(id)
	c.ask(c.control, "kernel_info_request", object{})
	for len(c.iopub.in) > 0 {
		if m := <-c.iopub.in; m.Parent.MsgID == "" || m.Parent.MsgID == cell {
			t.Errorf("after the cell's idle came %s", m)
		}
	}
}

// A request's parent comes back as it was, also what we don't know.
func TestParentVerbatim(t *testing.T) {
	c := serve(t).client()
	header := `{"msg_id": "x1", "msg_type":"kernel_info_request","session":"s","username":"ü","date":"2020-01-01T00:00:00+09:00","version":"9.9","more":[1, 2]}`
	c.raw(c.shell, header, "{}", "{}", "{}")
	m := c.until(c.shell, func(m msg) bool { return m.Parent.MsgID == "x1" })[0]
	same(t, "parent", string(m.RawParent), header)
}

// Many requests at once, none lost, in order.
func TestManyRequests(t *testing.T) {
	c := serve(t).client()
	const n = 3000
	var ids []string
	begin := time.Now()
	for range n {
		ids = append(ids, c.send(c.shell, "complete_request", object{"code": "x"}))
	}
	for _, id := range ids {
		if m := <-c.shell.in; m.Parent.MsgID != id {
			t.Fatalf("reply to %s, want %s", m.Parent.MsgID, id)
		}
	}
	t.Logf("%d questions in %v", n, time.Since(begin))
	c.outputs(ids[n-1])
}
