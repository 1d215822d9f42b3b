package tables_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/tables"
)

func cities() *tables.Table {
	return tables.New(
		tables.Strings("City", "London", "Vienna", "Paris"),
		tables.Strings("Country", "England", "Austria", "France"))
}

func ExampleTable_Join() {
	fmt.Println(people().Join(cities(), "City"))
	pairs := people().Join(people(), "City", "Other=Name").Where("Name < Other")
	fmt.Println(pairs.Strings("Name"), pairs.Strings("Other"))
	// Output:
	// 3 × 4
	// Name    City      Age  Country
	// string  string  int64  string
	// ──────  ──────  ─────  ───────
	// Ada     London     36  England
	// Alan    London     41  England
	// Kurt    Vienna     71  Austria
	//
	// [Ada] [Alan]
}

func ExampleTable_LeftJoin() {
	fmt.Println(cities().LeftJoin(people(), "City", "Name"))
	// Output:
	// 4 × 3
	// City    Country  Name
	// string  string   string
	// ──────  ───────  ──────
	// London  England  Ada
	// London  England  Alan
	// Vienna  Austria  Kurt
	// Paris   France   null
}

func ExampleTable_NaturalJoin() {
	fmt.Println(people().NaturalJoin(cities(), "City", "Where=Country").View("Name", "Where"))
	fmt.Println(cities().NaturalJoin(people(), "City").Err())
	// Output:
	// 4 × 2
	// Name    Where
	// string  string
	// ──────  ───────
	// Ada     England
	// Alan    England
	// Grace   null
	// Kurt    Austria
	//
	// tables: natural join: key City = "London" of row 0 has 2 rows on the right (0 and 1 first), want one
}

func ExampleTable_ExactJoin() {
	fmt.Println(people().Head(2).ExactJoin(cities(), "City").Strings("Country"))
	fmt.Println(people().ExactJoin(cities(), "City").Err())
	// Output:
	// [England England]
	// tables: exact join: key City = "New York" of row 2 has no row on the right
}

func ExampleTable_WhereIn() {
	fmt.Println(people().WhereIn(cities(), "City").Strings("Name"))
	// Output: [Ada Alan Kurt]
}

func ExampleTable_WhereNotIn() {
	fmt.Println(people().WhereNotIn(cities(), "City").Strings("Name"))
	// Output: [Grace]
}

func ExampleTable_AsOfJoin() {
	trades := tables.New(tables.Strings("Sym", "A", "B", "A"), tables.Ints("T", 10, 11, 15), tables.Ints("Size", 100, 200, 300))
	quotes := tables.New(tables.Strings("Sym", "A", "A", "B", "A"), tables.Ints("U", 9, 12, 12, 15), tables.Floats("Bid", 1.5, 1.6, 7, 1.7))
	fmt.Println(trades.AsOfJoin(quotes, "Sym, T >= U"))
	fmt.Println(trades.AsOfJoin(quotes, "Sym, T < U", "Next=Bid").Float64s("Next"))
	// Output:
	// 3 × 5
	// Sym         T   Size      U      Bid
	// string  int64  int64  int64  float64
	// ──────  ─────  ─────  ─────  ───────
	// A          10    100      9      1.5
	// B          11    200   null     null
	// A          15    300     15      1.7
	//
	// [1.6 7 NaN]
}
