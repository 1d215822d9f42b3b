package plots

import "github.com/sheaf-go/sheaf/internal/interrupt"

// poll is for loops over rows: a chart that is interrupted ends by a panic, see
// package interrupt.
func poll(row int) {
	if row%(1<<12) == 0 {
		interrupt.Check()
	}
}

// manyRows is how many rows several cores look at; tests set it low.
var manyRows = 1 << 18

// asking is a comparison that asks for the interrupt now and then.
func asking[T any](compare func(a, b T) int) func(a, b T) int {
	asked := 0
	return func(a, b T) int {
		poll(asked)
		asked++
		return compare(a, b)
	}
}
