// Package near finds the name that a mistyped one was meant to be, for errors
// that say so. It is no search: names that only resemble each other are not
// near.
package near

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Name is the known name that name was probably meant to be: the same in other
// letter case, or a slip of the keyboard away, two in longer names:
// letters left out, added, wrong or swapped. Where there is none it is "".
func Name(name string, known iter.Seq[string]) string {
	best, least := "", 3
	for k := range known {
		if k == name {
			continue
		}
		if strings.EqualFold(k, name) {
			return k
		}
		d := distance(strings.ToLower(name), strings.ToLower(k))
		if d <= slips(name, k) && (d < least || d == least && best != "" && likelier(name, k, best)) {
			best, least = k, d
		}
	}
	return best
}

// Part is the known name that name is the beginning of, as Hist of Histogram, or
// that begins name, as Box begins Boxplot; "" where there is none or where
// several begin alike and go on differently.
func Part(name string, known iter.Seq[string]) string {
	const least = 3 // letters that say something
	if utf8.RuneCountInString(name) < least {
		return ""
	}
	begins := func(long, short string) bool {
		return len(long) > len(short) && strings.EqualFold(long[:len(short)], short)
	}
	var longer []string
	inside := ""
	for k := range known {
		if begins(k, name) {
			longer = append(longer, k)
		}
		if utf8.RuneCountInString(k) >= least && begins(name, k) && len(k) > len(inside) {
			inside = k
		}
	}
	if len(longer) == 0 {
		return inside
	}
	short := slices.MinFunc(longer, func(a, b string) int { return len(a) - len(b) })
	if slices.ContainsFunc(longer, func(k string) bool { return k != short && !begins(k, short) }) {
		return ""
	}
	return short
}

// likelier says which of two names that are as near was meant: one of the same
// letters, since they are swapped more often than wrong; the longer, since they
// are left out more often than added.
func likelier(name, a, b string) bool {
	if sa, sb := letters(a) == letters(name), letters(b) == letters(name); sa != sb {
		return sa
	}
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a < b
}

// letters are those of a name in their order.
func letters(s string) string {
	l := strings.Split(strings.ToLower(s), "")
	slices.Sort(l)
	return strings.Join(l, "")
}

// slips is how many slips may be between a name and a known one.
func slips(name, known string) int {
	n, k := utf8.RuneCountInString(name), utf8.RuneCountInString(known)
	switch {
	case n <= 1, n == 2 && k == 2: // any other would be as near
		return 0
	case min(n, k) <= 4:
		return 1
	}
	return 2
}

// distance counts insertions, deletions, replacements and swaps of neighbours
// between a and b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > 2 || d < -2 {
		return 3 // more than there may be
	}
	rows := [3][]int{make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
