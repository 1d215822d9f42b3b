package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"
)

// ZMTP 3.0 framing (https://rfc.zeromq.org/spec/23/).
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4

	greetingSize = 64
	maxReady     = 8 << 10 // READY carries a socket type and an identity of at most 255 bytes
	maxIdentity  = 255
)

// A peer is what a handshake told.
type peer struct {
	raw []byte // the bytes it sent, to be replayed to zmq4
	id  string // its identity, "" if it gave none
}

// ourGreeting is byte for byte what zmq4 will send for ZMTP 3.0 with NULL.
func ourGreeting() []byte {
	g := make([]byte, greetingSize)
	g[0], g[8], g[9], g[10] = 0xff, 1, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}

// greet exchanges greetings and reads the peer's READY before zmq4 sees the
// connection: zmq4 would wait for them inside its accept loop, with no limit.
func greet(nc net.Conn, ours zmq4.SocketType, limit time.Duration) (peer, error) {
	nc.SetDeadline(time.Now().Add(limit))
	defer nc.SetDeadline(time.Time{})
	if _, err := nc.Write(ourGreeting()); err != nil {
		return peer{}, err
	}
	g := make([]byte, greetingSize)
	if _, err := io.ReadFull(nc, g); err != nil {
		return peer{}, fmt.Errorf("no greeting: %w", err)
	}
	if g[0] != 0xff || g[9] != 0x7f || g[10] < 3 {
		return peer{}, errors.New("greeting is not ZMTP 3")
	}
	if g[32] > 1 {
		return peer{}, errors.New("greeting has a bad as-server field")
	}
	if string(g[12:17]) != "NULL\x00" {
		return peer{}, fmt.Errorf("mechanism is %q, want NULL", g[12:32])
	}
	cmd, body, err := readCommand(nc)
	if err != nil {
		return peer{}, err
	}
	id, err := parseReady(body, ours)
	if err != nil {
		return peer{}, err
	}
	return peer{raw: append(g, cmd...), id: id}, nil
}

// readCommand reads one command frame; frame includes its header.
func readCommand(r io.Reader) (frame, body []byte, err error) {
	h := make([]byte, 2, 9)
	if _, err := io.ReadFull(r, h); err != nil {
		return nil, nil, fmt.Errorf("no READY: %w", err)
	}
	size := uint64(h[1])
	switch h[0] {
	case flagCommand:
	case flagCommand | flagLong:
		h = h[:9]
		if _, err := io.ReadFull(r, h[2:]); err != nil {
			return nil, nil, fmt.Errorf("no READY: %w", err)
		}
		size = binary.BigEndian.Uint64(h[1:])
	default:
		return nil, nil, fmt.Errorf("first frame has flags %#x, want a command", h[0])
	}
	if size > maxReady {
		return nil, nil, fmt.Errorf("READY of %d bytes, limit %d", size, maxReady)
	}
	body = make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, nil, fmt.Errorf("no READY: %w", err)
	}
	return append(h, body...), body, nil
}

// parseReady checks READY's properties and returns the identity among them.
// zmq4 would index past a property that is cut short, panic at a socket type
// that it does not know, and leave one that does not fit unclosed.
func parseReady(b []byte, ours zmq4.SocketType) (id string, err error) {
	const name = "\x05READY"
	if len(b) < len(name) || string(b[:len(name)]) != name {
		return "", errors.New("first command is not READY")
	}
	var theirs zmq4.SocketType
	for b = b[len(name):]; len(b) > 0; {
		key, rest, ok := property(b)
		if !ok || key == "" {
			return "", errors.New("READY has a malformed property")
		}
		value := rest[4 : 4+binary.BigEndian.Uint32(rest)]
		b = rest[4+len(value):]
		switch strings.ToLower(key) {
		case "socket-type":
			theirs = zmq4.SocketType(value)
		case "identity":
			if len(value) > maxIdentity {
				return "", fmt.Errorf("identity of %d bytes, limit %d", len(value), maxIdentity)
			}
			id = string(value)
		}
	}
	if !ours.IsCompatible(theirs) { // asked of theirs, zmq4 panics when it is unknown
		return "", fmt.Errorf("a %q socket can't talk to our %q", theirs, ours)
	}
	return id, nil
}

// property splits off a property's name; rest starts at the value's length
// and holds the whole value.
func property(b []byte) (key string, rest []byte, ok bool) {
	n := int(b[0])
	if len(b) < 1+n+4 {
		return "", nil, false
	}
	key, rest = string(b[1:1+n]), b[1+n:]
	return key, rest, uint64(binary.BigEndian.Uint32(rest)) <= uint64(len(rest)-4)
}
