package kernel

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// requests are all that clients send, with contents that are served.
var requests = []struct {
	channel, kind string
	content       object
	answered      bool
}{
	{"shell", "execute_request", object{"code": "#"}, true},
	{"shell", "inspect_request", object{"code": "a"}, true},
	{"shell", "complete_request", object{"code": "a"}, true},
	{"shell", "history_request", object{"hist_access_type": "tail", "n": 1}, true},
	{"shell", "is_complete_request", object{"code": "a"}, true},
	{"shell", "comm_info_request", object{}, true},
	{"shell", "kernel_info_request", object{}, true},
	{"shell", "connect_request", object{}, true},
	{"shell", "comm_open", object{"comm_id": "1", "target_name": "echo", "data": object{}}, false},
	{"shell", "comm_msg", object{"comm_id": "1", "data": object{}}, false},
	{"shell", "comm_close", object{"comm_id": "1", "data": object{}}, false},
	{"control", "kernel_info_request", object{}, true},
	{"control", "interrupt_request", object{}, true},
	{"control", "connect_request", object{}, true},
	{"control", "create_subshell_request", object{}, true},
	{"control", "delete_subshell_request", object{"subshell_id": "none"}, true},
	{"control", "list_subshell_request", object{}, true},
	{"control", "usage_request", object{}, true},
	{"control", "shutdown_request", object{"restart": false}, true}, // the last
}

// Every request has its busy first and its idle last, and a reply of its name
// with a status on the channel that it came by.
func testBusyIdle(t *testing.T) {
	c := serve(t).client()
	for _, r := range requests {
		p := map[string]*pipe{"shell": c.shell, "control": c.control}[r.channel]
		id := c.send(p, r.kind, r.content)
		if r.answered {
			m := c.reply(p, id)
			same(t, r.channel, m.Header.MsgType, strings.Replace(r.kind, "_request", "_reply", 1))
			want := map[string]string{"delete_subshell_request": "error", "is_complete_request": "complete"}[r.kind]
			if m.content["status"] != or(want, "ok") {
				t.Errorf("%s: %s", r.kind, m)
			}
		}
		out := kinds(c.outputs(id))
		if !strings.HasPrefix(out, "status busy; ") || !strings.HasSuffix(out, "status idle") || strings.Count(out, "status") != 2 {
			t.Errorf("%s: %s", r.kind, out)
		}
	}
}

// A request with nothing but code runs aloud, counts, is kept, may ask, and
// stops what is behind it when it fails.
func testExecuteDefaults(t *testing.T) {
	s := serve(t)
	c := s.client()
	cell := c.execute("input who?\nvalue 1")
	c.question(cell, `{"prompt":"who?","password":false}`)
	c.send(c.stdin, "input_reply", object{"value": "Ann"})
	reply := c.reply(c.shell, cell)
	same(t, "reply", string(reply.Content), `{"status":"ok","execution_count":1,"user_expressions":{},"payload":[]}`)
	same(t, "aloud", kinds(c.outputs(cell)), "status busy; execute_input; stream stdout <Ann>; execute_result; status idle")
	history := c.ask(c.shell, "history_request", object{"hist_access_type": "tail", "n": 5})
	same(t, "kept", string(history.Content), `{"status":"ok","history":[[1,1,"input who?\nvalue 1"]]}`)
	fails, behind := c.execute("gate a\nfail"), c.execute("#")
	c.inLine()
	s.engine.open("a")
	same(t, "fails", c.reply(c.shell, fails).content["status"], any("error"))
	same(t, "behind", c.reply(c.shell, behind).content["status"], any("aborted"))
	empty := c.ask(c.shell, "execute_request", object{})
	same(t, "without code", empty.content["status"], any("ok"))
}

// The error on iopub is that of the reply.
func testSameTriple(t *testing.T) {
	c := serve(t).client()
	reply, out := c.run("fail why")
	for _, key := range []string{"ename", "evalue", "traceback"} {
		same(t, key, fmt.Sprint(out[2].content[key]), fmt.Sprint(reply.content[key]))
	}
	same(t, "error", string(out[2].Content), `{"ename":"script error","evalue":"why","traceback":["cell[1]"]}`)
	same(t, "count", reply.content["execution_count"], any(1.0))
}

