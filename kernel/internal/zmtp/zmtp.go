// Package zmtp serves the two sockets that a Jupyter kernel listens on, ROUTER
// and PUB, over ZMTP 3.0 (https://rfc.zeromq.org/spec/23/) with the NULL
// mechanism, on TCP and Unix sockets.
//
// No peer can end the process, stop a socket from serving others, or make it
// keep unbounded memory: handshakes run beside each other and have a deadline,
// what a length announces is allocated when it has come, nobody's writes wait
// for a peer that does not read, and of equal identities the newest connection
// counts.
package zmtp

import (
	"fmt"
	"net"
	"os"
	"time"
)

// A Kind is a kind of socket.
type Kind string

// The kinds of socket that there are.
const (
	// Router gets messages with the sender's identity as first frame, and sends
	// to the peer that the first frame names.
	Router Kind = "ROUTER"
	// Pub sends to everybody who has subscribed to a prefix of the first frame.
	Pub Kind = "PUB"
)

// partners are the kinds of socket that may connect.
var partners = map[Kind][]string{
	Router: {"DEALER", "REQ", "ROUTER"},
	Pub:    {"SUB", "XSUB"},
}

// Options bound what peers of one socket can ask of it. The zero value is the
// default of every field.
type Options struct {
	MaxMessage uint64        // bytes of one incoming message, all frames together, and half of what may come at a time; 0 is 256 MiB
	MaxPeers   int           // connections at one time, and as many not greeted yet; 0 is 256
	Greeting   time.Duration // time a peer has for its handshake; 0 is 5 s
	Backlog    int           // bytes that may wait for a peer before writers do; 0 is 64 MiB
	Patience   time.Duration // how long a writer waits for a peer that reads slowly; 0 is 5 s
	Silence    time.Duration // how long a writer waits for a peer that reads nothing; 0 is 1 s

	// Along are sockets on which messages are sent too when one is handled.
	// What is sent here and there, while messages are handled that have come
	// together, leaves together.
	Along []*Socket
	// Subscribed is called after a publisher has registered a subscription to
	// topic. It must not block. May be nil.
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
	if o.Subscribed == nil {
		o.Subscribed = func(string) {}
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	return o
}

// Listen binds a socket to address on network "tcp" or "unix". Peers are
// served once [Socket.Serve] runs.
func Listen(kind Kind, network, address string, o Options) (*Socket, error) {
	if partners[kind] == nil {
		return nil, fmt.Errorf("zmtp: a socket of kind %q, want %s or %s", kind, Router, Pub)
	}
	if network == "unix" {
		removeStale(address)
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	if network == "unix" {
		if err := os.Chmod(address, 0o600); err != nil {
			l.Close()
			return nil, err
		}
	}
	return newSocket(kind, l, o.withDefaults()), nil
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
