// Package interp is a session of Go cells: each cell is split, checked by
// go/types as part of one package, compiled to closures by the engine, run, and
// its value shown.
//
// A session lives in a worker process (interp/worker), because user code can
// end the process it runs in; do not embed one in a server. It knows no
// protocol: its faces are the kernel, the REPL and the notebook runner.
package interp

import (
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"math"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Config says what a session runs on.
type Config struct {
	Library  Library   // required
	Args     []string  // os.Args of the cells; nil: "sheaf" alone
	Stdin    io.Reader // what fmt.Scan and os.Stdin read; nil: the cell's Sink is asked
	Stdout   io.Writer // what fmt.Print writes; nil: discarded
	Stderr   io.Writer
	Commands []Command      // besides the session's own
	Exit     func(code int) // ends the process when a goroutine panics; nil: the session goes on

	// Tier says how functions of cells run; "": Interp.
	Tier Tier

	// Toolchain says where the Go toolchain is that compiles them.
	Toolchain toolchain.Options

	// Files are the paths of cells that are files, by the names of the cells:
	// package runtime tells them, as of compiled code. Line directives are
	// read as they stand.
	Files map[string]string

	// NoShell refuses what a cell would have a shell run.
	NoShell bool

	// Fatal ends the process, saying why, when memory runs out and the cell
	// does not end; nil: the session goes on.
	Fatal func(why string)

	// LimitOutput is told how many bytes a cell may print from now on, where
	// %limit sets that. May be nil.
	LimitOutput func(bytes int64)

	// Started is told the process of every program that a command starts, the
	// leader of a process group, and returns what to call when the group has
	// ended. May be nil.
	Started func(pid int) (ended func())
}

// A Session holds the state that cells share. All of its methods may be called
// while cells run.
type Session struct {
	cfg      Config
	lib      *packages
	importer *importer
	machine  *engine.Machine
	fset     *token.FileSet

	mu      sync.Mutex // guards what follows, read by Complete and Inspect
	names   map[string]*binding
	imports map[string]string // name → path, from import declarations
	dots    []string
	ledger  *ledger // what earlier cells have declared
	used    map[string]int
	sources map[string]string // by the name that positions have
	split   linesOf           // one of these

	turn        chan struct{} // full: an evaluation has the turn
	*evaluation               // that one, or the last that had it; changed under mu, too
	active      []*evaluation // on their way; guarded by mu

	steps       int
	standard    [2]*os.File // what cfg.Stdout and cfg.Stderr stand for; nil: themselves
	commands    map[string]Command
	looked      []*token.File // by a snapshot
	texts       []*cellText   // of cells that may be asked for
	textsLeft   int           // of these by the last sweep
	extra       extra         // of the commands
	native      *native
	c           cState
	memoryLimit atomic.Int64 // in bytes
	outputLimit atomic.Int64 // in bytes; kept by whom LimitOutput tells
	colour      atomic.Pointer[func(name string, lines []string) []string]

	added, initialised map[string]bool // interpreted packages that the machine knows, that have run
	links              sync.Map        // package.function → reflect.Value: what packages have linked to functions of this program
}

// release is the Go release whose layout of types and functions is known; a
// build with another is looked at before it runs anything.
const release = "go1.26"

// New starts a session.
func New(cfg Config) (*Session, error) {
	if cfg.Library == nil {
		return nil, fmt.Errorf("interp: no Library")
	}
	if !strings.HasPrefix(runtime.Version(), release) {
		if err := engine.Check(); err != nil {
			return nil, fmt.Errorf("interp: a build with %s cannot run cells; build with %s: %w", runtime.Version(), release, err)
		}
	}
	if cfg.Stdout == nil {
		cfg.Stdout = io.Discard
	}
	if cfg.Stderr == nil {
		cfg.Stderr = io.Discard
	}
	debug.SetMaxStack(engine.MaxStack)
	standard := [2]*os.File{os.Stdout, os.Stderr}
	if cfg.Stdout == io.Writer(os.Stdout) && cfg.Stderr == io.Writer(os.Stderr) {
		standard = [2]*os.File{} // a program's own
	}
	cfg.Stdout = &stdoutSwitch{to: cfg.Stdout}
	s := &Session{
		cfg: cfg, added: map[string]bool{}, initialised: map[string]bool{},
		names: map[string]*binding{}, imports: map[string]string{}, used: map[string]int{},
		ledger: newLedger(), fset: token.NewFileSet(), commands: map[string]Command{}, sources: map[string]string{},
		evaluation: &evaluation{ctx: context.Background(), sink: discard{}, run: engine.NewRun("")},
		turn:       make(chan struct{}, 1),
		standard:   standard,
	}
	s.newPackages()
	if len(cfg.Args) == 0 {
		s.cfg.Args = []string{"sheaf"}
	}
	for _, c := range append(builtins(), cfg.Commands...) {
		s.commands[c.Name] = c
	}
	s.memoryLimit.Store(math.MaxInt64)
	s.outputLimit.Store(math.MaxInt64)
	if cfg.Exit == nil { // a program may have what it can get
		s.setMemoryLimit(defaultMemoryLimit())
	}
	s.newMachine()
	s.native = newNative(s, cmp.Or(cfg.Tier, Interp))
	return s, nil
}

// newPackages makes what cells import: packages of the library and of modules.
func (s *Session) newPackages() {
	lib := s.cfg.Library
	s.importer = newImporter(lib)
	s.lib = &packages{lib, pkgs.New(pkgs.Config{
		Env: pkgs.Environment, Fset: s.fset, Sizes: sizes, Importer: s.importer,
		Compiled: func(path string) bool { _, ok := lib.Name(path); return ok },
		Context:  func() context.Context { return s.current().ctx },
		C:        s.cCompiler,
		Linked:   func(name string) bool { return linkable(name) != 0 },

		LinkedVar: func(name string, size int64) bool { return linkableVar(name, size) != nil },
		Assembles: func() bool { return s.native.packages.asm.possible() },
		Assemble:  func(ctx context.Context, p *pkgs.Package) error { return s.native.packages.asm.prepare(ctx, p) },
	})}
	s.importer.source = s.lib.Import
}

// newMachine makes what runs cells.
func (s *Session) newMachine() {
	stdin := s.cfg.Stdin
	if stdin == nil {
		stdin = &prompter{s: s}
	}
	syms := s.symbols(stdin)
	s.machine = engine.New(engine.Config{
		Fset: s.fset, Generics: s.generics, Print: s.print, Display: plain, Memory: s.allow, Files: s.cfg.Files, Writer: s.writer,
		Symbol: func(path, name string) reflect.Value {
			if v, ok := syms(path)[name]; ok {
				return v
			}
			return s.linked(path, name)
		},
		Compiled: func(path string) bool { return path != sessionPath && !s.lib.interpreted(path) },
	})
}

// nextStep numbers the functions that statements become.
func (s *Session) nextStep() int {
	s.steps++
	return s.steps
}

// commit makes the cell's declarations part of the session.
func (s *Session) commit(c *checked) {
	entries := s.entriesOf(c)
	kept := map[string]bool{}
	var gone []string // names of variables that no cell to come can mention
	defer func() { s.machine.Drop(sessionPath, gone) }()
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, path := range c.declared {
		s.imports[name] = path
		if old := s.names[name]; old != nil {
			gone = append(gone, old.internal)
		}
		delete(s.names, name)
	}
	for _, d := range c.dots {
		if !slices.Contains(s.dots, d) {
			s.dots = append(s.dots, d)
		}
	}
	for user, b := range c.fresh {
		if b.obj = c.pkg.Scope().Lookup(b.internal); b.obj != nil {
			b.typ = typeText(b.obj.Type())
		}
		old := s.names[user]
		switch {
		case old == nil || old.internal == b.internal:
		case b.kept && b.kind == token.VAR:
			kept[b.internal] = true
			gone = append(gone, b.internal)
			b.internal = old.internal
		default:
			gone = append(gone, old.internal)
			if g := s.machine.Global(sessionPath, old.internal); g != nil {
				c.replaced = append(c.replaced, replaced{user, g})
			}
		}
		s.names[user] = b
		delete(s.imports, user)
	}
	for _, e := range entries {
		if len(e.names) > 1 || !kept[e.names[0]] {
			s.ledger.add(e)
		}
	}
	s.ledger.sweep(s.names)
}

// A replaced is a variable whose name means another one.
type replaced struct {
	user string
	was  *engine.Global
}

// noteLiterals tells, when a cell has run, which function values go on with
// variables that it has replaced.
func (s *Session) noteLiterals(c *checked) {
	var notes []string
	for _, r := range c.replaced {
		for _, at := range append(s.machine.Literals(r.was), s.native.literalsOf(r.was)...) {
			notes = append(notes, fmt.Sprintf("note: the function value made at %s still uses the old %s", s.place(at), r.user))
		}
	}
	if len(notes) > 0 {
		slices.Sort(notes)
		notes = slices.Compact(notes)
		s.current().sink.Display(show.Display{Bundle: show.Plain(strings.Join(notes, "\n"))})
	}
}

// generics is the source of a compiled package's generic declarations,
// checked.
func (s *Session) generics(path string) (*engine.Unit, error) {
	src, ok := s.lib.Generics(path)
	if !ok {
		return nil, nil
	}
	f, err := parser.ParseFile(s.fset, path+"/generic.go", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := newInfo()
	conf := types.Config{Importer: s.importer, Sizes: sizes}
	pkg, err := conf.Check(path, s.fset, []*ast.File{f}, info)
	if err != nil {
		return nil, err
	}
	return &engine.Unit{Info: info, Pkg: pkg, Files: []*ast.File{f}}, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := slices.Collect(maps.Keys(m))
	sort.Strings(keys)
	return keys
}

// discard is the sink of a session that no cell has run in yet.
type discard struct{}

// Stream implements show.Sink.
func (discard) Stream(string, string) {}

// Display implements show.Sink.
func (discard) Display(show.Display) {}

// Clear implements show.Sink.
func (discard) Clear(bool) {}

// Input implements show.Sink.
func (discard) Input(context.Context, string, bool) (string, error) {
	return "", io.EOF
}

// Settle waits until no goroutine of the session is left that could go on.
func (s *Session) Settle() { s.machine.Settle() }

// Lookup finds what a name of the session stands for now: the value of a
// variable or a function. Formulas of tables use it.
func (s *Session) Lookup(name string) (any, bool) {
	s.mu.Lock()
	b := s.names[name]
	s.mu.Unlock()
	if b == nil {
		return nil, false
	}
	if f, ok := b.obj.(*types.Func); ok && f.Signature().TypeParams() == nil {
		return s.machine.FuncValue(f).Interface(), true
	}
	if v := s.variable(b); v.IsValid() {
		return v.Interface(), true
	}
	return nil, false
}

// variable is the variable that a name stands for; the zero Value: it is none.
func (s *Session) variable(b *binding) reflect.Value {
	if b.kind != token.VAR {
		return reflect.Value{}
	}
	g := s.machine.Global(sessionPath, b.internal)
	if g == nil {
		return reflect.Value{}
	}
	return g.Value()
}
