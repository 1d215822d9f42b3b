package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// An expectation is a line of expected.txt: a program that is known to fail.
type expectation struct {
	class  string
	reason string // "said: …" was written by -update, anything else by a person
}

// said marks a reason that -update may replace by what the program says now.
const said = "said: "

// header begins expected.txt.
const header = `# Programs of GOROOT/test that do not pass yet: path, how they fail, why.
# "go run ./bench/gotest -update" (-tier native) rewrites this list. It keeps a reason while the
# program fails in the same way, except those that begin with "said:", which are
# what the program said.
`

// expectedFile is the list of a tier.
func expectedFile(tier string) string {
	if tier == "interp" {
		return "expected.txt"
	}
	return "expected-native.txt"
}

func readExpected(file string) (map[string]expectation, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("gotest: %w", err)
	}
	defer f.Close()
	list, err := parseExpected(f)
	if err != nil {
		return nil, fmt.Errorf("gotest: %s: %w", file, err)
	}
	return list, nil
}

func parseExpected(r io.Reader) (map[string]expectation, error) {
	list := map[string]expectation{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, rest, _ := strings.Cut(line, " ")
		class, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
		reason = strings.TrimSpace(reason)
		if _, twice := list[path]; twice {
			return nil, fmt.Errorf("line %d: %s stands here twice", n, path)
		}
		if !slices.Contains(classes, class) {
			return nil, fmt.Errorf("line %d: %s fails by %q; want one of %s", n, path, class, strings.Join(classes, ", "))
		}
		if reason == "" {
			return nil, fmt.Errorf("line %d: %s has no reason", n, path)
		}
		list[path] = expectation{class, reason}
	}
	return list, lines.Err()
}

// unexpected says whether a failure is not known: the program is not listed,
// or is now wrong in silence where it failed aloud.
func unexpected(list map[string]expectation, r result) bool {
	e, listed := list[r.Path]
	return r.Class != pass && (!listed || r.Class == silent && e.class != silent)
}

// A comparison is what results say beside the list.
type comparison struct {
	regressions []result
	passing     []string // listed
	changed     []string // fail in another way than listed
}

func compare(list map[string]expectation, results []result) comparison {
	var c comparison
	for _, r := range results {
		e, listed := list[r.Path]
		switch {
		case unexpected(list, r):
			c.regressions = append(c.regressions, r)
		case listed && r.Class == pass:
			c.passing = append(c.passing, r.Path)
		case listed && r.Class != e.class:
			c.changed = append(c.changed, fmt.Sprintf("%s: %s, listed as %s", r.Path, r.Class, e.class))
		}
	}
	return c
}

// write says what the comparison found.
func (c comparison) write(w io.Writer) {
	for _, line := range c.changed {
		fmt.Fprintf(w, "differs     %s\n", line)
	}
	for _, path := range c.passing {
		fmt.Fprintf(w, "passes now  %s (it is in the list of expected failures; -update takes it out)\n", path)
	}
	for _, r := range c.regressions {
		fmt.Fprintf(w, "REGRESSION  %s: %s: %s\n", r.Path, r.Class, r.Reason)
	}
}

// update makes the new list: programs that ran are listed if they failed, what
// is known of the others stays. all are the programs there are.
func update(list map[string]expectation, all []program, results []result) map[string]expectation {
	out := map[string]expectation{}
	for _, p := range all {
		if e, ok := list[p.Path]; ok {
			out[p.Path] = e
		}
	}
	for _, r := range results {
		old, listed := out[r.Path]
		switch {
		case r.Class == pass:
			delete(out, r.Path)
		case !listed, old.class != r.Class, strings.HasPrefix(old.reason, said):
			reason := r.Reason
			if reason == "" {
				reason = "nothing"
			}
			out[r.Path] = expectation{r.Class, said + reason}
		}
	}
	return out
}

func formatExpected(list map[string]expectation) string {
	var b strings.Builder
	b.WriteString(header)
	paths := make([]string, 0, len(list))
	for path := range list {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		fmt.Fprintf(&b, "%-32s %-12s %s\n", path, list[path].class, list[path].reason)
	}
	return b.String()
}
