package kernel

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// malformed are the frames of messages that are no messages. Those with
// content are signed correctly, unless their name says otherwise.
func malformed() map[string][][]byte {
	const d = "<IDS|MSG>"
	header := func(msgType string) string {
		return fmt.Sprintf(`{"msg_id":"bad-%d","msg_type":%q}`, time.Now().UnixNano(), msgType)
	}
	signed := func(parts ...string) [][]byte {
		fs := [][]byte{[]byte(d), sign(parts[:4]...)}
		for _, p := range parts {
			fs = append(fs, []byte(p))
		}
		return fs
	}
	plain := func(parts ...string) [][]byte {
		var fs [][]byte
		for _, p := range parts {
			fs = append(fs, []byte(p))
		}
		return fs
	}
	m := map[string][][]byte{
		"one empty frame":          plain(""),
		"one frame":                plain("x"),
		"no delimiter":             plain("a", "b", "c", "d", "e", "f", "g"),
		"only the delimiter":       plain(d),
		"two delimiters":           plain(d, d),
		"delimiter and signature":  plain(d, strings.Repeat("0", 64)),
		"three dicts":              plain(d, string(sign("{}", "{}", "{}", "")), "{}", "{}", "{}"),
		"no signature":             plain(d, "", header("kernel_info_request"), "{}", "{}", "{}"),
		"wrong signature":          plain(d, strings.Repeat("0", 64), header("kernel_info_request"), "{}", "{}", "{}"),
		"signature not hex":        plain(d, strings.Repeat("x", 64), header("kernel_info_request"), "{}", "{}", "{}"),
		"huge signature":           plain(d, strings.Repeat("0", 1<<20), header("kernel_info_request"), "{}", "{}", "{}"),
		"empty header":             signed("", "{}", "{}", "{}"),
		"header {}":                signed("{}", "{}", "{}", "{}"),
		"header is a list":         signed("[]", "{}", "{}", "{}"),
		"header is null":           signed("null", "{}", "{}", "{}"),
		"header cut short":         signed(`{"msg_id":`, "{}", "{}", "{}"),
		"header not UTF-8":         signed("{\"msg_id\":\"\xff\",\"msg_type\":\"kernel_info_request\"}", "{}", "{}", "{}"),
		"header of numbers":        signed(`{"msg_id":1,"msg_type":2}`, "{}", "{}", "{}"),
		"header without type":      signed(`{"msg_id":"1"}`, "{}", "{}", "{}"),
		"header of 1 MB":           signed(`{"msg_id":"`+strings.Repeat("x", 1<<20)+`","msg_type":"kernel_info_request"}`, "{}", "{}", "{}"),
		"deep header":              signed(strings.Repeat(`{"a":`, 50_000)+"1"+strings.Repeat("}", 50_000), "{}", "{}", "{}"),
		"parent is a string":       signed(header("kernel_info_request"), `"x"`, "{}", "{}"),
		"parent of lists":          signed(header("kernel_info_request"), `{"msg_id":[]}`, "{}", "{}"),
		"metadata is a list":       signed(header("kernel_info_request"), "{}", "[]", "{}"),
		"content is a number":      signed(header("kernel_info_request"), "{}", "{}", "1"),
		"content is not JSON":      signed(header("execute_request"), "{}", "{}", "{code}"),
		"unknown type":             signed(header("no_such_request"), "{}", "{}", "{}"),
		"a reply":                  signed(header("execute_reply"), "{}", "{}", `{"status":"ok"}`),
		"code is a number":         signed(header("execute_request"), "{}", "{}", `{"code":1}`),
		"expressions are a string": signed(header("execute_request"), "{}", "{}", `{"code":"#","user_expressions":"x"}`),
		"cursor is a string":       signed(header("complete_request"), "{}", "{}", `{"code":"a","cursor_pos":"1"}`),
		"cursor is far away":       signed(header("inspect_request"), "{}", "{}", `{"code":"a","cursor_pos":9000000000000000000}`),
		"history of a list":        signed(header("history_request"), "{}", "{}", `{"hist_access_type":[]}`),
		"comm_open of nothing":     signed(header("comm_open"), "{}", "{}", `{"comm_id":{}}`),
		"restart is a string":      signed(header("shutdown_request"), "{}", "{}", `{"restart":"yes"}`),
		"many buffers":             append(signed(header("no_such_request"), "{}", "{}", "{}"), bytes.Split(make([]byte, 1000), nil)...),
	}
	return m
}

// After every malformed message, on either channel, the kernel still answers
// there.
func TestMalformed(t *testing.T) {
	s := serve(t)
	c := s.client()
	for name, frames := range malformed() {
		for _, p := range []*pipe{c.shell, c.control} {
			c.frames(p, frames...)
			reply := c.ask(p, "kernel_info_request", object{})
			if reply.content["status"] != "ok" {
				t.Errorf("after %s: %s", name, reply)
			}
		}
		c.frames(c.stdin, frames...)
	}
	if ran := s.engine.ran(); len(ran) > 0 {
		t.Errorf("the engine ran %q", ran)
	}
	cell := c.execute("input still there?")
	c.question(cell, `{"prompt":"still there?","password":false}`)
	c.send(c.stdin, "input_reply", object{"value": "yes"})
	same(t, "status", c.reply(c.shell, cell).content["status"], any("ok"))
}

