package interp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// runGo shows the Go that a session amounts to: the declarations that its
// names mean now, as the checker sees them, with the bodies they were written
// with; of %%go the file that the cell would be.
func runGo(_ context.Context, c *Call) error {
	if c.Cell {
		text, fail := c.Session.asFile(c.Body)
		if fail != nil {
			return fail
		}
		c.print(text)
		return nil
	}
	if c.Args != "" {
		return errors.New("takes no argument; %%go above a cell shows that cell")
	}
	c.print(c.Session.asProgram())
	return nil
}

// asProgram writes the session's declarations in the order of their cells.
func (s *Session) asProgram() string {
	var list []*entry
	for _, e := range s.ledger.entries {
		if s.isCurrent(e) && !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return int(a.decl.Pos() - b.decl.Pos()) })
	var b strings.Builder
	seen := map[piece]bool{}
	for _, e := range list {
		if e.from.text == "" {
			b.WriteString(s.nodeText(e.decl) + "\n\n")
		} else if !seen[e.from] {
			seen[e.from] = true
			b.WriteString(e.from.text + "\n\n")
		}
	}
	return formatted("package main\n\n" + s.importsOf(b.String()) + "\n" + b.String())
}

// importsOf writes the imports that declarations need.
func (s *Session) importsOf(decls string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+decls, 0)
	if err != nil {
		return ""
	}
	paths := map[string]bool{}
	for _, id := range f.Unresolved {
		if path, ok := s.pathOf(id.Name); ok && s.names[id.Name] == nil {
			line := strconv.Quote(path)
			if name, _ := s.lib.Name(path); name != id.Name {
				line = id.Name + " " + line
			}
			paths["import "+line+"\n"] = true
		}
	}
	return strings.Join(sortedKeys(paths), "")
}

// asFile writes a cell as the file that the checker sees.
func (s *Session) asFile(src string) (string, *failure) {
	s.name = fmt.Sprintf("%s%s%d", s.title, sep, s.nextStep())
	f, fail := s.foreignCell(src)
	defer f.close()
	if fail != nil {
		return "", fail
	}
	c, _, fail := s.prepare(src, f)
	if fail != nil {
		return "", fail
	}
	return formatted(s.nodeText(c.file)), nil
}

// sameName finds imports under the name that their path ends in.
var sameName = pattern(`(?m)^((?:import )?\s*)(\w+)( "(?:[^"\n]*/)?(\w+)")$`)

// withoutAliases leaves out of imports what goes without saying.
func withoutAliases(src string) string {
	return sameName().ReplaceAllStringFunc(src, func(line string) string {
		m := sameName().FindStringSubmatch(line)
		if m[2] != m[4] {
			return line
		}
		return m[1] + strings.TrimSpace(m[3])
	})
}

// nodeText prints a syntax tree with the names that people know.
func (s *Session) nodeText(n any) string {
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), n); err != nil {
		return "// " + err.Error()
	}
	return withoutAliases(plain(b.String()))
}

// formatted is src as gofmt writes it, or as it is.
func formatted(src string) string {
	out, err := format.Source([]byte(src))
	if err != nil {
		return src
	}
	return string(out)
}
