package tables

import (
	"fmt"
	"runtime"
	"testing"
	"unsafe"
)

// sizeOf is the bytes that columns of tables take, but for those whose memory
// is in seen, to which it adds them.
func sizeOf(seen map[*byte]bool, tables ...*Table) int {
	n := 0
	for _, t := range tables {
		for _, c := range t.cols {
			if at := c.start(); !seen[at] {
				n += c.size()
				seen[at] = true
			}
		}
	}
	return n
}

// start is where a column's memory begins.
func (c *Col) start() *byte {
	switch s := c.data.(type) {
	case bools:
		return unsafe.SliceData(s.b)
	case strs:
		return unsafe.SliceData(rawBytes(s.off))
	case dict:
		return unsafe.SliceData(rawBytes(s.codes))
	case list:
		return unsafe.SliceData(rawBytes(s.off))
	}
	return unsafe.SliceData(numberBytes(c.data))
}

func (c *Col) size() int {
	n := len(c.valid)
	switch s := c.data.(type) {
	case bools:
		return n + len(s.b)
	case strs:
		return n + 8*len(s.off) + int(s.off[len(s.off)-1]-s.off[0])
	case dict:
		return n + 4*len(s.codes) + 8*len(s.words.off) + len(s.words.b)
	case list:
		return n + 8*len(s.off) + s.elem.size()
	}
	return n + len(numberBytes(c.data))
}

