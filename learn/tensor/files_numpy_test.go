package tensor

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/clients"
	"github.com/sheaf-go/sheaf/internal/needs"
)

// An exchanged array is an entry of the index that testdata/arrays.py tells of.
type exchanged struct {
	File     string `json:"file"`
	Key      string `json:"key"`
	DType    string `json:"dtype"`
	Shape    []int  `json:"shape"`
	Layout   string `json:"layout"`
	Elements []byte `json:"elements"`
}

func describe(file, key string, x *Tensor) exchanged {
	return exchanged{file, key, x.DType().String(), append([]int{}, x.Shape()...), x.Layout().String(), append([]byte{}, x.memory(RowMajor, binary.LittleEndian)...)}
}

func (e exchanged) equal(other exchanged) bool {
	return e.DType == other.DType && slices.Equal(e.Shape, other.Shape) && e.Layout == other.Layout &&
		slices.Equal(e.Elements, other.Elements)
}

// arraysPy runs testdata/arrays.py with real NumPy and safetensors.
func arraysPy(t *testing.T, verb, dir string) {
	t.Helper()
	if testing.Short() {
		t.Skip("may have to make a Python environment; -short leaves it out")
	}
	env, err := clients.Oracle(t.Context(), "numpy", t.Output())
	needs.Have(t, err)
	out, err := clients.Script(t.Context(), env, filepath.Join("testdata", "arrays.py"), verb, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(strings.TrimSpace(out))
}

// Every array that NumPy and safetensors write is read, bit for bit.
func TestFilesFromNumPy(t *testing.T) {
	dir := t.TempDir()
	arraysPy(t, "write", dir)
	data, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index []exchanged
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	archives := map[string]map[string]*Tensor{}
	for _, want := range index {
		x, err := loadOne(filepath.Join(dir, want.File), want.Key, archives)
		if err != nil {
			t.Errorf("%s %s: %v", want.File, want.Key, err)
			continue
		}
		if got := describe(want.File, want.Key, x); !got.equal(want) {
			t.Errorf("%s %s: got %+v, want %+v", want.File, want.Key, got, want)
		}
	}
	if len(index) < 500 || len(archives) != 3 {
		t.Errorf("only %d arrays in %d archives", len(index), len(archives))
	}
	checkRounding(t, filepath.Join(dir, "rounded.safetensors"))
	checkRefused(t, dir)
}

// checkRefused reads the files of what no tensor can hold.
func checkRefused(t *testing.T, dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, "refused.*"))
	if err != nil || len(paths) != 12 {
		t.Errorf("%d files to refuse, %v", len(paths), err)
	}
	for _, path := range paths {
		var err error
		switch filepath.Ext(path) {
		case ".npy":
			_, err = LoadNPY(path)
		case ".npz":
			var all map[string]*Tensor
			if all, err = LoadNPZ(path); err == nil && len(all) == 2 && all["fine"].String() == "[0 1 2]" {
				err = all["objects"].Err()
			}
		default:
			_, _, err = LoadSafetensors(path)
		}
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		t.Log(strings.ReplaceAll(fmt.Sprint(err), dir+string(filepath.Separator), ""))
	}
}

// loadOne reads an array from a file of any of the formats.
func loadOne(path, key string, archives map[string]map[string]*Tensor) (*Tensor, error) {
	if filepath.Ext(path) == ".npy" {
		return LoadNPY(path)
	}
	all, err := archives[path], error(nil)
	if all == nil {
		if filepath.Ext(path) == ".npz" {
			all, err = LoadNPZ(path)
		} else {
			var metadata map[string]string
			all, metadata, err = LoadSafetensors(path)
			if len(metadata) != 2 || metadata["format"] != "pt" || metadata["<name> é\n"] != `"text"\` {
				return nil, fmt.Errorf("metadata %q", metadata)
			}
		}
		archives[path] = all
	}
	if err == nil && all[key] == nil {
		err = fmt.Errorf("no array %q", key)
	}
	return all[key], err
}

// checkRounding compares ToBF16 with ml_dtypes.
func checkRounding(t *testing.T, path string) {
	tensors, _, err := LoadSafetensors(path)
	if err != nil {
		t.Fatal(err)
	}
	rounded := tensors["rounded"].Raw().([]BF16)
	for i, x := range tensors["single"].Float32s() {
		if got := ToBF16(x); got != rounded[i] {
			t.Errorf("%g became %v, want %v", x, got, rounded[i])
		}
	}
	if len(rounded) < 90_000 {
		t.Errorf("only %d numbers", len(rounded))
	}
}

// NumPy and safetensors read every array that we write, bit for bit, and would
// have written the same bytes.
func TestFilesToNumPy(t *testing.T) {
	dir := t.TempDir()
	var index []exchanged
	all, numpy := map[string]*Tensor{}, map[string]*Tensor{}
	for d := Bool; d <= BFloat16; d++ {
		for i, x := range samples(d) {
			key := fmt.Sprintf("%v %d", d, i)
			all[key] = x
			if d == BFloat16 {
				continue
			}
			numpy[key] = x
			file := fmt.Sprintf("%d-%d.npy", d, i)
			if err := x.SaveNPY(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
			index = append(index, stored(describe(file, "", x)))
			index = append(index, stored(describe("stored.npz", key, x)), stored(describe("deflated.npz", key, x)))
		}
	}
	for key, x := range all {
		e := describe("all.safetensors", key, x)
		e.Layout = "RowMajor"
		index = append(index, e)
	}
	for _, err := range []error{
		SaveNPZ(filepath.Join(dir, "stored.npz"), numpy),
		SaveNPZCompressed(filepath.Join(dir, "deflated.npz"), numpy),
		SaveSafetensors(filepath.Join(dir, "all.safetensors"), all, map[string]string{"from": "Go, \"<&>\" é\n"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	data, err := json.Marshal(index)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "index.json"), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	arraysPy(t, "check", dir)
}

// stored is what becomes of a description in a file, where nothing is strided.
func stored(e exchanged) exchanged {
	if e.Layout == Strided.String() {
		e.Layout = RowMajor.String()
	}
	return e
}

// samples are tensors of odd shapes in all layouts, with the values of a type
// that most easily go wrong.
func samples(d DType) []*Tensor {
	var out []*Tensor
	edges := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e300, -1e300, 255, 65535, math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat32, 5}
	for _, shape := range [][]int{{}, {0}, {1}, {7}, {3, 5}, {1, 4}, {2, 3, 4}, {0, 3}, {3, 0, 2}, slices.Repeat([]int{2}, 10)} {
		values := make([]float64, product(shape))
		for i := range values {
			values[i] = edges[i%len(edges)]
		}
		x := FromFloat64s(shape, values...).Cast(d)
		out = append(out, x, x.AsLayout(ColMajor))
		if len(shape) > 1 && shape[0] > 1 && shape[1] > 1 {
			out = append(out, x.T(), x.Slice(1, shape[0]), x.Col(1), x.AsLayout(ColMajor).Slice(0, shape[0]-1))
		}
	}
	return out
}
