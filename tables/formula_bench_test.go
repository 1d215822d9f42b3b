package tables

import (
	"testing"
)

// The jobs of bench/tables that are formulas; SHEAF_BENCH_ROWS says how many rows.

func BenchmarkTernary(b *testing.B) {
	t := benchTable(b)
	fastest(b, func() error { return t.Update("S = A > 50 ? A : B").Err() })
}

func BenchmarkIntegers(b *testing.B) {
	t := Empty(benchRows()).Update("I = ii")
	fastest(b, func() error { return t.Update("S = I * 3 + 7").Err() })
}

func benchTexts(b *testing.B, dictionary bool) *Table {
	b.Helper()
	t := Empty(benchRows()).Update("S = `key` + (ii * 7919) % 1000")
	if c, _ := t.Column("S"); !dictionary {
		if d, ok := c.data.(dict); ok {
			c.data = d.plain()
		}
	} else if s, ok := c.data.(strs); ok {
		c.data = newTexts(s.values().([]string))
	}
	return t
}

func BenchmarkTextEquals(b *testing.B) {
	t := benchTexts(b, false)
	fastest(b, func() error { return t.Where("S == `key77`").Err() })
}

func BenchmarkTextStarts(b *testing.B) {
	t := benchTexts(b, false)
	fastest(b, func() error { return t.Where("S.startsWith(`key7`)").Err() })
}

func BenchmarkDictEquals(b *testing.B) {
	t := benchTexts(b, true)
	fastest(b, func() error { return t.Where("S == `key77`").Err() })
}

func BenchmarkDictLength(b *testing.B) {
	t := benchTexts(b, true)
	fastest(b, func() error { return t.Update("L = S.length()").Err() })
}
