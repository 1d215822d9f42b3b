package tables_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/tables"
)

// TestInterrupt interrupts every verb that may take long after it has asked
// for that a few times: each has to end by the interrupt, soon, and the table
// be as it was.
func TestInterrupt(t *testing.T) {
	const n = 1 << 19
	rng := rand.New(rand.NewPCG(1, 2))
	key, val, txt := make([]int, n), make([]float64, n), make([]string, n)
	var csv strings.Builder
	csv.WriteString("K,V,S\n")
	for i := range n {
		key[i], val[i] = rng.IntN(1000), rng.Float64()
		txt[i] = strconv.Itoa(key[i])
		csv.WriteString(txt[i] + ",0.25,x" + txt[i] + "\n")
	}
	file := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(file, []byte(csv.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	b := tables.New(tables.Ints("K", key...), tables.Floats("V", val...), tables.Strings("S", txt...))
	grouped := b.GroupBy("K")
	for name, verb := range map[string]func(){
		"Sort":       func() { b.Sort("V", "K") },
		"Sort text":  func() { b.Sort("-S") },
		"GroupBy":    func() { b.GroupBy("K") },
		"GroupBy 2":  func() { b.GroupBy("S", "K") },
		"Ungroup":    func() { grouped.Ungroup() },
		"Update":     func() { b.Update("W = sqrt(V)") },
		"Where":      func() { b.Where("V > 0.5") },
		"Describe":   func() { b.Describe() },
		"Encode":     func() { b.Encode("S", tables.Sorted()) },
		"Categories": func() { b.Categories("S", tables.Sorted()) },
		"Strings":    func() { b.Strings("S") },
		"Take":       func() { b.Take(key...) },
		"Merge":      func() { b.Merge(b) },
		"Sum":        func() { b.Sum("V") },
		"Join":       func() { b.Join(grouped, "K", "V2=V") },
		"Join text":  func() { b.Join(b.Head(2000), "S", "V2=V") },
		"Join two":   func() { b.LeftJoin(b.Head(2000), "V, S", "K2=K") },
		"Join all":   func() { b.Head(4000).Join(b.Head(4000), "", "V2=V") },
		"WhereIn":    func() { b.WhereIn(b, "V") },
		"AsOfJoin":   func() { b.AsOfJoin(b, "S, V >= V", "K2=K") },
		"Aggregate":  func() { grouped.Update("W = median(V)") },
		"ReadCSV":    func() { tables.ReadCSV(file) },
		"ParseCSV":   func() { tables.ParseCSV(csv.String(), tables.ColumnType("K", tables.Float64)) },
	} {
		for _, after := range []int64{0, 3, 20} {
			if asked := interrupted(t, after, verb); asked < after {
				t.Errorf("%s asks for an interrupt %d times only", name, asked)
			}
		}
	}
	if !slices.Equal(b.Float64s("V"), val) || !slices.Equal(b.Strings("S"), txt) || b.Err() != nil {
		t.Error("the table was changed")
	}
}

// interrupted runs verb, which is interrupted once it has asked for that more
// than after times, and sees that it ends so.
func interrupted(t *testing.T, after int64, verb func()) (asked int64) {
	t.Helper()
	var count, first atomic.Int64 // first is when the interrupt came
	interrupt.Watch(func() bool {
		if count.Add(1) <= after {
			return false
		}
		first.CompareAndSwap(0, time.Now().UnixNano())
		return true
	})
	defer interrupt.Watch(func() bool { return false })
	defer func() {
		if v := recover(); v != any(interrupt.Err) {
			t.Errorf("it ended with %v, want the interrupt", v)
		} else if took := time.Since(time.Unix(0, first.Load())); took > 10*time.Second {
			t.Errorf("it took %v to end", took)
		}
		asked = count.Load()
	}()
	verb()
	return
}

// TestSortedInPieces compares quartiles of more values than are sorted at once.
func TestSortedInPieces(t *testing.T) {
	v := make([]float64, 100_001)
	for i := range v {
		v[i] = float64(i)
	}
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
	v[7] = math.Copysign(0, -1)
	d := tables.New(tables.Floats("V", v...)).Describe()
	want := slices.Sorted(slices.Values(v))
	for name, i := range map[string]int{"Min": 0, "Q25": 25_000, "Median": 50_000, "Q75": 75_000, "Max": 100_000} {
		if got := d.Value(name, 0); got != want[i] {
			t.Errorf("%s is %v, want %v", name, got, want[i])
		}
	}
}
