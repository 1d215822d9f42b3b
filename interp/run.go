package interp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/interp/internal/cgo"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Exit is what os.Exit panics with in a cell: the session stays, the cell
// ends.
type Exit int

var _ engine.Abrupt = Exit(0)

// Error implements error.
func (e Exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Fatal keeps cells from recovering it.
func (Exit) Fatal() {}

// Abrupt keeps deferred calls from running.
func (Exit) Abrupt() {}

// Execute runs one cell. A cell that does not check changes nothing; one that
// fails later keeps what it had done. Cancelling ctx interrupts it. Without a
// sink, displays are dropped.
//
// It may be called while another cell runs: what cells declare and change they
// share as goroutines do, and each is checked against what the others have
// declared by then.
func (s *Session) Execute(ctx context.Context, cell show.Cell, sink show.Sink) show.Result {
	if sink == nil {
		sink = discard{}
	}
	e := s.newEvaluation(ctx, cell, sink)
	if !s.enter(e) {
		return show.Result{Err: e.interrupted().show}
	}
	defer s.leave(e)
	var res show.Result
	defer func() {
		s.record(cell, &res)
		for _, c := range s.spent {
			s.drop(c.name, s.fset.File(c.unit.file.Package))
		}
		s.native.sweep()
		s.sweepTexts()
	}()
	defer s.run.Own()()
	s.machine.SetCurrent(s.run)
	defer s.watch(ctx, s.run)()
	code, err := s.runCommands(ctx, cell.Source)
	var c *checked
	if err == nil {
		c, err = s.source(ctx, code)
	}
	show.Settle()
	if err != nil {
		res.Err = err.show
		res.Exit = err.exit
	} else if c != nil && c.last != nil && !cell.Silent {
		s.guarded(ctx, &res, c)
	}
	if res.Err == nil {
		res.Next = s.next
	}
	if res.Err == nil && len(cell.Exprs) > 0 {
		res.Exprs = s.expressions(ctx, cell.Exprs)
	}
	return res
}

// guarded renders the value of the cell: its methods may do what its
// statements may.
func (s *Session) guarded(ctx context.Context, res *show.Result, c *checked) {
	var value show.Bundle
	var err *show.Error
	if p := s.machine.Guard(s.run, func() { value, err = s.value(c) }); p != nil {
		f := s.failed(p)
		res.Err, res.Exit = f.show, f.exit
		return
	}
	if err != nil && ctx.Err() != nil { // what was called told of the interrupt first
		err = s.interrupted().show
	}
	res.Value, res.Err = value, err
}

// A failure is why a cell ended early.
type failure struct {
	show *show.Error
	exit *int
}

// source takes a text through split, check and run.
func (s *Session) source(ctx context.Context, src string) (*checked, *failure) {
	// Every text is a file of its own, whatever people see.
	s.name = fmt.Sprintf("%s%s%d", s.title, sep, s.nextStep())
	s.mu.Lock()
	s.sources[s.name] = src
	s.mu.Unlock()
	r, fail := s.compile(src)
	if fail != nil {
		return nil, fail
	}
	c := r.checked
	fail = s.execute(ctx, r)
	if s.cfg.Exit == nil {
		cgo.Flush()
	}
	s.noteLiterals(c)
	if note := s.native.hint(); note != "" {
		s.current().sink.Display(show.Display{Bundle: show.Plain(note)})
	}
	if c.leavesNothing() {
		s.machine.Forget(r.prog.native...)
		s.spent = append(s.spent, c)
	} else {
		s.keepText(c)
	}
	return c, fail
}

// leavesNothing reports whether no code of a cell can run after it, so that
// nothing will ask for its lines.
func (c *checked) leavesNothing() bool {
	nothing := len(c.pieces) == 0 && len(c.fresh) == 0
	ast.Inspect(c.body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit, *ast.GoStmt:
			nothing = false
		}
		return nothing
	})
	return nothing
}

// drop forgets the text of a cell and where its lines are.
func (s *Session) drop(name string, files ...*token.File) {
	for _, f := range files {
		s.fset.RemoveFile(f)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sources, name)
	s.split = linesOf{}
}

// A runnable is a cell that has been compiled.
type runnable struct {
	*checked
	engineUnit *engine.Unit
	vars       *engine.Program // variables that init functions may use; nil: none
	prog       *program        // the statements
}

