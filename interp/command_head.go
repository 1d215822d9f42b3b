package interp

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A headLine is a command at the head of a cell: %name …, %%name …, !… or
// name?.
type headLine struct {
	text     string // without the blanks around it
	row, col int    // where it begins in the cell, from 0
	end      int    // offset of what follows its line
}

// whole reports whether the command takes the rest of the cell.
func (l headLine) whole() bool { return strings.HasPrefix(l.text, "%%") }

// bodyIsGo are the commands that take a cell of Go.
var bodyIsGo = map[string]bool{"%%time": true, "%%timeit": true, "%%capture": true, "%%fmt": true, "%%prun": true, "%%go": true, "%%native": true, "%%interp": true}

// wholeCell says whether a cell under a %%name can be run as it stands, unless
// its Go decides: a blank line ends what no parser knows the end of.
func wholeCell(src string) (show.Completeness, bool) {
	heads, _ := commandLines(src)
	if len(heads) == 0 || !heads[len(heads)-1].whole() {
		return show.Completeness{}, false
	}
	head := heads[len(heads)-1]
	body := src[head.end:]
	text := strings.TrimSpace(body)
	ended := strings.TrimSpace(body[strings.LastIndexByte(body, '\n')+1:]) == "" && strings.HasSuffix(src[:head.end], "\n")
	switch {
	case text == "" && !ended, text != "" && !ended && !bodyIsGo[strings.Fields(head.text)[0]]:
		return show.Completeness{Status: "incomplete"}, true
	case text != "" && bodyIsGo[strings.Fields(head.text)[0]]:
		return show.Completeness{}, false
	}
	return show.Completeness{Status: "complete"}, true
}

// docLine is a question: ?name, name? or with two question marks; ? alone asks
// for help.
var docLine = pattern(`^(?:\?\??\s*(%{0,2}[\pL_][\pL\d_.]*)?|(%{0,2}[\pL_][\pL\d_.]*)\?\??)$`)

// commandLines splits the commands at the head of a cell from its Go code, in
// which blanks stand for them: offsets and lines stay. Comment lines may stand
// between commands; a shell line that ends in a backslash goes on in the next.
func commandLines(src string) (lines []headLine, code string) {
	var b strings.Builder
	rest, row, kept := src, 0, 0
	for rest != "" {
		line, tail, _ := strings.Cut(rest, "\n")
		text := strings.TrimSpace(line)
		if text != "" && !strings.HasPrefix(text, "//") && !isCommand(text) {
			break
		}
		begin, col := row, len(line)-len(strings.TrimLeft(line, " \t\r"))
		for strings.HasPrefix(text, "!") && strings.HasSuffix(text, `\`) && tail != "" {
			line, tail, _ = strings.Cut(tail, "\n")
			text = strings.TrimSuffix(text, `\`) + strings.TrimSpace(line)
			row++
		}
		end := len(src) - len(tail)
		if text != "" && !strings.HasPrefix(text, "//") {
			at := len(src) - len(rest)
			lines = append(lines, headLine{text: text, row: begin, col: col, end: end})
			b.WriteString(src[kept:at])
			b.WriteString(blanks(src[at:end]))
			kept = end
		}
		rest = tail
		row++
		if strings.HasPrefix(text, "%%") {
			break
		}
	}
	if len(lines) == 0 {
		return nil, src
	}
	if lines[len(lines)-1].whole() { // what is above is no part of its body
		return lines, blanks(src[:kept]) + src[kept:]
	}
	return lines, b.String() + src[kept:]
}

func isCommand(text string) bool {
	return text[0] == '%' || text[0] == '!' || strings.Contains(text, "?") && docLine().MatchString(text)
}

// blanks is a text with a blank for every byte but line ends.
func blanks(text string) string {
	b := []byte(text)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}

// misplaced finds a command line below the head of the cell, which to Go would
// be a puzzling syntax error.
func (s *Session) misplaced(code string) *failure {
	if !strings.ContainsAny(code, "%!?") {
		return nil
	}
	toks, _ := scan("cell", code)
	depth, start := 0, true
	for i, t := range toks {
		msg := ""
		switch {
		case t.tok == token.ILLEGAL && t.lit == "?" && docLine().MatchString(strings.TrimSpace(lineAt(code, t.off))):
			msg = "questions stand above the Go code of a cell, or alone in one"
		case depth > 0:
		case start && t.tok == token.REM:
			msg = "commands stand above the Go code of a cell, or alone in one"
		case start && t.tok == token.NOT && s.shellLike(toks, i):
			msg = "shell lines stand above the Go code of a cell, or alone in one"
		case i > 0 && t.tok == token.NOT && (toks[i-1].tok == token.DEFINE || toks[i-1].tok == token.ASSIGN) && s.shellLike(toks, i):
			msg = "what a shell line prints cannot be assigned; a cell %%capture NAME with the shell line below keeps it in a variable"
		}
		if msg != "" {
			return s.misplacedAt(code, t.off, msg)
		}
		switch t.tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth = max(depth-1, 0)
		}
		start = t.tok == token.SEMICOLON && depth == 0
	}
	return nil
}

// lineAt is the line of src that the offset is in.
func lineAt(src string, off int) string {
	line, _, _ := strings.Cut(src[strings.LastIndexByte(src[:off], '\n')+1:], "\n")
	return line
}

func (s *Session) misplacedAt(code string, off int, msg string) *failure {
	line, col := position(lineStarts(code), off)
	head := fmt.Sprintf("%s:%d:%d: %s", s.title, line, col, msg)
	text := lineAt(code, off)
	return &failure{show: &show.Error{
		Name: "compile error", Value: head, Cell: s.count, Line: line, Col: col,
		Traceback: []string{head, "    " + text, "    " + strings.Map(pad, text[:col-1]) + "^"},
	}}
}

func pad(r rune) rune {
	if r == '\t' {
		return r
	}
	return ' '
}

// shellLike tells `!cat file` from Go's `!ok`: the word behind the mark is no
// name that the cell could mean, or words follow it.
func (s *Session) shellLike(toks []tok, i int) bool {
	if i+1 >= len(toks) || toks[i+1].tok != token.IDENT || toks[i+1].off != toks[i].end {
		return false
	}
	var next token.Token
	if i+2 < len(toks) {
		next = toks[i+2].tok
	}
	switch next {
	case token.LPAREN, token.LBRACK:
		return false
	case token.IDENT, token.INT, token.STRING, token.CHAR, token.ILLEGAL:
		return true
	}
	return !s.means(toks[i+1].lit, toks)
}

// means reports whether name can mean something in a cell of these tokens.
func (s *Session) means(name string, toks []tok) bool {
	if s.names[name] != nil || s.imports[name] != "" || types.Universe.Lookup(name) != nil {
		return true
	}
	if _, ok := s.lib.AutoImport(name); ok {
		return true
	}
	n := 0
	for _, t := range toks {
		if t.tok == token.IDENT && t.lit == name {
			n++
		}
	}
	return n > 1
}