// Clients read the counter with an empty silent cell.
func testReadCounter(t *testing.T) {
	c := serve(t).client()
	for n := range 3 {
		reply, out := c.run("", object{"silent": true, "store_history": false})
		same(t, "counter", fmt.Sprint(reply.content["status"], " ", reply.content["execution_count"]), fmt.Sprint("ok ", n))
		same(t, "outputs", kinds(out), "status busy; status idle")
		c.run("#")
	}
}

func testAbortedCount(t *testing.T) {
	s := serve(t)
	c := s.client()
	c.run("#")
	c.execute("gate a\nfail")
	behind := c.execute("#")
	c.inLine()
	s.engine.open("a")
	reply := c.reply(c.shell, behind)
	same(t, "reply", string(reply.Content), `{"status":"aborted","execution_count":2,"user_expressions":{},"payload":[]}`)
}

// A failure aborts cells that wait: questions are answered, and cells that
// come after the reply run.
func testAbortsQueuedOnly(t *testing.T) {
	s := serve(t)
	c := s.client()
	fails, behind := c.execute("gate a\nfail"), c.execute("#")
	status := map[string]any{}
	question := c.send(c.shell, "complete_request", object{"code": "a"})
	status[question] = c.reply(c.shell, question).content["status"]
	s.engine.open("a")
	for range 2 {
		m := c.until(c.shell, func(msg) bool { return true })[0]
		status[m.Parent.MsgID] = m.content["status"]
	}
	same(t, "statuses", fmt.Sprint(status[fails], " ", status[behind], " ", status[question]), "error aborted ok")
	reply, _ := c.run("#")
	same(t, "after it", reply.content["status"], any("ok"))
}

// Positions count code points, not bytes and not UTF-16 units.
func testCodePoints(t *testing.T) {
	c := serve(t).client()
	code := "é😀 ab"
	for cursor, want := range map[int]string{0: "0 0", 1: "0 1", 2: "0 2", 3: "3 3", 4: "3 4", 5: "3 5", 99: "3 5"} {
		got := c.ask(c.shell, "complete_request", object{"code": code, "cursor_pos": cursor}).content
		same(t, fmt.Sprint("cursor ", cursor), fmt.Sprint(got["cursor_start"], " ", got["cursor_end"]), want)
	}
	got := c.ask(c.shell, "inspect_request", object{"code": code, "cursor_pos": 2}).content
	same(t, "inspected", fmt.Sprint(got["data"]), "map[text/plain:é😀| ab detail 0]")
}

func testHistoryDefaults(t *testing.T) {
	c := serve(t).client()
	c.run("value 1")
	for access, want := range map[string]string{"tail": "[]", "range": `[[1,1,"value 1"]]`, "search": `[[1,1,"value 1"]]`} {
		got := c.ask(c.shell, "history_request", object{"hist_access_type": access})
		same(t, access, string(got.Content), `{"status":"ok","history":`+want+`}`)
	}
}

// Front ends choose highlighting, completion and export by these.
func testLanguage(t *testing.T) {
	c := serve(t).client()
	got := c.ask(c.shell, "kernel_info_request", object{}).content
	info, _ := got["language_info"].(object)
	for _, key := range []string{"name", "version", "mimetype", "file_extension", "pygments_lexer", "codemirror_mode", "nbconvert_exporter"} {
		if text, ok := info[key].(string); !ok || text == "" {
			t.Errorf("%s is %v", key, info[key])
		}
	}
	if _, ok := got["help_links"].([]any); !ok || got["banner"] == "" {
		t.Errorf("kernel_info_reply is %v", got)
	}
}

// Control answers while a cell runs, also one that asks.
func testControlWhileBusy(t *testing.T) {
	for _, code := range []string{"spin", "input x"} {
		c := serve(t).client()
		cell := c.execute(code)
		c.begun(cell)
		for _, r := range requests {
			if r.channel == "control" && r.kind != "interrupt_request" && r.kind != "shutdown_request" {
				c.ask(c.control, r.kind, r.content)
			}
		}
		if n := len(c.shell.in); n > 0 {
			t.Errorf("shell has %d replies: the cell has ended", n)
		}
		c.ask(c.control, "interrupt_request", object{})
		same(t, "cell", c.reply(c.shell, cell).content["status"], any("error"))
	}
}

