package interp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A Command is what a cell reaches by %name (the rest of the line is its
// argument) above its Go code, or by %%name on its first line (the rest of the
// cell is its body). Other packages reach cells by commands that main
// registers in [Config].
type Command struct {
	Name string // without the percent signs
	Doc  string // one line
	Run  func(ctx context.Context, c *Call) error
}

// A Call is one use of a command.
type Call struct {
	Session *Session
	Sink    show.Sink
	Args    string // the rest of the line
	Body    string // of %%name: the rest of the cell, blanks for what stands above
	Cell    bool   // %%name
}

// Show displays a bundle as the command's answer.
func (c *Call) Show(b show.Bundle) { c.Sink.Display(show.Display{Bundle: b}) }

// Go runs Go code as part of the cell and shows its last value.
func (c *Call) Go(ctx context.Context, src string) error {
	s := c.Session
	s.shown = nil
	checked, fail := s.source(ctx, src)
	if fail != nil {
		return fail
	}
	if checked.last != nil {
		b, err := s.value(checked)
		if err != nil {
			return &failure{show: err}
		}
		if !b.Empty() {
			c.Show(b)
		}
	}
	return nil
}

// Error makes a failure an error, so that it passes through a command.
func (f *failure) Error() string { return f.show.Error() }

// builtins are the session's own commands.
func builtins() []Command {
	return []Command{
		{"help", "list the commands", runHelp},
		{"vars", "list the session's variables with their types and values", runVars},
		{"time", "say how long a line, or with %%time the cell, takes", runTime},
	}
}

// commandLines splits the command lines at the head of a cell from its Go
// code, in which blanks stand for them: offsets and lines stay.
func commandLines(src string) (lines []string, code string) {
	rest := src
	for rest != "" {
		line, tail, _ := strings.Cut(rest, "\n")
		trimmed := strings.TrimSpace(line)
		if !strings.HasPrefix(trimmed, "%") && trimmed != "" {
			break
		}
		if trimmed != "" {
			lines = append(lines, trimmed)
		}
		rest = tail
		if strings.HasPrefix(trimmed, "%%") {
			break
		}
	}
	if len(lines) == 0 {
		return nil, src
	}
	head := src[:len(src)-len(rest)]
	return lines, strings.Map(blank, head) + rest
}

func blank(r rune) rune {
	if r == '\n' {
		return r
	}
	return ' '
}

// runCommands runs the commands at the head of the cell and returns the Go
// code that is left to run.
func (s *Session) runCommands(ctx context.Context, src string) (string, *failure) {
	lines, code := commandLines(src)
	for _, line := range lines {
		whole := strings.HasPrefix(line, "%%")
		name, args, _ := strings.Cut(strings.TrimLeft(line, "%"), " ")
		cmd, ok := s.commands[name]
		if !ok {
			msg := fmt.Sprintf("there is no command %%%s", name)
			if near := nearest(name, sortedKeys(s.commands)); near != "" {
				msg += "; did you mean %" + near + "?"
			}
			return "", &failure{show: s.report("command error", []item{{msg: msg + " (%help lists them)"}})}
		}
		call := &Call{Session: s, Sink: s.current().sink, Args: strings.TrimSpace(args), Cell: whole}
		if whole {
			call.Body, code = code, ""
		}
		if err := cmd.Run(ctx, call); err != nil {
			var f *failure
			if errors.As(err, &f) {
				return "", f
			}
			return "", &failure{show: s.report("command error", []item{{msg: "%" + name + ": " + err.Error()}})}
		}
	}
	return code, nil
}

func runHelp(_ context.Context, c *Call) error {
	var b strings.Builder
	for _, name := range sortedKeys(c.Session.commands) {
		fmt.Fprintf(&b, "%%%-8s %s\n", name, c.Session.commands[name].Doc)
	}
	c.Show(show.Plain(strings.TrimSuffix(b.String(), "\n")))
	return nil
}

// runTime prints the wall time of the code to standard error, where it is not
// taken for output.
func runTime(ctx context.Context, c *Call) error {
	src := c.Args
	if c.Cell {
		src = c.Body
	}
	if strings.TrimSpace(src) == "" {
		return errors.New("wants Go code behind it, or %%time above the cell's code")
	}
	begin := time.Now()
	err := c.Go(ctx, src)
	fmt.Fprintf(c.Session.cfg.Stderr, "wall time %v\n", time.Since(begin).Round(time.Microsecond))
	return err
}

// runVars lists the variables that cells have declared.
func runVars(_ context.Context, c *Call) error {
	s := c.Session
	var vars []*binding
	for _, b := range s.names {
		if b.kind == token.VAR {
			vars = append(vars, b)
		}
	}
	if len(vars) == 0 {
		c.Show(show.Plain("no variables yet"))
		return nil
	}
	sort.Slice(vars, func(i, j int) bool { return vars[i].user < vars[j].user })
	var buf bytes.Buffer
	w := tabwriter.NewWriter(&buf, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "name\ttype\tcell\tvalue")
	for _, b := range vars {
		text := ""
		if v, ok := s.Lookup(b.user); ok {
			text, _, _ = strings.Cut(Render(v).PlainText(), "\n")
		}
		if r := []rune(text); len(r) > 60 {
			text = string(r[:60]) + "…"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", b.user, b.typ, b.cell, text)
	}
	w.Flush()
	c.Show(show.Plain(strings.TrimSuffix(buf.String(), "\n")))
	return nil
}

// typeText is a type as people write it in a cell.
func typeText(t types.Type) string {
	return plain(types.TypeString(t, func(p *types.Package) string {
		if p.Path() == sessionPath {
			return ""
		}
		return p.Name()
	}))
}
