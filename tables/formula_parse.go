package tables

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// castTypes are Java's names and the columns' own.
var castTypes = map[string]Type{"byte": Int8, "short": Int16, "int": Int32, "long": Int64, "float": Float32, "double": Float64,
	"boolean": Bool, "char": Char, "String": String,
	"int8": Int8, "int16": Int16, "int32": Int32, "int64": Int64, "uint8": Uint8, "uint16": Uint16, "uint32": Uint32, "uint64": Uint64,
	"float32": Float32, "float64": Float64, "bool": Bool, "string": String, "timestamp": Timestamp, "date": Date, "duration": Duration}

var mathConstants = map[string]float64{"PI": math.Pi, "Pi": math.Pi, "E": math.E}

// Binding powers, weakest first, as in Java.
var power = map[string]int{"||": 2, "or": 2, "&&": 3, "and": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7, "=": 7,
	"<": 8, "<=": 8, ">": 8, ">=": 8, "in": 8, "not": 8, "icase": 8, "instanceof": 8, "<<": 9, ">>": 9, ">>>": 9,
	"+": 10, "-": 10, "*": 11, "/": 11, "%": 11}

const (
	powerTernary = 1
	powerShift   = 9
	powerUnary   = 12
	maxDepth     = 500     // nesting that no person writes, but a stack does not survive forever
	maxTokens    = 1 << 16 // the sum of 30,000 columns
)

type parser struct {
	lexer
	tok    token
	tokens int
	depth  int
}

// parseFormula parses one expression.
func parseFormula(src string) (expr, error) {
	p := &parser{lexer: lexer{src: src}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return p.whole()
}

// parseAssign parses "Name = expression", or a bare name where that is allowed.
func parseAssign(src string, bare bool) (name string, e expr, err error) {
	p := &parser{lexer: lexer{src: src}}
	if err := p.advance(); err != nil {
		return "", nil, err
	}
	first := p.tok
	if first.kind != tokName {
		return "", nil, p.fail(first.pos, "want %q, got %v", "Name = expression", first)
	}
	if err := p.advance(); err != nil {
		return "", nil, err
	}
	switch {
	case p.tok.kind == tokEnd && bare:
		return first.text, ident{at(first.pos), first.text}, nil
	case p.tok.kind == tokOp && p.tok.text == "=":
	default:
		return "", nil, p.fail(p.tok.pos, "want %q, got %v after the name", "Name = expression", p.tok)
	}
	if reserved[first.text] {
		return "", nil, p.fail(first.pos, "%s means something else in formulas; choose another name", first.text)
	}
	if err := p.advance(); err != nil {
		return "", nil, err
	}
	e, err = p.whole()
	return first.text, e, err
}

func (p *parser) whole() (expr, error) {
	e, err := p.expr(0)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected("an operator")
	}
	return e, nil
}

func (p *parser) advance() (err error) {
	if p.tokens++; p.tokens > maxTokens {
		return p.fail(p.tok.pos, "the formula is longer than %d words and signs", maxTokens)
	}
	p.tok, err = p.lexer.next()
	return err
}

func (p *parser) is(text string) bool {
	return (p.tok.kind == tokOp || p.tok.kind == tokName) && p.tok.text == text
}

func (p *parser) expect(op string) error {
	if p.tok.kind != tokOp || p.tok.text != op {
		return p.unexpected(fmt.Sprintf("%q", op))
	}
	return p.advance()
}

func (p *parser) unexpected(want string) error {
	if p.is("->") {
		return p.fail(p.tok.pos, "lambdas are not supported; write a Go function and call it by name")
	}
	return p.fail(p.tok.pos, "want %s, got %v", want, p.tok)
}

// expr parses operators that bind more strongly than limit.
func (p *parser) expr(limit int) (expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail(p.tok.pos, "the formula is nested too deeply")
	}
	defer func() { p.depth-- }()
	x, err := p.prefix()
	if err != nil {
		return nil, err
	}
	for {
		op := p.tok
		if op.kind == tokOp && op.text == "?" && limit < powerTernary {
			if x, err = p.ternary(x); err != nil {
				return nil, err
			}
			continue
		}
		w, ok := power[op.text]
		if !ok || op.kind != tokOp && op.kind != tokName || w <= limit {
			return x, nil
		}
		if x, err = p.infix(x, op, w); err != nil {
			return nil, err
		}
	}
}

