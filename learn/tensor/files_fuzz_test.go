package tensor

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// sortedOut checks that an error says which kind of wrong a file is.
func sortedOut(t *testing.T, format string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if !errors.Is(err, ErrFormat) && !errors.Is(err, errors.ErrUnsupported) {
		t.Fatalf("neither malformed nor unsupported: %v", err)
	}
	if text := err.Error(); !strings.HasPrefix(text, "tensor: "+format+": ") || len(text) > 4000+4*maxAxes*20 {
		t.Fatalf("an error of %d bytes: %.200s", len(text), text)
	}
}

// sameAgain checks that a tensor from a file prints, and is the same after it
// was written and read once more.
func sameAgain(t *testing.T, x *Tensor, again func(x *Tensor) (*Tensor, error)) {
	t.Helper()
	_ = x.String()
	y, err := again(x)
	if err != nil {
		t.Fatalf("%v of shape %v does not come back: %v", x.DType(), x.Shape(), err)
	}
	if a, b := describe("", "", x), describe("", "", y); !a.equal(b) {
		t.Fatalf("came back as %+v, was %+v", b, a)
	}
}

func npyAgain(x *Tensor) (*Tensor, error) {
	var b bytes.Buffer
	if err := WriteNPY(&b, x); err != nil {
		return nil, err
	}
	return ReadNPY(&b)
}

// FuzzNPY reads bytes as an array, with and without knowing how many there
// are, and writes what it got.
func FuzzNPY(f *testing.F) {
	for d := Bool; d <= Float64; d++ {
		for _, x := range samples(d)[6:10] {
			var b bytes.Buffer
			if err := WriteNPY(&b, x); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	f.Add([]byte(npyFile(`{"shape":(2L,),"descr":">f2","fortran_order":True}`, "\x00\x7c\xff\xff")))
	f.Add([]byte(npyFile(`{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': ()}`, "12345678")))
	f.Add([]byte("\x93NUMPY\x03\x00\x40\x00\x00\x00{'descr': '|O', 'fortran_order': False, 'shape': (99999999999,)}  \n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		x, err := ReadNPY(bytes.NewReader(file))
		sortedOut(t, "npy", err)
		y, other := ReadNPY(onlyReader{bytes.NewReader(file)})
		if (err == nil) != (other == nil) {
			t.Fatalf("%v, but as a stream %v", err, other)
		}
		if err != nil {
			return
		}
		if a, b := describe("", "", x), describe("", "", y); !a.equal(b) {
			t.Fatalf("%+v, but as a stream %+v", a, b)
		}
		sameAgain(t, x, npyAgain)
	})
}

// FuzzNPZ reads bytes as an archive, and as the one array of an archive.
func FuzzNPZ(f *testing.F) {
	array := npyFile(`{'descr': '<u2', 'fortran_order': False, 'shape': (2,)}`, "1234")
	for _, deflate := range []bool{true, false} {
		f.Add([]byte(zipFile(f, deflate, "x.npy", array)))
		f.Add([]byte(zipFile(f, deflate, "x.npy", array, "é/y.npy", array, "text", "no array")))
	}
	f.Add([]byte(array))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, archive := range []string{string(file), zipFile(t, true, "x.npy", string(file)), zipFile(t, false, "x.npy", string(file))} {
			all, err := ReadNPZ(strings.NewReader(archive), int64(len(archive)))
			sortedOut(t, "npz", err)
			for name, x := range all {
				if x.Err() != nil {
					sortedOut(t, "npz", x.Err())
					continue
				}
				sameAgain(t, x, func(x *Tensor) (*Tensor, error) {
					var b bytes.Buffer
					if err := WriteNPZ(&b, map[string]*Tensor{"n" + strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), ""): x}); err != nil {
						return nil, err
					}
					back, err := ReadNPZ(bytes.NewReader(b.Bytes()), int64(b.Len()))
					for _, y := range back {
						return y, err
					}
					return nil, err
				})
			}
		}
	})
}

// FuzzSafetensors reads a header with data behind it, or, where the header is
// empty, the data as a whole file. Every tensor must be those of its bytes
// that a plain reading of the JSON names, and all must make up the data.
func FuzzSafetensors(f *testing.F) {
	all := map[string]*Tensor{}
	for d := Bool; d <= BFloat16; d++ {
		all[d.String()] = samples(d)[8]
	}
	var b bytes.Buffer
	if err := WriteSafetensors(&b, all, map[string]string{"a": "b"}); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, b.Bytes())
	n := 8 + binary.LittleEndian.Uint64(b.Bytes())
	f.Add(b.Bytes()[8:n], b.Bytes()[n:])
	for _, header := range []string{
		`{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`,
		`{"x":{"dtype":"U8","shape":[],"data_offsets":[3,4]},"y":{"dtype":"BOOL","shape":[3,1],"data_offsets":[0,3]},"__metadata__":{}}  `,
		`{"x":{"dtype":"F8_E5M2","shape":[4],"data_offsets":[0,4],"more":[{}]},"x":3}`,
		`{"x":{"dtype":"I64","shape":[0,99999999999],"data_offsets":[0,0]},"\u0079":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}`,
	} {
		f.Add([]byte(header), []byte("\x01\x00\x80\x7f"))
	}
	f.Fuzz(func(t *testing.T, header, data []byte) {
		file := data
		if len(header) > 0 {
			file = []byte(safetensorsFile(string(header), string(data)))
		}
		all, metadata, err := ReadSafetensors(bytes.NewReader(file))
		sortedOut(t, "safetensors", err)
		streamed, _, other := ReadSafetensors(onlyReader{bytes.NewReader(file)})
		if (err == nil) != (other == nil) || len(streamed) != len(all) {
			t.Fatalf("%v, but as a stream %v", err, other)
		}
		if err != nil {
			return
		}
		if err := comparePlainly(file, all); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := WriteSafetensors(&b, all, metadata); err != nil {
			t.Fatal(err)
		}
		back, _, err := ReadSafetensors(&b)
		for name, x := range all {
			sameAgain(t, x, func(*Tensor) (*Tensor, error) { return back[name], err })
		}
	})
}

// comparePlainly reads a file that is right in the most obvious way.
func comparePlainly(file []byte, all map[string]*Tensor) error {
	n := 8 + binary.LittleEndian.Uint64(file)
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(file[8:n], &raw); err != nil {
		return err
	}
	delete(raw, safetensorsMetadata)
	data, sum := file[n:], 0
	for name, text := range raw {
		var e struct {
			DType   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}
		if err := json.Unmarshal(text, &e); err != nil {
			return err
		}
		x := all[name]
		if x == nil || fmt.Sprint(x.Shape()) != fmt.Sprint(e.Shape) {
			return fmt.Errorf("%q: %v, want shape %v", name, x, e.Shape)
		}
		sum += e.Offsets[1] - e.Offsets[0]
		if e.DType == "F16" || e.DType == "BOOL" { // other bytes than in the file
			continue
		}
		if got := x.memory(RowMajor, binary.LittleEndian); !bytes.Equal(got, data[e.Offsets[0]:e.Offsets[1]]) {
			return fmt.Errorf("%q: bytes %x", name, got)
		}
	}
	if sum != len(data) || len(raw) != len(all) {
		return fmt.Errorf("%d bytes of %d, %d tensors of %d", sum, len(data), len(all), len(raw))
	}
	return nil
}
