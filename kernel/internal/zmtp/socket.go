package zmtp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Socket accepts peers, and talks with them.
type Socket struct {
	kind   Kind
	l      net.Listener
	o      Options
	handle func(frames [][]byte)
	done   chan struct{}
	once   sync.Once

	waiting atomic.Int64 // bytes that wait for any peer
	holds   atomic.Int32 // how many want that what is sent waits
	large   atomic.Int64 // bytes of large messages that are being read

	mu    sync.RWMutex
	fresh []net.Conn // not greeted yet, oldest first
	conns map[*conn]struct{}
	ids   map[string]*conn // identity → newest connection with it
	named uint32           // identities given to peers that brought none
}

func newSocket(kind Kind, l net.Listener, o Options) *Socket {
	return &Socket{
		kind:  kind,
		l:     l,
		o:     o,
		done:  make(chan struct{}),
		conns: make(map[*conn]struct{}),
		ids:   make(map[string]*conn),
	}
}

// Addr is where the socket listens.
func (s *Socket) Addr() net.Addr { return s.l.Addr() }

// pause keeps a loop that fails again and again from spinning.
const pause = 10 * time.Millisecond

// Serve serves peers until the socket is closed. Each message that comes is
// given to handle, with its sender's identity as the first frame: those of a
// peer one at a time and in order, beside those of others. handle may keep the
// frames. A publisher's handle is not called.
func (s *Socket) Serve(handle func(frames [][]byte)) {
	s.handle = handle
	for {
		nc, err := s.l.Accept()
		if err != nil {
			select {
			case <-s.done:
				return
			case <-time.After(pause):
				continue
			}
		}
		s.admit(nc)
		go s.receive(nc)
	}
}

// admit enters a connection that is not greeted yet. When there are too many
// of them the oldest has to go: a peer that means it greets within
// milliseconds.
func (s *Socket) admit(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fresh) >= s.o.MaxPeers {
		s.fresh[0].Close()
		s.fresh = s.fresh[1:]
	}
	s.fresh = append(s.fresh, nc)
}

// receive greets one peer, beside all others, and reads what it sends.
func (s *Socket) receive(nc net.Conn) {
	id, err := greet(nc, s.kind, s.o.Greeting)
	s.mu.Lock()
	if i := slices.Index(s.fresh, nc); i >= 0 {
		s.fresh = slices.Delete(s.fresh, i, i+1)
	}
	if err == nil && len(s.conns) >= s.o.MaxPeers {
		err = fmt.Errorf("%d peers are connected", len(s.conns))
	}
	if err != nil {
		s.mu.Unlock()
		s.o.Log("zmtp: refused %v: %v", nc.RemoteAddr(), err)
		nc.Close()
		return
	}
	c := newConn(nc, s, id)
	old := s.register(c)
	s.mu.Unlock()
	if old != nil {
		old.drop(errors.New("its identity connected anew"))
	}
	select {
	case <-s.done: // Close may have gone through the connections before
		c.close()
	default:
		c.read()
	}
}

// register enters c and returns an older connection with the same identity,
// if there is one. s.mu is held.
func (s *Socket) register(c *conn) (old *conn) {
	if c.id == "" { // the first byte 0 is for names that a ROUTER gives
		s.named++
		c.id = string(binary.BigEndian.AppendUint32([]byte{0}, s.named))
	}
	s.conns[c] = struct{}{}
	old, s.ids[c.id] = s.ids[c.id], c
	return old
}

func (s *Socket) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if s.ids[c.id] == c {
		delete(s.ids, c.id)
	}
}

// Connected reports whether a peer with the identity is there to be written
// to. gone is closed when the connection ends that the peer has now; should
// the peer come back, it does so on another one, and what was written to this
// one may be lost.
func (s *Socket) Connected(identity string) (gone <-chan struct{}, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := s.ids[identity]
	if c == nil {
		return nil, false
	}
	return c.gone, true
}

// Send sends frames after the first to the peer with the identity that the
// first frame is; a message to nobody is dropped. It does not block, and is
// done with the frames when it returns.
func (s *Socket) Send(frames [][]byte) {
	if len(frames) < 2 {
		return
	}
	s.mu.RLock()
	c := s.ids[string(frames[0])]
	s.mu.RUnlock()
	if c != nil {
		c.send(frames[1:])
	}
}

// Publish sends a message to all subscribers of its first frame. It does not
// block, and is done with the frames when it returns; see [Socket.Wait].
func (s *Socket) Publish(frames [][]byte) {
	if len(frames) == 0 {
		return
	}
	for _, c := range s.those(func(c *conn) bool { return c.subscribes(frames[0]) }) {
		c.send(frames)
	}
}

// those lists the connections that are wanted.
func (s *Socket) those(wanted func(*conn) bool) []*conn {
	cs := make([]*conn, 0, 4)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for c := range s.conns {
		if wanted(c) {
			cs = append(cs, c)
		}
	}
	return cs
}

// Hold has what is sent from now on wait until release is called, so that
// several small messages leave at once. The first release of overlapping holds
// lets all go that waits: else peers who hold in turns could keep it for ever.
func (s *Socket) Hold() (release func()) {
	s.holds.Add(1)
	return func() {
		if s.holds.Add(-1); s.waiting.Load() == 0 {
			return
		}
		for _, c := range s.those(func(c *conn) bool { return c.waiting.Load() > 0 }) {
			c.flush()
		}
	}
}

// holdAll holds what is sent here and on the sockets of Options.Along.
func (s *Socket) holdAll() (release func()) {
	releases := []func(){s.Hold()}
	for _, o := range s.o.Along {
		releases = append(releases, o.Hold())
	}
	return func() {
		for _, release := range releases {
			release()
		}
	}
}

// Close ends the socket and its connections, without waiting for what is queued.
func (s *Socket) Close() error {
	err := net.ErrClosed
	s.once.Do(func() {
		close(s.done)
		err = s.l.Close()
		s.mu.RLock()
		fresh := slices.Clone(s.fresh)
		s.mu.RUnlock()
		for _, nc := range fresh {
			nc.Close()
		}
		for _, c := range s.those(func(*conn) bool { return true }) {
			c.close()
		}
	})
	return err
}

// Wait is for who publishes much, before each message. It returns when no
// peer has more than the backlog outstanding. A peer
// above it is waited for until it has taken a quarter of the backlog, and
// dropped when it takes longer for that than the patience, or takes nothing
// at all. So who reads at a normal pace loses nothing, and who doesn't read
// holds nobody up for long.
func (s *Socket) Wait(ctx context.Context) {
	for _, c := range s.above(int64(s.o.Backlog)) {
		c.waitRoom(ctx)
	}
}

// above lists the connections with more than n bytes outstanding.
func (s *Socket) above(n int64) []*conn {
	if s.waiting.Load() <= n { // asked for every piece that a cell prints
		return nil
	}
	return s.those(func(c *conn) bool { return c.waiting.Load() > n })
}

// Flush waits until everything sent so far has left for the network, at most
// limit.
func (s *Socket) Flush(limit time.Duration) {
	for end := time.Now().Add(limit); len(s.above(0)) > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}
