package rtype

import (
	"fmt"
	"go/token"
	"go/types"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
)

// shaper draws random types: nested structs and arrays, named and recursive
// types, blank and embedded fields, tags.
type shaper struct {
	*rand.Rand
	pkg   *types.Package
	named []*types.Named
	ready int // named[:ready] may be used by value
}

func newShaper(seed uint64) *shaper {
	s := &shaper{Rand: rand.New(rand.NewPCG(seed, 1)), pkg: types.NewPackage("main", "main")}
	for i := range 2 + s.IntN(6) {
		obj := types.NewTypeName(token.NoPos, s.pkg, fmt.Sprintf("%c%d", "Tu"[s.IntN(2)], i), nil)
		s.pkg.Scope().Insert(obj)
		s.named = append(s.named, types.NewNamed(obj, nil, nil))
	}
	for _, n := range s.named {
		n.SetUnderlying(s.typ(4).Underlying())
		s.ready++
	}
	return s
}

var plainKinds = []types.BasicKind{types.Bool, types.Int, types.Int8, types.Int16, types.Int32, types.Int64, types.Uint8, types.Uint64,
	types.Float32, types.Float64, types.Complex64, types.Complex128, types.String, types.String, types.UnsafePointer, types.Uintptr}

// typ draws a type of at most this depth.
func (s *shaper) typ(depth int) types.Type {
	if depth <= 0 {
		return types.Typ[plainKinds[s.IntN(len(plainKinds))]]
	}
	switch s.IntN(12) {
	case 0, 1, 2:
		return s.structure(depth)
	case 3:
		return types.NewArray(s.typ(depth-1), int64(s.IntN(6)*s.IntN(12)))
	case 4:
		return types.NewPointer(s.behind(depth))
	case 5:
		return types.NewSlice(s.behind(depth))
	case 6:
		return types.NewMap(s.key(), s.behind(depth))
	case 7:
		return types.NewPointer(types.Typ[types.Int])
	case 8:
		if s.ready > 0 {
			return s.named[s.IntN(s.ready)]
		}
	case 9:
		return types.NewInterfaceType(nil, nil)
	case 10:
		p := types.NewParam(token.NoPos, nil, "", s.behind(depth))
		return types.NewSignatureType(nil, nil, nil, types.NewTuple(p), types.NewTuple(p, p), false)
	}
	return s.typ(0)
}

// behind draws a type that may be any named one, for what a pointer hides.
func (s *shaper) behind(depth int) types.Type {
	if s.IntN(2) == 0 {
		return s.named[s.IntN(len(s.named))]
	}
	return s.typ(depth - 1)
}

func (s *shaper) key() types.Type {
	if t := s.typ(1); s.ready == len(s.named) && types.Comparable(t) {
		return t
	}
	return types.Typ[types.String]
}

func (s *shaper) structure(depth int) types.Type {
	var fields []*types.Var
	var tags []string
	embedded := map[string]bool{}
	for i := range s.IntN(7) {
		name, emb, t := fmt.Sprintf("%cf%d", "aA"[s.IntN(2)], i), false, s.typ(depth-1)
		switch {
		case s.IntN(10) == 0:
			name = "_"
		case s.ready > 0 && s.IntN(6) == 0:
			n := s.named[s.IntN(s.ready)]
			if _, ptr := n.Underlying().(*types.Pointer); !ptr && !embedded[n.Obj().Name()] {
				name, emb, t = n.Obj().Name(), true, n
				embedded[name] = true
			}
		}
		fields = append(fields, types.NewField(token.NoPos, s.pkg, name, t, emb))
		tags = append(tags, []string{"", `k:"v"`}[s.IntN(8)/7])
	}
	return types.NewStruct(fields, tags)
}

// tryTypes makes the types of one seed and holds them against go/types' sizes
// and the collector.
func tryTypes(t *testing.T, seed uint64) {
	s := newShaper(seed)
	w := New(Config{})
	sizes := types.SizesFor("gc", runtime.GOARCH)
	all := []types.Type{s.structure(3), s.typ(4)}
	for _, n := range s.named {
		all = append(all, n)
	}
	for _, typ := range all {
		rt := w.Of(typ)
		compareSizes(t, sizes, typ, rt)
		if w.Of(typ) != rt || rt.Size() > 1<<22 {
			continue
		}
		v, n := reflect.New(rt), 0
		fill(v.Elem(), &n)
		runtime.GC()
		m := 0
		verify(t, typ.String(), v.Elem(), &m)
		c := reflect.New(rt)
		Move(Word(rt), c.UnsafePointer(), v.UnsafePointer())
		if m != n || !reflect.DeepEqual(c.Elem().Interface(), v.Elem().Interface()) {
			t.Errorf("seed %d: %s: %d pointers of %d, or a copy differs", seed, typ, m, n)
		}
		if rt.Comparable() && !Equal(Word(rt), c.UnsafePointer(), v.UnsafePointer()) {
			t.Errorf("seed %d: %s: a copy is not ==", seed, typ)
		}
	}
}

func compareSizes(t *testing.T, sizes types.Sizes, typ types.Type, rt reflect.Type) {
	t.Helper()
	if int64(rt.Size()) != sizes.Sizeof(typ) || int64(rt.Align()) != sizes.Alignof(typ) || rt.Comparable() != types.Comparable(typ) {
		t.Errorf("%s: size %d, align %d, comparable %t; go/types says %d, %d, %t", typ, rt.Size(), rt.Align(), rt.Comparable(),
			sizes.Sizeof(typ), sizes.Alignof(typ), types.Comparable(typ))
	}
	st, ok := typ.Underlying().(*types.Struct)
	if !ok {
		return
	}
	fields := make([]*types.Var, st.NumFields())
	for i := range fields {
		fields[i] = st.Field(i)
	}
	for i, off := range sizes.Offsetsof(fields) {
		f := rt.Field(i)
		if int64(f.Offset) != off || f.Name != fields[i].Name() || f.Anonymous != fields[i].Embedded() || string(f.Tag) != st.Tag(i) {
			t.Errorf("%s: field %d is %+v, want %s at %d", typ, i, f, fields[i], off)
		}
	}
}

func TestRandomTypes(t *testing.T) {
	n := uint64(120)
	if testing.Short() {
		n = 50
	}
	for seed := range n {
		tryTypes(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzTypes(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(tryTypes)
}
