package worker

import (
	"bufio"
	"encoding/gob"
	"encoding/json"
	"io"
	"sync"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/direct"
	"github.com/sheaf-go/sheaf/internal/traceback"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// kind says what a message is. Requests go to the worker on its file
// descriptor 3, events come back on 4; both are gob streams. What user code
// prints goes through the real descriptors 1 and 2.
type kind int

const (
	kindExecute   kind = iota + 1 // request: Cell, OK is that there are comms; event: Result, OK is that others may print until it begins
	kindComplete                  // request: Source, Offset; event: Completions
	kindInspect                   // request: Source, Offset, Detail; event: Bundle, OK
	kindInterrupt                 // request; OK: of the comm handler that runs
	kindAck                       // request: answers kindSync, kindDisplay and kindClear
	kindInput                     // event: ID, Source is the prompt, OK is password; request: ID, Source, OK
	kindSync                      // event: deliver all that was printed, then ack; what comes next is Origin's
	kindDisplay                   // event: Display, Origin; then ack
	kindClear                     // event: OK is wait, Origin; then ack
	kindRecall                    // request, before any other: Past
	kindComm                      // request: Comm; event: its handler has returned
	kindSend                      // event: Comm for the front end, Origin
	kindGroup                     // event: the process group ID has begun (OK) or ended
	kindLimit                     // request, event: Bytes that a cell may print
	kindColours                   // request, before any cell: Colours
)

type message struct {
	Kind        kind
	ID          uint64
	Origin      uint64 // ID of the cell that the goroutine comes from
	Turned      bool   // of kindExecute: what comes next is taken for the cell's
	Cell        show.Cell
	Source      string
	Offset      int
	Detail      int
	Bytes       int64
	Colours     traceback.Colours
	OK          bool
	Result      show.Result
	Exited      bool // Result.Exit is set: gob does not keep a pointer to zero
	Code        int
	Display     show.Display
	Comm        show.Comm
	Bundle      show.Bundle
	Completions show.Completions
	Past        []interp.Past
	Named       bool     // Names is set
	Names       []string // the session's variables, when they are others than before
	Blobs       []blob   // large entries of bundles: their bytes follow the message
}

// A blob is an entry of a bundle that travels behind the message as it is,
// not through gob, which would copy it three times.
type blob struct {
	Of   string // "result" or "display"
	MIME string
	Size int
	Text bool // a string, not a []byte
}

const blobSize = 64 << 10

func init() {
	gob.Register(json.RawMessage(nil))
	gob.Register([]byte(nil))
}

// A conn sends messages from several goroutines over one gob stream.
type conn struct {
	mu  sync.Mutex
	w   io.Writer
	enc *gob.Encoder
	r   *bufio.Reader // the decoder takes no more from it than a message
	dec *gob.Decoder
}

func newConn(r io.Reader, w io.Writer) *conn {
	br := bufio.NewReader(direct.Reader(r))
	w = direct.Writer(w)
	return &conn{w: w, enc: gob.NewEncoder(w), r: br, dec: gob.NewDecoder(br)}
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
	blobs := m.detach("result", m.Result.Value.Data)
	blobs = append(blobs, m.detach("display", m.Display.Bundle.Data)...)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.enc.Encode(&m); err != nil {
		return err
	}
	for _, b := range blobs {
		if _, err := c.w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// detach takes the large entries out of data, which portable has copied.
func (m *message) detach(of string, data map[string]any) [][]byte {
	var out [][]byte
	for mime, v := range data {
		var b []byte
		text := false
		switch v := v.(type) {
		case string:
			b, text = unsafe.Slice(unsafe.StringData(v), len(v)), true
		case []byte:
			b = v
		}
		if len(b) < blobSize {
			continue
		}
		m.Blobs = append(m.Blobs, blob{Of: of, MIME: mime, Size: len(b), Text: text})
		out = append(out, b)
		delete(data, mime)
	}
	return out
}

// attach reads the blobs of a message back into its bundles.
func (c *conn) attach(m *message) error {
	for _, b := range m.Blobs {
		p := make([]byte, b.Size)
		if _, err := io.ReadFull(c.r, p); err != nil {
			return err
		}
		to := &m.Result.Value
		if b.Of == "display" {
			to = &m.Display.Bundle
		}
		if to.Data == nil {
			to.Data = map[string]any{}
		}
		if b.Text {
			to.Data[b.MIME] = unsafe.String(&p[0], len(p))
		} else {
			to.Data[b.MIME] = p
		}
	}
	return nil
}

func (c *conn) receive() (message, error) {
	var m message
	err := c.dec.Decode(&m)
	if err == nil {
		err = c.attach(&m)
	}
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
