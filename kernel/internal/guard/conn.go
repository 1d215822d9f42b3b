package guard

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxFrames = 1 << 12   // frames of one message
	maxTopics = 1 << 10   // subscriptions of one peer
	maxTopic  = 256       // bytes of a subscription frame
	maxInline = 1 << 20   // frames above this are read whole before zmq4 allocates for them
	chunk     = 256 << 10 // bytes of one write, so that progress shows
	keep      = 1 << 20   // a write buffer above this is not kept
)

// A conn is one peer as zmq4 sees it. Read yields its handshake and then its
// message frames; Write queues.
type conn struct {
	net.Conn
	l  *Listener
	id string

	gone chan struct{} // closed by Close

	// Of the reading goroutine.
	br     *bufio.Reader
	in     []byte // to be read before anything else
	left   uint64 // bytes of the current frame still to pass through
	size   uint64 // bytes of the current message so far
	frames int    // frames of the current message so far
	topic  string // a subscription that zmq4 is registering
	tell   bool   // topic is set
	topics int

	served  atomic.Bool  // zmq4 has it and reads from it
	waiting atomic.Int64 // bytes written by zmq4 and not yet by us; set under mu
	took    atomic.Int64 // how often the peer has taken some

	mu     sync.Mutex
	cond   *sync.Cond // mu: whole, closed
	skip   int        // bytes of zmq4's own greeting still to swallow: ours is sent
	out    []byte
	scan   scanner // follows the frames in what zmq4 writes
	whole  bool    // out holds the end of a message
	closed bool
}

func newConn(nc net.Conn, l *Listener, p peer) *conn {
	c := &conn{
		Conn: nc,
		l:    l,
		id:   p.id,
		gone: make(chan struct{}),
		br:   bufio.NewReaderSize(nc, 16<<10),
		in:   p.raw,
		skip: greetingSize,
	}
	c.cond = sync.NewCond(&c.mu)
	go c.pump()
	return c
}

// Close closes the connection without waiting for what is queued.
func (c *conn) Close() error {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.cond.Broadcast()
	c.wait(-c.waiting.Load())
	c.mu.Unlock()
	if was {
		return net.ErrClosed
	}
	c.l.forget(c)
	close(c.gone)
	return c.Conn.Close()
}

// wait adds n bytes to those that wait. c.mu is held.
func (c *conn) wait(n int64) {
	c.waiting.Add(n)
	c.l.waiting.Add(n)
}

// drop closes the connection and says why.
func (c *conn) drop(why error) {
	c.l.o.Log("guard: dropped %v: %v", c.RemoteAddr(), why)
	c.Close()
}

// Read yields only whole frame headers within the limits and what belongs to
// them. After any violation it reports io.EOF, and within a frame
// net.ErrClosed: the ends that zmq4 cleans up after.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.in) == 0 && c.left == 0 {
		if err := c.next(); err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				c.drop(err)
			} else {
				c.Close()
			}
			return 0, io.EOF
		}
	}
	if len(c.in) > 0 {
		n := copy(p, c.in)
		c.in = c.in[n:]
		return n, nil
	}
	n, err := c.br.Read(p[:min(uint64(len(p)), c.left)])
	c.left -= uint64(n)
	if err != nil {
		// Within a frame zmq4 takes io.EOF for io.ErrUnexpectedEOF, and keeps
		// the connection in its lists for ever.
		c.Close()
		err = net.ErrClosed
	}
	return n, err
}

// next reads up to the next frame that zmq4 should see. It runs only when
// zmq4 has taken the frame before it, so a subscription told now is one that
// zmq4 has registered.
func (c *conn) next() error {
	c.served.Store(true)
	if c.tell {
		c.tell = false
		c.l.o.Subscribed(c.topic)
	}
	for {
		hdr, flags, size, err := c.header()
		if err != nil {
			return err
		}
		if flags&flagCommand != 0 { // none has a meaning in the ZMTP 3.0 that we announce
			if size > maxReady {
				return fmt.Errorf("command of %d bytes, limit %d", size, maxReady)
			}
			if _, err := c.br.Discard(int(size)); err != nil {
				return err
			}
			continue
		}
		if c.l.o.Subscribed != nil {
			return c.subscription(hdr, flags, size)
		}
		return c.frame(hdr, flags, size)
	}
}

func (c *conn) header() (hdr []byte, flags byte, size uint64, err error) {
	hdr = make([]byte, 2, 9)
	if _, err = io.ReadFull(c.br, hdr); err != nil {
		return nil, 0, 0, err
	}
	flags, size = hdr[0], uint64(hdr[1])
	if flags&^(flagMore|flagLong|flagCommand) != 0 {
		return nil, 0, 0, fmt.Errorf("frame with flags %#x", flags)
	}
	if flags&flagLong != 0 {
		hdr = hdr[:9]
		if _, err = io.ReadFull(c.br, hdr[2:]); err != nil {
			return nil, 0, 0, err
		}
		size = binary.BigEndian.Uint64(hdr[1:])
	}
	return hdr, flags, size, nil
}

