package interp

import (
	"errors"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Completeness says whether a text can be run as it stands: it is incomplete
// while a bracket, a raw string or a comment is open or an operator waits for
// its operand, and where a comment waits for what it belongs to, which may be C
// code above import "C".
func Completeness(src string) show.Completeness {
	if c, ok := wholeCell(src); ok {
		return c
	}
	heads, code := commandLines(src)
	if n := len(heads); n > 0 && heads[n-1].end == len(src) && strings.HasPrefix(heads[n-1].text, "!") && strings.HasSuffix(src, `\`) {
		return show.Completeness{Status: "incomplete"}
	}
	src = code
	toks, err := scan("cell", src)
	open, balanced := brackets(src, toks)
	incomplete := show.Completeness{Status: "incomplete", Indent: indent(open, toks)}
	var list scanner.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			if e.Msg == "raw string literal not terminated" || e.Msg == "comment not terminated" {
				return show.Completeness{Status: "incomplete"} // blanks would be part of it
			}
		}
		return show.Completeness{Status: "invalid"}
	}
	switch {
	case !balanced:
		return show.Completeness{Status: "invalid"}
	case len(open) > 0:
		return incomplete
	case len(toks) == 0 && endsInComment(src):
		return show.Completeness{Status: "incomplete"}
	}
	if _, err := split(token.NewFileSet(), "cell", src); errors.As(err, &list) {
		line, col := position(lineStarts(src), len(src))
		for _, e := range list {
			atEnd := e.Pos.Line > line || e.Pos.Line == line && e.Pos.Column >= col
			if atEnd && (strings.HasPrefix(e.Msg, "expected") || e.Msg == "missing import path") {
				return incomplete
			}
		}
		return show.Completeness{Status: "invalid"}
	}
	return show.Completeness{Status: "complete"}
}

// endsInComment reports a text without code whose last line is one of a comment.
func endsInComment(src string) bool {
	return strings.TrimSpace(src[strings.LastIndexByte(src, '\n')+1:]) != ""
}

// A bracket is one that the text leaves open.
type bracket struct {
	tok     token.Token
	line    int
	cases   bool // it begins the body of a switch or select
	inCases bool // and a case has come
}

var closing = map[token.Token]token.Token{token.RPAREN: token.LPAREN, token.RBRACK: token.LBRACK, token.RBRACE: token.LBRACE}

// brackets lists what is open at the end, outermost first; balanced is false
// if something closes that is not open.
func brackets(src string, toks []tok) (open []bracket, balanced bool) {
	lines := lineStarts(src)
	var switches []int // the depths at which a switch waits for its body
	for _, t := range toks {
		switch t.tok {
		case token.SWITCH, token.SELECT:
			switches = append(switches, len(open))
		case token.CASE, token.DEFAULT:
			if n := len(open); n > 0 && open[n-1].cases {
				open[n-1].inCases = true
			}
		case token.LPAREN, token.LBRACK, token.LBRACE:
			line, _ := position(lines, t.off)
			b := bracket{tok: t.tok, line: line}
			if n := len(switches); n > 0 && t.tok == token.LBRACE && switches[n-1] == len(open) {
				b.cases, switches = true, switches[:n-1]
			}
			open = append(open, b)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			n := len(open)
			if n == 0 || open[n-1].tok != closing[t.tok] {
				return nil, false
			}
			open = open[:n-1]
		}
	}
	return open, true
}

// indent is that of the next line as gofmt would have it: brackets that one
// line opens count once, the body of a switch from its first case on, and a
// line that goes on in the next counts as well.
func indent(open []bracket, toks []tok) string {
	n, line := 0, 0
	for _, b := range open {
		if b.line != line && (!b.cases || b.inCases) {
			n, line = n+1, b.line
		}
	}
	if len(toks) > 0 {
		switch last := toks[len(toks)-1].tok; last {
		case token.LPAREN, token.LBRACK, token.LBRACE, token.COMMA, token.COLON, token.SEMICOLON,
			token.RPAREN, token.RBRACK, token.RBRACE:
		default:
			if last.IsOperator() {
				n++
			}
		}
	}
	return strings.Repeat("\t", n)
}
