package wire

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
	"unicode/utf8"
)

// LongText is from how many bytes on a text is worth a [Long].
const LongText = 64 << 10

// A Long is a long text in the content of a message. Encode writes it without
// encoding/json, which would copy it four times and look at each byte: a
// random word stands for it there.
type Long struct {
	text, word string
}

// NewLong makes a Long of text.
func NewLong(text string) *Long { return &Long{text: text, word: rand.Text()} }

// MarshalJSON writes the word that stands for the text.
func (l *Long) MarshalJSON() ([]byte, error) { return []byte(`"` + l.word + `"`), nil }

// A LongHolder is content with long texts in it.
type LongHolder interface{ Longs() []*Long }

// insert puts the text in the place of its word.
func (l *Long) insert(out []byte) ([]byte, error) {
	quoted := []byte(`"` + l.word + `"`)
	at := bytes.Index(out, quoted)
	if at < 0 {
		return nil, fmt.Errorf("a text of %d bytes has no place in its message", len(l.text))
	}
	long := make([]byte, 0, len(out)+len(l.text)+len(l.text)/32)
	long = appendQuoted(append(long, out[:at]...), l.text)
	return append(long, out[at+len(quoted):]...), nil
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainWord reports whether none of eight bytes needs an escape in JSON: each
// is a space or above, no quotation mark and no backslash.
func plainWord(x uint64) bool {
	quote, slash := x^(ones*'"'), x^(ones*'\\')
	special := (x-ones*' ')&^x | (quote-ones)&^quote | (slash-ones)&^slash
	return special&highs == 0
}

// appendQuoted appends s as a JSON string; what is no UTF-8 becomes U+FFFD.
func appendQuoted(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	dst = append(dst, '"')
	begin, i := 0, 0
	for i < len(s) {
		if i+8 <= len(s) {
			w := s[i : i+8]
			x := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
				uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
			if plainWord(x) {
				i += 8
				continue
			}
		}
		c := s[i]
		i++
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[begin:i-1]...)
		begin = i
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = fmt.Appendf(dst, `\u%04x`, c)
		}
	}
	dst = append(dst, s[begin:]...)
	return append(dst, '"')
}
