package interp

import (
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// ended words the ends of a run that have a cause of their own; nil: v is
// none of them.
func (s *Session) ended(v error, trace []engine.Frame) *failure {
	var dead *engine.Deadlock
	switch {
	case v == engine.ErrLeft:
		const text = "the cell was interrupted in compiled code that does not watch for it; that goes on beside the session until it returns; variables keep their values"
		return &failure{show: &show.Error{Name: "interrupted", Value: text, Cell: s.count, Traceback: []string{"interrupted: " + text}}}
	case errors.As(v, &dead):
		return &failure{show: s.deadlocked(dead)}
	case errors.Is(v, engine.ErrOutOfMemory):
		defer debug.FreeOSMemory()
		return &failure{show: s.panicked("out of memory", strings.TrimPrefix(v.Error(), engine.ErrOutOfMemory.Error()+": "), trace)}
	}
	return nil
}

// deadlocked says where each goroutine waits.
func (s *Session) deadlocked(d *engine.Deadlock) *show.Error {
	const text = "all goroutines are asleep: deadlock!"
	e := &show.Error{Name: "deadlock", Value: text, Cell: s.count, Traceback: []string{"deadlock: " + text}}
	for i, w := range d.Waits {
		at := s.place(w.Pos)
		if i == 0 {
			e.Line, e.Col = at.line, at.col
		}
		if i == 10 {
			e.Traceback = append(e.Traceback, fmt.Sprintf("  … and %d more goroutines", len(d.Waits)-i))
			break
		}
		e.Traceback = append(e.Traceback, fmt.Sprintf("  %s: a goroutine waits %s", at, w.For))
		e.Traceback = append(e.Traceback, s.excerpt(at)...)
	}
	return e
}

// panicText words a panic's value as the runtime does, but for the values of
// which that prints an address. The methods that it may call are the cell's:
// they are interrupted with it, and may panic.
func (s *Session) panicText(run *engine.Run, v any) string {
	if k := reflect.ValueOf(v).Kind(); !hasText(v) && (k <= reflect.Complex128 || k == reflect.String) {
		return basicForm(reflect.ValueOf(v))
	}
	text := ""
	p := s.machine.Guard(run, func() { text = panicForm(v) })
	if p != nil {
		return fmt.Sprintf("%s (and its text cannot be had: %s)", plain(fmt.Sprintf("%T", v)), basicForm(reflect.ValueOf(p.Value)))
	}
	return text
}

// panicsText words a panic with those that were on their way when it began, as
// the runtime does.
func (s *Session) panicsText(p *engine.Panic) string {
	var b strings.Builder
	again := false
	add := func(v any, note string) {
		if b.Len() > 0 {
			b.WriteString("\n\tpanic: ")
		}
		b.WriteString(s.panicText(s.run, v) + note)
	}
	for _, e := range p.Before {
		switch {
		case again:
		case e.Recovered && e.Again:
			add(e.Value, " [recovered, repanicked]")
		case e.Recovered:
			add(e.Value, " [recovered]")
		default:
			add(e.Value, "")
		}
		again = e.Again
	}
	if !again {
		add(p.Value, "")
	}
	return b.String()
}

// hasText reports whether v has a method for its text.
func hasText(v any) bool {
	switch v.(type) {
	case error, fmt.Stringer:
		return true
	}
	return false
}

func panicForm(v any) string {
	switch v := v.(type) {
	case error:
		return indented(plain(v.Error()))
	case fmt.Stringer:
		return indented(plain(v.String()))
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
		return plain(fmt.Sprintf("(%T) %+v", v, v))
	}
	return basicForm(rv)
}

// indented is a text in which no line but the first could be taken for the
// runtime's own.
func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n\t") }

// basicForm is the form of a value without parts.
func basicForm(rv reflect.Value) string {
	if !rv.IsValid() {
		return "nil"
	}
	text := ""
	named := rv.Type().PkgPath() != ""
	switch kind := rv.Kind(); {
	case kind == reflect.String && named:
		text = `"` + indented(plain(rv.String())) + `"`
	case kind == reflect.String:
		text = indented(plain(rv.String()))
	case kind <= reflect.Complex128:
		text = printForm(rv)
	default:
		return fmt.Sprintf("(%s) %v", plain(rv.Type().String()), rv)
	}
	if named {
		return plain(rv.Type().String()) + "(" + text + ")"
	}
	return text
}
