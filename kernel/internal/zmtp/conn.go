package zmtp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sheaf-go/sheaf/internal/direct"
)

const (
	maxFrames = 1 << 12   // frames of one message
	maxTopics = 1 << 10   // subscriptions of one peer
	maxTopic  = 256       // bytes of a subscription frame
	maxInline = 1 << 20   // frames above this are allocated as they come
	chunk     = 256 << 10 // bytes of one write, so that progress shows
	keep      = 1 << 20   // a write buffer above this is not kept
)

// A conn is one peer that has been greeted.
type conn struct {
	nc  net.Conn
	raw syscall.RawConn // of nc, nil if it has none
	s   *Socket
	id  string
	br  *bufio.Reader // of the reading goroutine

	large, counted int64 // bytes of the message that is being read, and how many of them s.large has

	gone chan struct{}  // closed by close
	subs map[string]int // topic → how often; guarded by s.mu

	waiting atomic.Int64 // bytes sent and not yet written; set under mu
	took    atomic.Int64 // how often the peer has taken some

	mu      sync.Mutex
	cond    *sync.Cond // mu: out, pumping, closed
	out     []byte
	pumping bool // out is pump's to write
	closed  bool
}

func newConn(nc net.Conn, s *Socket, id string) *conn {
	c := &conn{
		nc:   nc,
		s:    s,
		id:   id,
		gone: make(chan struct{}),
		subs: make(map[string]int),
		br:   bufio.NewReaderSize(direct.Reader(nc), 16<<10),
	}
	if sc, ok := nc.(syscall.Conn); ok {
		c.raw, _ = sc.SyscallConn()
	}
	c.cond = sync.NewCond(&c.mu)
	go c.pump()
	return c
}

// close closes the connection without waiting for what is queued.
func (c *conn) close() {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.cond.Broadcast()
	c.wait(-c.waiting.Load())
	c.mu.Unlock()
	if was {
		return
	}
	c.s.forget(c)
	close(c.gone)
	c.nc.Close()
}

// drop closes the connection and says why.
func (c *conn) drop(why error) {
	c.s.o.Log("zmtp: dropped %v: %v", c.nc.RemoteAddr(), why)
	c.close()
}

