package zmtp

import (
	"encoding/binary"
	"errors"

	"github.com/sheaf-go/sheaf/internal/direct"
)

var errSlow = errors.New("peer does not read")

// appendMessage appends the frames of a message as they go over the wire.
func appendMessage(b []byte, frames [][]byte) []byte {
	for i, f := range frames {
		flags := byte(0)
		if i < len(frames)-1 {
			flags = flagMore
		}
		if len(f) > 255 {
			b = append(b, flags|flagLong)
			b = binary.BigEndian.AppendUint64(b, uint64(len(f)))
		} else {
			b = append(b, flags, byte(len(f)))
		}
		b = append(b, f...)
	}
	return b
}

// wait adds n bytes to those that wait. c.mu is held.
func (c *conn) wait(n int64) {
	c.waiting.Add(n)
	c.s.waiting.Add(n)
}

// send sends a message and never blocks: what the peer does not take at once,
// pump writes. A peer that has let twice the backlog pile up is dropped.
func (c *conn) send(frames [][]byte) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	if c.waiting.Load() > 2*int64(c.s.o.Backlog) {
		c.mu.Unlock()
		c.drop(errSlow)
		return
	}
	n := len(c.out)
	c.out = appendMessage(c.out, frames)
	c.wait(int64(len(c.out) - n))
	if c.s.holds.Load() == 0 {
		c.put()
	}
	c.mu.Unlock()
}

// flush sends what has been held.
func (c *conn) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.put()
	}
}

// put writes what the network takes without waiting, as a hand-over to another
// goroutine would take longer than that, and leaves the rest to pump. c.mu is
// held.
func (c *conn) put() {
	if c.pumping || len(c.out) == 0 {
		return
	}
	if len(c.out) <= chunk {
		if n := direct.WriteNow(c.raw, c.out); n > 0 {
			c.took.Add(1)
			c.wait(int64(-n))
			c.out = c.out[:copy(c.out, c.out[n:])]
		}
	}
	if len(c.out) > 0 {
		c.pumping = true
		c.cond.Signal()
	}
}

// pump writes what put leaves.
func (c *conn) pump() {
	var buf []byte
	for {
		c.mu.Lock()
		for !c.closed && (!c.pumping || len(c.out) == 0) {
			c.pumping = false
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
		c.mu.Unlock()
		for b := buf; len(b) > 0; {
			n, err := c.nc.Write(b[:min(chunk, len(b))])
			if err != nil {
				c.close()
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
