package tensor

// A Device runs plans. [CPU] is one.
type Device interface {
	// Name says what the device is.
	Name() string
	// Load prepares a plan for many runs: memory is taken and operations are
	// bound to it, so that a run allocates nothing.
	Load(p *Plan) (Program, error)
}

// A Program is a plan on a device. It is for one goroutine at a time; so are
// programs that share variables, if one of them changes these.
type Program interface {
	// Input is the memory of an input, which keeps its values between runs; nil
	// if the plan has no such input. Its elements are set by those of its Raw
	// slice: []float32 or []float64, or []int32 for Graph.InputInts.
	Input(name string) *Tensor
	// Output is the memory of an output of Graph.Compile, by its number. It is
	// valid until the next run.
	Output(i int) *Tensor
	// Run computes all outputs and then changes variables. What is random
	// follows from seed and step, whatever the device's number of threads. An
	// error, such as a label out of range, leaves variables unchanged.
	Run(seed, step uint64) error
}
