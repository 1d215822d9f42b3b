package notebooks

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// collector is the sink of one notebook's run: it turns what cells produce
// into stored outputs by the rules of Jupyter's front ends.
type collector struct {
	cell     *Cell
	displays map[string][]*Output // by display id, over all cells of the run
	clear    bool                 // clear when the next output comes
	text     strings.Builder      // of the stream that is the last output
}

var _ show.Sink = (*collector)(nil)

// begin directs outputs to a cell and forgets those of an earlier run.
func (c *collector) begin(cell *Cell) {
	c.cell, c.clear = cell, false
	cell.Outputs = nil
}

// end stores what is still held back of the cell's output.
func (c *collector) end() { c.flush() }

// flush closes the stream output that is being written.
func (c *collector) flush() {
	if c.text.Len() == 0 {
		return
	}
	c.cell.Outputs[len(c.cell.Outputs)-1].Text = overwritten(c.text.String())
	c.text.Reset()
}

// add appends an output, first doing a clear that waited for it.
func (c *collector) add(o *Output) {
	c.flush()
	if c.clear {
		c.wipe()
	}
	c.cell.Outputs = append(c.cell.Outputs, o)
}

func (c *collector) wipe() {
	gone := map[*Output]bool{}
	for _, o := range c.cell.Outputs {
		gone[o] = true
	}
	for id, list := range c.displays {
		var kept []*Output
		for _, o := range list {
			if !gone[o] {
				kept = append(kept, o)
			}
		}
		c.displays[id] = kept
	}
	c.cell.Outputs, c.clear = nil, false
	c.text.Reset()
}

// Stream joins text to the last output if that is the same stream.
func (c *collector) Stream(name, text string) {
	if text == "" {
		return
	}
	n := len(c.cell.Outputs)
	if c.clear || c.text.Len() == 0 || c.cell.Outputs[n-1].Name != name {
		c.add(&Output{Type: Stream, Name: name})
	}
	c.text.WriteString(text)
}

// Display appends a display, or replaces the content of those shown before
// under the same id; an update of an id that nothing shows is dropped.
func (c *collector) Display(d show.Display) {
	data, metadata := stored(d.Bundle)
	if d.Update {
		for _, o := range c.displays[d.ID] {
			o.Data, o.Metadata = data, metadata
		}
		return
	}
	o := &Output{Type: DisplayData, Data: data, Metadata: metadata}
	c.add(o)
	if d.ID != "" {
		c.displays[d.ID] = append(c.displays[d.ID], o)
	}
}

// Clear removes the cell's outputs, now or when the next one comes.
func (c *collector) Clear(wait bool) {
	c.flush()
	if c.clear = wait; !wait {
		c.wipe()
	}
}

// Input fails: nobody is there to answer.
func (c *collector) Input(context.Context, string, bool) (string, error) {
	return "", errors.New("the notebook runs headless: there is nobody to ask for input")
}

// finish stores how the cell ended.
func (c *collector) finish(r show.Result) {
	if !r.Value.Empty() && r.Err == nil {
		data, metadata := stored(r.Value)
		c.add(&Output{Type: ExecuteResult, Data: data, Metadata: metadata, Count: c.cell.Count})
	}
	if e := r.Err; e != nil {
		c.add(&Output{Type: ErrorOutput, EName: e.Name, EValue: e.Value, Traceback: e.Traceback})
	}
	c.end()
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
