package notebooks

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// collector keeps what the cells of one run share: displays may be updated
// from any cell. Its lock also guards the outputs of all of the run's cells,
// because goroutines that a cell left behind may print at any time.
type collector struct {
	mu       sync.Mutex
	displays map[string][]*Output // by display id, over all cells of the run
	sinks    []*cellSink
	closed   bool // the run is over: what still comes is dropped
}

func newCollector() *collector { return &collector{displays: map[string][]*Output{}} }

// close ends collecting; the notebook is the caller's alone then.
func (c *collector) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sinks {
		s.flush()
	}
	c.closed = true
}

// cellSink turns what one cell produces into stored outputs by the rules of
// Jupyter's front ends.
type cellSink struct {
	*collector
	cell  *Cell
	clear bool            // clear when the next output comes
	text  strings.Builder // of the stream that is the last output
}

var _ show.Sink = (*cellSink)(nil)

// begin directs outputs to a cell and forgets those of an earlier run.
func (c *collector) begin(cell *Cell) *cellSink {
	c.mu.Lock()
	defer c.mu.Unlock()
	cell.Outputs = nil
	s := &cellSink{collector: c, cell: cell}
	c.sinks = append(c.sinks, s)
	return s
}

// flush closes the stream output that is being written.
func (s *cellSink) flush() {
	if s.text.Len() == 0 {
		return
	}
	s.cell.Outputs[len(s.cell.Outputs)-1].Text = overwritten(s.text.String())
	s.text.Reset()
}

// add appends an output, first doing a clear that waited for it.
func (s *cellSink) add(o *Output) {
	s.flush()
	if s.clear {
		s.wipe()
	}
	s.cell.Outputs = append(s.cell.Outputs, o)
}

func (s *cellSink) wipe() {
	for id, list := range s.displays {
		s.displays[id] = slices.DeleteFunc(list, func(o *Output) bool {
			return slices.Contains(s.cell.Outputs, o)
		})
	}
	s.cell.Outputs, s.clear = nil, false
	s.text.Reset()
}

// Stream joins text to the last output if that is the same stream.
func (s *cellSink) Stream(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == "" || s.closed {
		return
	}
	n := len(s.cell.Outputs)
	if s.clear || s.text.Len() == 0 || s.cell.Outputs[n-1].Name != name {
		s.add(&Output{Type: Stream, Name: name})
	}
	s.text.WriteString(text)
}

// Display appends a display, or replaces the content of those shown before
// under the same id; an update of an id that nothing shows is dropped.
func (s *cellSink) Display(d show.Display) {
	data, metadata := stored(d.Bundle)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if d.Update {
		for _, o := range s.displays[d.ID] {
			o.Data, o.Metadata = data, metadata
		}
		return
	}
	o := &Output{Type: DisplayData, Data: data, Metadata: metadata}
	s.add(o)
	if d.ID != "" {
		s.displays[d.ID] = append(s.displays[d.ID], o)
	}
}

// Clear removes the cell's outputs, now or when the next one comes.
func (s *cellSink) Clear(wait bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.flush()
	if s.clear = wait; !wait {
		s.wipe()
	}
}

// Input fails: nobody is there to answer.
func (*cellSink) Input(context.Context, string, bool) (string, error) {
	return "", errors.New("the notebook runs headless: there is nobody to ask for input")
}

// finish stores how the cell ended.
func (s *cellSink) finish(r show.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !r.Value.Empty() && r.Err == nil {
		data, metadata := stored(r.Value)
		s.add(&Output{Type: ExecuteResult, Data: data, Metadata: metadata, Count: s.cell.Count})
	}
	if r.Next != "" { // headless, cells keep their source
		data, metadata := stored(show.Plain(r.Next))
		s.add(&Output{Type: DisplayData, Data: data, Metadata: metadata})
	}
	if e := r.Err; e != nil {
		s.add(&Output{Type: ErrorOutput, EName: e.Name, EValue: e.Value, Traceback: e.Traceback})
	}
}

// stored is a bundle as a notebook file holds it: text as strings, binary as
// base64, JSON as itself.
func stored(b show.Bundle) (data, metadata map[string]any) {
	data = make(map[string]any, len(b.Data))
	for mime, v := range b.Data {
		switch v := v.(type) {
		case json.RawMessage:
			data[mime] = decoded(v)
		case []byte:
			if isJSON(mime) {
				data[mime] = decoded(v)
			} else {
				data[mime] = base64.StdEncoding.EncodeToString(v)
			}
		case string:
			data[mime] = v
		default:
			if isJSON(mime) {
				data[mime] = v
			} else {
				data[mime] = fmt.Sprint(v)
			}
		}
	}
	return data, orEmpty(b.Metadata)
}

// decoded is the value of a JSON text, or the text itself if it is none.
func decoded(text []byte) any {
	var v any
	if decodeJSON(text, &v) != nil {
		return string(text)
	}
	return v
}

// overwritten applies backspaces and carriage returns as a terminal would, so
// that a progress line is stored once, as it looked at the end.
func overwritten(text string) string {
	if !strings.ContainsAny(text, "\r\b") {
		return text
	}
	parts := strings.SplitAfter(text, "\n")
	for i, line := range parts {
		if strings.ContainsAny(line, "\r\b") {
			parts[i] = overwrittenLine(line)
		}
	}
	return strings.Join(parts, "")
}

func overwrittenLine(line string) string {
	body := strings.TrimRight(line, "\r\n")
	end := ""
	if strings.HasSuffix(line, "\n") {
		end = "\n"
	}
	var cells []rune
	at := 0
	for _, r := range body {
		switch r {
		case '\r':
			at = 0
		case '\b':
			at = max(at-1, 0)
		default:
			if at < len(cells) {
				cells[at] = r
			} else {
				cells = append(cells, r)
			}
			at++
		}
	}
	return string(cells) + end
}
