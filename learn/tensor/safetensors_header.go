package tensor

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// safetensorsMetadata is the name in the header that is no tensor's.
const safetensorsMetadata = "__metadata__"

// parseSafetensors reads a header, which is JSON. encoding/json alone would
// let names repeat, so it is read token by token.
func parseSafetensors(header []byte) (entries []safetensorsEntry, metadata map[string]string, err error) {
	if len(header) == 0 || header[0] != '{' {
		return nil, nil, malformed("the header begins with %q; want {", header[:min(len(header), 20)])
	}
	if !utf8.Valid(header) {
		return nil, nil, malformed("the header is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(header))
	d.UseNumber()
	p := headerParser{d}
	err = p.object("the header", func(name string) (err error) {
		if name == safetensorsMetadata {
			metadata, err = p.metadata()
			return err
		}
		e, err := p.entry(name)
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if rest := bytes.TrimLeft(header[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, nil, malformed("the header goes on after its end with %q", rest[:min(len(rest), 20)])
	}
	return entries, metadata, nil
}

type headerParser struct{ d *json.Decoder }

func (p headerParser) token() (json.Token, error) {
	t, err := p.d.Token()
	if err != nil {
		return nil, malformed("the header is not JSON: %w", err)
	}
	return t, nil
}

// object reads an object of which each name occurs once; value reads what
// belongs to a name.
func (p headerParser) object(what string, value func(name string) error) error {
	t, err := p.token()
	if err != nil {
		return err
	}
	return p.members(t, what, value)
}

// members reads the object that begins with t.
func (p headerParser) members(t json.Token, what string, value func(name string) error) error {
	if t != json.Delim('{') {
		return malformed("%s is %v; want an object", what, t)
	}
	seen := map[string]bool{}
	for p.d.More() {
		t, err := p.token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // JSON has no other names
		if seen[name] {
			return malformed("%s has two entries %q", what, name)
		}
		seen[name] = true
		if err := value(name); err != nil {
			return err
		}
	}
	_, err := p.token()
	return err
}

func (p headerParser) metadata() (map[string]string, error) {
	t, err := p.token()
	if err != nil || t == nil { // null
		return nil, err
	}
	m := map[string]string{}
	err = p.members(t, safetensorsMetadata, func(name string) error {
		text, err := p.string("entry " + strconv.Quote(name) + " of the metadata")
		m[name] = text
		return err
	})
	return m, err
}

// entry reads what the header says of a tensor; names that the format does not
// know are for others.
func (p headerParser) entry(name string) (e safetensorsEntry, err error) {
	what := "tensor " + strconv.Quote(name)
	e.name = name
	var offsets []int64
	var dtype string
	err = p.object(what, func(field string) (err error) {
		switch field {
		case "dtype":
			dtype, err = p.string("the dtype of " + what)
		case "shape":
			e.shape, err = p.shape(what)
		case "data_offsets":
			offsets, err = p.integers("the data_offsets of "+what, 2)
		default:
			err = p.skip()
		}
		return err
	})
	switch {
	case err != nil:
		return e, err
	case e.shape == nil || dtype == "":
		return e, malformed("%s has no shape or no dtype", what)
	case len(offsets) != 2:
		return e, malformed("%s has %d data_offsets; want 2", what, len(offsets))
	}
	e.begin, e.end = offsets[0], offsets[1]
	for _, t := range safetensorsTypes {
		if t.name == dtype {
			e.kind = t
			if e.count, err = fileShape(e.shape); err != nil {
				err = fmt.Errorf("%s: %w", what, err)
			}
			return e, err
		}
	}
	return e, unsupported("%s has elements of type %q; want BOOL, I8 to I64, U8 to U64, F16, BF16, F32 or F64", what, dtype)
}

func (p headerParser) string(what string) (string, error) {
	t, err := p.token()
	text, ok := t.(string)
	if err == nil && !ok {
		err = malformed("%s is %v; want a string", what, t)
	}
	return text, err
}

func (p headerParser) shape(what string) ([]int, error) {
	long, err := p.integers("the shape of "+what, maxAxes)
	shape := make([]int, len(long))
	for i, n := range long {
		if shape[i] = int(n); int64(shape[i]) != n {
			return nil, malformed("the shape of %s is too large", what)
		}
	}
	return shape, err
}

// integers reads a list of at most limit lengths or places.
func (p headerParser) integers(what string, limit int) ([]int64, error) {
	t, err := p.token()
	if err == nil && t != json.Delim('[') {
		err = malformed("%s is %v; want a list", what, t)
	}
	list := []int64{}
	for err == nil && p.d.More() {
		if len(list) == limit {
			return nil, malformed("%s has more than %d entries", what, limit)
		}
		t, err = p.token()
		if err != nil {
			break
		}
		number, _ := t.(json.Number)
		n, bad := strconv.ParseUint(string(number), 10, 63)
		if bad != nil {
			return nil, malformed("%s has %v in it; want whole numbers from 0", what, t)
		}
		list = append(list, int64(n))
	}
	if err == nil {
		_, err = p.token()
	}
	return list, err
}

func (p headerParser) skip() error {
	var value json.RawMessage
	if err := p.d.Decode(&value); err != nil {
		return malformed("the header is not JSON: %w", err)
	}
	return nil
}

func sortByPlace(entries []safetensorsEntry) {
	slices.SortStableFunc(entries, func(a, b safetensorsEntry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
}
