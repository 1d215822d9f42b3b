package tables

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestDictionary holds the same text with a dictionary and without: whatever is
// done with it, the cells are the same.
func TestDictionary(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var plain, coded []any
	for range 3 * dictRows {
		if word := fmt.Sprint("w", rng.IntN(200)); rng.IntN(9) > 0 {
			plain, coded = append(plain, word), append(coded, word)
		} else {
			plain, coded = append(plain, nil), append(coded, nil)
		}
	}
	d, p := Values("S", String, coded), Values("S", String, plain)
	words, ok := d.data.(dict)
	if !ok || words.words.len() > 201 {
		t.Fatalf("%T, want a dictionary of 201 words at most", d.data)
	}
	p.data = words.plain()
	row := make([]int, 3*dictRows)
	for i := range row {
		row[i] = i * 7 % len(row)
	}
	a, b := New(d, Ints("N", row...)), New(p, Ints("N", row...))
	for name, f := range map[string]func(*Table) *Table{
		"sort":    func(t *Table) *Table { return t.Sort("-S", "N") },
		"group":   func(t *Table) *Table { return t.GroupBy("S") },
		"encode":  func(t *Table) *Table { return t.Encode("S", Sorted()) },
		"where":   func(t *Table) *Table { return t.Where("S == `w7` || S > `w9`") },
		"update":  func(t *Table) *Table { return t.Update("T = S.length() > 2 ? S : `short`") },
		"merge":   func(t *Table) *Table { return t.Merge(t.Where("N % 3 = 0"), t.Head(9)) },
		"mixed":   func(t *Table) *Table { return t.Merge(b).Merge(a) },
		"slice":   func(t *Table) *Table { return t.Slice(100, 200).Take(5, 5, 2) },
		"nothing": func(t *Table) *Table { return t.Slice(100, 100) },
		"arrow": func(t *Table) *Table {
			rec, err := t.Record()
			if err != nil {
				return Failed(err)
			}
			return FromRecord(rec)
		},
	} {
		got, want := f(a), f(b)
		if text := differs(got, want.Names(), cellsOf(want)); text != "" || want.Err() != nil {
			t.Errorf("%s: %s, %v", name, text, want.Err())
		}
	}
	if taken := a.take([]int32{-1, 0}); !taken.IsNull("S", 0) || taken.Strings("S")[0] != "" {
		t.Errorf("a row that is not there is %q, want null", taken.Strings("S"))
	}
}

// TestDictionaryPays makes one where few words are different, and only there.
func TestDictionaryPays(t *testing.T) {
	for _, test := range []struct {
		rows, different int
		want            bool
	}{{dictRows - 1, 1, false}, {dictRows, 1, true}, {4 * dictRows, dictRows, true}, {4 * dictRows, 3 * dictRows, false}} {
		v := make([]string, test.rows)
		for i := range v {
			v[i] = fmt.Sprint(i % test.different)
		}
		c := Strings("S", v...)
		if _, got := c.data.(dict); got != test.want {
			t.Errorf("%d rows, %d different: a dictionary is %t, want %t", test.rows, test.different, got, test.want)
		}
		for i, s := range c.Values().([]string) {
			if s != v[i] {
				t.Fatalf("row %d: got %q, want %q", i, s, v[i])
			}
		}
	}
}
