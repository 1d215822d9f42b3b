package zmtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// ZMTP 3.0 framing.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4

	greetingSize = 64
	maxReady     = 8 << 10 // READY carries a socket type and an identity of at most 255 bytes
	maxIdentity  = 255
)

// ourGreeting says ZMTP 3.0 with NULL.
func ourGreeting() []byte {
	g := make([]byte, greetingSize)
	g[0], g[8], g[9], g[10] = 0xff, 1, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}

// ourReady is the command that ends our half of a handshake.
func ourReady(kind Kind) []byte {
	const head = "\x05READY\x0bSocket-Type\x00\x00\x00"
	body := head + string(rune(len(kind))) + string(kind)
	return append([]byte{flagCommand, byte(len(body))}, body...)
}

// greet shakes hands with a peer, and returns its identity, "" if it has none.
func greet(nc net.Conn, ours Kind, limit time.Duration) (id string, err error) {
	nc.SetDeadline(time.Now().Add(limit))
	defer nc.SetDeadline(time.Time{})
	if _, err := nc.Write(ourGreeting()); err != nil {
		return "", err
	}
	g := make([]byte, greetingSize)
	if _, err := io.ReadFull(nc, g); err != nil {
		return "", fmt.Errorf("no greeting: %w", err)
	}
	if g[0] != 0xff || g[9] != 0x7f || g[10] < 3 {
		return "", errors.New("greeting is not ZMTP 3")
	}
	if g[32] > 1 {
		return "", errors.New("greeting has a bad as-server field")
	}
	if string(g[12:17]) != "NULL\x00" {
		return "", fmt.Errorf("mechanism is %q, want NULL", g[12:32])
	}
	body, err := readCommand(nc)
	if err != nil {
		return "", err
	}
	if id, err = parseReady(body, ours); err != nil {
		return "", err
	}
	_, err = nc.Write(ourReady(ours))
	return id, err
}

// readCommand reads the body of a command frame.
func readCommand(r io.Reader) ([]byte, error) {
	h := make([]byte, 2, 9)
	if _, err := io.ReadFull(r, h); err != nil {
		return nil, fmt.Errorf("no READY: %w", err)
	}
	size := uint64(h[1])
	switch h[0] {
	case flagCommand:
	case flagCommand | flagLong:
		h = h[:9]
		if _, err := io.ReadFull(r, h[2:]); err != nil {
			return nil, fmt.Errorf("no READY: %w", err)
		}
		size = binary.BigEndian.Uint64(h[1:])
	default:
		return nil, fmt.Errorf("first frame has flags %#x, want a command", h[0])
	}
	if size > maxReady {
		return nil, fmt.Errorf("READY of %d bytes, limit %d", size, maxReady)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("no READY: %w", err)
	}
	return body, nil
}

// parseReady checks READY's properties and returns the identity among them.
func parseReady(b []byte, ours Kind) (id string, err error) {
	const name = "\x05READY"
	if len(b) < len(name) || string(b[:len(name)]) != name {
		return "", errors.New("first command is not READY")
	}
	var theirs string
	for b = b[len(name):]; len(b) > 0; {
		key, rest, ok := property(b)
		if !ok || key == "" {
			return "", errors.New("READY has a malformed property")
		}
		value := rest[4 : 4+binary.BigEndian.Uint32(rest)]
		b = rest[4+len(value):]
		switch strings.ToLower(key) {
		case "socket-type":
			theirs = string(value)
		case "identity":
			if len(value) > maxIdentity {
				return "", fmt.Errorf("identity of %d bytes, limit %d", len(value), maxIdentity)
			}
			if len(value) > 0 && value[0] == 0 {
				return "", errors.New("identity begins with a zero byte, as those do that peers without one get")
			}
			id = string(value)
		}
	}
	if !slices.Contains(partners[ours], theirs) {
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
