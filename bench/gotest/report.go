package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// A tally counts how programs of one kind ended.
type tally struct {
	name  string
	all   int
	count map[string]int // by class
}

func (t *tally) rate() float64 { return 100 * float64(t.count[pass]) / float64(max(t.all, 1)) }

// tallies counts results by key, in the order of names; kinds that nothing
// belongs to are left out.
func tallies(results []result, names []string, key func(result) string) []*tally {
	byName := map[string]*tally{}
	for _, r := range results {
		t := byName[key(r)]
		if t == nil {
			t = &tally{name: key(r), count: map[string]int{}}
			byName[t.name] = t
		}
		t.all++
		t.count[r.Class]++
	}
	var out []*tally
	for _, name := range names {
		if t := byName[name]; t != nil {
			out = append(out, t)
		}
	}
	return out
}

func writeTable(w io.Writer, title string, rows []*tally) {
	fmt.Fprintf(w, "| %s | programs | pass | %% | %s |\n|%s\n", title, strings.Join(classes, " | "), strings.Repeat("---|", 4+len(classes)))
	for _, t := range rows {
		fmt.Fprintf(w, "| %s | %d | %d | %.1f |", t.name, t.all, t.count[pass], t.rate())
		for _, c := range classes {
			fmt.Fprintf(w, " %d |", t.count[c])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// easy says whether a program needs nothing but the language and ordinary
// packages.
func easy(r result) bool { return r.Feature == usePlain || r.Feature == useGeneric }

// writeReport prints the pass rates.
func writeReport(w io.Writer, results []result) {
	places := []string{"top"}
	places = append(places, folders[1:]...)
	rows := tallies(results, places, func(r result) string { return r.Folder })
	total := tallies(results, []string{"all"}, func(result) string { return "all" })
	writeTable(w, "folder", append(rows, total...))
	rows = tallies(results, features, func(r result) string { return r.Feature })
	name := "plain and generics"
	ordinary := tallies(results, []string{name}, func(r result) string {
		if easy(r) {
			return name
		}
		return ""
	})
	writeTable(w, "needs", append(rows, ordinary...))
	for _, r := range results {
		if r.Class == silent {
			fmt.Fprintf(w, "silent: %s: %s\n", r.Path, r.Reason)
		}
	}
}

// A record is what -json writes.
type record struct {
	Date    time.Time `json:"date"`
	Go      string    `json:"go"`
	Sheaf   string    `json:"sheaf"` // how it was called
	Limit   string    `json:"limit"`
	Memory  int64     `json:"memory"`
	Seconds float64   `json:"seconds"`
	Results []result  `json:"results"`
}

func writeJSON(file string, rec record) error {
	text, err := json.MarshalIndent(rec, "", "\t")
	if err == nil {
		err = os.WriteFile(file, append(text, '\n'), 0o666)
	}
	if err != nil {
		return fmt.Errorf("gotest: %w", err)
	}
	return nil
}
