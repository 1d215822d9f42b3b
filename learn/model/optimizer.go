package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// An Optimizer changes weights by their gradients. Formulas and defaults are
// those of Keras 3. Its methods, but for [Optimizer.SetRate], return changed
// copies and chain; what is wrong with it is told by [Optimizer.Err] and when
// it is used. The rate must be more than 0, except where [Optimizer.On] gives a
// schedule in its place; an optimizer with Keras's own is [OptimizerNamed].
//
//	model.SGD(0.1).Momentum(0.9).Nesterov().ClipNorm(1)
type Optimizer struct {
	rule        tensor.Optimizer
	base        float64 // the rate without a schedule
	scale       float64 // what callbacks multiply the rate by
	schedule    *Schedule
	clipValue   float64
	clipNorm    float64
	clipGlobal  float64
	accumulator float64 // adagrad's at the start
	unrated     bool    // made with a rate of 0, and no schedule has come since
	err         error
}

// OptimizerNames are the names that [OptimizerNamed] knows.
func OptimizerNames() []string {
	return []string{"sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamw", "adamax", "nadam"}
}

// OptimizerNamed is the optimizer of a name in Keras, such as "adam", with its
// defaults. Upper case is as good as lower.
func OptimizerNamed(name string) *Optimizer {
	rule := strings.ToLower(name)
	o := &Optimizer{base: 0.001, scale: 1, rule: tensor.Optimizer{Rule: rule, Epsilon: 1e-7}}
	switch rule {
	case "sgd":
		o.base, o.rule.Epsilon = 0.01, 0
	case "rmsprop":
		o.rule.Rho = 0.9
	case "adagrad":
		o.accumulator = 0.1
	case "adadelta":
		o.rule.Rho = 0.95
	case "adam", "adamax", "nadam":
		o.rule.Beta1, o.rule.Beta2 = 0.9, 0.999
	case "adamw":
		o.rule.Beta1, o.rule.Beta2, o.rule.WeightDecay = 0.9, 0.999, 0.004
	default:
		o.err = noSuch("optimizer", name, OptimizerNames())
	}
	return o.check()
}

// newOptimizer is an optimizer with a rate of its own.
func newOptimizer(name string, rate float64) *Optimizer {
	o := OptimizerNamed(name)
	o.base, o.unrated = rate, rate == 0
	return o.check()
}

// SGD is stochastic gradient descent: weight -= rate·gradient. Keras's rate is
// 0.01.
func SGD(rate float64) *Optimizer { return newOptimizer("sgd", rate) }

// RMSprop divides the rate by a moving root mean square of the gradient.
// Keras's rate is 0.001. (Tieleman and Hinton, 2012)
func RMSprop(rate float64) *Optimizer { return newOptimizer("rmsprop", rate) }

// Adagrad divides the rate by the root of the sum of all squared gradients.
// Keras's rate is 0.001. (Duchi et al., 2011)
func Adagrad(rate float64) *Optimizer { return newOptimizer("adagrad", rate) }

// Adadelta takes steps of the size of recent steps. Keras's rate is 0.001, the
// paper's 1. (Zeiler, 2012)
func Adadelta(rate float64) *Optimizer { return newOptimizer("adadelta", rate) }

// Adam follows moving averages of the gradient and of its square. Keras's rate
// is 0.001. (Kingma and Ba, 2014)
func Adam(rate float64) *Optimizer { return newOptimizer("adam", rate) }

// AdamW is [Adam] with decoupled weight decay, 0.004 unless
// [Optimizer.WeightDecay] says otherwise. Keras's rate is 0.001. (Loshchilov
// and Hutter, 2017)
func AdamW(rate float64) *Optimizer { return newOptimizer("adamw", rate) }

// Adamax is [Adam] with the largest recent gradient in place of the root mean
// square. Keras's rate is 0.001. (Kingma and Ba, 2014; QC-113)
func Adamax(rate float64) *Optimizer { return newOptimizer("adamax", rate) }

// Nadam is [Adam] with Nesterov's momentum. Keras's rate is 0.001. (Dozat,
// 2016)
func Nadam(rate float64) *Optimizer { return newOptimizer("nadam", rate) }

// Momentum keeps a share of the last change in the next one. SGD and RMSprop
// have it.
func (o *Optimizer) Momentum(share float64) *Optimizer {
	return o.with("momentum", func(c *Optimizer) { c.rule.Momentum = share }, "sgd", "rmsprop")
}

// Nesterov looks ahead along the momentum. SGD has it. (Nesterov, 1983)
func (o *Optimizer) Nesterov() *Optimizer {
	return o.with("Nesterov momentum", func(c *Optimizer) { c.rule.Nesterov = true }, "sgd")
}

// Rho is how much of the moving average is kept at a step. RMSprop and Adadelta
// have it.
func (o *Optimizer) Rho(rho float64) *Optimizer {
	return o.with("rho", func(c *Optimizer) { c.rule.Rho = rho }, "rmsprop", "adadelta")
}