// TestMemory adds up all that each verb allocates, whether it is freed on the
// way or not: together with its inputs that is at most 2.5 times the inputs and
// the output.
func TestMemory(t *testing.T) {
	const n, most = 400_000, 2.5
	base := Empty(n).Update("K = (ii * 7919) % 1000", "M = (ii * 7919) % 100003", "A = sqrt(ii)", "B = (float)(ii % 17)", "D = ii % 2 == 0",
		"S = `key` + K", "T = `customer ` + M", "N = K > 5 ? A : null").With(Ints("Last", make([]int, n)...))
	right := Empty(100_003).Update("M = ii", "W = ii * 0.5", "T = `customer ` + ii")
	few := base.View("K", "A", "N")
	narrow := Empty(n).View("S = (short)(ii * 7919)", "B = (byte)(ii * 31)", "A = (byte)(ii / 5)")
	verbs := map[string]struct {
		in []*Table
		do func() *Table
	}{
		"Update number":    {[]*Table{base}, func() *Table { return base.Update("C = sqrt(A) + 2 * B") }},
		"Update text":      {[]*Table{base}, func() *Table { return base.Update("C = T + `!`") }},
		"Update its text":  {[]*Table{base.View("T")}, func() *Table { return base.View("T").Update("C = T + `!`") }},
		"Update few texts": {[]*Table{base.View("A")}, func() *Table { return base.View("A").Update("C = A > 100 ? `yes` : `no`") }},
		"Update flag":      {[]*Table{base.View("A")}, func() *Table { return base.View("A").Update("C = A > 100") }},
		"Where number":     {[]*Table{base.View("A")}, func() *Table { return base.View("A").Where("A > 100", "A < 300") }},
		"LazyUpdate":       {[]*Table{base.View("K")}, func() *Table { return base.View("K").LazyUpdate("C = K * 2") }},
		"View":             {[]*Table{base}, func() *Table { return base.View("A", "C = N * 2") }},
		"Where":            {[]*Table{base}, func() *Table { return base.Where("A > 100 && D") }},
		"Where all":        {[]*Table{base}, func() *Table { return base.Where("A >= 0") }},
		"Sort number":      {[]*Table{base}, func() *Table { return base.Sort("-A") }},
		"Sort flag":        {[]*Table{base.View("D")}, func() *Table { return base.View("D").Sort("D") }},
		"Sort byte":        {[]*Table{narrow.View("B")}, func() *Table { return narrow.View("B").Sort("-B") }},
		"Sort short":       {[]*Table{narrow.View("S")}, func() *Table { return narrow.View("S").Sort("S") }},
		"Sort shorts":      {[]*Table{narrow}, func() *Table { return narrow.Sort("S", "B", "-A") }},
		"Sort text":        {[]*Table{base}, func() *Table { return base.Sort("T", "A") }},
		"Reverse":          {[]*Table{base}, func() *Table { return base.Reverse() }},
		"GroupBy":          {[]*Table{base}, func() *Table { return base.GroupBy("K") }},
		"GroupBy text":     {[]*Table{base}, func() *Table { return base.GroupBy("T") }},
		"Ungroup":          {[]*Table{base}, func() *Table { return base.GroupBy("K").Ungroup() }},
		"Encode":           {[]*Table{base}, func() *Table { return base.Encode("T") }},
		"Merge":            {[]*Table{base, base}, func() *Table { return base.Merge(base) }},
		"Shuffle":          {[]*Table{base}, func() *Table { return base.Shuffle() }},
		"Sample":           {[]*Table{base}, func() *Table { return base.Sample(n/2, Strata("S")) }},
		"Split":            {[]*Table{base}, func() *Table { a, b := base.TrainTestSplit(0.5); return a.Merge(b) }},
		"SplitColumn":      {[]*Table{base}, func() *Table { return base.SplitColumn("Train", 0.8) }},
		"Describe":         {[]*Table{base}, func() *Table { return base.Describe("A", "S") }},
		"Glimpse":          {[]*Table{base}, func() *Table { return base.Glimpse() }},
		"Join":             {[]*Table{base, right}, func() *Table { return base.Join(right, "M", "W") }},
		"Join text":        {[]*Table{base, right}, func() *Table { return base.Join(right, "T", "W") }},
		"AsOfJoin":         {[]*Table{base, right}, func() *Table { return base.AsOfJoin(right, "A >= W", "M2=M") }},
		"AggBy":            {[]*Table{base}, func() *Table { return base.AggBy([]string{"Total = sum(A) / count()", "F = first(T)"}, "K") }},
		"AggBy many":       {[]*Table{base}, func() *Table { return base.AggBy([]string{"Total = sum(A)"}, "T") }},
		"MedianBy":         {[]*Table{few}, func() *Table { return few.MedianBy("K") }},
		"Distinct":         {[]*Table{base}, func() *Table { return base.Distinct("T", "S") }},
		"Pivot":            {[]*Table{base}, func() *Table { return base.Pivot("S", "sum(A)", "B") }},
		"Melt":             {[]*Table{base}, func() *Table { return base.Melt("Name", "Value", "A", "N") }},
		"HeadBy":           {[]*Table{base}, func() *Table { return base.HeadBy(2, "M") }},
		"WhereIn":          {[]*Table{base, right}, func() *Table { return base.WhereIn(right.Head(1000), "M") }},
		"NaturalJoin":      {[]*Table{base, right}, func() *Table { return base.NaturalJoin(right, "M", "W") }},
	}
	if err := base.Err(); err != nil {
		t.Fatal(err)
	}
	for name, v := range verbs {
		v.do() // what is made once
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		out := v.do()
		runtime.ReadMemStats(&after)
		if out.Err() != nil {
			t.Errorf("%s: %v", name, out.Err())
			continue
		}
		seen := map[*byte]bool{}
		in, made := sizeOf(seen, v.in...), int(after.TotalAlloc-before.TotalAlloc)
		size := sizeOf(seen, out)
		ratio := float64(in+made) / float64(in+size)
		if ratio > most {
			t.Errorf("%s: %d MB in, %d MB out, %d MB allocated: %.2f times, want at most %v", name, in>>20, size>>20, made>>20, ratio, most)
		}
		if testing.Verbose() {
			fmt.Printf("%-14s %.2f\n", name, ratio)
		}
	}
}
