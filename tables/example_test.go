package tables_test

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"

	"github.com/sheaf-go/sheaf/tables"
)

func people() *tables.Table {
	return tables.New(
		tables.Strings("Name", "Ada", "Alan", "Grace", "Kurt"),
		tables.Strings("City", "London", "London", "New York", "Vienna"),
		tables.Ints("Age", 36, 41, 85, 71))
}

func ExampleNew() {
	t := tables.New(tables.Strings("X", "A", "B", "C"), tables.Ints("N", 1, 2, 3), tables.Column("F", []any{0.5, nil, 2.0}))
	fmt.Println(t)
	// Output:
	// 3 × 3
	// X           N        F
	// string  int64  float64
	// ──────  ─────  ───────
	// A           1      0.5
	// B           2     null
	// C           3      2.0
}

func ExampleEmpty() {
	fmt.Println(tables.Empty(5).Update("A = i * i").Int64s("A"))
	// Output: [0 1 4 9 16]
}

func ExampleColumn() {
	t := tables.New(tables.Column("V", [][]float64{{1, 2}, {3}}))
	typ, _ := t.TypeOf("V")
	fmt.Println(typ, t.Value("V", 0))
	// Output: []float64 [1 2]
}

func ExampleValues() {
	t := tables.New(tables.Values("N", tables.Int32, []any{2.9, nil, 7}))
	fmt.Println(t.Value("N", 0), t.Value("N", 1), t.Value("N", 2))
	// Output: 2 <nil> 7
}

func ExampleReadCSV() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "people.csv")
	os.WriteFile(path, []byte("name;born;height\nAda;1815-12-10;1.65\n\"Alan; M.\";1912-06-23;\n"), 0o600)
	t, err := tables.ReadCSV(path, tables.Delimiter(';'))
	fmt.Println(t, err)
	// Output:
	// 2 × 3
	// name      born         height
	// string    date        float64
	// ────────  ──────────  ───────
	// Ada       1815-12-10     1.65
	// Alan; M.  1912-06-23     null
	//  <nil>
}

func ExampleParseCSV() {
	_, err := tables.ParseCSV("a,b\n1,2\n3\n")
	fmt.Println(err)
	t, _ := tables.ParseCSV("a,b\n1,2\n3\n", tables.AllowMissing())
	fmt.Println(t.IsNull("b", 1))
	// Output:
	// tables: parse csv: line 3:1: want 2 fields, got 1
	// true
}

func ExampleTable_Update() {
	t := people().Update("Decade = Age / 10", "Label = Name + ` of ` + City")
	fmt.Println(t.View("Decade", "Label"))
	// Output:
	// 4 × 2
	// Decade  Label
	//  int64  string
	// ──────  ─────────────────
	//      3  Ada of London
	//      4  Alan of London
	//      8  Grace of New York
	//      7  Kurt of Vienna
}

func ExampleTable_View() {
	fmt.Println(people().View("Age", "Months = 12 * Age").Tail(1))
	// Output:
	// 1 × 2
	//   Age  Months
	// int64   int64
	// ─────  ──────
	//    71     852
}

func ExampleTable_Where() {
	fmt.Println(people().Where("Age > 40", "City in `London`, `Vienna`").Strings("Name"))
	fmt.Println(people().Where("Agee > 40 or City = `London`").Err())
	// Output:
	// [Alan Kurt]
	// formula: no column "Agee"; did you mean "Age"?
	//   Agee > 40 or City = `London`
	//   ^
}

func ExampleTable_GroupBy() {
	t := people().GroupBy("City").View("City", "N = count(Age)", "Oldest = max(Age)", "Name")
	fmt.Println(t)
	// Output:
	// 3 × 4
	// City          N  Oldest  Name
	// string    int64   int64  []string
	// ────────  ─────  ──────  ───────────
	// London        2      41  [Ada, Alan]
	// New York      1      85  [Grace]
	// Vienna        1      71  [Kurt]
}

func ExampleTable_Ungroup() {
	// Categories become numbers by their first appearance; the rows come out
	// group by group.
	t := people().GroupBy("City").Update("City = (double)i").Ungroup()
	fmt.Println(t.Float64s("City"), t.Strings("Name"))
	// Output: [0 0 1 2] [Ada Alan Grace Kurt]
}

func ExampleTable_Encode() {
	fmt.Println(people().Encode("City").Int64s("City"), people().Categories("City").Strings("City"))
	fmt.Println(people().Encode("Name", tables.Sorted()).Int64s("Name"))
	// Output:
	// [0 0 1 2] [London New York Vienna]
	// [0 1 2 3]
}

func ExampleTable_Categories() {
	fmt.Println(people().Categories("City").Strings("City"))
	// Output: [London New York Vienna]
}

func ExampleTable_Sort() {
	fmt.Println(people().Sort("City", "-Age").Strings("Name"))
	// Output: [Alan Ada Grace Kurt]
}

func ExampleTable_Describe() {
	fmt.Println(people().Describe().View("Column", "Count", "Mean", "Min", "Max", "Summary"))
	// Output:
	// 3 × 6
	// Column  Count     Mean      Min      Max  Summary
	// string  int64  float64  float64  float64  string
	// ──────  ─────  ───────  ───────  ───────  ────────────────────────────────────────────────────
	// Name        4     null     null     null  4 different: Ada 25 %, Alan 25 %, Grace 25 %, …
	// City        4     null     null     null  3 different: London 50 %, New York 25 %, Vienna 25 %
	// Age         4    58.25     36.0     85.0  ██      █  █
}

