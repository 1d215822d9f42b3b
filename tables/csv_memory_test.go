package tables

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestCSVMemory adds up all that reading a file allocates: together with the
// file, which is mapped, that is at most 2.5 times the file and the table. More
// cores than two take some hundred KB each.
func TestCSVMemory(t *testing.T) {
	const rows, most = 250_000, 2.5
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	rng := rand.New(rand.NewPCG(61, 62))
	files := map[string]struct {
		row  func(i int) string
		opts []CSVOption
	}{
		"numbers": {row: func(i int) string { return fmt.Sprintf("%d,%v,%v", i, rng.NormFloat64(), rng.IntN(1000)) }},
		"text":    {row: func(i int) string { return fmt.Sprintf("customer %d,word%d,%v", rng.IntN(1e9), i%100, i%2 == 0) }},
		"quoted":  {row: func(i int) string { return fmt.Sprintf("\"a \"\"%d\"\"\",\"x,\n%d\",%d", i, rng.IntN(1e9), i) }},
		"short":   {row: func(i int) string { return fmt.Sprintf("%d,,%d", i%10, i%7) }},
		"late": {row: func(i int) string { // the first column's kind is another one in the end
			if i == rows-1 {
				return "text,1,2"
			}
			return fmt.Sprintf("%d,%d,2", i, i)
		}},
		"typed": {row: func(i int) string { return fmt.Sprintf("%d,%v,x", i%100, rng.Float32()) },
			opts: []CSVOption{ColumnType("a", Int8), ColumnType("b", Float32), ColumnType("c", Char)}},
		"comments": {row: func(i int) string { return fmt.Sprintf("%d,%v,z\n# \"no", i, rng.Float64()) }, opts: []CSVOption{Comment('#')}},
	}
	for name, f := range files {
		var b strings.Builder
		b.WriteString("a,b,c\n")
		for i := range rows {
			b.WriteString(f.row(i) + "\n")
		}
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadCSV(path, f.opts...); err != nil { // what is made once
			t.Fatal(name, err)
		}
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		out, err := ReadCSV(path, f.opts...)
		runtime.ReadMemStats(&after)
		if err != nil || out.Len() != rows {
			t.Errorf("%s: %d rows, %v", name, out.Len(), err)
			continue
		}
		made, size := int(after.TotalAlloc-before.TotalAlloc), sizeOf(map[*byte]bool{}, out)
		ratio := float64(b.Len()+made) / float64(b.Len()+size)
		if ratio > most {
			t.Errorf("%s: file of %d KB, table of %d KB, %d KB allocated: %.2f times, want at most %v", name, b.Len()>>10, size>>10, made>>10, ratio, most)
		}
		if testing.Verbose() {
			fmt.Printf("%-10s %.2f (allocated alone %.2f)\n", name, ratio, float64(made)/float64(b.Len()+size))
		}
	}
}
