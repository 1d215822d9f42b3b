// Package gather turns the rows of a batch into what a model takes: a matrix
// of one element type, slices, structs, or whatever a function of yours makes.
//
// A [Spec] says how. The plain ones are named for the element type, and their
// methods refine them:
//
//	learn.In(gather.Float64, "A", "B")                          // *tensor.Tensor (n, 2)
//	learn.In(gather.Float32.Layout(gather.ColMajor), "A", "B")
//	learn.In(gather.Float64.Nulls(gather.Fill(0)), "A")
//	learn.In(gather.Int16.Vector(), "y")                        // []int16
//
// The element type is always named, never assumed (DH-21). Numbers are widened
// as asked, but a value that the type cannot hold is an error unless
// [Spec.Cast] allows the loss; float64 to float32 rounds. What a model gets is
// its own copy: it may write to it.
package gather

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// A Spec says how the columns of a batch become one argument of a model. Specs
// are values: each method returns a changed copy. The zero Spec is an error.
type Spec struct {
	form   form
	dtype  tensor.DType
	layout tensor.Layout
	nulls  Null
	cast   bool
	fn     func(Batch) (any, error)
	row    reflect.Type // the struct of Structs
	err    error
}

type form uint8

const (
	noForm form = iota
	matrix
	rowSlices
	vector
	table
	function
	structs
)

// The plain specs: a *tensor.Tensor of shape (rows, columns) of that element
// type, in row-major order. One column still gives shape (n, 1).
var (
	Float64 = Spec{form: matrix, dtype: tensor.Float64}
	Float32 = Spec{form: matrix, dtype: tensor.Float32}
	Int8    = Spec{form: matrix, dtype: tensor.Int8}
	Int16   = Spec{form: matrix, dtype: tensor.Int16}
	Int32   = Spec{form: matrix, dtype: tensor.Int32}
	Int64   = Spec{form: matrix, dtype: tensor.Int64}
	Uint8   = Spec{form: matrix, dtype: tensor.Uint8}
	Uint16  = Spec{form: matrix, dtype: tensor.Uint16}
	Uint32  = Spec{form: matrix, dtype: tensor.Uint32}
	Uint64  = Spec{form: matrix, dtype: tensor.Uint64}
	Bool    = Spec{form: matrix, dtype: tensor.Bool}
)

// Table gives the model the batch itself, a *tables.Table of the named columns.
var Table = Spec{form: table}

// The memory layouts of a gathered matrix. C is row-major, Fortran
// column-major. (DH-24)
const (
	RowMajor = tensor.RowMajor
	ColMajor = tensor.ColMajor
	C        = tensor.C
	Fortran  = tensor.Fortran
)

// A Null says what becomes of null cells.
type Null struct {
	kind  nullKind
	value float64
}

type nullKind uint8

const (
	refuse nullKind = iota
	fill
	notANumber
)

// The null policies besides [Fill].
var (
	Error = Null{}                 // a null is an error that names its row: the default
	NaN   = Null{kind: notANumber} // a null becomes NaN, for float types only
)

// Fill replaces null by v, which the element type must be able to hold.
func Fill(v float64) Null { return Null{kind: fill, value: v} }

// String is how the policy is written.
func (n Null) String() string {
	switch n.kind {
	case fill:
		return fmt.Sprintf("gather.Fill(%v)", n.value)
	case notANumber:
		return "gather.NaN"
	}
	return "gather.Error"
}

// Func gathers with a function of yours. It is called once for each batch and
// sees that batch's rows only; what it returns is the model's argument.
func Func(f func(b Batch) (any, error)) Spec {
	if f == nil {
		return Spec{form: function, err: fmt.Errorf("gather: Func of nil")}
	}
	return Spec{form: function, fn: f}
}

// Structs gathers a slice of structs of prototype's type, one for each row.
// Columns go to the fields in order, whatever the fields are called; the
// fields must be exported. Nulls are an error.
func Structs(prototype any) Spec {
	t := reflect.TypeOf(prototype)
	if t == nil || t.Kind() != reflect.Struct {
		return Spec{form: structs, err: fmt.Errorf("gather: Structs wants a struct value, got %T", prototype)}
	}
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			return Spec{form: structs, err: fmt.Errorf("gather: Structs: field %s is not exported", t.Field(i).Name)}
		}
	}
	return Spec{form: structs, row: t}
}

