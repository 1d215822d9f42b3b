package tensor

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// npyFile is a file of version 1.0 with a header as it stands.
func npyFile(header, data string) string {
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), byte(len(header) >> 8)}) + header + data
}

// zipFile is an archive of one entry.
func zipFile(t testing.TB, deflate bool, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(names); i += 2 {
		h := &zip.FileHeader{Name: names[i]}
		if deflate {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(names[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// refused checks an error: the text, and what errors.Is finds in it.
func refused(t *testing.T, file string, err, is error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("%q:\ngot  %v\nwant %s", file, err, want)
	} else if !errors.Is(err, is) {
		t.Errorf("%q: %v is no %v", file, err, is)
	}
}

// Headers as other writers, other versions of Python and people leave them.
func TestNPYHeaders(t *testing.T) {
	for _, header := range []string{
		`{'descr': '<i2', 'fortran_order': False, 'shape': (1, 2), }`,
		`{"shape":(1,2),"descr":"<i2","fortran_order":False}`,
		"  { 'fortran_order' :False,\n'shape': ( 1L , 2L, ) , 'descr': '<i2' } \n",
	} {
		x, err := ReadNPY(strings.NewReader(npyFile(header, "\x01\x00\x02\x00")))
		if err != nil || x.String() != "[[1 2]]" || x.DType() != Int16 {
			t.Errorf("%s: %v, %v", header, x, err)
		}
	}
	for header, want := range map[string]string{
		`{'descr': '|b1', 'fortran_order': True, 'shape': (2, 2)}`: "[[ true  true]\n [false  true]]",
		`{'descr': '>i2', 'fortran_order': False, 'shape': (2,)}`:  "[  1 512]",
		`{'descr': 'u4', 'fortran_order': False, 'shape': ()}`:     "131328",
	} {
		x, err := ReadNPY(strings.NewReader(npyFile(header, "\x00\x01\x02\x00"[:4])))
		if strings.Contains(header, "b1") {
			x, err = ReadNPY(strings.NewReader(npyFile(header, "\x01\x00\x02\xff")))
		}
		if err != nil || x.String() != want {
			t.Errorf("%s: %v, %v", header, x, err)
		}
	}
}

func TestNPYRefuses(t *testing.T) {
	head := func(descr, order, shape string) string {
		return npyFile(`{'descr': `+descr+`, 'fortran_order': `+order+`, 'shape': `+shape+`}`, "12345678")
	}
	for file, want := range map[string]string{
		"":                               "ends inside the start of an array: unexpected EOF",
		"PK\x03\x04\x00\x00\x00\x00\x00": `begins with "PK\x03\x04\x00\x00"; want "\x93NUMPY"`,
		npyFile(`{}`, ""):                `the header has no entry "descr"`,
		npyFile(``, ""):                  `the header wants "{" before ""`,
		npyFile(`{'descr': '<f8`, ""):    `the header has a broken string at "'<f8"`,
		npyFile(`{'descr': '<f8', 'descr': '<f8'}`, ""):                         `the header has two entries "descr"`,
		npyFile(`{'extra': 1}`, ""):                                             `the header has an entry "extra"`,
		head(`'<f8'`, "0", "(1,)"):                                              `the header wants "False" before "0, 'shape': (1,)}"`,
		head(`'<f8'`, "False", "[1]"):                                           `the header wants "(" before "[1]}"`,
		head(`'<f8'`, "False", "(1)"):                                           `the shape is a number, not a tuple`,
		head(`'<f8'`, "False", "(1,)} x {"):                                     `the header goes on after its end with "x {}"`,
		head(`'<f8'`, "False", "(-1,)"):                                         `the shape wants lengths; got "-1,)}"`,
		head(`'<f8'`, "False", "(1.5,)"):                                        `the header wants ")" before ".5,)}"`,
		head(`'<f8'`, "False", "(nan,)"):                                        `the shape wants lengths; got "nan,)}"`,
		head(`'<f8'`, "False", "(9999999999999999999,)"):                        `the shape wants lengths; got "9999999999999999999,)}"`,
		head(`'<f8'`, "False", "(4294967296, 4294967296)"):                      `shape (4294967296, 4294967296) is too large`,
		head(`'<f8'`, "False", "(0, 4294967296, 4294967296)"):                   `shape (0, 4294967296, 4294967296) is too large`,
		head(`'<f8'`, "False", "("+strings.Repeat("1,", 65)+")"):                `more than 64 axes`,
		head(`'<f8'`, "False", "(2,)"):                                          `2 elements of float64 take 16 bytes, but 8 follow: unexpected EOF`,
		"\x93NUMPY\x02\x00\x00\x00\x01\x00" + strings.Repeat(" ", 1<<16):        `the header wants "{" before ""`,
		"\x93NUMPY\x02\x00\x01\x00\x01\x00" + strings.Repeat(" ", 1<<17):        `the header claims 65537 bytes; want at most 65536`,
		"\x93NUMPY\x03\x00\xff\xff\xff\xff{":                                    `the header claims 4294967295 bytes; want at most 65536`,
		npyFile(`{'descr': '<f8', 'fortran_order': False, 'shape': (1,)`, "12"): `the header wants "}" before ""`,
	} {
		_, err := ReadNPY(strings.NewReader(file))
		refused(t, file, err, ErrFormat, "tensor: npy: "+want)
	}
	const plain = "; want bools, integers or floats"
	for descr, want := range map[string]string{
		`'|O'`: `"|O" (Python objects)`, `'<U7'`: `"<U7" (texts)`, `'|S3'`: `"|S3" (bytes)`, `'<c16'`: `"<c16" (complex numbers)`,
		`'<M8[ns]'`: `"<M8[ns]" (times)`, `'<m8[s]'`: `"<m8[s]" (durations)`, `'<f16'`: `"<f16" (long floats)`, `''`: `""`,
		`'<V2'`: `"<V2" (raw memory, as NumPy saves bfloat16)`, `'<q8'`: `"<q8"`, `'<i3'`: `"<i3"`,
	} {
		_, err := ReadNPY(strings.NewReader(head(descr, "False", "(1,)")))
		refused(t, descr, err, errors.ErrUnsupported, "tensor: npy: elements of type "+want+plain)
	}
	_, err := ReadNPY(strings.NewReader(head(`[('a', '<f8'), ('b', '<i4')]`, "False", "(1,)")))
	refused(t, "records", err, errors.ErrUnsupported, "tensor: npy: elements of the structured type [('a', '<f8'), ('b', '<i4')], 'fortran_o…"+plain)
	_, err = ReadNPY(strings.NewReader("\x93NUMPY\x04\x00\x02\x00{}"))
	refused(t, "version 4", err, errors.ErrUnsupported, "tensor: npy: version 4.0; want 1.0, 2.0 or 3.0")
	for want, err := range map[string]error{
		"tensor: npy: a nil tensor":                                                                      WriteNPY(&bytes.Buffer{}, nil),
		"tensor: npy: a failed tensor: tensor: slice: rows 0 to 9 of 2":                                  WriteNPY(&bytes.Buffer{}, New(Int8, 2).Slice(0, 9)),
		"tensor: npy: NumPy has no bfloat16; write it after Cast(Float32), or as safetensors":            WriteNPY(&bytes.Buffer{}, New(BFloat16, 2)),
		"tensor: npy: 65 axes; want at most 64":                                                          WriteNPY(&bytes.Buffer{}, New(Int8, make([]int, 65)...)),
		`tensor: npz: array "a\x00": the name is not UTF-8 without NUL`:                                  WriteNPZ(&bytes.Buffer{}, map[string]*Tensor{"a\x00": New(Int8)}),
		`tensor: npz: array "b": NumPy has no bfloat16; write it after Cast(Float32), or as safetensors`: WriteNPZ(&bytes.Buffer{}, map[string]*Tensor{"b": New(BFloat16)}),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestNPZRefuses(t *testing.T) {
	array := npyFile(`{'descr': '|u1', 'fortran_order': False, 'shape': (4,)}`, "1234")
	good := zipFile(t, false, "x.npy", array)
	for file, want := range map[string]string{
		"":              "zip: not a valid zip file",
		"\x93NUMPY\x01": "zip: not a valid zip file",
		zipFile(t, false, "x.npy", array, "x.npy", array):        `two arrays "x"`,
		zipFile(t, true, "x.npy", array+"5"):                     `array "x": goes on after the array`,
		zipFile(t, true, "x.npy", array[:len(array)-1]):          `array "x": 4 elements of uint8 take 4 bytes, but 3 follow: unexpected EOF`,
		zipFile(t, true, "x.npy", "text"):                        `array "x": ends inside the start of an array: unexpected EOF`,
		strings.Replace(good, "1234", "1235", 1):                 `array "x": zip: checksum error`,
		strings.Replace(good, "\x00PK\x01\x02", "\x00PK\x01", 1): "zip: not a valid zip file",
	} {
		_, err := ReadNPZ(strings.NewReader(file), int64(len(file)))
		refused(t, file, err, ErrFormat, "tensor: npz: "+want)
	}
	text := zipFile(t, false, "x.txt", "text")
	_, err := ReadNPZ(strings.NewReader(text), int64(len(text)))
	refused(t, text, err, errors.ErrUnsupported, `tensor: npz: entry "x.txt" is no array; want names that end in .npy`)
}

// An array of a type that no tensor has does not keep the others back.
func TestNPZUnsupported(t *testing.T) {
	array := npyFile(`{'descr': '|u1', 'fortran_order': False, 'shape': (4,)}`, "1234")
	method := strings.ReplaceAll(zipFile(t, true, "x.npy", array), "\x08\x00\x08\x00", "\x08\x00\x0c\x00")
	objects := npyFile(`{'descr': '|O', 'fortran_order': False, 'shape': (4,)}`, "1234")
	for file, want := range map[string]string{
		method:                             `array "x": zip: unsupported compression algorithm; want stored or deflated`,
		zipFile(t, true, "x.npy", objects): `array "x": elements of type "|O" (Python objects); want bools, integers or floats`,
		zipFile(t, true, "a.npy", array, "x.npy", objects, "y.npy", array): `array "x": elements of type "|O" (Python objects); want bools, integers or floats`,
	} {
		all, err := ReadNPZ(strings.NewReader(file), int64(len(file)))
		if err != nil {
			t.Errorf("%q: %v", file, err)
			continue
		}
		refused(t, file, all["x"].Err(), errors.ErrUnsupported, "tensor: npz: "+want)
		for name, x := range all {
			if name != "x" && x.String() != "[49 50 51 52]" {
				t.Errorf("%q beside what cannot be read is %v", name, x)
			}
		}
		refused(t, file, WriteNPZ(&bytes.Buffer{}, all), errors.ErrUnsupported, `tensor: npz: array "x": a failed tensor: tensor: npz: `+want)
	}
	path := filepath.Join(t.TempDir(), "x.npz")
	if err := os.WriteFile(path, []byte(zipFile(t, true, "x.npy", objects)), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := LoadNPZ(path)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, path, all["x"].Err(), errors.ErrUnsupported, "tensor: npz: "+path+`: array "x": elements of type "|O" (Python objects); want bools, integers or floats`)
}