func ExampleTable_Glimpse() {
	fmt.Println(people().Glimpse())
	// Output:
	// 3 × 4
	// Column  Type    Nulls  Values
	// string  string  int64  string
	// ──────  ──────  ─────  ────────────────────────────────
	// Name    string      0  Ada, Alan, Grace, Kurt
	// City    string      0  London, London, New York, Vienna
	// Age     int64       0  36, 41, 85, 71
}

func ExampleTable_Reverse() {
	fmt.Println(people().Reverse().Strings("Name"))
	// Output: [Kurt Grace Alan Ada]
}

func ExampleTable_MoveColumns() {
	fmt.Println(people().MoveColumns(0, "Age").Names(), people().MoveColumns(-1, "Name").Names())
	// Output: [Age Name City] [City Age Name]
}

func ExampleTable_Sample() {
	fmt.Println(people().Sample(2, tables.Seed(1)).Strings("Name"))
	// Output: [Alan Grace]
}

func ExampleTable_Shuffle() {
	fmt.Println(people().Shuffle(tables.Seed(1)).Strings("Name"))
	// Output: [Alan Grace Ada Kurt]
}

func ExampleTable_SampleFraction() {
	fmt.Println(people().SampleFraction(0.5, tables.Seed(2)).Len())
	// Output: 2
}

func ExampleTable_TrainTestSplit() {
	t := tables.Empty(100).Update("Class = i % 4 == 0 ? `rare` : `common`")
	train, test := t.TrainTestSplit(0.8, tables.Seed(1), tables.Strata("Class"))
	fmt.Println(train.Len(), test.Len(), test.Where("Class == `rare`").Len())
	// Output: 80 20 5
}

func ExampleTable_Split() {
	parts := tables.Empty(100).Split([]float64{0.7, 0.15, 0.15}, tables.Seed(1))
	fmt.Println(parts[0].Len(), parts[1].Len(), parts[2].Len())
	// Output: 70 15 15
}

func ExampleTable_SplitColumn() {
	fmt.Println(people().SplitColumn("Train", 0.75, tables.Seed(1)).Sum("Train"))
	// Output: 3
}

func ExampleImages() {
	t := tables.New(tables.Images("I", image.NewGray(image.Rect(0, 0, 28, 28))))
	p := t.Pictures("I")[0]
	img, err := p.Decode()
	fmt.Println(p, img.Bounds().Dx(), err)
	// Output: PNG 28×28 28 <nil>
}

func ExampleTable_Sum() {
	t := people()
	fmt.Println(t.Sum("Age"), t.Mean("Age"), t.Min("Age"), t.Max("Age"))
	// Output: 233 58.25 36 85
}

func ExampleTable_Map() {
	initial := func(s string) string { return s[:1] }
	centre := func(v []float64) []float64 {
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		out := make([]float64, len(v))
		for i, x := range v {
			out[i] = x - sum/float64(len(v))
		}
		return out
	}
	t := people().Map("Initial", initial, "Name").Map("Centred", centre, "Age")
	fmt.Println(t.Strings("Initial"), t.Float64s("Centred"))
	// Output: [A A G K] [-22.25 -17.25 26.75 12.75]
}

func ExampleTable_With() {
	t := people().With(tables.Floats("Score", 1, 2, 3, 4))
	fmt.Println(t.Names())
	fmt.Println(people().With(tables.Floats("Score", 1)).Err())
	// Output:
	// [Name City Age Score]
	// tables: with: column "Score" has 1 rows, the table has 4: unequal lengths
}

func ExampleTable_DropColumns() {
	fmt.Println(people().DropColumns("City").Names())
	fmt.Println(people().DropColumns("Town", "City").Err())
	// Output:
	// [Name Age]
	// tables: drop columns: no column "Town"; the table has Name, City, Age
}

func ExampleTable_RenameColumns() {
	fmt.Println(people().RenameColumns("Years=Age").Names())
	// Output: [Name City Years]
}

func ExampleTable_Head() {
	fmt.Println(people().Head(2).Strings("Name"), people().Tail(1).Strings("Name"), people().Slice(1, 3).Strings("Name"))
	// Output: [Ada Alan] [Kurt] [Alan Grace]
}

func ExampleTable_Tail() {
	fmt.Println(people().Tail(2).Strings("Name"))
	// Output: [Grace Kurt]
}

func ExampleTable_Slice() {
	fmt.Println(people().Slice(1, 3).Strings("Name"))
	// Output: [Alan Grace]
}

func ExampleTable_Take() {
	fmt.Println(people().Take(3, 0, 0).Strings("Name"))
	// Output: [Kurt Ada Ada]
}

func ExampleTable_Merge() {
	fmt.Println(people().Head(1).Merge(people().Tail(1)).Strings("Name"))
	// Output: [Ada Kurt]
}

func ExampleTable_Meta() {
	fmt.Println(people().Meta())
	// Output:
	// 3 × 3
	// Name    Type    Nulls
	// string  string  int64
	// ──────  ──────  ─────
	// Name    string      0
	// City    string      0
	// Age     int64       0
}

type session map[string]any

func (s session) Lookup(name string) (any, bool) { v, ok := s[name]; return v, ok }

func ExampleSetScope() {
	tables.SetScope(session{"shout": func(s string) string { return strings.ToUpper(s) + "!" }, "limit": 50})
	defer tables.SetScope(nil)
	fmt.Println(people().Where("Age > limit").Update("Name = shout(Name)").Strings("Name"))
	// Output: [GRACE! KURT!]
}