// Layout is the spec with another memory order of the matrix.
func (s Spec) Layout(l tensor.Layout) Spec {
	switch {
	case s.form != matrix:
		s.fail("Layout", "is for a matrix; %v gives none", s)
	case l > tensor.ColMajor:
		s.fail("Layout", "wants RowMajor or ColMajor, got %v", l)
	default:
		s.layout = l
	}
	return s
}

// Nulls is the spec with another null policy.
func (s Spec) Nulls(n Null) Spec {
	switch {
	case !s.typed():
		s.fail("Nulls", "is for element types; %v has none", s)
	case n.kind == notANumber && !s.dtype.IsFloat():
		s.fail("Nulls", "%v has no NaN; use gather.Fill", s.dtype)
	case n.kind == fill && !holds(s.dtype, n.value):
		s.fail("Nulls", "%v cannot hold %v", s.dtype, n.value)
	default:
		s.nulls = n
	}
	return s
}

// Cast is the spec with lossy conversions allowed: a float loses its fraction,
// what the type cannot hold becomes its nearest value, NaN becomes 0, and bool
// means "not 0".
func (s Spec) Cast() Spec {
	if !s.typed() {
		s.fail("Cast", "is for element types; %v has none", s)
	}
	s.cast = true
	return s
}

// Slices is the spec with a slice of rows as its result, such as [][]float64.
func (s Spec) Slices() Spec { return s.reform("Slices", rowSlices) }

// Vector is the spec with the values of its one column as its result, such as
// []float64.
func (s Spec) Vector() Spec { return s.reform("Vector", vector) }

func (s Spec) reform(verb string, f form) Spec {
	if s.form != matrix || s.layout != RowMajor {
		s.fail(verb, "is for a plain element type, not %v", s)
		return s
	}
	s.form = f
	return s
}

func (s Spec) typed() bool { return s.form == matrix || s.form == rowSlices || s.form == vector }

// fail keeps the first error; learn.In reports it.
func (s *Spec) fail(verb, format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("gather: "+verb+" "+format, args...)
	}
}

// Err says what is wrong with the spec itself, nil if nothing.
func (s Spec) Err() error {
	if s.err == nil && s.form == noForm {
		return fmt.Errorf("gather: the zero Spec gathers nothing; name an element type, such as gather.Float64")
	}
	return s.err
}

// String is how the spec is written.
func (s Spec) String() string {
	switch s.form {
	case noForm:
		return "gather.Spec{}"
	case table:
		return "gather.Table"
	case function:
		return "gather.Func"
	case structs:
		return "gather.Structs"
	}
	var b strings.Builder
	b.WriteString(s.kind())
	if s.layout != RowMajor {
		fmt.Fprintf(&b, ".Layout(gather.%v)", s.layout)
	}
	if s.nulls.kind != refuse {
		fmt.Fprintf(&b, ".Nulls(%v)", s.nulls)
	}
	if s.cast {
		b.WriteString(".Cast()")
	}
	switch s.form {
	case rowSlices:
		b.WriteString(".Slices()")
	case vector:
		b.WriteString(".Vector()")
	}
	return b.String()
}

// kind is the plain spec's name, such as gather.Float64.
func (s Spec) kind() string {
	name := s.dtype.String()
	return "gather." + strings.ToUpper(name[:1]) + name[1:]
}

// Type is the Go type of what the spec gathers, nil where only running it
// tells.
func (s Spec) Type() reflect.Type {
	switch s.form {
	case matrix:
		return reflect.TypeFor[*tensor.Tensor]()
	case rowSlices:
		return reflect.SliceOf(reflect.SliceOf(goType(s.dtype)))
	case vector:
		return reflect.SliceOf(goType(s.dtype))
	case table:
		return reflect.TypeFor[*tables.Table]()
	case structs:
		if s.row != nil {
			return reflect.SliceOf(s.row)
		}
	}
	return nil
}

func goType(d tensor.DType) reflect.Type {
	return reflect.TypeOf(tensor.New(d, 0).Raw()).Elem()
}

// holds reports whether a value of type d can be exactly v, or v rounded if d
// is a float type.
func holds(d tensor.DType, v float64) bool {
	if d.IsFloat() {
		return d == tensor.Float64 || math.IsInf(v, 0) || !math.IsInf(float64(float32(v)), 0)
	}
	return tensor.FromFloat64s([]int{1}, v).Cast(d).Float64At(0) == v && v != math.Ldexp(1, 63) && v != math.Ldexp(1, 64)
}
