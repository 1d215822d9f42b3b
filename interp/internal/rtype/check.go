package rtype

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

// Check reports whether the running Go has the type layout that this package
// writes; it looks once.
func Check() error { return checkOnce() }

var checkOnce = sync.OnceValue(func() error {
	for _, f := range []func() error{checkHeads, checkNames, checkMethods, checkHash, checkMaps, checkStubs, checkAssertion} {
		if err := f(); err != nil {
			return fmt.Errorf("rtype: %s %s/%s lays out types otherwise than expected: %w", runtime.Version(), runtime.GOOS, runtime.GOARCH, err)
		}
	}
	return nil
})

// sample is a compiled type whose descriptor Check reads.
type sample struct {
	A int `k:"v"`
	//lint:ignore U1000 its layout is looked at
	sampleInner
	b *sample
}

//lint:ignore U1000 its layout is looked at
type sampleInner struct{ s string }

// Hello is a method for Check to find.
func (sample) Hello(int) string { return "" }
func (sample) hidden()          {}

type sampler interface {
	Hello(int) string
	hidden()
}

// checkHeads compares descriptors with what reflect says of them.
func checkHeads() error {
	samples := []any{false, 1, "", sample{}, &sample{}, [3]*int{}, []string{}, map[string]sample{}, make(<-chan int), func(int, ...string) error { return nil }, 1.5, [2]float64{}}
	for _, v := range samples {
		rt := reflect.TypeOf(v)
		t := word(rt)
		if FromWord(unsafe.Pointer(t)) != rt {
			return fmt.Errorf("the type word of %s does not lead back to it", rt)
		}
		if t.Kind() != rt.Kind() || t.size != rt.Size() || int(t.align) != rt.Align() || int(t.fieldAlign) != rt.FieldAlign() {
			return fmt.Errorf("%s: kind %s, size %d, align %d", rt, t.Kind(), t.size, t.align)
		}
		if (t.equal != nil) != rt.Comparable() || (t.tflag&flagNamed != 0) != (rt.Name() != "") {
			return fmt.Errorf("%s: flags %b", rt, t.tflag)
		}
	}
	if t := word(reflect.TypeFor[*int]()); !t.direct() || t.ptrBytes != ptrSize || *t.gcdata != 1 {
		return fmt.Errorf("*int: flags %b, %d pointer bytes", t.tflag, t.ptrBytes)
	}
	if t := word(reflect.TypeFor[sample]()); t.direct() || t.tflag&flagRegular != 0 {
		return fmt.Errorf("sample: flags %b", t.tflag)
	}
	return checkParts()
}

// checkParts compares the kind-specific parts.
func checkParts() error {
	a := (*arrayType)(Word(reflect.TypeFor[[3]*int]()))
	if a.len != 3 || a.elem.rtype() != reflect.TypeFor[*int]() || a.slice.rtype() != reflect.TypeFor[[]*int]() {
		return fmt.Errorf("array of length %d", a.len)
	}
	c := (*chanType)(Word(reflect.TypeFor[<-chan int]()))
	if c.dir != int(reflect.RecvDir) || c.elem.rtype() != reflect.TypeFor[int]() {
		return fmt.Errorf("channel direction %d", c.dir)
	}
	f := (*funcType)(Word(reflect.TypeFor[func(int, ...string) error]()))
	if p := f.params(); f.in != 2 || f.out != 1|1<<15 || p[1].rtype() != reflect.TypeFor[[]string]() || p[2].rtype() != reflect.TypeFor[error]() {
		return fmt.Errorf("func with %d and %d parameters", f.in, f.out)
	}
	s := (*structType)(Word(reflect.TypeFor[sample]()))
	if len(s.fields) != 3 || nameText(s.fields[2].name) != "b" || s.fields[2].offset != unsafe.Offsetof(sample{}.b) || nameText(s.pkgPath) != reflect.TypeFor[sample]().PkgPath() {
		return fmt.Errorf("struct with %d fields", len(s.fields))
	}
	if *s.fields[1].name != nameEmbedded || *s.fields[0].name != nameExported|nameTag {
		return fmt.Errorf("field flags %b and %b", *s.fields[0].name, *s.fields[1].name)
	}
	i := (*interfaceType)(Word(reflect.TypeFor[sampler]()))
	if len(i.methods) != 2 || nameText(i.pkgPath) != reflect.TypeFor[sample]().PkgPath() {
		return fmt.Errorf("interface with %d methods", len(i.methods))
	}
	return nil
}

