package model

import (
	"math"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// stepper is variables that an optimizer changes by gradients that are given.
type stepper struct {
	o     *Optimizer
	vars  []*tensor.Variable
	slots map[*tensor.Variable][]*tensor.Variable
	prog  tensor.Program
	grads []*tensor.Tensor
	done  int
}

// newStepper makes variables of the given values.
func newStepper(t *testing.T, o *Optimizer, values ...[]float64) *stepper {
	t.Helper()
	if o.err != nil {
		t.Fatal(o.err)
	}
	s := &stepper{o: o, slots: map[*tensor.Variable][]*tensor.Variable{}}
	g := tensor.NewGraph(tensor.Float64)
	var grads []*tensor.Node
	for i, v := range values {
		v, err := tensor.NewVariable("v", tensor.FromFloat64s([]int{len(v)}, v...).Clone())
		if err != nil {
			t.Fatal(err)
		}
		s.vars = append(s.vars, v)
		grads = append(grads, g.Input(string(rune('a'+i)), v.Value().Len()))
	}
	o.apply(g, s.vars, grads, g.Input("rate"), g.Input("step"), func(v *tensor.Variable, n int) []*tensor.Variable {
		for k := range n {
			start := tensor.New(tensor.Float64, v.Value().Shape()...)
			if err := Constant(o.slotStart(k)).fill(start, 1, 1, 1); err != nil {
				t.Fatal(err)
			}
			slot, err := tensor.NewVariable("slot", start)
			if err != nil {
				t.Fatal(err)
			}
			s.slots[v] = append(s.slots[v], slot)
		}
		return s.slots[v]
	})
	s.prog = compile(t, g)
	for i := range values {
		s.grads = append(s.grads, s.prog.Input(string(rune('a'+i))))
	}
	return s
}

// step takes a step with a gradient for each variable and returns the first.
func (s *stepper) step(t *testing.T, grads ...[]float64) []float64 {
	t.Helper()
	for i, g := range grads {
		copy(s.grads[i].Raw().([]float64), g)
	}
	s.prog.Input("rate").Raw().([]float64)[0] = s.o.rate(s.done)
	s.prog.Input("step").Raw().([]float64)[0] = float64(s.done + 1)
	s.done++
	if err := s.prog.Run(1, uint64(s.done)); err != nil {
		t.Fatal(err)
	}
	return s.vars[0].Value().Float64s()
}

// slowRules are the rules for one number, as Keras 3 has them: they return the
// change that is taken away, and keep what they remember in m.
var slowRules = map[string]func(o *Optimizer, m map[string]float64, g, rate, step float64) float64{
	"sgd": func(o *Optimizer, m map[string]float64, g, rate, _ float64) float64 {
		r := o.rule
		if r.Momentum == 0 {
			return rate * g
		}
		m["v"] = r.Momentum*m["v"] - rate*g
		if r.Nesterov {
			return -(r.Momentum*m["v"] - rate*g)
		}
		return -m["v"]
	},
	"rmsprop": func(o *Optimizer, m map[string]float64, g, rate, _ float64) float64 {
		r := o.rule
		m["v"] = r.Rho*m["v"] + (1-r.Rho)*g*g
		d := m["v"] + r.Epsilon
		if r.Centered {
			m["g"] = r.Rho*m["g"] + (1-r.Rho)*g
			d = m["v"] - m["g"]*m["g"] + r.Epsilon
		}
		by := rate * g / math.Sqrt(d)
		if r.Momentum == 0 {
			return by
		}
		m["m"] = r.Momentum*m["m"] + by
		return m["m"]
	},
	"adagrad": func(o *Optimizer, m map[string]float64, g, rate, step float64) float64 {
		if step == 1 {
			m["v"] = o.accumulator
		}
		m["v"] += g * g
		return rate * g / math.Sqrt(m["v"]+o.rule.Epsilon)
	},
	"adadelta": func(o *Optimizer, m map[string]float64, g, rate, _ float64) float64 {
		r := o.rule
		m["v"] = r.Rho*m["v"] + (1-r.Rho)*g*g
		d := -math.Sqrt(m["d"]+r.Epsilon) * g / math.Sqrt(m["v"]+r.Epsilon)
		m["d"] = r.Rho*m["d"] + (1-r.Rho)*d*d
		return -rate * d
	},
	"adam": slowAdam, "adamw": slowAdam,
	"adamax": func(o *Optimizer, m map[string]float64, g, rate, step float64) float64 {
		r := o.rule
		m["m"] += (g - m["m"]) * (1 - r.Beta1)
		m["u"] = math.Max(r.Beta2*m["u"], math.Abs(g))
		return rate * m["m"] / ((1 - math.Pow(r.Beta1, step)) * (m["u"] + r.Epsilon))
	},
	"nadam": func(o *Optimizer, m map[string]float64, g, rate, step float64) float64 {
		r := o.rule
		u := func(t float64) float64 { return r.Beta1 * (1 - 0.5*math.Pow(0.96, t)) }
		if step == 1 {
			m["product"] = 1
		}
		m["product"] *= u(step)
		m["m"] += (g - m["m"]) * (1 - r.Beta1)
		m["v"] += (g*g - m["v"]) * (1 - r.Beta2)
		first := u(step+1)*m["m"]/(1-m["product"]*u(step+1)) + (1-u(step))*g/(1-m["product"])
		return rate * first / (math.Sqrt(m["v"]/(1-math.Pow(r.Beta2, step))) + r.Epsilon)
	},
}

func slowAdam(o *Optimizer, m map[string]float64, g, rate, step float64) float64 {
	r := o.rule
	alpha := rate * math.Sqrt(1-math.Pow(r.Beta2, step)) / (1 - math.Pow(r.Beta1, step))
	m["m"] += (g - m["m"]) * (1 - r.Beta1)
	m["v"] += (g*g - m["v"]) * (1 - r.Beta2)
	v := m["v"]
	if r.AMSGrad {
		m["top"] = math.Max(m["top"], v)
		v = m["top"]
	}
	return alpha * m["m"] / (math.Sqrt(v) + r.Epsilon)
}

// allOptimizers is one of each kind, with and without its settings.
func allOptimizers() []*Optimizer {
	var all []*Optimizer
	for _, name := range OptimizerNames() {
		all = append(all, OptimizerNamed(name))
	}
	return append(all, SGD(0.1).Momentum(0.9), SGD(0.1).Momentum(0.9).Nesterov(), SGD(0.1).WeightDecay(0.01),
		RMSprop(0.1).Momentum(0.5).Rho(0.8), RMSprop(0.1).Centered(), RMSprop(0.1).Centered().Momentum(0.5), Adagrad(0.1).Accumulator(0.5),
		Adadelta(1).Rho(0.9).Epsilon(1e-3), Adam(0.1).Betas(0.8, 0.9).AMSGrad(), AdamW(0.1).WeightDecay(0.1), AdamW(0.01).AMSGrad(),
		Adamax(0.1), Nadam(0.1), Nadam(0.01).WeightDecay(0.02), Adam(0).On(ExponentialDecay(0.1, 3, 0.5)))
}

// Every optimizer takes the steps of its definition.
func TestOptimizers(t *testing.T) {
	forgetful := []*Optimizer{Adam(0.1).Betas(0.9, 0), AdamW(0.1).Betas(0, 0.9), Adamax(0.1).Betas(0, 0), Nadam(0.1).Betas(0.9, 0)}
	for _, o := range append(allOptimizers(), forgetful...) {
		start := []float64{1, -2, 0.5, 3, 0}
		s := newStepper(t, o, start)
		want := append([]float64{}, start...)
		memory := make([]map[string]float64, len(start))
		for step := 1; step <= 7; step++ {
			grads := make([]float64, len(start))
			for i := range grads {
				grads[i] = math.Sin(float64(3*step+i)) * math.Pow(10, float64(i-2))
			}
			got := s.step(t, grads)
			for i, g := range grads {
				if memory[i] == nil {
					memory[i] = map[string]float64{}
				}
				rate := o.rate(step - 1)
				want[i] -= want[i] * o.rule.WeightDecay * rate
				want[i] -= slowRules[o.Name()](o, memory[i], g, rate, float64(step))
				if !closeTo(got[i], want[i], 1e-9) {
					t.Fatalf("%v: number %d is %v after step %d, want %v", o, i, got[i], step, want[i])
				}
			}
		}
	}
}

// Clipping limits gradients: each element, each array, or all together.
func TestClipping(t *testing.T) {
	a, b := []float64{3, 4}, []float64{0, 12}
	for _, c := range []struct {
		o    *Optimizer
		want [2]float64 // the change of a
	}{
		{SGD(1).ClipValue(3.5), [2]float64{3, 3.5}},
		{SGD(1).ClipNorm(1), [2]float64{0.6, 0.8}},
		{SGD(1).ClipNorm(6), [2]float64{3, 4}},
		{SGD(1).ClipGlobalNorm(6.5), [2]float64{1.5, 2}},
		{SGD(1).ClipGlobalNorm(20), [2]float64{3, 4}},
	} {
		got := newStepper(t, c.o, []float64{0, 0}, []float64{0, 0}).step(t, a, b)
		for i := range got {
			if !closeTo(-got[i], c.want[i], 1e-12) {
				t.Errorf("%+v changes by %v, want %v", c.o.fields(), got, c.want)
			}
		}
	}
	if got := newStepper(t, SGD(1).ClipGlobalNorm(1), []float64{5}).step(t, []float64{0}); got[0] != 5 {
		t.Errorf("a gradient of 0 makes %v of 5", got)
	}
}

// The rate follows the schedule until it is set.
func TestOptimizerRate(t *testing.T) {
	o := Adam(0.5).On(CosineDecay(1, 10))
	if r := o.Rate(5); !closeTo(r, 0.5, 1e-12) {
		t.Errorf("half way the rate is %v", r)
	}
	o.scale = 0.1
	if r := o.Rate(0); r != 0.1 {
		t.Errorf("scaled, the rate is %v", r)
	}
	o.SetRate(0.3)
	if r := o.Rate(5); r != 0.3 {
		t.Errorf("the rate is %v after it was set to 0.3", r)
	}
	for name, want := range map[string]float64{"sgd": 0.01, "Adamax": 0.001, "ADAM": 0.001} {
		if r := OptimizerNamed(name).Rate(0); r != want {
			t.Errorf("%s begins with the rate %v, want %v", name, r, want)
		}
	}
}

// What makes no sense is an error of the optimizer.
func TestOptimizerErrors(t *testing.T) {
	wantError(t, OptimizerNamed("adm").Err(), `no optimizer "adm"; did you mean "adam"?`)
	wantError(t, Adam(-1).Err(), "optimizer adam: rate is -1; want more than 0")
	wantError(t, Adam(math.NaN()).Err(), "rate is NaN")
	wantError(t, SGD(0.1).Momentum(1).Err(), "momentum is 1; want 0 to below 1")
	wantError(t, Adam(0.1).Momentum(0.5).Err(), "optimizer adam has no momentum; want sgd, rmsprop")
	wantError(t, Adam(0.1).Betas(0.9, 1).Err(), "beta_2 is 1")
	wantError(t, SGD(0.1).Epsilon(1).Err(), "no epsilon")
	wantError(t, Adam(0.1).ClipNorm(1).ClipValue(1).Err(), "want one of them")
	wantError(t, Adam(-1).ClipNorm(1).Err(), "rate is -1")
	if o := SGD(0.1); o.Momentum(0.5) == o || o.rule.Momentum != 0 {
		t.Error("Momentum has changed the optimizer it was called on")
	}
}

// A rate of 0 is no default: it is refused where no schedule takes its place.
func TestOptimizerZeroRate(t *testing.T) {
	for name, of := range map[string]func(float64) *Optimizer{"sgd": SGD, "rmsprop": RMSprop, "adagrad": Adagrad, "adadelta": Adadelta,
		"adam": Adam, "adamw": AdamW, "adamax": Adamax, "nadam": Nadam} {
		wantError(t, of(0).ClipNorm(1).Err(), "model: optimizer "+name+": rate is 0, which trains nothing; want more than 0")
		if err := of(0).ClipNorm(1).On(ExponentialDecay(0.1, 3, 0.5)).Err(); err != nil {
			t.Errorf("%s with a schedule: %v", name, err)
		}
		o := of(0)
		if o.SetRate(0.1); o.Err() != nil || o.Rate(0) != 0.1 {
			t.Errorf("%s with its rate set: rate %v (%v)", name, o.Rate(0), o.Err())
		}
	}
	wantError(t, SGD(0).On(nil).Err(), "rate is 0")
	wantError(t, SGD(0).Err(), `(in Go 1/100 is 0, 1.0/100 is not), a schedule by On, or OptimizerNamed("sgd") with its rate of 0.01`)
	wantError(t, Sequential(Dense(1)).Compile(Adam(0), MeanSquaredError()), "optimizer adam: rate is 0")
	if s := SGD(0).String(); s != SGD(0).Err().Error() {
		t.Errorf("it reads %q", s)
	}
}

// An optimizer that is saved is the same again.
func TestOptimizerConfig(t *testing.T) {
	for _, o := range append(allOptimizers(), Adam(0.1).ClipNorm(2), SGD(1).ClipGlobalNorm(2), SGD(1).ClipValue(2)) {
		again := optimizerOf(throughJSON(t, o.config()))
		again.schedule, o.schedule = nil, again.schedule
		if *again != *o && o.schedule == nil {
			t.Errorf("%+v is saved and comes back as %+v", o, again)
		}
	}
	scheduled := optimizerOf(throughJSON(t, Adam(0).On(CosineDecay(1, 10)).config()))
	if r := scheduled.Rate(5); scheduled.err != nil || !closeTo(r, 0.5, 1e-12) {
		t.Errorf("with its schedule saved, the rate is %v (%v)", r, scheduled.err)
	}
	wantError(t, optimizerOf(config{Name: "adam", Numbers: map[string]float64{"rate": -1}}).Err(), "rate is -1")
	wantError(t, optimizerOf(config{Name: "adam", Numbers: map[string]float64{"speed": 1}}).Err(), `no number "speed"`)
}
