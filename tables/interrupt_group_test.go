package tables_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/sheaf-go/sheaf/tables"
)

// TestInterruptGroups interrupts what works on groups, whatever way the keys
// are numbered.
func TestInterruptGroups(t *testing.T) {
	const n = 1 << 19
	rng := rand.New(rand.NewPCG(1, 3))
	few, many, float, val := make([]int, n), make([]int, n), make([]float64, n), make([]float64, n)
	word, long := make([]string, n), make([]string, n)
	for i := range n {
		few[i], many[i], val[i] = rng.IntN(1000), rng.IntN(300_000)*1_000_003, rng.Float64()
		float[i], word[i], long[i] = float64(rng.IntN(500))/3, strconv.Itoa(many[i]), "some longer text "+strconv.Itoa(many[i])
	}
	b := tables.New(tables.Ints("Few", few...), tables.Ints("Many", many...), tables.Floats("F", float...), tables.Floats("V", val...),
		tables.Strings("W", word...), tables.Strings("L", long...))
	for name, verb := range map[string]func(){
		"direct":        func() { b.AggBy([]string{"S = sum(V)", "M = max(W)"}, "Few") },
		"hashed":        func() { b.AggBy([]string{"S = avg(V * 2)"}, "F") },
		"shared":        func() { b.AggBy([]string{"S = std(V)", "L = last(W)"}, "Many") },
		"shared text":   func() { b.AggBy([]string{"S = sum(V)"}, "W") },
		"long text":     func() { b.AggBy([]string{"S = sum(V)"}, "L") },
		"two keys":      func() { b.AggBy([]string{"N = count()"}, "Few", "L") },
		"no keys":       func() { b.AggBy([]string{"S = var(V)"}) },
		"median":        func() { b.AggBy([]string{"S = median(V)"}, "Few") },
		"countDistinct": func() { b.AggBy([]string{"S = countDistinct(W)"}, "Few") },
		"group":         func() { b.AggBy([]string{"S = group(W)"}, "Many") },
		"Distinct":      func() { b.Distinct("Many", "F") },
		"HeadBy":        func() { b.HeadBy(1, "W") },
		"Pivot":         func() { b.Pivot("Few", "sum(V)", "F") },
		"Melt":          func() { b.Melt("Name", "Value", "F", "V") },
	} {
		for _, after := range []int64{0, 3, 20} {
			if asked := interrupted(t, after, verb); asked < after {
				t.Errorf("%s asks for an interrupt %d times only", name, asked)
			}
		}
	}
}
