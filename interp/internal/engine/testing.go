package engine

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

// Package testing runs tests and benchmarks on goroutines of its own, where a
// panic would end the process: GuardTest makes it a failure of the test. It
// also names the lines of compiled callers: the methods that log are given
// the lines of interpreted ones.

// GuardTest calls f, a test or a part of one, and makes its panic, or its end
// by runtime.Goexit, a failure of t.
func (r *Run) GuardTest(t testing.TB, f func()) {
	r.guardTest(t, f, t.FailNow)
}

func (r *Run) guardTest(t testing.TB, f, after func()) {
	done := false
	defer func() {
		if done {
			return
		}
		v := recover()
		var trace []Frame
		if p := r.passed.Swap(nil); p != nil {
			trace = *p
		}
		switch {
		case v == nil && t.Skipped() && !t.Failed():
			return
		case v == nil && !t.Failed():
			logTest(t, "", "the test has ended its goroutine: runtime.Goexit, or FailNow or SkipNow of another test")
		case v != nil && v != ErrInterrupted && r.Word != nil:
			logTest(t, "", r.Word(v, trace))
		}
		t.Fail()
		after()
	}()
	f()
	done = true
}

// logTest writes what t.Log would, with another place.
func logTest(t testing.TB, place, text string) {
	text = strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ")
	io.WriteString(t.Output(), place+text+"\n")
}

// testing makes the methods of package testing guard what they call, and know
// the lines of cells.
func (m *Machine) testing() {
	m.hosts["testing.T.Run"] = func(f *F, params unsafe.Pointer) {
		t := (*testing.T)(f.receiver(params))
		p := (*struct {
			name string
			f    func(*testing.T)
			ok   bool
		})(params)
		test, run := p.f, m.current()
		p.ok = t.Run(p.name, func(t *testing.T) { run.GuardTest(t, func() { test(t) }) })
	}
	m.hosts["testing.B.Run"] = func(f *F, params unsafe.Pointer) {
		b := (*testing.B)(f.receiver(params))
		p := (*struct {
			name string
			f    func(*testing.B)
			ok   bool
		})(params)
		bench, run := p.f, m.current()
		p.ok = b.Run(p.name, func(b *testing.B) { run.GuardTest(b, func() { bench(b) }) })
	}
	m.hosts["testing.B.RunParallel"] = func(f *F, params unsafe.Pointer) {
		b := (*testing.B)(f.receiver(params))
		body, run := *(*func(*testing.PB))(params), m.current()
		b.RunParallel(func(pb *testing.PB) {
			run.guardTest(b, func() { body(pb) }, func() {})
		})
	}
	m.hosts["testing.Benchmark"] = func(f *F, params unsafe.Pointer) {
		p := (*struct {
			f   func(*testing.B)
			res testing.BenchmarkResult
		})(params)
		p.res = m.benchmark(f, p.f)
	}
	m.testLogs()
}

// benchmark is testing.Benchmark, which leaves panics to the goroutine that it
// starts: they go on in the caller's.
func (m *Machine) benchmark(f *F, bench func(*testing.B)) testing.BenchmarkResult {
	var v any
	res := testing.Benchmark(func(b *testing.B) {
		defer func() {
			if r := recover(); r != nil {
				v = r
				b.FailNow()
			}
		}()
		bench(b)
	})
	if v != nil {
		panic(v)
	}
	return res
}

// testLogs are the methods that write lines with the place of their caller,
// those of the type that testing's T and B begin with.
func (m *Machine) testLogs() {
	var helpers sync.Map // full names of the functions that have called Helper
	add := func(method string, host func(f *F, t *testing.T, params unsafe.Pointer)) {
		h := func(f *F, params unsafe.Pointer) { host(f, (*testing.T)(f.receiver(params)), params) }
		m.hosts["testing.common."+method] = h
		m.hostMethod(method, (*testing.T)(nil), h)
		m.hostMethod(method, (*testing.B)(nil), h)
	}
	place := func(f *F) string {
		list := f.callers()
		for _, s := range list {
			if _, helps := helpers.Load(s.name); !helps && s.pos.IsValid() {
				file, line := m.place(s.pos)
				return fmt.Sprintf("%s:%d: ", file, line)
			}
		}
		return ""
	}
	for method, end := range map[string]func(*testing.T){
		"Log": nil, "Error": (*testing.T).Fail, "Fatal": (*testing.T).FailNow, "Skip": (*testing.T).SkipNow,
	} {
		log := func(f *F, t *testing.T, text string) {
			logTest(t, place(f), text)
			if end != nil {
				end(t)
			}
		}
		add(method, func(f *F, t *testing.T, params unsafe.Pointer) { log(f, t, fmt.Sprintln(*(*[]any)(params)...)) })
		add(method+"f", func(f *F, t *testing.T, params unsafe.Pointer) {
			p := (*struct {
				format string
				args   []any
			})(params)
			log(f, t, fmt.Sprintf(p.format, p.args...))
		})
	}
	add("Helper", func(f *F, _ *testing.T, _ unsafe.Pointer) { helpers.Store(f.callers()[0].name, true) })
	add("Cleanup", func(f *F, t *testing.T, params unsafe.Pointer) {
		end, run := *(*func())(params), m.current()
		t.Cleanup(func() { run.guardTest(t, end, func() {}) })
	})
}
