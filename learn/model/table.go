package model

import (
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// Features names the columns that make the rows of the input, in order. Rows of
// several axes, such as images, take as many columns as they have elements;
// several inputs take theirs one after the other.
func Features(columns ...string) FitOption {
	return FitOption{"Features", func(s *fitSettings) error {
		s.features = slices.Clone(columns)
		return someColumns("Features", columns)
	}}
}

// Targets names the columns of the targets: one of class numbers where the loss
// is sparse, else as many as the output has elements; several outputs take
// theirs one after the other.
func Targets(columns ...string) FitOption {
	return FitOption{"Targets", func(s *fitSettings) error {
		s.labels = slices.Clone(columns)
		return someColumns("Targets", columns)
	}}
}

func someColumns(what string, columns []string) error {
	if len(columns) == 0 {
		return fmt.Errorf("%s names no columns", what)
	}
	return nil
}

// FitTable is [Model.Fit] on the rows of a table: [Features] and [Targets] name
// the columns, which hold numbers or bools without nulls. The model remembers
// their names, so that the other verbs on tables need them no more.
func (m *Model) FitTable(t *tables.Table, opts ...FitOption) (*History, error) {
	s, x, y, err := m.ofTable("fit", t, opts)
	if err != nil {
		return nil, err
	}
	if err := m.trainable("fit", x); err != nil {
		return nil, err
	}
	before := m.columns
	m.columns = s.features
	h, err := m.fit(x, y, s)
	if err != nil && h == nil {
		m.columns = before
	}
	return h, err
}

// EvaluateTable is [Model.Evaluate] on the rows of a table. [Targets] names the
// column of the targets; the features are by default those of FitTable.
func (m *Model) EvaluateTable(t *tables.Table, opts ...FitOption) (map[string]float64, error) {
	s, x, y, err := m.ofTable("evaluate", t, opts, "Batch", "SampleWeights", "ClassWeights", "Features", "Targets")
	if err != nil {
		return nil, err
	}
	if err := m.trainable("evaluate", x); err != nil {
		return nil, err
	}
	return m.evaluate(x, y, s)
}

// ofTable gathers inputs and targets from a table.
func (m *Model) ofTable(verb string, t *tables.Table, opts []FitOption, known ...string) (s *fitSettings, x, y []*tensor.Tensor, err error) {
	if m == nil {
		return nil, nil, nil, m.failf(verb, "the model is nil")
	}
	if m.err != nil {
		return nil, nil, nil, m.err
	}
	if s, err = m.settings(verb, opts, known...); err != nil {
		return nil, nil, nil, err
	}
	if s.features == nil {
		s.features = m.columns
	}
	if s.features == nil || s.labels == nil {
		return nil, nil, nil, m.failf(verb, "want Features(…) and Targets(…), the names of columns")
	}
	in, err := m.columnsOf(verb, t, s.features)
	if err != nil {
		return nil, nil, nil, err
	}
	out, err := m.columnsOf(verb, t, s.labels)
	if err != nil {
		return nil, nil, nil, err
	}
	if x, err = divide(in, shapesOf(m.inputs)); err != nil {
		return nil, nil, nil, m.failf(verb, "features: %w", err)
	}
	if y, err = divide(out, m.targetShapes()); err != nil {
		return nil, nil, nil, m.failf(verb, "targets: %w", err)
	}
	return s, x, y, nil
}

// targetShapes is the shape of a row of targets of each output.
func (m *Model) targetShapes() [][]int {
	shapes := shapesOf(m.outputs)
	for i := range shapes {
		if m.goal != nil && m.goal.loss(i).sparse() {
			shapes[i] = shapes[i][:len(shapes[i])-1]
		}
	}
	return shapes
}

// divide cuts columns into those of several arrays with rows of these shapes.
func divide(t *tensor.Tensor, rows [][]int) ([]*tensor.Tensor, error) {
	if len(rows) < 2 {
		return []*tensor.Tensor{t}, nil
	}
	var out []*tensor.Tensor
	from, columns := 0, t.T()
	for _, row := range rows {
		n := product(row)
		if from+n <= t.Dim(1) {
			out = append(out, columns.Slice(from, from+n).T())
		}
		from += n
	}
	if from != t.Dim(1) {
		return nil, fmt.Errorf("%d columns; the model has %d arrays with rows of %d elements together", t.Dim(1), len(rows), from)
	}
	return out, nil
}

// columnsOf is columns of a table as a matrix of the model's type.
func (m *Model) columnsOf(verb string, t *tables.Table, names []string) (*tensor.Tensor, error) {
	if t == nil {
		return nil, m.failf(verb, "the table is nil")
	}
	if t.Err() != nil {
		return nil, m.failf(verb, "%w", t.Err())
	}
	for _, name := range names {
		if !t.Has(name) {
			return nil, m.failf(verb, "%w", unknown("column", name, t.Names()))
		}
		if typ, _ := t.TypeOf(name); typ == tables.String {
			return nil, m.failf(verb, "column %q is text; make class numbers of it with t.Encode(%q), or numbers with t.Update", name, name)
		}
	}
	how := gather.Float64
	if err := how.Check(t, names); err != nil {
		return nil, m.failf(verb, "%w", err)
	}
	v, err := how.Gather(gather.NewBatch(t, 0, names...))
	if err != nil {
		return nil, m.failf(verb, "%w", err)
	}
	return v.(*tensor.Tensor), nil
}

// PredictTable is the table with a column for each element of the model's
// output, called as said, or, given one name for an output of several, with the
// class ([Model.Classify]). Columns of the features are those of FitTable. The
// table carries the error, if there is one.
func (m *Model) PredictTable(t *tables.Table, names ...string) *tables.Table {
	if m == nil || m.err != nil {
		return tables.Failed(m.Err())
	}
	if len(m.outputs) != 1 || len(m.columns) == 0 {
		return tables.Failed(m.failf("predict", "the model was not fitted on a table; use learn.Learn, or FitTable before"))
	}
	in, err := m.columnsOf("predict", t, m.columns)
	if err != nil {
		return tables.Failed(err)
	}
	x, err := divide(in, shapesOf(m.inputs))
	if err != nil {
		return tables.Failed(m.failf("predict", "features: %w", err))
	}
	width := product(m.outputs[0].shape)
	if len(names) == 1 && width > 1 {
		k, err := m.Classify(x...)
		if err != nil {
			return tables.Failed(err)
		}
		return t.With(tables.Int64s(names[0], k.Int64s()...))
	}
	if len(names) != width {
		return tables.Failed(m.failf("predict", "%d names for %d columns of output; want one for each, or one for the class", len(names), width))
	}
	p, err := m.Predict(x...)
	if err != nil {
		return tables.Failed(err)
	}
	p = p.Reshape(t.Len(), width)
	cols := make([]tables.Col, width)
	for j, name := range names {
		cols[j] = tables.Floats(name, p.Col(j).Float64s()...)
	}
	return t.With(cols...)
}
