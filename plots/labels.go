package plots

import (
	"strings"
	"unicode"
)

// letterWidth estimates the width in px of a letter in the charts' 11 px sans,
// on the safe side: which font a reader has is not known.
func letterWidth(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100 && ideographic(r):
		return labelSize
	case strings.ContainsRune("mwMW@%", r):
		return 9.5
	}
	return averageWidth
}

const averageWidth = 6.1

// ideographic reports whether a letter is as wide as it is high.
func ideographic(r rune) bool {
	return r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff ||
		r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0x1f300 && r <= 0x1faff || r >= 0x20000
}

// roughWidth estimates the width in px of a label without a font.
func roughWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += letterWidth(r)
	}
	return w
}

// maxLabel is how many px a category name takes at most.
const maxLabel = 22 * averageWidth

// ellipsis shortens a name for drawing.
func ellipsis(s string) string { return shortened(s, maxLabel) }

// shortened is the beginning of a label, as much as there is room for, px.
func shortened(s string, room float64) string {
	if roughWidth(s) <= room {
		return s
	}
	return head(s, room-averageWidth) + "…"
}

// head is as many of the first letters of s as there is room for, px.
func head(s string, room float64) string {
	for i, r := range s {
		if room -= letterWidth(r); room < -1e-9 {
			return s[:i]
		}
	}
	return s
}

// shortNames shortens names for drawing: at their ends, and those that would be
// equal then, before the place where they differ.
func shortNames(names []string) []string {
	out := make([]string, len(names))
	same := map[string][]string{} // the names that have a short form
	for i, n := range names {
		out[i] = ellipsis(n)
		if out[i] != n {
			same[out[i]] = append(same[out[i]], n)
		}
	}
	for i, n := range names {
		from := 0
		for _, other := range same[out[i]] {
			if out[i] != n && other != n {
				from = max(from, common(n, other))
			}
		}
		if from > 0 {
			half := (maxLabel - averageWidth) / 2
			out[i] = head(n, half) + "…" + shortened(n[from:], half)
		}
	}
	return out
}

// common is how many bytes two different texts have in common at their
// beginnings, whole letters.
func common(a, b string) int {
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], string(r)) {
			return i
		}
	}
	return len(a)
}

// wrap breaks text into lines of at most width px: between words, and inside
// those that are longer than a line. An average letter takes char px.
func wrap(text string, width, char float64) []string {
	room := float64(max(10, int(width/char))) * averageWidth
	var out []string
	line, used := "", 0.0
	for _, word := range strings.Fields(text) {
		w := roughWidth(word)
		if used > 0 && used+averageWidth+w > room+1e-9 {
			out = append(out, line)
			line, used = "", 0
		}
		for used == 0 && w > room+1e-9 {
			first := head(word, room)
			out = append(out, first)
			word = word[len(first):]
			w = roughWidth(word)
		}
		if used > 0 {
			line += " "
			used += averageWidth
		}
		line += word
		used += w
	}
	if used > 0 {
		out = append(out, line)
	}
	if len(out) > mostWrapped {
		out = out[:mostWrapped]
		out[mostWrapped-1] += " …"
	}
	return out
}

// mostWrapped is how many lines of a title or a caption are drawn.
const mostWrapped = 12

// maxTitleLines is how many lines the title of an axis or a legend has at most.
const maxTitleLines = 3

// titleLines breaks the title of an axis or a legend into lines.
func titleLines(title string, room float64) []string {
	lines := wrap(title, room, axisChar)
	if len(lines) > maxTitleLines {
		lines = lines[:maxTitleLines]
		lines[maxTitleLines-1] = head(lines[maxTitleLines-1], room/axisChar*averageWidth-averageWidth) + "…"
	}
	return lines
}

const (
	axisChar      = 6.6   // px of an average letter of the titles of axes and legends
	minTitleRoom  = 110.0 // px that such a title has, however small the chart is
	maxLegendRoom = 150.0 // px
)

// titleLines is the title of the axis in lines that fit along it.
func (a axis) titleLines(length float64) []string {
	return titleLines(a.label, max(length, minTitleRoom))
}
