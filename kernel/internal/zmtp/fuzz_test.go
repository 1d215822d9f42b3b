package zmtp

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"testing"
	"time"
)

// A script is a connection on which given bytes come, and then the end.
type script struct {
	net.Conn
	r io.Reader
}

func (s script) Read(p []byte) (int, error)  { return s.r.Read(p) }
func (s script) Write(p []byte) (int, error) { return len(p), nil }

// FuzzRead sends anything over a greeted connection: what is handed on is whole
// messages within the limits, and nothing else.
func FuzzRead(f *testing.F) {
	f.Add([]byte("\x00\x03abc\x01\x00\x00\x01x"), false)
	f.Add([]byte("\x04\x02\x01x\x02\x00\x00\x00\x00\x00\x00\x00\x01y"), false)
	f.Add([]byte("\x00\x02\x01t\x00\x02\x00t"), true)
	f.Add([]byte("\x02\xff\xff\xff\xff\xff\xff\xff\xff"), true)
	f.Fuzz(func(t *testing.T, b []byte, publisher bool) {
		const limit = 1000
		s := newSocket(Router, nil, Options{MaxMessage: limit}.withDefaults())
		if publisher {
			s.kind = Pub
		}
		var sent []byte
		s.handle = func(frames [][]byte) {
			if string(frames[0]) != "me" || len(frames) < 2 {
				t.Fatalf("handed on %q", frames)
			}
			if n := len(bytes.Join(frames[1:], nil)); n > limit {
				t.Fatalf("a message of %d bytes was handed on", n)
			}
			sent = appendMessage(sent, frames[1:])
		}
		pipe, _ := net.Pipe()
		newConn(script{pipe, bytes.NewReader(b)}, s, "me").read()
		// Without commands and lengths that take more bytes than they need, what
		// was handed on is what came.
		if plain := !bytes.ContainsAny(b, "\x02\x03\x04\x05\x06\x07"); plain && !publisher && !bytes.HasPrefix(b, sent) {
			t.Fatalf("%q came, %q was handed on", b, sent)
		}
		if len(s.conns) > 0 || s.waiting.Load() != 0 {
			t.Fatal("the connection is kept")
		}
	})
}

// Peers that come and go leave nothing behind.
func TestPeersLeave(t *testing.T) {
	addr := echo(t, Options{})
	works(t, addr)
	before := runtime.NumGoroutine()
	for range 200 {
		p := greeted(t, addr, "DEALER", "")
		p.write([]byte("\x00\x01a"))
		p.expect([]byte("\x00\x01a"))
		p.Close()
		dial(t, addr).Close()
	}
	for begin := time.Now(); runtime.NumGoroutine() > before+5; time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

// Wherever a peer's bytes end, what was whole is handed on and the peer is
// forgotten.
func TestCutAnywhere(t *testing.T) {
	raw := []byte("\x01\x03abc\x00\x03def\x02\x00\x00\x00\x00\x00\x00\x00\x01g")
	for n := range len(raw) + 1 {
		s := newSocket(Router, nil, Options{}.withDefaults())
		got := 0
		s.handle = func([][]byte) { got++ }
		pipe, _ := net.Pipe()
		c := newConn(script{pipe, bytes.NewReader(raw[:n])}, s, "me")
		s.register(c)
		c.read()
		want := 0
		if n >= 10 {
			want++
		}
		if n == len(raw) {
			want++
		}
		if got != want {
			t.Errorf("of %q %d messages came, want %d", raw[:n], got, want)
		}
		if _, there := s.Connected("me"); there || len(s.conns) > 0 {
			t.Errorf("a peer that has sent %q is kept", raw[:n])
		}
	}
}
