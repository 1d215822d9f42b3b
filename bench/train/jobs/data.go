//go:build unix

package main

import (
	"encoding/binary"
	"encoding/json"
	"log"
	"math"
	"os"
	"path/filepath"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A job is what work.py says of it, and its data.
type job struct {
	Kind   string `json:"kind"`
	Sizes  []int  `json:"sizes"`
	Batch  int    `json:"batch"`
	Rows   int    `json:"rows"`
	Epochs int    `json:"epochs"`
	Loss   string `json:"loss"`
	N      int    `json:"n"`

	dir     string
	threads int
	weights []float32 // those that no layer has taken yet
}

func read(dir string, threads int) *job {
	j := &job{dir: dir, threads: threads}
	check(json.Unmarshal(must(os.ReadFile(filepath.Join(dir, "job.json"))), j))
	return j
}

func (j *job) words(name string) []uint32 {
	b := must(os.ReadFile(filepath.Join(j.dir, name)))
	v := make([]uint32, len(b)/4)
	for i := range v {
		v[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return v
}

func (j *job) floats(name string) []float32 {
	words := j.words(name)
	v := make([]float32, len(words))
	for i, w := range words {
		v[i] = math.Float32frombits(w)
	}
	return v
}

// x is the rows that a network is given.
func (j *job) x() *tensor.Tensor {
	shape := map[string][]int{"cnn": {j.Rows, 28, 28, 1}, "resnet": {j.Rows, 224, 224, 3}}[j.Kind]
	if j.Kind == "mlp" {
		shape = []int{j.Rows, j.Sizes[0]}
	}
	return tensor.FromSlice(shape, j.floats("x"))
}

// y is the classes of the rows, or a number for each.
func (j *job) y() *tensor.Tensor {
	if j.Loss == "squares" {
		return tensor.FromSlice([]int{j.Rows, 1}, j.floats("y"))
	}
	words := j.words("y")
	v := make([]int32, len(words))
	for i, w := range words {
		v[i] = int32(w)
	}
	return tensor.FromSlice([]int{j.Rows}, v)
}

// take is the next kernel and bias of the file.
func (j *job) take(shape ...int) (kernel, bias *tensor.Tensor) {
	if j.weights == nil {
		j.weights = j.floats("weights")
	}
	next := func(shape ...int) *tensor.Tensor {
		n := 1
		for _, s := range shape {
			n *= s
		}
		if n > len(j.weights) {
			log.Fatalf("%s: the file of weights is short by %d", j.dir, n-len(j.weights))
		}
		t := tensor.FromSlice(shape, j.weights[:n:n])
		j.weights = j.weights[n:]
		return t
	}
	return next(shape...), next(shape[len(shape)-1])
}
