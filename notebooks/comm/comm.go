// Package comm connects code in cells with code in the front end, as
// JavaScript in the page: either side opens a channel under the name of a
// target that the other has registered, and both send messages, which are JSON
// with bytes beside it, until one closes it. Widgets rest on it.
//
//	comm.Handle("counter", func(c *comm.Comm, _ comm.Message) {
//		n := 0
//		c.OnMessage(func(m comm.Message) { n++; c.Send(n) })
//	})
//
// Handlers run one after another, beside the cell that runs: what they share
// with cells wants a lock. What they print and show appears with the message
// that they answer. In a compiled program there is no front end: Open returns
// [ErrNoFrontEnd].
package comm

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Errors of comms.
var (
	ErrNoFrontEnd = errors.New("comm: no front end is connected: comms need a Jupyter kernel")
	ErrClosed     = errors.New("comm: it has been closed")
)

// A Message is what the front end has sent.
type Message struct {
	Data     json.RawMessage // what the sender gave, as JSON
	Metadata json.RawMessage // of the message; may be nil
	Buffers  [][]byte        // bytes beside the JSON
}

// Decode stores the message's data in the value that v points to, as
// [json.Unmarshal] does.
func (m Message) Decode(v any) error {
	if err := json.Unmarshal(m.Data, v); err != nil {
		return fmt.Errorf("comm: the message's data: %w", err)
	}
	return nil
}

// A Comm is an open channel. It is safe for concurrent use.
type Comm struct {
	id, target string

	mu        sync.Mutex
	onMessage func(Message)
	onClose   func(Message)
	closed    bool
}

// ID is the channel's name, which both sides know.
func (c *Comm) ID() string { return c.id }

// Target is the name that it was opened for.
func (c *Comm) Target() string { return c.target }

// OnMessage says what to do with messages, in the place of what was said
// before.
func (c *Comm) OnMessage(f func(Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onMessage = f
}

// OnClose says what to do when the front end closes the channel, or is gone.
func (c *Comm) OnClose(f func(Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onClose = f
}

// Send sends data, which [json.Marshal] must be able to express, with bytes
// beside it. The error is ErrClosed or says what data cannot be expressed.
func (c *Comm) Send(data any, buffers ...[]byte) error {
	return c.SendWith(nil, data, buffers...)
}

// SendWith is Send with metadata for the front end's code.
func (c *Comm) SendWith(metadata, data any, buffers ...[]byte) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return ErrClosed
	}
	return send(show.Comm{Event: show.CommMessage, ID: c.id}, metadata, data, buffers)
}

// Close closes the channel; the front end gets data as its last word, which
// may be nil. Closing it again does nothing.
func (c *Comm) Close(data any) error {
	if !c.end() {
		return nil
	}
	return send(show.Comm{Event: show.CommClose, ID: c.id}, nil, data, nil)
}

// end marks the comm closed and forgets it; false: it was closed before.
func (c *Comm) end() bool {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.mu.Unlock()
	registry.Lock()
	defer registry.Unlock()
	if registry.open[c.id] == c {
		delete(registry.open, c.id)
	}
	return !was
}

// registry is what this process knows of comms.
var registry = struct {
	sync.Mutex
	to      func(show.Comm) error
	targets map[string]func(*Comm, Message)
	open    map[string]*Comm
}{targets: map[string]func(*Comm, Message){}, open: map[string]*Comm{}}

// Handle says what to do when the front end opens a channel for target, in the
// place of what was said before; nil: such channels are closed at once.
func Handle(target string, f func(c *Comm, open Message)) {
	registry.Lock()
	defer registry.Unlock()
	if f == nil {
		delete(registry.targets, target)
		return
	}
	registry.targets[target] = f
}

// Open opens a channel to the front end's code for target, which gets data.
// Messages that come are dropped until OnMessage has said what to do with them.
func Open(target string, data any, buffers ...[]byte) (*Comm, error) {
	return OpenWith(target, nil, data, buffers...)
}

// OpenWith is Open with metadata for the front end's code.
func OpenWith(target string, metadata, data any, buffers ...[]byte) (*Comm, error) {
	var id [16]byte
	rand.Read(id[:]) // never fails
	c := add(hex.EncodeToString(id[:]), target)
	if err := send(show.Comm{Event: show.CommOpen, ID: c.id, Target: target}, metadata, data, buffers); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

func add(id, target string) *Comm {
	c := &Comm{id: id, target: target}
	registry.Lock()
	defer registry.Unlock()
	registry.open[id] = c
	return c
}

// send expresses a message's parts and passes it on.
func send(m show.Comm, metadata, data any, buffers [][]byte) (err error) {
	if m.Data, err = object(data); err != nil {
		return fmt.Errorf("comm: the data of a %T: %w", data, err)
	}
	if metadata != nil {
		if m.Metadata, err = json.Marshal(metadata); err != nil {
			return fmt.Errorf("comm: the metadata: %w", err)
		}
	}
	m.Buffers = buffers
	registry.Lock()
	to := registry.to
	registry.Unlock()
	if to == nil {
		return ErrNoFrontEnd
	}
	return to(m)
}

// object is data as JSON, {} for nil: front ends expect something.
func object(data any) (json.RawMessage, error) {
	if data == nil {
		return json.RawMessage("{}"), nil
	}
	return json.Marshal(data)
}

// Connect says where the messages of this process go; nil: nowhere.
func Connect(to func(show.Comm) error) {
	registry.Lock()
	defer registry.Unlock()
	registry.to = to
}

// Deliver hands a message of the front end to its handler and returns when
// that has. A channel for a target that nobody handles is closed; messages for
// one that is not open are dropped.
func Deliver(m show.Comm) error {
	got := Message{Data: m.Data, Metadata: m.Metadata, Buffers: m.Buffers}
	registry.Lock()
	c, handle := registry.open[m.ID], registry.targets[m.Target]
	registry.Unlock()
	switch {
	case m.Event == show.CommOpen && handle == nil:
		return send(show.Comm{Event: show.CommClose, ID: m.ID}, nil, nil, nil)
	case m.Event == show.CommOpen:
		handle(add(m.ID, m.Target), got)
	case c == nil:
	case m.Event == show.CommClose:
		c.end()
		c.call(func() func(Message) { return c.onClose }, got)
	default:
		c.call(func() func(Message) { return c.onMessage }, got)
	}
	return nil
}

func (c *Comm) call(which func() func(Message), m Message) {
	c.mu.Lock()
	f := which()
	c.mu.Unlock()
	if f != nil {
		f(m)
	}
}
