package model

import (
	"math"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// lossRules are the losses in the order of Keras's documentation:
// probabilistic ones, those of regressions, hinges.
var lossRules = []*lossRule{
	{names: []string{"binary_crossentropy", "bce", "BCE"}, act: "sigmoid", smooth: true, per: binaryCE},
	{names: []string{"categorical_crossentropy"}, act: "softmax", smooth: true, per: categoricalCE},
	{names: []string{"sparse_categorical_crossentropy"}, act: "softmax", ints: true, per: sparseCE},
	{names: []string{"poisson"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		return p.Sub(y.Mul(p.Plus(epsilon).Log()))
	})},
	{names: []string{"kl_divergence", "kld", "KLD"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		y, p = y.Clip(epsilon, 1), p.Clip(epsilon, 1)
		return rowSum(y.Mul(y.Div(p).Log()))
	})},
	{names: []string{"mean_squared_error", "mse", "MSE"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		return p.Sub(y).Square()
	})},
	{names: []string{"mean_absolute_error", "mae", "MAE"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		return p.Sub(y).Abs()
	})},
	{names: []string{"mean_absolute_percentage_error", "mape", "MAPE"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		return y.Sub(p).Div(y.Abs().Maximum(y.Graph().Const(epsilon))).Abs().Times(100)
	})},
	{names: []string{"mean_squared_logarithmic_error", "msle", "MSLE"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		log := func(n *tensor.Node) *tensor.Node { return n.Maximum(n.Graph().Const(epsilon)).Log1p() }
		return log(y).Sub(log(p)).Square()
	})},
	{names: []string{"cosine_similarity"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		return rowSum(unitRows(y).Mul(unitRows(p))).Neg()
	})},
	{names: []string{"log_cosh"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		d := p.Sub(y)
		return d.Add(d.Times(-2).Activate("softplus", 0)).Plus(-math.Ln2)
	})},
	{names: []string{"huber"}, per: huber},
	{names: []string{"hinge"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		return margin(y, p)
	})},
	{names: []string{"squared_hinge"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		return margin(y, p).Square()
	})},
	{names: []string{"categorical_hinge"}, per: elementwise(func(y, p *tensor.Node) *tensor.Node {
		right := rowSum(y.Mul(p))
		other := y.Neg().Plus(1).Mul(p)
		if other.NDim() > 0 {
			other = other.Max(-1)
		}
		return other.Sub(right).Plus(1).ReLU()
	})},
}

// elementwise is a loss that knows no logits.
func elementwise(f func(y, p *tensor.Node) *tensor.Node) func(*Loss, *tensor.Node, *tensor.Node, bool) *tensor.Node {
	return func(_ *Loss, y, p *tensor.Node, _ bool) *tensor.Node { return f(y, p) }
}

func binaryCE(l *Loss, y, p *tensor.Node, logits bool) *tensor.Node {
	if l.smoothing != 0 {
		y = y.Times(1 - l.smoothing).Plus(l.smoothing / 2)
	}
	if logits {
		return p.BinaryCrossEntropy(y)
	}
	p = p.Clip(epsilon, 1-epsilon)
	one := y.Neg().Plus(1).Mul(p.Neg().Plus(1).Log())
	return y.Mul(p.Log()).Add(one).Neg()
}

func categoricalCE(l *Loss, y, p *tensor.Node, logits bool) *tensor.Node {
	if l.smoothing != 0 {
		y = y.Times(1 - l.smoothing).Plus(l.smoothing / float64(max(y.Dim(-1), 1)))
	}
	if logits {
		return p.CrossEntropy(y)
	}
	p = p.Div(p.Keep(p.Sum(-1), -1)).Clip(epsilon, 1-epsilon)
	return y.Mul(p.Log()).Sum(-1).Neg()
}

func sparseCE(_ *Loss, y, p *tensor.Node, logits bool) *tensor.Node {
	if !logits {
		p = p.Clip(epsilon, 1-epsilon).Log() // its softmax is p again
	}
	return p.SparseCrossEntropy(y)
}

func huber(l *Loss, y, p *tensor.Node, _ bool) *tensor.Node {
	e := p.Sub(y)
	size := e.Abs()
	line := size.Times(l.delta).Plus(-l.delta * l.delta / 2)
	return size.LessEqual(e.Graph().Const(l.delta)).Where(e.Square().Times(0.5), line)
}

// margin is max(1 - y·p, 0), with targets of 0 and 1 made -1 and 1.
func margin(y, p *tensor.Node) *tensor.Node {
	g := y.Graph()
	binary := y.Equal(g.Const(0)).Add(y.Equal(g.Const(1))).Min()
	return binary.Where(y.Times(2).Plus(-1), y).Mul(p).Neg().Plus(1).ReLU()
}

// unitRows scales along the last axis to length 1.
func unitRows(n *tensor.Node) *tensor.Node {
	if n.NDim() < 2 {
		n = n.Reshape(-1, 1)
	}
	sum := n.Keep(n.Square().Sum(-1), -1)
	return n.Mul(sum.Maximum(n.Graph().Const(epsilon * epsilon)).Rsqrt())
}

// rowSum adds along the last axis, but never the samples.
func rowSum(n *tensor.Node) *tensor.Node {
	if n.NDim() < 2 {
		return n
	}
	return n.Sum(-1)
}
