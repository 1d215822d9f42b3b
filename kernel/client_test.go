package kernel

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// testKey signs the messages of test kernels and clients.
const testKey = "0123-4567"

// patience is how long a test waits for something that should come.
const patience = 20 * time.Second

// A server is a kernel under test.
type server struct {
	t      testing.TB
	conn   connection
	file   string
	engine *script
	done   chan error // what Run returned
	log    journal
}

// A journal keeps what a kernel logs.
type journal struct {
	mu  sync.Mutex
	all []byte
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.all = append(j.all, p...)
	if testing.Verbose() {
		os.Stderr.Write(p)
	}
	return len(p), nil
}

func (j *journal) has(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return bytes.Contains(j.all, []byte(text))
}

// writeConnection writes a connection file for free ports, with the changes of
// edit.
func writeConnection(t testing.TB, transport string, edit ...func(*connection)) (file string, c connection) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kernel") // t.TempDir can be too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c = connection{Transport: transport, IP: "127.0.0.1", Key: testKey, Scheme: wire.Scheme}
	if transport == "ipc" {
		c.IP = filepath.Join(dir, "ipc")
	}
	for i, p := range []*int{&c.Shell, &c.IOPub, &c.Stdin, &c.Control, &c.Heartbeat} {
		*p = i + 1
		if transport == "tcp" {
			l := freePort(t)
			*p = l.Addr().(*net.TCPAddr).Port
			defer l.Close()
		}
	}
	for _, change := range edit {
		change(&c)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "connection.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file, c
}

// freePort listens on a port that nobody else is given until the kernel
// listens there: systems hand out higher ones, to connections too, among them
// those of clients that are trying to reach a kernel.
func freePort(t testing.TB) net.Listener {
	t.Helper()
	var err error
	for range 100 {
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprint("127.0.0.1:", 10_000+rand.IntN(20_000))); err == nil {
			return l
		}
	}
	t.Fatal(err)
	return nil
}

// serve starts a kernel that ends with the test.
func serve(t testing.TB) *server { return serveOn(t, "tcp") }

func serveOn(t testing.TB, transport string, edit ...func(*connection)) *server {
	t.Helper()
	s := &server{t: t, engine: &script{}, done: make(chan error, 1)}
	s.file, s.conn = writeConnection(t, transport, edit...)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { s.done <- Run(ctx, s.file, s.engine, Options{Version: "1.2", Debug: true, Log: &s.log}) }()
	t.Cleanup(func() {
		cancel()
		s.wait()
	})
	return s
}

// wait returns when Run has.
func (s *server) wait() {
	s.t.Helper()
	select {
	case err := <-s.done:
		s.done <- err
		if err != nil {
			s.t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		s.t.Error("the kernel does not end")
	}
}

// arrived waits until the kernel has dealt with everything that c has sent on
// stdin, a channel that answers nothing.
func (s *server) arrived(c *client) {
	s.t.Helper()
	mark := fmt.Sprintf("mark-%d", rand.Int64())
	c.send(c.stdin, mark, object{})
	for begin := time.Now(); !s.log.has("stdin: dropped: " + mark); time.Sleep(time.Millisecond) {
		if time.Since(begin) > patience {
			s.t.Fatal("nothing arrives on stdin")
		}
	}
}

// A msg is a received message with its content as plain values.
type msg struct {
	wire.Message
	topic     string
	RawParent []byte
	content   map[string]any
}

func (m msg) String() string { return fmt.Sprintf("%s %s", m.Header.MsgType, m.Content) }

// A client talks to a kernel as a front end does.
type client struct {
	t    testing.TB
	wire *wire.Session
	shell, control, stdin,
	iopub *pipe
	endpoint func(port int) string
}

// A pipe is one socket of a client.
type pipe struct {
	sock zmq4.Socket
	in   chan msg
}

func (s *server) endpoint(port int) string {
	network, address := s.conn.address(port)
	if network == "unix" {
		network = "ipc"
	}
	return network + "://" + address
}

// client connects a front end and waits until it hears iopub.
func (s *server) client() *client {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s.t.Cleanup(cancel)
	c := &client{t: s.t, wire: wire.NewSession(s.conn.Key, "test"), endpoint: s.endpoint}
	id := zmq4.WithID(zmq4.SocketIdentity(c.wire.ID))
	dealer := func(port int) *pipe { return c.open(zmq4.NewDealer(ctx, id), port) }
	c.shell, c.control, c.stdin = dealer(s.conn.Shell), dealer(s.conn.Control), dealer(s.conn.Stdin)
	sub := zmq4.NewSub(ctx)
	if err := sub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		s.t.Fatal(err)
	}
	c.iopub = c.open(sub, s.conn.IOPub)
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "iopub_welcome" })
	return c
}

