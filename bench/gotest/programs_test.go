package main

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestRecipe(t *testing.T) {
	here := "//go:build " + runtime.GOOS + "\n"
	for _, c := range []struct {
		name, src string
		run       bool
		args, env string
		limit     time.Duration
		flags     string
	}{
		{"plain", "// run\n\npackage main\n", true, "", "", 0, ""},
		{"no space", "//run\n\npackage main\n", true, "", "", 0, ""},
		{"arguments", "// run arg1 'arg 2'\n\npackage main\n", true, "arg1|arg 2", "", 0, ""},
		{"compiler flags", "// run -gcflags='all=-N -l' -race x\n\npackage main\n", true, "x", "", 0, "-gcflags=all=-N -l|-race"},
		{"limit and settings", "// run -t 90 -godebug a=1 -goexperiment e\n\npackage main\n", true, "", "GODEBUG=a=1|GOEXPERIMENT=e", 90 * time.Second, ""},
		{"other action", "// rundir\n\npackage main\n", false, "", "", 0, ""},
		{"several files", "// run other.go\n\npackage main\n", false, "other.go", "", 0, ""},
		{"skip", "// skip\n\npackage main\n", false, "", "", 0, ""},
		{"prose", "// don't run this\n\npackage main\n", false, "", "", 0, ""},
		{"constraint before", here + "// run\n\npackage main\n", true, "", "", 0, ""},
		{"constraint after", "// run\n\n//go:build !" + runtime.GOOS + "\n\npackage main\n", false, "", "", 0, ""},
		{"old constraint", "// +build plan9x\n// run\n\npackage main\n", false, "", "", 0, ""},
		{"constraint below the clause", "// run\n\npackage main\n\n//go:build ignore\n", true, "", "", 0, ""},
		{"release", "// run\n//go:build go1.18 && gc && test_run\n\npackage main\n", true, "", "", 0, ""},
		{"later run", "// errorcheck\n// run\n\npackage main\n", false, "", "", 0, ""},
	} {
		p, run, err := recipe(c.src)
		if err != nil || run != c.run {
			t.Errorf("%s: run %t, %v; want %t", c.name, run, err, c.run)
			continue
		}
		if got := strings.Join(p.Args, "|"); got != c.args {
			t.Errorf("%s: arguments %q, want %q", c.name, got, c.args)
		}
		if got := strings.Join(p.Env, "|"); got != c.env {
			t.Errorf("%s: environment %q, want %q", c.name, got, c.env)
		}
		if got := strings.Join(p.Flags, "|"); got != c.flags {
			t.Errorf("%s: compiler flags %q, want %q", c.name, got, c.flags)
		}
		if got := strings.Join(p.flags(false), "|"); got != strings.TrimSuffix(c.flags, "|-race") {
			t.Errorf("%s: flags for the interpreter %q, want all but -race of %q", c.name, got, c.flags)
		}
		if p.Limit != c.limit {
			t.Errorf("%s: limit %v, want %v", c.name, p.Limit, c.limit)
		}
	}
	for _, src := range []string{"// run -t\n", "// run -t soon\n", "// run 'open\n"} {
		if _, _, err := recipe(src); err == nil {
			t.Errorf("%q: no error", src)
		}
	}
}

func TestFeature(t *testing.T) {
	for src, want := range map[string]string{
		`func main() {}`: usePlain,
		`import "runtime"; func main() { runtime.GC(); runtime.Gosched() }`:                    usePlain,
		`import "runtime"; func f() { runtime.Caller(0) }`:                                     useRuntime,
		`import r "runtime"; var m r.MemStats`:                                                 useRuntime,
		`import "runtime/debug"; var _ = debug.Stack`:                                          useRuntime,
		`import "reflect"; var v = reflect.ValueOf(1)`:                                         usePlain,
		`import "reflect"; var v reflect.SliceHeader`:                                          useRuntime,
		`import ("runtime"; "unsafe"); var _ unsafe.Pointer; func f() { runtime.Caller(0) }`:   useUnsafe,
		"import _ \"os\"\n//go:linkname f runtime.f\nfunc f()":                                 useUnsafe,
		`import "os/exec"; var _ = exec.Command`:                                               useExec,
		`func f[T any](T) {}`:                                                                  useGeneric,
		`type s[T any] struct{}`:                                                               useGeneric,
		`import "os/exec"; var _ = exec.Command; type s[T any] struct{}`:                       useExec,
		`type runtimes struct{ Caller func() }; func f(runtime runtimes) { runtime.Caller() }`: usePlain,
		`import "syscall"; var _ = syscall.Getpid`:                                             useRuntime,
		`this is not Go`: usePlain,
	} {
		if got := feature("package main\n" + src); got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}
