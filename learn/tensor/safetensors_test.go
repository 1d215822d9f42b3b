package tensor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
)

// safetensorsFile is a file with a header as it stands.
func safetensorsFile(header, data string) string {
	return string(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))) + header + data
}

func TestSafetensorsHeaders(t *testing.T) {
	const x = `"x":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}`
	for header, metadata := range map[string]map[string]string{
		"{" + x + "}": nil,
		"{" + x + `,"__metadata__":{"a":"b"}}   `:                                                         {"a": "b"},
		`{"__metadata__":null,` + x + "}\n\t":                                                             nil,
		`{"__metadata__":{},"\u0078":{"data_offsets":[0,2],"shape":[2],"note":[{"a":[1]}],"dtype":"I8"}}`: {},
		`{"none":{"dtype":"F64","shape":[3,0],"data_offsets":[2,2]},` + x + "}":                           nil,
		`{"none":{"dtype":"F64","shape":[3,0],"data_offsets":[0,0]},` + x + "}":                           nil,
	} {
		all, got, err := ReadSafetensors(strings.NewReader(safetensorsFile(header, "\x05\xff")))
		if err != nil || fmt.Sprint(all["x"]) != "[ 5 -1]" || !maps.Equal(got, metadata) || (got == nil) != (metadata == nil) {
			t.Errorf("%s: %v, %v, %v", header, all, got, err)
		}
	}
	if all, _, err := ReadSafetensors(strings.NewReader(safetensorsFile("{}", ""))); err != nil || len(all) != 0 {
		t.Errorf("a file of nothing: %v, %v", all, err)
	}
	halves := safetensorsFile(`{"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"BOOL","shape":[2],"data_offsets":[6,8]}}`, "\x00\x3e\x00\xfc\x01\x00\x00\x07")
	all, _, err := ReadSafetensors(strings.NewReader(halves))
	if err != nil || all["h"].DType() != Float32 || all["h"].String() != "[          1.5          -Inf 5.9604645e-08]" || all["b"].String() != "[false  true]" {
		t.Errorf("halves: %v, %v", all, err)
	}
}

