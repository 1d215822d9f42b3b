package interp

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/sheaf-go/sheaf/notebooks/show"
	yaegi "github.com/traefik/yaegi/interp"
)

// Exit is what os.Exit panics with in a cell: the session stays, the cell
// ends.
type Exit int

// Execute runs one cell. A cell that does not check changes nothing; one that
// fails later keeps what it had done. Cancelling ctx interrupts it.
func (s *Session) Execute(ctx context.Context, cell show.Cell, sink show.Sink) show.Result {
	s.count, s.shown = cell.Count, nil
	s.mu.Lock()
	s.ctx, s.sink = ctx, sink
	s.mu.Unlock()
	s.title = cell.Name
	if s.title == "" {
		s.title = fmt.Sprintf("cell[%d]", cell.Count)
	}
	var res show.Result
	defer func() { s.record(cell, &res) }()
	code, err := s.runCommands(ctx, cell.Source)
	var c *checked
	if err == nil {
		c, err = s.source(ctx, code)
	}
	if err != nil {
		res.Err = err.show
		res.Exit = err.exit
	} else if c != nil && c.last != nil && !cell.Silent {
		res.Value, res.Err = s.value(c)
	}
	if res.Err == nil && len(cell.Exprs) > 0 {
		res.Exprs = s.expressions(ctx, cell.Exprs)
	}
	return res
}

// A failure is why a cell ended early.
type failure struct {
	show *show.Error
	exit *int
}

// source takes a text through split, check, lower and run.
func (s *Session) source(ctx context.Context, src string) (*checked, *failure) {
	// To the interpreter every text is a file of its own, whatever people see.
	s.name = fmt.Sprintf("%s%s%d", s.title, sep, s.nextStep())
	s.mu.Lock()
	s.sources[s.name] = src
	s.mu.Unlock()
	u, err := split(s.fset, s.name, src)
	if err != nil {
		return nil, &failure{show: s.syntaxError(err)}
	}
	r, err := s.resolve(u)
	if err != nil {
		return nil, &failure{show: s.checkErrors(asTypesErrors(err))}
	}
	c, errs := s.check(u, r)
	if len(errs) > 0 {
		return nil, &failure{show: s.checkErrors(errs)}
	}
	p, l := s.lower(c)
	if l.err != nil {
		return nil, &failure{show: s.checkErrors([]types.Error{*l.err})}
	}
	if err := s.declare(p.file, func() { s.commit(c, l) }); err != nil {
		return nil, s.failed(err)
	}
	for _, st := range p.steps {
		if err := s.runStep(ctx, st); err != nil {
			return nil, s.failed(err)
		}
	}
	if main := c.fresh["main"]; main != nil && u.isPkg {
		if err := s.runStep(ctx, step{call: main.internal}); err != nil {
			return nil, s.failed(err)
		}
	}
	return c, nil
}

func asTypesErrors(err error) []types.Error {
	var te types.Error
	if errors.As(err, &te) {
		return []types.Error{te}
	}
	return []types.Error{{Msg: err.Error()}}
}

// errNotRun wraps what yaegi says of code that the checker accepts.
type errNotRun struct{ err error }

func (e errNotRun) Error() string { return e.err.Error() }

// declare compiles and runs declarations, none of which runs code of the cell;
// compiled is called in between, when the interpreter has accepted them.
func (s *Session) declare(f *ast.File, compiled func()) error {
	if len(f.Decls) == 0 {
		compiled()
		return nil
	}
	prog, err := s.compile(f)
	if err != nil {
		return errNotRun{err}
	}
	compiled()
	_, err = s.run.Execute(prog)
	return err
}

// compile guards against panics of yaegi's compiler.
func (s *Session) compile(f ast.Node) (prog *yaegi.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return s.run.CompileAST(f)
}

func (s *Session) runStep(ctx context.Context, st step) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var code ast.Node = &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: call(ast.NewIdent(st.call))}}}
	if st.decl != nil {
		code = &ast.File{Package: st.decl.Pos(), Name: ast.NewIdent("main"), Decls: append(st.imports, st.decl)}
	}
	prog, err := s.compile(code)
	if err != nil {
		return errNotRun{err}
	}
	s.trace.reset()
	_, err = s.run.ExecuteWithContext(ctx, prog)
	return err
}

// expressions evaluates a client's user expressions, each on its own.
func (s *Session) expressions(ctx context.Context, exprs map[string]string) map[string]show.ExprResult {
	out := map[string]show.ExprResult{}
	for _, key := range slices.Sorted(maps.Keys(exprs)) {
		s.shown = nil
		c, err := s.source(ctx, exprs[key])
		var r show.ExprResult
		switch {
		case err != nil:
			r.Err = err.show
		case c.last == nil:
			r.Err = &show.Error{Name: "compile error", Value: "not an expression"}
		default:
			r.Value, r.Err = s.value(c)
		}
		out[key] = r
	}
	return out
}

// errorAt is a checker's error of our own.
func (s *Session) errorAt(pos token.Pos, format string, args ...any) error {
	return types.Error{Fset: s.fset, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}
