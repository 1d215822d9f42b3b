package kernel

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestExecuteOrder(t *testing.T) {
	c := serve(t).client()
	for _, tt := range []struct{ code, reply, outputs string }{
		{"", "ok", "status busy; execute_input; status idle"},
		{"value 3", "ok", "status busy; execute_input; execute_result; status idle"},
		{"print a\nprint b", "ok", `status busy; execute_input; stream stdout a\nb\n; status idle`},
		{"print a\neprint b\nprint c\nvalue 1", "ok",
			`status busy; execute_input; stream stdout a\n; stream stderr b\n; stream stdout c\n; execute_result; status idle`},
		{"print a\ndisplay x 1\nupdate y 1\nprint b\nclear\nprint c", "ok",
			`status busy; execute_input; stream stdout a\n; display_data; update_display_data; stream stdout b\n; clear_output; stream stdout c\n; status idle`},
		{"update y", "ok", "status busy; execute_input; status idle"}, // no id: nothing to update
		{"print a\nfail no", "error", `status busy; execute_input; stream stdout a\n; error script error; status idle`},
	} {
		reply, out := c.run(tt.code)
		same(t, tt.code+": status", reply.content["status"], any(tt.reply))
		same(t, tt.code+": outputs", kinds(out), tt.outputs)
		for _, m := range out {
			if !strings.HasPrefix(m.topic, "kernel.") && m.topic != "stream.stdout" && m.topic != "stream.stderr" {
				t.Errorf("%s has topic %q", m, m.topic)
			}
		}
	}
}

func TestExecuteContents(t *testing.T) {
	c := serve(t).client()
	c.run("#")
	reply, out := c.run("png", object{"user_expressions": object{"a": "1", "b": "fail"}})
	same(t, "reply", string(reply.Content), `{"status":"ok","execution_count":2,"user_expressions":{`+
		`"a":{"status":"ok","data":{"text/plain":"1"},"metadata":{}},`+
		`"b":{"status":"error","ename":"script error","evalue":"no such name","traceback":["\u001b[1;38;2;224;68;62mscript error\u001b[0m: no such name"]}},"payload":[]}`)
	same(t, "input", string(out[1].Content), `{"code":"png","execution_count":2}`)
	same(t, "result", string(out[2].Content),
		`{"execution_count":2,"data":{"image/png":"iVBORw==","text/plain":"<image/png>"},"metadata":{}}`)

	reply, out = c.run("fail <why>")
	same(t, "reply", string(reply.Content), `{"status":"error","execution_count":3,"user_expressions":{},"payload":[],`+
		`"ename":"script error","evalue":"<why>","traceback":["cell[3]"]}`)
	same(t, "error", string(out[2].Content), `{"ename":"script error","evalue":"<why>","traceback":["cell[3]"]}`)

	reply, _ = c.run("next a < b")
	same(t, "reply with a payload", string(reply.Content), `{"status":"ok","execution_count":4,"user_expressions":{},`+
		`"payload":[{"source":"set_next_input","text":"a < b","replace":true}]}`)

	_, out = c.run("display x id7\ndisplay y")
	same(t, "display", string(out[2].Content), `{"data":{"text/plain":"x"},"metadata":{},"transient":{"display_id":"id7"}}`)
	same(t, "display", string(out[3].Content), `{"data":{"text/plain":"y"},"metadata":{},"transient":{}}`)

	var meta struct{ Started string }
	if err := json.Unmarshal(reply.Metadata, &meta); err != nil {
		t.Fatal(err)
	}
	if at, err := time.Parse(time.RFC3339, meta.Started); err != nil || time.Since(at) > time.Minute {
		t.Errorf("metadata says it started %q: %v", meta.Started, err)
	}
}

