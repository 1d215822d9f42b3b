package rtype

import (
	"io"
	"sort"
	"strings"
	"sync"
	"time"
)

//lint:file-ignore U1000 the types are here to be looked at

// The types in this file are compiled here and also made at run time from this
// file's text; TestTwins compares the two descriptor by descriptor.

type twinInt int

func (twinInt) String() string                     { return "" }
func (*twinInt) Set(a int, b ...string) (e error)  { return }
func (twinInt) hidden(map[string]*twinTree) func() { return nil }
func (twinInt) Äh()                                {}
func (twinInt) Zed(twinInt) (twinInt, error)       { return 0, nil }

type twinStr string
type twinFloat float32
type twinBool bool
type twinPtr *twinTree
type twinSelf *twinSelf
type twinMap map[twinKey]*twinMap
type twinSlice []twinSlice
type twinArray [3]twinTree
type twinEmpty [0]func()
type twinChan <-chan chan<- twinChan
type twinFunc func(twinFunc, ...twinInt) (twinFunc, error)

func (twinFunc) Do()      {}
func (*twinFunc) undo()   {}
func (twinMap) Len() int  { return 0 }
func (t twinSlice) Next() {}

type twinKey struct {
	A int8
	B int64
	_ int32
	C string
}

type twinFlat struct{ X, Y int32 }
type twinPadded struct {
	X int8
	Y int32
}
type twinBlank struct{ _ int }
type twinOne struct{ p *int }

func (twinOne) Get() *int  { return nil }
func (*twinOne) Put(*int)  {}
func (twinOne) inner() any { return nil }

type twinTail struct {
	A int
	Z struct{}
}

type twinTree struct {
	Left  *twinTree `json:"l,omitempty" x:"y"`
	Right *twinTree
	value any
	By    map[string]twinTree
	Kids  []twinTree
	f     func(twinTree) *twinTree
	ch    chan twinTree
	anon  struct {
		up *twinTree
		twinFlat
	}
	arr [2]struct{ x *twinTree }
}

func (t *twinTree) Walk(func(*twinTree) bool) {}

type twinOuter struct {
	twinTree
	*twinOne
	sync.Mutex
	io.Reader
	time.Time `k:"v"`
	extra     int
}

type twinIface interface {
	Walk(func(*twinTree) bool)
	hidden(map[string]*twinTree) func()
	sort.Interface
	String() string
}

type twinAny interface{}

type twinBig struct {
	pad  [700]int64
	s    [60]string
	more [9000]struct {
		n int
		p *int
	}
}

type twinHuge struct {
	n   int
	arr [40000]*int
	end [3]int
}

type twinReader struct{ strings.Reader }
type twinAlias = map[twinInt]struct{ A, b int }
type twinHolder struct {
	a twinAlias
	b [1]twinInt
	c [0]int
	d struct{}
	e [1]*int
	g interface {
		M(twinInt) twinStr
		twinIface
	}
	h complex128
	i float64
	u uintptr
}

type twinPair[K comparable, V any] struct {
	Key  K
	Val  V
	Next *twinPair[K, V]
}

func (p twinPair[K, V]) Swap() twinPair[K, V] { return p }
func (p *twinPair[K, V]) SetKey(k K)          {}

type twinGen struct {
	a twinPair[string, int]
	b twinPair[twinInt, []twinPair[string, map[twinStr]error]]
	c *twinPair[struct{ X int }, func(int, ...string) (any, twinAny)]
	d twinPair[[2]bool, chan<- (<-chan time.Time)]
	e twinPair[interface{ String() string }, struct {
		x int `t:"1"`
		twinInt
	}]
}

// Every type needs a use, or the linker leaves its methods out.
var twins = []any{
	new(twinInt), new(twinStr), new(twinFloat), new(twinBool), new(twinPtr), new(twinSelf), new(twinMap), new(twinSlice),
	new(twinArray), new(twinEmpty), new(twinChan), new(twinFunc), new(twinKey), new(twinFlat), new(twinPadded), new(twinBlank),
	new(twinOne), new(twinTail), new(twinTree), new(twinOuter), new(twinIface), new(twinAny), new(twinBig), new(twinHuge),
	new(twinReader), new(twinHolder), new(twinGen),
}
