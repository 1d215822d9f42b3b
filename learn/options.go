package learn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/tables"
)

// An Option is an argument of [Learn] and [Train] after the model: an [Input],
// an [Output], or what [Batch] and [Context] return.
type Option interface {
	apply(c *call)
}

// An Input names the columns that make one argument of the model, and how.
type Input struct {
	spec gather.Spec
	cols []string
	err  error
}

// In is the input that gathers the named columns, in that order; a name may
// come twice. Each In is one argument of the model. (DH-6)
func In(how gather.Spec, columns ...string) Input {
	in := Input{spec: how, cols: slices.Clone(columns)}
	switch {
	case how.Err() != nil:
		in.err = fail(ErrFunc, "in: %w", how.Err())
	case len(columns) == 0:
		in.err = fail(ErrName, "in: %v without a column; name at least one", how)
	}
	for _, name := range columns {
		if in.err == nil && (name == "" || strings.TrimSpace(name) != name) {
			in.err = fail(ErrName, "in: want column names without surrounding blanks, got %q", name)
		}
	}
	return in
}

// Err says what is wrong with the input itself; [Learn] reports it too.
func (in Input) Err() error { return in.err }

// Columns is the names of the columns, in order.
func (in Input) Columns() []string { return slices.Clone(in.cols) }

// String is the input's way of gathering and its columns. (DH-17)
func (in Input) String() string { return fmt.Sprintf("In(%v, %v)", in.spec, in.cols) }

func (in Input) apply(c *call) { c.ins = append(c.ins, in) }

// An Output is a column that a call adds: its name, how its values come out of
// the model's result, and its type.
type Output struct {
	name string
	spec scatter.Spec
	typ  tables.Type
	err  error
}

// Out is the output column of that name and type. Values are cast to the type:
// a float loses its fraction on the way to an integer, and one that does not
// fit is an error. The type 0 takes the type of the values as they come. The
// name must be an identifier, so that formulas can use it. (DH-12, DH-13)
func Out(name string, how scatter.Spec, t tables.Type) Output {
	out := Output{name: name, spec: how, typ: t}
	switch {
	case how.Err() != nil:
		out.err = fail(ErrFunc, "out %q: %w", name, how.Err())
	case !identifier(name):
		hint := ""
		if s := spelled(name); identifier(s) {
			hint = fmt.Sprintf("; %q would do", s)
		}
		out.err = fail(ErrName, "out: want a column name of letters, digits and _ that begins with no digit, got %q%s", name, hint)
	case t != 0 && strings.Contains(t.String(), "invalid"):
		out.err = fail(ErrOutputType, "out %q: %d is no column type", name, t)
	}
	return out
}

// identifier reports whether formulas can spell the name.
func identifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

// spelled is the name with what no identifier may hold made an underscore.
func spelled(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name), "_")
}

// Err says what is wrong with the output itself; [Learn] reports it too.
func (o Output) Err() error { return o.err }

// Column is the name of the column.
func (o Output) Column() string { return o.name }

// String is the output's column, way of scattering and type. (DH-17)
func (o Output) String() string {
	t := o.typ.String()
	if o.typ == 0 {
		t = "as it comes"
	}
	return fmt.Sprintf("Out(%s, %v, %s)", o.name, o.spec, t)
}

func (o Output) apply(c *call) { c.outs = append(c.outs, o) }

type batchOption int

// Batch is the largest number of rows that the model gets at once. Rows are
// cut in order; the last batch is what remains. It cannot be left out; for
// training in one go it is t.Len(). (DH-3, DH-4, DH-5)
func Batch(rows int) Option { return batchOption(rows) }

func (b batchOption) apply(c *call) {
	c.batch = int(b)
	c.batchN++
}

// String is how the option is written.
func (b batchOption) String() string { return fmt.Sprintf("Batch(%d)", int(b)) }

type contextOption struct{ ctx context.Context }

// Context ends the call between two batches once ctx is done, with an error
// that wraps the context's. A model function whose first parameter is a
// context.Context gets it too.
func Context(ctx context.Context) Option { return contextOption{ctx} }

func (o contextOption) apply(c *call) {
	if o.ctx != nil {
		c.ctx = o.ctx
	}
}
