package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// The wire format once more, from the specification and not from the kernel's
// own code, so that a mistake there shows.

type header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
	Subshell string `json:"subshell_id,omitempty"`
}

// A message is one that the kernel has sent.
type message struct {
	Header  header
	Parent  header
	Content map[string]any
	Buffers [][]byte
}

func newID() string {
	var b [12]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func sign(key []byte, parts [][]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return hex.AppendEncode(nil, h.Sum(nil))
}

// encode makes the frames of a message.
func encode(key []byte, h header, content any, buffers [][]byte) ([][]byte, error) {
	h.Username, h.Version, h.Date = "soak", "5.5", time.Now().Format(time.RFC3339Nano)
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	parts := [][]byte{head, []byte("{}"), []byte("{}"), body}
	frames := append([][]byte{[]byte("<IDS|MSG>"), sign(key, parts)}, parts...)
	return append(frames, buffers...), nil
}

// decode takes the frames of a message apart and checks its signature.
func decode(key []byte, frames [][]byte) (m message, err error) {
	for len(frames) > 0 && !bytes.Equal(frames[0], []byte("<IDS|MSG>")) {
		frames = frames[1:]
	}
	if len(frames) < 6 {
		return m, fmt.Errorf("soak: a message of %d frames, want 6 or more", len(frames))
	}
	parts := frames[2:6]
	if !hmac.Equal(frames[1], sign(key, parts)) {
		return m, fmt.Errorf("soak: a message with a wrong signature: %q", parts)
	}
	for i, v := range []any{&m.Header, &m.Parent, &map[string]any{}, &m.Content} {
		if err := json.Unmarshal(parts[i], v); err != nil {
			return m, fmt.Errorf("soak: frame %d of a message: %w", i, err)
		}
	}
	m.Buffers = frames[6:]
	return m, nil
}
