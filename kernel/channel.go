package kernel

import (
	"fmt"
	"sync"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
	"github.com/sheaf-go/sheaf/kernel/internal/zmtp"
)

// A channel is one of the kernel's five sockets.
type channel struct {
	name string
	sock *zmtp.Socket
}

// listen binds the five sockets and lets clients connect. What they ask is
// dealt with when the kernel serves.
func (k *kernel) listen() error {
	for _, c := range []struct {
		ch     **channel
		name   string
		kind   zmtp.Kind
		port   int
		handle func(*wire.Message)
	}{
		{&k.iopub, "iopub", zmtp.Pub, k.conn.IOPub, nil},
		{&k.shell, "shell", zmtp.Router, k.conn.Shell, k.handleShell},
		{&k.control, "control", zmtp.Router, k.conn.Control, k.handleControl},
		{&k.stdin, "stdin", zmtp.Router, k.conn.Stdin, k.handleStdin},
		{&k.heartbeat, "heartbeat", zmtp.Router, k.conn.Heartbeat, nil},
	} {
		o := zmtp.Options{Log: k.log.Printf}
		if c.kind == zmtp.Pub {
			o.Subscribed = k.welcome
		} else if c.handle != nil {
			o.Along = []*zmtp.Socket{k.iopub.sock}
		}
		network, address := k.conn.address(c.port)
		s, err := zmtp.Listen(c.kind, network, address, o)
		if err != nil {
			return fmt.Errorf("kernel: %s: %w", c.name, err)
		}
		ch := &channel{name: c.name, sock: s}
		*c.ch = ch
		if c.handle == nil {
			go s.Serve(s.Send) // a heartbeat goes back as it came
		} else {
			go k.receive(ch, c.handle)
		}
	}
	return nil
}

func (k *kernel) channels() []*channel {
	var cs []*channel
	for _, c := range []*channel{k.shell, k.control, k.stdin, k.heartbeat, k.iopub} {
		if c != nil {
			cs = append(cs, c)
		}
	}
	return cs
}

func (k *kernel) closeSockets() {
	for _, c := range k.channels() {
		c.sock.Close()
	}
}

// receive hands every valid message of c to handle, one at a time. Nothing that
// a peer sends ends it. Signatures are checked before it is a message's turn, so
// that nobody waits while those of a peer without the key are.
func (k *kernel) receive(c *channel, handle func(*wire.Message)) {
	var turn sync.Mutex
	c.sock.Serve(func(frames [][]byte) {
		select {
		case <-k.serves:
		case <-k.ctx.Done():
			return
		}
		msg, err := k.wire.Decode(frames)
		if err != nil {
			k.log.Printf("%s: dropped: %v", c.name, err)
			return
		}
		turn.Lock()
		defer turn.Unlock()
		handle(msg)
	})
}

// reply answers req on the channel that it came by.
func (k *kernel) reply(c *channel, req *wire.Message, content any) {
	k.replyWith(c, req, nil, content)
}

func (k *kernel) replyWith(c *channel, req *wire.Message, metadata, content any) {
	k.send(c, wire.Outgoing{
		Route:    req.Identities,
		Type:     replyType(req.Header.MsgType),
		Parent:   req.RawHeader,
		Metadata: metadata,
		Content:  content,
	})
}

// publish broadcasts a message on iopub. Its parent is req, which may be nil.
func (k *kernel) publish(req *wire.Message, msgType string, content any) {
	k.publishAs("kernel."+k.wire.ID+"."+msgType, req, msgType, content)
}

func (k *kernel) publishAs(topic string, req *wire.Message, msgType string, content any) {
	o := wire.Outgoing{Route: [][]byte{[]byte(topic)}, Type: msgType, Content: content}
	if req != nil {
		o.Parent = req.RawHeader
	}
	k.send(k.iopub, o)
}

// welcome tells a new subscriber that it will hear what comes from now on.
func (k *kernel) welcome(topic string) {
	k.publishAs(topic, nil, "iopub_welcome", welcome{Subscription: topic})
}

// send encodes and sends a message and returns its id. It does not block.
func (k *kernel) send(c *channel, o wire.Outgoing) (id string) {
	frames, id, err := k.wire.Encode(o)
	switch {
	case err != nil:
		k.log.Printf("%s: %v", c.name, err)
	case c == k.iopub:
		c.sock.Publish(frames)
	default:
		c.sock.Send(frames)
	}
	return id
}
