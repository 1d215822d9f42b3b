package main

import "fmt"

type plain struct{ v int8 }

func (l plain) Label() string { return fmt.Sprint(l.v) }

type box[K comparable, V any] struct {
	k K
	v [4]V
}

func (b box[K, V]) Label() string { return fmt.Sprint(b.v) }

type labelled interface{ Label() string }

func main() {
	es := []labelled{(*plain)(nil), (*box[int8, []string])(nil), (*box[plain, plain])(nil)}
	for _, e := range es {
		func() {
			defer func() { fmt.Println(recover()) }()
			e.Label()
		}()
	}
}

/* Output:
value method main.plain.Label called using nil *plain pointer
value method main.box[...].Label called using nil *box[...] pointer
value method main.box[...].Label called using nil *box[...] pointer
*/
