package notebooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
)

// Read reads the notebook in a file. The error is one line that names it.
func Read(path string) (*Notebook, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("notebooks: %s is a folder, want a notebook", path)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("notebooks: there is no file %s", path)
	}
	if err != nil {
		return nil, fmt.Errorf("notebooks: %w", err)
	}
	return Parse(path, data)
}

// Parse reads a notebook of format 4 from its bytes; name is for messages.
func Parse(name string, data []byte) (*Notebook, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("notebooks: %s is not JSON: it is not UTF-8 text", name)
	}
	var v any
	if err := decodeJSON(data, &v); err != nil {
		return nil, fmt.Errorf("notebooks: %s is not JSON: %w", name, err)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("notebooks: %s is not a notebook: it is JSON, but %s, not an object", name, kind(v))
	}
	nb, err := parseNotebook(m)
	if err != nil {
		return nil, fmt.Errorf("notebooks: %s %w", name, err)
	}
	return nb, nil
}

// decodeJSON decodes one JSON value and nothing after it, numbers as written.
func decodeJSON(data []byte, v any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("it is empty")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); more == io.EOF {
			return nil
		}
		return fmt.Errorf("%s: more text after the end", place(data, dec.InputOffset()))
	}
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %w", place(data, syntax.Offset), err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s: it ends too early", place(data, int64(len(data))))
	}
	return err
}

// place names the line and column of a byte offset.
func place(data []byte, offset int64) string {
	before := data[:min(max(offset, 0), int64(len(data)))]
	line := bytes.Count(before, []byte("\n")) + 1
	col := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fmt.Sprintf("line %d, column %d", line, max(col, 1))
}

// kind names a JSON value in a message.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "a list"
	}
	return "an object"
}

// fields takes the known fields out of a JSON object, remembering the first
// that has a wrong type; what is left is the object's Extra.
type fields struct {
	m   map[string]any
	err error
}

func (f *fields) take(key string) any {
	v := f.m[key]
	delete(f.m, key)
	return v
}

func (f *fields) wrong(key, want string, got any) {
	if f.err == nil {
		f.err = fmt.Errorf("%q is %s, want %s", key, kind(got), want)
	}
}

func (f *fields) object(key string) map[string]any {
	v := f.take(key)
	m, ok := v.(map[string]any)
	if !ok && v != nil {
		f.wrong(key, "an object", v)
	}
	if m == nil {
		m = map[string]any{}
	}
	return m
}

func (f *fields) list(key string) []any {
	v := f.take(key)
	l, ok := v.([]any)
	if !ok && v != nil {
		f.wrong(key, "a list", v)
	}
	return l
}

func (f *fields) string(key string) string {
	v := f.take(key)
	s, ok := v.(string)
	if !ok && v != nil {
		f.wrong(key, "a string", v)
	}
	return s
}

// text takes a string that may be stored as a list of its lines.
func (f *fields) text(key string) string {
	v := f.take(key)
	s, ok := joined(v)
	if !ok && v != nil {
		f.wrong(key, "a string or a list of strings", v)
	}
	return s
}

// count takes an integer that may be null.
func (f *fields) count(key string) int {
	v := f.take(key)
	if v == nil {
		return 0
	}
	n, ok := v.(json.Number)
	i, err := n.Int64()
	if !ok || err != nil {
		f.wrong(key, "a whole number or null", v)
	}
	return int(i)
}

// joined returns a string, or a list of strings as one.
func joined(v any) (string, bool) {
	if s, ok := v.(string); ok {
		return s, true
	}
	list, ok := v.([]any)
	if !ok {
		return "", false
	}
	var b strings.Builder
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

func parseNotebook(m map[string]any) (*Notebook, error) {
	f := &fields{m: m}
	if m["nbformat"] == nil {
		return nil, errors.New(`is not a notebook: it has no "nbformat"`)
	}
	nb := &Notebook{Major: f.count("nbformat"), Minor: f.count("nbformat_minor")}
	if f.err == nil && nb.Major != 4 {
		hint := " (opening and saving it in JupyterLab converts it)"
		if nb.Major > 4 {
			hint = ""
		}
		return nil, fmt.Errorf("is in notebook format %d; sheaf reads format 4%s", nb.Major, hint)
	}
	if _, ok := m["cells"].([]any); !ok && f.err == nil {
		return nil, errors.New(`is not a notebook: it has no list "cells"`)
	}
	cells := f.list("cells")
	nb.Metadata = f.object("metadata")
	nb.Extra = f.m
	for _, transient := range []string{"orig_nbformat", "orig_nbformat_minor", "signature"} {
		delete(nb.Metadata, transient)
	}
	if f.err != nil {
		return nil, fmt.Errorf("is not a notebook: %w", f.err)
	}
	for i, v := range cells {
		c, err := parseCell(v)
		if err != nil {
			return nil, fmt.Errorf("is not a notebook: cell %d: %w", i+1, err)
		}
		nb.Cells = append(nb.Cells, c)
	}
	return nb, nil
}

func parseCell(v any) (*Cell, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is %s, want an object", kind(v))
	}
	f := &fields{m: m}
	c := &Cell{Type: f.string("cell_type"), ID: f.string("id"), Source: f.text("source"), Metadata: f.object("metadata")}
	delete(c.Metadata, "trusted")
	if c.Type == "" && f.err == nil {
		return nil, errors.New(`it has no "cell_type"`)
	}
	var outputs []any
	if c.Type == Code {
		c.Count = f.count("execution_count")
		outputs = f.list("outputs")
	}
	if f.err != nil {
		return nil, f.err
	}
	c.Extra = f.m
	if attachments, ok := c.Extra["attachments"].(map[string]any); ok {
		for _, a := range attachments {
			joinBundle(a)
		}
	}
	for i, v := range outputs {
		o, err := parseOutput(v)
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", i+1, err)
		}
		c.Outputs = append(c.Outputs, o)
	}
	return c, nil
}

func parseOutput(v any) (*Output, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is %s, want an object", kind(v))
	}
	f := &fields{m: m}
	o := &Output{Type: f.string("output_type"), Extra: f.m}
	switch o.Type {
	case Stream:
		o.Name, o.Text = f.string("name"), f.text("text")
	case DisplayData, ExecuteResult:
		o.Data, o.Metadata = f.object("data"), f.object("metadata")
		joinBundle(o.Data)
		if o.Type == ExecuteResult {
			o.Count = f.count("execution_count")
		}
	case ErrorOutput:
		o.EName, o.EValue = f.string("ename"), f.string("evalue")
		for _, line := range f.list("traceback") {
			s, _ := line.(string)
			o.Traceback = append(o.Traceback, s)
		}
	}
	return o, f.err
}

// joinBundle joins the lists of lines in a MIME bundle into strings, except
// under JSON types, where a list is a value.
func joinBundle(v any) {
	m, _ := v.(map[string]any)
	for mime, value := range m {
		if _, isList := value.([]any); isList && !isJSON(mime) {
			if s, ok := joined(value); ok {
				m[mime] = s
			}
		}
	}
}

func isJSON(mime string) bool {
	return mime == "application/json" ||
		strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}
