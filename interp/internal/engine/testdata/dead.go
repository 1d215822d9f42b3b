package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// What nothing mentions any more is collected while its function goes on, and
// nothing else is.

type big struct {
	name string
	pad  [1 << 12]int
	next *big
}

var gone = make(chan string, 100)

func load(name string) *big {
	b := &big{name: name}
	runtime.SetFinalizer(b, func(b *big) { gone <- b.name })
	return b
}

// collected lists, in order of their names, what was collected by now.
func collected() string {
	n := map[string]bool{}
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
		for more := true; more; {
			select {
			case name := <-gone:
				n[name] = true
			default:
				more = false
			}
		}
	}
	var list []string
	for _, c := range "abcdef" {
		if n[string(c)] {
			list = append(list, string(c))
		}
	}
	return strings.Join(list, " ")
}

func say(what string) { fmt.Printf("%s: %q\n", what, collected()) }

//go:noinline
func use(list ...any) int { return len(list) }

func variables() {
	a := load("a")
	b := load("b")
	var c any = load("c")
	say("variables")
	use(a)
	say("without a")
	use(b, c)
	say("without b and c")
}

func parameters(a *big, b, c *big) (d *big) {
	d = c
	say("parameters, without b")
	use(a)
	say("without a")
	return
}

func assigned() {
	a := load("a")
	use(a)
	a = load("b")
	say("assigned")
	use(a)
}

func temporaries() {
	fmt.Sprint(len([]*big{load("a"), load("b")}), struct{ p *big }{load("c")}.p.name)
	m := map[[1]*big]int{{load("d")}: 1}
	_, ok := m[[1]*big{load("e")}]
	say("temporaries")
	use(m, ok)
}

func branches(n int) {
	a, b := load("a"), load("b")
	if c := load("c"); n > 0 {
		use(a)
		say("then")
	} else {
		use(b, c)
		say("else")
	}
	switch d := any(load("d")).(type) {
	case *big:
		use(d)
		say("case")
	}
}

func loops(list []string) {
	for i, name := range list {
		p := load(name)
		use(p)
		if i == 1 {
			say("loop")
			break
		}
	}
	say("after the loop")
	ch := make(chan *big, 2)
	ch <- load("c")
	ch <- load("d")
	close(ch)
	for p := range ch {
		use(p)
		say("received")
	}
}

func keeps(a *big) {
	say("argument")
	use(a)
	say("no argument")
}

func moved() {
	a, b := load("a"), big{next: load("b")}
	keeps(a)
	keeps(&b)
}

func captured() {
	a, b := load("a"), load("b")
	f := func() { use(a) }
	f()
	say("captured, without b")
	use(f, b == nil)
	say("called")
}

func panics() (p *big) {
	a := load("a")
	p = load("b")
	defer func() {
		say("recovering")
		recover()
	}()
	use(a)
	panic(inner(load("c")))
}

func inner(c *big) string { return c.name }

func elements() func(func(*big) bool) {
	return func(yield func(*big) bool) {
		_ = yield(load("a")) && yield(load("b"))
	}
}

func ranges() {
	for p := range elements() {
		use(p)
		say("yielded")
	}
}

func again() {
	i, a := 0, load("a")
again:
	if i++; i < 3 {
		use(a)
		say("goto")
		goto again
	}
}

func stays() {
	b, c, d, e := load("b"), load("c"), load("d"), load("e")
	for j := range 3 {
		switch {
		case j < 2:
			say("fallthrough")
			fallthrough
		default:
			fmt.Println(use(b), b.name)
		}
		func() {
			defer func() { fmt.Println(use(c), c.name, recover()) }()
			panic(use(d))
		}()
	}
outer:
	for j := range 2 {
		for {
			f := load("f")
			say("continue")
			if use(e, f); j == 0 {
				continue outer
			}
			break outer
		}
	}
	say("stays")
}

func main() {
	variables()
	say("left")
	c := parameters(load("a"), load("b"), load("c"))
	use(c)
	say("c")
	assigned()
	say("left")
	temporaries()
	say("left")
	branches(1)
	say("left")
	branches(0)
	say("left")
	loops([]string{"a", "b"})
	say("left")
	moved()
	captured()
	say("left")
	use(panics())
	say("left")
	ranges()
	again()
	say("left")
	stays()
	say("left")
}

/* Output:
variables: ""
without a: "a"
without b and c: "b c"
left: ""
parameters, without b: "b"
without a: "a"
c: "c"
assigned: "a"
left: "b"
temporaries: "a b c e"
left: "d"
then: "a b c"
case: "d"
left: ""
else: "a b c"
case: "d"
left: ""
loop: "a b"
after the loop: ""
received: "c"
received: "d"
left: ""
argument: ""
no argument: "a"
argument: ""
no argument: "b"
captured, without b: ""
called: "a b"
left: ""
recovering: "a c"
left: "b"
yielded: "a"
yielded: "b"
goto: ""
goto: ""
left: "a"
fallthrough: ""
1 b
1 c 1
fallthrough: ""
1 b
1 c 1
1 b
1 c 1
continue: "b c d"
continue: "f"
stays: "e f"
left: ""
*/
