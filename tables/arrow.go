package tables

// This is the only file of the package that imports Arrow.

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// markKey is the metadata of a field that tells types apart which Arrow holds
// alike.
const markKey = "sheaf.type"

var marks = map[Type]string{Char: "char", Image: "image"}

var arrowTypes = map[Type]arrow.DataType{
	Bool: arrow.FixedWidthTypes.Boolean, Int8: arrow.PrimitiveTypes.Int8, Int16: arrow.PrimitiveTypes.Int16,
	Int32: arrow.PrimitiveTypes.Int32, Int64: arrow.PrimitiveTypes.Int64, Uint8: arrow.PrimitiveTypes.Uint8,
	Uint16: arrow.PrimitiveTypes.Uint16, Uint32: arrow.PrimitiveTypes.Uint32, Uint64: arrow.PrimitiveTypes.Uint64,
	Char: arrow.PrimitiveTypes.Int32, Float32: arrow.PrimitiveTypes.Float32, Float64: arrow.PrimitiveTypes.Float64,
	String: arrow.BinaryTypes.LargeString, Timestamp: &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"},
	Image: arrow.BinaryTypes.LargeBinary,
	Date:  arrow.FixedWidthTypes.Date32, Duration: arrow.FixedWidthTypes.Duration_ns,
}

func arrowType(t Type) arrow.DataType {
	if t.IsVector() {
		return arrow.LargeListOf(arrowType(t.Elem()))
	}
	return arrowTypes[t]
}

// arrowDict is the type of text by a dictionary.
var arrowDict = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.LargeString}

// Record is the table as an Arrow record that shares its memory. Text is
// large_utf8, or a dictionary of it with int32 indices, vectors are large_list, a Char is an int32 and an
// Image large_binary, whose fields carry the metadata sheaf.type=char and
// sheaf.type=image.
func (t *Table) Record() (arrow.Record, error) {
	if t.err != nil {
		return nil, t.err
	}
	fields := make([]arrow.Field, len(t.cols))
	arrays := make([]arrow.Array, len(t.cols))
	for i, c := range t.cols {
		arrays[i] = array.MakeFromData(c.arrowData())
		fields[i] = arrow.Field{Name: c.name, Type: arrays[i].DataType(), Nullable: true}
		if mark := marks[c.typ]; mark != "" {
			fields[i].Metadata = arrow.NewMetadata([]string{markKey}, []string{mark})
		}
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(t.n)), nil
}

func (c *Col) arrowData() arrow.ArrayData {
	n := c.Len()
	var valid *memory.Buffer
	if c.valid != nil {
		valid = memory.NewBufferBytes(c.valid)
	}
	buf := func(b ...[]byte) []*memory.Buffer {
		out := []*memory.Buffer{valid}
		for _, x := range b {
			out = append(out, memory.NewBufferBytes(x))
		}
		return out
	}
	at := arrowType(c.typ)
	switch s := c.data.(type) {
	case bools:
		return array.NewData(at, n, buf(s.b), nil, c.NullCount(), 0)
	case strs:
		return array.NewData(at, n, buf(rawBytes(s.off), s.b), nil, c.NullCount(), 0)
	case dict:
		words := Col{typ: String, data: s.words}
		return array.NewDataWithDictionary(arrowDict, n, buf(rawBytes(s.codes)), c.NullCount(), 0, words.arrowData().(*array.Data))
	case list:
		elem := s.elem.arrowData()
		return array.NewData(arrow.LargeListOf(elem.DataType()), n, buf(rawBytes(s.off)), []arrow.ArrayData{elem}, c.NullCount(), 0)
	}
	return array.NewData(at, n, buf(numberBytes(c.data)), nil, c.NullCount(), 0)
}

