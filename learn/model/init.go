package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// An Initializer says what weights begin as. The formulas are those of Keras 3;
// the random numbers are our own, and follow from the seed of the model. The
// zero value leaves the choice to the layer.
type Initializer struct {
	name string
	a, b float64 // see initRules
}

// An initRule is what initializers of a name have in common.
type initRule struct {
	a, b string  // what the numbers are called, "" if there is none
	x, y float64 // and what they are by default
	fill func(i Initializer, w *weights) error
}

// weights are what is filled: an array in row-major order.
type weights struct {
	shape         []int
	data          []float64
	fanIn, fanOut float64
	rand          *rand.Rand
}

// initRules are the initializers by name.
var initRules = map[string]initRule{
	"zeros":            {fill: func(_ Initializer, w *weights) error { return w.each(func() float64 { return 0 }) }},
	"ones":             {fill: func(_ Initializer, w *weights) error { return w.each(func() float64 { return 1 }) }},
	"constant":         {a: "value", fill: func(i Initializer, w *weights) error { return w.each(func() float64 { return i.a }) }},
	"random_normal":    {a: "mean", b: "stddev", y: 0.05, fill: Initializer.normal},
	"random_uniform":   {a: "minval", b: "maxval", x: -0.05, y: 0.05, fill: Initializer.uniform},
	"truncated_normal": {a: "mean", b: "stddev", y: 0.05, fill: Initializer.truncated},
	"glorot_uniform":   {fill: scaledUniform(func(w *weights) float64 { return 2 / (w.fanIn + w.fanOut) })},
	"glorot_normal":    {fill: scaledNormal(func(w *weights) float64 { return 2 / (w.fanIn + w.fanOut) })},
	"he_uniform":       {fill: scaledUniform(func(w *weights) float64 { return 2 / w.fanIn })},
	"he_normal":        {fill: scaledNormal(func(w *weights) float64 { return 2 / w.fanIn })},
	"lecun_uniform":    {fill: scaledUniform(func(w *weights) float64 { return 1 / w.fanIn })},
	"lecun_normal":     {fill: scaledNormal(func(w *weights) float64 { return 1 / w.fanIn })},
	"orthogonal":       {a: "gain", x: 1, fill: Initializer.orthogonal},
	"identity":         {a: "gain", x: 1, fill: Initializer.identity},
}

// InitializerNames are the names that [InitializerNamed] knows.
func InitializerNames() []string {
	return []string{"zeros", "ones", "constant", "random_normal", "random_uniform", "truncated_normal",
		"glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "orthogonal", "identity"}
}

// InitializerNamed is the initializer of a name in Keras, such as "he_normal",
// with its defaults.
func InitializerNamed(name string) (Initializer, error) {
	r, ok := initRules[name]
	if !ok {
		return Initializer{}, noSuch("initializer", name, InitializerNames())
	}
	return Initializer{name, r.x, r.y}, nil
}

// Zeros makes all weights 0.
func Zeros() Initializer { return Initializer{name: "zeros"} }

// Ones makes all weights 1.
func Ones() Initializer { return Initializer{name: "ones"} }

// Constant makes all weights the same.
func Constant(value float64) Initializer { return Initializer{"constant", value, 0} }

// RandomNormal draws from a normal distribution; Keras's default is 0, 0.05.
func RandomNormal(mean, deviation float64) Initializer {
	return Initializer{"random_normal", mean, deviation}
}

// RandomUniform draws from low up to high; Keras's default is -0.05, 0.05.
func RandomUniform(low, high float64) Initializer { return Initializer{"random_uniform", low, high} }

// TruncatedNormal draws from a normal distribution, and again what is more than
// two deviations from the mean; Keras's default is 0, 0.05.
func TruncatedNormal(mean, deviation float64) Initializer {
	return Initializer{"truncated_normal", mean, deviation}
}

// GlorotUniform draws uniformly with the variance 2/(inputs + outputs). It is
// the default of kernels. (Glorot and Bengio, 2010)
func GlorotUniform() Initializer { return Initializer{name: "glorot_uniform"} }

// GlorotNormal draws from a truncated normal distribution with the variance
// 2/(inputs + outputs).
func GlorotNormal() Initializer { return Initializer{name: "glorot_normal"} }

// HeUniform draws uniformly with the variance 2/inputs, for layers with relu.
// (He et al., 2015)
func HeUniform() Initializer { return Initializer{name: "he_uniform"} }

// HeNormal draws from a truncated normal distribution with the variance
// 2/inputs.
func HeNormal() Initializer { return Initializer{name: "he_normal"} }

// LecunUniform draws uniformly with the variance 1/inputs. (LeCun et al., 1998)
func LecunUniform() Initializer { return Initializer{name: "lecun_uniform"} }

// LecunNormal draws from a truncated normal distribution with the variance
// 1/inputs, for layers with selu. (Klambauer et al., 2017)
func LecunNormal() Initializer { return Initializer{name: "lecun_normal"} }

// Orthogonal makes a matrix whose rows or columns, whichever are fewer, are
// orthogonal and of length gain; what has more axes counts as a matrix of its
// last axis. (Saxe et al., 2013)
func Orthogonal(gain float64) Initializer { return Initializer{"orthogonal", gain, 0} }

// Identity makes a matrix with gain on its diagonal and 0 elsewhere.
func Identity(gain float64) Initializer { return Initializer{"identity", gain, 0} }

// String is the name and its numbers.
func (i Initializer) String() string {
	r := initRules[i.name]
	switch {
	case r.b != "":
		return fmt.Sprintf("%s %v, %v", i.name, i.a, i.b)
	case r.a != "":
		return fmt.Sprintf("%s %v", i.name, i.a)
	}
	return i.name
}

func (i Initializer) isZero() bool { return i.name == "" }

// fill sets a tensor of Float32 or Float64 that lies in row-major order. The
// fans are how many inputs and outputs a unit has; the same seed gives the same
// weights.
func (i Initializer) fill(dst *tensor.Tensor, fanIn, fanOut int, seed uint64) error {
	r, ok := initRules[i.name]
	if !ok {
		return noSuch("initializer", i.name, InitializerNames())
	}
	for _, x := range []float64{i.a, i.b} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("model: initializer %v; want finite numbers", i)
		}
	}
	w := &weights{shape: dst.Shape(), data: make([]float64, dst.Len()),
		fanIn: float64(max(fanIn, 1)), fanOut: float64(max(fanOut, 1)),
		rand: rand.New(rand.NewPCG(seed, 0x5eaf))}
	if err := r.fill(i, w); err != nil {
		return err
	}
	switch to := dst.Raw().(type) {
	case []float32:
		for k, x := range w.data {
			to[k] = float32(x)
		}
	case []float64:
		copy(to, w.data)
	default:
		return fmt.Errorf("model: initializer %v: weights are %v; want float32 or float64", i, dst.DType())
	}
	return nil
}