func TestSafetensorsRefuses(t *testing.T) {
	entry := func(dtype, shape, offsets string) string {
		return `"x":{"dtype":` + dtype + `,"shape":` + shape + `,"data_offsets":` + offsets + `}`
	}
	x := entry(`"I8"`, "[2]", "[0,2]")
	y := func(offsets string) string { return strings.Replace(entry(`"I8"`, "[2]", offsets), "x", "y", 1) }
	for header, want := range map[string]string{
		"":                         `the header begins with ""; want {`,
		" {" + x + "}":             `the header begins with " {\"x\":{\"dtype\":\"I8\","; want {`,
		"[]":                       `the header begins with "[]"; want {`,
		"{\"\xff\":1}":             `the header is not UTF-8`,
		"{" + x:                    `the header is not JSON: EOF`,
		"{" + x + "}{}":            `the header goes on after its end with "{}"`,
		"{" + x + "}\x00":          `the header goes on after its end with "\x00"`,
		"{" + x + "," + x + "}":    `the header has two entries "x"`,
		`{"x":3}`:                  `tensor "x" is 3; want an object`,
		`{"x":{"dtype":"I8"}}`:     `tensor "x" has no shape or no dtype`,
		`{"__metadata__":3}`:       `__metadata__ is 3; want an object`,
		`{"__metadata__":{"a":1}}`: `entry "a" of the metadata is 1; want a string`,
		"{" + entry(`"I8"`, "NaN", "[0,2]") + "}":                             `the header is not JSON: invalid character 'N' looking for beginning of value`,
		"{" + entry(`"I8"`, "[NaN]", "[0,2]") + "}":                           `the header is not JSON: invalid character 'N' looking for beginning of value`,
		"{" + entry(`8`, "[2]", "[0,2]") + "}":                                `the dtype of tensor "x" is 8; want a string`,
		"{" + entry(`"I8"`, "2", "[0,2]") + "}":                               `the shape of tensor "x" is 2; want a list`,
		"{" + entry(`"I8"`, "null", "[0,2]") + "}":                            `the shape of tensor "x" is <nil>; want a list`,
		"{" + entry(`"I8"`, "[-2]", "[0,2]") + "}":                            `the shape of tensor "x" has -2 in it; want whole numbers from 0`,
		"{" + entry(`"I8"`, "[2.0]", "[0,2]") + "}":                           `the shape of tensor "x" has 2.0 in it; want whole numbers from 0`,
		"{" + entry(`"I8"`, `["2"]`, "[0,2]") + "}":                           `the shape of tensor "x" has 2 in it; want whole numbers from 0`,
		"{" + entry(`"I8"`, `[[2]]`, "[0,2]") + "}":                           `the shape of tensor "x" has [ in it; want whole numbers from 0`,
		"{" + entry(`"I8"`, "[99999999999999999999]", "[0,2]") + "}":          `the shape of tensor "x" has 99999999999999999999 in it; want whole numbers from 0`,
		"{" + entry(`"I8"`, "[4294967296,4294967296]", "[0,2]") + "}":         `tensor "x": shape (4294967296, 4294967296) is too large`,
		"{" + entry(`"I8"`, "["+strings.Repeat("1,", 64)+"1]", "[0,1]") + "}": `the shape of tensor "x" has more than 64 entries`,
		"{" + entry(`"I8"`, "[2]", "[0]") + "}":                               `tensor "x" has 1 data_offsets; want 2`,
		"{" + entry(`"I8"`, "[2]", "[0,2,4]") + "}":                           `the data_offsets of tensor "x" has more than 2 entries`,
		"{" + entry(`"I8"`, "[2]", "[0,2],\"data_offsets\":[0,2]") + "}":      `tensor "x" has two entries "data_offsets"`,
		"{" + entry(`"I8"`, "[2]", "[2,0]") + "}":                             `2 bytes before tensor "x" belong to none`,
		"{" + entry(`"I8"`, "[2]", "[0,1]") + "}":                             `tensor "x" of shape (2) and type I8 takes 2 bytes, but has bytes 0 to 1`,
		"{" + entry(`"F64"`, "[1000000000000]", "[0,2]") + "}":                `tensor "x" of shape (1000000000000) and type F64 takes 8000000000000 bytes, but has bytes 0 to 2`,
		"{" + x + "," + y("[3,5]") + "}":                                      `1 bytes before tensor "y" belong to none`,
		"{" + x + "," + y("[1,3]") + "}":                                      `tensor "y" begins at byte 1, inside the one before`,
		"{" + x + "," + y("[2,4]") + "}":                                      `the tensors take 4 bytes, but 2 follow the header: unexpected EOF`,
		"{}":                                                                  `2 bytes after the tensors belong to none`,
		`{"x":{"note":` + strings.Repeat("[", 10001) + `}}`:                   `the header is not JSON: invalid character '[' exceeded max depth`,
	} {
		file := safetensorsFile(header, "12")
		_, _, err := ReadSafetensors(bytes.NewReader([]byte(file)))
		refused(t, file, err, ErrFormat, "tensor: safetensors: "+want)
		if _, _, err := ReadSafetensors(onlyReader{strings.NewReader(file)}); !errors.Is(err, ErrFormat) {
			t.Errorf("from a reader: %q: %v", file, err)
		}
	}
	_, _, err := ReadSafetensors(strings.NewReader("\x01\xe1\xf5\x05\x00\x00\x00\x00{}"))
	refused(t, "100 MB", err, ErrFormat, "tensor: safetensors: the header claims 100000001 bytes; want at most 100000000")
	for _, dtype := range []string{"F8_E4M3", "F8_E5M2", "F4", "C64", "i8", "ü"} {
		_, _, err := ReadSafetensors(strings.NewReader(safetensorsFile("{"+entry(`"`+dtype+`"`, "[2]", "[0,2]")+"}", "12")))
		refused(t, dtype, err, errors.ErrUnsupported, `tensor: safetensors: tensor "x" has elements of type "`+dtype+`"; want BOOL, I8 to I64, U8 to U64, F16, BF16, F32 or F64`)
	}
	for want, c := range map[string]struct {
		tensors  map[string]*Tensor
		metadata map[string]string
	}{
		`a tensor cannot have the name "__metadata__"`:                             {map[string]*Tensor{"__metadata__": New(Int8)}, nil},
		`tensor "\xff": the name is not UTF-8`:                                     {map[string]*Tensor{"\xff": New(Int8)}, nil},
		`tensor "a": a nil tensor`:                                                 {map[string]*Tensor{"a": nil}, nil},
		`tensor "a": a failed tensor: tensor: new: invalid is not an element type`: {map[string]*Tensor{"a": New(0)}, nil},
		`metadata "k": "\xff" is not UTF-8`:                                        {nil, map[string]string{"k": "\xff"}},
	} {
		if err := WriteSafetensors(&bytes.Buffer{}, c.tensors, c.metadata); err == nil || err.Error() != "tensor: safetensors: "+want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
