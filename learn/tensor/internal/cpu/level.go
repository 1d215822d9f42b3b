package cpu

import "fmt"

// A Level is a set of instructions that kernels are written for.
type Level int

// The levels. A kernel that has no code of its own for a level runs that of the
// next lower one: only products of float32 matrices have code for AVX512.
const (
	Generic Level = iota // Go
	AVX2                 // AVX2 and FMA
	AVX512               // AVX-512 F, DQ, BW and VL
)

// String is the name of the instructions.
func (l Level) String() string {
	switch l {
	case Generic:
		return "generic"
	case AVX2:
		return "avx2"
	case AVX512:
		return "avx512"
	}
	return fmt.Sprintf("Level(%d)", int(l))
}

// level is what the kernels run.
var level = Best()

// Best is the highest level that this machine can run.
func Best() Level { return best }

// Use makes all kernels run at a level, or at Best where that is lower, until
// restore is called. It is for tests and measurements: it must not be called
// while kernels run.
func Use(l Level) (restore func()) {
	old := level
	level = max(Generic, min(l, Best()))
	return func() { level = old }
}
