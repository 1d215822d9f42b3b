package main

import (
	"fmt"
	"reflect"
)

// What package reflect has wrapped recovers where it is deferred itself.

type T struct{ name string }

func (t T) M() { fmt.Println(t.name, recover()) }

func (t *T) P() { fmt.Println(t.name, recover()) }

type outer struct{ T }

func made([]reflect.Value) []reflect.Value {
	fmt.Println("made", recover())
	return nil
}

func calls(args []reflect.Value) []reflect.Value {
	args[0].Interface().(func())()
	return nil
}

func try(f func()) {
	defer func() { fmt.Println("left over:", recover()) }()
	defer f()
	panic("p")
}

func main() {
	t := T{"t"}
	try(reflect.ValueOf(t).Method(0).Interface().(func()))
	try(reflect.ValueOf(&t).Method(1).Interface().(func()))
	f := reflect.TypeOf(t).Method(0).Func.Interface().(func(T))
	func() {
		defer f(t)
		panic("q")
	}()
	var m interface{ M() } = outer{T{"embedded"}}
	func() {
		defer m.M()
		panic("r")
	}()
	try(m.M)
	try(reflect.MakeFunc(reflect.TypeFor[func()](), made).Interface().(func()))
	g := reflect.MakeFunc(reflect.TypeFor[func(func())](), calls).Interface().(func(func()))
	defer func() { fmt.Println("at last", recover()) }()
	defer g(func() { fmt.Println("not by itself", recover()) })
	panic("s")
}

/* Output:
t p
left over: <nil>
t p
left over: <nil>
t q
embedded r
embedded p
left over: <nil>
made p
left over: <nil>
not by itself <nil>
at last s
*/
