package kernel

import (
	"fmt"
	"testing"

	"github.com/go-zeromq/zmq4"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// A comm that nobody wants is closed; messages of none are ignored.
func TestUnwantedComm(t *testing.T) {
	c := serve(t).client()
	out := c.outputs(c.send(c.shell, "comm_open", object{"comm_id": "77", "target_name": "none", "data": object{}}))
	same(t, "open", kinds(out), "status busy; stream stdout open none; comm_close; status idle")
	same(t, "close", string(out[2].Content), `{"comm_id":"77","data":{}}`)
	same(t, "topic", out[2].topic, "comm-77")
	for _, kind := range []string{"comm_msg", "comm_close"} {
		out := c.outputs(c.send(c.shell, kind, object{"comm_id": "77", "data": object{}}))
		same(t, kind, kinds(out), "status busy; status idle")
	}
}

// Messages and their buffers pass in both directions while a cell runs, and
// what a handler shows has the message as its parent.
func TestComms(t *testing.T) {
	c := serve(t).client()
	spinning := c.execute("spin")
	c.until(c.iopub, func(m msg) bool { return m.Parent.MsgID == spinning && m.Header.MsgType == "execute_input" })
	out := c.outputs(c.send(c.shell, "comm_open", object{"comm_id": "a", "target_name": "echo", "target_module": "m"}))
	same(t, "open", kinds(out), "status busy; stream stdout open echo; status idle")
	frames, id, err := c.wire.Encode(wire.Outgoing{
		Type: "comm_msg", Metadata: object{"m": 1}, Content: object{"comm_id": "a", "data": object{"x": 2}}, Buffers: [][]byte{{1, 2}, {}},
	})
	if err == nil {
		err = c.shell.sock.SendMulti(zmq4.NewMsgFrom(frames...))
	}
	if err != nil {
		t.Fatal(err)
	}
	out = c.outputs(id)
	same(t, "message", kinds(out), "status busy; stream stdout msg echo; comm_msg; status idle")
	same(t, "content", string(out[2].Content), `{"comm_id":"a","data":{"x":2}}`)
	same(t, "metadata", string(out[2].Metadata), `{"m":1}`)
	same(t, "buffers", fmt.Sprint(out[2].Buffers), "[[1 2] []]")
	same(t, "topic", out[2].topic, "comm-a")
	same(t, "comms", string(c.ask(c.shell, "comm_info_request", object{}).Content), `{"status":"ok","comms":{"a":{"target_name":"echo"}}}`)
	same(t, "comms of another target", string(c.ask(c.shell, "comm_info_request", object{"target_name": "b"}).Content), `{"status":"ok","comms":{}}`)
	out = c.outputs(c.send(c.shell, "comm_close", object{"comm_id": "a", "data": object{}}))
	same(t, "close", kinds(out), "status busy; stream stdout close echo; status idle")
	same(t, "comms after", string(c.ask(c.shell, "comm_info_request", object{}).Content), `{"status":"ok","comms":{}}`)
	c.ask(c.control, "interrupt_request", object{})
	c.reply(c.shell, spinning)
}

// Cells open comms; an interrupt ends a handler.
func TestCommsOfCells(t *testing.T) {
	c := serve(t).client()
	_, out := c.run("comm b spin")
	same(t, "open", kinds(out), "status busy; execute_input; comm_open; status idle")
	same(t, "content", string(out[2].Content), `{"comm_id":"b","target_name":"spin","data":{"n":1}}`)
	same(t, "metadata", string(out[2].Metadata), `{"version":"2"}`)
	same(t, "buffers", fmt.Sprint(out[2].Buffers), "[[0 255]]")
	same(t, "comms", string(c.ask(c.shell, "comm_info_request", object{}).Content), `{"status":"ok","comms":{"b":{"target_name":"spin"}}}`)
	id := c.send(c.shell, "comm_open", object{"comm_id": "c", "target_name": "spin"})
	c.until(c.iopub, func(m msg) bool { return m.Parent.MsgID == id && m.Header.MsgType == "stream" })
	c.ask(c.control, "interrupt_request", object{})
	c.until(c.iopub, func(m msg) bool { return m.Parent.MsgID == id && m.content["execution_state"] == "idle" })
}
