package tensor

import "fmt"

// A DType is the element type of a tensor. The zero DType is not a type.
type DType uint8

// The element types: bool, every size of Go's integers and floats, and
// bfloat16, which only stores: Go has no arithmetic for it.
const (
	Bool DType = iota + 1
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	BFloat16
)

var dtypeNames = [...]string{"invalid", "bool", "int8", "int16", "int32", "int64",
	"uint8", "uint16", "uint32", "uint64", "float32", "float64", "bfloat16"}

var dtypeSizes = [...]int{0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 2}

// String is the Go name of the type, such as "float64", or "bfloat16".
func (d DType) String() string {
	if int(d) >= len(dtypeNames) {
		return fmt.Sprintf("DType(%d)", uint8(d))
	}
	return dtypeNames[d]
}

// Size is the number of bytes of one element, 0 for an invalid DType.
func (d DType) Size() int {
	if int(d) >= len(dtypeSizes) {
		return 0
	}
	return dtypeSizes[d]
}

// IsFloat reports whether d is Float32, Float64 or BFloat16.
func (d DType) IsFloat() bool { return d >= Float32 && d <= BFloat16 }

// IsInt reports whether d is a signed or unsigned integer type.
func (d DType) IsInt() bool { return d >= Int8 && d <= Uint64 }

// Valid reports whether d is one of the declared types.
func (d DType) Valid() bool { return d >= Bool && d <= BFloat16 }

// A Layout is the order in which the elements of a tensor lie in memory.
type Layout uint8

// The layouts. C and Fortran are other names for the first two; Strided is
// only ever reported, for a view that is neither.
const (
	RowMajor Layout = iota // the last index moves fastest
	ColMajor               // the first index moves fastest
	Strided                // neither: a view with gaps or exchanged axes

	C       = RowMajor
	Fortran = ColMajor
)

// String is "RowMajor", "ColMajor" or "Strided".
func (l Layout) String() string {
	switch l {
	case RowMajor:
		return "RowMajor"
	case ColMajor:
		return "ColMajor"
	case Strided:
		return "Strided"
	}
	return fmt.Sprintf("Layout(%d)", uint8(l))
}