// A message that was recorded and sent again does nothing, on any channel.
func TestReplay(t *testing.T) {
	s := serve(t)
	c := s.client()
	const header, content = `{"msg_id":"once","msg_type":"execute_request"}`, `{"code":"# once"}`
	c.raw(c.shell, header, "{}", "{}", content)
	c.until(c.shell, func(m msg) bool { return m.Parent.MsgID == "once" })
	c.raw(c.shell, header, "{}", "{}", content)
	c.raw(c.control, header, "{}", "{}", content)
	c.run("# twice")
	c.ask(c.control, "kernel_info_request", object{})
	same(t, "cells", strings.Join(s.engine.ran(), ", "), "# once, # twice")
}

// One silent connection on each port keeps nobody from connecting.
func TestSilentConnections(t *testing.T) {
	s := serve(t)
	s.client()
	for _, p := range s.conn.ports() {
		nc, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", p.port))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
	}
	begin := time.Now()
	reply, _ := s.client().run("#")
	same(t, "status", reply.content["status"], any("ok"))
	if d := time.Since(begin); d > patience/2 {
		t.Errorf("a client waited %v", d)
	}
}

// Frames without a key can't end the process.
func TestHugeFrames(t *testing.T) {
	s := serve(t)
	s.client()
	greeting := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 'N', 'U', 'L', 'L'}, make([]byte, 48)...)
	for i, typ := range []string{"DEALER", "SUB", "DEALER", "DEALER", "REQ"} {
		for _, size := range []uint64{1 << 62, 1 << 40, 1<<64 - 1} {
			nc, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", s.conn.ports()[i].port))
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			body := "\x05READY\x0bSocket-Type\x00\x00\x00" + string(rune(len(typ))) + typ
			nc.Write(append(append(greeting, 4, byte(len(body))), body...))
			nc.Write(binary.BigEndian.AppendUint64([]byte{2}, size))
			nc.SetReadDeadline(time.Now().Add(patience))
			if _, err := io.Copy(io.Discard, nc); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("%s with a frame of %d bytes: %v", typ, size, err)
			}
		}
	}
	reply, _ := s.client().run("#")
	same(t, "status", reply.content["status"], any("ok"))
}

// Heartbeats come back as they were sent, also an empty one, and also while a
// cell runs.
func TestHeartbeat(t *testing.T) {
	s := serve(t)
	c := s.client()
	c.execute("spin")
	req := zmq4.NewReq(context.Background())
	defer req.Close()
	if err := req.Dial(s.endpoint(s.conn.Heartbeat)); err != nil {
		t.Fatal(err)
	}
	for _, ping := range [][][]byte{{[]byte("ping")}, {{}}, {[]byte("a"), {}, []byte("b")}} {
		if err := req.Send(zmq4.NewMsgFrom(ping...)); err != nil {
			t.Fatal(err)
		}
		m, err := req.Recv()
		if err != nil {
			t.Fatal(err)
		}
		same(t, "pong", fmt.Sprintf("%q", m.Frames), fmt.Sprintf("%q", ping))
	}
	c.ask(c.control, "interrupt_request", object{})
}

// A client that asks and never reads its replies holds up nobody.
func TestClientThatDoesNotRead(t *testing.T) {
	s := serve(t)
	good := s.client()
	nc, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", s.conn.Shell))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	greeting := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 'N', 'U', 'L', 'L'}, make([]byte, 48)...)
	nc.Write(append(greeting, "\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"...))
	big := strings.Repeat("x", 60_000) // comes back as the parent
	for i := range 200 {
		header := fmt.Sprintf(`{"msg_id":"%d","msg_type":"kernel_info_request","session":%q}`, i, big)
		var b []byte
		for _, f := range []string{"<IDS|MSG>", string(sign(header, "{}", "{}", "{}")), header, "{}", "{}"} {
			b = binary.BigEndian.AppendUint64(append(b, 3), uint64(len(f)))
			b = append(b, f...)
		}
		b = append(b, 0, 2, '{', '}')
		nc.SetWriteDeadline(time.Now().Add(patience))
		if _, err := nc.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Now()
	reply, _ := good.run("#")
	same(t, "status", reply.content["status"], any("ok"))
	if d := time.Since(begin); d > patience/2 {
		t.Errorf("another client waited %v", d)
	}
}

// iopub_welcome comes to every new subscriber, under its own topic.
func TestWelcome(t *testing.T) {
	s := serve(t)
	c := s.client() // waits for the one of ""
	sub := zmq4.NewSub(context.Background())
	if err := sub.SetOption(zmq4.OptionSubscribe, "stream."); err != nil {
		t.Fatal(err)
	}
	other := *c // whose session has not seen what c's has
	other.wire = wire.NewSession(testKey, "other")
	p := other.open(sub, s.conn.IOPub)
	m := c.until(p, func(msg) bool { return true })[0]
	same(t, "welcome", fmt.Sprint(m.topic, " ", m, " ", string(m.RawParent)), `stream. iopub_welcome {"subscription":"stream."} {}`)
	c.run("print a\ndisplay b\nprint c")
	for _, want := range []string{`a\n`, `c\n`} {
		got := c.until(p, func(msg) bool { return true })
		same(t, "with a topic", kinds(got), "stream stdout "+want)
	}
}