// frame lets a message frame pass.
func (c *conn) frame(hdr []byte, flags byte, size uint64) error {
	c.frames++
	if size > c.l.o.MaxMessage || c.size+size > c.l.o.MaxMessage || c.frames > maxFrames {
		return fmt.Errorf("message over the limit: frame %d of %d bytes after %d", c.frames, size, c.size)
	}
	c.size += size
	if flags&flagMore == 0 {
		c.size, c.frames = 0, 0
	}
	c.in, c.left = hdr, size
	if size <= maxInline {
		return nil
	}
	// zmq4 allocates what a header announces: let it see a large one only when
	// the bytes are here.
	b := bytes.NewBuffer(hdr)
	_, err := io.CopyN(b, c.br, int64(size))
	c.in, c.left = b.Bytes(), 0
	return err
}

// subscription lets a publisher's peer subscribe or unsubscribe. zmq4 would
// stop reading from a peer that sends anything else.
func (c *conn) subscription(hdr []byte, flags byte, size uint64) error {
	if flags&flagMore != 0 || size == 0 || size > maxTopic {
		return fmt.Errorf("frame of %d bytes from a subscriber", size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(c.br, body); err != nil {
		return err
	}
	switch body[0] {
	case 0:
	case 1:
		if c.topics++; c.topics > maxTopics {
			return errors.New("too many subscriptions")
		}
		c.topic, c.tell = string(body[1:]), true
	default:
		return fmt.Errorf("subscriber sent %#x, want 0 or 1", body[0])
	}
	c.in = append(hdr, body...)
	return nil
}

var errSlow = errors.New("peer does not read")

// Write queues p and never blocks: zmq4 holds a lock of the whole socket
// meanwhile. A peer that has let twice the backlog pile up is dropped.
func (c *conn) Write(p []byte) (int, error) {
	n := len(p)
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, io.EOF
	}
	k := min(c.skip, len(p))
	c.skip -= k
	p = p[k:]
	if c.scan.between() && c.waiting.Load() > 2*int64(c.l.o.Backlog) {
		c.mu.Unlock()
		c.drop(errSlow)
		return 0, io.EOF
	}
	c.out = append(c.out, p...)
	c.wait(int64(len(p)))
	if c.scan.feed(p) {
		c.whole = true
		c.cond.Signal()
	}
	c.mu.Unlock()
	return n, nil
}

// pump writes what is queued, whole messages at a time.
func (c *conn) pump() {
	var buf []byte
	for {
		c.mu.Lock()
		for !c.whole && !c.closed {
			c.cond.Wait()
		}
		if c.closed {
			c.mu.Unlock()
			return
		}
		if cap(buf) > keep {
			buf = nil
		}
		buf, c.out = c.out, buf[:0]
		c.whole = false
		c.mu.Unlock()
		for b := buf; len(b) > 0; {
			n, err := c.Conn.Write(b[:min(chunk, len(b))])
			if err != nil {
				c.Close()
				return
			}
			b = b[n:]
			c.took.Add(1)
			c.mu.Lock()
			if !c.closed {
				c.wait(int64(-n))
			}
			c.mu.Unlock()
		}
	}
}

// waitRoom waits until the peer has taken a quarter of the backlog, or drops
// it when it takes nothing for a while, or not enough within the patience. Time
// is counted in ticks, of which a process that the machine does not run has
// none: the peer is not to blame then.
func (c *conn) waitRoom(ctx context.Context) {
	const tick = 2 * time.Millisecond
	goal := int64(c.l.o.Backlog) / 4 * 3
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	var waited, silent time.Duration
	for took := c.took.Load(); c.waiting.Load() > goal; {
		if silent > c.l.o.Silence || waited > c.l.o.Patience {
			c.drop(errSlow)
			return
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		waited, silent = waited+tick, silent+tick
		if now := c.took.Load(); now != took {
			took, silent = now, 0
		}
	}
}

// A scanner follows ZMTP frames in a byte stream.
type scanner struct {
	hdr  [9]byte
	n    int    // bytes of hdr so far
	left uint64 // bytes of the body to come
}

// feed takes the next bytes and reports whether a message ended within them.
func (s *scanner) feed(b []byte) (ended bool) {
	for len(b) > 0 {
		if s.left > 0 {
			k := min(s.left, uint64(len(b)))
			s.left -= k
			b = b[k:]
		} else {
			s.hdr[s.n] = b[0]
			s.n++
			b = b[1:]
			if !s.parse() {
				continue
			}
		}
		if s.left == 0 && s.hdr[0]&flagMore == 0 {
			ended = true
		}
	}
	return ended
}

// between reports whether no message is under way.
func (s *scanner) between() bool { return s.n == 0 && s.left == 0 && s.hdr[0]&flagMore == 0 }

// parse reports whether the header is complete, and sets left if so.
func (s *scanner) parse() bool {
	switch long := s.hdr[0]&flagLong != 0; {
	case long && s.n == 9:
		s.left = binary.BigEndian.Uint64(s.hdr[1:])
	case !long && s.n == 2:
		s.left = uint64(s.hdr[1])
	default:
		return false
	}
	s.n = 0
	return true
}
