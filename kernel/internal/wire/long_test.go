package wire

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// What appendQuoted writes, encoding/json reads back as the same text.
func TestAppendQuoted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", "\"", "\\", "\n", "\t", "\r", "\x00", "\x1f", " ", "é", "€", "𝄞", "\u2028", "<", "plain text ", "\xff", "\xe2\x82"}
	for range 3000 {
		var b strings.Builder
		for range rng.IntN(40) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		var got string
		if err := json.Unmarshal(appendQuoted(nil, b.String()), &got); err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
		if want := strings.ToValidUTF8(b.String(), "\uFFFD"); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	}
}

func TestPlainWord(t *testing.T) {
	for c := range 256 {
		for at := range 8 {
			x := uint64(ones * 'x')
			x = x&^(0xff<<(8*at)) | uint64(c)<<(8*at)
			want := c >= ' ' && c != '"' && c != '\\'
			if got := plainWord(x); got != want && (want == false || c < 0x80) {
				t.Errorf("byte %#x at %d: %v", c, at, got)
			}
		}
	}
}

type longContent struct {
	Data map[string]any `json:"data"`
	all  []*Long
}

func (c longContent) Longs() []*Long { return c.all }

func TestLongContent(t *testing.T) {
	text := strings.Repeat("a \"line\"\n", 20000)
	l, m := NewLong(text), NewLong(text+"2")
	s := NewSession("key", "me")
	frames, _, err := s.Encode(Outgoing{Type: "display_data", Content: longContent{map[string]any{"a": l, "b": m, "c": "short"}, []*Long{l, m}}})
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Data map[string]string }
	if err := json.Unmarshal(frames[5], &got); err != nil {
		t.Fatal(err)
	}
	if got.Data["a"] != text || got.Data["b"] != text+"2" || got.Data["c"] != "short" {
		t.Errorf("%d, %d and %d bytes came back", len(got.Data["a"]), len(got.Data["b"]), len(got.Data["c"]))
	}
	if _, err := NewSession("key", "me").Decode(frames); err != nil {
		t.Errorf("its signature is refused: %v", err)
	}
}
