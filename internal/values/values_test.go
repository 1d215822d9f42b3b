package values

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The types below are such as cells declare.
func init() { cells = reflect.TypeFor[node]().PkgPath() }

type node struct {
	Val         int
	left, Right *node
}

type event struct {
	name string
	at   time.Time
	took *time.Duration
	err  error
	any  any
	call func(any) error
	on   map[string]*node
	c    *http.Client
}

type level int

func (l level) String() string { return [...]string{"low", "high"}[l] }

type words []string

func (w words) String() string { return "words" }

// What has no addresses in it is written as package fmt does.
func TestTextIsThatOfFmt(t *testing.T) {
	var nilNode *node
	var nilErr error
	for _, v := range []any{
		1, "a", 2.5, true, 'x', complex(1, 2), []int{1, 2}, []string{"a b", ""}, []byte("ab"), [2]bool{true}, []any{1, "x", nil, 2.5},
		map[string]int{"b": 2, "a": 1}, map[level]string{1: "x", 0: "y"}, []level{0, 1},
		struct {
			A int
			B []string
			C map[string][]int
		}{1, []string{"x"}, map[string][]int{"k": {1}}},
		time.Second, time.Unix(0, 0).UTC(), []time.Duration{1, 2}, errors.New("no"), os.ErrNotExist, words{"x"}, []words{{"x"}}, node{}, &node{Val: 1},
		&[]int{1}, &map[string]int{"a": 1}, nilNode, nilErr, []error{nil, errors.New("x")}, [][]int{{1}, nil}, struct{}{}, []struct{}{{}},
		http.Client{Timeout: time.Second}, &http.Client{Timeout: time.Second}, map[string]any{"a": []any{1}, "b": nil}, func() {} == nil,
	} {
		for verb, names := range map[string]bool{"%v": false, "%+v": true} {
			if got, whole := Text(v, names); got != fmt.Sprintf(verb, v) || !whole {
				t.Errorf("%s of a %T: %q, want %q", verb, v, got, fmt.Sprintf(verb, v))
			}
		}
	}
}

func TestText(t *testing.T) {
	two, took := 2, 3*time.Second
	tree := &node{1, &node{Val: 2}, &node{3, nil, &node{Val: 4}}}
	ring := &node{Val: 1}
	ring.left, ring.Right = &node{Val: 2, Right: ring}, &node{Val: 3}
	self := []any{nil}
	self[0] = &self
	long := &node{}
	for range 100 {
		long = &node{left: long}
	}
	for _, c := range []struct {
		v    any
		want string
	}{
		{&two, "&2"},
		{[]*int{&two, nil}, "[&2 <nil>]"},
		{tree, "&{Val:1 left:&{Val:2 left:<nil> Right:<nil>} Right:&{Val:3 left:<nil> Right:&{Val:4 left:<nil> Right:<nil>}}}"},
		{ring, "&{Val:1 left:&{Val:2 left:<nil> Right:&…} Right:&{Val:3 left:<nil> Right:<nil>}}"},
		{map[string]*node{"b": {Val: 2}, "a": nil}, "map[a:<nil> b:&{Val:2 left:<nil> Right:<nil>}]"},
		{event{
			name: "e", at: time.Unix(0, 0).UTC(), took: &took, err: os.ErrExist, any: &two, call: func(any) error { return nil },
			on: map[string]*node{"n": {}}, c: http.DefaultClient,
		}, "{name:e at:1970-01-01 00:00:00 +0000 UTC took:3s err:file already exists any:&2 call:func(any) error on:map[n:&{Val:0 left:<nil> Right:<nil>}] c:*http.Client}"},
		{map[string]event{"k": {at: time.Unix(0, 0).UTC()}}, "map[k:{name: at:1970-01-01 00:00:00 +0000 UTC took:<nil> err:<nil> any:<nil> call:<nil> on:map[] c:<nil>}]"},
		{[]func(){nil, func() {}}, "[<nil> func()]"},
		{[]chan int{make(chan int)}, "[chan int]"},
		{&self, "&[&…]"},
		{long, strings.Repeat("&{Val:0 left:", 12) + "&…" + strings.Repeat(" Right:<nil>}", 12)},
	} {
		if got, whole := Text(c.v, true); got != c.want || !whole {
			t.Errorf("%T:\n%s\nwant\n%s", c.v, got, c.want)
		}
	}
}

// What leads to the same values again and again is not written for ever.
func TestTextIsBounded(t *testing.T) {
	type fan [10]any
	bottom := &fan{}
	for range 11 {
		up := &fan{}
		for i := range up {
			up[i] = bottom
		}
		bottom = up
	}
	for _, v := range []any{bottom, make([]*int, 1_000_000), make([]any, 1_000_000)} {
		if got, whole := Text(v, true); whole || len(got) > 200_000 {
			t.Errorf("%T: %d bytes, whole %v", v, len(got), whole)
		}
	}
}

func TestType(t *testing.T) {
	if got := Type(reflect.TypeFor[map[string]func(any, ...interface{}) error]()); got != "map[string]func(any, ...any) error" {
		t.Error(got)
	}
}
