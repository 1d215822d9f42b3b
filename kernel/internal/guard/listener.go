package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A Listener accepts and greets peers on behalf of a zmq4 socket.
type Listener struct {
	net.Listener
	sock  zmq4.Socket
	o     Options
	w     *witness // of a publisher, else nil
	ready chan net.Conn
	done  chan struct{}
	once  sync.Once

	waiting atomic.Int64 // bytes that wait for any peer

	mu    sync.RWMutex
	fresh []net.Conn // not greeted yet, oldest first
	conns map[*conn]struct{}
	ids   map[string]*conn // identity → newest connection with it
}

func newListener(nl net.Listener, s zmq4.Socket, o Options) *Listener {
	return &Listener{
		Listener: nl,
		sock:     s,
		o:        o,
		ready:    make(chan net.Conn),
		done:     make(chan struct{}),
		conns:    make(map[*conn]struct{}),
		ids:      make(map[string]*conn),
	}
}

// pause keeps a loop that fails again and again from spinning.
const pause = 10 * time.Millisecond

// accept takes connections and greets each on its own goroutine, so that a
// silent peer delays nobody.
func (l *Listener) accept() {
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			select {
			case <-l.done:
				return
			case <-time.After(pause):
				continue
			}
		}
		l.admit(nc)
		go l.receive(nc)
	}
}

// admit enters a connection that is not greeted yet. When there are too many
// of them the oldest has to go: a peer that means it greets within
// milliseconds.
func (l *Listener) admit(nc net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.fresh) >= l.o.MaxPeers {
		l.fresh[0].Close()
		l.fresh = l.fresh[1:]
	}
	l.fresh = append(l.fresh, nc)
}

// receive greets one peer and queues it for the socket.
func (l *Listener) receive(nc net.Conn) {
	p, err := greet(nc, l.sock.Type(), l.o.Greeting)
	l.mu.Lock()
	if i := slices.Index(l.fresh, nc); i >= 0 {
		l.fresh = slices.Delete(l.fresh, i, i+1)
	}
	if err == nil && len(l.conns) >= l.o.MaxPeers {
		err = fmt.Errorf("%d peers are connected", len(l.conns))
	}
	if err != nil {
		l.mu.Unlock()
		l.o.Log("guard: refused %v: %v", nc.RemoteAddr(), err)
		nc.Close()
		return
	}
	c := newConn(nc, l, p)
	old := l.register(c)
	l.mu.Unlock()
	if old != nil {
		old.drop(errors.New("its identity connected anew"))
	}
	select {
	case l.ready <- c:
	case <-l.done:
		c.Close()
	}
}

// register enters c and returns an older connection with the same identity,
// if there is one: zmq4 would send both of them every reply. l.mu is held.
func (l *Listener) register(c *conn) (old *conn) {
	l.conns[c] = struct{}{}
	if c.id != "" {
		old, l.ids[c.id] = l.ids[c.id], c
	}
	return old
}

func (l *Listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	if l.ids[c.id] == c {
		delete(l.ids, c.id)
	}
}

// Connected reports whether a peer with the identity is there to be written
// to. zmq4 drops what is sent to anybody else, and waits minutes for the very
// first peer. gone is closed when the connection ends that the peer has now;
// should the peer come back, it does so on another one, and what was written
// to this one may be lost.
func (l *Listener) Connected(identity string) (gone <-chan struct{}, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	c := l.ids[identity]
	if c == nil || !c.served.Load() {
		return nil, false
	}
	return c.gone, true
}

// Accept returns the next greeted peer.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.done:
		time.Sleep(pause) // zmq4 retries at once
		return nil, net.ErrClosed
	}
}

// Close stops accepting. Connections are closed by the socket that owns them.
func (l *Listener) Close() error {
	err := net.ErrClosed
	l.once.Do(func() {
		close(l.done)
		err = l.Listener.Close()
	})
	return err
}

// Wait is for who publishes much, before each message. It returns when no
// peer has more than the backlog outstanding. A peer
// above it is waited for until it has taken a quarter of the backlog, and
// dropped when it takes longer for that than the patience, or takes nothing
// at all. So who reads at a normal pace loses nothing, and who doesn't read
// holds nobody up for long.
func (l *Listener) Wait(ctx context.Context) {
	if l.w != nil {
		l.catchUp(ctx, int64(l.o.Backlog)/4)
	}
	for _, c := range l.above(int64(l.o.Backlog)) {
		c.waitRoom(ctx)
	}
}

// above lists the connections with more than n bytes outstanding.
func (l *Listener) above(n int64) []*conn {
	if l.waiting.Load() <= n { // asked for every piece that a cell prints
		return nil
	}
	var cs []*conn
	l.mu.RLock()
	defer l.mu.RUnlock()
	for c := range l.conns {
		if c.waiting.Load() > n {
			cs = append(cs, c)
		}
	}
	return cs
}

// Flush waits until everything written so far has left for the network, at
// most limit.
func (l *Listener) Flush(limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if l.w != nil {
		l.catchUp(ctx, 0)
		// The witness is the first to get the last message: the others have it
		// as soon as the socket has the lock again.
		time.Sleep(time.Millisecond)
	}
	for len(l.above(0)) > 0 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
}
