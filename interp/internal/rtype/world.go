package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Config is what a World asks its owner. Native, Display and Compiled are
// called while the World is locked and must not call it back; Method may.
type Config struct {
	// Native returns the compiled named type, nil if there is none.
	Native func(pkgPath, name string) reflect.Type

	// Display returns the name of a type as people see it; nil: identity.
	Display func(internalName string) string

	// Compiled reports whether a package is a compiled one, so that named types
	// that Native does not know (unexported ones, instances of generics) are
	// looked for among all types of the program; nil: no package is.
	Compiled func(pkgPath string) bool

	// Method returns what runs the method that sel selects on a receiver of type
	// recv, a named type, a pointer to one, or a struct with embedded fields. It
	// is called once per method when the type has been made, and not again for a
	// method that its type keeps through Renew. What it returns is
	// called with the data word an interface would hold (a pointer to the
	// receiver that must not be written through when recv is not a pointer, the
	// value itself when recv is pointer-shaped) and the arguments, a variadic
	// one as its slice.
	//
	// A method that a type T which is not pointer-shaped shares with *T is asked
	// for once, with recv *T. A nil *T has been refused before the call when the
	// method was declared on T itself.
	Method func(recv types.Type, sel *types.Selection) func(data unsafe.Pointer, args []reflect.Value) []reflect.Value

	// Runner, if not nil, is asked instead of Method where the method's
	// signature has an adapter (see FuncMaker): calls are several times faster.
	// The block's first word is the data word.
	Runner func(recv types.Type, sel *types.Selection) Runner

	// Entry, if not nil, is told before either how to replace what the method's
	// machine code runs: by a func value that takes the data word and the
	// parameters and has captured nothing, or, with nil, by what Runner or Method
	// has given. It must not call the World back.
	Entry func(sel *types.Selection, set func(fv unsafe.Pointer))
}

// A World holds the runtime types of one session. It is safe for concurrent
// use.
type World struct {
	cfg Config

	mu      sync.Mutex
	keys    map[*types.TypeName]string
	locals  map[*types.TypeName]local
	nodes   map[string]*node        // by key: the current runtime type
	learned map[string]reflect.Type // by key: compiled types that Learn found
	cache   map[types.Type]reflect.Type
	codes   map[string]int32 // offsets of method code that a renewed type can use again
	pending []*node          // shallow, to be finished before Of returns
	made    []*node          // made by this call of Of
	binds   []*method        // to be bound when the lock is released
	cur     *node            // whose parts are being made

	latest map[string]*types.Named // by key: of declarations that Renew was told of
	before map[string]types.Type   // by key: of types that Renew has made stale

	hashed   map[*abiType]bool // types made at run time that have the compiler's hash
	internal bool              // names are written as in source, not as people see them

	forged  sync.Map                 // *abiType → key, of every type this World ever made
	current atomic.Pointer[sync.Map] // *abiType → *abiType: what Current has found since the last Renew
}

// node is one type made by a World.
type node struct {
	key  string
	t    types.Type // *types.Named, or *types.Struct with promoted methods
	rt   *abiType
	ptr  *abiType
	deps map[string]bool // keys of the made types that this one mentions
	val  []*types.Selection
	ref  []*types.Selection
}

// maxCache bounds the cache of composite types; it is a shortcut only.
const maxCache = 1 << 12

// New returns an empty World.
func New(cfg Config) *World {
	return &World{
		cfg:     cfg,
		keys:    map[*types.TypeName]string{},
		locals:  map[*types.TypeName]local{},
		nodes:   map[string]*node{},
		learned: map[string]reflect.Type{},
		cache:   map[types.Type]reflect.Type{},
		codes:   map[string]int32{},
		latest:  map[string]*types.Named{},
		before:  map[string]types.Type{},
		hashed:  map[*abiType]bool{},
	}
}

// Of returns the runtime type of t, which must not mention type parameters.
// Identical types give one reflect.Type. A named type is known by its package
// path and name (inside a function also by its position) and its type
// arguments, so every check of a session may come with new objects. Of panics
// with an *Error when t cannot be a runtime type.
func (w *World) Of(t types.Type) reflect.Type {
	rt, binds := w.locked(t)
	for _, m := range binds {
		m.bind()
	}
	return rt
}

