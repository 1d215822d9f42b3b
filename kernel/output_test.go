package kernel

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-zeromq/zmq4"
)

// streams joins the text of stream messages and counts them.
func streams(ms []msg) (text string, n int) {
	var b strings.Builder
	for _, m := range ms {
		if m.Header.MsgType == "stream" {
			b.WriteString(m.content["text"].(string))
			n++
		}
	}
	return b.String(), n
}

func TestManyLines(t *testing.T) {
	const n = 100_000
	c := serve(t).client()
	begin := time.Now()
	_, out := c.run(fmt.Sprintf("lines %d", n))
	t.Logf("%d lines in %v", n, time.Since(begin))
	text, count := streams(out)
	if count >= 50 {
		t.Errorf("%d messages for %d lines, want fewer than 50", count, n)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != n {
		t.Fatalf("%d lines of %d arrived", len(lines), n)
	}
	for i, l := range lines {
		if l != fmt.Sprint("line ", i) {
			t.Fatalf("line %d is %q", i, l)
		}
	}
}

// Displays don't coalesce; a reader at a normal pace loses none.
func TestManyDisplays(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 10_000
	}
	s := serve(t)
	c := s.client()
	sub := zmq4.NewSub(context.Background())
	defer sub.Close()
	if err := sub.SetOption(zmq4.OptionSubscribe, "kernel."); err != nil {
		t.Fatal(err)
	}
	if err := sub.Dial(s.endpoint(s.conn.IOPub)); err != nil {
		t.Fatal(err)
	}
	c.until(c.iopub, func(m msg) bool { return m.content["subscription"] == "kernel." })
	c.iopub.sock.Close() // it decodes everything, which would be what this test measures
	begin := time.Now()
	c.execute(strings.Repeat("display x\n", n))
	for got := 0; ; {
		m, err := sub.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if topic := string(m.Frames[0]); strings.HasSuffix(topic, ".display_data") {
			got++
		} else if strings.Contains(string(m.Frames[len(m.Frames)-1]), "idle") {
			t.Logf("%d displays in %v", n, time.Since(begin))
			same(t, "displays", got, n)
			return
		}
	}
}

func TestBigDisplay(t *testing.T) {
	c := serve(t).client()
	begin := time.Now()
	_, out := c.run("big 10000000")
	t.Logf("10 MB in %v", time.Since(begin))
	same(t, "size", len(out[2].content["data"].(object)["text/plain"].(string)), 10_000_000)
}

// Text appears while the cell still runs.
func TestStreamIsPrompt(t *testing.T) {
	c := serve(t).client()
	c.execute("print now\nspin")
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "stream" })
	c.ask(c.control, "interrupt_request", object{})
}

// A character that is written in two pieces arrives whole, also when its
// stream is flushed between them.
func TestCutCharacters(t *testing.T) {
	for _, tt := range []struct{ name, code, want string }{
		{"in one message", `raw "a\xf0\x9f"` + "\n" + `raw "\x98\x80b"`, "a😀b"},
		{"over a flush", `raw "a\xf0\x9f"` + "\nsleep 100ms\n" + `raw "\x98\x80b"`, "a😀b"},
		{"over a display", `raw "a\xc3"` + "\ndisplay x\n" + `raw "\xa9b"`, "aéb"},
		{"over the other stream", `raw "a\xc3"` + "\neprint e\n" + `raw "\xa9b"`, "ae\néb"},
		{"never finished", `raw "a\xf0\x9f"`, "a\ufffd\ufffd"},
		{"not UTF-8", `raw "a\xff\xfeb"`, "a\ufffd\ufffdb"},
		{"never finished, on the other stream", `raw "a\xc3"` + "\neprint e", "ae\n\ufffd"},
	} {
		c := serve(t).client()
		_, out := c.run(tt.code)
		text, _ := streams(out)
		same(t, tt.name, text, tt.want)
	}
}

func TestWhole(t *testing.T) {
	for _, s := range []string{"", "a", "é", "€", "😀", "a😀", "\xff", "\x80\x80\x80\x80"} {
		for n := range len(s) + 1 {
			got := whole([]byte(s[:n]))
			want := 0
			for want < n && utf8.FullRuneInString(s[want:n]) {
				_, size := utf8.DecodeRuneInString(s[want:n])
				want += size
			}
			same(t, fmt.Sprintf("%q", s[:n]), got, want)
		}
	}
}

// A goroutine that outlives its cell still prints under it.
func TestLateOutput(t *testing.T) {
	s := serve(t)
	c := s.client()
	first, _ := c.run("later a late")
	c.begun(c.execute("spin"))
	s.engine.open("a")
	m := c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "stream" })
	same(t, "parent", m[len(m)-1].Parent.MsgID, first.Parent.MsgID)
}
