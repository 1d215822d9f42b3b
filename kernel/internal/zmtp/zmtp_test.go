package zmtp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const patience = 10 * time.Second

// listen serves a socket of the kind.
func listen(t *testing.T, kind Kind, o Options, handle func(s *Socket, frames [][]byte)) *Socket {
	t.Helper()
	s, err := Listen(kind, "tcp", "127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	go s.Serve(func(frames [][]byte) { handle(s, frames) })
	return s
}

// echo serves a ROUTER that sends everything back.
func echo(t *testing.T, o Options) (addr string) {
	t.Helper()
	return listen(t, Router, o, (*Socket).Send).Addr().String()
}

// A rawPeer is a peer that may misbehave.
type rawPeer struct {
	t *testing.T
	net.Conn
}

func dial(t *testing.T, addr string) rawPeer {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return rawPeer{t, c}
}

func prop(name, value string) string {
	return string(rune(len(name))) + name + string(binary.BigEndian.AppendUint32(nil, uint32(len(value)))) + value
}

func command(body string) []byte {
	if len(body) > 255 {
		return append(binary.BigEndian.AppendUint64([]byte{6}, uint64(len(body))), body...)
	}
	return append([]byte{4, byte(len(body))}, body...)
}

func ready(typ, id string) []byte {
	body := "\x05READY" + prop("Socket-Type", typ)
	if id != "" {
		body += prop("Identity", id)
	}
	return command(body)
}

// greeted connects and shakes hands.
func greeted(t *testing.T, addr, typ, id string) rawPeer {
	t.Helper()
	p := dial(t, addr)
	p.write(ourGreeting())
	p.write(ready(typ, id))
	p.expect(ourGreeting())
	h := p.read(2)
	p.read(int(h[1])) // its READY
	return p
}

func (p rawPeer) write(b []byte) {
	p.t.Helper()
	p.SetWriteDeadline(time.Now().Add(patience))
	if _, err := p.Write(b); err != nil {
		p.t.Fatal(err)
	}
}

func (p rawPeer) read(n int) []byte {
	p.t.Helper()
	b := make([]byte, n)
	p.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadFull(p.Conn, b); err != nil {
		p.t.Fatalf("reading %d bytes: %v", n, err)
	}
	return b
}

func (p rawPeer) expect(want []byte) {
	p.t.Helper()
	if got := p.read(len(want)); !bytes.Equal(got, want) {
		p.t.Fatalf("got %q, want %q", got, want)
	}
}

// closed waits until the other side has closed the connection.
func (p rawPeer) closed() {
	p.t.Helper()
	p.SetReadDeadline(time.Now().Add(patience))
	_, err := io.Copy(io.Discard, p.Conn)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		p.t.Error("the connection is still open")
	}
}

// works checks that a well-behaved peer is served, and soon.
func works(t *testing.T, addr string) {
	t.Helper()
	begin := time.Now()
	p := greeted(t, addr, "DEALER", "")
	p.write([]byte("\x01\x00\x00\x03abc"))
	p.expect([]byte("\x01\x00\x00\x03abc"))
	if d := time.Since(begin); d > patience {
		t.Errorf("a good peer waited %v", d)
	}
}

func TestSilentPeers(t *testing.T) {
	addr := echo(t, Options{Greeting: 2 * time.Second})
	var silent []rawPeer
	for range 20 {
		silent = append(silent, dial(t, addr))
	}
	half := dial(t, addr)
	half.write(ourGreeting()[:30])
	noReady := dial(t, addr)
	noReady.write(ourGreeting())
	works(t, addr)
	for _, p := range append(silent, half, noReady) {
		p.closed()
	}
	works(t, addr)
}

func edited(f func(g []byte)) []byte {
	g := ourGreeting()
	f(g)
	return g
}

