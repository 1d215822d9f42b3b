package tables_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sheaf-go/sheaf/tables"
)

func ExampleTable_WriteCSV() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "people.csv.gz")
	err := people().WriteCSV(path)
	t, _ := tables.ReadCSV(path)
	fmt.Println(err, t.Int64s("Age"))
	// Output: <nil> [36 41 85 71]
}

func ExampleTable_WriteCSVTo() {
	err := people().Head(2).WriteCSVTo(os.Stdout, tables.Delimiter('\t'))
	fmt.Println(err)
	// Output:
	// Name	City	Age
	// Ada	London	36
	// Alan	London	41
	// <nil>
}

func ExampleTable_CSV() {
	t := tables.New(tables.Strings("name", "Ada", "Alan; M.", ""), tables.Column("height", []any{1.65, nil, 2.0}))
	text, err := t.CSV(tables.Delimiter(';'))
	fmt.Print(text, err)
	// Output:
	// name;height
	// Ada;1.65
	// "Alan; M.";
	// "";2.0
	// <nil>
}

func ExampleReadCSVFrom() {
	t, err := tables.ReadCSVFrom(strings.NewReader("a,b\n1,x\n"))
	fmt.Println(t.Int64s("a"), t.Strings("b"), err)
	// Output: [1] [x] <nil>
}

func ExampleDecimal() {
	t, err := tables.ParseCSV("price;n\n1.234,50;1.000\n", tables.Delimiter(';'), tables.Decimal(','), tables.Thousands('.'))
	fmt.Println(t.Float64s("price"), t.Int64s("n"), err)
	// Output: [1234.5] [1000] <nil>
}

func ExampleEscape() {
	t, err := tables.ParseCSV(`size,n`+"\n"+`"5\" by 4\"",1`+"\n", tables.Escape('\\'))
	fmt.Println(t.Strings("size"), err)
	// Output: [5" by 4"] <nil>
}
