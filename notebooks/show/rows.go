package show

import (
	"fmt"
	"go/token"
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/internal/values"
)

// Table is rows and columns of a value that can be laid out so, as a table: a
// slice of structs (or of pointers to them) has a column for each exported
// field, one of maps a column for each key, one of slices as many columns as
// the longest; a map has its keys beside its values, in order; a matrix, as
// gonum's, stands as it is. Another value is a table of one cell. Of more than
// 20 rows the first five and the last five are shown, columns and texts are
// cut.
func Table(rows any) Bundle {
	g := layout(reflect.ValueOf(rows))
	if g == nil {
		g = single(reflect.ValueOf(rows))
	}
	return Bundle{Data: map[string]any{MIMEHTML: g.HTML(), MIMEText: g.Text()}}
}

// Rows is [Table] for values that people would lay out as a table themselves;
// false: v is no such value. The text is for the caller to say.
func Rows(v any) (html, text string, ok bool) {
	g := layout(reflect.ValueOf(v))
	if g == nil {
		return "", "", false
	}
	return g.HTML(), g.Text(), true
}

// matrix is gonum's mat.Matrix, as far as it takes.
type matrix interface {
	Dims() (r, c int)
	At(i, j int) float64
}

// layout lays a value out; nil: it is none that has rows and columns.
func layout(v reflect.Value) *grid.Grid {
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	if m, ok := v.Interface().(matrix); ok {
		return ofMatrix(m)
	}
	switch v.Kind() {
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		return ofMap(v)
	case reflect.Slice, reflect.Array:
		return ofList(v)
	}
	return nil
}

// records are the values that rows are made of.
type records struct {
	at   []reflect.Value // of the rows that are shown; the zero Value: left out
	elem reflect.Type
}

func ofList(v reflect.Value) *grid.Grid {
	elem := v.Type().Elem()
	for elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	var columns func(r records, g *grid.Grid)
	var n int
	switch {
	case printsItself(v.Type().Elem()):
		return nil
	case elem.Kind() == reflect.Struct:
		fields := fieldsOf(elem)
		if len(fields) == 0 {
			return nil
		}
		columns, n = func(r records, g *grid.Grid) { r.fields(g, fields) }, len(fields)
	case elem.Kind() == reflect.Map && elem.Key().Kind() == reflect.String:
		keys := keysOf(v)
		columns, n = func(r records, g *grid.Grid) { r.keys(g, keys) }, len(keys)
	case (elem.Kind() == reflect.Slice || elem.Kind() == reflect.Array) && elem.Elem().Kind() != reflect.Uint8:
		for i := range v.Len() {
			n = max(n, target(v.Index(i)).Len())
		}
		columns = func(r records, g *grid.Grid) { r.elements(g, n) }
	default:
		return nil
	}
	shown := grid.Shown(v.Len())
	g := &grid.Grid{Caption: fmt.Sprintf("%s × %s", grid.Group(v.Len()), grid.Group(n)), Rows: len(shown)}
	r := records{elem: elem}
	for _, i := range shown {
		if i < 0 {
			r.at = append(r.at, reflect.Value{})
		} else {
			r.at = append(r.at, target(v.Index(i)))
		}
	}
	columns(r, g)
	return g
}

// target follows pointers; nil ones give a value of kind Pointer.
func target(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	return v
}

// printsItself reports types whose values say themselves what their text is.
func printsItself(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[fmt.Stringer]()) || t.Implements(reflect.TypeFor[error]()) ||
		t.Implements(reflect.TypeFor[Displayer]()) || t == reflect.TypeFor[Bundle]()
}

// fieldsOf are the exported fields of a struct, with those of embedded ones.
func fieldsOf(t reflect.Type) []reflect.StructField {
	if t.Kind() != reflect.Struct {
		return nil
	}
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		embedded := f.Anonymous && (f.Type.Kind() == reflect.Struct || f.Type.Kind() == reflect.Pointer) && !printsItself(f.Type)
		return !token.IsExported(f.Name) || embedded
	})
}

