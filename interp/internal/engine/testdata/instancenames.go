package main

import "fmt"

type List[T any] struct{ Head T }

type point struct{ X, Y int }

type Alias = point

// The names of instances have their arguments as the linker writes types.
func main() {
	fmt.Printf("%T\n", List[struct{ int }]{})
	fmt.Printf("%T\n", List[struct{ error }]{})
	fmt.Printf("%T\n", List[struct{ Alias }]{})
	fmt.Printf("%T\n", List[struct{ *point }]{})
	fmt.Printf("%T\n", List[struct{ List[int] }]{})
	fmt.Printf("%T\n", List[struct {
		point `k:"v"`
		b     any
	}]{})
	fmt.Printf("%T\n", List[<-chan (<-chan int)]{})
	fmt.Printf("%T\n", List[chan (<-chan int)]{})
	fmt.Printf("%T\n", List[chan<- (<-chan point)]{})
}

/* Output:
main.List[struct { main.int = int }]
main.List[struct { main.error = error }]
main.List[struct { Alias = main.point }]
main.List[struct { *main.point }]
main.List[struct { List = main.List[int] }]
main.List[struct { main.point "k:\"v\""; main.b interface {} }]
main.List[<-chan <-chan int]
main.List[chan (<-chan int)]
main.List[chan<- <-chan main.point]
*/