func TestBadHandshakes(t *testing.T) {
	long := func(size uint64) []byte { return binary.BigEndian.AppendUint64([]byte{6}, size) }
	for name, b := range map[string][]byte{
		"http":             []byte("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a browser that sends a lot of text\r\n\r\n"),
		"old version":      edited(func(g []byte) { g[10] = 1 }),
		"no signature":     edited(func(g []byte) { g[0] = 0 }),
		"curve":            edited(func(g []byte) { copy(g[12:], "CURVE") }),
		"as-server":        edited(func(g []byte) { g[32] = 2 }),
		"message first":    append(ourGreeting(), 0, 1, 'a'),
		"other command":    append(ourGreeting(), command("\x05HELLO")...),
		"empty command":    append(ourGreeting(), command("")...),
		"huge command":     append(ourGreeting(), long(1<<62)...),
		"no type":          append(ourGreeting(), command("\x05READY")...),
		"unknown type":     append(ourGreeting(), ready("DEELER", "")...),
		"wrong type":       append(ourGreeting(), ready("SUB", "")...),
		"name too long":    append(ourGreeting(), command("\x05READY\xffab")...),
		"no value":         append(ourGreeting(), command("\x05READY\x01a\x00\x00\x00")...),
		"value too long":   append(ourGreeting(), command("\x05READY\x01a\xff\xff\xff\xffx")...),
		"empty name":       append(ourGreeting(), command("\x05READY\x00\x00\x00\x00\x00")...),
		"identity of 256":  append(ourGreeting(), ready("DEALER", strings.Repeat("x", 256))...),
		"zero identity":    append(ourGreeting(), ready("DEALER", "\x00abc")...),
		"identity of 9999": append(ourGreeting(), ready("DEALER", strings.Repeat("x", 9999))...),
	} {
		t.Run(name, func(t *testing.T) {
			addr := echo(t, Options{Greeting: 3 * time.Second})
			p := dial(t, addr)
			p.write(b)
			p.closed()
			works(t, addr)
		})
	}
}

func TestBadFrames(t *testing.T) {
	long := func(flags byte, size uint64) []byte { return binary.BigEndian.AppendUint64([]byte{flags}, size) }
	for name, b := range map[string][]byte{
		"2^62":            long(2, 1<<62),
		"2^64-1":          long(2, 1<<64-1),
		"2^40":            long(2, 1<<40),
		"over the limit":  long(2, 1<<20+1),
		"sum over it":     append(append(long(3, 1<<19), make([]byte, 1<<19)...), long(3, 1<<19+1)...),
		"sum overflows":   append([]byte{1, 1, 'x'}, long(2, 1<<64-1)...),
		"endless frames":  bytes.Repeat([]byte{1, 0}, maxFrames+1),
		"reserved flags":  {0x80, 0},
		"huge command":    long(6, 1<<40),
		"command of 9000": long(6, 9000),
	} {
		t.Run(name, func(t *testing.T) {
			addr := echo(t, Options{MaxMessage: 1 << 20})
			p := greeted(t, addr, "DEALER", "")
			p.write(b)
			p.closed()
			works(t, addr)
		})
	}
}

