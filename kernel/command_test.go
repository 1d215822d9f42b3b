//go:build unix

package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/sheaf-go/sheaf/notebooks/nbtest"
)

// The tests of this file use the whole command: a kernel's process, and the
// process of its session.

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds the command")
	}
	cmd := exec.Command(nbtest.Binary(t), args...)
	dir := t.TempDir()
	cmd.Env = append(os.Environ(), "SHEAF_HISTORY="+filepath.Join(dir, "history.sqlite"), "JUPYTER_DATA_DIR="+dir)
	cmd.Dir = dir
	return cmd
}

// wholeKernel starts the command as a kernel, with variables of the environment.
func wholeKernel(t *testing.T, env ...string) (*server, *exec.Cmd) {
	t.Helper()
	s := &server{t: t}
	s.file, s.conn = writeConnection(t, "tcp")
	cmd := command(t, "kernel", s.file)
	cmd.Env = append(cmd.Env, env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return s, cmd
}

// children lists what a process has started, and behind that what those have.
func children(pid int) (list []int) {
	for _, p := range family(int32(pid))[1:] {
		list = append(list, int(p))
	}
	return list
}

// printed waits until a cell has printed text.
func (c *client) printed(id, text string) {
	c.t.Helper()
	var all string
	c.until(c.iopub, func(m msg) bool {
		if m.Parent.MsgID == id && m.Header.MsgType == "stream" {
			all += m.content["text"].(string)
		}
		return strings.Contains(all, text)
	})
}

func init() {
	demands = append(demands,
		demand{"Changes/kernelspec", testKernelspec},
		demand{"IOPub/late_output_has_its_cell/session", testSessionLateOutput},
		demand{"Control/interrupt_request/session", testSessionInterrupt},
		demand{"Stdin/session", testSessionStdin},
		demand{"Shell/execute_request/session", testSessionExecute},
		demand{"Start/JPY_SESSION_NAME", testSessionName},
		demand{"Shell/kernel_info_request/session", testSessionInfo},
		demand{"Shell/history_request/of_earlier_kernels", testEarlierHistory},
	)
}

// The kernelspec wants interrupts by message, and announces neither encryption
// nor a debugger nor the handshake of version 5.6.
func testKernelspec(t *testing.T) {
	cmd := command(t, "install", "--no-warm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(cmd.Dir, "kernels", "sheaf", "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec object
	if err := json.Unmarshal(b, &spec); err != nil {
		t.Fatal(err)
	}
	same(t, "interrupt_mode", spec["interrupt_mode"], any("message"))
	for _, word := range []string{"supported_encryption", "curve", "kernel_protocol_version", `"debugger": true`, `"debugger":true`} {
		if strings.Contains(string(b), word) {
			t.Errorf("the kernelspec says %s: %s", word, b)
		}
	}
}

// What the command says of itself: its release, that of Go, and where front
// ends' Help menus lead.
func testSessionInfo(t *testing.T) {
	s, _ := wholeKernel(t)
	c := s.client()
	info := c.ask(c.shell, "kernel_info_request", object{}).content
	if v, banner := info["implementation_version"].(string), info["banner"].(string); v == "" || v == "0" || !strings.Contains(banner, v) || !strings.Contains(banner, "go1.") {
		t.Errorf("version %q, banner %q", v, banner)
	}
	links, _ := info["help_links"].([]any)
	for _, l := range links {
		l := l.(object)
		if text, _ := l["text"].(string); text == "" || !strings.HasPrefix(fmt.Sprint(l["url"]), "https://") {
			t.Errorf("link %v", l)
		}
	}
	if len(links) == 0 {
		t.Error("no links")
	}
}

// A goroutine prints under the cell that has started it, while another runs.
func testSessionLateOutput(t *testing.T) {
	s, _ := wholeKernel(t)
	c := s.client()
	first, _ := c.run(`var group sync.WaitGroup
group.Add(1)
may := make(chan bool)
go func() { defer group.Done(); <-may; fmt.Println("late") }()`)
	c.execute("close(may)\ngroup.Wait()")
	ms := c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "stream" })
	same(t, "parent", ms[len(ms)-1].Parent.MsgID, first.Parent.MsgID)
}