// Centered makes RMSprop divide by the deviation instead of the root mean
// square. (Graves, 2013)
func (o *Optimizer) Centered() *Optimizer {
	return o.with("centering", func(c *Optimizer) { c.rule.Centered = true }, "rmsprop")
}

// Betas are how much of the moving averages of the gradient and of its square
// is kept at a step. Adam and its kin have them.
func (o *Optimizer) Betas(first, second float64) *Optimizer {
	return o.with("betas", func(c *Optimizer) { c.rule.Beta1, c.rule.Beta2 = first, second }, "adam", "adamw", "adamax", "nadam")
}

// Epsilon is what keeps divisors from 0. All but SGD have it.
func (o *Optimizer) Epsilon(epsilon float64) *Optimizer {
	return o.with("epsilon", func(c *Optimizer) { c.rule.Epsilon = epsilon }, OptimizerNames()[1:]...)
}

// AMSGrad makes Adam and AdamW divide by the largest average of squares so
// far. (Reddi et al., 2018)
func (o *Optimizer) AMSGrad() *Optimizer {
	return o.with("AMSGrad", func(c *Optimizer) { c.rule.AMSGrad = true }, "adam", "adamw")
}

// Accumulator is where Adagrad's sum of squares begins.
func (o *Optimizer) Accumulator(start float64) *Optimizer {
	return o.with("accumulator", func(c *Optimizer) { c.accumulator = start }, "adagrad")
}

// WeightDecay takes rate·decay of each weight away at each step.
func (o *Optimizer) WeightDecay(decay float64) *Optimizer {
	return o.with("weight decay", func(c *Optimizer) { c.rule.WeightDecay = decay }, OptimizerNames()...)
}

// ClipValue limits each element of the gradients to -limit … limit.
func (o *Optimizer) ClipValue(limit float64) *Optimizer {
	return o.with("clipping", func(c *Optimizer) { c.clipValue = limit }, OptimizerNames()...)
}

// ClipNorm shortens the gradient of each weight array to a length.
func (o *Optimizer) ClipNorm(length float64) *Optimizer {
	return o.with("clipping", func(c *Optimizer) { c.clipNorm = length }, OptimizerNames()...)
}

// ClipGlobalNorm shortens all gradients together to a length, which keeps their
// direction. (Pascanu et al., 2012)
func (o *Optimizer) ClipGlobalNorm(length float64) *Optimizer {
	return o.with("clipping", func(c *Optimizer) { c.clipGlobal = length }, OptimizerNames()...)
}

// On makes the rate follow a schedule.
func (o *Optimizer) On(s *Schedule) *Optimizer {
	return o.with("schedule", func(c *Optimizer) { c.schedule, c.unrated = s, c.unrated && s == nil }, OptimizerNames()...)
}

// with is a copy that f has changed, or an error if the optimizer is not one
// that has the setting.
func (o *Optimizer) with(what string, f func(*Optimizer), rules ...string) *Optimizer {
	c := o.clone()
	if c.err != nil {
		return c
	}
	if !slices.Contains(rules, o.rule.Rule) {
		c.err = fmt.Errorf("model: optimizer %s has no %s; want %s", o.rule.Rule, what, strings.Join(rules, ", "))
		return c
	}
	f(c)
	return c.check()
}

// check sets the error of settings that make no sense.
func (o *Optimizer) check() *Optimizer {
	bad := func(format string, args ...any) *Optimizer {
		o.err = fmt.Errorf("model: optimizer "+o.rule.Rule+": "+format, args...)
		return o
	}
	if o.err != nil {
		return o
	}
	for _, f := range o.fields() {
		if x := *f.at; math.IsNaN(x) || math.IsInf(x, 0) || x < 0 || f.share && x >= 1 {
			want := "at least 0"
			switch {
			case f.share:
				want = "0 to below 1"
			case f.at == &o.base:
				want = "more than 0"
			}
			return bad("%s is %v; want %s", f.name, x, want)
		}
	}
	clips := 0
	for _, x := range []float64{o.clipValue, o.clipNorm, o.clipGlobal} {
		if x != 0 {
			clips++
		}
	}
	if clips > 1 {
		return bad("clipped by value, norm and global norm at once; want one of them")
	}
	if o.schedule != nil && o.schedule.err != nil {
		return bad("%w", o.schedule.err)
	}
	return o
}

// An optimizerField is a setting by the name that it is saved under.
type optimizerField struct {
	name  string
	at    *float64
	share bool // below 1
}

func (o *Optimizer) fields() []optimizerField {
	r := &o.rule
	return []optimizerField{
		{"rate", &o.base, false}, {"momentum", &r.Momentum, true}, {"rho", &r.Rho, true}, {"beta_1", &r.Beta1, true},
		{"beta_2", &r.Beta2, true}, {"epsilon", &r.Epsilon, false}, {"weight_decay", &r.WeightDecay, false},
		{"clip_value", &o.clipValue, false}, {"clip_norm", &o.clipNorm, false}, {"clip_global_norm", &o.clipGlobal, false},
		{"accumulator", &o.accumulator, false},
	}
}

