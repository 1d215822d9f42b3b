package guard

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A PUB socket of zmq4 puts messages into a queue that has no end and can't be
// asked about, and hands them to its peers' connections later. A witness is a
// subscriber inside the process that only counts, so that who publishes can
// know how far behind the socket is.
type witness struct {
	net.Conn // one end of a pipe on which nothing ever comes

	in    []byte        // what a subscriber says: greeting, READY, subscription
	ready chan struct{} // closed when the socket has registered the subscription

	sent atomic.Int64
	seen atomic.Int64
}

func newWitness() *witness {
	c, _ := net.Pipe()
	in := append(ourGreeting(), "\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB\x00\x01\x01"...)
	return &witness{Conn: c, in: in, ready: make(chan struct{})}
}

// Read implements io.Reader.
func (w *witness) Read(p []byte) (int, error) {
	if len(w.in) > 0 {
		n := copy(p, w.in)
		w.in = w.in[n:]
		return n, nil
	}
	close(w.ready) // zmq4 reads on when it has dealt with the subscription
	return w.Conn.Read(p)
}

// Write counts. Until the subscription is registered, zmq4 writes only the
// handshake.
func (w *witness) Write(p []byte) (int, error) {
	select {
	case <-w.ready:
		w.seen.Add(int64(len(p)))
	default:
	}
	return len(p), nil
}

// behind is how many bytes of messages wait inside the socket.
func (w *witness) behind() int64 { return w.sent.Load() - w.seen.Load() }

// expect notes that a message is about to be published.
func (w *witness) expect(frames [][]byte) {
	n := 0
	for _, f := range frames {
		n += 2 + len(f)
		if len(f) > 255 {
			n += 7
		}
	}
	w.sent.Add(int64(n))
}

// Publish sends a message to all subscribers of its first frame. It queues and
// does not block; see [Listener.Wait]. Every message of a publisher's socket
// must be sent this way.
func (l *Listener) Publish(frames [][]byte) error {
	l.w.expect(frames)
	return l.sock.SendMulti(zmq4.NewMsgFrom(frames...))
}

// catchUp waits until at most n bytes wait inside the socket. That takes a
// moment at most, because connections never make the socket wait.
func (l *Listener) catchUp(ctx context.Context, n int64) {
	for l.w.behind() > n && ctx.Err() == nil {
		time.Sleep(100 * time.Microsecond)
	}
}
