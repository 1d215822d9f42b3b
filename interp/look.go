package interp

import (
	"errors"
	"go/ast"
	"go/scanner"
	"go/token"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// probe stands for the name being typed. It is an identifier that resolves to
// nothing.
const probe = "probe" + sep

// snapshot is the session as it is now, for checking beside a running cell:
// what it shares with the session is never changed.
func (s *Session) snapshot() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Session{
		lib: s.lib, importer: s.importer, fset: s.fset,
		names: maps.Clone(s.names), imports: maps.Clone(s.imports), used: maps.Clone(s.used),
		dots: slices.Clone(s.dots), ledger: s.ledger.clone(), sources: map[string]string{},
		evaluation: &evaluation{count: -1, name: "cell"},
	}
}

// look checks a text without running it, errors or not; nil if it does not
// parse.
func (s *Session) look(src string) *checked {
	u, err := split(s.fset, s.name, src)
	if err != nil {
		return nil
	}
	s.looked = append(s.looked, s.fset.File(u.file.Package))
	r, err := s.resolve(u)
	if err != nil {
		return nil
	}
	c, _ := s.check(u, r)
	return c
}

// forget drops the positions of the texts that a snapshot has looked at.
func (s *Session) forget() {
	for _, f := range s.looked {
		s.fset.RemoveFile(f)
	}
}

// tails are what can make an unfinished construct parse behind the name being
// typed: "defer f", "for range f", "case f", "map[f", "func (f".
var tails = []string{"", "()", " {}", ":", "]int{}", ") m() {}"}

// lookAt checks src with the probe in place of src[start:end]: in the whole
// text if that parses with a little help, then in the text up to there with
// its brackets closed, then without the lines that do not parse, at last in
// the operand alone.
func (s *Session) lookAt(src string, start, end int) (*checked, *ast.Ident) {
	head := src[:start] + probe
	row := strings.Count(head, "\n") + 1
	var tries []string
	for _, tail := range tails {
		tries = append(tries, head+tail+src[end:])
	}
	for _, tail := range tails {
		tries = append(tries, head+tail+closers(head+tail))
	}
	for _, text := range tries {
		if _, err := split(token.NewFileSet(), s.name, text); err == nil {
			if c, at := s.find(text); at != nil {
				return c, at
			}
		}
	}
	for _, text := range []string{head + src[end:], head + closers(head), head + "()" + closers(head)} {
		if text, ok := repaired(text, row); ok {
			if c, at := s.find(text); at != nil {
				return c, at
			}
		}
	}
	return s.find(operand(src[:start]) + probe)
}

// find checks a text and finds the probe in it.
func (s *Session) find(text string) (c *checked, at *ast.Ident) {
	if c = s.look(text); c == nil {
		return nil, nil
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == probe {
			at = id
		}
		return at == nil
	})
	return c, at
}

// maxRepairs bounds the lines that are taken out of a text to make it parse.
const maxRepairs = 12

// repaired takes out the lines that the parser stumbles over, one after the
// other, but not the given row, counted from 1; brackets that a line leaves
// open or closes stay. It reports whether the rest parses.
func repaired(src string, row int) (string, bool) {
	lines := strings.Split(src, "\n")
	for range maxRepairs {
		text := strings.Join(lines, "\n")
		_, err := split(token.NewFileSet(), "cell", text)
		if err == nil {
			return text, true
		}
		var list scanner.ErrorList
		if !errors.As(err, &list) || len(list) == 0 {
			return "", false
		}
		i := min(list[0].Pos.Line, len(lines)) - 1
		for i >= 0 && (i == row-1 || skeleton(lines[i]) == lines[i]) {
			i-- // the fault lies above where it was noticed
		}
		if i < 0 {
			return "", false
		}
		lines[i] = skeleton(lines[i])
	}
	return "", false
}

// skeleton is what is left of a line without all but the brackets that it
// leaves open or closes.
func skeleton(line string) string {
	toks, _ := scan("cell", line)
	var open, left []string
	for _, t := range toks {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, t.tok.String())
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			} else {
				left = append(left, t.tok.String())
			}
		}
	}
	return strings.Join(append(left, open...), "")
}

