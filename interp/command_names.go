package interp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"sort"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// listed are the session's names that keep accepts, in order.
func (s *Session) listed(keep func(*binding) bool) []*binding {
	var list []*binding
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.names {
		if keep(b) && !isForeign(b.user) {
			list = append(list, b)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].user < list[j].user })
	return list
}

func isVar(b *binding) bool { return b.kind == token.VAR }

// Variables lists the variables that cells have declared, by name.
func (s *Session) Variables() []string {
	var names []string
	for _, b := range s.listed(isVar) {
		names = append(names, b.user)
	}
	return names
}

// valueLine is the value of a variable on one short line.
func (s *Session) valueLine(b *binding) string {
	if v, ok := s.Lookup(b.user); ok && b.kind == token.VAR {
		return shorten(Render(v).PlainText(), 60)
	}
	return ""
}

// runVars lists the variables that cells have declared.
func runVars(_ context.Context, c *Call) error {
	vars := c.Session.listed(isVar)
	if len(vars) == 0 {
		c.print("no variables yet")
		return nil
	}
	c.table(count(len(vars), "variable"), []string{"name", "type", "cell", "value"}, vars, func(b *binding) []string {
		return []string{b.user, b.typ, strconv.Itoa(b.cell), c.Session.valueLine(b)}
	})
	return nil
}

// table shows a line for each name under the heads of its columns.
func (c *Call) table(caption string, heads []string, list []*binding, line func(*binding) []string) {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(heads, "\t"))
	g := grid.Grid{Caption: caption, Rows: len(list), Untyped: true}
	for _, h := range heads {
		g.Columns = append(g.Columns, grid.Column{Name: h, Right: h == "cell"})
	}
	for _, b := range list {
		cells := line(b)
		fmt.Fprintln(w, strings.Join(cells, "\t"))
		for i, s := range cells {
			g.Columns[i].Cells = append(g.Columns[i].Cells, grid.Shorten(s, grid.Cell+1))
		}
	}
	w.Flush()
	c.Show(show.Bundle{Data: map[string]any{show.MIMEText: strings.TrimSuffix(text.String(), "\n"), show.MIMEHTML: g.HTML()}})
}

// named are the names that %who and %whos are asked for: all, or those of the
// kinds ("var", "func", "type", "const") and types in the arguments.
func (c *Call) named() []*binding {
	want := strings.Fields(c.Args)
	return c.Session.listed(func(b *binding) bool {
		for _, w := range want {
			if w == b.kind.String() || isVar(b) && w == b.typ {
				return true
			}
		}
		return len(want) == 0
	})
}

func (c *Call) noNames() {
	if c.Args == "" {
		c.print("no names yet")
	} else {
		c.print("no names of " + c.Args)
	}
}

func runWho(_ context.Context, c *Call) error {
	var names []string
	for _, b := range c.named() {
		names = append(names, b.user)
	}
	if len(names) == 0 {
		c.noNames()
		return nil
	}
	c.print(strings.Join(names, "\t"))
	return nil
}

func runWhos(_ context.Context, c *Call) error {
	list := c.named()
	if len(list) == 0 {
		c.noNames()
		return nil
	}
	c.table(count(len(list), "name"), []string{"name", "kind", "type", "cell", "value"}, list, func(b *binding) []string {
		return []string{b.user, b.kind.String(), b.typ, strconv.Itoa(b.cell), c.Session.valueLine(b)}
	})
	return nil
}

func runReset(_ context.Context, c *Call) error {
	if c.Args != "" && c.Args != "-f" { // IPython's users write -f
		return fmt.Errorf("takes no arguments, got %q", c.Args)
	}
	n := len(c.Session.names)
	c.Session.forgetNames()
	c.print(fmt.Sprintf("forgot %s", count(n, "name")))
	return nil
}

// forgetNames makes the session as one that no cell has run in; what goroutines
// hold lives on.
func (s *Session) forgetNames() {
	s.native.forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone []string
	for _, b := range s.names {
		gone = append(gone, b.internal)
	}
	s.machine.Drop(sessionPath, gone)
	s.c.preamble = nil
	s.names, s.imports, s.dots, s.ledger = map[string]*binding{}, map[string]string{}, nil, newLedger()
}

// count says how many: "1 name", "2 names".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func runDoc(_ context.Context, c *Call) error {
	if c.Args == "" {
		return errors.New("wants a name, as in %doc strings.Split")
	}
	return c.doc(c.Args, 1)
}

// doc explains a name as hovering does, or a command.
func (c *Call) doc(name string, detail int) error {
	if cmd := strings.TrimLeft(name, "%"); cmd != name || name == "" {
		c.Args = cmd
		return runHelp(context.Background(), c)
	}
	b, ok := c.Session.Inspect(name, len(name), detail)
	if !ok {
		return errors.New(c.Session.advise(nil, token.NoPos, "undefined: "+name))
	}
	if text := c.Session.declared(name); text != "" && detail > 0 {
		b = show.Bundle{Data: map[string]any{
			show.MIMEText:     b.PlainText() + "\n\n" + text,
			show.MIMEMarkdown: fmt.Sprint(b.Data[show.MIMEMarkdown]) + "\n\n```go\n" + text + "\n```",
		}}
	}
	c.Show(b)
	return nil
}

// declared is the source of a function or a type of the session, as the cell
// has it that declared it last; "" for other names.
func (s *Session) declared(name string) string {
	b := s.names[name]
	if b == nil || b.kind != token.FUNC && b.kind != token.TYPE {
		return ""
	}
	for _, p := range slices.Backward(s.extra.cells.All()) {
		if p.Count != b.cell {
			continue
		}
		_, code := commandLines(p.Source)
		chunks, _ := cut("cell", code)
		for _, c := range slices.Backward(chunks) {
			if text := code[c.start:c.end]; c.decl && declares(text, name) {
				return strings.TrimSpace(text)
			}
		}
	}
	return ""
}

// declares reports whether the declaration is that of the function or type.
func declares(text, name string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == name {
				return true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// typeText is a type as people write it in a cell.
func typeText(t types.Type) string {
	return asC(plain(types.TypeString(t, func(p *types.Package) string {
		if p.Path() == sessionPath {
			return ""
		}
		return p.Name()
	})))
}
