package engine

import (
	"fmt"
	"io"
	"log"
	"path/filepath"
	"reflect"
	"unsafe"
)

// logging makes package log know the lines of cells: what it finds itself is
// the engine's. Its functions write to the standard logger.
func (m *Machine) logging() {
	exit := func(string) {
		m.cfg.Symbol("os", "Exit").Call([]reflect.Value{reflect.ValueOf(1)})
	}
	for suffix, text := range map[string]func(params unsafe.Pointer) string{
		"":   func(params unsafe.Pointer) string { return fmt.Sprint(*(*[]any)(params)...) },
		"ln": func(params unsafe.Pointer) string { return fmt.Sprintln(*(*[]any)(params)...) },
		"f": func(params unsafe.Pointer) string {
			p := (*struct {
				format string
				args   []any
			})(params)
			return fmt.Sprintf(p.format, p.args...)
		},
	} {
		for name, end := range map[string]func(text string){
			"Print": nil, "Panic": func(text string) { panic(text) }, "Fatal": exit,
		} {
			m.hostLog(name+suffix, func(f *F, l *log.Logger, params unsafe.Pointer) {
				s := text(params)
				_ = m.log(f, l, 1, s) // as the original
				if end != nil {
					end(s)
				}
			})
		}
	}
	m.hostLog("Output", func(f *F, l *log.Logger, params unsafe.Pointer) {
		p := (*struct {
			depth int
			text  string
			err   error
		})(params)
		p.err = m.log(f, l, p.depth, p.text)
	})
}

// hostLog runs host in place of a function of package log and of the method
// of the same name.
func (m *Machine) hostLog(name string, host func(f *F, l *log.Logger, params unsafe.Pointer)) {
	method := func(f *F, params unsafe.Pointer) { host(f, (*log.Logger)(f.receiver(params)), params) }
	m.hosts["log."+name] = func(f *F, params unsafe.Pointer) { host(f, log.Default(), params) }
	m.hosts["log.Logger."+name] = method
	m.hostMethod(name, (*log.Logger)(nil), method)
}

// log writes a line to l, with the place of the caller that is depth calls
// away if l wants one.
func (m *Machine) log(f *F, l *log.Logger, depth int, text string) error {
	flags, prefix := l.Flags(), l.Prefix()
	if flags&(log.Lshortfile|log.Llongfile) == 0 {
		return l.Output(0, text)
	}
	at := "???:0: "
	if list := f.callers(); depth >= 1 && depth <= len(list) {
		file, line := m.place(list[depth-1].pos)
		if flags&log.Lshortfile != 0 {
			file = filepath.Base(file)
		}
		at = fmt.Sprintf("%s:%d: ", file, line)
	}
	out := &led{to: l.Writer()}
	if flags&log.Lmsgprefix != 0 {
		at += prefix
	} else {
		out.lead = prefix
	}
	// The place goes where a prefix of the message goes.
	return log.New(out, at, flags&^(log.Lshortfile|log.Llongfile)|log.Lmsgprefix).Output(0, text)
}

// A led writer puts lead before what is written.
type led struct {
	to   io.Writer
	lead string
}

// Write implements io.Writer.
func (w *led) Write(p []byte) (int, error) {
	if _, err := w.to.Write(append([]byte(w.lead), p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}
