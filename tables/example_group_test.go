package tables_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/tables"
)

// sales are amounts of goods sold in two years.
func sales() *tables.Table {
	return tables.New(
		tables.Strings("City", "Rome", "Oslo", "Rome", "Oslo", "Rome"),
		tables.Ints("Year", 2024, 2024, 2025, 2025, 2025),
		tables.Ints("Amount", 4, 1, 2, 3, 6),
		tables.Floats("Price", 2.5, 4, 3, 3.5, 2))
}

func ExampleTable_AggBy() {
	t := sales().AggBy([]string{"N = count()", "Income = sum(Amount * Price)", "Mean = Income / sum(Amount)", "Best = max(Price)"}, "City")
	fmt.Print(t)
	fmt.Println(sales().AggBy([]string{"Total = Amount"}, "City").Err())
	// Output:
	// 2 × 5
	// City        N   Income      Mean     Best
	// string  int64  float64   float64  float64
	// ──────  ─────  ───────  ────────  ───────
	// Rome        3     28.0  2.333333      3.0
	// Oslo        2     14.5     3.625      4.0
	// formula: Amount has many values in a group: write sum(Amount), first(Amount) or another aggregate, or make it a key
	//   Total = Amount
	//           ^
}

func ExampleTable_CountBy() {
	t := sales().CountBy("N", "Year")
	fmt.Println(t.Int64s("Year"), t.Int64s("N"))
	// Output: [2024 2025] [2 3]
}

func ExampleTable_SumBy() {
	fmt.Println(sales().View("City", "Amount").SumBy("City").Int64s("Amount"))
	fmt.Println(sales().SumBy("Year").Err())
	// Output:
	// [12 4]
	// tables: sum by: column "City" is string, want numbers, booleans or durations; leave it out with DropColumns, or choose columns with View, first: unsuitable type
}

func ExampleTable_AbsSumBy() {
	t := sales().View("City", "Change = Amount - 3").AbsSumBy("City")
	fmt.Println(t.Strings("City"), t.Int64s("Change"))
	// Output: [Rome Oslo] [5 2]
}

func ExampleTable_AvgBy() {
	fmt.Println(sales().DropColumns("Year").AvgBy("City").Float64s("Amount"))
	// Output: [4 2]
}

func ExampleTable_MedianBy() {
	fmt.Println(sales().DropColumns("Year").MedianBy("City").Float64s("Price"))
	// Output: [2.5 3.75]
}

func ExampleTable_PercentileBy() {
	fmt.Println(sales().DropColumns("Year").PercentileBy(0.75, "City").Float64s("Price"))
	// Output: [2.75 3.875]
}

func ExampleTable_StdBy() {
	fmt.Println(sales().DropColumns("Year").StdBy("City").Float64s("Amount"))
	// Output: [2 1.4142135623730951]
}

func ExampleTable_VarBy() {
	fmt.Println(sales().DropColumns("Year").VarBy("City").Float64s("Amount"))
	// Output: [4 2]
}

func ExampleTable_MinBy() {
	fmt.Println(sales().MinBy("Year").Strings("City"))
	// Output: [Oslo Oslo]
}

func ExampleTable_MaxBy() {
	fmt.Println(sales().MaxBy("City").Int64s("Year"))
	// Output: [2025 2025]
}

func ExampleTable_FirstBy() {
	fmt.Println(sales().FirstBy("City").Float64s("Price"))
	// Output: [2.5 4]
}

func ExampleTable_LastBy() {
	fmt.Println(sales().LastBy("City").Float64s("Price"))
	// Output: [2 3.5]
}

func ExampleTable_WeightedAvgBy() {
	fmt.Println(sales().DropColumns("Year").WeightedAvgBy("Amount", "City"))
	// Output:
	// 2 × 2
	// City       Price
	// string   float64
	// ──────  ────────
	// Rome    2.333333
	// Oslo       3.625
}

func ExampleTable_CountDistinctBy() {
	fmt.Println(sales().CountDistinctBy("City").Int64s("Year"))
	// Output: [2 2]
}

func ExampleTable_HeadBy() {
	t := sales().Sort("-Amount").HeadBy(1, "City")
	fmt.Println(t.Strings("City"), t.Int64s("Amount"))
	// Output: [Rome Oslo] [6 3]
}

func ExampleTable_TailBy() {
	t := sales().TailBy(2, "City")
	fmt.Println(t.Strings("City"), t.Int64s("Amount"))
	// Output: [Rome Rome Oslo Oslo] [2 6 1 3]
}

func ExampleTable_Distinct() {
	t := sales().Distinct("City", "Year")
	fmt.Println(t.Strings("City"), t.Int64s("Year"))
	// Output: [Rome Oslo Rome Oslo] [2024 2024 2025 2025]
}

func ExampleTable_Pivot() {
	fmt.Println(sales().Pivot("Year", "sum(Amount)", "City"))
	// Output:
	// 2 × 3
	// City     2024   2025
	// string  int64  int64
	// ──────  ─────  ─────
	// Rome        4      8
	// Oslo        1      3
}

func ExampleTable_Melt() {
	t := tables.New(tables.Strings("City", "Rome", "Oslo"), tables.Ints("Y2024", 4, 1), tables.Ints("Y2025", 8, 3))
	fmt.Println(t.Melt("Year", "Amount", "Y2024", "Y2025"))
	// Output:
	// 4 × 3
	// City    Year    Amount
	// string  string   int64
	// ──────  ──────  ──────
	// Rome    Y2024        4
	// Oslo    Y2024        1
	// Rome    Y2025        8
	// Oslo    Y2025        3
}
