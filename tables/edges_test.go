package tables

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// anyVerb calls each verb on a table whose columns A, B, S, T are an Int64, a
// Float64, a String and a Timestamp. A new verb has to be added.
var anyVerb = map[string]func(t *Table) *Table{
	"AbsSumBy": func(t *Table) *Table { return t.DropColumns("S", "T").AbsSumBy("A") },
	"AggBy": func(t *Table) *Table {
		return t.AggBy([]string{"N = count()", "M = median(B) - avg(B)", "F = first(T)", "G = group(A)", "D = countDistinct(A)"}, "S")
	},
	"AvgBy":           func(t *Table) *Table { return t.View("A", "B").AvgBy("A") },
	"AsOfJoin":        func(t *Table) *Table { return t.AsOfJoin(t.View("S", "T", "W=B"), "S, T") },
	"Categories":      func(t *Table) *Table { return t.Categories("S", Sorted()) },
	"CountBy":         func(t *Table) *Table { return t.CountBy("N", "S", "T") },
	"CountDistinctBy": func(t *Table) *Table { return t.CountDistinctBy("S") },
	"Describe":        func(t *Table) *Table { return t.Describe() },
	"Distinct":        func(t *Table) *Table { return t.Distinct() },
	"DropColumns":     func(t *Table) *Table { return t.DropColumns("S") },
	"Encode":          func(t *Table) *Table { return t.Encode("S") },
	"ExactJoin":       func(t *Table) *Table { return t.ExactJoin(t.View("A", "W=B"), "A") },
	"FirstBy":         func(t *Table) *Table { return t.FirstBy("S") },
	"Glimpse":         func(t *Table) *Table { return t.Glimpse() },
	"GroupBy":         func(t *Table) *Table { return t.GroupBy("S", "A") },
	"Head":            func(t *Table) *Table { return t.Head(2) },
	"HeadBy":          func(t *Table) *Table { return t.HeadBy(1, "S") },
	"Join":            func(t *Table) *Table { return t.Join(t.View("S", "W=B"), "S") },
	"LastBy":          func(t *Table) *Table { return t.LastBy("S") },
	"LeftJoin":        func(t *Table) *Table { return t.LeftJoin(t.View("S", "W=B").Head(0), "S") },
	"Map":             func(t *Table) *Table { return t.Map("M", strings.ToUpper, "S") },
	"MaxBy":           func(t *Table) *Table { return t.MaxBy("A") },
	"Melt":            func(t *Table) *Table { return t.Melt("N", "V", "A", "B") },
	"MedianBy":        func(t *Table) *Table { return t.View("A", "B").MedianBy("A") },
	"Merge":           func(t *Table) *Table { return t.Merge(t) },
	"Meta":            func(t *Table) *Table { return t.Meta() },
	"MinBy":           func(t *Table) *Table { return t.MinBy("B") },
	"MoveColumns":     func(t *Table) *Table { return t.MoveColumns(0, "B") },
	"NaturalJoin":     func(t *Table) *Table { return t.NaturalJoin(t.View("A", "W=B"), "A") },
	"PercentileBy":    func(t *Table) *Table { return t.View("A", "B").PercentileBy(0.9) },
	"Pivot":           func(t *Table) *Table { return t.Head(100).Pivot("A", "max(B)", "S") },
	"RenameColumns":   func(t *Table) *Table { return t.RenameColumns("X=A") },
	"Reverse":         func(t *Table) *Table { return t.Reverse() },
	"Sample":          func(t *Table) *Table { return t.Sample(t.Len()) },
	"SampleFraction":  func(t *Table) *Table { return t.SampleFraction(0.5, Strata("S")) },
	"Shuffle":         func(t *Table) *Table { return t.Shuffle() },
	"Slice":           func(t *Table) *Table { return t.Slice(1, 2) },
	"Sort":            func(t *Table) *Table { return t.Sort("S", "-B", "T") },
	"SplitColumn":     func(t *Table) *Table { return t.SplitColumn("P", 0.5) },
	"StdBy":           func(t *Table) *Table { return t.View("A", "B").StdBy("B") },
	"SumBy":           func(t *Table) *Table { return t.DropColumns("S", "T").SumBy("A") },
	"Tail":            func(t *Table) *Table { return t.Tail(2) },
	"TailBy":          func(t *Table) *Table { return t.TailBy(2, "S", "A") },
	"Take":            func(t *Table) *Table { return t.Take() },
	"Ungroup":         func(t *Table) *Table { return t.GroupBy("S").Ungroup() },
	"Update":          func(t *Table) *Table { return t.Update("C = A + B", "D = S + `x`", "E = isNull(T)", "F = A_[i-1]") },
	"VarBy":           func(t *Table) *Table { return t.View("A", "B").VarBy("A") },
	"View":            func(t *Table) *Table { return t.View("S", "C = B * 2") },
	"WeightedAvgBy":   func(t *Table) *Table { return t.View("A", "B", "S").WeightedAvgBy("A", "S") },
	"Where":           func(t *Table) *Table { return t.Where("A > 1 && S != `x`", "B < 3") },
	"WhereIn":         func(t *Table) *Table { return t.WhereIn(t.Head(1), "S") },
	"WhereNotIn":      func(t *Table) *Table { return t.WhereNotIn(t.Head(1), "S") },
	"LazyUpdate":      func(t *Table) *Table { return t.LazyUpdate("C = S + A") },
	"Select":          func(t *Table) *Table { return t.Select("S", "C = B * 2") },
	"UpdateView":      func(t *Table) *Table { return t.UpdateView("C = A > 1 ? B : 0.0") },
	"With":            func(t *Table) *Table { return t.With(Ints("N", make([]int, t.Len())...)) },
}

