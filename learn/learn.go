// Package learn runs a model over a table: it gathers columns of a batch of
// rows into the model's arguments, calls the model, and scatters what the
// model returns into new columns.
//
//	out := learn.Learn(t, model, learn.Batch(256),
//		learn.In(gather.Float64, "A", "B"),
//		learn.Out("C", scatter.Column, tables.Float64))
//	err := learn.Train(t, fit, learn.Batch(t.Len()),
//		learn.In(gather.Float64, "A", "B"), learn.In(gather.Int16, "y"))
//
// A model is any function: it takes one argument for each [In], in order, and
// returns a result, or a result and an error. A leading context.Context
// argument gets the one of [Context]. Instead of a function, a value with a
// method Predict (for Learn) or Fit (for Train) will do. Package gather says
// what the arguments can be, package scatter what the result can be.
//
// The package knows nothing of how models compute; it is not the place to look
// for one (see learn/classic and learn/model).
package learn

import (
	"context"
	"fmt"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// Learn is the table t with one more column for each [Out], computed by the
// model from the [In] columns, [Batch] rows at a time in the order of the
// table. The model is called once for each batch, however many outputs there
// are, and not at all for a table without rows; t is not changed.
//
// All that can be checked is checked before the model is first called. If
// anything fails, no partial table comes back: the returned table carries the
// error, which wraps its cause. (DH-1 … DH-19)
func Learn(t *tables.Table, model any, opts ...Option) *tables.Table {
	c, err := prepare(learning, t, model, opts)
	if err != nil {
		return tables.Failed(err)
	}
	columns := make([]*scatter.Builder, len(c.outs))
	for i, o := range c.outs {
		columns[i] = scatter.NewBuilder(o.name, o.typ, t.Len())
	}
	err = c.run(func(result any, from, to int) error {
		for i, o := range c.outs {
			values, err := o.spec.Scatter(result, to-from)
			if err == nil {
				err = columns[i].Append(values)
			}
			if err != nil {
				return fmt.Errorf("learn: output %q, rows %d to %d: %w", o.name, from, to-1, err)
			}
		}
		return nil
	})
	if err != nil {
		return tables.Failed(err)
	}
	cols := make([]tables.Col, len(columns))
	for i, b := range columns {
		cols[i] = b.Col()
	}
	out := t.With(cols...)
	if err := out.Err(); err != nil {
		return tables.Failed(fmt.Errorf("learn: %w", err))
	}
	return out
}

// Train calls fit for each batch of t, for what fit does on the side: what it
// returns besides an error is ignored. It takes no [Out]. (DH-2)
func Train(t *tables.Table, fit any, opts ...Option) error {
	c, err := prepare(training, t, fit, opts)
	if err != nil {
		return err
	}
	return c.run(func(any, int, int) error { return nil })
}

// verb is what is being done, for messages and for the method of a model.
type verb struct{ prefix, method string }

var (
	learning = verb{"learn: ", "Predict"}
	training = verb{"learn: train: ", "Fit"}
)

// call is a checked Learn or Train, ready to run.
type call struct {
	verb   verb
	ctx    context.Context
	rows   *tables.Table // the columns that inputs name
	model  caller
	ins    []Input
	outs   []Output
	batch  int
	batchN int // how often Batch was given
}

// run gathers and computes batch by batch and hands each result to done.
func (c *call) run(done func(result any, from, to int) error) error {
	for from := 0; from < c.rows.Len(); from += c.batch {
		interrupt.Check()
		to := min(from+c.batch, c.rows.Len())
		if err := c.ctx.Err(); err != nil {
			return fmt.Errorf(c.verb.prefix+"stopped before row %d of %d: %w", from, c.rows.Len(), err)
		}
		args, err := c.gather(from, to)
		if err != nil {
			return err
		}
		result, err := c.model.call(c.ctx, args)
		if err != nil {
			return fmt.Errorf(c.verb.prefix+"model on rows %d to %d: %w", from, to-1, err)
		}
		if err := done(result, from, to); err != nil {
			return err
		}
	}
	return nil
}

// gather makes one argument for each input out of the rows of a batch.
func (c *call) gather(from, to int) ([]any, error) {
	rows, args := c.rows.Slice(from, to), make([]any, len(c.ins))
	for i, in := range c.ins {
		v, err := in.spec.Gather(gather.NewBatch(rows, from, in.cols...))
		if err != nil {
			return nil, fmt.Errorf("learn: input %d, rows %d to %d: %w", i, from, to-1, err)
		}
		if t, ok := v.(*tensor.Tensor); ok && to-from < c.rows.Len() {
			t.WithPart(tensor.Part{From: from, Of: c.rows.Len()})
		}
		args[i] = v
	}
	return args, nil
}