// keysOf are the keys of all maps of a list, in order.
func keysOf(v reflect.Value) []string {
	seen := map[string]bool{}
	var keys []string
	for i := range v.Len() {
		m := target(v.Index(i))
		if m.Kind() != reflect.Map {
			continue
		}
		for _, k := range m.MapKeys() {
			if s := k.String(); !seen[s] {
				seen[s] = true
				keys = append(keys, s)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

func (r records) fields(g *grid.Grid, fields []reflect.StructField) {
	for i, f := range fields {
		r.column(g, i, len(fields), f.Name, f.Type, func(v reflect.Value) reflect.Value {
			if v.Kind() != reflect.Struct {
				return reflect.Value{}
			}
			x, err := v.FieldByIndexErr(f.Index)
			if err != nil { // through an embedded pointer that is nil
				return reflect.Value{}
			}
			return x
		})
	}
}

func (r records) keys(g *grid.Grid, keys []string) {
	g.Untyped = true
	for i, k := range keys {
		r.column(g, i, len(keys), k, r.elem.Elem(), func(v reflect.Value) reflect.Value {
			if v.Kind() != reflect.Map {
				return reflect.Value{}
			}
			return v.MapIndex(reflect.ValueOf(k).Convert(r.elem.Key()))
		})
	}
}

func (r records) elements(g *grid.Grid, n int) {
	g.Untyped = true
	for i := range n {
		r.column(g, i, n, strconv.Itoa(i), r.elem.Elem(), func(v reflect.Value) reflect.Value {
			if v.Kind() == reflect.Pointer || i >= v.Len() {
				return reflect.Value{}
			}
			return v.Index(i)
		})
	}
}

// column adds column i of n, unless it is one that is left out; of finds its
// value in a row, the zero Value if the row has none.
func (r records) column(g *grid.Grid, i, n int, name string, t reflect.Type, of func(reflect.Value) reflect.Value) {
	out, gap := grid.Middle(i, n)
	if gap {
		g.Columns = append(g.Columns, grid.Gap(g.Rows))
	}
	if out {
		return
	}
	c := grid.Column{Name: grid.Shorten(name, grid.Name), Right: isNumber(t)}
	if !g.Untyped {
		c.Type = grid.Shorten(values.Type(t), grid.Name)
	}
	for _, row := range r.at {
		if !row.IsValid() {
			c.Cells, c.Null = append(c.Cells, grid.Ellipsis), append(c.Null, false)
			continue
		}
		text, null := cellText(of(row))
		c.Cells, c.Null = append(c.Cells, text), append(c.Null, null)
	}
	g.Columns = append(g.Columns, c)
}

func isNumber(t reflect.Type) bool {
	return !printsItself(t) && (t.Kind() >= reflect.Int && t.Kind() <= reflect.Complex128)
}

// cellText is a value's text in a cell; null says that there is none.
func cellText(v reflect.Value) (text string, null bool) {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) && !printsItself(v.Type()) || v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "nil", true
	}
	switch v.Kind() {
	case reflect.Func, reflect.Chan:
		if v.IsNil() {
			return "nil", true
		}
		if !printsItself(v.Type()) {
			return grid.Shorten(values.Type(v.Type()), grid.Cell), false // an address says nothing
		}
	case reflect.Pointer:
		if v.IsNil() {
			return "nil", true
		}
	}
	if k := v.Kind(); (k == reflect.Float64 || k == reflect.Float32) && !printsItself(v.Type()) {
		return grid.Float(v.Float(), v.Type().Bits()), math.IsNaN(v.Float())
	}
	text, _ = values.Text(v.Interface(), false)
	return grid.Shorten(bounded(text), grid.Cell), false
}

// bounded keeps what is looked at short.
func bounded(s string) string { return s[:min(len(s), 8*grid.Cell)] }

func ofMap(v reflect.Value) *grid.Grid {
	keys := v.MapKeys()
	slices.SortFunc(keys, values.Compare)
	shown := grid.Shown(len(keys))
	g := &grid.Grid{Rows: len(shown)}
	elem := v.Type().Elem()
	for elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	all, names := records{elem: elem}, records{elem: v.Type().Key()}
	for _, i := range shown {
		if i < 0 {
			all.at, names.at = append(all.at, reflect.Value{}), append(names.at, reflect.Value{})
		} else {
			all.at, names.at = append(all.at, target(v.MapIndex(keys[i]))), append(names.at, keys[i])
		}
	}
	itself := func(v reflect.Value) reflect.Value { return v }
	names.column(g, 0, 2, "key", v.Type().Key(), itself)
	if fields := fieldsOf(elem); len(fields) > 0 && !printsItself(v.Type().Elem()) {
		all.fields(g, fields)
	} else {
		all.column(g, 1, 2, "value", v.Type().Elem(), itself)
	}
	g.Caption = fmt.Sprintf("%s × %s", grid.Group(len(keys)), grid.Group(max(len(g.Columns), 2)))
	return g
}

func ofMatrix(m matrix) *grid.Grid {
	r, c := m.Dims()
	shown := grid.Shown(r)
	g := &grid.Grid{Caption: fmt.Sprintf("%s × %s", grid.Group(r), grid.Group(c)), Rows: len(shown), Untyped: true}
	for j := range c {
		out, gap := grid.Middle(j, c)
		if gap {
			g.Columns = append(g.Columns, grid.Gap(len(shown)))
		}
		if out {
			continue
		}
		col := grid.Column{Name: strconv.Itoa(j), Right: true}
		for _, i := range shown {
			if i < 0 {
				col.Cells = append(col.Cells, grid.Ellipsis)
			} else {
				col.Cells = append(col.Cells, grid.Float(m.At(i, j), 64))
			}
		}
		g.Columns = append(g.Columns, col)
	}
	return g
}

// single is a table of one cell.
func single(v reflect.Value) *grid.Grid {
	text, null := cellText(v)
	c := grid.Column{Name: "value", Cells: []string{text}, Null: []bool{null}}
	if v.IsValid() {
		c.Type, c.Right = grid.Shorten(values.Type(v.Type()), grid.Name), isNumber(v.Type())
	}
	return &grid.Grid{Caption: "1 × 1", Columns: []grid.Column{c}, Rows: 1}
}