// read hands on what the peer sends, until it ends or breaks a rule. What is
// sent while messages are handled that have come together leaves together.
func (c *conn) read() {
	var err error
	for release := (func())(nil); err == nil; {
		var frames [][]byte
		if frames, err = c.message(); err == nil {
			more := c.another()
			if more && release == nil {
				release = c.s.holdAll()
			}
			err = c.deal(frames)
			if more && err == nil {
				continue
			}
		}
		if release != nil {
			release()
			release = nil
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) {
		c.close()
	} else {
		c.drop(err)
	}
}

// deal deals with a message.
func (c *conn) deal(frames [][]byte) error {
	if c.s.kind == Pub {
		return c.subscription(frames)
	}
	c.s.handle(frames)
	return nil
}

// another reports whether a further message has come whole.
func (c *conn) another() bool {
	for b, _ := c.br.Peek(c.br.Buffered()); len(b) >= 2; {
		flags, size, head := b[0], uint64(b[1]), 2
		if flags&flagLong != 0 {
			if head = 9; len(b) < head {
				return false
			}
			size = binary.BigEndian.Uint64(b[1:])
		}
		if size > uint64(len(b)-head) {
			return false
		}
		if b = b[head+int(size):]; flags&(flagMore|flagCommand) == 0 {
			return true
		}
	}
	return false
}

// message reads the next message; its first frame is the peer's identity.
// Commands have no meaning in the ZMTP 3.0 that we announce, and are skipped.
func (c *conn) message() ([][]byte, error) {
	defer c.release()
	frames := append(make([][]byte, 0, 8), []byte(c.id))
	for sum := uint64(0); ; {
		flags, size, err := c.header()
		if err != nil {
			return nil, err
		}
		if flags&flagCommand != 0 {
			if size > maxReady {
				return nil, fmt.Errorf("command of %d bytes, limit %d", size, maxReady)
			}
			if _, err := c.br.Discard(int(size)); err != nil {
				return nil, err
			}
			continue
		}
		if limit := c.limit(); size > limit || sum+size > limit || len(frames) > maxFrames {
			return nil, fmt.Errorf("message over the limit of %d bytes: frame %d of %d bytes after %d", limit, len(frames), size, sum)
		}
		sum += size
		body, err := c.body(size)
		if err != nil {
			return nil, err
		}
		frames = append(frames, body)
		if flags&flagMore == 0 {
			return frames, nil
		}
	}
}

// limit is how many bytes a message from the peer may have.
func (c *conn) limit() uint64 {
	if c.s.kind == Pub {
		return maxTopic
	}
	return c.s.o.MaxMessage
}

func (c *conn) header() (flags byte, size uint64, err error) {
	if flags, err = c.br.ReadByte(); err != nil {
		return 0, 0, err
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 {
		return 0, 0, fmt.Errorf("frame with flags %#x", flags)
	}
	if flags&flagLong == 0 {
		b, err := c.br.ReadByte()
		return flags, uint64(b), err
	}
	var b [8]byte
	_, err = io.ReadFull(c.br, b[:])
	return flags, binary.BigEndian.Uint64(b[:]), err
}

// body reads a frame's bytes. A large one is allocated as they come: its
// header may lie.
func (c *conn) body(size uint64) ([]byte, error) {
	if size <= maxInline {
		b := make([]byte, size)
		if _, err := io.ReadFull(c.br, b); err != nil {
			return nil, err
		}
		return b, c.count(size)
	}
	var b bytes.Buffer
	for size > 0 {
		n := min(size, maxInline)
		if _, err := io.CopyN(&b, c.br, int64(n)); err != nil {
			return nil, err
		}
		if err := c.count(n); err != nil {
			return nil, err
		}
		size -= n
	}
	return b.Bytes(), nil
}

// count counts what has come of a message. Small messages are not counted; of
// large ones the peers together may not send more at a time than two messages
// can have.
func (c *conn) count(n uint64) error {
	if c.large += int64(n); c.large <= maxInline {
		return nil
	}
	more := c.large - c.counted
	c.counted = c.large
	if sum := c.s.large.Add(more); sum > 2*int64(c.s.o.MaxMessage) {
		return fmt.Errorf("large messages of %d bytes at a time", sum)
	}
	return nil
}

// release forgets the message that has been read.
func (c *conn) release() {
	if c.counted > 0 {
		c.s.large.Add(-c.counted)
	}
	c.large, c.counted = 0, 0
}

// subscription does what a publisher's peer asks for: 1 and a topic to get
// what begins with it, 0 and the topic to get it no longer.
func (c *conn) subscription(frames [][]byte) error {
	if len(frames) != 2 || len(frames[1]) == 0 {
		return fmt.Errorf("a subscriber sent %d frames, want one with a subscription", len(frames)-1)
	}
	topic := string(frames[1][1:])
	c.s.mu.Lock()
	switch n := c.subs[topic]; frames[1][0] {
	case 0:
		if c.subs[topic] = n - 1; n <= 1 {
			delete(c.subs, topic)
		}
		c.s.mu.Unlock()
		return nil
	case 1:
		c.subs[topic] = n + 1
	default:
		c.s.mu.Unlock()
		return fmt.Errorf("subscriber sent %#x, want 0 or 1", frames[1][0])
	}
	many := len(c.subs) > maxTopics
	c.s.mu.Unlock()
	if many {
		return errors.New("too many subscriptions")
	}
	c.s.o.Subscribed(topic)
	return nil
}

// subscribes reports whether the peer wants a message. s.mu is held.
func (c *conn) subscribes(topic []byte) bool {
	for prefix := range c.subs {
		if strings.HasPrefix(string(topic), prefix) {
			return true
		}
	}
	return false
}

// waitRoom waits until the peer has taken a quarter of the backlog, or drops
// it when it takes nothing for a while, or not enough within the patience. Time
// is counted in ticks, of which a process that the machine does not run has
// none: the peer is not to blame then.
func (c *conn) waitRoom(ctx context.Context) {
	const tick = 2 * time.Millisecond
	goal := int64(c.s.o.Backlog) / 4 * 3
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	var waited, silent time.Duration
	for took := c.took.Load(); c.waiting.Load() > goal; {
		if silent > c.s.o.Silence || waited > c.s.o.Patience {
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
