package tables_test

import (
	"fmt"
	"time"

	"github.com/sheaf-go/sheaf/tables"
)

func ExampleBools() {
	t := tables.New(tables.Bools("Open", true, false))
	fmt.Println(t.Where("!Open").Len(), t.Bools("Open"))
	// Output: 1 [true false]
}

func ExampleInt64s() {
	fmt.Println(tables.New(tables.Int64s("A", 1, 2), tables.Int32s("B", 3, 4)).Update("C = A + B").Int64s("C"))
	// Output: [4 6]
}

func ExampleFloat32s() {
	t := tables.New(tables.Float32s("F", 0.5, 1.5))
	fmt.Println(t.Float64s("F"), t.Schema()[0].Type)
	// Output: [0.5 1.5] float32
}

func ExampleChars() {
	fmt.Println(tables.New(tables.Chars("Grade", 'A', 'B')).Strings("Grade"))
	// Output: [A B]
}

func ExampleTimes() {
	noon := time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	t := tables.New(tables.Times("At", noon, noon.Add(time.Hour), time.Time{}))
	fmt.Println(t.Where("At > '2024-03-01 12:30:00'").Len(), t.IsNull("At", 2))
	// Output: 1 true
}

func ExampleDates() {
	t := tables.New(tables.Dates("Day", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)))
	fmt.Println(t.Strings("Day"), t.Times("Day")[0].YearDay())
	// Output: [2024-02-29] 60
}

func ExampleDurations() {
	t := tables.New(tables.Durations("Took", 90*time.Second))
	fmt.Println(t.Value("Took", 0), t.Int64s("Took")[0])
	// Output: 1m30s 90000000000
}

func ExampleVectorOf() {
	t := tables.New(tables.Column("V", [][]float64{{1, 2}, {3}}))
	typ, _ := t.TypeOf("V")
	fmt.Println(typ == tables.VectorOf(tables.Float64), t.Update("S = sum(V)").Float64s("S"))
	// Output: true [3 3]
}

func ExampleFromRecord() {
	rec, err := people().Record()
	if err != nil {
		panic(err)
	}
	fmt.Println(rec.Schema().Field(2), tables.FromRecord(rec).Names())
	// Output: Age: type=int64, nullable [Name City Age]
}

func ExampleFailed() {
	t := tables.Failed(fmt.Errorf("the sensor is off"))
	fmt.Println(t.Where("A > 1").Sort("A").Err())
	// Output: the sensor is off
}

func ExampleTable_Err() {
	fmt.Println(people().Where("Agee > 40").Err())
	// Output:
	// formula: no column "Agee"; did you mean "Age"?
	//   Agee > 40
	//   ^
}

func ExampleTable_Len() {
	t := people()
	fmt.Println(t.Len(), t.NumCols(), t.Names(), t.Has("Age"), t.Has("age"))
	// Output: 4 3 [Name City Age] true false
}

func ExampleTable_Schema() {
	for _, f := range people().Schema() {
		fmt.Println(f.Name, f.Type, f.Type.IsNumeric())
	}
	// Output:
	// Name string false
	// City string false
	// Age int64 true
}

func ExampleTable_Column() {
	c, ok := people().Column("Age")
	fmt.Println(ok, c.Type(), c.Len(), c.NullCount(), c.Values())
	// Output: true int64 4 0 [36 41 85 71]
}

func ExampleTable_Float64s() {
	t := tables.New(tables.Column("A", []any{1.5, nil}), tables.Ints("B", 1, 2))
	fmt.Println(t.Float64s("A"), t.Float64s("B"), t.Int64s("B"))
	// Output: [1.5 NaN] [1 2] [1 2]
}

func ExampleTable_Value() {
	t := people()
	fmt.Println(t.Value("Name", 1), t.IsNull("Name", 1))
	// Output: Alan false
}

func ExampleTable_String() {
	fmt.Println(people().Head(1))
	// Output:
	// 1 × 3
	// Name    City      Age
	// string  string  int64
	// ──────  ──────  ─────
	// Ada     London     36
}
