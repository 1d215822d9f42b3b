package tables

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/grid"
)

var textFunctions = []function{
	{"length len", "number of characters", []form{fn1(func(s string) int64 { return int64(utf8.RuneCountInString(s)) })}},
	{"isEmpty", "whether there are no characters", []form{fn1(func(s string) bool { return s == "" })}},
	{"isBlank", "whether there is nothing but blanks", []form{fn1(func(s string) bool { return strings.TrimSpace(s) == "" })}},
	{"contains", "whether the second text is part of the first", []form{fn2(strings.Contains)}},
	{"startsWith", "whether the text starts with the second one", []form{fn2(strings.HasPrefix)}},
	{"endsWith", "whether the text ends with the second one", []form{fn2(strings.HasSuffix)}},
	{"equals", "whether the texts are the same", []form{fn2(func(a, b string) bool { return a == b })}},
	{"equalsIgnoreCase", "whether the texts are the same but for upper and lower case", []form{fn2(strings.EqualFold)}},
	{"compareTo", "-1, 0 or 1: how the texts are ordered, by their bytes", []form{fn2(func(a, b string) int64 { return int64(cmp.Compare(a, b)) })}},
	{"indexOf", "where the second text first stands in the first, or from a position on; -1 if nowhere", []form{fn2(indexOf), fn3(indexFrom)}},
	{"lastIndexOf", "where the second text last stands in the first; -1 if nowhere", []form{fn2(lastIndexOf)}},
	{"countOf", "how often the second text stands in the first, without overlap", []form{fn2(func(s, sub string) int64 { return int64(strings.Count(s, sub)) })}},
	{"charAt", "character at a position; null outside", []form{try2(charAt).gives(Char)}},
	{"substring substr", "from a position to the end, or up to but not including another position; both are cut to the text", []form{fn2(substringFrom), fn3(substring)}},
	{"left", "first n characters", []form{fn2(func(s string, n int64) string { return substring(s, 0, n) })}},
	{"right", "last n characters", []form{fn2(right)}},
	{"split", "part n, counted from 0, between separators; null if there are fewer", []form{try3(split)}},
	{"concat", "texts joined", []form{fn2(func(a, b string) string { return a + b })}},
	{"replace", "with every second text in it replaced by the third", []form{bound(replacing)}},
	{"replaceAll", "with every match of a regular expression replaced; $1 stands for its first group", []form{bound(replacingMatches)}},
	{"matches", "whether a regular expression matches the whole text", []form{bound(matching)}},
	{"find", "whether a regular expression matches somewhere", []form{bound(finding)}},
	{"extract", "first match of a regular expression, or that of its group n; null if there is none", []form{bound(extracting), bound(extractingGroup)}},
	{"toLowerCase lower", "in lower case", []form{fn1(strings.ToLower)}},
	{"toUpperCase upper", "in upper case", []form{fn1(strings.ToUpper)}},
	{"trim strip", "without blanks at both ends", []form{fn1(strings.TrimSpace)}},
	{"trimStart stripLeading ltrim", "without blanks at the start", []form{fn1(func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) })}},
	{"trimEnd stripTrailing rtrim", "without blanks at the end", []form{fn1(func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) })}},
	{"padStart lpad", "with blanks, or a third text again and again, before it, up to n characters; longer text stays", []form{bound(padding(true, false)), bound(padding(true, true))}},
	{"padEnd rpad", "with blanks, or a third text again and again, behind it, up to n characters; longer text stays", []form{bound(padding(false, false)), bound(padding(false, true))}},
	{"repeat", "n times", []form{bound(repeating)}},
	{"reverse", "characters in reverse order", []form{fn1(reverse)}},
	{"parseInt parseLong toInt", "decimal integer of 64 bits that the text writes, blanks around it aside; null if it is none", []form{try1(parseWhole)}},
	{"parseDouble parseFloat toDouble", "number that the text writes, blanks around it aside; null if it is none", []form{try1(parseNumber)}},
	{"parseBool", "true or false, as the text says in any case; null if it says neither", []form{try1(parseTruth)}},
	{"format fixed", "number as text with so many decimals, at most 300", []form{fn2(fixed)}},
	{"text toString", "value as text, as a column shows it", []form{
		fn1(func(x bool) string { return strconv.FormatBool(x) }), fn1(func(x int64) string { return strconv.FormatInt(x, 10) }),
		fn1(func(x float64) string { return grid.Exact(x, 64) }), fn1(func(s string) string { return s }), showing(Char), showing(Date), showing(Timestamp), showing(Duration)}},
}

func showing(t Type) form {
	w := map[Type]want{Char: wantChar, Date: wantDate, Timestamp: wantTime, Duration: wantDuration}[t]
	return fn1(func(x int64) string { return formatInt(t, x) }).of(w)
}

// maxText is how many bytes a function makes of one text at most: a formula that
// repeats what it repeated would otherwise fill any memory.
const maxText = 1 << 20

func short(fail fails, size int) {
	if size > maxText {
		fail("the text would have more than %d bytes", maxText)
	}
}

func indexOf(s, sub string) int64 { return runesBefore(s, strings.Index(s, sub)) }

func lastIndexOf(s, sub string) int64 { return runesBefore(s, strings.LastIndex(s, sub)) }

func runesBefore(s string, at int) int64 {
	if at < 0 {
		return -1
	}
	return int64(utf8.RuneCountInString(s[:at]))
}