// closers are the brackets that end what src leaves open.
func closers(src string) string {
	toks, _ := scan("cell", src)
	var open []string
	for _, t := range toks {
		switch t.tok {
		case token.LPAREN:
			open = append(open, ")")
		case token.LBRACK:
			open = append(open, "]")
		case token.LBRACE:
			open = append(open, "}")
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	slices.Reverse(open)
	return strings.Join(open, "")
}

// operand is the expression that src ends in, with its dot: "a.b(c)." of
// "x := f(a.b(c).".
func operand(src string) string {
	toks := explicit(src)
	if len(toks) == 0 || toks[len(toks)-1].tok != token.PERIOD {
		return ""
	}
	depth, i := 0, len(toks)-2
scan:
	for ; i >= 0; i-- {
		switch toks[i].tok {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth++
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if depth == 0 {
				break scan
			}
			depth--
		case token.IDENT, token.PERIOD, token.STRING, token.INT, token.FLOAT, token.CHAR:
		default:
			if depth == 0 {
				break scan
			}
		}
	}
	return src[toks[i+1].off:]
}

// explicit are the tokens of src without a semicolon that its end implies.
func explicit(src string) []tok {
	toks, _ := scan("cell", src)
	if n := len(toks); n > 0 && toks[n-1].tok == token.SEMICOLON && toks[n-1].lit == "\n" {
		toks = toks[:n-1]
	}
	return toks
}

// word finds the identifier around or before offset.
func word(src string, offset int) (start, end int) {
	isPart := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	start, end = offset, offset
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:start])
		if !isPart(r) {
			break
		}
		start -= n
	}
	for end < len(src) {
		r, n := utf8.DecodeRuneInString(src[end:])
		if !isPart(r) {
			break
		}
		end += n
	}
	return start, end
}

// literalAt finds the string, character or comment that the offset is in: its
// kind and text, from its first byte to its last.
func literalAt(src string, offset int) (kind token.Token, text string, start int) {
	f := token.NewFileSet().AddFile("", -1, len(src))
	var sc scanner.Scanner
	sc.Init(f, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	for {
		p, t, lit := sc.Scan()
		begin := f.Offset(p)
		if t == token.EOF || begin >= offset {
			return token.ILLEGAL, "", 0
		}
		switch t {
		case token.STRING, token.CHAR, token.COMMENT:
		default:
			continue
		}
		end := begin + extent(src[begin:], t, lit)
		lineComment := t == token.COMMENT && strings.HasPrefix(lit, "//")
		if offset < end || offset == end && (lineComment || !terminated(lit)) {
			return t, src[begin:end], begin
		}
	}
}

// extent is the length of a literal in the source: the scanner takes carriage
// returns out of some.
func extent(src string, t token.Token, lit string) int {
	switch {
	case t == token.STRING && src[0] == '`':
		if i := strings.IndexByte(src[1:], '`'); i >= 0 {
			return i + 2
		}
		return len(src)
	case t == token.COMMENT && strings.HasPrefix(lit, "/*"):
		if i := strings.Index(src[2:], "*/"); i >= 0 {
			return i + 4
		}
		return len(src)
	case t == token.COMMENT:
		if i := strings.IndexByte(src, '\n'); i >= 0 {
			return i
		}
		return len(src)
	}
	return len(lit)
}

// terminated reports whether a literal or a general comment ends as it should.
func terminated(lit string) bool {
	switch {
	case strings.HasPrefix(lit, "/*"):
		return len(lit) >= 4 && strings.HasSuffix(lit, "*/")
	case len(lit) < 2 || lit[len(lit)-1] != lit[0]:
		return false
	case lit[0] == '`':
		return true
	}
	slashes := 0
	for i := len(lit) - 2; i > 0 && lit[i] == '\\'; i-- {
		slashes++
	}
	return slashes%2 == 0
}
