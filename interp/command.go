package interp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"strings"

	"github.com/sheaf-go/sheaf/internal/near"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A Command is what a cell reaches by %name (the rest of the line is its
// argument) above its Go code, or by %%name on its first line (the rest of the
// cell is its body). Other packages reach cells by commands that main
// registers in [Config]; one of a name that the session has replaces it.
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
	Text    string // of %%name: the rest of the cell alone, as it was written
	Cell    bool   // %%name

	name      string
	line, col int // of Args in the cell, from 0
}

// Show displays a bundle as the command's answer.
func (c *Call) Show(b show.Bundle) { c.Sink.Display(show.Display{Bundle: b}) }

// print displays text as the command's answer, without its last line end.
func (c *Call) print(text string) { c.Show(show.Plain(strings.TrimSuffix(text, "\n"))) }

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

// maxNesting bounds commands that run cells that run commands.
const maxNesting = 20

// Run runs a text as a cell of its own, with commands above its Go code, and
// shows its last value. Positions in its errors carry the title; "" keeps that
// of the cell that runs.
func (c *Call) Run(ctx context.Context, title, src string) error {
	s := c.Session
	if s.nested == maxNesting {
		return fmt.Errorf("commands run one another %d deep", maxNesting)
	}
	was := s.title
	if title != "" {
		s.title = title
	}
	s.nested++
	defer func() { s.title = was; s.nested-- }()
	code, fail := s.runCommands(ctx, src)
	if fail != nil {
		return fail
	}
	return c.Go(ctx, code)
}

// Words splits the argument at blanks, outside quotes. {name} and $name stand
// for variables of the session.
func (c *Call) Words() ([]string, error) {
	list, err := words(c.Args)
	for i, w := range list {
		list[i] = c.Session.expand(w)
	}
	return list, err
}

// source is the command's Go code, the argument or the body, at the place
// where it stands in the cell.
func (c *Call) source() string {
	if c.Cell {
		return c.Body
	}
	return strings.Repeat("\n", c.line) + strings.Repeat(" ", c.col) + c.Args
}

// Error makes a failure an error, so that it passes through a command.
func (f *failure) Error() string { return f.show.Error() }

// extra is what the session's own commands keep between cells.
type extra struct {
	cells    Pasts  // what ran before, for %history, %rerun and %save
	previous string // folder, for %cd -
}

// builtins are the session's own commands.
func builtins() []Command {
	return []Command{
		{"help", "list the commands, or explain one: %help NAME", runHelp},
		{"vars", "list the session's variables with their types and values", runVars},
		{"who", "list the names that cells have declared; %who TYPE those of a type", runWho},
		{"whos", "list the names that cells have declared, with kind, type and value", runWhos},
		{"go", "show the session as a Go program; %%go shows a cell as the checker sees it", runGo},
		{"reset", "forget every name that cells have declared", runReset},
		{"doc", "explain a name: %doc strings.Split (also strings.Split?)", runDoc},
		{"time", "say how long a line, or with %%time the cell, takes", runTime},
		{"timeit", "measure a line, or with %%timeit the cell, in loops: %timeit [-n LOOPS] [-r RUNS] CODE", runTimeit},
		{"tier", "show or set how functions run: %tier, %tier auto, %tier interp, %tier native", runTier},
		{"native", "compile the cell's functions and loops before it runs: %%native", runInTier(Native)},
		{"interp", "interpret the cell: %%interp", runInTier(Interp)},
		{"prun", "show where the time of a line, or with %%prun of the cell, goes: %prun [-o FILE] [-l ROWS] [-s cum] [-lines] CODE", runPrun},
		{"limit", "show or set the limits of memory and of what a cell prints: %limit mem 8GB, %limit output off", runLimit},
		{"env", "show or set environment variables: %env, %env NAME, %env NAME=VALUE", runEnv},
		{"cd", "change the session's folder: %cd DIR, %cd - goes back", runCd},
		{"pwd", "print the session's folder", runPwd},
		{"bash", "run the cell by bash: %%bash [ARG…]; a line for the shell is !LINE", runScript},
		{"sh", "run the cell by sh: %%sh [ARG…]", runScript},
		{"writefile", "write the cell to a file: %%writefile [-a] FILE (-a appends)", runWritefile},
		{"capture", "run the cell and keep what it prints in a string variable: %%capture NAME", runCapture},
		{"load", "put a file's text into the cell, or print it: %load FILE", runLoad},
		{"run", "run a Go file in the session: %run FILE.go [ARG…]", runRun},
		{"save", "write cells that succeeded to a Go file: %save [-a] [-f] FILE [CELLS], as in 1-3 5", runSave},
		{"history", "print the cells before: %history [-n] [-l COUNT] [CELLS]", runHistory},
		{"rerun", "run the cells before again, all that succeeded or %rerun CELLS, as in 1-3 5", runRerun},
		{"fmt", "show the cell as gofmt would write it; %fmt N formats cell N", runFmt},
		{"pkg", "load a package from source: %pkg PATH@VERSION, or %pkg FOLDER of a module; %pkg lists those loaded", runPkg},
		{"test", "run the session's Test, Benchmark and Example functions: %test [-run REGEXP] [-bench REGEXP]", runTest},
	}
}

