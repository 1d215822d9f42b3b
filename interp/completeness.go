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
// its operand.
func Completeness(src string) show.Completeness {
	if c, ok := wholeCell(src); ok {
		return c
	}
	_, src = commandLines(src)
	toks, err := scan("cell", src)
	depth := 0
	for _, t := range toks {
		switch t.tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		}
	}
	incomplete := show.Completeness{Status: "incomplete", Indent: strings.Repeat("\t", max(depth, 0))}
	var list scanner.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			if e.Msg == "raw string literal not terminated" || e.Msg == "comment not terminated" {
				return incomplete
			}
		}
		return show.Completeness{Status: "invalid"}
	}
	if depth > 0 {
		return incomplete
	}
	if _, err := split(token.NewFileSet(), "cell", src); errors.As(err, &list) {
		line, col := position(lineStarts(src), len(src))
		for _, e := range list {
			atEnd := e.Pos.Line > line || e.Pos.Line == line && e.Pos.Column >= col
			if atEnd && strings.HasPrefix(e.Msg, "expected") {
				return incomplete
			}
		}
		return show.Completeness{Status: "invalid"}
	}
	return show.Completeness{Status: "complete"}
}
