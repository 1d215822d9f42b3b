package tables_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/tables"
)

func ExampleTable_UpdateView() {
	fmt.Println(people().UpdateView("Decade = Age / 10 * 10").Int64s("Decade"))
	// Output: [30 40 80 70]
}

func ExampleTable_Select() {
	fmt.Println(people().Select("Name", "Next = Age + 1").Head(2))
	// Output:
	// 2 × 2
	// Name     Next
	// string  int64
	// ──────  ─────
	// Ada        37
	// Alan       42
}

func ExampleTable_LazyUpdate() {
	fmt.Println(people().LazyUpdate("Initial = City.left(1) + City.split(` `, 1).left(1)").View("City", "Initial"))
	// Output:
	// 4 × 2
	// City      Initial
	// string    string
	// ────────  ───────
	// London    null
	// London    null
	// New York  NY
	// Vienna    null
}

func ExampleFunctions() {
	fmt.Println(tables.Functions().Where("Name.contains(`padStart`)").View("Name", "Takes", "Gives").Head(1))
	// Output:
	// 1 × 3
	// Name            Takes            Gives
	// string          string           string
	// ──────────────  ───────────────  ──────
	// padStart, lpad  (string, int64)  string
}
