package interp

import (
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
	"unicode"

	"github.com/sheaf-go/sheaf/internal/near"
)

// foreignWords begin statements of other languages.
var foreignWords = map[string]string{
	"def": funcForm, "fn": funcForm, "function": funcForm, "fun": funcForm,
	"class": "a type is written type Name struct { … }, its methods func (x Name) Method() { … }",
	"while": "a loop is written for condition { … }", "until": "a loop is written for !condition { … }",
	"foreach": rangeForm,
	"let":     varForm, "int": varForm, "float": varForm, "float64": varForm, "double": varForm, "string": varForm, "bool": varForm, "auto": varForm, "val": varForm,
	"try": errForm, "except": errForm, "catch": errForm, "finally": "defer runs a call when the function ends",
	"raise": raiseForm, "throw": raiseForm,
	"assert": "if !condition { panic(…) } does it",
	"del":    "delete(m, key) deletes from a map, slices.Delete from a slice",
	"lambda": "a function without a name is written func(x int) int { return x + 1 }",
	"from":   "packages are imported whole: import \"math\", then math.Sqrt",
	"with":   "defer f.Close() closes when the function ends",
	"elif":   "it is written else if", "elsif": "it is written else if",
	"new":  "&T{} makes one",
	"not":  "not is written !",
	"pass": "an empty block is {}",
	"echo": outputForm, "puts": outputForm,
}

const (
	funcForm   = "a function is written func name(a int, b int) int { … }"
	rangeForm  = "a loop over values is written for i, x := range xs { … }"
	varForm    = "a variable is written name := value, or var name type"
	errForm    = "functions return their errors: v, err := f(); if err != nil { … }"
	raiseForm  = "an error is returned, return fmt.Errorf(…), or the end: panic(…)"
	outputForm = "fmt.Println(x) prints"
	blockForm  = "the { of a block stands on the same line"
)

// foreignNames are values and functions of other languages.
var foreignNames = map[string]string{
	"True": "it is written true", "False": "it is written false", "None": "it is written nil", "null": "it is written nil", "NULL": "it is written nil",
	"str": "fmt.Sprint(x) makes text, string(b) of bytes", "input": "fmt.Scan reads what is typed", "self": "a method names its receiver: func (p T) M() { … }",
	"this": "a method names its receiver: func (p T) M() { … }", "double": "it is called float64", "float": "it is called float64", "char": "it is called byte, or rune",
	"list": "a slice is written []int{1, 2, 3}", "dict": "a map is written map[string]int{\"a\": 1}", "elif": "it is written else if",
	"object": "any holds any value", "Exception": errForm, "sorted": "slices.Sorted sorts", "sum": "a loop adds: for _, x := range xs { total += x }",
	"console": outputForm, "printf": "did you mean fmt.Printf?", "abs": "did you mean math.Abs?", "round": "did you mean math.Round?",
}

// foreignMembers are what other libraries call members of packages, where the
// names have nothing in common.
var foreignMembers = map[string]map[string]string{
	"github.com/sheaf-go/sheaf/plots": {
		"Plot": "Line", "Point": "Scatter", "Hue": "Color", "Alpha": "Opacity", "XLim": "XRange", "YLim": "YRange",
		"Subplots": "Concat", "HConcat": "Concat", "VConcat": "Concat", "KDE": "Density", "Style": "Shape", "Row": "Facet", "Detail": "Color",
		"Text": "Note", "Annotate": "Note", "Rule": "HLine",
	},
}

// foreignForms say how what other libraries have a function for is done.
var foreignForms = map[string]map[string]string{
	"github.com/sheaf-go/sheaf/plots": {"Show": "a cell shows the value of its last expression"},
	"strings":                         {"Len": "len(s) counts bytes", "Length": "len(s) counts bytes", "Format": "fmt.Sprintf makes text"},
}

// foreignSigns are operators of other languages, which the parser meets as
// names.
var foreignSigns = map[string]string{
	"and": "and is written &&", "or": "or is written ||", "in": rangeForm, "is": "== compares", "not": "not is written !",
	"then": blockForm, "do": blockForm,
}

// syntaxHints are what to do about messages of the parser and the scanner.
var syntaxHints = []struct{ msg, hint string }{
	{"illegal rune literal", `text is in double quotes: "…"`},
	{"more than one character in rune literal", `text is in double quotes: "…"`},
	{"illegal character U+003F '?'", "there is no ?:, if and else are statements"},
	{"illegal character U+0023 '#'", "comments begin with //"},
	{"expected operand, found 'if'", "if is a statement and has no value"},
	{"expected operand, found 'switch'", "switch is a statement and has no value"},
	{"expected operand, found 'for'", "for is a statement and has no value"},
	{"expected statement, found 'range'", "a loop is written for i := range 10 { … }"},
	{"expected ';', found '++'", "x++ is a statement and has no value"},
	{"expected ';', found '--'", "x-- is a statement and has no value"},
	{"expected ']', found 'for'", "a slice is filled by a loop: for _, x := range xs { ys = append(ys, x) }"},
	{"unexpected comma; expecting ]", "a slice is written []int{1, 2, 3}"},
	{"expected '{', found in", rangeForm},
	{"expected boolean expression, found assignment", "== compares"},
	{"expected boolean or range expression, found assignment", rangeForm},
	{"expected type, found ':'", "a field is a name and its type, without a colon"},
	{"expected '{', found newline", blockForm},
	{"expression in go must be function call", "parentheses call it: go f()"},
	{"expression in defer must be function call", "parentheses call it: defer f()"},
	{"unexpected newline, expecting {", blockForm},
}