func (w *World) locked(t types.Type) (rt reflect.Type, binds []*method) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if rt, ok := w.cache[t]; ok {
		return rt, nil
	}
	done := false
	defer func() {
		if !done { // what was begun must not be found again
			for _, n := range w.made {
				delete(w.nodes, n.key)
			}
		}
		w.made, w.pending, w.binds, w.cur = nil, nil, nil, nil
	}()
	rt = w.of(t)
	for len(w.pending) > 0 {
		n := w.pending[len(w.pending)-1]
		w.pending = w.pending[:len(w.pending)-1]
		w.finish(n)
	}
	if len(w.cache) >= maxCache {
		clear(w.cache)
	}
	w.cache[t] = rt
	for _, n := range w.made { // they keep much in memory, and are not asked for again
		n.val, n.ref = nil, nil
	}
	binds, done = w.binds, true
	return rt, binds
}

// Forget drops what the World remembers for speed only: the types.Types that it
// has been asked for, with all that they refer to.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.cache)
}

// SetKey makes key the identity of the type that obj declares.
func (w *World) SetKey(obj *types.TypeName, key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.keys[obj] != key {
		w.keys[obj] = key
		clear(w.cache)
	}
}

// Interp reports whether this World made rt: a named type, a struct with
// promoted methods, or a pointer to one.
func (w *World) Interp(rt reflect.Type) bool {
	if rt == nil {
		return false
	}
	if _, ok := w.forged.Load(word(rt)); ok {
		return true
	}
	return false
}

var basics = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
	types.UnsafePointer: reflect.TypeFor[unsafe.Pointer](),
}

// of returns t's runtime type. Named types in it may still lack their inner
// parts (see node); their size, kind and pointer data are right.
func (w *World) of(t types.Type) reflect.Type {
	rt := w.make(t)
	w.setHash(t, word(rt))
	return rt
}

func (w *World) make(t types.Type) reflect.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if rt := basics[t.Kind()]; rt != nil {
			return rt
		}
	case *types.Named:
		return w.named(t)
	case *types.Pointer:
		return reflect.PointerTo(w.of(t.Elem()))
	case *types.Slice:
		return reflect.SliceOf(w.of(t.Elem()))
	case *types.Array:
		return arrayOf(t.Len(), w.of(t.Elem()))
	case *types.Map:
		return reflect.MapOf(w.of(t.Key()), w.of(t.Elem()))
	case *types.Chan:
		return chanOf(t.Dir(), w.of(t.Elem()))
	case *types.Signature:
		return w.signature(t)
	case *types.Struct:
		return w.structOf(t)
	case *types.Interface:
		return w.interfaceOf(t)
	}
	panic(&Error{Op: "type", Msg: fmt.Sprintf("%v (%T) has no runtime type", t, t)})
}

func arrayOf(n int64, elem reflect.Type) reflect.Type {
	if size := elem.Size(); n < 0 || size > 0 && uint64(n) > maxSize/uint64(size) {
		panic(&Error{Op: "array", Msg: fmt.Sprintf("[%d]%s is larger than memory can be", n, elem)})
	}
	return reflect.ArrayOf(int(n), elem)
}

func chanOf(d types.ChanDir, elem reflect.Type) reflect.Type {
	if elem.Size() >= 1<<16 {
		panic(&Error{Op: "channel", Msg: fmt.Sprintf("element type %s is %d bytes, the limit is 64 kB", elem, elem.Size())})
	}
	dir := map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}
	return ChanOf(dir[d], elem)
}

// ChanOf is reflect.ChanOf, which copies the descriptor of chan unsafe.Pointer
// with the place of its pointer type, if the program has that. For the copy the
// place is none, and asking for a pointer to it would end the process.
func ChanOf(dir reflect.ChanDir, elem reflect.Type) reflect.Type {
	rt := reflect.ChanOf(dir, elem)
	t, from := word(rt), word(reflect.TypeFor[chan unsafe.Pointer]())
	if place := from.ptrToThis; t != from && place != 0 && atomic.LoadInt32(&t.ptrToThis) == place {
		atomic.StoreInt32(&t.ptrToThis, 0)
	}
	return rt
}

// signature returns the func type of s without its receiver.
func (w *World) signature(s *types.Signature) reflect.Type {
	return reflect.FuncOf(w.tuple(s.Params()), w.tuple(s.Results()), s.Variadic())
}

func (w *World) tuple(t *types.Tuple) []reflect.Type {
	ts := make([]reflect.Type, t.Len())
	for i := range ts {
		ts[i] = w.of(t.At(i).Type())
	}
	return ts
}
