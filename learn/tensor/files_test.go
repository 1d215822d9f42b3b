package tensor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// onlyReader hides how much there is to read.
type onlyReader struct{ io.Reader }

// Each tensor comes back from each format as it was, also from a reader that
// does not tell how much it has.
func TestFilesRoundTrip(t *testing.T) {
	for d := Bool; d <= BFloat16; d++ {
		for i, x := range samples(d) {
			name := fmt.Sprintf("%v %d", d, i)
			want := stored(describe("", "", x))
			check := func(format string, y *Tensor, err error, want exchanged) {
				t.Helper()
				if err != nil {
					t.Errorf("%s: %s: %v", format, name, err)
				} else if got := describe("", "", y); !got.equal(want) {
					t.Errorf("%s: %s: got %+v, want %+v", format, name, got, want)
				}
			}
			var st, npy, npz bytes.Buffer
			err := WriteSafetensors(&st, map[string]*Tensor{name: x}, nil)
			row := want
			row.Layout = "RowMajor"
			for _, r := range []io.Reader{bytes.NewReader(st.Bytes()), onlyReader{&st}} {
				all, metadata, e := ReadSafetensors(r)
				check("safetensors", all[name], errors.Join(err, e), row)
				if metadata != nil {
					t.Errorf("metadata %v from nowhere", metadata)
				}
			}
			if d == BFloat16 {
				if err := WriteNPY(&npy, x); !errors.Is(err, errors.ErrUnsupported) {
					t.Errorf("bfloat16 to npy: %v", err)
				}
				continue
			}
			err = WriteNPY(&npy, x)
			for _, r := range []io.Reader{bytes.NewReader(npy.Bytes()), iotest.OneByteReader(&npy)} {
				y, e := ReadNPY(r)
				check("npy", y, errors.Join(err, e), want)
			}
			err = WriteNPZ(&npz, map[string]*Tensor{name: x})
			all, e := ReadNPZ(bytes.NewReader(npz.Bytes()), int64(npz.Len()))
			check("npz", all[name], errors.Join(err, e), want)
		}
	}
}

// More than the first piece of memory comes in order, whatever the reader.
func TestLargeArray(t *testing.T) {
	x := New(Int32, 3, 350_000)
	for i := range x.Raw().([]int32) {
		x.Raw().([]int32)[i] = int32(i)
	}
	var npy bytes.Buffer
	if err := WriteNPY(&npy, x); err != nil {
		t.Fatal(err)
	}
	y, err := ReadNPY(onlyReader{&npy})
	if err != nil || !slices.Equal(y.Raw().([]int32), x.Raw().([]int32)) {
		t.Errorf("differs after %v", err)
	}
	path := filepath.Join(t.TempDir(), "x.npz")
	if err := SaveNPZCompressed(path, map[string]*Tensor{"x": x.T()}); err != nil {
		t.Fatal(err)
	}
	all, err := LoadNPZ(path)
	if err != nil || all["x"].Layout() != ColMajor || !slices.Equal(all["x"].Raw().([]int32), x.Raw().([]int32)) {
		t.Errorf("npz: %v %v", all, err)
	}
}

// Arrays that follow one another in a stream are read one at a time.
func TestReadNPYInARow(t *testing.T) {
	var b bytes.Buffer
	for i := range 3 {
		if err := WriteNPY(&b, FromSlice([]int{2}, []int64{int64(i), 7})); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "three.npy")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range 3 {
		x, err := ReadNPY(f)
		if err != nil || x.At(0) != int64(i) {
			t.Errorf("array %d: %v, %v", i, x, err)
		}
	}
	if _, err := ReadNPY(f); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a fourth array: %v", err)
	}
	if _, err := LoadNPY(path); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "three.npy: goes on after the array") {
		t.Errorf("three arrays as one: %v", err)
	}
}

// Both byte orders are written and read.
func TestByteOrders(t *testing.T) {
	for d := Bool; d <= Float64; d++ {
		x := samples(d)[8] // 3 × 5
		big := x.memory(RowMajor, binary.BigEndian)
		for i := 0; i < len(big); i += d.Size() {
			slices.Reverse(big[i : i+d.Size()])
		}
		if !bytes.Equal(big, x.memory(RowMajor, binary.LittleEndian)) {
			t.Errorf("%v: reversed elements differ", d)
		}
	}
	x := FromSlice([]int{2}, []uint16{1, 2})
	if x.memory(RowMajor, binary.BigEndian); x.At(0) != uint16(1) {
		t.Error("writing turned the tensor itself around")
	}
}

func TestHalves(t *testing.T) {
	for h := range 1 << 16 {
		exp, frac := h>>10&31, float64(h&1023)
		want := math.Ldexp(1+frac/1024, exp-15)
		switch {
		case exp == 0:
			want = math.Ldexp(frac, -24)
		case exp == 31 && frac == 0:
			want = math.Inf(1)
		case exp == 31:
			want = math.NaN()
		}
		if h>>15 == 1 {
			want = -want
		}
		got := float64(halfToFloat32(uint16(h)))
		if got != want && !(got != got && want != want) || math.Signbit(got) != (h>>15 == 1) {
			t.Errorf("%#x is %g, want %g", h, got, want)
		}
	}
}

