package gen

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// compositeLit builds a value of a composite type from expressions.
func (g *gen) compositeLit(t *typ, depth int) string {
	list := func(n int) string {
		var parts []string
		for range n {
			parts = append(parts, g.element(t.elem, depth-1))
		}
		return strings.Join(parts, ", ")
	}
	switch t.kind {
	case kArray:
		if g.chance(4) {
			return fmt.Sprintf("%s{%d: %s}", t.src, g.IntN(t.n), g.element(t.elem, depth-1))
		}
		return fmt.Sprintf("%s{%s}", t.src, list(t.n))
	case kSlice:
		return fmt.Sprintf("%s{%s}", t.src, list(g.IntN(4)))
	case kMap:
		var parts []string
		for _, k := range g.keys(t.key, g.IntN(4)) {
			parts = append(parts, k+": "+g.element(t.elem, depth-1))
		}
		return fmt.Sprintf("%s{%s}", t.src, strings.Join(parts, ", "))
	case kStruct:
		return g.structLit(t, depth)
	case kPtr:
		if t.elem.kind == kStruct {
			return "&" + g.structLit(t.elem, depth)
		}
		g.need["ptr"] = true
		return fmt.Sprintf("ptr[%s](%s)", t.elem.src, g.expr(t.elem, depth-1))
	case kAny:
		if depth <= 1 {
			return "any(" + g.asArg(g.scalar(), 0) + ")"
		}
		for range 5 {
			if v := g.anyType(); v.shown && v.kind != kIface {
				return fmt.Sprintf("any(%s)", g.asArg(v, depth-1))
			}
		}
		return "any(" + g.lit(g.types.find("int")) + ")"
	case kIface:
		i := oneOf(g, t.impls)
		v := g.asArg(i.typ, depth-1)
		if i.ptr {
			g.need["ptr"] = true
			v = fmt.Sprintf("ptr[%s](%s)", i.typ.src, g.expr(i.typ, depth-1))
		}
		return fmt.Sprintf("%s(%s)", t.src, v)
	}
	panic("gen: no literal for " + t.src)
}

// element is an element of a literal: a nested literal may leave out its type.
func (g *gen) element(t *typ, depth int) string {
	s := g.expr(t, depth)
	if t.kind == kStruct && strings.HasPrefix(s, t.src+"{") && g.chance(2) {
		return strings.TrimPrefix(s, t.src)
	}
	return s
}

func (g *gen) structLit(t *typ, depth int) string {
	var parts []string
	keyed := g.chance(2)
	for _, f := range t.fields {
		switch {
		case !keyed:
			parts = append(parts, g.expr(f.typ, depth-1))
		case !g.chance(4):
			parts = append(parts, f.name+": "+g.expr(f.typ, depth-1))
		}
	}
	return fmt.Sprintf("%s{%s}", t.src, strings.Join(parts, ", "))
}

// keys returns up to n different constant keys.
func (g *gen) keys(t *typ, n int) []string {
	seen := map[string]bool{}
	var keys []string
	for range n {
		k := strconv.Itoa(g.IntN(9))
		if t.kind == kString {
			k = strconv.Quote(g.word())
		}
		if !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

// lit returns a literal of type t.
func (g *gen) lit(t *typ) string {
	switch t.kind {
	case kBool:
		return g.pick("true", "false")
	case kInt:
		return g.intLit(t.bits)
	case kUint:
		return g.uintLit(t.bits)
	case kFloat:
		return g.floatLit()
	case kComplex:
		return fmt.Sprintf("(%d + %di)", g.IntN(10)-5, g.IntN(10))
	case kString:
		return g.str()
	default:
		return g.compositeLit(t, 1)
	}
}

func (g *gen) intLit(bits int) string {
	limit := int64(math.MaxInt64) >> (64 - bits)
	switch g.IntN(8) {
	case 0:
		return strconv.FormatInt(limit, 10)
	case 1:
		return strconv.FormatInt(-limit-1, 10)
	case 2:
		return strconv.FormatInt(limit-g.Int64N(100), 10)
	case 3:
		return fmt.Sprintf("'%c'", 'a'+rune(g.IntN(26)))
	default:
		return strconv.Itoa(g.IntN(30) - 10)
	}
}

func (g *gen) uintLit(bits int) string {
	limit := uint64(math.MaxUint64) >> (64 - bits)
	switch g.IntN(6) {
	case 0:
		return strconv.FormatUint(limit, 10)
	case 1:
		return fmt.Sprintf("0x%x", limit-g.Uint64N(100))
	case 2:
		return fmt.Sprintf("0b%b", g.IntN(128))
	default:
		return strconv.Itoa(g.IntN(30))
	}
}

func (g *gen) floatLit() string {
	switch g.IntN(6) {
	case 0:
		return "1e10"
	case 1:
		return "-0.5"
	case 2:
		return "0x1p-2"
	default:
		return strconv.FormatFloat(float64(g.IntN(4000)-2000)/16, 'f', -1, 64)
	}
}

var words = []string{"go", "sheaf", "é", "日本", "a b", "", "x", "Zeta", "tab\t", "quote\"", "nul\x00", "\xff", "🙂", "line\n"}

func (g *gen) word() string { return oneOf(g, words) }

// str returns a string literal.
func (g *gen) str() string {
	w := g.word()
	if g.chance(8) && utf8.ValidString(w) && !strings.ContainsAny(w, "`\x00") {
		return "`" + w + "`"
	}
	return strconv.Quote(w)
}
