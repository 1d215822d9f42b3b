package rtype

import (
	"reflect"
	"unsafe"
)

// A Runner is what a func value made by a FuncMaker runs. The block holds a word
// for the receiver (of a method, otherwise unused), then the parameters, then
// the results, each group from a word boundary on and each value at the next
// offset that its alignment allows. Run reads the parameters and writes the
// results there.
type Runner interface {
	Run(block unsafe.Pointer)
}

// FuncMaker returns what makes func values of type ft that run a Runner, nil
// when no adapter has ft's shape (then reflect.MakeFunc is the way). Ask once
// per type. A func value costs one small allocation, a call one for the block.
func FuncMaker(ft reflect.Type) func(Runner) unsafe.Pointer {
	if shape, ok := shapeOf(ft, ""); ok {
		return adapters.fns[shape]
	}
	return nil
}

// RunnerOf returns the Runner of the func value fv, which is not nil, if what
// FuncMaker returned made it, nil for any other.
func RunnerOf(fv unsafe.Pointer) Runner {
	a := adapters
	if at := (*(*uintptr)(fv) - a.lo) >> 4; at < uintptr(len(a.ours)) && a.ours[at] {
		return *(*Runner)(unsafe.Add(fv, a.offset))
	}
	return nil
}

// Functions take one struct for all parameters and one for all results: in
// registers that is the same as one by one.

// makeFn makes a func value for a block whose first word is not used.
func makeFn[P, R any](r Runner) unsafe.Pointer {
	f := func(p P) R {
		b := &struct {
			recv unsafe.Pointer
			p    P
			_    [0]uintptr
			r    R
		}{p: p}
		r.Run(unsafe.Pointer(b))
		return b.r
	}
	return *(*unsafe.Pointer)(unsafe.Pointer(&f))
}

// makeMethod makes a func value whose parameters begin with the receiver.
func makeMethod[P, R any](r Runner) unsafe.Pointer {
	f := func(p P) R {
		b := &struct {
			p P
			_ [0]uintptr
			r R
		}{p: p}
		r.Run(unsafe.Pointer(b))
		return b.r
	}
	return *(*unsafe.Pointer)(unsafe.Pointer(&f))
}

// The letters of a shape, one for each register: i is 8 bytes, w 4, h 2, b 1, p
// a pointer, d a float of 8 bytes. A string is pi, a slice pii, an
// interface pp.
type (
	//lint:ignore U1000 the fields lie where registers go
	word1[A any] struct{ a A }
	//lint:ignore U1000 the fields lie where registers go
	word2[A, B any] struct {
		a A
		b B
	}
	//lint:ignore U1000 the fields lie where registers go
	word3[A, B, C any] struct {
		a A
		b B
		c C
	}

	none = struct{}
	ptr  = unsafe.Pointer
	str  = word2[ptr, int]
	vec  = word3[ptr, int, int]
	ifc  = word2[ptr, ptr]
)

type adapterTable struct {
	fns     map[string]maker // func(P) R
	methods map[string]maker // the same, P beginning with the receiver
	lo      uintptr          // the lowest code address of a func value
	ours    []bool           // by (address - lo) / 16
	offset  uintptr          // where a func value keeps its Runner
}

// A maker makes func values of one shape.
type maker = func(Runner) unsafe.Pointer

var adapters = newAdapters()

func newAdapters() *adapterTable {
	t := &adapterTable{fns: map[string]maker{}, methods: map[string]maker{}}
	fns[none](t, "")
	fns[word1[int]](t, "i")
	fns[word2[int, int]](t, "ii")
	fns[word1[ptr]](t, "p")
	fns[ifc](t, "pp")
	fns[str](t, "pi")
	fns[vec](t, "pii")
	fns[word2[str, str]](t, "pipi")
	fns[word2[ifc, ifc]](t, "pppp")
	fns[word1[float64]](t, "d")
	fns[word2[float64, float64]](t, "dd")
	fns[word1[int32]](t, "w")
	fns[word1[uint8]](t, "b")
	methods[word1[ptr]](t, "p")
	methods[word2[ptr, int]](t, "pi")
	methods[word3[ptr, int, int]](t, "pii")
	methods[word2[ptr, ptr]](t, "pp")
	methods[word2[ptr, str]](t, "ppi")
	methods[word2[ptr, vec]](t, "ppii")
	methods[word2[ptr, ifc]](t, "ppp")
	methods[word2[ptr, float64]](t, "pd")
	t.findCode()
	return t
}

