package plots

import (
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/near"
)

// An activation is a function between the layers of a network.
type activation struct {
	name string
	f    func(float64) float64
}

// The constants of SELU (Klambauer et al., "Self-Normalizing Neural Networks",
// 2017).
const (
	seluScale = 1.0507009873554805
	seluAlpha = 1.6732632423543772
)

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// activations are in the order in which they are drawn.
var activations = []activation{
	{"sigmoid", logistic},
	{"tanh", math.Tanh},
	{"relu", func(x float64) float64 { return math.Max(0, x) }},
	{"leaky_relu", func(x float64) float64 { return math.Max(0.01*x, x) }},
	{"elu", func(x float64) float64 { return math.Max(0, x) + math.Min(0, math.Expm1(x)) }},
	{"selu", func(x float64) float64 { return seluScale * (math.Max(0, x) + math.Min(0, seluAlpha*math.Expm1(x))) }},
	{"gelu", func(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 }},
	{"silu", func(x float64) float64 { return x * logistic(x) }},
	{"mish", func(x float64) float64 { return x * math.Tanh(softplus(x)) }},
	{"softplus", softplus},
	{"softsign", func(x float64) float64 { return x / (1 + math.Abs(x)) }},
	{"hard_sigmoid", func(x float64) float64 { return math.Max(0, math.Min(1, x/6+0.5)) }},
}

func softplus(x float64) float64 { return math.Max(0, x) + math.Log1p(math.Exp(-math.Abs(x))) }

// Activations draws activation functions from -10 to 10, at 100 equally spaced
// points: sigmoid, tanh, relu, leaky_relu (slope 0.01), elu, selu, gelu, silu
// (also swish), mish, softplus, softsign and hard_sigmoid; without names all of
// them. Several stand in panels of their own.
func Activations(names ...string) *Chart {
	var all []activation
	for _, n := range names {
		a, err := activationOf(n)
		if err != nil {
			return refused("activations", err)
		}
		all = append(all, a)
	}
	if len(names) == 0 {
		all = activations
	}
	if len(all) == 1 {
		return Func(all[0].f, -10, 10, Points(100), Title(all[0].name))
	}
	charts := make([]*Chart, len(all))
	for i, a := range all {
		charts[i] = Func(a.f, -10, 10, Points(100), Title(a.name), Width(190), Height(140))
	}
	return calledAs("activations", Concat(charts...).With(Columns(min(4, len(all)))))
}

// activationOf finds an activation by its name.
func activationOf(name string) (activation, error) {
	want := name
	if want == "swish" {
		want = "silu"
	}
	known := make([]string, len(activations))
	for i, a := range activations {
		known[i] = a.name
	}
	if i := slices.Index(known, want); i >= 0 {
		return activation{name, activations[i].f}, nil
	}
	return activation{}, unknownName("activation", name, known)
}

// unknownName says that a name is unknown, and which one may be meant.
func unknownName(what, name string, known []string) error {
	if n := near.Name(name, slices.Values(known)); n != "" {
		return fmt.Errorf("no %s %q; did you mean %q?", what, name, n)
	}
	return fmt.Errorf("no %s %q; there are %v", what, name, known)
}