// compile takes a text through split, check and compile, and makes its
// declarations part of the session. A panic here is a mistake of ours: it
// ends the cell, not the session.
func (s *Session) compile(src string) (r *runnable, fail *failure) {
	defer func() {
		if v := recover(); interrupt.Fatal(v) {
			fail = s.failed(s.run.Ended(&engine.Panic{Value: v}))
		} else if v != nil {
			text := fmt.Sprintf("a mistake in sheaf itself, please report it with this cell: %v", v)
			fail = &failure{show: s.report("internal error", []item{{msg: text}})}
		}
	}()
	f, fail := s.foreignCell(src)
	defer f.close()
	if fail != nil {
		return nil, fail
	}
	c, notes, fail := s.admit(src, f)
	if fail != nil {
		return nil, fail
	}
	c.text = s.newText(c)
	r = &runnable{checked: c, engineUnit: &engine.Unit{Info: c.info, Pkg: c.pkg, Files: []*ast.File{c.file}, Key: c.text}}
	undo := s.machine.Add(r.engineUnit)
	defer func() {
		if undo != nil {
			undo()
		}
	}()
	s.share(c)
	stmts, last, err := s.programs(r)
	if err != nil {
		return nil, s.unsupported(err)
	}
	work, hot := s.native.unit(c), s.native.statements(c, r.engineUnit, stmts, last)
	s.commit(c)
	undo = nil
	s.native.redefined(c)
	if work != nil {
		s.native.submit(work)
	}
	s.native.instances(c, hot)
	if hot != nil {
		r.prog = cmp.Or(s.native.compiled(hot), r.prog)
	}
	if !s.machine.Refresh() && len(c.methods) > 0 {
		notes = append(notes, "note: goroutines may be at work, so values that lie in interfaces do not have the new methods yet")
	}
	if len(notes) > 0 { // on standard error they would look like errors in a notebook
		s.current().sink.Display(show.Display{Bundle: show.Plain(strings.Join(notes, "\n"))})
	}
	return r, nil
}

// admit checks a cell, and that all is there that it needs to run.
func (s *Session) admit(src string, f *foreign) (c *checked, notes []string, fail *failure) {
	c, notes, fail = s.prepare(src, f)
	if fail == nil && f != nil {
		fail = s.openForeign(f)
	}
	if fail != nil {
		return nil, nil, fail
	}
	if big := s.tooBig(c); len(big) > 0 {
		return nil, nil, &failure{show: s.checkErrors(c, big)}
	}
	return c, notes, s.ready(c)
}

// programs compiles what a cell runs, and returns the statements behind the
// variables that init functions may use, without the last expression if its value
// is shown.
func (s *Session) programs(r *runnable) (stmts []ast.Stmt, last ast.Expr, err error) {
	stmts = r.body.Body.List
	if r.last != nil && !r.prints() {
		stmts, last = stmts[:len(stmts)-1], r.last.X
	}
	if n := leadingVars(stmts); len(r.inits) > 0 && n > 0 && !r.isPkg {
		if r.vars, err = s.machine.Compile(r.engineUnit, "", stmts[:n], nil); err != nil {
			return nil, nil, err
		}
		stmts = stmts[n:]
	}
	all, err := s.machine.Compile(r.engineUnit, "", stmts, last)
	r.prog = &program{Program: all}
	return stmts, last, err
}

// leadingVars counts the variable declarations that a cell's statements begin
// with.
func leadingVars(stmts []ast.Stmt) int {
	n := slices.IndexFunc(stmts, func(st ast.Stmt) bool {
		_, ok := st.(*ast.DeclStmt)
		return !ok
	})
	if n < 0 {
		return len(stmts)
	}
	return n
}

// share lets a variable that is defined again with the same type keep its
// storage, so that earlier functions see the new value.
func (s *Session) share(c *checked) {
	for _, b := range c.fresh {
		old := s.names[b.user]
		if b.kind == token.VAR && b.kept && old != nil {
			s.machine.Share(sessionPath, old.internal, b.internal)
		}
	}
}