// An interrupt ends a busy loop with its queue; the variables stay.
func testSessionInterrupt(t *testing.T) {
	s, _ := wholeKernel(t)
	c := s.client()
	loop, behind := c.execute("kept := 41\nfmt.Println(1)\nfor {}"), c.execute("kept = 0")
	c.printed(loop, "1")
	begin := time.Now()
	c.ask(c.control, "interrupt_request", object{})
	same(t, "loop", c.reply(c.shell, loop).content["ename"], any("interrupted"))
	t.Logf("interrupted in %v", time.Since(begin))
	same(t, "behind", c.reply(c.shell, behind).content["status"], any("aborted"))
	_, out := c.run("kept + 1")
	same(t, "kept", fmt.Sprint(out[2].content["data"]), "map[text/plain:42]")
}

// fmt.Scan, a question, a password, and each refused and interrupted.
func testSessionStdin(t *testing.T) {
	s, _ := wholeKernel(t)
	c := s.client()
	for code, want := range map[string]string{
		"var n int\nfmt.Scan(&n)\nfmt.Println(n + 1)":                       `{"prompt":"","password":false}`,
		"n, err := show.Input(\"who?\")\nfmt.Println(n, err)":               `{"prompt":"who?","password":false}`,
		"secret, err := show.Password(\"word?\")\nfmt.Println(secret, err)": `{"prompt":"word?","password":true}`,
	} {
		cell := c.execute(code)
		c.question(cell, want)
		c.send(c.stdin, "input_reply", object{"value": "41"})
		same(t, code, c.reply(c.shell, cell).content["status"], any("ok"))
		if out := kinds(c.outputs(cell)); !strings.Contains(out, "stdout 4") {
			t.Errorf("%s: %s", code, out)
		}
	}
	reply, out := c.run("_, err := show.Input(\"who?\")\nfmt.Println(err != nil)", object{"allow_stdin": false})
	same(t, "refused", fmt.Sprint(reply.content["status"], kinds(out)), `okstatus busy; execute_input; stream stdout true\n; status idle`)
	reply, _ = c.run("var m int\nfmt.Scan(&m)", object{"allow_stdin": false})
	same(t, "reading refused", fmt.Sprint(reply.content["status"], " ", reply.content["evalue"]), "error cell[5]:2:1: "+ErrNoInput.Error())
	cell := c.execute("show.Input(\"who?\")")
	c.question(cell, `{"prompt":"who?","password":false}`)
	c.ask(c.control, "interrupt_request", object{})
	same(t, "interrupted", c.reply(c.shell, cell).content["ename"], any("interrupted"))
}

