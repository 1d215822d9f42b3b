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
// begin alike. Its size is the same from the first message on: what grows here
// would be several times as much memory of the process, which collects seldom.
type history struct {
	mu     sync.Mutex
	*marks // nil: none yet
}

// marks are a ring of marks and a table of where they are in it. Marks with the
// same lowest bits follow one another, what came last first.
type marks struct {
	ring  [remembered]uint64
	first [remembered]int32 // by the lowest bits of a mark: a place in ring, counted from 1; 0: there is none
	after [remembered]int32 // by place: the next with the same lowest bits
	next  int               // place of the next mark
	full  bool
}

// add reports whether d is new.
func (h *history) add(d digest) bool {
	mark := binary.LittleEndian.Uint64(d[:])
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.marks == nil {
		h.marks = new(marks)
	}
	if h.has(mark) {
		return false
	}
	h.put(mark)
	return true
}

func (m *marks) has(mark uint64) bool {
	for at := m.first[mark%remembered]; at != 0; at = m.after[at-1] {
		if m.ring[at-1] == mark {
			return true
		}
	}
	return false
}

// put takes mark in, for the oldest when there are as many as there may be.
func (m *marks) put(mark uint64) {
	at := int32(m.next + 1)
	if m.full {
		link := &m.first[m.ring[m.next]%remembered]
		for *link != at {
			link = &m.after[*link-1]
		}
		*link = m.after[at-1]
	}
	m.ring[m.next] = mark
	m.after[m.next] = m.first[mark%remembered]
	m.first[mark%remembered] = at
	m.next = (m.next + 1) % remembered
	m.full = m.full || m.next == 0
}
