// Package wire turns Jupyter messages into signed frames and back.
//
// It knows the frame layout, the header and the signature, and nothing of what
// a message means: contents pass through as JSON. It does no I/O.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// delimiter separates routing frames from the message proper.
const delimiter = "<IDS|MSG>"

// Version is the version of the messaging protocol that headers announce.
const Version = "5.5"

// maxHeader bounds a header, because it comes back as the parent of every
// message that answers it.
const maxHeader = 64 << 10

// A Header identifies a message.
type Header struct {
	MsgID    string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"` // ISO 8601 with zone; not interpreted when received
	MsgType  string `json:"msg_type"`
	Version  string `json:"version"`
	Subshell string `json:"subshell_id,omitempty"`
}

// A Message is one that was received, its signature already verified.
type Message struct {
	Identities [][]byte // routing frames, to be put before a reply
	Header     Header
	RawHeader  json.RawMessage // the header as received, which becomes a reply's parent
	Parent     Header          // zero when the message has no parent
	Metadata   json.RawMessage // a JSON object
	Content    json.RawMessage // a JSON object
	Buffers    [][]byte
}

// Errors that Decode wraps.
var (
	ErrMalformed = errors.New("malformed message")
	ErrSignature = errors.New("wrong signature")
	ErrReplay    = errors.New("replayed message")
)

// Decode takes the frames of one message apart. It verifies the signature
// before it looks at anything else.
func (s *Session) Decode(frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if string(f) == delimiter {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%w: no %s among %d frames", ErrMalformed, delimiter, len(frames))
	}
	body := frames[at+1:]
	if len(body) < 5 {
		return nil, fmt.Errorf("%w: %d frames after %s, want at least 5", ErrMalformed, len(body), delimiter)
	}
	if err := s.verify(body[0], body[1:5]); err != nil {
		return nil, err
	}
	m := &Message{Identities: frames[:at], RawHeader: body[1], Metadata: body[3], Content: body[4], Buffers: body[5:]}
	for i, name := range []string{"header", "parent_header", "metadata", "content"} {
		if err := checkObject(name, body[i+1]); err != nil {
			return nil, err
		}
	}
	return m, m.parse(body[1], body[2])
}

// parse reads the two headers.
func (m *Message) parse(header, parent []byte) error {
	if len(header) > maxHeader {
		return fmt.Errorf("%w: header of %d bytes, limit %d", ErrMalformed, len(header), maxHeader)
	}
	if err := json.Unmarshal(header, &m.Header); err != nil {
		return fmt.Errorf("%w: header: %v", ErrMalformed, err)
	}
	if m.Header.MsgID == "" || m.Header.MsgType == "" {
		return fmt.Errorf("%w: header has no msg_id or no msg_type", ErrMalformed)
	}
	if err := json.Unmarshal(parent, &m.Parent); err != nil {
		return fmt.Errorf("%w: parent_header: %v", ErrMalformed, err)
	}
	return nil
}

func checkObject(name string, b []byte) error {
	t := bytes.TrimLeft(b, " \t\r\n")
	if len(t) == 0 || t[0] != '{' {
		return fmt.Errorf("%w: %s is not a JSON object", ErrMalformed, name)
	}
	// encoding/json lets bytes pass that are no UTF-8, and the header goes back
	// out as it came.
	if !utf8.Valid(b) || !json.Valid(b) {
		return fmt.Errorf("%w: %s is not valid JSON", ErrMalformed, name)
	}
	return nil
}

// Outgoing is a message to be sent. Content and Metadata are marshalled; a nil
// Metadata or Parent is sent as {}.
type Outgoing struct {
	Route    [][]byte // identities of the receiver, or the topic on iopub
	Type     string
	Parent   json.RawMessage
	Metadata any
	Content  any
	Buffers  [][]byte
}

var emptyObject = []byte("{}")

// Encode makes the frames of a message and returns its msg_id.
func (s *Session) Encode(o Outgoing) (frames [][]byte, id string, err error) {
	h := s.header(o.Type)
	header, err := marshal(h)
	if err != nil {
		return nil, "", err
	}
	parent := []byte(o.Parent)
	if parent == nil {
		parent = emptyObject
	}
	metadata := emptyObject
	if o.Metadata != nil {
		if metadata, err = marshal(o.Metadata); err != nil {
			return nil, "", fmt.Errorf("metadata of %s: %w", o.Type, err)
		}
	}
	content, err := marshal(o.Content)
	if err != nil {
		return nil, "", fmt.Errorf("content of %s: %w", o.Type, err)
	}
	if holder, ok := o.Content.(LongHolder); ok {
		for _, l := range holder.Longs() {
			if content, err = l.insert(content); err != nil {
				return nil, "", fmt.Errorf("content of %s: %w", o.Type, err)
			}
		}
	}
	frames = make([][]byte, 0, len(o.Route)+6+len(o.Buffers))
	frames = append(frames, o.Route...)
	frames = append(frames, []byte(delimiter), s.sign(header, parent, metadata, content))
	frames = append(frames, header, parent, metadata, content)
	return append(frames, o.Buffers...), h.MsgID, nil
}

// marshal is json.Marshal without the escapes that only HTML pages need: they
// would make a table's HTML half as long again.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
