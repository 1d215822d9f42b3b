package main

import "fmt"

// statements are what cells are made of; each adds source, and its effect to
// the model.
var statements = []func(*writer){
	setInt, setInt, setText, setList, grow, setEntry, function, closure, retype, setPoint,
	printAll, printAll, printError, display, live, loop, parallel, rescue, pause, method,
}

func setInt(w *writer) {
	name := w.name("v", 12)
	source, value := w.number(1 + w.r.IntN(3))
	_, known := w.m.ints[name]
	if name == "v0" && w.functions {
		w.defined[name] = true // or it would be declared from itself
	}
	w.add("%s %s %s", name, w.define(name, known), source)
	w.m.ints[name] = value
}

func setText(w *writer) {
	name := w.name("s", 6)
	source, value := w.number(1)
	_, known := w.m.texts[name]
	w.add("%s %s fmt.Sprint(%q, %s)", name, w.define(name, known), "é<&>\"", source)
	w.m.texts[name] = "é<&>\"" + fmt.Sprint(value)
}

func setList(w *writer) {
	name := w.name("l", 6)
	source, value := w.number(1)
	_, known := w.m.lists[name]
	w.add("%s %s []int{%s, 7}", name, w.define(name, known), source)
	w.m.lists[name] = []int{value, 7}
}

func grow(w *writer) {
	name := pick(w.r, w.m.lists)
	source, value := w.number(1)
	list := w.m.lists[name]
	if len(list) > 20 {
		w.add("%s = %s[:3]", name, name)
		w.m.lists[name] = list[:3:3]
		return
	}
	w.add("%s = append(%s, %s)", name, name, source)
	w.m.lists[name] = append(list[:len(list):len(list)], value)
}

func setEntry(w *writer) {
	name, key := pick(w.r, w.m.tables), fmt.Sprint("k", w.r.IntN(5))
	if w.r.IntN(4) == 0 {
		w.add("delete(%s, %q)", name, key)
		delete(w.m.tables[name], key)
		return
	}
	source, value := w.number(1)
	w.add("%s[%q] = %s", name, key, source)
	w.m.tables[name][key] = value
}

// function declares one that reads v0, which the cell must not declare from it.
func function(w *writer) {
	name := w.name("f", 6)
	if w.defined[name] || w.defined["v0"] {
		return
	}
	w.defined[name] = true
	f := line{w.r.IntN(20), w.r.IntN(50), "v0"}
	// A declared function stands before the cell's statements, whatever its
	// place: what the cell has called it for so far must not have changed.
	if _, known := w.m.lines[name]; known && len(w.lines) > 0 {
		return
	}
	w.functions = true
	w.add("func %s(x int) int { return x*%d + %d + %s }", name, f.by, f.plus, f.via)
	w.m.lines[name] = f
}

func closure(w *writer) {
	name := w.name("c", 4)
	if n, known := w.m.counts[name]; known {
		w.add("fmt.Println(%s())", name)
		w.m.counts[name]++
		w.prints("stdout", fmt.Sprintln(n+1))
		return
	}
	w.add("%s := func() func() int { n := 0; return func() int { n++; return n } }()", name)
	w.m.counts[name] = 0
}

// retype gives a variable a value of another type.
func retype(w *writer) {
	name := w.name("w", 4)
	if w.defined[name] {
		return
	}
	w.defined[name] = true
	v := []any{w.r.IntN(100), "text", 1.5, true, []string{"a", "b"}, map[string]int{"a": 1}}[w.r.IntN(6)]
	w.add("%s := %#v", name, v)
	w.m.any[name] = v
	w.add("fmt.Printf(\"%%T %%v\\n\", %s, %s)", name, name)
	w.prints("stdout", fmt.Sprintf("%T %v\n", v, v))
}

func setPoint(w *writer) {
	name := w.name("p", 4)
	source, value := w.number(1)
	_, known := w.m.points[name]
	w.add("%s %s Point{%s, 3}", name, w.define(name, known), source)
	w.m.points[name] = point{value, 3}
}

func method(w *writer) {
	if len(w.m.points) == 0 {
		return
	}
	name := pick(w.r, w.m.points)
	p := w.m.points[name]
	w.add("%s.Y++", name)
	p.Y++
	w.m.points[name] = p
	w.add("fmt.Println(%s, %s.Scaled(2))", name, name)
	w.prints("stdout", fmt.Sprintln(p, (p.X+p.Y)*2))
}

