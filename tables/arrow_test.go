package tables

import (
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// foreign is a record of 24 rows in the types that other programs prefer: text
// with 32-bit offsets, seconds, bits, binary.
func foreign(t *testing.T) arrow.Record {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "B", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "D", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
		{Name: "NS", Type: arrow.FixedWidthTypes.Timestamp_ns, Nullable: true},
		{Name: "S", Type: arrow.FixedWidthTypes.Timestamp_s, Nullable: true},
		{Name: "T", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Dur", Type: arrow.FixedWidthTypes.Duration_ms, Nullable: true},
		{Name: "I", Type: arrow.PrimitiveTypes.Int16, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range 24 {
		if i%5 == 3 {
			for j := range schema.NumFields() {
				b.Field(j).AppendNull()
			}
			continue
		}
		b.Field(0).(*array.BooleanBuilder).Append(i%3 == 0)
		b.Field(1).(*array.Date32Builder).Append(arrow.Date32(20000 + i))
		b.Field(2).(*array.TimestampBuilder).Append(arrow.Timestamp(i))
		b.Field(3).(*array.TimestampBuilder).Append(arrow.Timestamp(i))
		b.Field(4).(*array.StringBuilder).Append(strings.Repeat("é", i))
		b.Field(5).(*array.DurationBuilder).Append(arrow.Duration(i))
		b.Field(6).(*array.Int16Builder).Append(int16(-i))
	}
	return b.NewRecord()
}

// A record and any piece of it have the rows that Arrow says.
func TestFromRecordPieces(t *testing.T) {
	rec := foreign(t)
	for _, span := range [][2]int64{{0, 24}, {0, 16}, {8, 24}, {8, 13}, {3, 20}, {5, 5}, {23, 24}} {
		piece := rec.NewSlice(span[0], span[1])
		got := FromRecord(piece)
		if got.Err() != nil {
			t.Fatal(got.Err())
		}
		for r := range int(span[1] - span[0]) {
			i := int(span[0]) + r
			want := []any{i%3 == 0, daysAgo(20000 + i), nanos(int64(i)), nanos(int64(i) * 1e9), strings.Repeat("é", i), millis(i), int16(-i)}
			for c, name := range got.Names() {
				v := got.Value(name, r)
				if i%5 == 3 {
					if v != nil {
						t.Errorf("rows %v: %s of row %d is %v, want null", span, name, r, v)
					}
				} else if v != want[c] {
					t.Errorf("rows %v: %s of row %d is %v, want %v", span, name, r, v, want[c])
				}
			}
		}
	}
}

func daysAgo(d int) any  { return New(Column("x", []int32{int32(d)})).withType("x", Date).Value("x", 0) }
func nanos(ns int64) any { return New(Int64s("x", ns)).withType("x", Timestamp).Value("x", 0) }
func millis(ms int) any  { return New(Int64s("x", int64(ms)*1e6)).withType("x", Duration).Value("x", 0) }

// withType is the table with a column's numbers read as another type.
func (t *Table) withType(name string, typ Type) *Table {
	c := *t.cols[t.index[name]]
	c.typ = typ
	return New(c)
}

// What Arrow holds as we do is not copied.
func TestFromRecordShares(t *testing.T) {
	rec := foreign(t)
	got := FromRecord(rec)
	for i, name := range got.Names() {
		buffer := rec.Column(i).Data().Buffers()[1]
		var at *byte
		switch s := got.cols[i].data.(type) {
		case bools:
			at = unsafe.SliceData(s.b)
		case strs:
			at, buffer = unsafe.SliceData(s.b), rec.Column(i).Data().Buffers()[2]
		default:
			at = unsafe.SliceData(numberBytes(s))
		}
		shared := at == unsafe.SliceData(buffer.Bytes())
		if copied := name == "S" || name == "Dur"; shared == copied {
			t.Errorf("%s: shared %v", name, shared)
		}
		if valid := got.cols[i].valid; unsafe.SliceData(valid) != unsafe.SliceData(rec.Column(i).NullBitmapBytes()) {
			t.Errorf("%s: its validity was copied", name)
		}
	}
}

func TestFromRecordTooLate(t *testing.T) {
	b := array.NewTimestampBuilder(memory.DefaultAllocator, &arrow.TimestampType{Unit: arrow.Second})
	b.AppendValues([]arrow.Timestamp{0, math.MaxInt64}, []bool{true, true})
	schema := arrow.NewSchema([]arrow.Field{{Name: "when", Type: &arrow.TimestampType{Unit: arrow.Second}}}, nil)
	rec := array.NewRecord(schema, []arrow.Array{b.NewArray()}, 2)
	if err := FromRecord(rec).Err(); err == nil || !strings.Contains(err.Error(), `column "when": row 1`) {
		t.Errorf("got %v", err)
	}
}
