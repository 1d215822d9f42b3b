package engine

import (
	"bytes"
	"runtime"
	"strings"
)

// A callback that compiled code calls at the bottom of a goroutine of its own
// has nobody above it to catch its panic, which would end the process. There
// the panic is reported as that of a goroutine of the run, and only the
// goroutine ends. Compiled code that catches panics of callbacks is left to
// do so, but for net/http, whose report shows frames of the interpreter.

// runOutside runs a frame for compiled code. A panic goes on when nothing of it
// is left on the stack, so that the calls of native code that are found there
// are those that the panic is still to pass.
func (nf *F) runOutside() {
	if v := nf.runCatching(); v != nil {
		panic(v)
	}
}

// runCatching returns the panic that is to go on.
func (nf *F) runCatching() (onward any) {
	done := false
	defer func() {
		if done {
			return
		}
		th := nf.th
		v := recover()
		if v == nil { // runtime.Goexit, which goes on by itself
			th.m.passed(th)
			return
		}
		by := ""
		if th.run.Stray != nil {
			by = startedBy()
		}
		th.capture(v)
		if by == "" {
			th.m.passed(th)
			if end, ok := v.(Abrupt); ok { // compiled code may take it for a panic of its own
				th.run.End(end, th.trace)
			}
			onward = v
			return
		}
		if v != ErrInterrupted {
			th.run.Stray(th.run, v, th.trace, by, nf.code.pos)
		}
		runtime.Goexit()
	}()
	nf.call()
	done = true
	return nil
}

// startedBy names what started the goroutine that runs, if nothing on it can
// deal with a panic; "": something may.
func startedBy() string {
	switch last := bottom(); {
	case strings.HasPrefix(last, "net/http.(*conn).serve"), strings.HasPrefix(last, "net/http.(*http2serverConn)"):
		return "a handler of net/http"
	case strings.Contains(last, "/interp/internal/engine.thunk_"), strings.HasSuffix(last, "/interp/internal/engine.bounds"), strings.HasPrefix(last, "reflect."):
		return creator()
	}
	return ""
}

// bottom is the function that the goroutine began with.
func bottom() (name string) {
	pcs := make([]uintptr, 128)
	for skip := 0; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		if n == 0 {
			return name
		}
		frames := runtime.CallersFrames(pcs[:n])
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			if f.Function != "" && f.Function != "runtime.goexit" {
				name = f.Function
			}
		}
	}
}

// creator is the function that started the goroutine, as the runtime tells it.
func creator() string {
	buf := make([]byte, 64<<10)
	buf = buf[:runtime.Stack(buf, false)]
	_, by, ok := bytes.Cut(buf, []byte("\ncreated by "))
	if !ok {
		return "compiled code"
	}
	by, _, _ = bytes.Cut(by, []byte("\n"))
	by, _, _ = bytes.Cut(by, []byte(" in goroutine"))
	switch string(by) {
	case "time.goFunc":
		return "time.AfterFunc"
	}
	return string(by)
}
