package tables

import (
	"reflect"
	"strings"
	"time"
)

// A Type is the type of a column. Types compare with ==. The zero Type is
// invalid.
type Type uint16

// The types of columns. In Go a Char is a rune, a Timestamp counts nanoseconds
// since 1970 in UTC, a Date counts days since 1970-01-01, a Duration counts
// nanoseconds, an Image is a [Picture].
const (
	Bool Type = iota + 1
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Char
	Float32
	Float64
	String
	Timestamp
	Date
	Duration
	Image
	typeEnd
)

const vectorStep = 1 << 8 // one level of "vector of" in the high byte

var typeNames = [...]string{"invalid", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16",
	"uint32", "uint64", "char", "float32", "float64", "string", "timestamp", "date", "duration", "image"}

// VectorOf is the type of a column each of whose cells holds a vector of t.
func VectorOf(t Type) Type { return t + vectorStep }

// Vector is the type of vectors of t; see [VectorOf].
func (t Type) Vector() Type { return t + vectorStep }

// IsVector reports whether a cell holds a vector.
func (t Type) IsVector() bool { return t >= vectorStep }

// Elem is the type of a vector's elements, and t itself if it is no vector.
func (t Type) Elem() Type {
	if t.IsVector() {
		return t - vectorStep
	}
	return t
}

// IsNumeric reports whether t is an integer or a floating-point type.
func (t Type) IsNumeric() bool { return t.IsInteger() || t.IsFloat() }

// IsInteger reports whether t is a signed or unsigned integer type; Char is not.
func (t Type) IsInteger() bool { return t >= Int8 && t <= Uint64 }

// IsFloat reports whether t is Float32 or Float64.
func (t Type) IsFloat() bool { return t == Float32 || t == Float64 }

// IsTemporal reports whether t is Timestamp, Date or Duration.
func (t Type) IsTemporal() bool { return t == Timestamp || t == Date || t == Duration }

func (t Type) ok() bool {
	base := t % vectorStep
	return base > 0 && base < typeEnd
}

// String is the name of the type: "int64", "string", "[]float64".
func (t Type) String() string {
	base := int(t % vectorStep)
	if base >= len(typeNames) {
		base = 0
	}
	return strings.Repeat("[]", int(t/vectorStep)) + typeNames[base]
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
	pictureType  = reflect.TypeFor[Picture]()
)

// typeOfGo is the column type for a Go type, or 0. Named types count as the
// type below them, which is what interpreted code needs.
func typeOfGo(g reflect.Type) Type {
	switch g {
	case timeType:
		return Timestamp
	case durationType:
		return Duration
	case pictureType:
		return Image
	}
	switch g.Kind() {
	case reflect.Bool:
		return Bool
	case reflect.Int, reflect.Int64:
		return Int64
	case reflect.Int8:
		return Int8
	case reflect.Int16:
		return Int16
	case reflect.Int32:
		return Int32
	case reflect.Uint, reflect.Uint64:
		return Uint64
	case reflect.Uint8:
		return Uint8
	case reflect.Uint16:
		return Uint16
	case reflect.Uint32:
		return Uint32
	case reflect.Float32:
		return Float32
	case reflect.Float64:
		return Float64
	case reflect.String:
		return String
	case reflect.Slice:
		if e := typeOfGo(g.Elem()); e != 0 {
			return e.Vector()
		}
	}
	return 0
}