// What a header announces is not allocated before it has come.
func TestAnnouncedMemory(t *testing.T) {
	addr := echo(t, Options{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 8 {
		p := greeted(t, addr, "DEALER", "")
		p.write(binary.BigEndian.AppendUint64([]byte{2}, 200<<20))
		p.write(make([]byte, 1000))
	}
	works(t, addr)
	time.Sleep(50 * time.Millisecond)
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 100<<20 {
		t.Errorf("%d MiB allocated", grown>>20)
	}
}

// What one peer has sent is dealt with beside what others have: here each waits
// for the other.
func TestPeersBesideEachOther(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	addr := listen(t, Router, Options{}, func(s *Socket, frames [][]byte) {
		both.Done()
		both.Wait()
		s.Send(frames)
	}).Addr().String()
	a, b := greeted(t, addr, "DEALER", ""), greeted(t, addr, "DEALER", "")
	for _, p := range []rawPeer{a, b} {
		p.write([]byte("\x00\x02hi"))
	}
	for _, p := range []rawPeer{a, b} {
		p.expect([]byte("\x00\x02hi"))
	}
}

// Peers that send large messages at a time are dropped before they fill the
// memory, in one frame or in many; what they sent counts no longer then.
func TestManyLargeMessages(t *testing.T) {
	const size = 8 << 20
	addr := echo(t, Options{MaxMessage: size})
	frame := func(flags byte, size int) []byte {
		return append(binary.BigEndian.AppendUint64([]byte{flags}, uint64(size)), make([]byte, size)...)
	}
	for name, part := range map[string][]byte{"one frame": frame(2, size)[:size], "many": bytes.Repeat(frame(3, size/16), 15)} {
		t.Run(name, func(t *testing.T) {
			var peers []rawPeer
			open := func() (n int) {
				for _, p := range peers {
					p.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
					if _, err := p.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
						n++
					}
				}
				return n
			}
			for range 6 {
				p := greeted(t, addr, "DEALER", "")
				p.Write(part)
				peers = append(peers, p)
			}
			for begin := time.Now(); open() > 2; {
				if time.Since(begin) > patience {
					t.Fatalf("%d peers may each send %d bytes", open(), len(part))
				}
			}
			works(t, addr)
			for _, p := range peers {
				p.Close()
			}
			msg, got := frame(2, size-1), make([]byte, 9+size-1)
			for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) { // until they are forgotten
				p := greeted(t, addr, "DEALER", "")
				go p.Write(msg)
				p.SetReadDeadline(time.Now().Add(patience))
				if _, err := io.ReadFull(p.Conn, got); err == nil {
					break
				} else if time.Since(begin) > patience {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(got, msg) {
				t.Error("another message came back")
			}
		})
	}
}

func TestLargeMessage(t *testing.T) {
	addr := echo(t, Options{})
	p := greeted(t, addr, "DEALER", "")
	body := bytes.Repeat([]byte("0123456789abcdef"), 5<<20/16)
	msg := append([]byte{1, 1, 'h'}, append(binary.BigEndian.AppendUint64([]byte{2}, uint64(len(body))), body...)...)
	go p.Write(msg)
	p.expect(msg)
}

// Commands mean nothing after the handshake; they are not messages.
func TestCommandsAreSwallowed(t *testing.T) {
	addr := echo(t, Options{})
	p := greeted(t, addr, "DEALER", "")
	p.write(command("\x04PING\x00\x00ctx"))
	p.write(command(strings.Repeat("x", 300)))
	p.write([]byte("\x00\x01a"))
	p.expect([]byte("\x00\x01a"))
}

// A peer that asks much and reads nothing holds nobody up and is dropped.
func TestPeerThatDoesNotRead(t *testing.T) {
	addr := echo(t, Options{Backlog: 4 << 20})
	p := greeted(t, addr, "DEALER", "")
	frame := append(binary.BigEndian.AppendUint64([]byte{2}, 1<<20), make([]byte, 1<<20)...)
	p.SetWriteDeadline(time.Now().Add(patience))
	dropped := false
	for range 64 {
		if _, err := p.Write(frame); err != nil {
			dropped = true
			break
		}
		works(t, addr)
	}
	if !dropped {
		t.Error("64 MiB are waiting for a peer with a backlog of 4")
	}
}

// The newest connection with an identity is the one that gets replies.
func TestSameIdentity(t *testing.T) {
	addr := echo(t, Options{})
	old := greeted(t, addr, "DEALER", "twin")
	old.write([]byte("\x00\x01a"))
	old.expect([]byte("\x00\x01a"))
	p := greeted(t, addr, "DEALER", "twin")
	old.closed()
	p.write([]byte("\x00\x01b"))
	p.expect([]byte("\x00\x01b"))
}

func TestConnected(t *testing.T) {
	s := listen(t, Router, Options{}, (*Socket).Send)
	until := func(want bool) (gone <-chan struct{}) {
		t.Helper()
		for begin := time.Now(); ; time.Sleep(time.Millisecond) {
			if gone, ok := s.Connected("me"); ok == want {
				return gone
			}
			if time.Since(begin) > patience {
				t.Fatalf("Connected is %v", !want)
			}
		}
	}
	over := func(gone <-chan struct{}) {
		t.Helper()
		select {
		case <-gone:
		case <-time.After(patience):
			t.Fatal("nothing says that the peer is gone")
		}
	}
	until(false)
	greeted(t, s.Addr().String(), "DEALER", "me")
	first := until(true)
	p := greeted(t, s.Addr().String(), "DEALER", "me") // takes the place of the first
	over(first)
	gone := until(true)
	select {
	case <-gone:
		t.Fatal("a peer that is there is said to be gone")
	default:
	}
	s.Send([][]byte{[]byte("me"), []byte("hello")})
	p.expect([]byte("\x00\x05hello"))
	p.Close()
	over(gone)
	until(false)
	if _, ok := s.Connected(""); ok {
		t.Error("nobody is connected")
	}
}

func TestMaxPeers(t *testing.T) {
	addr := echo(t, Options{MaxPeers: 2})
	a := greeted(t, addr, "DEALER", "")
	greeted(t, addr, "DEALER", "")
	third := dial(t, addr)
	third.write(append(ourGreeting(), ready("DEALER", "")...))
	third.closed()
	a.Close()
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		c := dial(t, addr)
		c.write(append(ourGreeting(), ready("DEALER", "")...))
		c.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.ReadFull(c.Conn, make([]byte, greetingSize+1)); err == nil {
			return // it got more than the greeting
		}
		if time.Since(begin) > patience {
			t.Fatal("a place that became free was not given away")
		}
	}
}

// However many connections stay silent, somebody who greets gets in.
func TestManySilentPeers(t *testing.T) {
	addr := echo(t, Options{MaxPeers: 4})
	first := dial(t, addr)
	for range 10 {
		dial(t, addr)
	}
	first.closed()
	works(t, addr)
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	// A process that was killed leaves its socket file.
	nl, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	nl.(*net.UnixListener).SetUnlinkOnClose(false)
	nl.Close()

	s, err := Listen(Router, "unix", path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(path)
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("socket file: %v, %v", fi, err)
	}
	if _, err := Listen(Router, "unix", path, Options{}); err == nil {
		t.Error("two listeners on one path")
	}
	s.Close()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("after Close: %v", err)
	}
}

