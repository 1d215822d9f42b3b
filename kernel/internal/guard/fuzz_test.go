package guard

import (
	"bytes"
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// A script is a connection on which given bytes come, and then the end.
type script struct {
	net.Conn
	r io.Reader
}

func (s script) Read(p []byte) (int, error)  { return s.r.Read(p) }
func (s script) Write(p []byte) (int, error) { return len(p), nil }

// FuzzRead sends anything over a greeted connection: what zmq4 gets to read
// is whole message frames within the limits, and nothing else.
func FuzzRead(f *testing.F) {
	f.Add([]byte("\x00\x03abc\x01\x00\x00\x01x"), false)
	f.Add([]byte("\x04\x02\x01x\x02\x00\x00\x00\x00\x00\x00\x00\x01y"), false)
	f.Add([]byte("\x00\x02\x01t\x00\x02\x00t"), true)
	f.Add([]byte("\x02\xff\xff\xff\xff\xff\xff\xff\xff"), true)
	f.Fuzz(func(t *testing.T, b []byte, publisher bool) {
		const limit = 1000
		o := Options{MaxMessage: limit}.withDefaults()
		if publisher {
			o.Subscribed = func(string) {}
		}
		l := newListener(nil, nil, o)
		pipe, _ := net.Pipe()
		c := newConn(script{pipe, bytes.NewReader(b)}, l, peer{})
		out, err := io.ReadAll(c)
		c.Close()
		if err != nil && !errors.Is(err, net.ErrClosed) {
			t.Fatalf("Read failed with %v, want io.EOF or, within a frame, net.ErrClosed", err)
		}
		size := 0
		for len(out) > 0 {
			flags, n, head := out[0], 0, 2
			if flags&^(flagMore|flagLong) != 0 {
				t.Fatalf("flags %#x passed", flags)
			}
			if len(out) < 2 {
				t.Fatalf("half a header passed: %q", out)
			}
			n = int(out[1])
			if flags&flagLong != 0 {
				head = 9
				n = int(out[7])<<8 | int(out[8])
			}
			if size += n; size > limit {
				t.Fatalf("a message of %d bytes passed", size)
			}
			if flags&flagMore == 0 {
				size = 0
			}
			out = out[min(head+n, len(out)):] // the last body may be cut by the end
		}
	})
}

// Peers that come and go leave nothing behind.
func TestPeersLeave(t *testing.T) {
	addr := echo(t, Options{})
	works(t, addr)
	before := runtime.NumGoroutine()
	for range 200 {
		p := greeted(t, addr, string(zmq4.Dealer), "")
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

// Wherever a peer's bytes end, zmq4 takes note and forgets the peer.
func TestCutAnywhere(t *testing.T) {
	raw := append(append(ourGreeting(), ready("DEALER", "")...), "\x01\x03abc\x00\x03def"...)
	whole := len(raw) - len("\x01\x03abc\x00\x03def")
	for n := whole; n <= len(raw); n++ {
		l := newListener(nil, nil, Options{}.withDefaults())
		pipe, _ := net.Pipe()
		c := newConn(script{pipe, bytes.NewReader(raw[whole:n])}, l, peer{raw: raw[:whole:whole]})
		forgotten := false
		z, err := zmq4.Open(c, null.Security(), zmq4.Router, nil, true, func(*zmq4.Conn) { forgotten = true })
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = z.RecvMsg()
		}
		z.Close()
		if !forgotten {
			t.Errorf("zmq4 keeps a peer that has sent %q, after %v", raw[whole:n], err)
		}
	}
}