func parentFrame(frames [][]byte) []byte {
	for i, f := range frames {
		if string(f) == "<IDS|MSG>" {
			return frames[i+3]
		}
	}
	return nil
}

func (c *client) open(sock zmq4.Socket, port int) *pipe {
	c.t.Helper()
	if err := sock.Dial(c.endpoint(port)); err != nil {
		c.t.Fatal(err)
	}
	p := &pipe{sock: sock, in: make(chan msg, 1<<17)}
	go func() {
		for {
			m, err := sock.Recv()
			if err != nil {
				close(p.in)
				return
			}
			d, err := c.wire.Decode(m.Frames)
			if err != nil {
				c.t.Errorf("the kernel sent %q: %v", m.Frames, err)
				continue
			}
			got := msg{Message: *d, RawParent: parentFrame(m.Frames)}
			if len(d.Identities) > 0 {
				got.topic = string(d.Identities[0])
			}
			json.Unmarshal(d.Content, &got.content)
			p.in <- got
		}
	}()
	c.t.Cleanup(func() { sock.Close() })
	return p
}

// send sends a message and returns its id.
func (c *client) send(p *pipe, msgType string, content any) string {
	c.t.Helper()
	frames, id, err := c.wire.Encode(wire.Outgoing{Type: msgType, Content: content})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := p.sock.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		c.t.Fatal(err)
	}
	return id
}

// raw sends four JSON texts as they are.
func (c *client) raw(p *pipe, header, parent, metadata, content string) {
	c.t.Helper()
	c.frames(p, []byte("<IDS|MSG>"), sign(header, parent, metadata, content),
		[]byte(header), []byte(parent), []byte(metadata), []byte(content))
}

// rawAs sends a message with a parent.
func (c *client) rawAs(p *pipe, msgType, parent, content string) {
	c.t.Helper()
	c.raw(p, fmt.Sprintf(`{"msg_id":"raw-%d","msg_type":%q}`, rand.Int64(), msgType), parent, "{}", content)
}

func (c *client) frames(p *pipe, frames ...[]byte) {
	c.t.Helper()
	if err := p.sock.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		c.t.Fatal(err)
	}
}

// sign is the signature of the specification, written out.
func sign(parts ...string) []byte {
	h := hmac.New(sha256.New, []byte(testKey))
	for _, p := range parts {
		io.WriteString(h, p)
	}
	return fmt.Appendf(nil, "%x", h.Sum(nil))
}

// until returns the messages of p up to and with the first that satisfies end.
func (c *client) until(p *pipe, end func(msg) bool) []msg {
	c.t.Helper()
	var ms []msg
	late := time.After(patience)
	for {
		select {
		case m, open := <-p.in:
			if !open {
				c.t.Fatalf("the socket closed; until then came %v", ms)
			}
			ms = append(ms, m)
			if end(m) {
				return ms
			}
		case <-late:
			c.t.Fatalf("it did not come; what came is %v", ms)
		}
	}
}

// reply waits for the reply to id.
func (c *client) reply(p *pipe, id string) msg {
	c.t.Helper()
	ms := c.until(p, func(m msg) bool { return m.Parent.MsgID == id })
	return ms[len(ms)-1]
}

// outputs returns what iopub says about id, up to its idle.
func (c *client) outputs(id string) []msg {
	c.t.Helper()
	ms := c.until(c.iopub, func(m msg) bool {
		return m.Parent.MsgID == id && m.content["execution_state"] == "idle"
	})
	var own []msg
	for _, m := range ms {
		if m.Parent.MsgID == id {
			own = append(own, m)
		}
	}
	return own
}

// inLine waits until the kernel has read everything that c has sent on shell.
// Replies to that are to come later.
func (c *client) inLine() {
	c.t.Helper()
	c.ask(c.shell, "kernel_info_request", object{})
}

// ask sends a request on p and returns its reply.
func (c *client) ask(p *pipe, msgType string, content any) msg {
	c.t.Helper()
	return c.reply(p, c.send(p, msgType, content))
}

type object = map[string]any

// execute sends code with the options of more, and returns its id.
func (c *client) execute(code string, more ...object) string {
	c.t.Helper()
	o := object{"code": code}
	for _, m := range more {
		for k, v := range m {
			o[k] = v
		}
	}
	return c.send(c.shell, "execute_request", o)
}

// run executes code and returns the reply and what iopub said.
func (c *client) run(code string, more ...object) (msg, []msg) {
	c.t.Helper()
	id := c.execute(code, more...)
	return c.reply(c.shell, id), c.outputs(id)
}
