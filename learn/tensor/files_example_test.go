package tensor_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

func ExampleToBF16() {
	fmt.Println(tensor.ToBF16(3.14159), tensor.ToBF16(0.1).Float32())
	x := tensor.FromFloat64s([]int{3}, 1, 0.5, 1e6).Cast(tensor.BFloat16)
	fmt.Println(x, x.Cast(tensor.Float32))
	// Output:
	// 3.14 0.100097656
	// [    1   0.5 1e+06] [     1    0.5 999424]
}

func ExampleTensor_SaveNPY() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "x.npy")
	x := tensor.FromSlice([]int{2, 2}, []int32{1, 2, 3, 4})
	fmt.Println(x.SaveNPY(path)) // numpy.load reads it
	y, err := tensor.LoadNPY(path)
	fmt.Println(y, err)
	// Output:
	// <nil>
	// [[1 2]
	//  [3 4]] <nil>
}

func ExampleLoadNPY() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "x.npy")
	_ = os.WriteFile(path, []byte("PK\x03\x04 is a zip file"), 0o644)
	_, err := tensor.LoadNPY(path)
	fmt.Println(errors.Is(err, tensor.ErrFormat))
	fmt.Println(strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""))
	// Output:
	// true
	// tensor: npy: x.npy: begins with "PK\x03\x04 i"; want "\x93NUMPY"
}

func ExampleReadNPY() {
	var stream bytes.Buffer // several arrays may follow one another
	_ = tensor.WriteNPY(&stream, tensor.FromSlice([]int{2}, []bool{true, false}))
	_ = tensor.WriteNPY(&stream, tensor.FromFloat64s([]int{2, 2}, 1, 2, 3, 4).T())
	for range 2 {
		x, err := tensor.ReadNPY(&stream)
		fmt.Println(x.DType(), x.Shape(), x.Layout(), err)
	}
	// Output:
	// bool [2] RowMajor <nil>
	// float64 [2 2] ColMajor <nil>
}

func ExampleWriteNPY() {
	var file bytes.Buffer
	err := tensor.WriteNPY(&file, tensor.New(tensor.BFloat16, 3))
	fmt.Println(err, errors.Is(err, errors.ErrUnsupported))
	err = tensor.WriteNPY(&file, tensor.New(tensor.Float32, 3))
	fmt.Printf("%.62q %v\n", file.String()[10:], err)
	// Output:
	// tensor: npy: NumPy has no bfloat16; write it after Cast(Float32), or as safetensors true
	// "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }     " <nil>
}

func ExampleSaveNPZ() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "xy.npz")
	err := tensor.SaveNPZ(path, map[string]*tensor.Tensor{
		"x": tensor.FromFloat64s([]int{1, 2}, 1.5, 2.5),
		"y": tensor.FromSlice([]int{1}, []uint8{7}),
	})
	fmt.Println(err)
	arrays, err := tensor.LoadNPZ(path)
	fmt.Println(arrays["x"], arrays["y"], err)
	// Output:
	// <nil>
	// [[1.5 2.5]] [7] <nil>
}

func ExampleSaveNPZCompressed() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "zeros.npz")
	_ = tensor.SaveNPZCompressed(path, map[string]*tensor.Tensor{"zeros": tensor.New(tensor.Float64, 1000, 100)})
	info, err := os.Stat(path)
	fmt.Println(info.Size() < 2000, err)
	// Output: true <nil>
}

func ExampleLoadNPZ() {
	_, err := tensor.LoadNPZ("missing.npz")
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output: true
}

func ExampleReadNPZ() {
	var file bytes.Buffer
	_ = tensor.WriteNPZ(&file, map[string]*tensor.Tensor{"x": tensor.FromSlice([]int{2}, []int8{1, -1})})
	arrays, err := tensor.ReadNPZ(bytes.NewReader(file.Bytes()), int64(file.Len()))
	fmt.Println(arrays["x"], err)
	// Output: [ 1 -1] <nil>
}

func ExampleWriteNPZ() {
	var file bytes.Buffer
	err := tensor.WriteNPZ(&file, map[string]*tensor.Tensor{"x": nil})
	fmt.Println(err)
	// Output: tensor: npz: array "x": a nil tensor
}

func ExampleSaveSafetensors() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")
	weights := map[string]*tensor.Tensor{
		"dense.kernel": tensor.FromFloat64s([]int{2, 1}, 0.5, -0.25).Cast(tensor.BFloat16),
		"dense.bias":   tensor.FromSlice([]int{1}, []float32{0.125}),
	}
	fmt.Println(tensor.SaveSafetensors(path, weights, map[string]string{"epoch": "3"}))
	loaded, metadata, err := tensor.LoadSafetensors(path)
	fmt.Println(loaded["dense.kernel"].T(), loaded["dense.bias"], metadata, err)
	// Output:
	// <nil>
	// [[  0.5 -0.25]] [0.125] map[epoch:3] <nil>
}

func ExampleLoadSafetensors() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "short.safetensors")
	header := `{"w":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}`
	_ = os.WriteFile(path, []byte(string([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0})+header), 0o644)
	_, _, err := tensor.LoadSafetensors(path)
	fmt.Println(strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""))
	// Output: tensor: safetensors: short.safetensors: the tensors take 4000000000 bytes, but 0 follow the header: unexpected EOF
}

func ExampleReadSafetensors() {
	header := `{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}} `
	file := string([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}) + header + "\x00\x3e\x00\xc0"
	tensors, metadata, err := tensor.ReadSafetensors(strings.NewReader(file))
	fmt.Println(tensors["h"], tensors["h"].DType(), metadata, err)
	// Output: [1.5  -2] float32 map[] <nil>
}

func ExampleWriteSafetensors() {
	var file bytes.Buffer
	err := tensor.WriteSafetensors(&file, map[string]*tensor.Tensor{"x": tensor.FromSlice([]int{2}, []uint8{1, 2})}, nil)
	fmt.Printf("%q %v\n", file.String()[8:], err)
	// Output: "{\"x\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}   \x01\x02" <nil>
}