func (o *Optimizer) flags() map[string]*bool {
	return map[string]*bool{"nesterov": &o.rule.Nesterov, "centered": &o.rule.Centered, "amsgrad": &o.rule.AMSGrad}
}

func (o *Optimizer) clone() *Optimizer {
	c := *o
	return &c
}

// Name is the optimizer's name, such as "adam".
func (o *Optimizer) Name() string { return o.rule.Rule }

// Err says what is wrong with the optimizer, nil if nothing is.
func (o *Optimizer) Err() error {
	if o.err == nil && o.unrated {
		name := o.rule.Rule
		return fmt.Errorf("model: optimizer %s: rate is 0, which trains nothing; want more than 0 (in Go 1/100 is 0, 1.0/100 is not), a schedule by On, or OptimizerNamed(%q) with its rate of %v",
			name, name, OptimizerNamed(name).base)
	}
	return o.err
}

// String is the name and the rate.
func (o *Optimizer) String() string {
	switch {
	case o.Err() != nil:
		return o.Err().Error()
	case o.schedule != nil:
		return fmt.Sprintf("%s, rate by %v", o.rule.Rule, o.schedule)
	}
	return fmt.Sprintf("%s, rate %.6g", o.rule.Rule, o.base)
}

// Rate is the learning rate of the step that follows so many steps.
func (o *Optimizer) Rate(step int) float64 { return o.rate(step) }

// SetRate changes the learning rate from the next step on, in place of a
// schedule if there was one.
func (o *Optimizer) SetRate(rate float64) {
	o.base, o.scale, o.schedule, o.unrated = rate, 1, nil, false
}

// rate is the learning rate of the step that follows so many steps.
func (o *Optimizer) rate(step int) float64 {
	if o.schedule != nil {
		return o.schedule.At(step) * o.scale
	}
	return o.base * o.scale
}

// slotStart is what the array number k that the rule remembers of a variable
// begins as.
func (o *Optimizer) slotStart(k int) float64 {
	if k == 0 {
		return o.accumulator
	}
	return 0
}

// apply makes every run change the variables by their gradients. Rate and step
// (from 1) are nodes without axes; slots gives the n arrays that are remembered
// of a variable.
func (o *Optimizer) apply(g *tensor.Graph, vars []*tensor.Variable, grads []*tensor.Node, rate, step *tensor.Node, slots func(v *tensor.Variable, n int) []*tensor.Variable) {
	for i, d := range o.clip(g, grads) {
		g.Update(o.rule, vars[i], d, rate, step, slots(vars[i], o.rule.Slots()))
	}
}

// clip is the gradients within the limits.
func (o *Optimizer) clip(g *tensor.Graph, grads []*tensor.Node) []*tensor.Node {
	out := slices.Clone(grads)
	switch {
	case o.clipValue != 0:
		for i, d := range out {
			out[i] = d.Clip(-o.clipValue, o.clipValue)
		}
	case o.clipNorm != 0:
		for i, d := range out {
			out[i] = d.Mul(shrink(d.Square().Sum(), o.clipNorm))
		}
	case o.clipGlobal != 0 && len(out) > 0:
		sum := g.Const(0)
		for _, d := range out {
			sum = sum.Add(d.Square().Sum())
		}
		by := shrink(sum, o.clipGlobal)
		for i, d := range out {
			out[i] = d.Mul(by)
		}
	}
	return out
}

// shrink is the factor that makes a length, given as its square, at most limit.
func shrink(square *tensor.Node, limit float64) *tensor.Node {
	to := square.Graph().Const(limit)
	return to.Div(square.Sqrt().Maximum(to))
}

// config is what the optimizer is saved as.
func (o *Optimizer) config() config {
	c := config{Name: o.rule.Rule, Numbers: map[string]float64{"scale": o.scale}}
	for _, f := range o.fields() {
		c.Numbers[f.name] = *f.at
	}
	for name, on := range o.flags() {
		c.Numbers[name] = flag(*on)
	}
	if o.schedule != nil {
		s := o.schedule.config()
		c.Of = &s
	}
	return c
}

// optimizerOf is the optimizer that was saved.
func optimizerOf(c config) *Optimizer {
	o := OptimizerNamed(c.Name)
	if o.err != nil {
		return o
	}
	c = c.clone()
	for _, f := range o.fields() {
		*f.at = c.take(f.name, *f.at)
	}
	for name, on := range o.flags() {
		*on = c.take(name, 0) != 0
	}
	o.scale = c.take("scale", 1)
	if c.Of != nil {
		o.schedule = scheduleOf(*c.Of)
	}
	o.err = c.left("optimizer")
	return o.check()
}
