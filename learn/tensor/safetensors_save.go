package tensor

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"unicode/utf8"
)

// SaveSafetensors writes named tensors, and metadata unless it is nil, to a
// file in the safetensors format. A file that was there before stays as it was
// if that fails. What [WriteSafetensors] says holds.
func SaveSafetensors(path string, tensors map[string]*Tensor, metadata map[string]string) error {
	err := save(path, func(w io.Writer) error { return writeSafetensors(w, tensors, metadata) })
	if err != nil {
		return fmt.Errorf("tensor: safetensors: save %s: %w", path, err)
	}
	return nil
}

// WriteSafetensors writes what [ReadSafetensors] reads. Elements are
// little-endian and in row-major order, whatever the layout of a tensor; those
// of the larger types come first, so that each tensor begins at a multiple of
// its element's size. The same content always becomes the same bytes.
func WriteSafetensors(w io.Writer, tensors map[string]*Tensor, metadata map[string]string) error {
	if err := writeSafetensors(w, tensors, metadata); err != nil {
		return fmt.Errorf("tensor: safetensors: %w", err)
	}
	return nil
}

func writeSafetensors(w io.Writer, tensors map[string]*Tensor, metadata map[string]string) error {
	names, err := safetensorsOrder(tensors)
	if err != nil {
		return err
	}
	header, err := safetensorsHeader(names, tensors, metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := w.Write(tensors[name].memory(RowMajor, binary.LittleEndian)); err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
	}
	return nil
}

// safetensorsRank is the place of an element type in safetensorsTypes.
func safetensorsRank(d DType) int {
	return slices.IndexFunc(safetensorsTypes, func(t safetensorsType) bool { return t.dtype == d && !t.half })
}

// safetensorsOrder is the order of the tensors in a file.
func safetensorsOrder(tensors map[string]*Tensor) ([]string, error) {
	names := slices.Sorted(maps.Keys(tensors))
	for _, name := range names {
		if name == safetensorsMetadata {
			return nil, fmt.Errorf("a tensor cannot have the name %q", name)
		}
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("tensor %q: the name is not UTF-8", name)
		}
		if err := writable(tensors[name]); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(safetensorsRank(tensors[b].DType()), safetensorsRank(tensors[a].DType()))
	})
	return names, nil
}

// safetensorsHeader is all that precedes the elements: its length, and JSON up
// to a multiple of 8 bytes.
func safetensorsHeader(names []string, tensors map[string]*Tensor, metadata map[string]string) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, 8))
	b.WriteByte('{')
	if metadata != nil {
		for k, v := range metadata {
			if !utf8.ValidString(k) || !utf8.ValidString(v) {
				return nil, fmt.Errorf("metadata %q: %q is not UTF-8", k, v)
			}
		}
		b.WriteString(jsonText(safetensorsMetadata) + ":" + jsonText(metadata))
	}
	at := int64(0)
	for _, name := range names {
		if b.Len() > 9 {
			b.WriteByte(',')
		}
		t := tensors[name]
		end := at + int64(t.Len())*int64(t.DType().Size())
		fmt.Fprintf(&b, `%s:{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}`,
			jsonText(name), safetensorsTypes[safetensorsRank(t.DType())].name, jsonText(append([]int{}, t.Shape()...)), at, end)
		at = end
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	header := b.Bytes()
	if n := len(header) - 8; n > maxSafetensorsHeader {
		return nil, fmt.Errorf("the header takes %d bytes; want at most %d", n, maxSafetensorsHeader)
	}
	binary.LittleEndian.PutUint64(header, uint64(len(header)-8))
	return header, nil
}

// jsonText is the JSON of a text, a list of numbers or a map of texts, with
// characters such as < as they are.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("tensor: json of %T: %v", v, err))
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
