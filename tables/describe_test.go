package tables

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestDescribe(t *testing.T) {
	d := New(
		Column("N", []any{1.0, 2.0, nil, 4.0, math.NaN()}),
		Strings("S", "a", "b", "a", "<b>", "d"),
		Bools("B", true, true, true, true, false),
		Dates("D", time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), time.Time{}, time.Date(2024, 1, 13, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 13, 0, 0, 0, 0, time.UTC)),
		Column("V", [][]float64{{1}, {2, 3}, nil, {4}, {5}}),
		Column("E", []any{nil, nil, nil, nil, nil}),
	).Describe()
	want := [][]any{
		{"N", "float64", int64(4), int64(1), "█   █      █", 7.0 / 3, math.Sqrt(7.0 / 3), 1.0, 1.5, 2.0, 3.0, 4.0},
		{"S", "string", int64(5), int64(0), "4 different: a 40 %, b 20 %, <b> 20 %, …", nil, nil, nil, nil, nil, nil, nil},
		{"B", "bool", int64(5), int64(0), "2 different: true 80 %, false 20 %", nil, nil, nil, nil, nil, nil, nil},
		{"D", "date", int64(4), int64(1), "2024-01-01 ▄▄         █ 2024-01-13", nil, nil, nil, nil, nil, nil, nil},
		{"V", "[]float64", int64(5), int64(0), "of lengths 0 to 2", nil, nil, nil, nil, nil, nil, nil},
		{"E", "string", int64(0), int64(5), nil, nil, nil, nil, nil, nil, nil, nil},
	}
	if text := differs(d, []string{"Column", "Type", "Count", "Nulls", "Summary", "Mean", "Std", "Min", "Q25", "Median", "Q75", "Max"}, want); text != "" {
		t.Error(text)
	}
	if err := d.Describe("nope").Err(); err == nil || !strings.Contains(err.Error(), `describe: no column "nope"`) {
		t.Error(err)
	}
}

// TestDescribeAnything describes and glimpses random tables, empty ones too.
func TestDescribeAnything(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 50 {
		all := randomTable(rng, rng.IntN(40), append(scalarTypes, VectorOf(Int64), VectorOf(String), VectorOf(Float64).Vector())...)
		for _, d := range []*Table{all.Describe(), all.Glimpse()} {
			if d.Err() != nil || d.Len() != all.NumCols() {
				t.Fatalf("%d rows, want %d: %v", d.Len(), all.NumCols(), d.Err())
			}
			if page := d.html(); strings.Contains(page, "<b>") {
				t.Error("text of a cell is taken for HTML")
			}
		}
	}
}

func TestSparkline(t *testing.T) {
	for _, test := range []struct {
		v    []float64
		want string
	}{
		{nil, ""},
		{[]float64{math.Inf(-1), math.Inf(1)}, ""},
		{[]float64{3, 3}, "           █"},
		{[]float64{-math.MaxFloat64, math.MaxFloat64}, "█          █"},
		{[]float64{math.Inf(-1), 0, 1, 1, 1, 12, math.Inf(1)}, "▃█         ▃"},
	} {
		if got := sparkline(test.v); got != test.want {
			t.Errorf("%v: got %q, want %q", test.v, got, test.want)
		}
	}
}
