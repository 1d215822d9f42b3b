package tables

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/grid"
)

// A FormulaError says what is wrong with a formula, and where. Its text has
// three lines: the message, the formula, and a caret under the place.
type FormulaError struct {
	Formula string
	Offset  int // in bytes
	Message string
	cause   error
}

// Error is the message with the formula and a caret.
func (e *FormulaError) Error() string {
	// A caret needs one line; tabs and line ends would move it.
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, e.Formula)
	line, at := near100(line, min(e.Offset, len(line)))
	pad := strings.Repeat(" ", grid.Width(line[:at]))
	msg := e.Message
	if len(msg) > 1000 {
		msg = grid.Shorten(msg, 1000)
	}
	return fmt.Sprintf("formula: %s\n  %s\n  %s^", msg, line, pad)
}

// near100 is what stands around a place in a line, if that is very long, and
// where the place is in it.
func near100(line string, at int) (string, int) {
	const most = 100
	if len(line) <= 4*most {
		return line, at
	}
	from, to := max(at-most, 0), min(at+most, len(line))
	for from > 0 && !utf8.RuneStart(line[from]) {
		from--
	}
	for to < len(line) && !utf8.RuneStart(line[to]) {
		to++
	}
	before, after := "", ""
	if from > 0 {
		before = grid.Ellipsis
	}
	if to < len(line) {
		after = grid.Ellipsis
	}
	return before + line[from:to] + after, at - from + len(before)
}

// Unwrap gives ErrNoColumn, ErrType or the error of a called function.
func (e *FormulaError) Unwrap() error { return e.cause }

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokName
	tokInt
	tokFloat
	tokText
	tokQuoted // '…': a character or a point in time
	tokOp
)

// A token is a piece of a formula; text is what it stands for.
type token struct {
	kind tokenKind
	pos  int
	text string
}

// String implements fmt.Stringer.
func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokText:
		return "text `" + t.text + "`"
	}
	return fmt.Sprintf("%q", t.text)
}

// Longer operators stand before their beginnings.
var operators = []string{">>>", "->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=",
	"?", ":", "(", ")", "[", "]", ",", "."}

// A lexer cuts a formula into tokens.
type lexer struct {
	src string
	pos int
}

func (l *lexer) fail(pos int, format string, args ...any) error {
	return &FormulaError{Formula: l.src, Offset: pos, Message: fmt.Sprintf(format, args...)}
}

func (l *lexer) next() (token, error) {
	for l.pos < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		if !unicode.IsSpace(r) {
			break
		}
		l.pos += n
	}
	start := l.pos
	if start >= len(l.src) {
		return token{kind: tokEnd, pos: len(l.src)}, nil
	}
	r, _ := utf8.DecodeRuneInString(l.src[start:])
	second := byte(0)
	if start+1 < len(l.src) {
		second = l.src[start+1]
	}
	switch {
	case r == '_' || r == '$' || unicode.IsLetter(r):
		return l.name(), nil
	case r >= '0' && r <= '9' || r == '.' && second >= '0' && second <= '9':
		return l.number()
	case r == '`' || r == '"' || r == '\'':
		return l.quoted(byte(r))
	}
	for _, op := range operators {
		if strings.HasPrefix(l.src[start:], op) {
			l.pos += len(op)
			return token{tokOp, start, op}, nil
		}
	}
	return token{}, l.fail(start, "unexpected character %q", r)
}

func (l *lexer) name() token {
	start := l.pos
	for l.pos < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		l.pos += n
	}
	return token{tokName, start, l.src[start:l.pos]}
}

// number reads 12, 1_000L, 0xff, 1.5, .5e-3, 2f; the text has no underscores
// and keeps the letter that marks the type.
func (l *lexer) number() (token, error) {
	start := l.pos
	kind := tokInt
	hex := strings.HasPrefix(l.src[start:], "0x") || strings.HasPrefix(l.src[start:], "0X")
	if hex {
		l.pos += 2
	}
scan:
	for ; l.pos < len(l.src); l.pos++ {
		c := l.src[l.pos]
		switch {
		case c >= '0' && c <= '9' || c == '_':
			continue
		case hex && (c|0x20 >= 'a' && c|0x20 <= 'f'):
			continue
		case c == '.' && !hex && kind == tokInt:
			kind = tokFloat
			continue
		case c|0x20 == 'e' && !hex:
			kind = tokFloat
			if l.pos+1 < len(l.src) && (l.src[l.pos+1] == '-' || l.src[l.pos+1] == '+') {
				l.pos++
			}
			continue
		}
		break scan
	}
	if l.pos < len(l.src) {
		switch c := l.src[l.pos] | 0x20; {
		case c == 'l' && kind == tokInt:
			l.pos++
		case (c == 'f' || c == 'd') && !hex:
			kind = tokFloat
			l.pos++
		}
	}
	if r, _ := utf8.DecodeRuneInString(l.src[l.pos:]); l.pos < len(l.src) && (r == '_' || unicode.IsLetter(r)) {
		return token{}, l.fail(l.pos, "unexpected %q in a number", r)
	}
	return token{kind, start, strings.ReplaceAll(l.src[start:l.pos], "_", "")}, nil
}

// quoted reads `text`, "text" with escapes, or 'x'.
func (l *lexer) quoted(mark byte) (token, error) {
	start := l.pos
	var b strings.Builder
	for l.pos++; l.pos < len(l.src); l.pos++ {
		c := l.src[l.pos]
		if c == mark {
			l.pos++
			kind := tokText
			if mark == '\'' {
				kind = tokQuoted
			}
			return token{kind, start, b.String()}, nil
		}
		if c == '\\' && mark != '`' {
			l.pos++
			if l.pos == len(l.src) {
				break
			}
			e, ok := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '"': '"', '\'': '\''}[l.src[l.pos]]
			if !ok {
				return token{}, l.fail(l.pos-1, "unknown escape \\%c: want \\n, \\t, \\r, \\\\, \\\" or \\'", l.src[l.pos])
			}
			c = e
		}
		b.WriteByte(c)
	}
	return token{}, l.fail(start, "the %c is never closed", mark)
}
