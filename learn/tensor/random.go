package tensor

import (
	"math"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// RandomUniform returns a float32 tensor of numbers evenly distributed from low
// up to, not with, high, in steps of 2^-24 of the distance. The generator is
// Philox4x32-10: the same seed gives the same numbers on every machine, and
// tensors of other shapes begin with the same ones.
func RandomUniform(seed uint64, low, high float64, shape ...int) *Tensor {
	if !finite(low, high) || low > high {
		return fail("tensor: random uniform: from %v to %v; want finite numbers, the lower first", low, high)
	}
	below := math.Nextafter32(float32(high), float32(low)) // rounding must not reach high
	return random("random uniform", cpu.Uniform[float32], seed, shape, func(u float64) float32 {
		x := float32(low + float64(u*(high-low)))
		if x >= float32(high) {
			return below
		}
		return x
	})
}

// RandomNormal returns a float32 tensor of normally distributed numbers with a
// mean and a standard deviation, by Philox4x32-10 and Box and Muller: the same
// seed gives the same numbers on every machine. None is farther from the mean
// than 5.8 deviations.
func RandomNormal(seed uint64, mean, deviation float64, shape ...int) *Tensor {
	if !finite(mean, deviation) || deviation < 0 {
		return fail("tensor: random normal: mean %v, deviation %v; want finite numbers, the deviation not negative", mean, deviation)
	}
	return random("random normal", cpu.Normal[float32], seed, shape, func(z float64) float32 {
		return float32(mean + float64(z*deviation))
	})
}

// random makes numbers of a standard distribution and maps each of them.
func random(verb string, fill func(dst []float32, seed, stream, counter uint64), seed uint64, shape []int, to func(float64) float32) *Tensor {
	if err := checkShape(verb, shape); err != nil {
		return &Tensor{err: err}
	}
	x := make([]float32, product(shape))
	fill(x, seed, 0, 0)
	for i, v := range x {
		x[i] = to(float64(v))
	}
	return FromSlice(shape, x)
}

// finite reports whether numbers are finite as float32.
func finite(x ...float64) bool {
	for _, v := range x {
		if !(math.Abs(v) <= math.MaxFloat32) {
			return false
		}
	}
	return true
}