// checkNames reads an encoded name back through reflect.
func checkNames() error {
	tag := string(make([]byte, 300))
	st := new(structType)
	layStruct(st, "some/path", []fieldSpec{
		{name: "Long", tag: tag, typ: word(reflect.TypeFor[int]())},
		{name: "low", embedded: true, typ: word(reflect.TypeFor[string]())},
	})
	st.str = textName("struct check")
	keep(unsafe.Pointer(st))
	rt := st.rtype()
	f, g := rt.Field(0), rt.Field(1)
	if rt.String() != "struct check" || f.Name != "Long" || string(f.Tag) != tag || f.PkgPath != "" {
		return fmt.Errorf("field name read back as %q", f.Name)
	}
	if g.Name != "low" || !g.Anonymous || g.PkgPath != "some/path" || g.Offset != ptrSize {
		return fmt.Errorf("field %q of package %q at %d", g.Name, g.PkgPath, g.Offset)
	}
	return nil
}

// checkMethods compares a compiled method table with reflect's view of it.
func checkMethods() error {
	t := word(reflect.TypeFor[sample]())
	u := t.uncommon()
	if u == nil || u.mcount != 2 || u.xcount != 1 {
		return fmt.Errorf("method table of sample: %+v", u)
	}
	tab := Itab(Word(reflect.TypeFor[sampler]()), unsafe.Pointer(t))
	if tab == nil || ItabType(tab) != unsafe.Pointer(t) || ItabFun(tab, 0) == nil || ItabFun(tab, 1) == nil {
		return fmt.Errorf("interface table of sample")
	}
	if got := reflect.TypeFor[sample]().Method(0).Name; got != "Hello" {
		return fmt.Errorf("method %q", got)
	}
	return nil
}

// checkHash looks for a type by the name that the compiler hashes.
func checkHash() error {
	const path = "github.com/sheaf-go/sheaf/interp/internal/rtype"
	if got := Compiled(path+".sample", path, "sample"); got != reflect.TypeFor[sample]() {
		return fmt.Errorf("by its name sample is %v", got)
	}
	return nil
}

// checkMaps compares a map descriptor and runs every access routine.
func checkMaps() error {
	t := (*mapType)(Word(reflect.TypeFor[map[string]sample]()))
	if t.key.rtype() != reflect.TypeFor[string]() || t.elem.rtype() != reflect.TypeFor[sample]() || t.group.size != t.groupSize || t.hasher == nil {
		return fmt.Errorf("map with groups of %d bytes", t.groupSize)
	}
	m := map[string]int{"a": 1}
	mt, key := Word(reflect.TypeFor[map[string]int]()), "a"
	p := MapGet(mt, *(*unsafe.Pointer)(unsafe.Pointer(&m)), unsafe.Pointer(&key))
	if p == nil || *(*int)(p) != 1 || MapLen(*(*unsafe.Pointer)(unsafe.Pointer(&m))) != 1 {
		return fmt.Errorf("map access")
	}
	return nil
}

// checkAssertion reads a forged error through the real type.
func checkAssertion() error {
	err := AssertionError(reflect.TypeFor[any](), reflect.TypeFor[int](), reflect.TypeFor[sampler](), "Hello")
	want := "interface conversion: int is not rtype.sampler: missing method Hello"
	if err.Error() != want {
		return fmt.Errorf("assertion error reads %q", err)
	}
	return nil
}