// fns adds the adapters of functions with parameters P, of this shape.
func fns[P any](t *adapterTable, shape string) {
	t.fns[shape+">"] = makeFn[P, none]
	t.fns[shape+">b"] = makeFn[P, word1[uint8]]
	t.fns[shape+">i"] = makeFn[P, word1[int]]
	t.fns[shape+">d"] = makeFn[P, word1[float64]]
	t.fns[shape+">p"] = makeFn[P, word1[ptr]]
	t.fns[shape+">pi"] = makeFn[P, str]
	t.fns[shape+">pii"] = makeFn[P, vec]
	t.fns[shape+">pp"] = makeFn[P, ifc]
	t.fns[shape+">ipp"] = makeFn[P, word2[int, ifc]]
	t.fns[shape+">ppp"] = makeFn[P, word2[ptr, ifc]]
	t.fns[shape+">pipp"] = makeFn[P, word2[str, ifc]]
	t.fns[shape+">piipp"] = makeFn[P, word2[vec, ifc]]
}

// methods adds the adapters of methods: P begins with the receiver.
func methods[P any](t *adapterTable, shape string) {
	t.methods[shape+">"] = makeMethod[P, none]
	t.methods[shape+">b"] = makeMethod[P, word1[uint8]]
	t.methods[shape+">i"] = makeMethod[P, word1[int]]
	t.methods[shape+">d"] = makeMethod[P, word1[float64]]
	t.methods[shape+">p"] = makeMethod[P, word1[ptr]]
	t.methods[shape+">pi"] = makeMethod[P, str]
	t.methods[shape+">pp"] = makeMethod[P, ifc]
	t.methods[shape+">ipp"] = makeMethod[P, word2[int, ifc]]
	t.methods[shape+">piipp"] = makeMethod[P, word2[vec, ifc]]
}

// probe is a Runner to be looked for in func values.
type probe struct{ _ int }

// Run implements Runner.
func (*probe) Run(unsafe.Pointer) {}

// findCode notes the code addresses of all func values and where they keep
// their Runner. Where that is not one place there are no adapters.
func (t *adapterTable) findCode() {
	var codes []uintptr
	for _, m := range t.fns {
		fv := m(&probe{})
		off := runnerOffset(fv)
		if off == 0 || t.offset != 0 && t.offset != off {
			t.fns, t.methods = nil, nil
			return
		}
		t.offset = off
		codes = append(codes, *(*uintptr)(fv))
	}
	hi := codes[0]
	t.lo = hi
	for _, c := range codes {
		t.lo, hi = min(t.lo, c), max(hi, c)
	}
	t.ours = make([]bool, (hi-t.lo)>>4+1)
	for _, c := range codes {
		t.ours[(c-t.lo)>>4] = true
	}
}

// runnerOffset looks for the probe in a func value, 0 if it is not there.
func runnerOffset(fv unsafe.Pointer) uintptr {
	var r Runner = &probe{}
	itab := *(*uintptr)(unsafe.Pointer(&r))
	for off := ptrSize; off < 4*ptrSize; off += ptrSize {
		if *(*uintptr)(unsafe.Add(fv, off)) == itab {
			return off
		}
	}
	return 0
}

// shapeOf returns the register shape of ft with recv ("p" or nothing) before
// the first parameter; ok is false where registers and memory do not agree.
func shapeOf(ft reflect.Type, recv string) (shape string, ok bool) {
	s := flattener{letters: []byte(recv)}
	for i := range ft.NumIn() {
		s.value(ft.In(i))
	}
	s.letters = append(s.letters, '>')
	s.off, s.end = 0, 0
	for i := range ft.NumOut() {
		s.value(ft.Out(i))
	}
	return string(s.letters), !s.bad && maxStubs > 0
}

// A flattener writes the letters of values that lie one after the other.
type flattener struct {
	letters []byte
	off     uintptr // where the next value goes, before alignment
	end     uintptr // where the next letter goes, before alignment
	bad     bool    // a value has no letters, or letters alone would lie elsewhere
}

func (s *flattener) value(t reflect.Type) {
	a := uintptr(t.Align())
	s.off = (s.off + a - 1) &^ (a - 1)
	s.walk(t, s.off)
	s.off += t.Size()
}

func (s *flattener) walk(t reflect.Type, off uintptr) {
	switch t.Kind() {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		s.put('b', off, 1)
	case reflect.Int16, reflect.Uint16:
		s.put('h', off, 2)
	case reflect.Int32, reflect.Uint32:
		s.put('w', off, 4)
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		s.put('i', off, 8)
	case reflect.Float64:
		s.put('d', off, 8)
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		s.put('p', off, ptrSize)
	case reflect.String:
		s.put('p', off, ptrSize)
		s.put('i', off+ptrSize, ptrSize)
	case reflect.Slice:
		s.put('p', off, ptrSize)
		s.put('i', off+ptrSize, ptrSize)
		s.put('i', off+2*ptrSize, ptrSize)
	case reflect.Interface:
		s.put('p', off, ptrSize)
		s.put('p', off+ptrSize, ptrSize)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			s.bad = s.bad || f.Name == "_"
			s.walk(f.Type, off+f.Offset)
		}
	default:
		s.bad = true
	}
}

func (s *flattener) put(letter byte, off, size uintptr) {
	s.letters = append(s.letters, letter)
	s.bad = s.bad || off != (s.end+size-1)&^(size-1)
	s.end = off + size
}
