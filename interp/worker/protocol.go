package worker

import (
	"encoding/gob"
	"encoding/json"
	"io"
	"sync"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// kind says what a message is. Requests go to the worker on its file
// descriptor 3, events come back on 4; both are gob streams. What user code
// prints goes through the real descriptors 1 and 2.
type kind int

const (
	kindExecute   kind = iota + 1 // request: Cell; event: Result
	kindComplete                  // request: Source, Offset; event: Completions
	kindInspect                   // request: Source, Offset, Detail; event: Bundle, OK
	kindInterrupt                 // request
	kindAck                       // request: answers kindSync and kindDisplay
	kindInput                     // event: Source is the prompt, OK is password; request: Source, OK
	kindSync                      // event: deliver all that was printed, then ack
	kindDisplay                   // event: Display; then ack
	kindClear                     // event: OK is wait; then ack
)

type message struct {
	Kind        kind
	ID          uint64
	Cell        show.Cell
	Source      string
	Offset      int
	Detail      int
	OK          bool
	Result      show.Result
	Exited      bool // Result.Exit is set: gob does not keep a pointer to zero
	Code        int
	Display     show.Display
	Bundle      show.Bundle
	Completions show.Completions
}

func init() {
	gob.Register(json.RawMessage(nil))
	gob.Register([]byte(nil))
}

// A conn sends messages from several goroutines over one gob stream.
type conn struct {
	mu  sync.Mutex
	enc *gob.Encoder
	dec *gob.Decoder
}

func newConn(r io.Reader, w io.Writer) *conn {
	return &conn{enc: gob.NewEncoder(w), dec: gob.NewDecoder(r)}
}

func (c *conn) send(m message) error {
	if m.Result.Exit != nil {
		m.Exited, m.Code = true, *m.Result.Exit
		m.Result.Exit = nil
	}
	m.Result.Value = portable(m.Result.Value)
	m.Display.Bundle = portable(m.Display.Bundle)
	m.Bundle = portable(m.Bundle)
	for k, x := range m.Result.Exprs {
		x.Value = portable(x.Value)
		m.Result.Exprs[k] = x
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.enc.Encode(&m)
}

func (c *conn) receive() (message, error) {
	var m message
	err := c.dec.Decode(&m)
	if m.Exited {
		code := m.Code
		m.Result.Exit = &code
	}
	return m, err
}

// portable turns values that gob does not know into JSON.
func portable(b show.Bundle) show.Bundle {
	return show.Bundle{Data: portableMap(b.Data), Metadata: portableMap(b.Metadata)}
}

func portableMap(m map[string]any) map[string]any {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		switch v := v.(type) {
		case string, []byte, json.RawMessage:
			out[k] = v
		default:
			data, err := json.Marshal(v)
			if err != nil {
				data, _ = json.Marshal("cannot be shown: " + err.Error())
			}
			out[k] = json.RawMessage(data)
		}
	}
	return out
}
