package tables

import (
	"fmt"
	"slices"
	"strings"
)

// A function is what a formula can call by name: f(x, y) or, the same, x.f(y).
type function struct {
	names string // separated by blanks, the usual one first
	means string
	forms []form // of several the first that takes the arguments is called
}

// A form of a function takes certain types. It is called for the rows in which
// no argument is null, and gives null in the others.
type form struct {
	in   []want
	out  Type
	null bool                                               // may give null for other arguments too; then its loop has a mask to set
	run  caller                                             // or nil
	bind func(fail func(format string, args ...any)) caller // makes what run would be for one call, which can remember things
}

type caller func(a []vec, out *vec, null []bool, n int)

// A want is what a parameter accepts.
type want uint8

const (
	wantFloat want = iota // any number
	wantInt               // any integer
	wantText
	wantBool
	wantTime // a timestamp; a date becomes one
	wantDate
	wantDuration
	wantChar
)

var wantNames = [...]string{"float64", "int64", "string", "bool", "timestamp", "date", "duration", "char"}

// cost is 0 if an argument suits, 1 if it is to be widened, -1 if it does not.
func (w want) cost(t Type) int {
	ok := false
	switch w {
	case wantFloat:
		if t.IsInteger() {
			return 1
		}
		ok = t.IsFloat()
	case wantInt:
		ok = t.IsInteger()
	case wantText:
		ok = t == String
	case wantBool:
		ok = t == Bool
	case wantTime:
		if t == Date {
			return 1
		}
		ok = t == Timestamp
	case wantDate:
		ok = t == Date
	case wantDuration:
		ok = t == Duration
	case wantChar:
		ok = t == Char
	}
	if ok {
		return 0
	}
	return -1
}

// choose finds the form whose parameters suit, exact ones first.
func (f *function) choose(args []node) *form {
	for worst := range 2 {
	next:
		for i := range f.forms {
			if len(f.forms[i].in) != len(args) {
				continue
			}
			for j, a := range args {
				if cost := f.forms[i].in[j].cost(a.typ()); cost < 0 || cost > worst {
					continue next
				}
			}
			return &f.forms[i]
		}
	}
	return nil
}

// signature is what a form takes: "(string, int64)".
func (f *form) signature() string {
	params := make([]string, len(f.in))
	for i, w := range f.in {
		params[i] = wantNames[w]
	}
	return "(" + strings.Join(params, ", ") + ")"
}

// signatures are those of all forms.
func (f *function) signatures() string {
	all := make([]string, len(f.forms))
	for i := range f.forms {
		all[i] = f.forms[i].signature()
	}
	return strings.Join(all, " or ")
}

// formNode compiles a call of a form.
func (c *compiler) formNode(e call, f *form, args []node) node {
	for i, w := range f.in {
		switch {
		case w == wantFloat:
			args[i] = toFloat(args[i])
		case w == wantTime && args[i].typ() == Date:
			args[i] = fold(&dateToTime{x: args[i]}, args[i])
		}
	}
	run := f.run
	if f.bind != nil {
		run = f.bind(func(format string, a ...any) {
			panic(evalError{pos: e.offset(), msg: fmt.Sprintf(format, a...), cause: ErrType})
		})
	}
	return fold(&callNode{t: f.out, args: args, run: run, nulls: f.null}, args...)
}

// carried is a type of values on their way through a formula.
type carried interface {
	int64 | float64 | bool | string
}

// valuesOf is the slice of a vec that holds a type.
func valuesOf[T carried](v *vec) []T {
	switch any((*T)(nil)).(type) {
	case *int64:
		return any(v.i).([]T)
	case *float64:
		return any(v.f).([]T)
	case *bool:
		return any(v.b).([]T)
	}
	return any(v.s).([]T)
}

func wantOf[T carried]() want {
	switch any((*T)(nil)).(type) {
	case *int64:
		return wantInt
	case *float64:
		return wantFloat
	case *bool:
		return wantBool
	}
	return wantText
}

func typeOf[T carried]() Type {
	return [...]Type{Float64, Int64, String, Bool}[wantOf[T]()]
}

// of says what the parameters accept, where their Go types do not.
func (f form) of(in ...want) form {
	f.in = in
	return f
}

// gives says what the result is, where its Go type does not.
func (f form) gives(t Type) form {
	f.out = t
	return f
}

func fn1[A, B carried](f func(A) B) form {
	return form{in: []want{wantOf[A]()}, out: typeOf[B](), run: func(a []vec, out *vec, null []bool, n int) {
		each1(f, valuesOf[A](&a[0]), valuesOf[B](out)[:n], null)
	}}
}

func fn2[A, B, C carried](f func(A, B) C) form {
	return form{in: []want{wantOf[A](), wantOf[B]()}, out: typeOf[C](), run: func(a []vec, out *vec, null []bool, n int) {
		each2(f, valuesOf[A](&a[0]), valuesOf[B](&a[1]), valuesOf[C](out)[:n], null)
	}}
}