func indexFrom(s, sub string, from int64) int64 {
	rest := substringFrom(s, from)
	at := indexOf(rest, sub)
	if at < 0 {
		return -1
	}
	return at + int64(utf8.RuneCountInString(s)-utf8.RuneCountInString(rest))
}

func charAt(s string, at int64) (int64, bool) {
	if at < 0 {
		return 0, false
	}
	for _, r := range s {
		if at == 0 {
			return int64(r), true
		}
		at--
	}
	return 0, false
}

func substringFrom(s string, from int64) string { return substring(s, from, math.MaxInt64) }

// substring counts characters from 0; both ends are cut to the text.
func substring(s string, from, to int64) string {
	if to <= from {
		return ""
	}
	lo := runeOffset(s, from)
	return s[lo : lo+runeOffset(s[lo:], to-max(from, 0))]
}

// runeOffset is where character n starts, in bytes.
func runeOffset(s string, n int64) int {
	if n <= 0 {
		return 0
	}
	if n >= int64(len(s)) {
		return len(s)
	}
	for at := range s {
		if n == 0 {
			return at
		}
		n--
	}
	return len(s)
}

func right(s string, n int64) string {
	return substringFrom(s, int64(utf8.RuneCountInString(s))-max(n, 0))
}

func split(s, sep string, n int64) (string, bool) {
	if n < 0 {
		return "", false
	}
	if sep == "" {
		r, ok := charAt(s, n)
		return string(rune(r)), ok
	}
	for ; n > 0; n-- {
		_, rest, ok := strings.Cut(s, sep)
		if !ok {
			return "", false
		}
		s = rest
	}
	part, _, _ := strings.Cut(s, sep)
	return part, true
}

func reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

func replacing(fail fails) form {
	return fn3(func(s, old, to string) string {
		if len(to) > len(old) && len(s) > 64 {
			short(fail, len(s)+strings.Count(s, old)*(len(to)-len(old)))
		}
		return strings.ReplaceAll(s, old, to)
	})
}

func repeating(fail fails) form {
	return fn2(func(s string, n int64) string {
		n = max(n, 0)
		if n > 0 && int64(len(s)) > maxText/n {
			short(fail, maxText+1)
		}
		return strings.Repeat(s, int(n))
	})
}

// padding fills up at the start or the end, with blanks or with a third
// argument.
func padding(start, with bool) func(fails) form {
	return func(fail fails) form {
		pad := func(s string, n int64, fill string) string {
			lacks := n - int64(utf8.RuneCountInString(s))
			if lacks <= 0 || fill == "" {
				return s
			}
			if n > maxText || lacks > int64(maxText/len(fill)) {
				short(fail, maxText+1)
			}
			times := int(lacks)/utf8.RuneCountInString(fill) + 1
			fill = substring(strings.Repeat(fill, times), 0, lacks)
			if start {
				return fill + s
			}
			return s + fill
		}
		if with {
			return fn3(pad)
		}
		return fn2(func(s string, n int64) string { return pad(s, n, " ") })
	}
}

// compiled remembers the last expression: mostly it is the same in all rows.
func compiled(fail fails, whole bool) func(pattern string) *regexp.Regexp {
	var last string
	var re *regexp.Regexp
	return func(pattern string) *regexp.Regexp {
		if re != nil && pattern == last {
			return re
		}
		expr := pattern
		if whole {
			expr = `\A(?:` + pattern + `)\z`
		}
		made, err := regexp.Compile(expr)
		if err != nil {
			fail("%q is no regular expression: %v", pattern, err)
		}
		last, re = pattern, made
		return re
	}
}

func matching(fail fails) form {
	re := compiled(fail, true)
	return fn2(func(s, pattern string) bool { return re(pattern).MatchString(s) })
}

func finding(fail fails) form {
	re := compiled(fail, false)
	return fn2(func(s, pattern string) bool { return re(pattern).MatchString(s) })
}

func replacingMatches(fail fails) form {
	re := compiled(fail, false)
	return fn3(func(s, pattern, to string) string {
		if len(to) > 0 && len(s) > 16*maxText/len(to) { // before it is made
			short(fail, maxText+1)
		}
		out := re(pattern).ReplaceAllString(s, to)
		short(fail, len(out))
		return out
	})
}

func extracting(fail fails) form {
	re := compiled(fail, false)
	return try2(func(s, pattern string) (string, bool) {
		at := re(pattern).FindStringIndex(s)
		if at == nil {
			return "", false
		}
		return s[at[0]:at[1]], true
	})
}

func extractingGroup(fail fails) form {
	re := compiled(fail, false)
	return try3(func(s, pattern string, group int64) (string, bool) {
		r := re(pattern)
		if group < 0 || group > int64(r.NumSubexp()) {
			fail("the expression has groups 0 to %d, not %d", r.NumSubexp(), group)
		}
		at := r.FindStringSubmatchIndex(s)
		if at == nil || at[2*group] < 0 {
			return "", false
		}
		return s[at[2*group]:at[2*group+1]], true
	})
}

func parseWhole(s string) (int64, bool) {
	v, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return v, err == nil
}

func parseNumber(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if strings.ContainsAny(s, "_xX") { // Go's ways to write numbers in programs
		return 0, false
	}
	return v, err == nil
}

func parseTruth(s string) (bool, bool) {
	switch s = strings.TrimSpace(s); {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

func fixed(x float64, digits int64) string {
	return strconv.FormatFloat(x, 'f', int(min(max(digits, 0), 300)), 64)
}