func (p *parser) infix(x expr, op token, w int) (expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch op.text {
	case "in":
		return p.in(inList{at: at(op.pos), x: x})
	case "not":
		if p.is("icase") {
			if err := p.advance(); err != nil {
				return nil, err
			}
			return p.afterNot(inList{at: at(op.pos), x: x, not: true, icase: true})
		}
		return p.afterNot(inList{at: at(op.pos), x: x, not: true})
	case "icase":
		l := inList{at: at(op.pos), x: x, icase: true}
		if p.is("not") {
			l.not = true
			if err := p.advance(); err != nil {
				return nil, err
			}
		}
		return p.afterNot(l)
	case "instanceof":
		return nil, p.fail(op.pos, "instanceof is not supported")
	}
	y, err := p.expr(w)
	if err != nil {
		return nil, err
	}
	text := op.text
	switch text {
	case "or":
		text = "||"
	case "and":
		text = "&&"
	case "=":
		text = "=="
	}
	return binary{at(op.pos), text, x, y}, nil
}

func (p *parser) afterNot(l inList) (expr, error) {
	if !p.is("in") {
		return nil, p.unexpected(`"in"`)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return p.in(l)
}

// in parses 1, 2, 3 or (1, 2, 3).
func (p *parser) in(l inList) (expr, error) {
	paren := p.is("(")
	if paren {
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	for {
		e, err := p.expr(powerShift - 1)
		if err != nil {
			return nil, err
		}
		l.list = append(l.list, e)
		if !p.is(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if paren {
		return l, p.expect(")")
	}
	return l, nil
}

func (p *parser) ternary(cond expr) (expr, error) {
	pos := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	yes, err := p.expr(0)
	if err != nil {
		return nil, err
	}
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	no, err := p.expr(0)
	return ternary{at(pos), cond, yes, no}, err
}

func (p *parser) prefix() (expr, error) {
	t := p.tok
	if t.kind == tokOp {
		switch t.text {
		case "-", "+", "!", "~":
			return p.unary(t)
		}
	}
	if t.kind == tokName && t.text == "not" {
		return nil, p.fail(t.pos, "write ! for not, as in !(A > 1)")
	}
	x, err := p.primary()
	if err != nil {
		return nil, err
	}
	return p.postfix(x)
}

func (p *parser) unary(t token) (expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if t.text == "-" && p.tok.kind == tokInt { // so that the least integer can be written
		p.tok.text = "-" + p.tok.text
		p.tok.pos = t.pos
		x, err := p.primary()
		if err != nil {
			return nil, err
		}
		return p.postfix(x)
	}
	x, err := p.expr(powerUnary)
	if err != nil || t.text == "+" {
		return x, err
	}
	return unary{at(t.pos), t.text, x}, nil
}

// primary parses literals, names, calls, casts and parentheses.
func (p *parser) primary() (expr, error) {
	t := p.tok
	switch t.kind {
	case tokInt, tokFloat, tokText, tokQuoted:
		e, err := p.literal(t)
		if err != nil {
			return nil, err
		}
		return e, p.advance()
	case tokName:
		if err := p.advance(); err != nil {
			return nil, err
		}
		return p.named(t)
	}
	if !p.is("(") {
		return nil, p.unexpected("a value")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if typ, ok := castTypes[p.tok.text]; ok && p.tok.kind == tokName {
		if x, ok, err := p.castTo(t, typ); ok || err != nil {
			return x, err
		}
	}
	x, err := p.expr(0)
	if err != nil {
		return nil, err
	}
	return x, p.expect(")")
}

// castTo parses what follows "(type"; it is no cast if there is no ")", or no
// value behind that: a column may have the name of a type.
func (p *parser) castTo(open token, typ Type) (x expr, ok bool, err error) {
	before := *p
	if err := p.advance(); err != nil {
		return nil, false, err
	}
	if p.is(")") {
		if err := p.advance(); err != nil {
			return nil, false, err
		}
		if p.tok.kind != tokOp && (p.tok.kind != tokName || power[p.tok.text] == 0) && p.tok.kind != tokEnd ||
			p.is("(") || p.is("!") || p.is("~") || (p.is("-") || p.is("+")) && typ.IsNumeric() {
			x, err = p.expr(powerUnary)
			return cast{at(open.pos), typ, x}, true, err
		}
	}
	*p = before
	return nil, false, nil
}

func (p *parser) named(t token) (expr, error) {
	switch t.text {
	case "true", "false":
		return literal{at(t.pos), Bool, t.text == "true"}, nil
	case "null":
		return literal{at: at(t.pos)}, nil
	case "new":
		if p.tok.kind == tokName {
			return nil, p.fail(t.pos, "new is not supported")
		}
	case "in", "icase", "and", "or", "instanceof":
		return nil, p.fail(t.pos, "want a value, got %q", t.text)
	}
	if p.is("(") {
		args, err := p.args()
		return call{at: at(t.pos), name: t.text, args: args}, err
	}
	if t.text == "Math" && p.is(".") { // Math.sqrt(x) is sqrt(x)
		if err := p.advance(); err != nil {
			return nil, err
		}
		fn := p.tok
		if fn.kind != tokName {
			return nil, p.unexpected("a function")
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		if v, ok := mathConstants[fn.text]; ok && !p.is("(") {
			return literal{at(fn.pos), Float64, v}, nil
		}
		args, err := p.args()
		return call{at: at(fn.pos), name: fn.text, args: args}, err
	}
	return ident{at(t.pos), t.text}, nil
}

func (p *parser) args() ([]expr, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var args []expr
	for !p.is(")") {
		e, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		args = append(args, e)
		if !p.is(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.is(")") {
			return nil, p.unexpected("a value")
		}
	}
	return args, p.expect(")")
}

// postfix parses x.method(args) and x[i].
func (p *parser) postfix(x expr) (expr, error) {
	for {
		pos := p.tok.pos
		switch {
		case p.is(".") && p.tok.kind == tokOp:
			if err := p.advance(); err != nil {
				return nil, err
			}
			name := p.tok
			if name.kind != tokName {
				return nil, p.unexpected("a method")
			}
			if err := p.advance(); err != nil {
				return nil, err
			}
			if !p.is("(") {
				return nil, p.fail(name.pos, "fields are not supported; a method needs parentheses: %s()", name.text)
			}
			args, err := p.args()
			if err != nil {
				return nil, err
			}
			x = call{at(name.pos), name.text, x, args}
		case p.is("["):
			if err := p.advance(); err != nil {
				return nil, err
			}
			i, err := p.expr(0)
			if err != nil {
				return nil, err
			}
			if err := p.expect("]"); err != nil {
				return nil, err
			}
			x = index{at(pos), x, i}
		default:
			return x, nil
		}
	}
}

func (p *parser) literal(t token) (expr, error) {
	lit := literal{at: at(t.pos)}
	switch t.kind {
	case tokText:
		lit.typ, lit.val = String, t.text
	case tokInt:
		text := t.text
		if c := text[len(text)-1]; c|0x20 == 'l' {
			text = text[:len(text)-1]
		}
		base := 10 // a leading 0 is no octal number here
		if strings.ContainsAny(text, "xX") {
			base = 0
		}
		v, err := strconv.ParseInt(text, base, 64)
		if err != nil {
			return nil, p.fail(t.pos, "%s does not fit into 64 bits", text)
		}
		lit.typ, lit.val = Int64, v
	case tokFloat:
		text := t.text
		lit.typ = Float64
		switch text[len(text)-1] | 0x20 {
		case 'f':
			lit.typ = Float32
			text = text[:len(text)-1]
		case 'd':
			text = text[:len(text)-1]
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, p.fail(t.pos, "%q is no number", t.text)
		}
		if lit.typ == Float32 {
			if v = float64(float32(v)); math.IsInf(v, 0) {
				return nil, p.fail(t.pos, "%s does not fit into 32 bits", text)
			}
		}
		lit.val = v
	case tokQuoted:
		return p.quotedLiteral(t)
	}
	return lit, nil
}

// quotedLiteral is a character, a day, a point in time or a duration.
func (p *parser) quotedLiteral(t token) (expr, error) {
	if r, n := utf8.DecodeRuneInString(t.text); n == len(t.text) && n > 0 {
		return literal{at(t.pos), Char, int64(r)}, nil
	}
	if d, ok := parseDate([]byte(t.text)); ok {
		return literal{at(t.pos), Date, int64(d)}, nil
	}
	if ns, ok := parseTime([]byte(t.text)); ok {
		return literal{at(t.pos), Timestamp, ns}, nil
	}
	if ns, ok := parseSpan(t.text); ok {
		return literal{at(t.pos), Duration, ns}, nil
	}
	return nil, p.fail(t.pos, "want a character, a day or a time as in '2006-01-02 15:04:05', or a duration as in '1h30m', got '%s'; text stands in backticks", t.text)
}
