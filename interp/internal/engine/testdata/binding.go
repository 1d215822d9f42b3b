package main

import "fmt"

type mid struct{ log []string }

func (m *mid) Add(s string) { m.log = append(m.log, s) }

type top struct{ *mid }

type named struct{ Stringer fmt.Stringer }

func index() int { fmt.Print("i "); return 5 }
func value() int { fmt.Print("v "); return 1 }

func main() {
	t := top{&mid{}}
	old := t.mid
	f := t.Add
	t.mid = &mid{}
	f("x")
	fmt.Println(len(old.log), len(t.mid.log))
	func() {
		defer func() { fmt.Println(recover()) }()
		xs := []int{1}
		xs[index()] += value()
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		var v any
		_ = v.(fmt.Stringer)
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		var v any = 3
		_ = v.(fmt.Stringer)
	}()
}

/* Output:
1 0
i v runtime error: index out of range [5] with length 1
interface conversion: interface is nil, not fmt.Stringer
interface conversion: int is not fmt.Stringer: missing method String
*/
