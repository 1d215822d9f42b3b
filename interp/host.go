package interp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"reflect"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/notebooks/show"
	yaegi "github.com/traefik/yaegi/interp"
)

// use hands the library and the host functions to the interpreter.
func (s *Session) use(stdin io.Reader) error {
	stringers := []reflect.Type{
		reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[error](),
	}
	shown := reflect.ValueOf(s.hostShow)
	ex := yaegi.Exports(s.lib.Symbols())
	s.redirect(ex, stdin)
	ex["."] = map[string]reflect.Value{"MapTypes": reflect.ValueOf(map[reflect.Value][]reflect.Type{shown: stringers})}
	for _, f := range []any{fmt.Errorf, fmt.Fprint, fmt.Fprintf, fmt.Fprintln, fmt.Print, fmt.Printf, fmt.Println,
		fmt.Sprint, fmt.Sprintf, fmt.Sprintln, log.Panic, log.Panicf, log.Panicln, log.Print, log.Printf, log.Println, show.Show, show.Live} {
		ex["."]["MapTypes"].Interface().(map[reflect.Value][]reflect.Type)[reflect.ValueOf(f)] = stringers
	}
	ex[hostPath+"/host"] = map[string]reflect.Value{
		"Show":      shown,
		"Go":        reflect.ValueOf(s.hostGo),
		"Clear":     reflect.ValueOf(hostClear),
		"Bind":      reflect.ValueOf(s.bindFunc),
		"Print":     reflect.ValueOf(s.hostPrint),
		"Recovered": reflect.ValueOf(hostRecovered),
		"RecoveredSome": reflect.ValueOf(func(v any) any {
			if v = hostRecovered(v); v == nil {
				return struct{}{}
			}
			return v
		}),
	}
	return s.run.Use(ex)
}

// redirect makes the readers that cells put around os.Stdin ask the person.
func (s *Session) redirect(ex yaegi.Exports, stdin io.Reader) {
	in := func(r io.Reader) io.Reader {
		if f, ok := r.(*os.File); ok && f == os.Stdin {
			return stdin
		}
		return r
	}
	if p := ex["bufio/bufio"]; p != nil {
		p["NewReader"] = reflect.ValueOf(func(r io.Reader) *bufio.Reader { return bufio.NewReader(in(r)) })
		p["NewReaderSize"] = reflect.ValueOf(func(r io.Reader, n int) *bufio.Reader { return bufio.NewReaderSize(in(r), n) })
		p["NewScanner"] = reflect.ValueOf(func(r io.Reader) *bufio.Scanner { return bufio.NewScanner(in(r)) })
	}
	if p := ex["fmt/fmt"]; p != nil {
		p["_Stringer"] = reflect.ValueOf((*stringer)(nil))
		p["Fscan"] = reflect.ValueOf(func(r io.Reader, a ...any) (int, error) { return fmt.Fscan(in(r), a...) })
		p["Fscanf"] = reflect.ValueOf(func(r io.Reader, f string, a ...any) (int, error) { return fmt.Fscanf(in(r), f, a...) })
		p["Fscanln"] = reflect.ValueOf(func(r io.Reader, a ...any) (int, error) { return fmt.Fscanln(in(r), a...) })
	}
	if p := ex["io/io"]; p != nil {
		p["ReadAll"] = reflect.ValueOf(func(r io.Reader) ([]byte, error) { return io.ReadAll(in(r)) })
	}
}

// A face is where the running cell shows and asks.
type face struct {
	ctx  context.Context
	sink show.Sink
}

// current is the face of the cell that runs or ran last; goroutines that
// earlier cells left use it too.
func (s *Session) current() face {
	s.mu.Lock()
	defer s.mu.Unlock()
	return face{s.ctx, s.sink}
}

// bindFunc keeps a function of a cell for formulas.
func (s *Session) bindFunc(internal string, f any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.funcs[internal] = f
}

// hostShow receives the values of a cell's last expression.
func (s *Session) hostShow(vals ...any) { s.shown = vals }

// hostGo runs a cell's goroutine; its panic is printed, not fatal.
func (s *Session) hostGo(where string, f func()) {
	go func() {
		defer func() {
			if r := recover(); r != nil {
				fmt.Fprintf(s.cfg.Stderr, "panic in the goroutine started at %s: %s\n", where, panicText(r))
			}
		}()
		f()
	}()
}

// A runtimeError is what a run-time panic of a cell is recovered as.
type runtimeError string

func (e runtimeError) Error() string { return string(e) }
func (e runtimeError) RuntimeError() {}

// hostRecovered turns what yaegi recovers into what Go would: its own panics
// are values of package reflect or texts.
func hostRecovered(v any) any {
	if rv, ok := v.(reflect.Value); ok && rv.IsValid() && rv.CanInterface() {
		v = rv.Interface()
	}
	var text string
	switch v := v.(type) {
	case *reflect.ValueError:
		text = v.Error()
	case string:
		text = v
	default:
		return v
	}
	if said := goText(text); said != text {
		return runtimeError(said)
	}
	return v
}

// Output is where package show's displays go for this session's cells.
func (s *Session) Output() show.Output { return hostOutput{s} }

// hostOutput shows what package show displays in the middle of a cell.
type hostOutput struct{ s *Session }

var _ show.Output = hostOutput{}

// Display implements show.Output.
func (o hostOutput) Display(d show.Display) { o.s.current().sink.Display(d) }

// Clear implements show.Output.
func (o hostOutput) Clear(wait bool) { o.s.current().sink.Clear(wait) }

// Render implements show.Output.
func (o hostOutput) Render(v any) show.Bundle { return Render(v) }

// hostClear is the builtin clear.
func hostClear(v any) { reflect.ValueOf(v).Clear() }

// hostPrint is the builtins print and println: to standard error, in the
// forms that compiled programs use.
func (s *Session) hostPrint(name string, args ...any) {
	var b strings.Builder
	for i, a := range args {
		if i > 0 && name == "println" {
			b.WriteByte(' ')
		}
		b.WriteString(printForm(reflect.ValueOf(a)))
	}
	if name == "println" {
		b.WriteByte('\n')
	}
	io.WriteString(s.cfg.Stderr, b.String())
}

func printForm(v reflect.Value) string {
	float := func(f float64) string {
		switch {
		case math.IsNaN(f):
			return "NaN"
		case math.IsInf(f, 0):
			return fmt.Sprintf("%+f", f)
		}
		m, e, _ := strings.Cut(fmt.Sprintf("%+.6e", f), "e")
		return fmt.Sprintf("%se%s%03s", m, e[:1], e[1:])
	}
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.Bool:
		return fmt.Sprint(v.Bool())
	case reflect.String:
		return v.String()
	case reflect.Float32, reflect.Float64:
		return float(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return "(" + float(real(v.Complex())) + float(imag(v.Complex())) + "i)"
	case reflect.Slice:
		return fmt.Sprintf("[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return fmt.Sprintf("%#x", v.Pointer())
	}
	if v.CanInt() {
		return fmt.Sprint(v.Int())
	}
	if v.CanUint() {
		return fmt.Sprint(v.Uint())
	}
	return plain(v.Type().String())
}

// A prompter is the standard input of a cell: it asks for one line at a time.
type prompter struct {
	s    *Session
	mu   sync.Mutex // readers may be goroutines
	rest strings.Reader
}

func (p *prompter) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rest.Len() == 0 {
		at := p.s.current()
		line, err := at.sink.Input(at.ctx, "", false)
		if err != nil {
			return 0, err
		}
		p.rest.Reset(line + "\n")
	}
	return p.rest.Read(b)
}
