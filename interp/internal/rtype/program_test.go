package rtype

import (
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"
)

// allTypes finds the types of the program by following everything from the
// linker's list.
func allTypes() map[*abiType]bool {
	seen := map[*abiType]bool{}
	var walk func(t *abiType)
	walk = func(t *abiType) {
		if seen[t] {
			return
		}
		seen[t] = true
		p := unsafe.Pointer(t)
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk((*ptrType)(p).elem)
		case reflect.Array, reflect.Chan:
			walk((*arrayType)(p).elem)
		case reflect.Map:
			walk((*mapType)(p).key)
			walk((*mapType)(p).elem)
		case reflect.Func:
			for _, e := range (*funcType)(p).params() {
				walk(e)
			}
		case reflect.Struct:
			for _, f := range (*structType)(p).fields {
				walk(f.typ)
			}
		case reflect.Interface:
			for _, m := range (*interfaceType)(p).methods {
				walk((*abiType)(resolveType(p, m.typ)))
			}
		}
	}
	modules, offsets := typelinks()
	for i, m := range modules {
		for _, off := range offsets[i] {
			walk((*abiType)(unsafe.Add(m, int(off))))
		}
	}
	return seen
}

// TestCompiledFindsEveryType asks for each named type of the program by the
// name that its hash was made of.
func TestCompiledFindsEveryType(t *testing.T) {
	_ = http.Server{} // brings many types
	globals, locals := 0, 0
	for at := range allTypes() {
		rt := at.rtype()
		if rt.Name() == "" || rt.PkgPath() == "" || rt.PkgPath() == "go.shape" {
			continue
		}
		link := escapePath(rt.PkgPath()) + "." + rt.Name()
		if at.hash == linkHash(link) {
			globals++
		} else if link = localLink(link, at.hash); link != "" {
			locals++
		} else {
			t.Errorf("%s.%s: the hash is of no name that was tried", rt.PkgPath(), rt.Name())
		}
		if got := Compiled(link, rt.PkgPath(), rt.Name()); got != rt {
			t.Errorf("Compiled(%q) is %v, want %v", link, got, rt)
		}
	}
	if globals < 500 || locals < 3 {
		t.Errorf("found %d types of packages and %d of functions", globals, locals)
	}
}

// localLink is the name with which a function's type has this hash.
func localLink(link string, hash uint32) string {
	for i := range 2000 {
		if l := link + "·" + strconv.Itoa(i+1); linkHash(l) == hash {
			return l
		}
	}
	return ""
}

func escapePath(s string) string {
	slash := strings.LastIndex(s, "/") + 1
	return s[:slash] + strings.ReplaceAll(s[slash:], ".", "%2e")
}

// TestCompiledTellsTypesApart asks for types that have the same name, for
// unexported and generic ones, and for what the program does not have.
func TestCompiledTellsTypesApart(t *testing.T) {
	type sample struct{ A, B, C int }
	const path = "github.com/sheaf-go/sheaf/interp/internal/rtype"
	local := reflect.TypeFor[sample]()
	for _, c := range []struct {
		link, path, name string
		want             reflect.Type
	}{
		{path + ".sample", path, "sample", reflect.TypeOf(globalSample())},
		{localLink(path+".sample", word(local).hash), path, "sample", local},
		{"errors.errorString", "errors", "errorString", reflect.TypeOf(errors.New("")).Elem()},
		{"sync/atomic.Pointer[net/http.Response]", "sync/atomic", "Pointer[net/http.Response]", reflect.TypeFor[atomic.Pointer[http.Response]]()},
		{path + ".sample", path, "Sample", nil},
		{path + ".sample·9999", path, "sample", nil},
		{"errors.none", "errors", "none", nil},
	} {
		if got := Compiled(c.link, c.path, c.name); got != c.want {
			t.Errorf("%s: got %v, want %v", c.link, got, c.want)
		}
	}
}

func globalSample() any { return sample{} }