// allocated is how many bytes f asks for: the least of three runs, as others
// ask too.
func allocated(f func()) uint64 {
	least := uint64(math.MaxUint64)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// A short file that claims gigabytes is refused before anyone asks for them.
func TestClaims(t *testing.T) {
	npy := npyHeaderBytes("<f8", RowMajor, []int{1250, 1 << 20})
	st := safetensorsFile(`{"x":{"dtype":"F64","shape":[1250,1048576],"data_offsets":[0,10485760000]}}`, "")
	deflated, stored := zipFile(t, true, "x.npy", string(npy)), zipFile(t, false, "x.npy", string(npy))
	for name, read := range map[string]func() error{
		"npy":         func() error { _, err := ReadNPY(bytes.NewReader(npy)); return err },
		"npy stream":  func() error { _, err := ReadNPY(onlyReader{bytes.NewReader(npy)}); return err },
		"safetensors": func() error { _, _, err := ReadSafetensors(strings.NewReader(st)); return err },
		"deflated":    func() error { _, err := ReadNPZ(strings.NewReader(deflated), int64(len(deflated))); return err },
		"stored":      func() error { _, err := ReadNPZ(strings.NewReader(stored), int64(len(stored))); return err },
		"header": func() error {
			_, _, err := ReadSafetensors(strings.NewReader("\x00\xe0\xf5\x05\x00\x00\x00\x00{}"))
			return err
		},
	} {
		var err error
		if n := allocated(func() { err = read() }); n > 4<<20 {
			t.Errorf("%s: asked for %d bytes", name, n)
		}
		if !errors.Is(err, ErrFormat) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every beginning of a file, and a file with more behind it, is refused.
func TestCutShort(t *testing.T) {
	x := FromSlice([]int{2, 3}, []int16{1, 2, 3, 4, 5, 6})
	var npy, npz, st bytes.Buffer
	if err := errors.Join(WriteNPY(&npy, x), WriteNPZ(&npz, map[string]*Tensor{"x": x}),
		WriteSafetensors(&st, map[string]*Tensor{"x": x, "y": x.T()}, nil)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for name, c := range map[string]struct {
		whole []byte
		load  func() error
	}{
		"npy":         {npy.Bytes(), func() error { _, err := LoadNPY(path); return err }},
		"npz":         {npz.Bytes(), func() error { _, err := LoadNPZ(path); return err }},
		"safetensors": {st.Bytes(), func() error { _, _, err := LoadSafetensors(path); return err }},
	} {
		for n := range len(c.whole) + 1 {
			if err := os.WriteFile(path, c.whole[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			if err := c.load(); (n < len(c.whole)) != errors.Is(err, ErrFormat) || n == len(c.whole) && err != nil {
				t.Errorf("%s: the first %d of %d bytes: %v", name, n, len(c.whole), err)
			}
		}
		if err := os.WriteFile(path, append(c.whole, "more"...), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := c.load(); name != "npz" && !errors.Is(err, ErrFormat) { // zip allows for it
			t.Errorf("%s with more behind it: %v", name, err)
		}
	}
}

// A file that cannot be written leaves what was there.
func TestSaveIsAtomic(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "x.safetensors"), filepath.Join(dir, "link")
	first := map[string]*Tensor{"x": New(Int8, 3)}
	if err := SaveSafetensors(path, first, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string]*Tensor{"x": New(Int8, 3), "y": New(Int8, 2).Reshape(3)}
	for name, err := range map[string]error{
		"safetensors": SaveSafetensors(path, bad, nil), "npz": SaveNPZ(path, bad), "npy": bad["y"].SaveNPY(path),
		"write": save(path, func(w io.Writer) error { _, _ = w.Write(make([]byte, 1<<20)); return io.ErrShortWrite }),
	} {
		if err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file has changed: %q, %v", after, err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		if err := SaveSafetensors(link, map[string]*Tensor{"x": New(Int16, 9)}, nil); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != 0o640 || info.Size() == int64(len(before)) {
			t.Errorf("through a link: %v, %v", info, err)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link: %v, %v", info, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := first["x"].SaveNPY(filepath.Join(dir, "none", "x.npy")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
	if _, err := LoadNPY(filepath.Join(dir, "none.npy")); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrFormat) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := first["x"].SaveNPY(dir); err == nil {
		t.Error("a folder was written over")
	}
}

// A device is written to, not replaced, and what it says is heard.
func TestSaveToDevice(t *testing.T) {
	x := New(Float64, 1000)
	for _, device := range []string{"/dev/null", "/dev/full"} {
		before, err := os.Stat(device)
		if err != nil {
			t.Skip(err)
		}
		if err := x.SaveNPY(device); (err == nil) != (device == "/dev/null") {
			t.Errorf("%s: %v", device, err)
		}
		if after, err := os.Stat(device); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s is now %v, %v", device, after, err)
		}
	}
}
