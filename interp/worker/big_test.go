package worker_test

import (
	"bytes"
	"encoding/json"
	"strings"
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

// Large entries of a bundle arrive as they were, beside small ones.
func TestLargeBundles(t *testing.T) {
	c := start(t)
	src := `big := strings.Repeat("äx", 100_000)
raw := bytes.Repeat([]byte{0, 255, 7}, 50_000)
b := show.Bundle{Data: map[string]any{"text/plain": big, "image/png": raw, "text/html": "small", "application/json": map[string]any{"a": 1}}}
b`
	for range 2 {
		res, _ := run(c, src)
		d := res.Value.Data
		if d["text/plain"] != strings.Repeat("äx", 100_000) || d["text/html"] != "small" {
			t.Fatalf("texts differ: %v", res.Err)
		}
		if got, ok := d["image/png"].([]byte); !ok || !bytes.Equal(got, bytes.Repeat([]byte{0, 255, 7}, 50_000)) {
			t.Error("bytes differ")
		}
		if got, ok := d["application/json"].(json.RawMessage); !ok || string(got) != `{"a":1}` {
			t.Errorf("JSON differs: %T", d["application/json"])
		}
	}
}

func BenchmarkTrivialCell(b *testing.B) {
	c := start(b)
	for b.Loop() {
		if res, _ := run(c, "1 + 1"); res.Err != nil {
			b.Fatal(res.Err)
		}
	}
}
