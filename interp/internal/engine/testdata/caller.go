package main

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
)

type T struct{}

func (T) Value() string    { return here(1) }
func (*T) Pointer() string { return here(1) }

func generic[A any](A) string { return here(1) }

// here says who calls.
func here(skip int) string {
	pc, file, line, ok := runtime.Caller(skip)
	if !ok {
		return "nobody"
	}
	f := runtime.FuncForPC(pc)
	ffile, fline := f.FileLine(pc)
	return fmt.Sprint(f.Name(), " ", base(file), ":", line, " ", file == ffile && line == fline)
}

func base(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func frames() (out []string) {
	pcs := make([]uintptr, 10)
	it := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	for {
		f, more := it.Next()
		out = append(out, f.Function)
		if !more || f.Function == "main.main" {
			return out
		}
	}
}

//go:noinline
func nested() (out []string) {
	func() { out = frames() }()
	return out
}

func crash() { panic(errors.New("crash")) }

func seen(f func()) (out string) {
	defer func() {
		recover()
		for i := 0; ; i++ {
			_, _, line, ok := runtime.Caller(i)
			pc, _, _, _ := runtime.Caller(i)
			if name := runtime.FuncForPC(pc).Name(); !ok || name == "main.crash" {
				out = fmt.Sprint(name, line)
				return
			}
		}
	}()
	f()
	return ""
}

func f1() {}
func f2() {}

func main() {
	fmt.Println(here(1), here(9))
	fmt.Println(T{}.Value(), (&T{}).Pointer(), generic(1))
	fmt.Println(func() string { return here(1) }())
	fmt.Println(nested())
	fmt.Println(seen(crash))
	fmt.Println(strings.Contains(string(debug.Stack()), "main.main("))
	name := func(f any) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }
	fmt.Println(name(f1), name(f2), name(strings.ToUpper), name(func() {}))
	p1, p2, q := reflect.ValueOf(f1).Pointer(), reflect.ValueOf(f2).Pointer(), reflect.ValueOf(f1).Pointer()
	fmt.Println(p1 == p2, p1 == q)
}

/* Output:
main.main caller.go:72 true nobody
main.T.Value caller.go:14 true main.(*T).Pointer caller.go:15 true main.generic[...] caller.go:17 true
main.main.func1 caller.go:74 true
[runtime.Callers main.frames main.nested.func1 main.nested main.main]
main.crash50
true
main.f1 main.f2 strings.ToUpper main.main.func3
false true
*/
