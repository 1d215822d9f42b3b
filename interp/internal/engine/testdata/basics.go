package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

type Celsius float64

func (c Celsius) String() string { return fmt.Sprintf("%.1f°C", float64(c)) }

type Shape interface {
	Area() float64
	Name() string
}

type base struct{ name string }

func (b *base) Name() string { return b.name }

type Square struct {
	*base
	Side float64
}

func (s Square) Area() float64 { return s.Side * s.Side }

type NotFound struct{ Key string }

func (n *NotFound) Error() string { return "not found: " + n.Key }

func find(k string) error { return fmt.Errorf("find: %w", &NotFound{k}) }

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (x T, ok bool) {
	if len(s.items) == 0 {
		return x, false
	}
	x = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}

func Map[T, U any](xs []T, f func(T) U) []U {
	var out []U
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func divide(a, b int) (q int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	return a / b, nil
}

func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func firstBig(n int) int {
	for x := range count(100) {
		defer fmt.Println("deferred", x)
		if x*x > n {
			return x
		}
	}
	return -1
}

type Tree struct {
	L, R *Tree
	V    int
}

func (t *Tree) Insert(v int) *Tree {
	if t == nil {
		return &Tree{V: v}
	}
	if v < t.V {
		t.L = t.L.Insert(v)
	} else {
		t.R = t.R.Insert(v)
	}
	return t
}

func (t *Tree) Walk(f func(int)) {
	if t != nil {
		t.L.Walk(f)
		f(t.V)
		t.R.Walk(f)
	}
}

func main() {
	fmt.Println("hello", 1+2, fib(15))
	temps := []Celsius{1, 2.5}
	fmt.Println(temps, map[string]Celsius{"a": 3})
	fmt.Printf("%T %v %+v\n", temps, temps[0], struct{ A Celsius }{4})
	var s Shape = Square{&base{"sq"}, 3}
	fmt.Println(s.Name(), s.Area())
	err := find("x")
	var nf *NotFound
	fmt.Println(err, errors.As(err, &nf), nf.Key)
	st := &Stack[string]{}
	st.Push("a")
	st.Push("b")
	x, ok := st.Pop()
	fmt.Println(x, ok, len(st.items))
	fmt.Printf("%T\n", st)
	fmt.Println(Map([]int{1, 2, 3}, func(i int) string { return strings.Repeat("x", i) }))
	_, e := divide(1, 0)
	fmt.Println(e)
	fmt.Println(firstBig(5))
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { return i })
	}
	for _, f := range fs {
		fmt.Print(f(), " ")
	}
	fmt.Println()
	m := map[string]int{"b": 2, "a": 1}
	keys := slices.Sorted(maps.Keys(m))
	fmt.Println(keys, len(m))
	m["c"]++
	delete(m, "a")
	v, ok := m["zz"]
	fmt.Println(m, v, ok)
	people := []struct {
		Name string
		Age  int
	}{{"Bob", 30}, {"Al", 20}}
	sort.Slice(people, func(i, j int) bool { return people[i].Age < people[j].Age })
	fmt.Println(people)
	b, _ := json.Marshal(Square{&base{"q"}, 2})
	fmt.Println(string(b))
	var root *Tree
	for _, v := range []int{5, 2, 8, 1} {
		root = root.Insert(v)
	}
	sum := 0
	root.Walk(func(v int) { sum += v; fmt.Print(v, ",") })
	fmt.Println(sum)
	var any1 any = Celsius(3)
	switch v := any1.(type) {
	case float64:
		fmt.Println("float64", v)
	case fmt.Stringer:
		fmt.Println("stringer", v)
	}
	ch := make(chan int)
	go func() {
		for i := range 3 {
			ch <- i
		}
		close(ch)
	}()
	for v := range ch {
		fmt.Print(v, " ")
	}
	fmt.Println()
	a, c := 1, 2
	a, c = c, a
	arr := [3]int{1, 2, 3}
	brr := arr
	brr[1] = 9
	fmt.Println(a, c, arr, brr, arr == brr)
outer:
	for i := range 3 {
		for j := range 3 {
			if j == 2 {
				continue outer
			}
			if i == 2 {
				break outer
			}
			fmt.Print(i, j, ";")
		}
	}
	fmt.Println()
	f := Celsius.String
	g := temps[1].String
	fmt.Println(f(7), g(), min(3, 1, 2), max(2.5, 1))
	var np *Tree
	defer func() {
		r := recover()
		fmt.Println("recovered:", r)
		_ = np
	}()
	fmt.Println(np.V)
}

/* Output:
hello 3 610
[1.0°C 2.5°C] map[a:3.0°C]
[]main.Celsius 1.0°C {A:4.0°C}
sq 9
find: not found: x true x
b true 1
*main.Stack[string]
[x xx xxx]
runtime error: integer divide by zero
deferred 3
deferred 2
deferred 1
deferred 0
3
0 1 2
[a b] 2
map[b:2 c:1] 0 false
[{Al 20} {Bob 30}]
{"Side":2}
1,2,5,8,16
stringer 3.0°C
0 1 2
2 1 [1 2 3] [1 9 3] false
0 0;0 1;1 0;1 1;
7.0°C 2.5°C 1 2.5
recovered: runtime error: invalid memory address or nil pointer dereference
*/
