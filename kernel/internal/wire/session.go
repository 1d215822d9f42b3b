package wire

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Scheme is the one signature scheme there is.
const Scheme = "hmac-sha256"

// A Session signs what one process sends and verifies what it receives, over
// all of its sockets. It is safe for concurrent use.
type Session struct {
	ID       string // new for each process
	Username string
	key      []byte
	sent     atomic.Uint64
	seen     history
}

// NewSession returns a session that signs with key. With an empty key
// messages are sent unsigned and every signature is accepted.
func NewSession(key, username string) *Session {
	return &Session{ID: NewID(), Username: username, key: []byte(key)}
}

// NewID makes an identifier that nothing else has.
func NewID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

func (s *Session) header(msgType string) Header {
	return Header{
		MsgID:    s.ID + "_" + strconv.FormatUint(s.sent.Add(1), 10),
		Session:  s.ID,
		Username: s.Username,
		Date:     Timestamp(time.Now()),
		MsgType:  msgType,
		Version:  Version,
	}
}

// Timestamp formats t as dates in messages are written: UTC, microseconds.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

type digest [sha256.Size]byte

func (s *Session) digest(parts [][]byte) (d digest) {
	h := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(d[:0])
	return d
}

func (s *Session) sign(parts ...[]byte) []byte {
	if len(s.key) == 0 {
		return []byte{}
	}
	d := s.digest(parts)
	return hex.AppendEncode(nil, d[:])
}

// verify checks a signature in constant time and refuses one seen before.
func (s *Session) verify(signature []byte, parts [][]byte) error {
	if len(s.key) == 0 {
		return nil
	}
	var got digest
	if len(signature) != hex.EncodedLen(len(got)) {
		return fmt.Errorf("%w: %d bytes, want %d", ErrSignature, len(signature), hex.EncodedLen(len(got)))
	}
	if _, err := hex.Decode(got[:], signature); err != nil {
		return fmt.Errorf("%w: not hexadecimal", ErrSignature)
	}
	want := s.digest(parts)
	if !hmac.Equal(got[:], want[:]) {
		return ErrSignature
	}
	if !s.seen.add(want) {
		return ErrReplay
	}
	return nil
}

// remembered is how many digests a history holds: as many as ipykernel's.
const remembered = 1 << 16

// A history is the set of the digests seen last, by their first 64 bits: whole
// they take tens of megabytes, and who has no key cannot make two messages that
// begin alike.
type history struct {
	mu   sync.Mutex
	set  map[uint64]struct{}
	ring []uint64 // in order of arrival, from next on
	next int
}

// add reports whether d is new.
func (h *history) add(d digest) bool {
	mark := binary.LittleEndian.Uint64(d[:])
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.set[mark]; ok {
		return false
	}
	if h.set == nil {
		h.set = make(map[uint64]struct{})
	}
	h.set[mark] = struct{}{}
	if len(h.ring) < remembered {
		h.ring = append(h.ring, mark)
		return true
	}
	delete(h.set, h.ring[h.next])
	h.ring[h.next] = mark
	h.next = (h.next + 1) % remembered
	return true
}
