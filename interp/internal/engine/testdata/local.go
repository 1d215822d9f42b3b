package main

import "fmt"

type G[T any] struct{ v T }

func F[A any](a A) {
	type Plain struct{ a A }
	type Gen[B any] struct {
		a A
		b B
	}
	fmt.Printf("%T %T %T %T %T\n", Plain{}, Gen[int]{}, G[Plain]{}, G[Gen[string]]{}, G[map[string]*Plain]{})
	func() {
		type Deep struct{ p Plain }
		fmt.Printf("%T %T\n", Deep{}, G[Deep]{})
	}()
	var x, y any = Plain{a}, Gen[Plain]{a: a}
	_, ok := x.(Plain)
	_, ok2 := y.(Gen[Plain])
	fmt.Println(ok, ok2, fmt.Sprint(y))
	last = append(last, x, y, Gen[int]{})
}

var last []any

type R[T any] struct{ t T }

func (r R[T]) M() any {
	type In struct{ t T }
	return In{r.t}
}

func main() {
	type Local int
	F(1)
	F("s")
	F(Local(2))
	for i, a := range last {
		for j, b := range last[:i] {
			if fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b) {
				fmt.Println("same name", i, j)
			}
		}
	}
	fmt.Printf("%T %T %T %v\n", Local(1), G[Local]{}, R[int]{}.M(), R[int]{}.M() == R[int]{}.M())
	fmt.Printf("%T %v\n", R[Local]{}.M(), R[int]{}.M() == R[int8]{}.M())
	{
		type Local string
		fmt.Printf("%T %T\n", Local("x"), G[Local]{})
	}
}

/* Output:
main.Plain[int] main.Gen[int;int] main.G[main.Plain[int]·1] main.G[main.Gen[int;string]·2] main.G[map[string]*main.Plain[int]·1]
main.Deep[int] main.G[main.Deep[int]·3]
true true {1 {0}}
main.Plain[string] main.Gen[string;int] main.G[main.Plain[string]·1] main.G[main.Gen[string;string]·2] main.G[map[string]*main.Plain[string]·1]
main.Deep[string] main.G[main.Deep[string]·3]
true true {s {}}
main.Plain[main.Local·5] main.Gen[main.Local·5;int] main.G[main.Plain[main.Local·5]·1] main.G[main.Gen[main.Local·5;string]·2] main.G[map[string]*main.Plain[main.Local·5]·1]
main.Deep[main.Local·5] main.G[main.Deep[main.Local·5]·3]
true true {2 {0}}
main.Local main.G[main.Local·5] main.In[int] true
main.In[main.Local·5] false
main.Local main.G[main.Local·6]
*/
