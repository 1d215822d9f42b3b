package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const testHeader = `{"msg_id":"1","msg_type":"t"}`

func frames(parts ...string) [][]byte {
	var fs [][]byte
	for _, p := range parts {
		fs = append(fs, []byte(p))
	}
	return fs
}

// The expected value was computed with another implementation:
// printf 'hmpc' | openssl dgst -sha256 -hmac key.
func TestSignature(t *testing.T) {
	s := NewSession("key", "")
	const want = "250b9f7bacfb6a2a1bad2385a5c289e42a32b11b72107f540fb8523d71a92e63"
	if got := s.sign([]byte("h"), []byte("m"), []byte(""), []byte("pc")); string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := NewSession("", "").sign([]byte("h")); len(got) != 0 {
		t.Errorf("without a key: %s", got)
	}
}

func TestRoundTrip(t *testing.T) {
	a, b := NewSession("key", "ann"), NewSession("key", "bob")
	parent := json.RawMessage(`{"msg_id":"p",  "session":"<&>"}`)
	fs, id, err := a.Encode(Outgoing{
		Route:    frames("one", "two"),
		Type:     "x_request",
		Parent:   parent,
		Metadata: map[string]int{"n": 1},
		Content:  map[string]string{"html": "<b>&</b>"},
		Buffers:  frames("buf", ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(fs[7]); got != `{"html":"<b>&</b>"}` {
		t.Errorf("content is %s", got)
	}
	m, err := b.Decode(fs)
	if err != nil {
		t.Fatal(err)
	}
	h := m.Header
	if h.MsgID != id || h.Session != a.ID || h.Username != "ann" || h.MsgType != "x_request" || h.Version != "5.5" {
		t.Errorf("header is %+v", h)
	}
	if at, err := time.Parse(time.RFC3339, h.Date); err != nil || time.Since(at) > time.Minute {
		t.Errorf("date is %q: %v", h.Date, err)
	}
	if m.Parent.MsgID != "p" || m.Parent.Session != "<&>" || !bytes.Equal(fs[5], parent) {
		t.Errorf("parent is %+v, frame %s", m.Parent, fs[5])
	}
	got := fmt.Sprintf("%q %s %s %q", m.Identities, m.Metadata, m.Content, m.Buffers)
	if want := `["one" "two"] {"n":1} {"html":"<b>&</b>"} ["buf" ""]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, id2, _ := a.Encode(Outgoing{Type: "x", Content: struct{}{}})
	if id == id2 {
		t.Error("two messages with one id")
	}
}

func TestEncodeErrors(t *testing.T) {
	s := NewSession("", "")
	for _, o := range []Outgoing{{Type: "x", Content: func() {}}, {Type: "x", Content: 1, Metadata: func() {}}} {
		if _, _, err := s.Encode(o); err == nil || !strings.Contains(err.Error(), "of x: json: unsupported type: func()") {
			t.Errorf("Encode: %v", err)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	const d = "<IDS|MSG>"
	for _, tt := range []struct {
		frames [][]byte
		want   string
	}{
		{nil, "malformed message: no <IDS|MSG> among 0 frames"},
		{frames("a", "b"), "malformed message: no <IDS|MSG> among 2 frames"},
		{frames(d), "malformed message: 0 frames after <IDS|MSG>, want at least 5"},
		{frames(d, "", "{}", "{}", "{}"), "malformed message: 4 frames after <IDS|MSG>, want at least 5"},
		{frames(d, "", "", "{}", "{}", "{}"), "malformed message: header is not a JSON object"},
		{frames(d, "", "[]", "{}", "{}", "{}"), "malformed message: header is not a JSON object"},
		{frames(d, "", "null", "{}", "{}", "{}"), "malformed message: header is not a JSON object"},
		{frames(d, "", "{", "{}", "{}", "{}"), "malformed message: header is not valid JSON"},
		{frames(d, "", "{}{}", "{}", "{}", "{}"), "malformed message: header is not valid JSON"},
		{frames(d, "", "{\"msg_id\":\"\xff\"}", "{}", "{}", "{}"), "malformed message: header is not valid JSON"},
		{frames(d, "", "{}", "{}", "{}", "{}"), "malformed message: header has no msg_id or no msg_type"},
		{frames(d, "", `{"msg_id":1,"msg_type":"t"}`, "{}", "{}", "{}"), "malformed message: header: json: cannot unmarshal number into Go struct field Header.msg_id of type string"},
		{frames(d, "", `{"msg_id":"`+strings.Repeat("x", maxHeader)+`"}`, "{}", "{}", "{}"), "malformed message: header of 65549 bytes, limit 65536"},
		{frames(d, "", testHeader, "[]", "{}", "{}"), "malformed message: parent_header is not a JSON object"},
		{frames(d, "", testHeader, `{"msg_id":[]}`, "{}", "{}"), "malformed message: parent_header: json: cannot unmarshal array into Go struct field Header.msg_id of type string"},
		{frames(d, "", testHeader, "{}", "x", "{}"), "malformed message: metadata is not a JSON object"},
		{frames(d, "", testHeader, "{}", "{}", "{NaN}"), "malformed message: content is not valid JSON"},
		{frames(d, "", testHeader, "{}", "{}", strings.Repeat(`{"a":`, 100_000)), "malformed message: content is not valid JSON"},
	} {
		_, err := NewSession("", "").Decode(tt.frames)
		if !errors.Is(err, ErrMalformed) || err.Error() != tt.want {
			t.Errorf("Decode(%.60q): %v, want %s", tt.frames, err, tt.want)
		}
	}
}

func TestVerify(t *testing.T) {
	a, b := NewSession("key", ""), NewSession("key", "")
	encoded := func() [][]byte {
		fs, _, err := a.Encode(Outgoing{Type: "t", Content: struct{}{}})
		if err != nil {
			t.Fatal(err)
		}
		return fs
	}
	for what, spoil := range map[string]func(fs [][]byte){
		"empty":          func(fs [][]byte) { fs[1] = nil },
		"short":          func(fs [][]byte) { fs[1] = fs[1][:62] },
		"long":           func(fs [][]byte) { fs[1] = append(fs[1], '0', '0') },
		"not hex":        func(fs [][]byte) { fs[1][5] = 'x' },
		"one digit":      func(fs [][]byte) { fs[1][63] ^= 1 },
		"header changed": func(fs [][]byte) { fs[2] = append(fs[2], ' ') },
		"frames swapped": func(fs [][]byte) { fs[2], fs[5] = fs[5], fs[2] },
	} {
		fs := encoded()
		spoil(fs)
		if _, err := b.Decode(fs); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := NewSession("other", "").Decode(encoded()); !errors.Is(err, ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	fs := encoded()
	if _, err := b.Decode(fs); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Decode(fs); !errors.Is(err, ErrReplay) {
		t.Errorf("again: %v", err)
	}
	fs[1] = bytes.ToUpper(fs[1])
	if _, err := b.Decode(fs); !errors.Is(err, ErrReplay) {
		t.Errorf("again, in other letters: %v", err)
	}
	if _, err := b.Decode(append(fs, []byte("another buffer"))); !errors.Is(err, ErrReplay) {
		t.Errorf("again, with a buffer: %v", err)
	}
}

// Without a key nothing is signed, verified or remembered.
func TestNoKey(t *testing.T) {
	s := NewSession("", "")
	fs := frames("<IDS|MSG>", "whatever", testHeader, "{}", "{}", "{}")
	for range 2 {
		if _, err := s.Decode(fs); err != nil {
			t.Error(err)
		}
	}
}

func TestHistoryForgetsTheOldest(t *testing.T) {
	var h history
	key := func(i int) (d digest) { // many have lowest bits in common
		i *= 1 << 4
		d[0], d[1], d[2], d[3], d[4] = byte(i), byte(i>>8), byte(i>>16), byte(i>>24), byte(i>>32)
		return d
	}
	const n = 3*remembered + 100
	for i := range n {
		if !h.add(key(i)) {
			t.Fatalf("%d is not new", i)
		}
	}
	for i := n - remembered; i < n; i++ {
		if h.add(key(i)) {
			t.Fatalf("forgot %d too early", i)
		}
	}
	if !h.add(key(0)) || !h.add(key(n-remembered-1)) {
		t.Error("remembers for ever")
	}
}

// passOnce signs frames that pass without a key: with it they pass once.
func passOnce(t *testing.T, fs [][]byte) {
	s := NewSession("key", "")
	at := slices.IndexFunc(fs, func(f []byte) bool { return string(f) == delimiter })
	signed := slices.Clone(fs)
	signed[at+1] = s.sign(fs[at+2 : at+6]...)
	if _, err := s.Decode(signed); err != nil {
		t.Fatalf("%q, signed: %v", fs, err)
	}
	if _, err := s.Decode(signed); !errors.Is(err, ErrReplay) {
		t.Fatalf("%q, signed, again: %v", fs, err)
	}
}

// FuzzDecode feeds anything to the decoder, with and without a key. Frames
// are separated by a zero byte.
func FuzzDecode(f *testing.F) {
	good, _, err := NewSession("", "u").Encode(Outgoing{Type: "t", Content: struct{}{}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Join(good, []byte{0}))
	f.Add([]byte("id\x00<IDS|MSG>\x00\x00" + testHeader + "\x00{}\x00{}\x00{\"code\":\"x\"}\x00buf"))
	f.Add([]byte("<IDS|MSG>\x00<IDS|MSG>\x00{}\x00{}\x00{}\x00{}"))
	open, keyed := NewSession("", ""), NewSession("key", "")
	f.Fuzz(func(t *testing.T, b []byte) {
		fs := bytes.Split(b, []byte{0})
		if _, err := keyed.Decode(fs); err == nil {
			t.Fatalf("%q passed unsigned", fs)
		}
		m, err := open.Decode(fs)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("%q: %v", fs, err)
			}
			return
		}
		passOnce(t, fs)
		if m.Header.MsgID == "" || m.Header.MsgType == "" || !json.Valid(m.RawHeader) || !json.Valid(m.Content) {
			t.Fatalf("%q decoded to %+v", fs, m)
		}
		// What was received can be answered, and the answer can be read.
		back, _, err := open.Encode(Outgoing{Route: m.Identities, Type: "r", Parent: m.RawHeader, Content: m.Content})
		if err != nil {
			t.Fatal(err)
		}
		again, err := open.Decode(back)
		if err != nil || again.Parent != m.Header {
			t.Fatalf("%q came back as %q: %v", fs, back, err)
		}
	})
}
