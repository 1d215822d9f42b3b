package gather

import (
	"fmt"
	"reflect"
	"time"

	"github.com/sheaf-go/sheaf/tables"
)

// checkFields compares the columns with the fields of the struct, in order.
func (s Spec) checkFields(t *tables.Table, names []string) error {
	for i, name := range names {
		c, ok := t.Column(name)
		if !ok {
			return fmt.Errorf("gather: no column %q: %w", name, tables.ErrNoColumn)
		}
		if f := s.row.Field(i); !fits(cellType(c.Type()), f.Type) {
			return fmt.Errorf("gather: Structs: column %q is %v; field %s is %v: %w", name, c.Type(), f.Name, f.Type, tables.ErrType)
		}
	}
	return nil
}

// gatherStructs fills one struct for each row.
func (s Spec) gatherStructs(b Batch) (any, error) {
	n := b.Len()
	out := reflect.MakeSlice(reflect.SliceOf(s.row), n, n)
	for j, name := range b.names {
		f := s.row.Field(j)
		for i := range n {
			v := b.Value(name, i)
			if v == nil {
				return nil, fmt.Errorf("gather: Structs: column %q is null in row %d", name, b.from+i)
			}
			cell := reflect.ValueOf(v)
			to := cell.Convert(f.Type)
			if back := to.Convert(cell.Type()); cell.Comparable() && isInt(cell.Kind()) && back.Interface() != v {
				return nil, fmt.Errorf("gather: Structs: column %q is %v in row %d, which field %s of type %v cannot hold",
					name, v, b.from+i, f.Name, f.Type)
			}
			out.Index(i).Field(j).Set(to)
		}
	}
	return out.Interface(), nil
}

// fits reports whether a cell may become a field: the same kind of thing,
// floats not into integers. Whether an integer is too large shows row by row.
func fits(cell, field reflect.Type) bool {
	switch {
	case cell == nil:
		return false
	case cell == timeType || field == timeType:
		return cell == field
	case isInt(cell.Kind()):
		return isInt(field.Kind()) || isFloat(field.Kind())
	case isFloat(cell.Kind()):
		return isFloat(field.Kind())
	}
	return cell.Kind() == field.Kind() && cell.ConvertibleTo(field)
}

func isInt(k reflect.Kind) bool   { return k >= reflect.Int && k <= reflect.Uint64 }
func isFloat(k reflect.Kind) bool { return k == reflect.Float32 || k == reflect.Float64 }

var timeType = reflect.TypeFor[time.Time]()

var cellTypes = map[tables.Type]reflect.Type{
	tables.Bool: reflect.TypeFor[bool](), tables.String: reflect.TypeFor[string](), tables.Char: reflect.TypeFor[rune](),
	tables.Int8: reflect.TypeFor[int8](), tables.Int16: reflect.TypeFor[int16](),
	tables.Int32: reflect.TypeFor[int32](), tables.Int64: reflect.TypeFor[int64](),
	tables.Uint8: reflect.TypeFor[uint8](), tables.Uint16: reflect.TypeFor[uint16](),
	tables.Uint32: reflect.TypeFor[uint32](), tables.Uint64: reflect.TypeFor[uint64](),
	tables.Float32: reflect.TypeFor[float32](), tables.Float64: reflect.TypeFor[float64](),
	tables.Timestamp: timeType, tables.Date: timeType, tables.Duration: reflect.TypeFor[time.Duration](),
}

// cellType is the Go type of a column's cells.
func cellType(t tables.Type) reflect.Type {
	if t.IsVector() {
		if e := cellType(t.Elem()); e != nil {
			return reflect.SliceOf(e)
		}
		return nil
	}
	return cellTypes[t]
}