// An interrupt of nothing is answered, and ends nothing that comes later.
func testInterruptIdle(t *testing.T) {
	c := serve(t).client()
	for range 3 {
		same(t, "reply", string(c.ask(c.control, "interrupt_request", object{}).Content), `{"status":"ok"}`)
	}
	reply, _ := c.run("sleep 20ms")
	same(t, "next cell", reply.content["status"], any("ok"))
}

// No subshell, and null, are the first.
func testNullSubshell(t *testing.T) {
	s := serve(t)
	c := s.client()
	fails := c.execute("gate a\nfail")
	c.raw(c.shell, `{"msg_id":"null","msg_type":"execute_request","subshell_id":null}`, "{}", "{}", `{"code":"#"}`)
	c.inLine()
	s.engine.open("a")
	same(t, "fails", c.reply(c.shell, fails).content["status"], any("error"))
	same(t, "with null", c.reply(c.shell, "null").content["status"], any("aborted"))
}

func testSubshellStatus(t *testing.T) {
	c := serve(t).client()
	sub := c.subshell()
	main := c.execute("spin")
	c.begun(main)
	id := c.in(sub, "execute_request", object{"code": "print a"})
	same(t, "in the subshell", kinds(c.outputs(id)), `status busy; execute_input; stream stdout a\n; status idle`)
	c.ask(c.control, "interrupt_request", object{})
	same(t, "in the first", kinds(c.outputs(main)), "error interrupted; status idle")
}

func testSubshellAborts(t *testing.T) {
	s := serve(t)
	c := s.client()
	sub := c.subshell()
	fails := c.in(sub, "execute_request", object{"code": "gate a\nfail"})
	behind := c.in(sub, "execute_request", object{"code": "#"})
	main := c.execute("gate b")
	next := c.execute("#")
	c.inLine()
	status := map[string]any{}
	for _, gate := range []string{"a", "b"} { // the first fails while the other runs
		s.engine.open(gate)
		for range 2 {
			m := c.until(c.shell, func(msg) bool { return true })[0]
			status[m.Parent.MsgID] = m.content["status"]
		}
	}
	same(t, "statuses", fmt.Sprint(status[fails], " ", status[behind], " ", status[main], " ", status[next]), "error aborted ok ok")
}

func testSubshellCount(t *testing.T) {
	c := serve(t).client()
	sub := c.subshell()
	for n := 1; n < 7; n += 2 {
		reply, _ := c.run("#")
		same(t, "count", reply.content["execution_count"], any(float64(n)))
		id := c.in(sub, "execute_request", object{"code": "#"})
		same(t, "count of the subshell", c.reply(c.shell, id).content["execution_count"], any(float64(n+1)))
	}
}

func content(t *testing.T, m msg, kind, want string) {
	t.Helper()
	same(t, kind, m.Header.MsgType+" "+string(m.Content), kind+" "+want)
}

func testStreams(t *testing.T) {
	_, out := serve(t).client().run("print a\neprint b")
	content(t, out[2], "stream", `{"name":"stdout","text":"a\n"}`)
	content(t, out[3], "stream", `{"name":"stderr","text":"b\n"}`)
}

func testDisplays(t *testing.T) {
	_, out := serve(t).client().run("display a\ndisplay b id")
	content(t, out[2], "display_data", `{"data":{"text/plain":"a"},"metadata":{},"transient":{}}`)
	content(t, out[3], "display_data", `{"data":{"text/plain":"b"},"metadata":{},"transient":{"display_id":"id"}}`)
}

// An update without an id, which could mean any display, is not sent.
func testUpdates(t *testing.T) {
	_, out := serve(t).client().run("update lost\nupdate b id")
	same(t, "outputs", kinds(out), "status busy; execute_input; update_display_data; status idle")
	content(t, out[2], "update_display_data", `{"data":{"text/plain":"b"},"metadata":{},"transient":{"display_id":"id"}}`)
}

