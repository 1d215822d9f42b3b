package gather

import (
	"fmt"
	"reflect"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// Check reports whether the named columns of t, which exist, can be gathered
// so at all, before any row is read.
func (s Spec) Check(t *tables.Table, names []string) error {
	if err := s.Err(); err != nil {
		return err
	}
	switch {
	case s.form == vector && len(names) != 1:
		return fmt.Errorf("gather: %v wants one column, got %q", s, names)
	case s.form == structs && len(names) != s.row.NumField():
		return fmt.Errorf("gather: Structs: %d columns for the %d fields of %v", len(names), s.row.NumField(), s.row)
	case s.form == structs:
		return s.checkFields(t, names)
	case !s.typed():
		return nil
	}
	for _, name := range names {
		c, ok := t.Column(name)
		if !ok {
			return fmt.Errorf("gather: no column %q: %w", name, tables.ErrNoColumn)
		}
		if err := s.checkType(name, c.Type()); err != nil {
			return err
		}
	}
	return nil
}

// checkType knows which column types go into which element types.
func (s Spec) checkType(name string, t tables.Type) error {
	number := t.IsNumeric() || t == tables.Char || t == tables.Bool
	wrong := func(want, advice string) error {
		return fmt.Errorf("gather: column %q is %v; %s wants %s%s: %w", name, t, s.kind(), want, advice, tables.ErrType)
	}
	switch {
	case t.IsVector():
		return wrong(s.wants(), "; ungroup the column, or use gather.Func")
	case t == tables.String:
		return wrong(s.wants(), "; encode the text as numbers first")
	case t.IsTemporal():
		return wrong(s.wants(), "; make it a number first")
	case !number:
		return wrong(s.wants(), "")
	case s.cast:
		return nil
	case s.dtype == tensor.Bool && t != tables.Bool:
		return wrong("bool", fmt.Sprintf("; %s.Cast() makes every number but 0 true", s.kind()))
	case s.dtype.IsInt() && t.IsFloat():
		return wrong("whole numbers", fmt.Sprintf("; gather.Float64 keeps the fractions, %s.Cast() drops them", s.kind()))
	}
	return nil
}

func (s Spec) wants() string {
	if s.dtype == tensor.Bool {
		return "bool"
	}
	return "a number"
}

// Gather makes the model's argument out of a batch that [Spec.Check] accepts.
func (s Spec) Gather(b Batch) (any, error) {
	if err := s.Err(); err != nil {
		return nil, err
	}
	switch s.form {
	case table:
		t := b.Table()
		return t, t.Err()
	case function:
		return s.callFunc(b)
	case structs:
		return s.gatherStructs(b)
	}
	m := tensor.NewLayout(s.dtype, s.layout, b.Len(), len(b.names))
	if err := m.Err(); err != nil {
		return nil, fmt.Errorf("gather: %w", err)
	}
	for j, name := range b.names {
		if err := s.column(m, j, b, name); err != nil {
			return nil, err
		}
	}
	switch s.form {
	case vector:
		return m.Raw(), nil
	case rowSlices:
		return rowsOf(m), nil
	}
	return m.WithColumns(b.names...), nil
}

// rowsOf cuts a row-major matrix into its rows.
func rowsOf(m *tensor.Tensor) any {
	raw, n, k := reflect.ValueOf(m.Raw()), m.Dim(0), m.Dim(1)
	rows := reflect.MakeSlice(reflect.SliceOf(raw.Type()), n, n)
	for i := range n {
		rows.Index(i).Set(raw.Slice3(i*k, (i+1)*k, (i+1)*k))
	}
	return rows.Interface()
}

// callFunc runs the user's function; its panic becomes an error.
func (s Spec) callFunc(b Batch) (v any, err error) {
	defer func() {
		p := recover()
		if interrupt.Fatal(p) {
			panic(p)
		}
		switch p := p.(type) {
		case nil:
		case error:
			v, err = nil, fmt.Errorf("gather: Func panicked: %w", p)
		default:
			v, err = nil, fmt.Errorf("gather: Func panicked: %v", p)
		}
	}()
	if v, err = s.fn(b); err != nil {
		return nil, fmt.Errorf("gather: %w", err)
	}
	return v, nil
}