// prints reports a last call of fmt's printing functions, whose count nobody
// wants to see, or of a C function without result.
func (c *checked) prints() bool {
	if t, ok := c.info.TypeOf(c.last.X).(*types.Named); ok && t.Obj().Name() == cVoid {
		return true
	}
	switch c.ofFmt() {
	case "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln":
		return true
	}
	return false
}

// scans reports a last call of fmt's functions that read. Of what they return,
// only an error is of interest: that nobody was asked, say.
func (c *checked) scans() bool {
	switch c.ofFmt() {
	case "Scan", "Scanf", "Scanln", "Fscan", "Fscanf", "Fscanln":
		return true
	}
	return false
}

// ofFmt names the function of package fmt that the last expression calls; "" if
// it is none.
func (c *checked) ofFmt() string {
	call, ok := ast.Unparen(c.last.X).(*ast.CallExpr)
	if !ok {
		return ""
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	f, ok := c.info.Uses[sel.Sel].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "fmt" {
		return ""
	}
	return f.Name()
}

// execute runs what a cell has beside declarations: init functions,
// statements, and main of a whole program.
func (s *Session) execute(ctx context.Context, r *runnable) *failure {
	if ctx.Err() != nil {
		return s.interrupted()
	}
	var vals []reflect.Value
	var p *engine.Panic
	run := s.run
	s.apart(func() { vals, p = s.perform(run, r) })
	if p != nil {
		return s.failed(p)
	}
	if !r.program() {
		s.shown = nil
		for _, v := range vals {
			s.shown = append(s.shown, v.Interface())
		}
	}
	return nil
}

// perform runs what a cell has, without the turn, up to a panic. It returns the
// values of the last expression.
func (s *Session) perform(run *engine.Run, r *runnable) (vals []reflect.Value, p *engine.Panic) {
	if r.program() {
		p = s.machine.Initialise(r.engineUnit, run, "")
	}
	if p == nil && r.vars != nil {
		_, p = r.vars.Run(run)
	}
	call := func(name string) {
		if p == nil {
			p = s.machine.Call(run, r.pkg.Scope().Lookup(name).(*types.Func))
		}
	}
	for _, name := range r.inits {
		call(name)
	}
	if p == nil && !r.program() {
		vals, p = r.prog.Run(run)
	}
	if main := r.fresh["main"]; main != nil && r.isPkg {
		call(main.internal)
	}
	return vals, p
}

// maxReports bounds the panics of its goroutines that a cell shows.
const maxReports = 20

// newRun makes the run of a cell, or of what else title names.
func (s *Session) newRun(title string) *engine.Run {
	run := engine.NewRun(title)
	stderr := s.cfg.Stderr
	var reports atomic.Int32
	run.Report = func(_ *engine.Run, v any, trace []engine.Frame, at token.Pos) {
		if n := reports.Add(1); n > maxReports && s.cfg.Exit == nil {
			if n == maxReports+1 {
				io.WriteString(stderr, "more panics in goroutines of the cell are not shown\n")
			}
			return
		}
		if code, ok := v.(Exit); ok {
			fmt.Fprintf(stderr, "os.Exit(%d) in a goroutine: the session goes on\n", int(code))
		} else {
			s.reportPanic(fmt.Sprint("panic in the goroutine started at ", s.place(at)), s.panicText(engine.NewRun(title), v), trace)
		}
		if s.cfg.Exit != nil {
			code, ok := v.(Exit)
			if !ok {
				code = 2
			}
			s.cfg.Exit(int(code))
		}
	}
	run.Word = func(v any, trace []engine.Frame) string {
		return strings.Join(s.failed(&engine.Panic{Value: v, Trace: trace}).show.Traceback, "\n")
	}
	if s.cfg.Exit == nil { // else it ends the program, as in a compiled one
		run.Stray = func(_ *engine.Run, v any, trace []engine.Frame, by string, at token.Pos) {
			s.reportPanic(fmt.Sprintf("panic in the function at %s, called by %s", s.place(at), by), s.panicText(engine.NewRun(title), v), trace)
		}
	}
	return run
}

// reportPanic writes a panic that is no cell's error to standard error, with
// the calls that led to it, innermost first.
func (s *Session) reportPanic(name, text string, trace []engine.Frame) {
	lines := []string{name + ": " + text}
	for i, f := range trace {
		if at := s.place(f.Pos); at.line > 0 && s.isCell(at.name) && !repeats(trace, i) {
			lines = append(lines, fmt.Sprintf("  %s in %s", at, plain(f.Func)))
		}
	}
	if colour := s.colour.Load(); colour != nil {
		lines = (*colour)(name, lines)
	}
	io.WriteString(s.cfg.Stderr, strings.Join(lines, "\n")+"\n")
}

// SetColour has what a face colours errors of cells with colour the panics that
// the session reports on standard error: it gets the name and the lines of one,
// and returns the lines.
func (s *Session) SetColour(colour func(name string, lines []string) []string) {
	s.colour.Store(&colour)
}

// repeats reports whether call i of a traceback is the one before again, as in
// recursion; two of them are shown.
func repeats(trace []engine.Frame, i int) bool {
	return i > 1 && trace[i] == trace[i-1] && trace[i] == trace[i-2]
}

// Patience with a run that has been interrupted: patience for its deferred
// calls, then for compiled code.
const (
	patience     = time.Second
	nativePeriod = 250 * time.Millisecond
)

// watch interrupts the run when ctx is cancelled and, once it has taken a
// moment, pursues it and watches what it holds: most cells are over by then, and
// cost no goroutine. The returned function ends the watch.
func (s *Session) watch(ctx context.Context, run *engine.Run) func() {
	over := make(chan struct{})
	unbind := context.AfterFunc(ctx, func() {
		select {
		case <-over: // a context that ends with its cell leaves the cell's goroutines alone
		default:
			run.Interrupt()
		}
	})
	begun := time.AfterFunc(memoryTick, func() {
		if s.cfg.Exit == nil {
			go s.watchMemory(run, over)
		}
		s.pursue(run, over)
	})
	return func() {
		close(over)
		unbind()
		begun.Stop()
	}
}

// pursue waits for the run to be interrupted, interrupts it after a while in
// deferred calls too, and leaves it where that does not help: it is in compiled
// code then.
func (s *Session) pursue(run *engine.Run, over <-chan struct{}) {
	select {
	case <-over:
		return
	case <-run.Interrupted():
	}
	period := nativePeriod
	if errors.Is(run.Cause(), engine.ErrOutOfMemory) { // all wait for the collector then
		period = patience
	}
	if waitOr(over, period) {
		return
	}
	if run.Unwinding() {
		if waitOr(over, patience-nativePeriod) {
			return
		}
		run.Interrupt()
		if waitOr(over, nativePeriod) {
			return
		}
	}
	run.Leave()
	if !waitOr(over, patience) {
		fmt.Fprintln(s.cfg.Stderr, "the cell does not stop; interrupt again to end the session's process (its variables are lost)")
	}
}

// waitOr reports whether over is closed within d, or longer where the process
// gets little of the machine: then its other goroutines wait as well.
func waitOr(over <-chan struct{}, d time.Duration) bool {
	const pieces = 25
	for range pieces {
		select {
		case <-over:
			return true
		case <-time.After(d / pieces):
		}
	}
	return false
}

// expressions evaluates a client's user expressions, each on its own.
func (s *Session) expressions(ctx context.Context, exprs map[string]string) map[string]show.ExprResult {
	out := map[string]show.ExprResult{}
	for _, key := range slices.Sorted(maps.Keys(exprs)) {
		out[key] = s.expression(ctx, exprs[key])
	}
	return out
}

// expression evaluates one expression. Statements are refused before they run;
// what is no Go at all says so when it is compiled.
func (s *Session) expression(ctx context.Context, text string) show.ExprResult {
	if _, err := parser.ParseExpr(text); err != nil {
		if _, err := split(token.NewFileSet(), s.title, text); err == nil {
			return show.ExprResult{Err: &show.Error{Name: "compile error", Value: "not an expression"}}
		}
	}
	s.shown = nil
	c, err := s.source(ctx, text)
	if err != nil {
		return show.ExprResult{Err: err.show}
	}
	var res show.Result
	s.guarded(ctx, &res, c)
	return show.ExprResult{Value: res.Value, Err: res.Err}
}

// errorAt is a checker's error of our own.
func (s *Session) errorAt(pos token.Pos, format string, args ...any) error {
	return types.Error{Fset: s.fset, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}
