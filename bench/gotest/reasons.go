package main

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

var (
	positionRE = regexp.MustCompile(`\S*\.go:\d+(?::\d+)?:? ?`)
	quotedRE   = regexp.MustCompile(`"[^"]*"|'[^']*'|«[^»]*»|` + "`[^`]*`")
	numberRE   = regexp.MustCompile(`\b0x[0-9a-f]*…?|\b\d[\d.]*\b`)
)

// kind is what reasons of the same cause have in common: no places, no quoted
// texts, no numbers.
func kind(reason string) string {
	reason = positionRE.ReplaceAllString(reason, "")
	reason = quotedRE.ReplaceAllString(reason, "…")
	return numberRE.ReplaceAllString(reason, "N")
}

// writeReasons groups the failures by class and kind of reason, the most
// frequent first, with a few programs of each.
func writeReasons(w io.Writer, results []result) {
	groups := map[string][]string{}
	for _, r := range results {
		if r.Class != pass {
			key := fmt.Sprintf("%-11s %s", r.Class, kind(r.Reason))
			groups[key] = append(groups[key], r.Path)
		}
	}
	keys := make([]string, 0, len(groups))
	for key := range groups {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), cmp.Compare(a, b))
	})
	for _, key := range keys {
		paths := groups[key]
		fmt.Fprintf(w, "%4d  %s\n      %s\n", len(paths), key, strings.Join(paths[:min(len(paths), 4)], " "))
	}
	fmt.Fprintln(w)
}
