package interp

import (
	"fmt"
	"strings"
)

// A stringer is what compiled code gets for a cell's value with a String
// method. It formats as the value itself would: by String for the verbs of
// text, by what is behind it for the others. The field names are yaegi's.
type stringer struct {
	IValue  any
	WString func() string
}

func (w stringer) String() string {
	if w.WString == nil {
		return ""
	}
	return w.WString()
}

// Format implements fmt.Formatter.
func (w stringer) Format(f fmt.State, verb rune) {
	v := w.IValue
	if strings.ContainsRune("vsxXq", verb) && !f.Flag('#') {
		v = w.String()
	}
	fmt.Fprintf(f, fmt.FormatString(f, verb), v)
}
