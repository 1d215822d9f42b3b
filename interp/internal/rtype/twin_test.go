package rtype

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"reflect"
	"runtime"
	"testing"
	"unsafe"
)

// twinWorld checks twin_types_test.go as the package that it is and returns it
// with a World that has no compiled type of this package.
func twinWorld(t *testing.T) (*types.Package, *World) {
	src, err := os.ReadFile("twin_types_test.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "twin.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	sourceMu.Lock()
	defer sourceMu.Unlock()
	conf := types.Config{Importer: sourceImp, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	pkg, err := conf.Check(reflect.TypeFor[twinInt]().PkgPath(), fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]reflect.Type{}
	collect(reflect.ValueOf(&twins).Elem(), known)
	w := New(Config{
		Native: func(path, name string) reflect.Type { return known[path+"."+name] },
		Method: func(types.Type, *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value { return nil },
		Compiled: func(path string) bool {
			return path != pkg.Path()
		},
	})
	return pkg, w
}

// collect notes the compiled named types of other packages in the twins.
func collect(v reflect.Value, known map[string]reflect.Type) {
	seen := map[reflect.Type]bool{}
	var walk func(rt reflect.Type)
	walk = func(rt reflect.Type) {
		if seen[rt] {
			return
		}
		seen[rt] = true
		if rt.PkgPath() != "" && rt.PkgPath() != reflect.TypeFor[twinInt]().PkgPath() {
			known[rt.PkgPath()+"."+rt.Name()] = rt
			return
		}
		switch rt.Kind() {
		case reflect.Struct:
			for i := range rt.NumField() {
				walk(rt.Field(i).Type)
			}
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
			walk(rt.Elem())
		case reflect.Map:
			walk(rt.Key())
			walk(rt.Elem())
		case reflect.Func:
			for i := range rt.NumIn() {
				walk(rt.In(i))
			}
			for i := range rt.NumOut() {
				walk(rt.Out(i))
			}
		}
	}
	for i := range v.Len() {
		walk(v.Index(i).Elem().Type())
	}
}

func TestTwins(t *testing.T) {
	pkg, w := twinWorld(t)
	c := &comparer{t: t, seen: map[[2]*abiType]bool{}}
	for _, v := range twins {
		want := reflect.TypeOf(v).Elem()
		got := w.Of(pkg.Scope().Lookup(want.Name()).Type())
		if got == want {
			t.Fatalf("%s is the compiled type itself", got)
		}
		c.compare(want.Name(), word(got), word(want))
	}
	if len(c.seen) < 80 {
		t.Errorf("only %d pairs of types were compared", len(c.seen))
	}
}

// comparer compares made descriptors with compiled ones, part by part.
type comparer struct {
	t    *testing.T
	seen map[[2]*abiType]bool
}

func (c *comparer) compare(at string, got, want *abiType) {
	if got == want || c.seen[[2]*abiType{got, want}] {
		return
	}
	c.seen[[2]*abiType{got, want}] = true
	type head struct {
		Str, Name, Path          string
		Kind                     reflect.Kind
		Size, PtrBytes           uintptr
		Flags, Align, FieldAlign uint8
		Comparable               bool
		Mask                     string
	}
	of := func(t *abiType) head {
		h := head{Str: t.rtype().String(), Name: t.rtype().Name(), Path: t.rtype().PkgPath(), Kind: t.Kind(), Size: t.size,
			PtrBytes: t.ptrBytes, Flags: t.tflag &^ flagExtraStar, Align: t.align, FieldAlign: t.fieldAlign, Comparable: t.equal != nil}
		if t.Kind() == reflect.Struct && t.rtype().Name() == "" && len(t.methods()) == 0 {
			h.Flags &^= flagUncommon
		}
		if t.tflag&flagMaskOnDemand == 0 && t.ptrBytes > 0 {
			mask := make([]byte, t.ptrBytes/ptrSize/8+1)
			addBits(mask, 0, t)
			h.Mask = fmt.Sprintf("%x", bytes.TrimRight(mask, "\x00"))
		}
		return h
	}
	if g, w := of(got), of(want); g != w {
		c.t.Errorf("%s:\n got %+v\nwant %+v", at, g, w)
		return
	}
	c.methods(at, got, want)
	c.parts(at, got, want)
	if got.Kind() != reflect.Pointer {
		c.compare("*"+at, word(reflect.PointerTo(got.rtype())), word(reflect.PointerTo(want.rtype())))
	}
}

func (c *comparer) methods(at string, got, want *abiType) {
	gu, wu := got.uncommon(), want.uncommon()
	if gu == nil || wu == nil {
		return
	}
	if gu.mcount != wu.mcount || gu.xcount != wu.xcount {
		c.t.Errorf("%s: %d methods (%d exported), want %d (%d)", at, gu.mcount, gu.xcount, wu.mcount, wu.xcount)
		return
	}
	gm, wm := got.methods(), want.methods()
	for i := range gm {
		g, w := resolveName(unsafe.Pointer(got), gm[i].name), resolveName(unsafe.Pointer(want), wm[i].name)
		if nameText(g) != nameText(w) || *g != *w {
			c.t.Errorf("%s: method %d is %s (%b), want %s (%b)", at, i, nameText(g), *g, nameText(w), *w)
		}
		gt, wt := resolveType(unsafe.Pointer(got), gm[i].mtyp), resolveType(unsafe.Pointer(want), wm[i].mtyp)
		if wt != nil && gt != nil { // the linker drops types of unreachable methods
			c.compare(at+"."+nameText(w), (*abiType)(gt), (*abiType)(wt))
		}
	}
}

//go:linkname resolveNameOff reflect.resolveNameOff
func resolveNameOff(base unsafe.Pointer, off int32) unsafe.Pointer

//go:linkname resolveTypeOff reflect.resolveTypeOff
func resolveTypeOff(base unsafe.Pointer, off int32) unsafe.Pointer

func resolveName(base unsafe.Pointer, off int32) *byte { return (*byte)(resolveNameOff(base, off)) }
func resolveType(base unsafe.Pointer, off int32) unsafe.Pointer {
	return resolveTypeOff(base, off)
}

func (c *comparer) parts(at string, got, want *abiType) {
	g, w := unsafe.Pointer(got), unsafe.Pointer(want)
	switch got.Kind() {
	case reflect.Pointer, reflect.Slice:
		c.compare(at+".elem", (*ptrType)(g).elem, (*ptrType)(w).elem)
	case reflect.Chan:
		if (*chanType)(g).dir != (*chanType)(w).dir {
			c.t.Errorf("%s: direction %d, want %d", at, (*chanType)(g).dir, (*chanType)(w).dir)
		}
		c.compare(at+".elem", (*chanType)(g).elem, (*chanType)(w).elem)
	case reflect.Array:
		if (*arrayType)(g).len != (*arrayType)(w).len {
			c.t.Errorf("%s: length %d, want %d", at, (*arrayType)(g).len, (*arrayType)(w).len)
		}
		c.compare(at+".elem", (*arrayType)(g).elem, (*arrayType)(w).elem)
		c.compare(at+".slice", (*arrayType)(g).slice, (*arrayType)(w).slice)
	case reflect.Map:
		c.maps(at, (*mapType)(g), (*mapType)(w))
	case reflect.Func:
		gf, wf := (*funcType)(g), (*funcType)(w)
		if gf.in != wf.in || gf.out != wf.out {
			c.t.Errorf("%s: %d, %d parameters, want %d, %d", at, gf.in, gf.out, wf.in, wf.out)
			return
		}
		for i, p := range gf.params() {
			c.compare(fmt.Sprint(at, ".param", i), p, wf.params()[i])
		}
	case reflect.Struct:
		c.structs(at, (*structType)(g), (*structType)(w))
	case reflect.Interface:
		c.interfaces(at, (*interfaceType)(g), (*interfaceType)(w))
	}
}

func (c *comparer) maps(at string, g, w *mapType) {
	if g.groupSize != w.groupSize || g.slotSize != w.slotSize || g.elemOff != w.elemOff || g.flags != w.flags {
		c.t.Errorf("%s: group %d, slot %d, elem %d, flags %b, want %d, %d, %d, %b", at,
			g.groupSize, g.slotSize, g.elemOff, g.flags, w.groupSize, w.slotSize, w.elemOff, w.flags)
	}
	if a, b := MapKind(unsafe.Pointer(g)), MapKind(unsafe.Pointer(w)); a != b {
		c.t.Errorf("%s: map mode %d, want %d", at, a, b)
	}
	c.compare(at+".key", g.key, w.key)
	c.compare(at+".elem", g.elem, w.elem)
}

func (c *comparer) structs(at string, g, w *structType) {
	if len(g.fields) != len(w.fields) || nameText(g.pkgPath) != nameText(w.pkgPath) {
		c.t.Errorf("%s: %d fields of %q, want %d of %q", at, len(g.fields), nameText(g.pkgPath), len(w.fields), nameText(w.pkgPath))
		return
	}
	for i := range g.fields {
		a, b := g.fields[i], w.fields[i]
		x, y := g.rtype().Field(i), w.rtype().Field(i)
		if *a.name != *b.name || nameText(a.name) != nameText(b.name) || a.offset != b.offset || x.Tag != y.Tag || x.PkgPath != y.PkgPath {
			c.t.Errorf("%s: field %d %q (%b) at %d, want %q (%b) at %d", at, i, nameText(a.name), *a.name, a.offset, nameText(b.name), *b.name, b.offset)
		}
		c.compare(at+"."+nameText(b.name), a.typ, b.typ)
	}
}

func (c *comparer) interfaces(at string, g, w *interfaceType) {
	if len(g.methods) != len(w.methods) || nameText(g.pkgPath) != nameText(w.pkgPath) {
		c.t.Errorf("%s: %d methods of %q, want %d of %q", at, len(g.methods), nameText(g.pkgPath), len(w.methods), nameText(w.pkgPath))
		return
	}
	for i := range g.methods {
		a, b := resolveName(unsafe.Pointer(g), g.methods[i].name), resolveName(unsafe.Pointer(w), w.methods[i].name)
		if nameText(a) != nameText(b) || *a&nameExported != *b&nameExported {
			c.t.Errorf("%s: method %d is %s (%b), want %s (%b)", at, i, nameText(a), *a, nameText(b), *b)
		}
		c.compare(at+"."+nameText(b), (*abiType)(resolveType(unsafe.Pointer(g), g.methods[i].typ)), (*abiType)(resolveType(unsafe.Pointer(w), w.methods[i].typ)))
	}
}