func fn3[A, B, C, D carried](f func(A, B, C) D) form {
	return form{in: []want{wantOf[A](), wantOf[B](), wantOf[C]()}, out: typeOf[D](), run: func(a []vec, out *vec, null []bool, n int) {
		x, y, z, o := valuesOf[A](&a[0]), valuesOf[B](&a[1]), valuesOf[C](&a[2]), valuesOf[D](out)[:n]
		for i := range o {
			if null == nil || !null[i] {
				o[i] = f(x[i], y[i], z[i])
			}
		}
	}}
}

// try1 is fn1 for functions that have no result for some arguments.
func try1[A, B carried](f func(A) (B, bool)) form {
	return form{in: []want{wantOf[A]()}, out: typeOf[B](), null: true, run: func(a []vec, out *vec, null []bool, n int) {
		x, o := valuesOf[A](&a[0]), valuesOf[B](out)[:n]
		for i := range o {
			if !null[i] {
				y, ok := f(x[i])
				o[i], null[i] = y, !ok
			}
		}
	}}
}

func try2[A, B, C carried](f func(A, B) (C, bool)) form {
	return form{in: []want{wantOf[A](), wantOf[B]()}, out: typeOf[C](), null: true, run: func(a []vec, out *vec, null []bool, n int) {
		x, y, o := valuesOf[A](&a[0]), valuesOf[B](&a[1]), valuesOf[C](out)[:n]
		for i := range o {
			if !null[i] {
				z, ok := f(x[i], y[i])
				o[i], null[i] = z, !ok
			}
		}
	}}
}

func try3[A, B, C, D carried](f func(A, B, C) (D, bool)) form {
	return form{in: []want{wantOf[A](), wantOf[B](), wantOf[C]()}, out: typeOf[D](), null: true, run: func(a []vec, out *vec, null []bool, n int) {
		x, y, z, o := valuesOf[A](&a[0]), valuesOf[B](&a[1]), valuesOf[C](&a[2]), valuesOf[D](out)[:n]
		for i := range o {
			if !null[i] {
				r, ok := f(x[i], y[i], z[i])
				o[i], null[i] = r, !ok
			}
		}
	}}
}

// fails is a function that can refuse an argument, by an error of the formula.
type fails func(format string, args ...any)

// bound makes a form of one that is made anew for each call in a formula.
func bound(make func(fail fails) form) form {
	f := make(nil)
	f.bind = func(fail func(string, ...any)) caller { return make(fail).run }
	f.run = nil
	return f
}

// loop is a form of one float that works on a chunk, null rows or not.
func loop(f func(out, x []float64)) form {
	return form{in: []want{wantFloat}, out: Float64, run: func(a []vec, out *vec, _ []bool, n int) { f(out.f[:n], a[0].f[:n]) }}
}

// functions finds a function by any of its names.
var functions = func() map[string]*function {
	m := map[string]*function{}
	for _, list := range [][]function{numberFunctions, textFunctions, timeFunctions} {
		for i := range list {
			for _, name := range strings.Fields(list[i].names) {
				if m[name] != nil {
					panic("tables: two functions are named " + name)
				}
				m[name] = &list[i]
			}
		}
	}
	return m
}()

// builtIn reports whether a function of that name gives the same for the same
// arguments, whoever calls it.
func builtIn(name string) bool {
	return functions[name] != nil || slices.Contains(nullFunctions, name) || name == "now" || name == "today"
}

// Functions lists what formulas can call besides the session's own functions:
// the names of each, the types that it takes, the type that it gives, and what
// it means. f(x, y) can also be written x.f(y). Lengths and positions in text
// count characters (Unicode code points), from 0; null in gives null out.
func Functions() *Table {
	var names, takes, gives, means []string
	add := func(name, in, out, what string) {
		names, takes, gives, means = append(names, name), append(takes, in), append(gives, out), append(means, what)
	}
	for _, list := range [][]function{numberFunctions, textFunctions, timeFunctions} {
		for _, f := range list {
			for i := range f.forms {
				add(strings.Join(strings.Fields(f.names), ", "), f.forms[i].signature(), f.forms[i].out.String(), f.means)
			}
		}
	}
	add("now", "()", "timestamp", "the time at which the formula began, the same in all rows")
	add("today", "()", "date", "the day of now(), in UTC")
	add("isNull", "(any)", "bool", "whether a value is null")
	add("isNotNull", "(any)", "bool", "whether a value is not null")
	add("coalesce, replaceIfNull", "(any, …)", "the same", "the first of the values that is not null")
	add("nullIf", "(any, any)", "the same", "the first value, but null where it equals the second")
	for _, name := range aggregates {
		add(name, "(vector)", "a number or an element", "of each row's vector, or of a whole column Col_; nulls in it do not count")
	}
	return New(Strings("Name", names...), Strings("Takes", takes...), Strings("Gives", gives...), Strings("Means", means...))
}
