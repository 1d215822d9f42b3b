package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

const delimiter = "<IDS|MSG>"

// bare is a DEALER that shows frames as they come.
func (s *server) bare(port int) zmq4.Socket {
	s.t.Helper()
	d := zmq4.NewDealer(s.t.Context(), zmq4.WithID(zmq4.SocketIdentity("bare")))
	s.t.Cleanup(func() { d.Close() })
	if err := d.Dial(s.endpoint(port)); err != nil {
		s.t.Fatal(err)
	}
	return d
}

// trip sends frames and returns those of the answer.
func trip(t *testing.T, d zmq4.Socket, frames ...string) []string {
	t.Helper()
	var raw [][]byte
	for _, f := range frames {
		raw = append(raw, []byte(f))
	}
	if err := d.SendMulti(zmq4.NewMsgFrom(raw...)); err != nil {
		t.Fatal(err)
	}
	m, err := d.Recv()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range m.Frames {
		got = append(got, string(f))
	}
	return got
}

// infoHeader is the header of a kernel_info_request.
func infoHeader(id string) string {
	return fmt.Sprintf(`{"msg_id":%q,"msg_type":"kernel_info_request","session":"s"}`, id)
}

func signature(parts ...string) string { return string(sign(parts...)) }

// A reply is the delimiter, the signature in lower-case hexadecimal digits, and
// four JSON objects.
func testFrames(t *testing.T) {
	s := serve(t)
	h := infoHeader("frames")
	for _, port := range []int{s.conn.Shell, s.conn.Control} {
		got := trip(t, s.bare(port), delimiter, signature(h, "{}", "{}", "{}"), h, "{}", "{}", "{}")
		if len(got) != 6 || got[0] != delimiter {
			t.Fatalf("the reply is %q", got)
		}
		same(t, "signature", got[1], signature(got[2:]...))
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(got[1]) {
			t.Errorf("the signature is %q", got[1])
		}
		for _, f := range got[2:] {
			if v := (object{}); json.Unmarshal([]byte(f), &v) != nil {
				t.Errorf("no object: %s", f)
			}
		}
		h = infoHeader("frames again") // the first would be a replay
	}
}

// Three objects are too few; what stands behind the fourth is a buffer.
func testFourObjects(t *testing.T) {
	s := serve(t)
	d := s.bare(s.conn.Shell)
	if err := d.SendMulti(zmq4.NewMsgFrom([]byte(delimiter), sign("{}", "{}", "{}"), []byte("{}"), []byte("{}"), []byte("{}"))); err != nil {
		t.Fatal(err)
	}
	h := infoHeader("four")
	got := trip(t, d, delimiter, signature(h, "{}", "{}", "{}"), h, "{}", "{}", "{}", "a buffer", "")
	same(t, "parent", got[3], h)
}

// Signatures are compared by what takes the same time for all.
func testConstantTime(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("internal", "wire", "session.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var calls, compares []string
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != "verify" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				calls = append(calls, fmt.Sprint(n.X, ".", n.Sel))
			case *ast.BinaryExpr:
				compares = append(compares, fmt.Sprint(n.X, n.Op, n.Y))
			}
			return true
		})
	}
	all := strings.Join(calls, " ")
	if !strings.Contains(all, "hmac.Equal") || strings.Contains(all, "bytes.") {
		t.Errorf("verify calls %s", all)
	}
	for _, c := range compares {
		if strings.HasPrefix(c, "got") || strings.HasPrefix(c, "want") || strings.HasPrefix(c, "signature") {
			t.Errorf("verify compares %s", c)
		}
	}
}

// A message with a wrong signature is not answered.
func testWrongSignature(t *testing.T) {
	s := serve(t)
	c := s.client()
	for _, p := range []*pipe{c.shell, c.control} {
		h := infoHeader("wrong")
		c.frames(p, []byte(delimiter), sign(h, "{}", "{}", "{ }"), []byte(h), []byte("{}"), []byte("{}"), []byte("{}"))
		id := c.send(p, "kernel_info_request", object{})
		same(t, "first reply", c.until(p, func(msg) bool { return true })[0].Parent.MsgID, id)
	}
	if !s.log.has("dropped: wrong signature") {
		t.Error("nothing is logged")
	}
}

// With an empty key signatures are empty, and any is taken.
func testEmptyKey(t *testing.T) {
	s := serveOn(t, "tcp", func(c *connection) { c.Key = "" })
	d := s.bare(s.conn.Shell)
	for _, sig := range []string{"", "anything"} {
		h := infoHeader("unsigned")
		got := trip(t, d, delimiter, sig, h, "{}", "{}", "{}")
		same(t, "signature", got[1], "")
		same(t, "parent", got[3], h)
	}
	reply, _ := s.client().run("#")
	same(t, "status", reply.content["status"], any("ok"))
}

