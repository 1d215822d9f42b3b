package interp

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// symbols gives the symbols of the library's packages, each table made when it
// is first asked for. Those that read and write the standard streams use the
// session's.
func (s *Session) symbols(stdin io.Reader) func(path string) map[string]reflect.Value {
	own := ownDrivers()
	var mu sync.Mutex
	all := map[string]map[string]reflect.Value{}
	return func(path string) map[string]reflect.Value {
		mu.Lock()
		defer mu.Unlock()
		p, ok := all[path]
		if !ok {
			if p = s.lib.Symbols(path); p != nil {
				if s.standard[0] != nil {
					s.redirectOutput(path, p)
				}
				redirectInput(path, p, stdin)
				if path == "database/sql" {
					p["Register"] = registering(own)
				}
			}
			all[path] = p
		}
		return p
	}
}

// redirectOutput makes fmt.Print, and what writes to os.Stdout and os.Stderr,
// write where the session is told to, which keeps the order between the two.
func (s *Session) redirectOutput(path string, p map[string]reflect.Value) {
	out := func(w io.Writer) io.Writer {
		if f, ok := w.(*os.File); ok {
			return s.writer(f)
		}
		return w
	}
	switch path {
	case "fmt":
		p["Print"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(s.writer(os.Stdout), a...) })
		p["Printf"] = reflect.ValueOf(func(f string, a ...any) (int, error) { return fmt.Fprintf(s.writer(os.Stdout), f, a...) })
		p["Println"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(s.writer(os.Stdout), a...) })
		p["Fprint"] = reflect.ValueOf(func(w io.Writer, a ...any) (int, error) { return fmt.Fprint(out(w), a...) })
		p["Fprintf"] = reflect.ValueOf(func(w io.Writer, f string, a ...any) (int, error) { return fmt.Fprintf(out(w), f, a...) })
		p["Fprintln"] = reflect.ValueOf(func(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(out(w), a...) })
	case "io":
		p["WriteString"] = reflect.ValueOf(func(w io.Writer, text string) (int, error) { return io.WriteString(out(w), text) })
	}
}

// writer is what stands in for a file: the session's writer for the standard
// output and the standard error that the process began with, for others
// themselves.
func (s *Session) writer(f *os.File) io.Writer {
	switch {
	case f == nil:
	case f == s.standard[0]:
		return s.cfg.Stdout
	case f == s.standard[1]:
		return s.cfg.Stderr
	}
	return f
}

// redirectInput makes the readers that cells put around os.Stdin ask the
// person.
func redirectInput(path string, p map[string]reflect.Value, stdin io.Reader) {
	in := func(r io.Reader) io.Reader {
		if f, ok := r.(*os.File); ok && f == os.Stdin {
			return stdin
		}
		return r
	}
	switch path {
	case "bufio":
		p["NewReader"] = reflect.ValueOf(func(r io.Reader) *bufio.Reader { return bufio.NewReader(in(r)) })
		p["NewReaderSize"] = reflect.ValueOf(func(r io.Reader, n int) *bufio.Reader { return bufio.NewReaderSize(in(r), n) })
		p["NewScanner"] = reflect.ValueOf(func(r io.Reader) *bufio.Scanner { return bufio.NewScanner(in(r)) })
	case "fmt":
		p["Fscan"] = reflect.ValueOf(func(r io.Reader, a ...any) (int, error) { return fmt.Fscan(in(r), a...) })
		p["Fscanf"] = reflect.ValueOf(func(r io.Reader, f string, a ...any) (int, error) { return fmt.Fscanf(in(r), f, a...) })
		p["Fscanln"] = reflect.ValueOf(func(r io.Reader, a ...any) (int, error) { return fmt.Fscanln(in(r), a...) })
		p["Scan"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscan(stdin, a...) })
		p["Scanf"] = reflect.ValueOf(func(f string, a ...any) (int, error) { return fmt.Fscanf(stdin, f, a...) })
		p["Scanln"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscanln(stdin, a...) })
	case "io":
		p["ReadAll"] = reflect.ValueOf(func(r io.Reader) ([]byte, error) { return io.ReadAll(in(r)) })
	}
}

// Output is where package show's displays go for this session's cells.
func (s *Session) Output() show.Output { return hostOutput{s} }

// hostOutput shows what package show displays in the middle of a cell.
type hostOutput struct{ s *Session }

var _ show.Output = hostOutput{}

// Display implements show.Output.
func (o hostOutput) Display(d show.Display) { o.sink().Display(d) }

// Clear implements show.Output.
func (o hostOutput) Clear(wait bool) { o.sink().Clear(wait) }

// Input implements show.Output.
func (o hostOutput) Input(prompt string, password bool) (string, error) {
	at := o.s.current()
	line, err := at.sink.Input(at.ctx, prompt, password)
	if at.ctx.Err() != nil {
		panic(engine.ErrInterrupted) // the cell ends here, whatever it makes of an error
	}
	return line, err
}

// sink is where the running goroutine's cell shows; commands may have put
// another in the place of the cell's that runs.
func (o hostOutput) sink() show.Sink {
	at := o.s.current()
	if s := Owner(); s != nil && s != at.owner {
		return s
	}
	return at.sink
}

// Owner is the sink of the cell that the running goroutine comes from: the
// cell may have ended, and others may have run since. It is nil where that is
// not known, as in callbacks of timers.
func Owner() show.Sink {
	s, _ := engine.Owner().(show.Sink)
	return s
}

// Render implements show.Output.
func (o hostOutput) Render(v any) show.Bundle { return Render(v) }

// Lingering reports whether goroutines of cells that have ended go on.
func Lingering() bool { return engine.Lingering() }

// print is the builtins print and println: to standard error, in the forms
// that compiled programs use.
func (s *Session) print(line bool, args []any) {
	var b strings.Builder
	for i, a := range args {
		if i > 0 && line {
			b.WriteByte(' ')
		}
		switch a := a.(type) {
		case nil:
			b.WriteString("nil")
		case [2]uintptr: // an interface
			fmt.Fprintf(&b, "(%#x,%#x)", a[0], a[1])
		case reflect.Value:
			b.WriteString(printForm(a))
		}
	}
	if line {
		b.WriteByte('\n')
	}
	io.WriteString(s.cfg.Stderr, b.String())
}

func printForm(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return fmt.Sprint(v.Bool())
	case reflect.String:
		return v.String()
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	case reflect.Complex64, reflect.Complex128:
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits())
	case reflect.Slice:
		return fmt.Sprintf("[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return fmt.Sprintf("%#x", v.Pointer())
	}
	if v.CanInt() {
		return fmt.Sprint(v.Int())
	}
	return fmt.Sprint(v.Uint())
}

// A prompter is the standard input of a cell: it asks for one line at a time.
type prompter struct {
	s    *Session
	mu   sync.Mutex // readers may be goroutines
	rest strings.Reader
}

// Read implements io.Reader.
func (p *prompter) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rest.Len() == 0 {
		at := p.s.current()
		line, err := at.sink.Input(at.ctx, "", false)
		if at.ctx.Err() != nil {
			panic(engine.ErrInterrupted) // the cell ends here, whatever it makes of an error
		}
		if err != nil {
			return 0, err
		}
		p.rest.Reset(line + "\n")
	}
	return p.rest.Read(b)
}
