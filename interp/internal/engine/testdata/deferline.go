package main

import (
	"fmt"
	"runtime"
)

// Deferred calls are made where their function ends.

func where() {
	_, _, line, _ := runtime.Caller(1)
	fmt.Println(line)
}

func brace() {
	defer where()
	fmt.Println("brace")
}

func result(n int) (r int) {
	defer func() { r *= 2; where() }()
	defer where()
	if n > 0 {
		return n + 1
	}
	return
}

func main() {
	brace()
	fmt.Println(result(1), result(0))
	func() {
		defer func() {
			_, _, line, _ := runtime.Caller(1)
			fmt.Println(line)
		}()
	}()
}

/* Output:
brace
18
24
21
26
21
4 0
37
*/