func testBuffersNotSigned(t *testing.T) {
	s := serve(t)
	h := infoHeader("buffers")
	got := trip(t, s.bare(s.conn.Shell), delimiter, signature(h, "{}", "{}", "{}"), h, "{}", "{}", "{}", "not signed")
	same(t, "parent", got[3], h)
}

// A message is a replay too when thousands have come since.
func testLateReplay(t *testing.T) {
	s := serve(t)
	c := s.client()
	send := func() {
		c.raw(c.shell, `{"msg_id":"once","msg_type":"execute_request"}`, "{}", "{}", `{"code":"# once"}`)
	}
	send()
	for range 3000 {
		c.send(c.shell, "no_such_request", object{})
	}
	send()
	c.run("# last")
	same(t, "ran", strings.Join(s.engine.ran(), ", "), "# once, # last")
}

// A kernel that cannot check signatures does not start.
func testSchemeRefused(t *testing.T) {
	file, _ := writeConnection(t, "tcp", func(c *connection) { c.Scheme = "hmac-md5" })
	err := Run(t.Context(), file, &script{}, Options{})
	if err == nil || !strings.Contains(err.Error(), `signature_scheme is "hmac-md5", want "hmac-sha256"`) {
		t.Errorf("Run: %v", err)
	}
}

// What is published has one frame before the delimiter, its topic.
func testTopics(t *testing.T) {
	s := serve(t)
	sub := zmq4.NewSub(t.Context())
	defer sub.Close()
	if err := sub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		t.Fatal(err)
	}
	if err := sub.Dial(s.endpoint(s.conn.IOPub)); err != nil {
		t.Fatal(err)
	}
	s.client().run("print a\neprint b\ndisplay c\ncomm x echo\nvalue d")
	var topics []string
	for len(topics) == 0 || !strings.HasSuffix(topics[len(topics)-1], "execute_result") {
		m, err := sub.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if string(m.Frames[1]) != delimiter {
			t.Fatalf("the second frame is %q", m.Frames[1])
		}
		topic := regexp.MustCompile(`^kernel\.[0-9a-f]{32}\.`).ReplaceAllString(string(m.Frames[0]), "kernel.ID.")
		if !strings.HasSuffix(topic, ".status") && topic != "" {
			topics = append(topics, topic)
		}
	}
	same(t, "topics", strings.Join(topics, " "),
		"kernel.ID.execute_input stream.stdout stream.stderr kernel.ID.display_data comm-x kernel.ID.execute_result")
}

// All frames before the delimiter come back.
func testIdentities(t *testing.T) {
	s := serve(t)
	h := infoHeader("identities")
	got := trip(t, s.bare(s.conn.Shell), "one", "two", delimiter, signature(h, "{}", "{}", "{}"), h, "{}", "{}", "{}")
	same(t, "identities", strings.Join(got[:3], " "), "one two "+delimiter)
}

// headers of everything that a cell leads to.
func headers(c *client) (hs []wire.Header) {
	reply, out := c.run("print a\nvalue 1")
	for _, m := range append(out, reply, c.ask(c.control, "kernel_info_request", object{})) {
		hs = append(hs, m.Header)
	}
	return hs
}

func testHeaderSent(t *testing.T) {
	ids, sessions := map[string]bool{}, map[string]bool{}
	for _, h := range headers(serve(t).client()) {
		if h.MsgID == "" || ids[h.MsgID] {
			t.Errorf("msg_id %q is empty or not new", h.MsgID)
		}
		ids[h.MsgID], sessions[h.Session] = true, true
		if h.Username == "" || h.MsgType == "" || h.Version != "5.5" {
			t.Errorf("header %+v", h)
		}
		at, err := time.Parse(time.RFC3339Nano, h.Date)
		if err != nil || time.Since(at).Abs() > time.Minute {
			t.Errorf("date %q: %v", h.Date, err)
		}
	}
	same(t, "sessions", len(sessions), 1)
}

// A kernel that is started again is another session.
func testSessionIsNew(t *testing.T) {
	var ids []string
	for range 2 {
		ids = append(ids, headers(serve(t).client())[0].Session)
	}
	if ids[0] == "" || ids[0] == ids[1] {
		t.Errorf("sessions %q", ids)
	}
}

// What is dropped is in the log, with the channel and the reason.
func testDroppedIsLogged(t *testing.T) {
	s := serve(t)
	c := s.client()
	c.frames(c.shell, []byte("x"))
	c.raw(c.control, "[]", "{}", "{}", "{}")
	c.send(c.shell, "no_such_request", object{})
	c.send(c.control, "no_such_request", object{})
	c.send(c.stdin, "no_such_reply", object{})
	c.ask(c.shell, "kernel_info_request", object{})
	c.ask(c.control, "kernel_info_request", object{})
	s.arrived(c)
	for _, want := range []string{
		"shell: dropped: malformed message: no <IDS|MSG> among", "control: dropped: malformed message: header is not a JSON object",
		`shell: dropped: unknown message type "no_such_request"`, `control: dropped: unknown message type "no_such_request"`, "stdin: dropped: no_such_reply",
	} {
		if !s.log.has(want) {
			t.Errorf("the log lacks %q", want)
		}
	}
}

