package kernel

import (
	"regexp"
	"strings"
)

// match reports whether the whole of s matches a glob as history clients write
// them: * any text, ? one character, [...] one of a set. Unlike path.Match, *
// crosses slashes and line ends.
func match(glob, s string) bool {
	re, err := regexp.Compile(globRegexp(glob))
	if err != nil { // an unclosed or empty set: taken literally
		return glob == s
	}
	return re.MatchString(s)
}

func globRegexp(glob string) string {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteByte('.')
		case '[':
			end := strings.IndexByte(glob[i:], ']')
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			set := strings.ReplaceAll(glob[i:i+end+1], `\`, `\\`)
			b.WriteString(strings.Replace(set, "[!", "[^", 1))
			i += end
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	return b.String() + `\z`
}
