package main

import "fmt"

type mixed struct {
	s string
	a any
	n int
}

type late struct {
	n int
	a any
	s string
}

func try(name string, equal func() bool) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panics:", r)
		}
	}()
	fmt.Println(name, equal())
}

func main() {
	bad := any([]int{1})
	try("text differs before", func() bool { return mixed{"a", bad, 1} == mixed{"b", bad, 1} })
	try("number differs after", func() bool { return mixed{"a", bad, 1} == mixed{"a", bad, 2} })
	try("number differs before", func() bool { return late{1, bad, "a"} == late{2, bad, "a"} })
	try("text differs after", func() bool { return late{1, bad, "a"} == late{1, bad, "b"} })
	try("in any", func() bool { return any(late{1, bad, "a"}) == any(late{1, bad, "b"}) })
	try("map key", func() bool { m := map[any]int{late{1, 2, "a"}: 3}; return m[late{1, 2, "a"}] == 3 })
	try("equal", func() bool { return mixed{"a", 1.5, 2} == mixed{"a", 1.5, 2} })
}

/* Output:
text differs before false
number differs after panics: runtime error: comparing uncomparable type []int
number differs before false
text differs after panics: runtime error: comparing uncomparable type []int
in any panics: runtime error: comparing uncomparable type []int
map key true
equal true
*/