// runCommands runs the commands at the head of the cell and returns the Go
// code that is left to run.
func (s *Session) runCommands(ctx context.Context, src string) (string, *failure) {
	lines, code := commandLines(src)
	if n := len(lines); n == 0 || !lines[n-1].whole() {
		if f := s.misplaced(code); f != nil {
			return "", f
		}
	}
	for _, line := range lines {
		call := &Call{Session: s, Sink: s.current().sink, line: line.row}
		if line.whole() {
			call.Cell, call.Body, call.Text = true, code, src[line.end:]
			code = ""
		}
		if f := s.runCommand(ctx, line, call); f != nil {
			return "", f
		}
	}
	return code, nil
}

// runCommand runs the command of one line.
func (s *Session) runCommand(ctx context.Context, line headLine, call *Call) *failure {
	if ctx.Err() != nil {
		return s.interrupted()
	}
	label := line.text
	var err error
	if text, ok := strings.CutPrefix(line.text, "!"); ok {
		err = call.shellLine(ctx, text)
	} else if m := docLine().FindStringSubmatch(line.text); m != nil {
		err = call.doc(m[1]+m[2], strings.Count(line.text, "?")-1)
	} else {
		name := strings.TrimLeft(line.text, "%")
		if i := strings.IndexAny(name, " \t"); i >= 0 {
			name = name[:i]
		}
		label = line.text[:len(line.text)-len(strings.TrimLeft(line.text, "%"))] + name
		cmd, ok := s.commands[name]
		if !ok {
			return s.noCommand(name)
		}
		rest := strings.TrimLeft(line.text, "%")[len(name):]
		call.name, call.Args = name, strings.TrimSpace(rest)
		call.col = line.col + strings.LastIndex(line.text, call.Args)
		err = cmd.Run(ctx, call)
	}
	var f *failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		f.show.Traceback = inLine(f.show.Traceback, call, line.text)
		return f
	case ctx.Err() != nil:
		return s.interrupted()
	}
	return &failure{show: s.report("command error", []item{{msg: shorten(label, 60) + ": " + err.Error()}})}
}

// inLine puts the whole line in place of the command's argument alone, where
// the argument's errors show it.
func inLine(trace []string, c *Call, line string) []string {
	if c.Cell || c.Args == "" {
		return trace
	}
	alone := "    " + strings.Repeat(" ", c.col) + c.Args
	for i, t := range trace {
		if t == alone {
			at := max(c.col-strings.LastIndex(line, c.Args), 0)
			trace[i] = "    " + strings.Repeat(" ", at) + line
		}
	}
	return trace
}

// elsewhere are commands of other notebooks, and what to do here.
var elsewhere = map[string]string{
	"lsmagic": "%help is the list", "magic": "%help is the list", "hist": "did you mean %history?",
	"ls": "did you mean !ls?", "cat": "did you mean !cat?", "pycat": "did you mean %load?",
	"pinfo": "did you mean %doc?", "pinfo2": "did you mean NAME???", "who_ls": "did you mean %who?",
	"matplotlib": "charts show themselves", "load_ext": "there is nothing to load", "autoreload": "there is nothing to reload",
	"script": "%%bash and %%sh run scripts", "set_env": "did you mean %env?", "recall": "did you mean %history?",
}

func (s *Session) noCommand(name string) *failure {
	msg := fmt.Sprintf("there is no command %%%s", name)
	if hint := elsewhere[name]; hint != "" {
		return &failure{show: s.report("command error", []item{{msg: msg + "; " + hint}})}
	}
	if near := near.Name(name, maps.Keys(s.commands)); near != "" {
		msg += "; did you mean %" + near + "?"
	} else if _, err := exec.LookPath(name); err == nil && name != "" {
		msg += "; did you mean !" + name + "?"
	}
	return &failure{show: s.report("command error", []item{{msg: msg + " (%help lists them)"}})}
}

// shorten cuts a text to n characters and to its first line.
func shorten(text string, n int) string {
	text, _, more := strings.Cut(text, "\n")
	if r := []rune(text); len(r) > n {
		text, more = string(r[:n]), true
	}
	if more {
		text += "…"
	}
	return text
}

func runHelp(_ context.Context, c *Call) error {
	if name := strings.TrimLeft(c.Args, "%"); name != "" {
		cmd, ok := c.Session.commands[name]
		if !ok {
			return c.Session.noCommand(name)
		}
		text := "%" + name + ": " + cmd.Doc
		if state := states[name]; state != nil {
			text += "\n" + state(c.Session)
		}
		c.print(text)
		return nil
	}
	var b strings.Builder
	for _, name := range sortedKeys(c.Session.commands) {
		fmt.Fprintf(&b, "%%%-10s %s\n", name, c.Session.commands[name].Doc)
	}
	fmt.Fprintf(&b, "%-11s %s\n", "!LINE", "run a line by the shell; {name} and $name stand for variables of the session")
	fmt.Fprintf(&b, "%-11s %s\n", "NAME?", "explain a name; NAME?? shows its methods and its source, too")
	c.print(b.String())
	return nil
}
