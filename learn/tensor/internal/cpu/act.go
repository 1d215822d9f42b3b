package cpu

// An Act is an activation: a function applied to each element, as Keras 3
// defines it. (Softmax is none, as it looks at a whole row.)
type Act uint8

// The activations. LeakyReLU and ELU take a parameter alpha, which the others
// ignore.
const (
	Linear      Act = iota // x
	ReLU                   // max(x, 0)
	LeakyReLU              // x, or alpha·x below 0
	ReLU6                  // min(max(x, 0), 6)
	ELU                    // x, or alpha·(exp(x) - 1) below 0
	SELU                   // ELU with the constants of a self-normalising network
	Sigmoid                // 1 / (1 + exp(-x))
	HardSigmoid            // ReLU6(x + 3) / 6
	Tanh                   // hyperbolic tangent
	Softplus               // log(1 + exp(x))
	Softsign               // x / (1 + |x|)
	Swish                  // x · sigmoid(x), also called SiLU
	HardSwish              // x · ReLU6(x + 3) / 6
	GELU                   // x · (1 + erf(x/√2)) / 2
	GELUTanh               // GELU by the tanh approximation
	Mish                   // x · tanh(softplus(x))
	Exponential            // exp(x)
	numActs
)

// The constants of SELU: y = seluScale·x, or seluScale·seluAlpha·(exp(x) - 1)
// below 0 (Klambauer et al. 2017).
const (
	seluAlpha = 1.67326324235437728481704
	seluScale = 1.05070098735548049341933
)

var actNames = [numActs]string{
	"linear", "relu", "leaky_relu", "relu6", "elu", "selu", "sigmoid", "hard_sigmoid", "tanh", "softplus",
	"softsign", "silu", "hard_silu", "gelu", "gelu_tanh", "mish", "exponential",
}

// String is the name that Keras 3 has for the activation, such as
// "leaky_relu"; GELUTanh, a setting of gelu there, is "gelu_tanh".
func (a Act) String() string {
	if a < numActs {
		return actNames[a]
	}
	return "unknown activation"
}

// NeedsInput reports whether the derivative is computed from the activation's
// input. For the others it is computed from the output, so that the input need
// not be kept.
func (a Act) NeedsInput() bool {
	switch a {
	case Swish, HardSwish, GELU, GELUTanh, Mish:
		return true
	}
	return false
}