// numberBytes is the memory of a store of numbers.
func numberBytes(s store) []byte {
	switch s := s.(type) {
	case nums[int8]:
		return rawBytes(s.v)
	case nums[int16]:
		return rawBytes(s.v)
	case nums[int32]:
		return rawBytes(s.v)
	case nums[int64]:
		return rawBytes(s.v)
	case nums[uint8]:
		return s.v
	case nums[uint16]:
		return rawBytes(s.v)
	case nums[uint32]:
		return rawBytes(s.v)
	case nums[uint64]:
		return rawBytes(s.v)
	case nums[float32]:
		return rawBytes(s.v)
	case nums[float64]:
		return rawBytes(s.v)
	}
	panic(fmt.Sprintf("tables: %T is no store of numbers", s))
}

func rawBytes[T number](v []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(zero)))
}

// FromRecord makes a table of an Arrow record and shares its memory; the record
// must stay alive as long as the table. What Arrow holds otherwise is made anew:
// 32-bit offsets of text and vectors, moments and durations that are not counted
// in nanoseconds, bits that do not begin a byte. Dictionary-encoded text stays
// so. A column of an Arrow type that has no counterpart here is an error, and so
// is a moment outside the years 1678 to 2262.
func FromRecord(rec arrow.Record) *Table {
	cols := make([]*Col, rec.NumCols())
	for i := range cols {
		f := rec.Schema().Field(i)
		c, err := fromArray(rec.Column(i))
		if err != nil {
			return failed(fmt.Errorf("tables: from record: column %q: %w", f.Name, err))
		}
		if v, ok := f.Metadata.GetValue(markKey); ok && v == marks[Char] && c.typ == Int32 {
			c.typ = Char
		} else if c.typ == Image && v != marks[Image] {
			return failed(fmt.Errorf("tables: from record: column %q: %v has no counterpart here, unless its field is marked %s=%s", f.Name, f.Type, markKey, marks[Image]))
		}
		c.name = f.Name
		cols[i] = c
	}
	return build(cols, int(rec.NumRows()))
}

func fromArray(a arrow.Array) (*Col, error) {
	c := &Col{}
	if a.NullN() > 0 {
		c.valid = sharedBits(a.NullBitmapBytes(), a.Data())
	}
	if d, ok := a.(*array.Dictionary); ok && d.Dictionary().NullN() > 0 {
		for i := range d.Len() {
			if !d.IsNull(i) && d.Dictionary().IsNull(d.GetValueIndex(i)) {
				c.valid = invalidate(c.valid, i, d.Len())
			}
		}
	}
	var err error
	c.typ, c.data, err = fromArrow(a)
	return c, err
}

func fromArrow(a arrow.Array) (Type, store, error) {
	switch a := a.(type) {
	case *array.Boolean:
		if a.Len() == 0 {
			return Bool, newBools(nil), nil
		}
		return Bool, bools{sharedBits(a.Data().Buffers()[1].Bytes(), a.Data()), a.Len()}, nil
	case *array.Int8:
		return Int8, nums[int8]{a.Int8Values()}, nil
	case *array.Int16:
		return Int16, nums[int16]{a.Int16Values()}, nil
	case *array.Int32:
		return Int32, nums[int32]{a.Int32Values()}, nil
	case *array.Int64:
		return Int64, nums[int64]{a.Int64Values()}, nil
	case *array.Uint8:
		return Uint8, nums[uint8]{a.Uint8Values()}, nil
	case *array.Uint16:
		return Uint16, nums[uint16]{a.Uint16Values()}, nil
	case *array.Uint32:
		return Uint32, nums[uint32]{a.Uint32Values()}, nil
	case *array.Uint64:
		return Uint64, nums[uint64]{a.Uint64Values()}, nil
	case *array.Float32:
		return Float32, nums[float32]{a.Float32Values()}, nil
	case *array.Float64:
		return Float64, nums[float64]{a.Float64Values()}, nil
	}
	return fromArrowOther(a)
}