func testClear(t *testing.T) {
	_, out := serve(t).client().run("clear")
	content(t, out[2], "clear_output", `{"wait":true}`)
}

// Pictures are base64 texts, JSON is JSON, plain text stands beside, and
// metadata is keyed by type.
func testBundleSent(t *testing.T) {
	_, out := serve(t).client().run("sized")
	content(t, out[2], "execute_result", `{"execution_count":1,"data":{"application/json":{"a":1},"image/png":"AQ==","text/plain":"<application/json>"},`+
		`"metadata":{"image/png":{"width":640}}}`)
}

// What a request has led to is over with its idle.
func testNothingAfterIdle(t *testing.T) {
	c := serve(t).client()
	var last string
	for i := range 100 {
		last = c.execute([]string{"lines 200", "print a\nvalue 1", "display b", "fail", "comm x echo"}[i%5], object{"stop_on_error": false})
	}
	idle := map[string]bool{}
	for _, m := range c.until(c.iopub, func(m msg) bool { return m.Parent.MsgID == last && m.content["execution_state"] == "idle" }) {
		if idle[m.Parent.MsgID] && m.Parent.MsgID != "" {
			t.Errorf("after its idle: %s", m)
		}
		if m.content["execution_state"] == "idle" {
			idle[m.Parent.MsgID] = true
		}
	}
	same(t, "idle", len(idle), 100)
}

// The parent of a question is the request's header, to the letter.
func testInputParent(t *testing.T) {
	c := serve(t).client()
	header := `{"msg_id":"asks", "msg_type":"execute_request","session":"s","unknown":[1, 2]}`
	c.raw(c.shell, header, "{}", "{}", `{"code":"input x"}`)
	q := c.question("asks", `{"prompt":"x","password":false}`)
	same(t, "parent", string(q.RawParent), header)
	c.rawAs(c.stdin, "input_reply", string(q.RawHeader), `{"value":"y"}`)
	same(t, "cell", c.reply(c.shell, "asks").content["status"], any("ok"))
}

// What a handler sends has the message that it handles as its parent.
func testCommParent(t *testing.T) {
	c := serve(t).client()
	c.outputs(c.send(c.shell, "comm_open", object{"comm_id": "a", "target_name": "echo"}))
	cell := c.execute("spin")
	c.begun(cell)
	id := c.send(c.shell, "comm_msg", object{"comm_id": "a", "data": object{"n": 1}})
	m := c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "comm_msg" })
	same(t, "parent", m[len(m)-1].Parent.MsgID, id)
	c.ask(c.control, "interrupt_request", object{})
}

// The messages of ipywidgets pass as they are: nested state, paths of buffers,
// the version in the metadata. Where nothing handles the target of widgets'
// control, the comm is closed and the front end falls back.
func testWidgetMessages(t *testing.T) {
	c := serve(t).client()
	for _, data := range []string{
		`{"method":"update","state":{"value":[1,{"a":null}],"é":"<&>"},"buffer_paths":[["value",0]]}`,
		`{"method":"request_state"}`,
		`{"method":"custom","content":{"event":"click"}}`,
	} {
		c.outputs(c.send(c.shell, "comm_open", object{"comm_id": data, "target_name": "echo", "data": json.RawMessage(`{"state":{},"buffer_paths":[]}`)}))
		c.raw(c.shell, fmt.Sprintf(`{"msg_id":%q,"msg_type":"comm_msg"}`, data), "{}", `{"version":"2.1.0"}`, fmt.Sprintf(`{"comm_id":%q,"data":%s}`, data, data))
		out := c.outputs(data)
		same(t, "kinds", kinds(out), "status busy; stream stdout msg echo; comm_msg; status idle")
		var got struct{ Data json.RawMessage }
		if err := json.Unmarshal(out[2].Content, &got); err != nil {
			t.Fatal(err)
		}
		same(t, "data", string(got.Data), data)
		same(t, "metadata", string(out[2].Metadata), `{"version":"2.1.0"}`)
	}
	out := c.outputs(c.send(c.shell, "comm_open", object{"comm_id": "control", "target_name": "jupyter.widget.control", "data": object{}}))
	content(t, out[len(out)-2], "comm_close", `{"comm_id":"control","data":{}}`)
}
