package worker_test

import (
	"testing"
)

func BenchmarkBigDisplay(b *testing.B) {
	c := start(b)
	run(c, `big := strings.Repeat("x", 10_000_000)`)
	for b.Loop() {
		res, _ := run(c, `show.Bundle{Data: map[string]any{"text/plain": big}}`)
		if len(res.Value.PlainText()) != 10_000_000 {
			b.Fatal(res.Err)
		}
	}
}