func fromArrowOther(a arrow.Array) (Type, store, error) {
	switch a := a.(type) {
	case *array.LargeString:
		return String, sharedText(a.ValueOffsets(), a), nil
	case *array.Dictionary:
		return fromDictionary(a)
	case *array.LargeBinary:
		return Image, sharedText(a.ValueOffsets(), a), nil
	case *array.Binary:
		return Image, sharedText(convertSlice[int64](a.ValueOffsets()), a), nil
	case *array.String:
		off := make([]int32, a.Len()+1)
		for i := range a.Len() {
			off[i], off[i+1] = int32(a.ValueOffset(i)), int32(a.ValueOffset(i)+a.ValueLen(i))
		}
		return String, sharedText(convertSlice[int64](off), a), nil
	case *array.Date32:
		return Date, nums[int32]{sameNumbers[int32](a.Date32Values())}, nil
	case *array.Timestamp:
		v, err := nanoseconds(sameNumbers[int64](a.TimestampValues()), int64(a.DataType().(*arrow.TimestampType).Unit.Multiplier()), a)
		return Timestamp, nums[int64]{v}, err
	case *array.Duration:
		v, err := nanoseconds(sameNumbers[int64](a.DurationValues()), int64(a.DataType().(*arrow.DurationType).Unit.Multiplier()), a)
		return Duration, nums[int64]{v}, err
	case array.ListLike:
		elem, err := fromArray(a.ListValues())
		if err != nil {
			return 0, nil, err
		}
		off := make([]int64, a.Len()+1)
		for i := range a.Len() {
			off[i], off[i+1] = a.ValueOffsets(i)
		}
		return elem.typ.Vector(), list{off, elem}, nil
	}
	return 0, nil, fmt.Errorf("the Arrow type %v has no counterpart", a.DataType())
}

// fromDictionary takes text by a dictionary; other values are looked up.
func fromDictionary(a *array.Dictionary) (Type, store, error) {
	t, words, err := fromArrow(a.Dictionary())
	if err != nil {
		return 0, nil, err
	}
	text, ok := words.(strs)
	if d, isDict := words.(dict); isDict {
		text, ok = d.plain(), true
	}
	if indices, is := a.Indices().(*array.Int32); is && ok && text.len() > 0 && a.NullN() == 0 && a.Dictionary().NullN() == 0 {
		return t, dict{indices.Int32Values(), text}, nil
	}
	codes := uncleared[int32](a.Len())
	for i := range codes {
		codes[i] = -1
		if !a.IsNull(i) && !a.Dictionary().IsNull(a.GetValueIndex(i)) {
			codes[i] = int32(a.GetValueIndex(i))
		}
	}
	if !ok || text.len() == 0 {
		return t, words.take(codes), nil
	}
	s := dict{codes, text}
	for i, c := range codes {
		if c < 0 {
			s, codes[i] = s.withEmpty()
		}
	}
	return t, s, nil
}

// sharedBits are the bits of an array. They are shared where they begin a byte
// and nothing follows them in their last one.
func sharedBits(b []byte, d arrow.ArrayData) bitmap {
	from, n := d.Offset(), d.Len()
	if from%8 == 0 {
		b := bitmap(b[from/8 : (from+n+7)/8])
		if n%8 == 0 || b[len(b)-1]>>(n%8) == 0 {
			return b[:len(b):len(b)]
		}
	}
	return bitmap(b).slice(from, from+n)
}

// sharedText is text, or other bytes, that the offsets divide.
func sharedText(off []int64, a arrow.Array) strs {
	if len(off) == 0 {
		off = []int64{0}
	}
	var text []byte
	if b := a.Data().Buffers()[2]; b != nil {
		text = b.Bytes()
	}
	return strs{off, text}
}

// sameNumbers is v as numbers of another name.
func sameNumbers[T int32 | int64, V ~int32 | ~int64](v []V) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}

// nanoseconds is v, which is shared if a unit is one.
func nanoseconds(v []int64, unit int64, a arrow.Array) ([]int64, error) {
	if unit == 1 {
		return v, nil
	}
	out := uncleared[int64](len(v))
	for i, x := range v {
		poll(i)
		if most := math.MaxInt64 / unit; x > most || x < -most {
			if a.IsValid(i) {
				return nil, fmt.Errorf("row %d: %d %v are too many for nanoseconds in 64 bits", i, x, a.DataType())
			}
			x = 0
		}
		out[i] = x * unit
	}
	return out, nil
}
