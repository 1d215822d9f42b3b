package notebooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bytes returns the notebook's file: JSON with sorted keys, an indent of one
// space, texts as lists of lines, and a final newline, as Jupyter writes it.
func (nb *Notebook) Bytes() ([]byte, error) {
	m := maps.Clone(nb.Extra)
	if m == nil {
		m = map[string]any{}
	}
	cells := make([]any, len(nb.Cells))
	for i, c := range nb.Cells {
		cells[i] = cellJSON(c)
	}
	m["cells"], m["metadata"] = cells, orEmpty(nb.Metadata)
	m["nbformat"], m["nbformat_minor"] = nb.Major, nb.Minor
	b, err := appendJSON(nil, m, 0)
	if err != nil {
		return nil, fmt.Errorf("notebooks: %w", err)
	}
	return append(b, '\n'), nil
}

// WriteTo writes the notebook's file to w.
func (nb *Notebook) WriteTo(w io.Writer) (int64, error) {
	b, err := nb.Bytes()
	if err != nil {
		return 0, err
	}
	n, err := w.Write(b)
	return int64(n), err
}

// Write writes the notebook to a file, all or nothing: a reader never sees
// half of it, and an existing file keeps its permissions.
func (nb *Notebook) Write(path string) error {
	b, err := nb.Bytes()
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".sheaf-*.ipynb")
	if err != nil {
		return fmt.Errorf("notebooks: write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name()) // fails, rightly, once it is renamed
	_, err = tmp.Write(b)
	if e := tmp.Chmod(mode); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("notebooks: write %s: %w", path, err)
	}
	return nil
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func orNull(count int) any {
	if count == 0 {
		return nil
	}
	return count
}

func cellJSON(c *Cell) map[string]any {
	m := maps.Clone(c.Extra)
	if m == nil {
		m = map[string]any{}
	}
	m["cell_type"], m["metadata"], m["source"] = c.Type, orEmpty(c.Metadata), lines(c.Source)
	if c.ID != "" {
		m["id"] = c.ID
	}
	if attachments, ok := m["attachments"].(map[string]any); ok {
		split := make(map[string]any, len(attachments))
		for name, a := range attachments {
			split[name] = a
			if bundle, ok := a.(map[string]any); ok {
				split[name] = splitBundle(bundle)
			}
		}
		m["attachments"] = split
	}
	if c.Type == Code {
		outputs := make([]any, len(c.Outputs))
		for i, o := range c.Outputs {
			outputs[i] = outputJSON(o)
		}
		m["execution_count"], m["outputs"] = orNull(c.Count), outputs
	}
	return m
}

func outputJSON(o *Output) map[string]any {
	m := maps.Clone(o.Extra)
	if m == nil {
		m = map[string]any{}
	}
	m["output_type"] = o.Type
	switch o.Type {
	case Stream:
		m["name"], m["text"] = o.Name, lines(o.Text)
	case DisplayData, ExecuteResult:
		m["data"], m["metadata"] = splitBundle(o.Data), orEmpty(o.Metadata)
		if o.Type == ExecuteResult {
			m["execution_count"] = orNull(o.Count)
		}
	case ErrorOutput:
		m["ename"], m["evalue"], m["traceback"] = o.EName, o.EValue, o.Traceback
	}
	return m
}

// splitBundle is the bundle with its texts as lists of lines.
func splitBundle(data map[string]any) map[string]any {
	m := make(map[string]any, len(data))
	for mime, v := range data {
		m[mime] = v
		s, ok := v.(string)
		if ok && (strings.HasPrefix(mime, "text/") || mime == "application/javascript" || mime == "image/svg+xml") {
			m[mime] = lines(s)
		}
	}
	return m
}

// lines splits a text after each line end that Python's str.splitlines knows,
// because that is where Jupyter splits.
func lines(s string) []string {
	all := []string{}
	start := 0
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		switch r {
		case '\r':
			if strings.HasPrefix(s[end:], "\n") {
				continue
			}
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		default:
			continue
		}
		all = append(all, s[start:end])
		start = end
	}
	if start < len(s) {
		all = append(all, s[start:])
	}
	return all
}

// appendJSON appends v as Python's json.dumps(indent=1, sort_keys=True,
// ensure_ascii=False) writes it.
func appendJSON(b []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case map[string]any:
		return appendObject(b, v, depth)
	case []any:
		return appendList(b, v, depth)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return appendList(b, list, depth)
	case string:
		return appendString(b, v), nil
	case json.Number:
		return append(b, v...), nil
	case nil, bool, int:
		return fmt.Appendf(b, "%s", plain(v)), nil
	}
	return appendOther(b, v, depth)
}

func plain(v any) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprint(v)
}

// appendOther brings a value of a cell's own type into JSON's types first.
func appendOther(b []byte, v any, depth int) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("a value of type %T can't be stored as JSON: %w", v, err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var w any
	if err := dec.Decode(&w); err != nil {
		return nil, fmt.Errorf("a value of type %T can't be stored as JSON: %w", v, err)
	}
	return appendJSON(b, w, depth)
}

func appendObject(b []byte, m map[string]any, depth int) ([]byte, error) {
	if len(m) == 0 {
		return append(b, "{}"...), nil
	}
	b = append(b, '{')
	var err error
	for i, key := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(indent(b, depth+1), key), ": "...)
		if b, err = appendJSON(b, m[key], depth+1); err != nil {
			return nil, err
		}
	}
	return append(indent(b, depth), '}'), nil
}

func appendList(b []byte, list []any, depth int) ([]byte, error) {
	if len(list) == 0 {
		return append(b, "[]"...), nil
	}
	b = append(b, '[')
	var err error
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendJSON(indent(b, depth+1), v, depth+1); err != nil {
			return nil, err
		}
	}
	return append(indent(b, depth), ']'), nil
}

func indent(b []byte, depth int) []byte {
	b = append(b, '\n')
	for range depth {
		b = append(b, ' ')
	}
	return b
}

// appendString escapes what JSON demands and no more; encoding/json would
// also escape U+2028 and U+2029, which Jupyter does not.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= ' ':
			b = utf8.AppendRune(b, r)
		case strings.ContainsRune("\b\f\n\r\t", r):
			b = append(b, '\\', "btn?fr"[r-'\b'])
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return append(b, '"')
}
