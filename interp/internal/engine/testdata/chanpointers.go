package main

import (
	"fmt"
	"reflect"
)

type T struct{ a int }

type U int

// Pointers to channels of types that are not compiled.
func main() {
	p := new(chan []T)
	*p = make(chan []T, 1)
	*p <- []T{{7}}
	fmt.Printf("%T %v\n", p, <-*p)
	var q *<-chan T
	fmt.Printf("%T %T %T\n", q, new(chan<- map[T]int), new([]*chan T))
	fmt.Println(reflect.PointerTo(reflect.ChanOf(reflect.BothDir, reflect.TypeFor[U]())))
	fmt.Println(reflect.TypeFor[*chan U]() == reflect.PointerTo(reflect.ChanOf(reflect.BothDir, reflect.TypeFor[U]())))
	defer func() { fmt.Println("recovered:", recover()) }()
	reflect.ChanOf(reflect.BothDir, reflect.TypeFor[[1 << 17]T]())
}

/* Output:
*chan []main.T [{7}]
*<-chan main.T *chan<- map[main.T]int *[]*chan main.T
*chan main.U
true
recovered: reflect.ChanOf: element size too large
*/
