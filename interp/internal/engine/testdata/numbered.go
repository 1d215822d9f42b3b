package main

import (
	"fmt"
	"runtime"
	"time"
	"unsafe"
)

// What becomes a number in an argument is kept until the call has returned,
// and no longer.

var gone = make(chan string, 10)

func load(name string) unsafe.Pointer {
	s := &struct {
		name string
		pad  [100]int
	}{name: name}
	runtime.SetFinalizer(s, func(s *struct {
		name string
		pad  [100]int
	}) {
		gone <- s.name
	})
	return unsafe.Pointer(s)
}

func collected() (list []string) {
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	for {
		select {
		case name := <-gone:
			list = append(list, name)
		default:
			return list
		}
	}
}

//go:noinline
//go:uintptrescapes
func call(p uintptr, more ...uintptr) int {
	fmt.Println("called", collected(), *(*string)(unsafe.Pointer(p)), len(more))
	return 0
}

type T struct{}

//go:noinline
//go:uintptrescapes
func (T) call(p uintptr) { call(p) }

func main() {
	_ = call(uintptr(load("a"))) + len(fmt.Sprint(len(collected())))
	func() {
		defer T{}.call(uintptr(load("b")))
		defer func() { recover() }()
		panic("c")
	}()
	fmt.Println(collected())
	done := make(chan bool)
	go func() {
		call(uintptr(load("d")), uintptr(load("e")))
		done <- true
	}()
	<-done
	fmt.Println(len(collected()))
}

/* Output:
called [] a 0
called [] b 0
[b]
called [] d 1
2
*/
