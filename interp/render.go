package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"image"
	"reflect"

	"github.com/sheaf-go/sheaf/internal/values"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// maxText bounds the text of a value; what is cut is said.
const maxText = 64 << 10

// value renders what the last expression left. If it returned an error beside
// other values, the error decides: nil is not shown, another fails the cell.
func (s *Session) value(c *checked) (show.Bundle, *show.Error) {
	vals := s.shown
	if len(vals) == 0 {
		return show.Bundle{}, nil
	}
	if tuple, ok := c.info.TypeOf(c.last.X).(*types.Tuple); ok && tuple.Len() == len(vals) && len(vals) > 1 {
		if isError(tuple.At(len(vals) - 1).Type()) {
			if err, ok := vals[len(vals)-1].(error); ok && err != nil {
				return show.Bundle{}, s.lastError(c, err)
			}
			vals = vals[:len(vals)-1]
		}
	}
	if c.scans() {
		return show.Bundle{}, nil
	}
	if len(vals) == 1 {
		_, isCall := ast.Unparen(c.last.X).(*ast.CallExpr)
		if isCall && isError(c.info.TypeOf(c.last.X)) && vals[0] == nil {
			return show.Bundle{}, nil // it went well
		}
		if err := carried(vals[0], isCall); err != nil {
			return show.Bundle{}, s.lastError(c, err)
		}
		return Render(vals[0]), nil
	}
	text := ""
	for i, v := range vals {
		if i > 0 {
			text += "\n"
		}
		text += Render(v).PlainText()
	}
	return show.Plain(text), nil
}

// carried is the error that a value stands for: that of a table or a chart
// that could not be made, or, of a call, the error that it returned.
func carried(v any, isCall bool) error {
	switch v := v.(type) {
	case interface{ Err() error }:
		if _, ok := v.(show.Displayer); ok && !reflect.ValueOf(v).IsZero() {
			return v.Err()
		}
	case error:
		if isCall {
			return v
		}
	}
	return nil
}

func (s *Session) lastError(c *checked, err error) *show.Error {
	p := s.fset.Position(c.last.Pos())
	return s.report("error", []item{{place{p.Filename, p.Line, p.Column}, err.Error()}})
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// Render makes the bundle of a value: its own if it is a show.Displayer, a
// picture of an image.Image, text otherwise.
func Render(v any) (b show.Bundle) {
	defer func() {
		if r := recover(); r != nil {
			b = show.Plain(fmt.Sprintf("%T (its String or Display panicked: %v)", v, r))
		}
	}()
	switch v := v.(type) {
	case nil:
		return show.Plain("nil")
	case show.Bundle:
		return v
	case show.Displayer:
		if reflect.ValueOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil() {
			return show.Plain("nil")
		}
		return v.Display()
	case error:
		return show.Plain(bounded(v.Error()))
	case string:
		return show.Plain(bounded(v))
	case image.Image:
		return show.Image(v)
	case []image.Image:
		return show.Plain(fmt.Sprintf("%d pictures; plots.ImagesOf(…, nil) draws them, show.Image one of them", len(v)))
	case fmt.Stringer:
		return show.Plain(bounded(v.String()))
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.Kind() == reflect.Func || rv.Kind() == reflect.Chan:
		return show.Plain(plain(values.Type(rv.Type())))
	case isMatrix(v):
	case rv.Kind() == reflect.Struct, rv.Kind() == reflect.Pointer && rv.Elem().Kind() == reflect.Struct:
		return show.Plain(written(v, true))
	}
	html, text, ok := show.Rows(v)
	if !ok {
		return show.Plain(written(v, false))
	}
	if rv.Kind() != reflect.Struct && rv.Kind() != reflect.Pointer { // as Go prints it
		text = written(v, false)
	}
	return show.Bundle{Data: map[string]any{show.MIMEText: text, show.MIMEHTML: html}}
}

// isMatrix reports matrices as gonum's, which print as what they are made of.
func isMatrix(v any) bool {
	_, ok := v.(interface {
		Dims() (r, c int)
		At(i, j int) float64
	})
	return ok && !reflect.ValueOf(v).IsZero()
}

// written is a value as text, with the names of fields or without.
func written(v any, names bool) string {
	text, whole := values.Text(v, names)
	if !whole {
		return text[:min(len(text), maxText)] + fmt.Sprintf("… (the first %d bytes)", maxText)
	}
	return bounded(text)
}

func bounded(s string) string {
	if len(s) <= maxText {
		return s
	}
	return s[:maxText] + fmt.Sprintf("… (%d of %d bytes shown)", maxText, len(s))
}