// What is held leaves when nobody holds it any more, all at once and in order.
func TestHold(t *testing.T) {
	s := listen(t, Router, Options{}, (*Socket).Send)
	p := greeted(t, s.Addr().String(), "DEALER", "me")
	p.write([]byte("\x00\x01a"))
	p.expect([]byte("\x00\x01a"))
	release := s.Hold()
	for _, text := range []string{"one", "two"} {
		s.Send([][]byte{[]byte("me"), []byte(text)})
	}
	p.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := p.Read(make([]byte, 1)); err == nil {
		t.Fatalf("%d bytes came while they were held", n)
	}
	release()
	p.expect([]byte("\x00\x03one\x00\x03two"))

	// Whoever holds on and on keeps nothing that another lets go.
	defer s.Hold()()
	release = s.Hold()
	s.Send([][]byte{[]byte("me"), []byte("three")})
	release()
	p.expect([]byte("\x00\x05three"))
}

// What answers messages that have come together leaves together, also when the
// last of them breaks a rule; a message that has come in part holds nothing up.
func TestTogether(t *testing.T) {
	s := newSocket(Router, nil, Options{}.withDefaults())
	other := newSocket(Pub, nil, Options{}.withDefaults())
	s.o.Along = []*Socket{other}
	var holds []string
	s.handle = func(frames [][]byte) {
		holds = append(holds, fmt.Sprintf("%s%d%d", frames[1], s.holds.Load(), other.holds.Load()))
	}
	long := "\x02\x00\x00\x00\x00\x00\x00\x00\x01"
	for came, want := range map[string]string{
		"\x00\x01a": "[a00]",
		"\x00\x01a\x00\x01b\x04\x01x\x01\x01c\x00\x00":   "[a11 b11 c11]",
		"\x00\x01a\x00\x01b\x01\x01c\x00\x05part":        "[a11 b11]",
		"\x00\x01a" + long + "b\x00\x01c" + long:         "[a11 b11 c11]",
		"\x00\x01a\x00\x01b\x80\x01c\x00\x01d":           "[a11 b11]",
		"\x00\x01a\x02\xff\xff\xff\xff\xff\xff\xff\xffb": "[a00]",
	} {
		holds = nil
		pipe, _ := net.Pipe()
		c := newConn(script{pipe, bytes.NewReader([]byte(came))}, s, "me")
		c.read()
		if got := fmt.Sprint(holds); got != want {
			t.Errorf("%q: held at %s, want %s", came, got, want)
		}
		if a, b := s.holds.Load(), other.holds.Load(); a != 0 || b != 0 {
			t.Fatalf("%q: %d and %d holds are left", came, a, b)
		}
	}
}