// Of what the kernel can do beside the basics it announces subshells, and that
// it has no debugger also in the word that older clients read.
func testFeatures(t *testing.T) {
	info := serve(t).client()
	got := info.ask(info.shell, "kernel_info_request", object{}).content
	same(t, "features", fmt.Sprint(got["supported_features"], got["debugger"]), "[kernel subshells] false")
}

func testVersion(t *testing.T) {
	c := serve(t).client()
	m := c.ask(c.shell, "kernel_info_request", object{})
	same(t, "version", fmt.Sprint(m.content["protocol_version"], " ", m.Header.Version), "5.5 5.5")
}

// A kernel without a debugger, which supported_features and debugger say, logs
// what is asked of it and sends neither replies nor events.
func testDebugRefused(t *testing.T) {
	s := serve(t)
	c := s.client()
	asked := map[string]bool{}
	for i, verb := range []string{
		"initialize", "attach", "configurationDone", "setBreakpoints", "setExceptionBreakpoints", "source", "stackTrace", "scopes", "variables",
		"continue", "next", "stepIn", "stepOut", "evaluate", "disconnect",
		"dumpCell", "debugInfo", "inspectVariables", "richInspectVariables", "copyToGlobals",
	} {
		id := c.send(c.control, "debug_request", object{"type": "request", "seq": i, "command": verb, "arguments": object{}})
		asked[id] = true
	}
	id := c.send(c.control, "kernel_info_request", object{})
	same(t, "first reply", c.until(c.control, func(msg) bool { return true })[0].Parent.MsgID, id)
	for _, m := range c.until(c.iopub, func(m msg) bool { return m.Parent.MsgID == id && m.content["execution_state"] == "idle" }) {
		if asked[m.Parent.MsgID] || m.Header.MsgType == "debug_event" {
			t.Errorf("published: %s", m)
		}
	}
	if !s.log.has(`unknown message type "debug_request"`) {
		t.Error("nothing is logged")
	}
}

// A registration file, from which a kernel would choose and report its own
// ports, is no connection file: the kernel ends at once and says what it wants.
func testRegistrationRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "registration.json")
	text := `{"transport":"tcp","ip":"127.0.0.1","registration_port":5555,"key":"k","signature_scheme":"hmac-sha256","kernel_id":"1"}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Run(t.Context(), file, &script{}, Options{})
	if err == nil || !strings.Contains(err.Error(), "no shell_port, iopub_port, stdin_port, control_port, hb_port") {
		t.Errorf("Run: %v", err)
	}
}

// A connection file with CURVE keys asks for what the kernel does not have. It
// ends, rather than send in the clear.
func testEncryptionRefused(t *testing.T) {
	file, c := writeConnection(t, "tcp", func(c *connection) { c.CurveKey = strings.Repeat("k", 40) })
	err := Run(t.Context(), file, &script{}, Options{})
	if err == nil || !strings.Contains(err.Error(), "CurveZMQ") {
		t.Errorf("Run: %v", err)
	}
	d := zmq4.NewDealer(t.Context(), zmq4.WithDialerMaxRetries(0))
	defer d.Close()
	if err := d.Dial(fmt.Sprint("tcp://127.0.0.1:", c.Shell)); err == nil {
		t.Error("the kernel listens")
	}
}

// starting is the first that a kernel says, once, and it has no parent.
func testStarting(t *testing.T) {
	s := &server{t: t, engine: &script{}}
	s.file, s.conn = writeConnection(t, "tcp")
	ctx, cancel := context.WithCancel(t.Context())
	k := newKernel(ctx, s.conn, s.engine, Options{})
	if err := k.listen(); err != nil {
		t.Fatal(err)
	}
	c := s.client() // before the kernel has said anything
	ended := make(chan struct{})
	go func() { k.serve(); close(ended) }()
	defer func() { cancel(); <-ended }()
	cells := []string{c.execute("#"), c.execute("value 1")}
	var said []string
	for _, m := range c.until(c.iopub, func(m msg) bool { return m.Parent.MsgID == cells[1] && m.content["execution_state"] == "idle" }) {
		said = append(said, fmt.Sprint(m.content["execution_state"], " ", string(m.RawParent) == "{}"))
	}
	same(t, "first", said[0], "starting true")
	same(t, "how often", strings.Count(strings.Join(said, ","), "starting"), 1)
}
