package tables

import (
	"fmt"
	"strings"
)

// A joinKey is a column on either side, and how they compare: "=", or for the
// last key of an as-of join "<", "<=", ">", ">=", left against right.
type joinKey struct {
	left, right *Col
	op          string
}

// An onTerm is a part of what a join is on, as it is written: "L" or "L op R".
type onTerm struct{ left, op, right string }

// parseOn reads "K, L = M, T >= U"; a name may stand in backticks, and must
// where it has one of ,<>= in it.
func parseOn(on string) ([]onTerm, error) {
	if strings.TrimSpace(on) == "" {
		return nil, nil
	}
	var terms []onTerm
	rest := on
	for {
		var term onTerm
		var err error
		if term.left, rest, err = cutName(rest); err != nil {
			return nil, fmt.Errorf("%w in %q", err, on)
		}
		op := rest[:len(rest)-len(strings.TrimLeft(rest, "<>="))]
		term.right, rest = term.left, rest[len(op):]
		if op != "" {
			if term.right, rest, err = cutName(rest); err != nil {
				return nil, fmt.Errorf("%w in %q", err, on)
			}
		}
		switch op {
		case "", "<", "<=", ">", ">=":
			term.op = op
		case "=", "==":
			term.op = "="
		default:
			return nil, fmt.Errorf("want =, <, <=, > or >= between two columns, got %q in %q", op, on)
		}
		terms = append(terms, term)
		if rest == "" {
			return terms, nil
		}
		if rest[0] != ',' {
			return nil, fmt.Errorf("want a comma between keys, got %q in %q", rest, on)
		}
		rest = rest[1:]
	}
}

// cutName reads a column's name and the blanks around it.
func cutName(s string) (name, rest string, err error) {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "`"); ok {
		name, rest, ok = strings.Cut(inner, "`")
		if !ok {
			return "", "", fmt.Errorf("the ` is never closed")
		}
		return name, strings.TrimSpace(rest), nil
	}
	end := strings.IndexAny(s, ",<>=")
	if end < 0 {
		end = len(s)
	}
	if name = strings.TrimSpace(s[:end]); name == "" {
		return "", "", fmt.Errorf("want a column's name before %q", s[end:])
	}
	return name, s[end:], nil
}

// joinKeys finds the columns that a join is on; only the last key of an as-of
// join may be other than equal.
func joinKeys(verb string, left, right *Table, on string) ([]joinKey, error) {
	terms, err := parseOn(on)
	if err != nil {
		return nil, fmt.Errorf("tables: %s: %w", verb, err)
	}
	keys := make([]joinKey, len(terms))
	for i, term := range terms {
		k := joinKey{op: term.op}
		if k.left, err = left.need(verb, term.left); err != nil {
			return nil, onSide(err, "left")
		}
		if k.right, err = right.need(verb, term.right); err != nil {
			return nil, onSide(err, "right")
		}
		if err = k.check(verb); err != nil {
			return nil, err
		}
		keys[i] = k
	}
	return keys, nil
}

// onSide says in which table a column was missed.
func onSide(err error, side string) error {
	if missed, ok := err.(*columnError); ok {
		before, after, _ := strings.Cut(missed.msg, ": no column")
		return &columnError{before + ": " + side + " table: no column" + after}
	}
	return err
}

// name is the key as an error shows it.
func (k joinKey) name() string {
	if k.left.name == k.right.name {
		return fmt.Sprintf("%q", k.left.name)
	}
	return fmt.Sprintf("%q = %q", k.left.name, k.right.name)
}

// check refuses keys that cannot be compared.
func (k joinKey) check(verb string) error {
	l, r := k.left.typ, k.right.typ
	switch {
	case l.IsVector() || r.IsVector():
		return fmt.Errorf("tables: %s: key %s is %v on the left, %v on the right, want single values: %w", verb, k.name(), l, r, ErrType)
	case l == r, l.IsInteger() && r.IsInteger(), l.IsFloat() && r.IsFloat():
		return nil
	}
	hint := ""
	switch {
	case l.IsInteger() && r.IsFloat():
		hint = fmt.Sprintf("; cast the left one first: Update(%q)", fmt.Sprintf("%s = (double)%[1]s", k.left.name))
	case l.IsFloat() && r.IsInteger():
		hint = fmt.Sprintf("; cast the right one first: Update(%q)", fmt.Sprintf("%s = (double)%[1]s", k.right.name))
	}
	return fmt.Errorf("tables: %s: key %s is %v on the left, %v on the right%s: %w", verb, k.name(), l, r, hint, ErrType)
}

// equalKeys refuses comparisons where a join knows equal keys only.
func equalKeys(verb string, keys []joinKey) error {
	for _, k := range keys {
		if k.op != "" && k.op != "=" {
			return fmt.Errorf("tables: %s: want equal keys, got %s %s %s: AsOfJoin joins on those", verb, k.left.name, k.op, k.right.name)
		}
	}
	return nil
}

// joinColumns is what a join takes from the right table: the named columns,
// each "W" or "New=Old", or all but the keys.
func joinColumns(verb string, left, right *Table, keys []joinKey, columns []string) ([]*Col, error) {
	var cols []*Col
	if len(columns) == 0 {
		for _, c := range right.cols {
			if !isJoinKey(keys, c) {
				cols = append(cols, c)
			}
		}
	}
	for _, src := range columns {
		to, from := src, src
		if !right.Has(src) {
			if a, b, ok := strings.Cut(src, "="); ok {
				to, from = strings.TrimSpace(a), strings.TrimSpace(b)
			}
		}
		c, err := right.need(verb, strings.Trim(from, "` "))
		if err != nil {
			return nil, onSide(err, "right")
		}
		d := c.renamed(strings.Trim(to, "` "))
		cols = append(cols, &d)
	}
	for _, c := range cols {
		if left.Has(c.name) {
			return nil, fmt.Errorf("tables: %s: both tables have a column %q: rename it by %q", verb, c.name, c.name+"2="+c.name)
		}
	}
	return cols, nil
}

// isJoinKey reports whether a right column repeats what a left one says: it is
// an equal key, or the right side of a comparison and named as the left.
func isJoinKey(keys []joinKey, c *Col) bool {
	for _, k := range keys {
		if k.right == c && (k.op == "" || k.op == "=" || k.left.name == c.name) {
			return true
		}
	}
	return false
}
