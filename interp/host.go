package interp

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"reflect"
	"strings"

	yaegi "github.com/traefik/yaegi/interp"
)

// use hands the library and the host functions to the interpreter.
func (s *Session) use(stdin io.Reader) error {
	stringers := []reflect.Type{
		reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[error](),
	}
	show := reflect.ValueOf(s.hostShow)
	ex := yaegi.Exports(s.lib.Symbols())
	s.redirect(ex, stdin)
	ex["."] = map[string]reflect.Value{"MapTypes": reflect.ValueOf(map[reflect.Value][]reflect.Type{show: stringers})}
	for _, f := range []any{fmt.Errorf, fmt.Fprint, fmt.Fprintf, fmt.Fprintln, fmt.Print, fmt.Printf, fmt.Println,
		fmt.Sprint, fmt.Sprintf, fmt.Sprintln, log.Panic, log.Panicf, log.Panicln, log.Print, log.Printf, log.Println} {
		ex["."]["MapTypes"].Interface().(map[reflect.Value][]reflect.Type)[reflect.ValueOf(f)] = stringers
	}
	ex[hostPath+"/host"] = map[string]reflect.Value{
		"Show":  show,
		"Go":    reflect.ValueOf(s.hostGo),
		"Clear": reflect.ValueOf(hostClear),
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
		p["Fscan"] = reflect.ValueOf(func(r io.Reader, a ...any) (int, error) { return fmt.Fscan(in(r), a...) })
		p["Fscanf"] = reflect.ValueOf(func(r io.Reader, f string, a ...any) (int, error) { return fmt.Fscanf(in(r), f, a...) })
		p["Fscanln"] = reflect.ValueOf(func(r io.Reader, a ...any) (int, error) { return fmt.Fscanln(in(r), a...) })
	}
	if p := ex["io/io"]; p != nil {
		p["ReadAll"] = reflect.ValueOf(func(r io.Reader) ([]byte, error) { return io.ReadAll(in(r)) })
	}
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

// hostClear is the builtin clear.
func hostClear(v any) { reflect.ValueOf(v).Clear() }

// A prompter is the standard input of a cell: it asks for one line at a time.
type prompter struct {
	s    *Session
	rest strings.Reader
}

func (p *prompter) Read(b []byte) (int, error) {
	if p.rest.Len() == 0 {
		if p.s.cfg.Flush != nil {
			p.s.cfg.Flush()
		}
		line, err := p.s.sink.Input(p.s.ctx, "", false)
		if err != nil {
			return 0, err
		}
		p.rest.Reset(line + "\n")
	}
	return p.rest.Read(b)
}
