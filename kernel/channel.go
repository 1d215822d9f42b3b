package kernel

import (
	"context"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/sheaf-go/sheaf/kernel/internal/guard"
	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// A channel is one of the kernel's five sockets.
type channel struct {
	name  string
	sock  zmq4.Socket
	guard *guard.Listener
}

// listen binds the five sockets.
func (k *kernel) listen() error {
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0))
	// The sockets outlive the kernel's context: what it says last goes out
	// after that has ended.
	ctx := context.Background()
	router := func() zmq4.Socket { return zmq4.NewRouter(ctx, quiet) }
	for _, c := range []struct {
		ch   **channel
		name string
		sock zmq4.Socket
		port int
	}{
		{&k.shell, "shell", router(), k.conn.Shell},
		{&k.control, "control", router(), k.conn.Control},
		{&k.stdin, "stdin", router(), k.conn.Stdin},
		{&k.heartbeat, "heartbeat", router(), k.conn.Heartbeat},
		{&k.iopub, "iopub", zmq4.NewPub(ctx, quiet), k.conn.IOPub},
	} {
		o := guard.Options{Log: k.log.Printf}
		if c.name == "iopub" {
			o.Subscribed = k.welcome
		}
		network, address := k.conn.address(c.port)
		g, err := guard.Listen(c.sock, network, address, o)
		if err != nil {
			return fmt.Errorf("kernel: %s: %w", c.name, err)
		}
		*c.ch = &channel{name: c.name, sock: c.sock, guard: g}
	}
	close(k.bound)
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

// receive hands every valid message of c to handle. Nothing that a peer sends
// ends it.
func (k *kernel) receive(c *channel, handle func(*wire.Message)) {
	for {
		m, err := c.sock.Recv()
		if k.ctx.Err() != nil {
			return
		}
		if err != nil {
			k.log.Printf("%s: %v", c.name, err)
			time.Sleep(time.Millisecond)
			continue
		}
		msg, err := k.wire.Decode(m.Frames)
		if err != nil {
			k.log.Printf("%s: dropped: %v", c.name, err)
			continue
		}
		handle(msg)
	}
}

// echo answers heartbeats. The socket is a ROUTER, because zmq4's REP answers
// an empty ping with two frames.
func (k *kernel) echo() {
	for {
		m, err := k.heartbeat.sock.Recv()
		if k.ctx.Err() != nil {
			return
		}
		if err != nil {
			time.Sleep(time.Millisecond)
			continue
		}
		if err := k.heartbeat.sock.SendMulti(m); err != nil {
			k.log.Printf("heartbeat: %v", err)
		}
	}
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
	select {
	case <-k.bound: // clients may come before listen has returned
	case <-k.ctx.Done():
		return
	}
	k.publishAs(topic, nil, "iopub_welcome", welcome{Subscription: topic})
}

// send encodes and sends a message and returns its id. zmq4 serialises the
// senders of a socket, and the guard queues, so it does not block.
func (k *kernel) send(c *channel, o wire.Outgoing) (id string) {
	frames, id, err := k.wire.Encode(o)
	if err != nil {
		k.log.Printf("%s: %v", c.name, err)
		return ""
	}
	if c == k.iopub {
		err = c.guard.Publish(frames)
	} else {
		err = c.sock.SendMulti(zmq4.NewMsgFrom(frames...))
	}
	if err != nil {
		k.log.Printf("%s: sending %s: %v", c.name, o.Type, err)
	}
	return id
}