// A peer that takes little at a time gets everything, in order, from several
// senders.
func TestManySenders(t *testing.T) {
	s := listen(t, Router, Options{}, (*Socket).Send)
	p := greeted(t, s.Addr().String(), "DEALER", "me")
	p.write([]byte("\x00\x01a"))
	p.expect([]byte("\x00\x01a"))
	const senders, each, size = 4, 200, 10_000
	for i := range senders {
		go func() {
			body := bytes.Repeat([]byte{byte(i)}, size)
			for n := range each {
				binary.BigEndian.PutUint32(body, uint32(n))
				s.Send([][]byte{[]byte("me"), {byte(i)}, body})
			}
		}()
	}
	next := make([]uint32, senders)
	for range senders * each {
		b := p.read(3 + 9 + size)
		i, body := b[2], b[12:]
		if n := binary.BigEndian.Uint32(body); n != next[i] {
			t.Fatalf("message %d of sender %d, want %d", n, i, next[i])
		}
		next[i]++
		if rest := body[4:]; !bytes.Equal(rest, bytes.Repeat([]byte{i}, size-4)) {
			t.Fatalf("a message of sender %d is not whole", i)
		}
		if next[i]%50 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	s.Flush(patience)
	if n := s.waiting.Load(); n != 0 {
		t.Errorf("%d bytes wait for nobody", n)
	}
}

// broken is a listener that cannot accept, as when a process has too many files
// open.
type broken struct {
	net.Listener
	asked atomic.Int64
}

func (b *broken) Accept() (net.Conn, error) {
	b.asked.Add(1)
	return nil, errors.New("too many open files")
}

// A listener that fails is asked again, but not without a pause.
func TestAcceptFails(t *testing.T) {
	b := &broken{}
	s := newSocket(Router, b, Options{})
	ended := make(chan struct{})
	go func() { s.Serve(nil); close(ended) }()
	begin := time.Now()
	for b.asked.Load() < 5 && time.Since(begin) < 5*time.Second {
		time.Sleep(time.Millisecond)
	}
	asked, most := b.asked.Load(), int64(time.Since(begin)/pause)+2
	if asked < 5 || asked > most {
		t.Errorf("asked %d times in %v, want 5 to %d", asked, time.Since(begin), most)
	}
	close(s.done)
	<-ended
}

func ExampleListen() {
	s, err := Listen(Router, "tcp", "127.0.0.1:0", Options{MaxMessage: 1 << 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	go s.Serve(s.Send) // an echo
	fmt.Println(s.Close())
	// Output: <nil>
}
