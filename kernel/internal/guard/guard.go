// Package guard stands between the network and a zmq4 socket, so that no peer
// can end the process, stop a socket from serving others, or make it keep
// unbounded memory.
//
// zmq4 accepts one connection at a time, believes every frame length, and
// writes to peers while it holds the socket's lock. This package does the
// accepting, the handshake and the writing itself and hands zmq4 connections
// that are already greeted, that only ever yield well-formed frames within a
// limit, and whose Write never blocks.
//
// It is not a ZMTP implementation: routing, subscriptions and message framing
// stay with zmq4, and it serves listening sockets with the NULL mechanism only.
package guard

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// Options bound what peers of one socket can ask of it. The zero value is the
// default of every field.
type Options struct {
	MaxMessage uint64        // bytes of one incoming message, all frames together; 0 is 256 MiB
	MaxPeers   int           // connections at one time, and as many not greeted yet; 0 is 256
	Greeting   time.Duration // time a peer has for its handshake; 0 is 5 s
	Backlog    int           // bytes that may wait for a peer before writers do; 0 is 64 MiB
	Patience   time.Duration // how long a writer waits for a peer that reads slowly; 0 is 5 s
	Silence    time.Duration // how long a writer waits for a peer that reads nothing; 0 is 1 s

	// Subscribed makes the socket a publisher's: peers may only subscribe and
	// unsubscribe, and Subscribed is called after the socket has registered a
	// subscription to topic. It must not block.
	Subscribed func(topic string)
	// Log receives one line for each peer that is refused or dropped. May be nil.
	Log func(format string, args ...any)
}

func (o Options) withDefaults() Options {
	if o.MaxMessage == 0 {
		o.MaxMessage = 256 << 20
	}
	if o.MaxPeers == 0 {
		o.MaxPeers = 256
	}
	if o.Greeting == 0 {
		o.Greeting = 5 * time.Second
	}
	if o.Backlog == 0 {
		o.Backlog = 64 << 20
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.Silence == 0 {
		o.Silence = time.Second
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	return o
}

// network is the name under which zmq4 knows this package's transport. A
// transport is global to the process, so the address only names a listener
// that waits in pending.
const network = "guarded"

var (
	pending   sync.Map // token → *Listener
	tokens    atomic.Uint64
	errNoDial = fmt.Errorf("guard: a guarded socket listens, it does not dial")
	_         = zmq4.RegisterTransport(network, handover{}) // fails only for a name taken twice
)

// handover gives zmq4 the listener that Listen prepared.
type handover struct{}

// Dial implements transport.Transport.
func (handover) Dial(context.Context, transport.Dialer, string) (net.Conn, error) {
	return nil, errNoDial
}

// Addr implements transport.Transport.
func (handover) Addr(ep string) (string, error) { return ep, nil }

// Listen implements transport.Transport.
func (handover) Listen(_ context.Context, token string) (net.Listener, error) {
	l, ok := pending.LoadAndDelete(token)
	if !ok {
		return nil, fmt.Errorf("guard: no listener %q is waiting", token)
	}
	return l.(*Listener), nil
}

// Listen binds s to address on network "tcp" or "unix" behind a guard. The
// socket owns the listener: closing the socket closes it.
func Listen(s zmq4.Socket, netw, address string, o Options) (*Listener, error) {
	if netw == "unix" {
		removeStale(address)
	}
	nl, err := net.Listen(netw, address)
	if err != nil {
		return nil, err
	}
	if netw == "unix" {
		if err := os.Chmod(address, 0o600); err != nil {
			nl.Close()
			return nil, err
		}
	}
	l := newListener(nl, s, o.withDefaults())
	token := strconv.FormatUint(tokens.Add(1), 10)
	pending.Store(token, l)
	if err := s.Listen(network + "://" + token); err != nil {
		pending.Delete(token)
		nl.Close()
		return nil, err
	}
	if o.Subscribed != nil {
		l.w = newWitness()
		l.ready <- l.w
		<-l.w.ready
	}
	go l.accept()
	return l, nil
}

// removeStale unlinks a socket file that nobody listens on any more, as
// libzmq does; a process that was killed leaves one behind.
func removeStale(path string) {
	fi, err := os.Lstat(path)
	if err != nil || fi.Mode()&os.ModeSocket == 0 {
		return
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
		return
	}
	os.Remove(path)
}