func printAll(w *writer) {
	v, s, l, m := pick(w.r, w.m.ints), pick(w.r, w.m.texts), pick(w.r, w.m.lists), pick(w.r, w.m.tables)
	w.add("fmt.Println(%s, %s, %s, %s)", v, s, l, m)
	w.prints("stdout", fmt.Sprintln(w.m.ints[v], w.m.texts[s], w.m.lists[l], w.m.tables[m]))
}

func printError(w *writer) {
	source, value := w.number(1)
	w.add("fmt.Fprintln(os.Stderr, \"err\", %s)", source)
	w.prints("stderr", fmt.Sprintln("err", value))
}

func display(w *writer) {
	source, value := w.number(1)
	if w.r.IntN(2) == 0 {
		w.add("show.Show(show.HTML(fmt.Sprintf(\"<b>%%d</b>\", %s)))", source)
		w.expect("display_data text/html", fmt.Sprintf("<b>%d</b>", value))
		return
	}
	w.add("show.Show(show.Plain(fmt.Sprint(\"value \", %s)))", source)
	w.expect("display_data text/plain", fmt.Sprint("value ", value))
}

func live(w *writer) {
	h := fmt.Sprint("h", w.r.IntN(1e6))
	w.add("%s := show.Live(show.Plain(\"one\"))\n%s.Update(show.Plain(\"two\"))", h, h)
	w.expect("display_data text/plain", "one")
	w.expect("update_display_data text/plain", "two")
}

// loop runs long enough, at times, to be compiled.
func loop(w *writer) {
	n, by := 1+w.r.IntN(50), 1+w.r.IntN(9)
	if w.r.IntN(20) == 0 {
		n *= 10_000
	}
	name := pick(w.r, w.m.ints)
	w.add("for i := 0; i < %d; i++ {\n\tif i%%3 == 0 {\n\t\tcontinue\n\t}\n\t%s += i %% %d\n}", n, name, by)
	for i := range n {
		if i%3 != 0 {
			w.m.ints[name] += i % by
		}
	}
}

func parallel(w *writer) {
	n := 1 + w.r.IntN(20)
	w.add("func() {\n\tch, sum := make(chan int, 3), 0\n\tfor i := range %d {\n\t\tgo func() { ch <- i * i }()\n\t}\n"+
		"\tfor range %d {\n\t\tsum += <-ch\n\t}\n\tfmt.Println(\"sum\", sum)\n}()", n, n)
	sum := 0
	for i := range n {
		sum += i * i
	}
	w.prints("stdout", fmt.Sprintln("sum", sum))
}

func rescue(w *writer) {
	w.add("func() {\n\tdefer func() { fmt.Println(\"rescued\", recover()) }()\n\tvar none []int\n\tnone[3]++\n}()")
	w.prints("stdout", "rescued runtime error: index out of range [3] with length 0\n")
}

func pause(w *writer) { w.add("time.Sleep(%d * time.Millisecond)", 1+w.r.IntN(15)) }

// endings are the ways in which a cell ends early.
var endings = []struct{ source, name string }{
	{"panic(\"of the soak\")", "panic"},
	{"var none []int\nnone[3]++", "panic"},
	{"var nowhere map[string]int\nnowhere[\"a\"] = 1", "panic"},
	{"func(a, b int) int { return a / b }(1, 0)", "panic"},
	{"var nobody *Point\nnobody.X = 1", "panic"},
	{"os.Exit(3)", "os.Exit"},
	{"<-make(chan int)", "deadlock"},
}

// write makes a cell that ends well, with a value at times, or by a panic.
func (w *writer) write(ends bool) cell {
	for range 1 + w.r.IntN(6) {
		statements[w.r.IntN(len(statements))](w)
	}
	switch {
	case ends:
		e := endings[w.r.IntN(len(endings)-1)]
		w.add("%s", e.source)
		w.failed = e.name
		w.expect("error", e.name)
	case w.r.IntN(3) == 0:
		source, value := w.number(2)
		w.add("%s + 0", source)
		w.expect("execute_result text/plain", fmt.Sprint(value))
	default:
		w.add("_ = 0")
	}
	return w.done()
}

// broken makes cells that do not compile and so change nothing.
func (w *writer) broken() cell {
	v := pick(w.r, w.m.ints)
	w.add("%s = 17\nfmt.Println(\"never\")", v)
	w.add("%s", []string{"undefinedName++", v + " = \"text\"", "for {", "func f0() {", "return 1, 2, )"}[w.r.IntN(5)])
	w.failed = "compile error"
	w.expect("error", w.failed)
	return w.done()
}