// The counter advances only for cells that are kept.
func TestExecutionCount(t *testing.T) {
	s := serve(t)
	c := s.client()
	for _, tt := range []struct {
		code  string
		opts  object
		count float64
	}{
		{"", object{"silent": true}, 0},
		{"#", nil, 1},
		{" \n", nil, 1},
		{"#", object{"silent": true}, 1},
		{"#", object{"silent": true, "store_history": true}, 1},
		{"#", object{"store_history": false}, 1},
		{"fail", nil, 2},
		{"#", object{"silent": false, "store_history": true}, 3},
	} {
		reply, _ := c.run(tt.code, tt.opts)
		same(t, tt.code+" count", reply.content["execution_count"], any(tt.count))
	}
	reply := c.ask(c.shell, "history_request", object{"hist_access_type": "tail", "n": 10})
	same(t, "history", string(reply.Content), `{"status":"ok","history":[[1,1,"#"],[1,2,"fail"],[1,3,"#"]]}`)
}

func TestSilent(t *testing.T) {
	c := serve(t).client()
	reply, out := c.run("print a\ndisplay x\nclear\nvalue 3", object{"silent": true})
	same(t, "status", reply.content["status"], any("ok"))
	same(t, "outputs", kinds(out), "status busy; status idle")
	reply, out = c.run("fail", object{"silent": true})
	same(t, "status", reply.content["status"], any("error"))
	same(t, "outputs", kinds(out), "status busy; status idle")
}

func TestStopOnError(t *testing.T) {
	for _, tt := range []struct {
		name, first string
		opts        object
		want        string // statuses of the first cell and the two behind it
	}{
		{"fails", "gate a\nfail", nil, "error aborted aborted"},
		{"fails at once", "fail", nil, "error aborted aborted"},
		{"exits", "exit 0", object{"stop_on_error": false}, "error aborted aborted"},
		{"goes on", "gate a\nfail", object{"stop_on_error": false}, "error ok ok"},
		{"silent", "gate a\nfail", object{"silent": true}, "error ok ok"},
		{"succeeds", "#", nil, "ok ok ok"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t)
			c := s.client()
			ids := []string{c.execute(tt.first, tt.opts), c.execute("# 1"), c.execute("# 2")}
			if strings.HasPrefix(tt.first, "gate") {
				c.inLine()
				s.engine.open("a")
			}
			var got []string
			for _, id := range ids {
				got = append(got, c.reply(c.shell, id).content["status"].(string))
				if out := kinds(c.outputs(id)); got[len(got)-1] == "aborted" && out != "status busy; status idle" {
					t.Errorf("an aborted cell published %s", out)
				}
			}
			same(t, "statuses", strings.Join(got, " "), tt.want)
			if reply, _ := c.run("# later"); reply.content["status"] != "ok" {
				t.Errorf("a cell sent after the failure: %s", reply)
			}
			if ran := len(s.engine.ran()); ran != 4-strings.Count(tt.want, "aborted") {
				t.Errorf("the engine ran %q", s.engine.ran())
			}
		})
	}
}

// A bundle that JSON can't express does not take the message with it.
func TestBundle(t *testing.T) {
	for _, tt := range []struct {
		data map[string]any
		want string
	}{
		{map[string]any{}, `{}`},
		{map[string]any{"text/html": "<b>"}, `{"text/html":"<b>","text/plain":"<text/html>"}`},
		{map[string]any{"image/png": []byte{1}}, `{"image/png":"AQ==","text/plain":"<image/png>"}`},
		{map[string]any{"application/json": json.RawMessage(`{"a":1}`), "text/plain": "x"}, `{"application/json":{"a":1},"text/plain":"x"}`},
		{map[string]any{"image/svg+xml": []byte("<svg/>"), "text/plain": []byte("x")}, `{"image/svg+xml":"<svg/>","text/plain":"x"}`},
		{map[string]any{"application/vnd.vegalite.v5+json": []byte(`{"a": 1}`), "text/plain": "x"}, `{"application/vnd.vegalite.v5+json":{"a":1},"text/plain":"x"}`},
		{map[string]any{"application/json": json.RawMessage(`{`)}, `{"text/plain":"application/json can't be shown: json: error calling MarshalJSON for type json.RawMessage: unexpected end of JSON input"}`},
		{map[string]any{"application/json": func() {}}, `{"text/plain":"application/json can't be shown: json: unsupported type: func()"}`},
	} {
		b := newBundle(bundleOf(tt.data))
		got, err := marshalPlain(b.Data)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "bundle", got, tt.want)
	}
}