// A kernel finds what earlier ones have executed, with its results: as a
// session, by a search, each text once. What was silent or not to be stored is
// not there.
func testEarlierHistory(t *testing.T) {
	file := "SHEAF_HISTORY=" + filepath.Join(t.TempDir(), "history.sqlite")
	ask := func(c *client, req object) string {
		reply := c.ask(c.shell, "history_request", req)
		history, _ := json.Marshal(reply.content["history"])
		return string(history)
	}
	for _, cells := range [][]string{{"6 * 7", "// note", "6 * 7"}, {"6 * 7"}} {
		s, cmd := wholeKernel(t, file)
		c := s.client()
		for _, code := range cells {
			c.run(code)
		}
		c.run("6 * 8", object{"silent": true})
		c.run("6 * 9", object{"store_history": false})
		c.ask(c.control, "shutdown_request", object{"restart": false})
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := wholeKernel(t, file)
	c := s.client()
	same(t, "its own", ask(c, object{"hist_access_type": "range", "session": 0}), "[]")
	same(t, "the one before", ask(c, object{"hist_access_type": "range", "session": -1, "output": true}), `[[2,1,["6 * 7","42"]]]`)
	same(t, "two before", ask(c, object{"hist_access_type": "range", "session": -2, "start": 2, "stop": 4}), `[[1,2,"// note"],[1,3,"6 * 7"]]`)
	same(t, "by number", ask(c, object{"hist_access_type": "range", "session": 1, "stop": 2}), `[[1,1,"6 * 7"]]`)
	same(t, "search", ask(c, object{"hist_access_type": "search", "pattern": "6*"}), `[[1,1,"6 * 7"],[1,3,"6 * 7"],[2,1,"6 * 7"]]`)
	same(t, "once each", ask(c, object{"hist_access_type": "search", "pattern": "*", "unique": true}), `[[1,2,"// note"],[2,1,"6 * 7"]]`)
	same(t, "the last two", ask(c, object{"hist_access_type": "search", "pattern": "*7", "n": 2}), `[[1,3,"6 * 7"],[2,1,"6 * 7"]]`)
	same(t, "tail", ask(c, object{"hist_access_type": "tail", "n": 2, "output": true, "raw": false}), `[[1,3,["6 * 7","42"]],[2,1,["6 * 7","42"]]]`)
}

// The history says which notebook a cell was in.
func testSessionName(t *testing.T) {
	s, cmd := wholeKernel(t, "JPY_SESSION_NAME=folder/named.ipynb")
	c := s.client()
	c.run("1")
	c.ask(c.control, "shutdown_request", object{"restart": false})
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(cmd.Dir, "history.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte("folder/named.ipynb")) {
		t.Error("the history does not say the notebook's name")
	}
}

// What a real cell prints and shows comes in its order, between busy and idle.
func testSessionExecute(t *testing.T) {
	s, _ := wholeKernel(t)
	reply, out := s.client().run("fmt.Println(1)\nfmt.Fprintln(os.Stderr, 2)\nshow.Show(show.Plain(\"3\"))\nfmt.Println(4)\n5")
	same(t, "status", reply.content["status"], any("ok"))
	same(t, "outputs", kinds(out),
		`status busy; execute_input; stream stdout 1\n; stream stderr 2\n; display_data; stream stdout 4\n; execute_result; status idle`)
}

// Killed in mid-cell, the session's process leaves a cell that says so, and a
// kernel that goes on.
func TestSessionKilled(t *testing.T) {
	s, cmd := wholeKernel(t)
	c := s.client()
	c.run("kept := 1")
	cell, behind := c.execute("fmt.Println(1)\nfor {}"), c.execute("2")
	c.printed(cell, "1")
	all := children(cmd.Process.Pid)
	if len(all) == 0 {
		t.Fatal("the kernel has no child")
	}
	syscall.Kill(all[0], syscall.SIGKILL) // others are its own: a compiler at work
	reply := c.reply(c.shell, cell)
	same(t, "name", reply.content["ename"], any("worker died"))
	if why := fmt.Sprint(reply.content["evalue"]); !strings.Contains(why, "its process was killed") || !strings.Contains(why, "the variable kept is gone") {
		t.Errorf("the cell says %s", why)
	}
	same(t, "behind", c.reply(c.shell, behind).content["status"], any("aborted"))
	_, out := c.run("40 + 2")
	same(t, "next", fmt.Sprint(out[2].content["data"]), "map[text/plain:42]")
}

// Killed in mid-cell, a kernel answers no heartbeat, and what it has started is
// gone soon: its session's process, and what cells have started.
func TestKernelKilled(t *testing.T) {
	s, cmd := wholeKernel(t)
	c := s.client()
	beat := s.heart(t)
	if !beat(patience) {
		t.Fatal("no heartbeat")
	}
	cell := c.execute("started := exec.Command(\"sleep\", \"100\")\nfmt.Println(started.Start(), started.Process.Pid)\nfor {}")
	c.printed(cell, "\n")
	if !beat(patience) {
		t.Error("no heartbeat while a cell runs")
	}
	all := children(cmd.Process.Pid)
	if len(all) < 2 {
		t.Fatalf("the kernel's family is %v, want a session and a program of the cell", all)
	}
	begin := time.Now()
	cmd.Process.Kill()
	cmd.Wait()
	for len(all) > 0 {
		if !alive(all[0]) {
			all = all[1:]
			continue
		}
		if time.Since(begin) > patience {
			t.Fatalf("after %v there are %v", time.Since(begin), all)
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Logf("all gone after %v", time.Since(begin))
	if beat(300 * time.Millisecond) {
		t.Error("a heartbeat without a kernel")
	}
}

// heart returns a function that sends a heartbeat and reports whether it came
// back.
func (s *server) heart(t *testing.T) func(limit time.Duration) bool {
	req := zmq4.NewDealer(context.Background())
	t.Cleanup(func() { req.Close() })
	if err := req.Dial(s.endpoint(s.conn.Heartbeat)); err != nil {
		t.Fatal(err)
	}
	back := make(chan string, 16)
	go func() {
		for {
			m, err := req.Recv()
			if err != nil {
				close(back)
				return
			}
			back <- string(m.Frames[len(m.Frames)-1])
		}
	}()
	n := 0
	return func(limit time.Duration) bool {
		n++
		ping := strconv.Itoa(n)
		if err := req.SendMulti(zmq4.NewMsgFrom(nil, []byte(ping))); err != nil {
			return false
		}
		select {
		case pong := <-back:
			return pong == ping
		case <-time.After(limit):
			return false
		}
	}
}

// clientFile names the connection file to a process that is a client.
const clientFile = "KERNEL_TEST_CLIENT"

// TestClientProcess is that client: it starts a cell that asks, and stays.
func TestClientProcess(t *testing.T) {
	file := os.Getenv(clientFile)
	if file == "" {
		t.Skip("it is a part of TestClientKilled")
	}
	conn, err := readConnection(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, conn: conn}
	c := s.client()
	cell := c.execute("fmt.Println(\"begun\")\nfor { time.Sleep(time.Millisecond); fmt.Print(\"x\") }")
	c.printed(cell, "x")
	fmt.Println("begun")
	select {}
}

// A client that is killed in mid-cell leaves a kernel that others can use, and
// whose cell they can interrupt.
func TestClientKilled(t *testing.T) {
	s, _ := wholeKernel(t)
	s.client().run("kept := 41") // so that the kernel is there
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestClientProcess$", "-test.v")
	cmd.Env = append(os.Environ(), clientFile+"="+s.file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	var said strings.Builder
	for b := make([]byte, 256); !strings.Contains(said.String(), "begun"); {
		n, err := out.Read(b)
		said.Write(b[:n])
		if err != nil {
			t.Fatalf("the client ended: %v, %s", err, said.String())
		}
	}
	cmd.Process.Kill()
	c := s.client()
	same(t, "kernel_info", c.ask(c.shell, "kernel_info_request", object{}).content["status"], any("ok"))
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "stream" }) // of the cell that goes on
	c.ask(c.control, "interrupt_request", object{})
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "error" })
	c.until(c.iopub, func(m msg) bool { return m.content["execution_state"] == "idle" })
	_, published := c.run("kept + 1")
	same(t, "kept", fmt.Sprint(published[2].content["data"]), "map[text/plain:42]")
}

// Two clients of one kernel: each gets its own replies, both see all that is
// published, and a question goes to the one whose cell asks.
func TestTwoClients(t *testing.T) {
	s, _ := wholeKernel(t)
	both := []*client{s.client(), s.client()}
	for i := range 10 {
		c, other := both[i%2], both[1-i%2]
		cell := c.execute(fmt.Sprintf("fmt.Println(%d)\nanswer%d, _ := show.Input(\"?\")\nfmt.Println(answer%d)", i, i, i))
		c.question(cell, `{"prompt":"?","password":false}`)
		c.send(c.stdin, "input_reply", object{"value": fmt.Sprint("answer ", i)})
		same(t, "status", c.reply(c.shell, cell).content["status"], any("ok"))
		want := fmt.Sprintf(`status busy; execute_input; stream stdout %d\n; stream stdout answer %d\n; status idle`, i, i)
		same(t, "its own", kinds(c.outputs(cell)), want)
		same(t, "the other's", kinds(other.outputs(cell)), want)
		same(t, "replies and questions to the other", len(other.shell.in)+len(other.stdin.in), 0)
	}
}
