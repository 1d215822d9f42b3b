package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// Errors of a cell that asks for input.
var (
	ErrNoInput     = errors.New("kernel: input: this client does not answer questions (the request says allow_stdin: false)")
	ErrNoStdin     = errors.New("kernel: input: the client that sent this cell is not connected to the stdin channel")
	ErrInterrupted = errors.New("kernel: input: interrupted")
)

// inputs is the state of the stdin channel.
type inputs struct {
	turn    chan struct{} // holds a token while a question waits for its answer
	replies chan *wire.Message
}

// handleStdin passes replies on to the question that waits. Without one the
// oldest are forgotten: they answer a question that was given up.
func (k *kernel) handleStdin(m *wire.Message) {
	if m.Header.MsgType != "input_reply" {
		k.log.Printf("stdin: dropped: %s", m.Header.MsgType)
		return
	}
	for {
		select {
		case k.input.replies <- m:
			return
		default:
		}
		select {
		case <-k.input.replies:
		default:
		}
	}
}

// ask sends an input_request to the client that asked for x, and waits for
// its answer.
func (k *kernel) ask(ctx context.Context, x *execution, prompt string, password bool) (string, error) {
	if !x.ask.AllowStdin {
		return "", ErrNoInput
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(x.ctx, cancel)() // interrupts, and the end of the cell
	select {                                 // one question at a time
	case k.input.turn <- struct{}{}:
		defer func() { <-k.input.turn }()
	case <-ctx.Done():
		return "", ErrInterrupted
	}
	k.forgetReplies()
	gone, err := k.awaitStdin(ctx, x)
	if err != nil {
		return "", err
	}
	id := k.send(k.stdin, wire.Outgoing{
		Route:   x.req.Identities,
		Type:    "input_request",
		Parent:  x.req.RawHeader,
		Content: inputRequest{Prompt: prompt, Password: password},
	})
	for {
		select {
		case m := <-k.input.replies:
			var r inputReply
			if stale(m, x, id) || json.Unmarshal(m.Content, &r) != nil {
				k.log.Printf("stdin: dropped: an answer to another question")
				continue
			}
			return r.Value, nil
		case <-gone:
			// A client may leave before the kernel hears of it, so this can be
			// one that was never asked. Even if it comes back at once, nobody
			// knows whether it has seen the question.
			return "", ErrNoStdin
		case <-ctx.Done():
			return "", ErrInterrupted
		}
	}
}

// stdinLimit is how long a client that has sent a cell may take to connect to
// the stdin channel too.
const stdinLimit = time.Second

// awaitStdin waits until the client that asked for x can be asked. gone is
// closed when that is over.
func (k *kernel) awaitStdin(ctx context.Context, x *execution) (gone <-chan struct{}, err error) {
	if len(x.req.Identities) == 0 {
		return nil, ErrNoStdin
	}
	id := string(x.req.Identities[0])
	for end := time.Now().Add(stdinLimit); ; time.Sleep(time.Millisecond) {
		gone, ok := k.stdin.sock.Connected(id)
		switch {
		case ctx.Err() != nil:
			return nil, ErrInterrupted
		case ok:
			return gone, nil
		case time.Now().After(end):
			return nil, ErrNoStdin
		}
	}
}

func (k *kernel) forgetReplies() {
	for {
		select {
		case <-k.input.replies:
		default:
			return
		}
	}
}

// stale reports whether m answers another question than id of x. Some clients
// give an answer no parent; then its sender decides.
func stale(m *wire.Message, x *execution, id string) bool {
	if p := m.Parent.MsgID; p != "" && p != id && p != x.req.Header.MsgID {
		return true
	}
	return len(m.Identities) == 0 || len(x.req.Identities) == 0 ||
		string(m.Identities[0]) != string(x.req.Identities[0])
}
