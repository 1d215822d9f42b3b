// Package interp is a session of Go cells: each cell is split, checked by
// go/types as part of one package, lowered to what the yaegi interpreter runs
// as Go means it, run, and its value shown.
//
// A session lives in a worker process (interp/worker), because user code can
// end the process it runs in; do not embed one in a server. It knows no
// protocol: its faces are the kernel, the REPL and the notebook runner.
package interp

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"maps"
	"slices"
	"sort"
	"sync"

	"github.com/sheaf-go/sheaf/notebooks/show"
	yaegi "github.com/traefik/yaegi/interp"
)

// Config says what a session runs on.
type Config struct {
	Library  Library   // required
	Args     []string  // os.Args of the cells; nil: "sheaf" alone
	Stdin    io.Reader // what fmt.Scan and os.Stdin read; nil: the cell's Sink is asked
	Stdout   io.Writer // what fmt.Print writes; nil: discarded
	Stderr   io.Writer
	Commands []Command // besides the session's own

	// Started is told the process of every program that a command starts, the
	// leader of a process group, and returns what to call when the group has
	// ended. May be nil.
	Started func(pid int) (ended func())
}

// A Session holds the state that cells share. Execute runs one cell at a
// time; Complete and Inspect may be called meanwhile.
type Session struct {
	cfg      Config
	lib      Library
	importer *importer
	run      *yaegi.Interpreter
	fset     *token.FileSet
	trace    *traceWriter

	mu      sync.Mutex // guards what follows, read by Complete and Inspect
	names   map[string]*binding
	imports map[string]string // name → path, from import declarations
	dots    []string
	files   []*ast.File // what the checker sees of earlier cells
	used    map[string]int
	sources map[string]string // by the name that positions have

	count, steps int
	title, name  string // of the text that runs: as people see it, as positions have it
	sink         show.Sink
	ctx          context.Context
	shown        []any
	marks        []mark // statements by their number, from 1
	commands     map[string]Command
	funcs        map[string]any // functions of cells as Go values, by internal name
	looked       []*token.File  // by a snapshot
	extra        extra          // of the commands
}

// New starts a session.
func New(cfg Config) (*Session, error) {
	if cfg.Library == nil {
		return nil, fmt.Errorf("interp: no Library")
	}
	if cfg.Stdout == nil {
		cfg.Stdout = io.Discard
	}
	if cfg.Stderr == nil {
		cfg.Stderr = io.Discard
	}
	cfg.Stdout = &stdoutSwitch{to: cfg.Stdout}
	s := &Session{
		cfg: cfg, lib: cfg.Library, importer: newImporter(cfg.Library),
		trace: &traceWriter{out: cfg.Stderr},
		names: map[string]*binding{}, imports: map[string]string{}, used: map[string]int{},
		funcs: map[string]any{}, commands: map[string]Command{}, sources: map[string]string{},
		ctx: context.Background(), sink: discard{},
	}
	if len(cfg.Args) == 0 {
		s.cfg.Args = []string{"sheaf"}
	}
	for _, c := range append(builtins(), cfg.Commands...) {
		s.commands[c.Name] = c
	}
	stdin := cfg.Stdin
	if stdin == nil {
		stdin = &prompter{s: s}
	}
	s.run = yaegi.New(yaegi.Options{Args: s.cfg.Args, Stdin: stdin, Stdout: cfg.Stdout, Stderr: s.trace, Unrestricted: true})
	s.fset = s.run.FileSet()
	if err := s.use(stdin); err != nil {
		return nil, err
	}
	if _, err := s.run.Eval("var " + topMarker + ", " + atMarker + " int"); err != nil {
		return nil, err
	}
	return s, nil
}

// nextStep numbers the functions that statements become.
func (s *Session) nextStep() int {
	s.steps++
	return s.steps
}

// commit makes the cell's declarations part of the session.
func (s *Session) commit(c *checked, l *lowerer) {
	f := s.remember(c, l.shared)
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, path := range c.declared {
		s.imports[name] = path
		delete(s.names, name)
	}
	for _, d := range c.dots {
		if !slices.Contains(s.dots, d) {
			s.dots = append(s.dots, d)
		}
	}
	for user, b := range c.fresh {
		if o := c.pkg.Scope().Lookup(b.internal); o != nil {
			b.typ = typeText(o.Type())
		}
		s.names[user] = b
		delete(s.imports, user)
	}
	if len(f.Decls) > 0 {
		s.files = append(s.files, f)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := slices.Collect(maps.Keys(m))
	sort.Strings(keys)
	return keys
}

// discard is the sink of a session that no cell has run in yet.
type discard struct{}

func (discard) Stream(string, string) {}
func (discard) Display(show.Display)  {}
func (discard) Clear(bool)            {}
func (discard) Input(context.Context, string, bool) (string, error) {
	return "", io.EOF
}

// Lookup finds what a name of the session stands for now: the value of a
// variable or a function. Formulas of tables use it. It is for calls that the
// running cell makes, not for other goroutines.
func (s *Session) Lookup(name string) (any, bool) {
	b := s.names[name]
	if b == nil {
		return nil, false
	}
	if b.kind == token.FUNC {
		s.mu.Lock()
		defer s.mu.Unlock()
		f, ok := s.funcs[b.internal]
		return f, ok
	}
	if b.kind != token.VAR {
		return nil, false
	}
	v, ok := s.run.Globals()[b.internal]
	if !ok || !v.IsValid() || !v.CanInterface() {
		return nil, false
	}
	return v.Interface(), true
}
