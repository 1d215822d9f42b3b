package main

import (
	"fmt"
	"runtime"
)

func main() {
	done := make(chan string)
	go func() {
		defer func() { done <- fmt.Sprint("goexit ", recover()) }()
		defer func() { runtime.Goexit() }()
		panic("lost")
	}()
	fmt.Println(<-done)
	go func() {
		defer func() { done <- fmt.Sprint("goexit ", recover()) }()
		defer func() { panic("in goexit") }()
		runtime.Goexit()
	}()
	fmt.Println(<-done)
	go func() {
		defer func() { done <- fmt.Sprint("goexit ", recover()) }()
		func() {
			defer func() { fmt.Println("r", recover()) }()
			defer func() { panic("in goexit") }()
			runtime.Goexit()
		}()
		fmt.Println("not reached")
	}()
	fmt.Println(<-done)
}

/* Output:
goexit <nil>
goexit in goexit
r in goexit
goexit <nil>
*/
