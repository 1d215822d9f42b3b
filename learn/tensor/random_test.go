package tensor_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

func ExampleRandomUniform() {
	x := tensor.RandomUniform(42, -1, 1, 2, 3)
	fmt.Println(x.Shape(), x.DType())
	fmt.Println(x)
	// Output:
	// [2 3] float32
	// [[  0.22591972 -0.062826991  -0.85353661]
	//  [   -0.318277   0.97543728  -0.34587336]]
}

func ExampleRandomNormal() {
	x := tensor.RandomNormal(42, 10, 2, 2, 3)
	fmt.Println(x)
	// Output:
	// [[8.9023285  11.64644 10.973413]
	//  [14.468275 10.093276 10.300264]]
}

// values are a tensor's elements.
func values(t *testing.T, x *tensor.Tensor) []float32 {
	t.Helper()
	if x.Err() != nil {
		t.Fatal(x.Err())
	}
	return x.Raw().([]float32)
}

// TestRandomUniformWords compares with the words that Random123 publishes for
// seed, stream and block 0.
func TestRandomUniformWords(t *testing.T) {
	got := values(t, tensor.RandomUniform(0, 0, 1, 4))
	for i, word := range []uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8} {
		if want := float32(word>>8) / (1 << 24); got[i] != want {
			t.Errorf("number %d: got %v, want %v", i, got[i], want)
		}
	}
}

func TestRandomDistributions(t *testing.T) {
	const n = 200_001
	for _, c := range []struct {
		name            string
		of              func(seed uint64, shape ...int) *tensor.Tensor
		mean, deviation float64
		low, high       float32
	}{
		{"uniform", func(s uint64, n ...int) *tensor.Tensor { return tensor.RandomUniform(s, -3, 5, n...) }, 1, 8 / math.Sqrt(12), -3, 5},
		{"normal", func(s uint64, n ...int) *tensor.Tensor { return tensor.RandomNormal(s, -2, 3, n...) }, -2, 3, -19.5, 15.5},
	} {
		x := values(t, c.of(7, n))
		mean, squares := 0.0, 0.0
		for _, v := range x {
			mean += float64(v) / n
			squares += (float64(v) - c.mean) * (float64(v) - c.mean) / n
		}
		if math.Abs(mean-c.mean) > 0.03 || math.Abs(math.Sqrt(squares)-c.deviation) > 0.03 {
			t.Errorf("%s: mean %g, deviation %g; want %g, %g", c.name, mean, math.Sqrt(squares), c.mean, c.deviation)
		}
		if slices.Min(x) < c.low || slices.Max(x) >= c.high {
			t.Errorf("%s: from %g to %g; want %g to %g", c.name, slices.Min(x), slices.Max(x), c.low, c.high)
		}
		if !slices.Equal(x[:35], values(t, c.of(7, 5, 7))) {
			t.Errorf("%s: another shape begins with other numbers", c.name)
		}
		if slices.Equal(x[:35], values(t, c.of(8, 35))) {
			t.Errorf("%s: two seeds give the same numbers", c.name)
		}
	}
}

func TestRandomEdges(t *testing.T) {
	// Between neighbours only the lower may come out.
	high := math.Nextafter32(1, 2)
	for _, v := range values(t, tensor.RandomUniform(1, 1, float64(high), 1000)) {
		if v != 1 {
			t.Fatalf("from 1 up to its neighbour: got %v", v)
		}
	}
	if x := values(t, tensor.RandomUniform(1, 2, 2, 3)); !slices.Equal(x, []float32{2, 2, 2}) {
		t.Errorf("from 2 to 2: got %v", x)
	}
	if x := values(t, tensor.RandomNormal(1, 4, 0)); !slices.Equal(x, []float32{4}) {
		t.Errorf("without deviation: got %v", x)
	}
	if x := values(t, tensor.RandomNormal(1, 0, 1, 3, 0)); len(x) != 0 {
		t.Errorf("of shape (3, 0): got %v", x)
	}
}

func TestRandomErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for want, x := range map[string]*tensor.Tensor{
		"random uniform: shape (2, -1) has a negative length": tensor.RandomUniform(1, 0, 1, 2, -1),
		"random normal: shape (-3) has a negative length":     tensor.RandomNormal(1, 0, 1, -3),
		"random uniform: from 2 to 1; want":                   tensor.RandomUniform(1, 2, 1, 3),
		"random uniform: from NaN to 1; want":                 tensor.RandomUniform(1, nan, 1, 3),
		"random uniform: from 0 to 1e+39; want":               tensor.RandomUniform(1, 0, 1e39, 3),
		"random normal: mean +Inf, deviation 1; want":         tensor.RandomNormal(1, inf, 1, 3),
		"random normal: mean 0, deviation -1; want":           tensor.RandomNormal(1, 0, -1, 3),
	} {
		if err := x.Err(); err == nil || !strings.HasPrefix(err.Error(), "tensor: "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
