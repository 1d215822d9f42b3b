package main

import (
	"fmt"
	"reflect"
	"unsafe"
)

func pair() ([]string, string)        { return []string{"foo"}, "bar" }
func three() ([]byte, byte, byte)     { return []byte("ab"), '1', '2' }
func parts() (float32, float32)       { return 5, 7 }
func array() *[3]int                  { calls++; return nil }
func values() [3]int                  { calls++; return [3]int{7, 8, 9} }
func try(name string, f func())       { defer func() { fmt.Println(name, recover()) }(); f() }
func copies(dst []int) ([]int, []int) { return dst, []int{4, 5} }

var calls int

type Inner struct{ B int }

type Outer[K any] struct {
	A K
	Inner
}

func offsets[K any](o *Outer[K]) (uintptr, uintptr) {
	return unsafe.Offsetof(o.B), unsafe.Offsetof(o.Inner)
}

var blank = struct{ a, _, c int }{1, 2, 3}

// recovers are deferred calls of recover: they stop a panic that their own
// function was called for, not the one that it is left by.
func recovers() {
	defer func() { fmt.Println("later", recover()) }()
	defer func() {
		defer func() { fmt.Println("second", recover()) }()
		defer recover()
		panic(2)
	}()
	defer recover()
	panic(1)
}

func stopped() {
	defer func() { fmt.Println("gone", recover()) }()
	defer func() { defer recover() }()
	panic(1)
}

func main() {
	recovers()
	stopped()

	// Builtins with the results of one call as arguments.
	fmt.Println(append(pair()))
	fmt.Println(string(append(three())))
	fmt.Println(complex(parts()))
	dst := []int{1, 2, 3}
	fmt.Println(copy(copies(dst)), dst)

	// Arrays whose elements are not wanted: evaluated where a call makes them.
	var p *[3]int
	sum := 0
	for i, _ := range p {
		sum += i
	}
	for i := range array() {
		sum += i
	}
	for range values() {
		sum += 10
	}
	fmt.Println(sum, calls)
	try("elements of nil", func() {
		for _, v := range p {
			_ = v
		}
	})

	// Blank fields keep their zero.
	fmt.Println(reflect.ValueOf(blank).Field(1).Int(), blank.c)

	// Sizes in generic functions.
	fmt.Println(offsets(&Outer[string]{}))

	// What has no size can be long, but not longer than an int.
	long := make([]struct{}, int(^uint(0)>>1))
	try("append", func() { _ = append(long, struct{}{}) })
	try("append slice", func() { _ = append(long, long...) })
	n := uint64(1 << 62)
	try("unsafe.Slice", func() { _ = unsafe.Slice(new(int), n) })
	n = 1 << 63
	try("make", func() { _ = make([]struct{}, n) })
	list, arr := []int{1, 2, 3}, [3]int{1, 2, 3}
	four := 4
	try("index", func() { _ = list[n] })
	try("slice", func() { _ = list[n:2] })
	try("slice", func() { _ = list[:n] })
	try("array", func() { _ = arr[:four] })
	try("array", func() { _ = arr[0:1:four] })
	try("string", func() { _ = "abc"[:n] })
	try("unsafe.String", func() { _ = unsafe.String((*byte)(nil), 1) })

	// The operands of both variables come before the first assignment.
	at := 1
	for at, list[at] = range []int{99} {
	}
	fmt.Println(at, list)

	// A switch without a tag compares with true.
	var yes any = true
	switch {
	case yes:
		fmt.Println("yes")
	}
}

/* Output:
second 2
later 1
gone <nil>
[foo bar]
ab12
(5+7i)
2 [4 5 3]
36 2
elements of nil runtime error: invalid memory address or nil pointer dereference
0 3
16 16
append runtime error: growslice: len out of range
append slice runtime error: growslice: len out of range
unsafe.Slice runtime error: unsafe.Slice: len out of range
make runtime error: makeslice: len out of range
index runtime error: index out of range [9223372036854775808] with length 3
slice runtime error: slice bounds out of range [9223372036854775808:2]
slice runtime error: slice bounds out of range [:9223372036854775808] with capacity 3
array runtime error: slice bounds out of range [:4] with length 3
array runtime error: slice bounds out of range [::4] with length 3
string runtime error: slice bounds out of range [:9223372036854775808] with length 3
unsafe.String runtime error: unsafe.String: ptr is nil and len is not zero
0 [1 99 3]
yes
*/
