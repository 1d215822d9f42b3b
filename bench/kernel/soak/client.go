package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// patience is how long anything that must come may take.
const patience = 60 * time.Second

// A client is one front end.
type client struct {
	name    string
	key     []byte
	session string
	sockets map[string]zmq4.Socket
	stop    context.CancelFunc
	fail    func(error)

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when something comes
	stories map[string]*story
	answer  string        // to questions on stdin
	held    chan struct{} // closed when they may be answered
	busy    int           // status messages without a parent
	welcome bool
}

// A story is what one request has led to.
type story struct {
	reply  *message
	events []message
	idle   bool
	late   []message // after idle
	asked  []message // on stdin
}

// connect makes a client of a kernel that hears what is published.
func connect(k *kernel, name string, fail func(error)) (*client, error) {
	ctx, stop := context.WithCancel(context.Background())
	c := &client{
		name: name, key: k.key, session: newID(), stop: stop, fail: fail,
		sockets: map[string]zmq4.Socket{}, changed: make(chan struct{}), stories: map[string]*story{},
	}
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0))
	for _, name := range []string{"shell", "control", "stdin", "iopub"} {
		var s zmq4.Socket
		if name == "iopub" {
			s = zmq4.NewSub(ctx, quiet)
			if err := s.SetOption(zmq4.OptionSubscribe, ""); err != nil {
				return nil, err
			}
		} else {
			s = zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity(c.session)), quiet)
		}
		if err := dial(s, fmt.Sprint("tcp://127.0.0.1:", k.ports[name+"_port"])); err != nil {
			return nil, fmt.Errorf("soak: %s: %w", name, err)
		}
		c.sockets[name] = s
		go c.receive(name, s)
	}
	if !c.await(func() bool { return c.welcome }) {
		return nil, fmt.Errorf("soak: no iopub_welcome")
	}
	return c, nil
}

// dial tries until the kernel listens.
func dial(s zmq4.Socket, address string) (err error) {
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(5 * time.Millisecond) {
		if err = s.Dial(address); err == nil {
			return nil
		}
	}
	return err
}

func (c *client) close() {
	for _, s := range c.sockets {
		s.Close()
	}
	c.stop()
}

func (c *client) receive(name string, s zmq4.Socket) {
	for {
		raw, err := s.Recv()
		if err != nil {
			return
		}
		m, err := decode(c.key, raw.Frames)
		if err != nil {
			c.fail(err)
			continue
		}
		c.mu.Lock()
		c.take(name, m)
		close(c.changed)
		c.changed = make(chan struct{})
		c.mu.Unlock()
	}
}

// take files a message under its request. c.mu is held.
func (c *client) take(name string, m message) {
	switch {
	case m.Header.Type == "iopub_welcome":
		c.welcome = true
		return
	case m.Parent.ID == "":
		c.busy++
		return
	}
	s := c.story(m.Parent.ID)
	switch {
	case name == "stdin":
		s.asked = append(s.asked, m)
		go c.reply(m)
	case name != "iopub":
		if s.reply != nil {
			c.fail(fmt.Errorf("soak: %s: two replies to %s: %v and %v", c.name, m.Parent.Type, s.reply.Content, m.Content))
		}
		s.reply = &m
	case s.idle:
		s.late = append(s.late, m)
	default:
		s.events = append(s.events, m)
		s.idle = m.Header.Type == "status" && m.Content["execution_state"] == "idle"
	}
}

func (c *client) story(id string) *story {
	s := c.stories[id]
	if s == nil {
		s = &story{}
		c.stories[id] = s
	}
	return s
}

// reply answers a question.
func (c *client) reply(question message) {
	c.mu.Lock()
	answer, held := c.answer, c.held
	c.mu.Unlock()
	if held != nil {
		<-held
	}
	c.send("stdin", "input_reply", "", map[string]any{"value": answer})
}

// hold keeps answers back until it is told to give them.
func (c *client) hold() (release func()) {
	held := make(chan struct{})
	c.mu.Lock()
	c.held = held
	c.mu.Unlock()
	return sync.OnceFunc(func() { close(held) })
}

// send sends a message and returns its id.
func (c *client) send(channel, kind, subshell string, content any, buffers ...[]byte) string {
	h := header{ID: newID(), Session: c.session, Type: kind, Subshell: subshell}
	frames, err := encode(c.key, h, content, buffers)
	if err == nil {
		err = c.sockets[channel].SendMulti(zmq4.NewMsgFrom(frames...))
	}
	if err != nil {
		c.fail(fmt.Errorf("soak: sending %s: %w", kind, err))
	}
	return h.ID
}

// await waits until test, which is called with c.mu held, is true.
func (c *client) await(test func() bool) bool {
	late := time.After(patience)
	for {
		c.mu.Lock()
		done, changed := test(), c.changed
		c.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-late:
			return false
		}
	}
}

// replied waits for the reply to id and for its idle.
func (c *client) replied(id string) (story, error) {
	return c.done(id, func(s *story) bool { return s.reply != nil && s.idle })
}

// done waits until test is true of what id has led to, and returns that.
func (c *client) done(id string, test func(*story) bool) (story, error) {
	var now story
	met := c.await(func() bool {
		s := c.story(id)
		now = *s
		return test(s)
	})
	if !met {
		return now, fmt.Errorf("soak: %s waits in vain: replied %v, idle %v, heard %s", c.name, now.reply != nil, now.idle, tell(now.events))
	}
	return now, nil
}

// forget drops a request that has been dealt with.
func (c *client) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.stories, id)
}