func (w *weights) each(draw func() float64) error {
	for k := range w.data {
		w.data[k] = draw()
	}
	return nil
}

func (i Initializer) normal(w *weights) error {
	return w.each(func() float64 { return i.a + i.b*w.rand.NormFloat64() })
}

func (i Initializer) uniform(w *weights) error {
	return w.each(func() float64 { return i.a + (i.b-i.a)*w.rand.Float64() })
}

func (i Initializer) truncated(w *weights) error {
	return w.each(func() float64 { return i.a + i.b*w.truncated() })
}

// truncated draws from the standard normal distribution within -2 … 2.
func (w *weights) truncated() float64 {
	for {
		if x := w.rand.NormFloat64(); x >= -2 && x <= 2 {
			return x
		}
	}
}

// cutDeviation is the standard deviation of what truncated draws.
const cutDeviation = 0.87962566103423978

func scaledUniform(variance func(*weights) float64) func(Initializer, *weights) error {
	return func(_ Initializer, w *weights) error {
		limit := math.Sqrt(3 * variance(w))
		return w.each(func() float64 { return limit * (2*w.rand.Float64() - 1) })
	}
}

func scaledNormal(variance func(*weights) float64) func(Initializer, *weights) error {
	return func(_ Initializer, w *weights) error {
		deviation := math.Sqrt(variance(w)) / cutDeviation
		return w.each(func() float64 { return deviation * w.truncated() })
	}
}

func (i Initializer) identity(w *weights) error {
	if len(w.shape) != 2 {
		return fmt.Errorf("model: initializer identity: weights of %d axes; want a matrix", len(w.shape))
	}
	for k := range min(w.shape[0], w.shape[1]) {
		w.data[k*w.shape[1]+k] = i.a
	}
	return nil
}

func (i Initializer) orthogonal(w *weights) error {
	if len(w.shape) < 2 {
		return fmt.Errorf("model: initializer orthogonal: weights of %d axes; want at least two", len(w.shape))
	}
	cols := w.shape[len(w.shape)-1]
	if cols == 0 || len(w.data) == 0 {
		return nil
	}
	rows := len(w.data) / cols
	few, many := min(rows, cols), max(rows, cols)
	base := orthonormal(few, many, w.rand)
	for r := range rows {
		for c := range cols {
			k, at := r, c
			if rows > cols {
				k, at = c, r
			}
			w.data[r*cols+c] = i.a * base[k][at]
		}
	}
	return nil
}

// orthonormal is random vectors of length 1 that are orthogonal: Gram and
// Schmidt's way, twice so that rounding does not add up.
func orthonormal(few, many int, r *rand.Rand) [][]float64 {
	base := make([][]float64, 0, few)
	for len(base) < few {
		v := make([]float64, many)
		for k := range v {
			v[k] = r.NormFloat64()
		}
		for range 2 {
			for _, u := range base {
				along := dot(u, v)
				for k := range v {
					v[k] -= along * u[k]
				}
			}
		}
		length := math.Sqrt(dot(v, v))
		if length < 1e-6 {
			continue // nearly within the others
		}
		for k := range v {
			v[k] /= length
		}
		base = append(base, v)
	}
	return base
}

func dot(a, b []float64) float64 {
	var sum float64
	for k := range a {
		sum += a[k] * b[k]
	}
	return sum
}

// config is what the initializer is saved as.
func (i Initializer) config() config {
	c, r := config{Name: i.name, Numbers: map[string]float64{}}, initRules[i.name]
	if r.a != "" {
		c.Numbers[r.a] = i.a
	}
	if r.b != "" {
		c.Numbers[r.b] = i.b
	}
	return c
}

// initializerOf is the initializer that was saved.
func initializerOf(c config) (Initializer, error) {
	i, err := InitializerNamed(c.Name)
	if err != nil {
		return i, err
	}
	c = c.clone()
	for _, n := range []struct {
		name string
		at   *float64
	}{{initRules[i.name].a, &i.a}, {initRules[i.name].b, &i.b}} {
		if n.name != "" {
			*n.at = c.take(n.name, *n.at)
		}
	}
	if slices.ContainsFunc([]float64{i.a, i.b}, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }) {
		return i, fmt.Errorf("model: initializer %v; want finite numbers", i)
	}
	return i, c.left("initializer")
}
