package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/tables"
)

// What errors of this package wrap, besides the causes that models and tables
// give them; ask with errors.Is.
var (
	ErrTable           = errors.New("no table")
	ErrName            = errors.New("unsuitable column name")
	ErrNoColumn        = tables.ErrNoColumn
	ErrDuplicateOutput = errors.New("duplicate output")
	ErrColumnExists    = errors.New("column exists")
	ErrOutputType      = errors.New("unsuitable output type")
	ErrNoBatch         = errors.New("no batch size")
	ErrBatchSize       = errors.New("unsuitable batch size")
	ErrOutputs         = errors.New("outputs and verb do not match")
	ErrFunc            = errors.New("unsuitable gather or scatter")
	ErrModel           = errors.New("unsuitable model")
	ErrPanic           = errors.New("model panicked")
)

// failure is an error of this package: its own text, a sentinel to recognise
// it by, and what it wraps.
type failure struct {
	kind error
	text error
}

func fail(kind error, format string, args ...any) error {
	return &failure{kind, fmt.Errorf("learn: "+format, args...)}
}

func (v verb) fail(kind error, format string, args ...any) error {
	return &failure{kind, fmt.Errorf(v.prefix+format, args...)}
}

// Error is the text, without the sentinel's.
func (f *failure) Error() string { return f.text.Error() }

// Unwrap gives both the sentinel and the cause to errors.Is and errors.As.
func (f *failure) Unwrap() []error { return []error{f.kind, f.text} }

// prepare checks a call. The order is fixed, so that of several mistakes the
// same one is reported first: the options' own errors, the table, the inputs'
// columns, the outputs' names, the batch size, the model, the types.
func prepare(v verb, t *tables.Table, model any, opts []Option) (*call, error) {
	c := &call{verb: v, ctx: context.Background()}
	for i, o := range opts {
		if o == nil {
			return nil, v.fail(ErrFunc, "option %d is nil", i)
		}
		o.apply(c)
	}
	if err := c.checkOptions(); err != nil {
		return nil, err
	}
	switch {
	case t == nil:
		return nil, v.fail(ErrTable, "the table is nil")
	case t.Err() != nil:
		return nil, v.fail(ErrTable, "%w", t.Err())
	}
	for _, check := range []func(*tables.Table) error{c.checkInputs, c.checkOutputs, c.checkBatch} {
		if err := check(t); err != nil {
			return nil, err
		}
	}
	var err error
	if c.model, err = adapt(v, model, c.ins); err != nil {
		return nil, err
	}
	return c, c.checkTypes(t)
}

func (c *call) checkOptions() error {
	for _, in := range c.ins {
		if in.err != nil {
			return in.err
		}
		if in.spec.Err() != nil { // the zero Input
			return fail(ErrFunc, "in: %w", in.spec.Err())
		}
	}
	for _, o := range c.outs {
		if o.err != nil {
			return o.err
		}
		if o.spec.Err() != nil { // the zero Output
			return fail(ErrFunc, "out %q: %w", o.name, o.spec.Err())
		}
	}
	return nil
}

// checkInputs wants every input column to exist (DH-7), and keeps the columns
// that some input names.
func (c *call) checkInputs(t *tables.Table) error {
	var cols []tables.Col
	var seen, missing []string
	for _, in := range c.ins {
		for _, name := range in.cols {
			if slices.Contains(seen, name) {
				continue
			}
			seen = append(seen, name)
			if col, ok := t.Column(name); ok {
				cols = append(cols, *col)
			} else {
				missing = append(missing, name)
			}
		}
	}
	if len(missing) > 0 {
		return c.verb.fail(ErrNoColumn, "no input column %s%s", quoted(missing), meant(missing, t.Names()))
	}
	c.rows = tables.Empty(t.Len())
	if len(cols) > 0 {
		c.rows = tables.New(cols...)
	}
	return c.rows.Err()
}

// checkOutputs wants new names (DH-8), each once (DH-9).
func (c *call) checkOutputs(t *tables.Table) error {
	var seen, twice, taken []string
	for _, o := range c.outs {
		if slices.Contains(seen, o.name) && !slices.Contains(twice, o.name) {
			twice = append(twice, o.name)
		}
		seen = append(seen, o.name)
		if t.Has(o.name) {
			taken = append(taken, o.name)
		}
	}
	switch {
	case len(twice) > 0:
		return c.verb.fail(ErrDuplicateOutput, "several outputs are named %s; each wants a name of its own", quoted(twice))
	case len(taken) > 0:
		return c.verb.fail(ErrColumnExists, "the table already has %s; give the output another name, or rename or drop the column", quoted(taken))
	case c.verb == learning && len(c.outs) == 0:
		return fail(ErrOutputs, "no outputs, so the model would run for nothing; add learn.Out(…), or use learn.Train")
	case c.verb == training && len(c.outs) > 0:
		return fail(ErrOutputs, "train: outputs %s; training adds no columns, use learn.Learn", quoted(seen))
	}
	return nil
}

func (c *call) checkBatch(t *tables.Table) error {
	switch {
	case c.batchN == 0:
		return c.verb.fail(ErrNoBatch, "no batch size, and it cannot be inferred; add learn.Batch(n), for all %d rows at once learn.Batch(%d)", t.Len(), max(t.Len(), 1))
	case c.batchN > 1:
		return c.verb.fail(ErrBatchSize, "the batch size is given %d times", c.batchN)
	case t.Len() == 0 && c.batch == 0:
		c.batch = 1 // Batch(t.Len()) of a table without rows
	case c.batch <= 0:
		return c.verb.fail(ErrBatchSize, "batch size %d; want at least 1", c.batch)
	}
	return nil
}

// checkTypes asks each input whether its columns can be gathered at all.
func (c *call) checkTypes(t *tables.Table) error {
	for _, in := range c.ins {
		if err := in.spec.Check(t, in.cols); err != nil {
			return fmt.Errorf("learn: %w", err)
		}
	}
	return nil
}

func quoted(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(q, ", ")
}

// meant is advice about names that are not there.
func meant(missing, have []string) string {
	var hints []string
	for _, m := range missing {
		for _, h := range have {
			if strings.EqualFold(m, h) || (len(m) > 2 && oneEdit(strings.ToLower(m), strings.ToLower(h))) {
				hints = append(hints, fmt.Sprintf("%q", h))
				break
			}
		}
	}
	if len(hints) > 0 {
		return "; did you mean " + strings.Join(hints, ", ") + "?"
	}
	if len(have) == 0 {
		return "; the table has no columns"
	}
	const most = 12
	if len(have) > most {
		return fmt.Sprintf("; the table has %s and %d more", quoted(have[:most]), len(have)-most)
	}
	return "; the table has " + quoted(have)
}

// oneEdit reports whether a character put in, left out, replaced or exchanged
// with its neighbour makes b of a.
func oneEdit(a, b string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
