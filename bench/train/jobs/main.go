//go:build unix

// Command jobs does one of the jobs of bench/train/compare.py with the packages
// learn/model and learn/tensor, and prints for each form of it a line of JSON:
// what a second got done, by the clock and by processor time, and the values that
// all engines must agree on.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

func main() {
	dir := flag.String("job", "", "folder of the job")
	threads := flag.Int("threads", 1, "how many threads")
	form := flag.String("form", "", "measure this form alone")
	flag.Parse()
	j := read(*dir, *threads)
	kinds := map[string][]way{
		"mlp": {{"fit", fit}, {"step", loop}}, "cnn": {{"fit", fit}, {"step", loop}},
		"resnet": {{"predict", predict}, {"plan", infer}}, "gemm": {{"plan", multiply}},
	}
	for _, w := range kinds[j.Kind] {
		if *form == "" || *form == w.name {
			f := w.run(j)
			f.Form = w.name
			if err := json.NewEncoder(os.Stdout).Encode(f); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// A way is one of the forms that a job can be done in.
type way struct {
	name string
	run  func(j *job) figures
}

type figures struct {
	Form   string    `json:"form"`
	Rate   float64   `json:"rate"`
	Busy   float64   `json:"busy"`
	Values []float64 `json:"values"`
}

// must is the value of a call that cannot fail here.
func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// measure repeats as many runs as take a twentieth of a second, as the peers do,
// and tells the fastest repetition.
func measure(items int, values []float64, run func()) figures {
	run()
	first := time.Now()
	run()
	runs := int(math.Ceil(0.05 / time.Since(first).Seconds()))
	clock, busy, spent, times := math.Inf(1), math.Inf(1), 0.0, 0
	for times < 3 || spent < 1.5 {
		begin, used := time.Now(), processorTime()
		for range runs {
			run()
		}
		took := time.Since(begin).Seconds()
		busy = min(busy, processorTime()-used)
		clock, spent, times = min(clock, took), spent+took, times+1
		if spent > 6 {
			break
		}
	}
	items *= runs
	return figures{Rate: float64(items) / clock, Busy: float64(items) / busy, Values: values}
}

func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// multiply is the product of two square matrices.
func multiply(j *job) figures {
	n := j.N
	g := tensor.NewGraph(tensor.Float32)
	p := must(tensor.CPU(j.threads).Load(must(g.Compile(g.Input("a", n, n).MatMul(g.Input("b", n, n))))))
	for _, name := range []string{"a", "b"} {
		copy(p.Input(name).Raw().([]float32), j.floats(name))
	}
	run := func() {
		if err := p.Run(0, 0); err != nil {
			log.Fatal(err)
		}
	}
	run()
	sum := 0.0
	for _, x := range p.Output(0).Raw().([]float32) {
		sum += float64(x)
	}
	return measure(2*n*n*n, []float64{sum}, run)
}

// sizes are the sum and the largest of absolute values, of all and of the first
// row.
func sizes(t *tensor.Tensor) []float64 {
	sum, most := 0.0, 0.0
	for i, x := range t.Raw().([]float32) {
		x := math.Abs(float64(x))
		if i < t.Shape()[1] {
			most = max(most, x)
		}
		sum += x
	}
	return []float64{sum, most}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// layerName is a name for the i-th layer with weights.
func layerName(i int) string { return fmt.Sprint("w", i) }
