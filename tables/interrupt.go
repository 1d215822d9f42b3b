package tables

import (
	"iter"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A verb that is interrupted ends by a panic, see package interrupt: its caller
// gets no table. Work on many rows asks for that every pollRows rows, which
// take from some microseconds to a millisecond.
const pollRows = 1 << 12

// spans cuts n rows into pieces and asks for the interrupt between them.
func spans(n int) iter.Seq2[int, int] { return interrupt.Spans(n) }

// poll is for loops that do more in a row than to copy it.
func poll(row int) {
	if row%pollRows == 0 {
		interrupt.Check()
	}
}