// TestEveryVerb calls every verb on tables without rows, with nulls only, with
// 10,000 columns, and on one that has failed: none panics, and the last one's
// error goes on.
func TestEveryVerb(t *testing.T) {
	verbs := reflect.TypeFor[*Table]()
	for i := range verbs.NumMethod() {
		m := verbs.Method(i)
		if m.Type.NumOut() == 1 && m.Type.Out(0) == verbs && anyVerb[m.Name] == nil {
			t.Errorf("%s is not among the verbs that are tried", m.Name)
		}
	}
	cols := func(n int, null bool) []Col {
		a, b, s, at := make([]any, n), make([]any, n), make([]any, n), make([]any, n)
		for i := range n {
			if !null {
				a[i], b[i], s[i], at[i] = i, float64(i)/2, fmt.Sprint("s", i), time.Unix(int64(i), 0)
			}
		}
		return []Col{Values("A", Int64, a), Values("B", Float64, b), Values("S", String, s), Values("T", Timestamp, at)}
	}
	wide := cols(3, false)
	for i := range 10_000 {
		wide = append(wide, Ints(fmt.Sprint("c", i), i, i, i))
	}
	for kind, all := range map[string]*Table{
		"no rows": New(cols(0, false)...), "one row": New(cols(1, false)...), "a null row": New(cols(1, true)...), "wide": New(wide...),
	} {
		for name, verb := range anyVerb {
			began := time.Now()
			out := verb(all)
			if out.Err() != nil {
				t.Errorf("%s, %s: %v", name, kind, out.Err())
			}
			if page := out.html(); len(page) > 100_000 {
				t.Errorf("%s, %s: shown in %d bytes", name, kind, len(page))
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s, %s: took %v", name, kind, took)
			}
		}
	}
	cause := errors.New("the cause")
	for name, verb := range anyVerb {
		if out := verb(Failed(cause)); !errors.Is(out.Err(), cause) {
			t.Errorf("%s of a failed table: %v", name, out.Err())
		}
	}
}