// adviseSyntax adds the next move to a syntax error; sure, where that is what
// was wrong.
func (s *Session) adviseSyntax(e *scanner.Error) (msg string, sure bool) {
	s.mu.Lock()
	src := s.sources[e.Pos.Filename]
	s.mu.Unlock()
	lines := strings.Split(src, "\n")
	if e.Pos.Line < 1 || e.Pos.Line > len(lines) {
		return e.Msg, false
	}
	line := lines[e.Pos.Line-1]
	before := line[:min(max(e.Pos.Column-1, 0), len(line))]
	hint := s.syntaxHint(e.Msg, before, line[len(before):])
	if hint == "" {
		return e.Msg, false
	}
	msg, _, _ = strings.Cut(e.Msg, " (missing parentheses around")
	return msg + "; " + hint, true
}

// syntaxHint is for a message about what is between before and after on its
// line.
func (s *Session) syntaxHint(msg, before, after string) string {
	head := wordOf(strings.TrimSpace(before + after))
	found := wordOf(after)
	switch {
	case msg == "missing import path":
		return s.importHint(before + after)
	case strings.HasPrefix(msg, "expected ';', found ") || strings.HasPrefix(msg, "expected '{', found "):
		if hint := foreignSigns[found]; hint != "" {
			return hint
		}
		if hint := foreignWords[head]; hint != "" && s.names[head] == nil {
			return hint
		}
		if strings.TrimSpace(before) == head && s.callable(head) {
			return fmt.Sprintf("a call has parentheses: %s(%s)", head, strings.TrimSpace(after))
		}
		if strings.HasSuffix(before, ", ") || strings.HasPrefix(after, ",") {
			return "fields end with their line, or with ;"
		}
		if strings.HasPrefix(strings.TrimSpace(before), "import ") && found == "as" {
			return `another name stands before the path: import f "fmt"`
		}
		if b := strings.TrimSpace(before); strings.HasSuffix(b, "++") || strings.HasSuffix(b, "--") {
			return b[len(b)-3:] + " is a statement and has no value"
		}
		if k := near.Name(head, keywords); k != "" && !s.means(head, nil) {
			return "did you mean " + k + "?"
		}
		if strings.Contains(before, "catch") || found == "catch" || found == "except" {
			return errForm
		}
	case msg == "missing ',' in argument list" && strings.HasSuffix(before, "f") && strings.HasPrefix(after, `"`):
		return `fmt.Sprintf formats: fmt.Sprintf("n = %v", n)`
	case msg == "illegal label declaration" && strings.HasPrefix(strings.TrimSpace(before), "{"):
		return `a map is written map[string]int{"a": 1}`
	}
	for _, h := range syntaxHints {
		if strings.HasPrefix(msg, h.msg) {
			return h.hint
		}
	}
	return ""
}

// keywords yields those of Go.
func keywords(yield func(string) bool) {
	for t := token.BREAK; t <= token.VAR; t++ {
		if !yield(t.String()) {
			return
		}
	}
}

// wordOf is the name that text begins with.
func wordOf(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		end = len(text)
	}
	return text[:end]
}

// callable reports a name of a function, or of what converts.
func (s *Session) callable(name string) bool {
	if b := s.names[name]; b != nil {
		return b.kind == token.FUNC || b.kind == token.TYPE
	}
	switch types.Universe.Lookup(name).(type) {
	case *types.Builtin, *types.TypeName:
		return true
	}
	return false
}

// importHint is for an import without quotes.
func (s *Session) importHint(line string) string {
	path := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "import"))
	if auto, ok := s.pathOf(path); ok {
		return fmt.Sprintf("it is written import %q, and a cell can use %s without it", auto, path)
	}
	return fmt.Sprintf("the path is in quotes: import %q", path)
}

// unclosed finds the brackets of a cell that do not match: its parser looks for
// what is missing where the cell ends, or where something else ends.
func unclosed(name, src string) error {
	toks, err := scan(name, src)
	if err != nil {
		return nil
	}
	lines := lineStarts(src)
	fail := func(t tok, format string, args ...any) error {
		line, col := position(lines, t.off)
		return scanner.ErrorList{{Pos: token.Position{Filename: name, Line: line, Column: col}, Msg: fmt.Sprintf(format, args...)}}
	}
	closing := map[token.Token]token.Token{token.LPAREN: token.RPAREN, token.LBRACE: token.RBRACE, token.LBRACK: token.RBRACK}
	var open []tok
	for _, t := range toks {
		switch t.tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			open = append(open, t)
		case token.RPAREN, token.RBRACE, token.RBRACK:
			n := len(open) - 1
			if n < 0 {
				return fail(t, "%s closes nothing", t.tok)
			}
			if want := closing[open[n].tok]; want != t.tok {
				line, _ := position(lines, open[n].off)
				return fail(t, "expected %s for the %s of line %d, found %s", want, open[n].tok, line, t.tok)
			}
			open = open[:n]
		}
	}
	if n := len(open); n > 0 {
		return fail(open[n-1], "%s is not closed", open[n-1].tok)
	}
	return nil
}
