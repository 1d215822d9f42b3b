// Package twin has what generic declarations of the standard library do that
// no Go source can say outside the runtime: coroutines, weak pointers,
// canonical values, cleanups. Cells run the standard library's generics from
// source, and where that source would reach into the runtime, it calls these
// instead, which are not generic and so are compiled here once for all types. Sorting is
// here too: no interpreter should do what the compiler has done.
//
// It is no package for people: a cell can't import it.
package twin

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"database/sql"
	"database/sql/driver"
	"hash"
	"hash/maphash"
	"iter"
	"reflect"
	"runtime"
	"sync"
	"unsafe" // for a pointer of any type, and go:linkname
	"weak"
)

// Pull runs a sequence as a coroutine. The sequence calls yield for each
// element, which it has put where the caller of next finds it.
func Pull(seq func(yield func() bool)) (next func() bool, stop func()) {
	n, stop := iter.Pull(func(yield func(struct{}) bool) {
		seq(func() bool { return yield(struct{}{}) })
	})
	return func() bool { _, ok := n(); return ok }, stop
}

// A Weak is a weak pointer to an object of any type.
type Weak struct{ p weak.Pointer[byte] }

// MakeWeak makes a weak pointer; p may be nil.
func MakeWeak(p unsafe.Pointer) Weak { return Weak{weak.Make((*byte)(p))} }

// Value is the pointer that the weak pointer was made from, nil once its
// object is gone.
func (w Weak) Value() unsafe.Pointer { return unsafe.Pointer(w.p.Value()) }

// canonical values, by type and value. The map does not keep them alive.
var canonical = struct {
	mu  sync.Mutex
	all map[canon]weak.Pointer[byte]
}{all: map[canon]weak.Pointer[byte]{}}

type canon struct {
	typ   reflect.Type
	value any
}

// Canonical gives the one pointer of type typ to a value equal to v: fresh,
// which points to v, unless one is in use. v must be comparable.
func Canonical(typ reflect.Type, v any, fresh unsafe.Pointer) unsafe.Pointer {
	key, p := canon{typ, v}, (*byte)(fresh)
	if key != key { // NaN equals nothing
		return fresh
	}
	canonical.mu.Lock()
	defer canonical.mu.Unlock()
	if old := canonical.all[key].Value(); old != nil {
		return unsafe.Pointer(old)
	}
	w := weak.Make(p)
	canonical.all[key] = w
	runtime.AddCleanup(p, func(w weak.Pointer[byte]) {
		canonical.mu.Lock()
		defer canonical.mu.Unlock()
		if canonical.all[key] == w {
			delete(canonical.all, key)
		}
	}, w)
	return fresh
}

// AddCleanup calls cleanup, a func(S), with arg, an S, some time after nothing
// reaches the object that ptr points to. It keeps no frame of its caller alive.
func AddCleanup(ptr unsafe.Pointer, cleanup, arg any) runtime.Cleanup {
	if ptr == nil {
		panic("runtime.AddCleanup: ptr is nil")
	}
	f, a := reflect.ValueOf(cleanup), reflect.ValueOf(arg)
	if !a.IsValid() {
		a = reflect.Zero(f.Type().In(0))
	}
	if k := a.Kind(); (k == reflect.Pointer || k == reflect.UnsafePointer) && a.UnsafePointer() == ptr {
		panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
	}
	run := func(c call) { c.f.Call([]reflect.Value{c.arg}) }
	return runtime.AddCleanup((*byte)(ptr), run, call{f, a})
}

type call struct{ f, arg reflect.Value }

// Comparable hashes a comparable value.
func Comparable(seed maphash.Seed, v any) uint64 { return maphash.Comparable(seed, v) }

// WriteComparable adds a comparable value to what h has hashed.
func WriteComparable(h *maphash.Hash, v any) { maphash.WriteComparable(h, v) }

// HKDFExtract is hkdf.Extract.
func HKDFExtract(h func() hash.Hash, secret, salt []byte) ([]byte, error) {
	return hkdf.Extract(h, secret, salt)
}

// HKDFExpand is hkdf.Expand.
func HKDFExpand(h func() hash.Hash, key []byte, info string, length int) ([]byte, error) {
	return hkdf.Expand(h, key, info, length)
}

// HKDFKey is hkdf.Key.
func HKDFKey(h func() hash.Hash, secret, salt []byte, info string, length int) ([]byte, error) {
	return hkdf.Key(h, secret, salt, info, length)
}

// PBKDF2 is pbkdf2.Key.
func PBKDF2(h func() hash.Hash, password string, salt []byte, iter, length int) ([]byte, error) {
	return pbkdf2.Key(h, password, salt, iter, length)
}

// ConvertAssign copies src to *dest, converting as sql's Scan does.
func ConvertAssign(dest, src any) error { return convertAssign(dest, src) }

// database/sql keeps this name for others to link to.
//
//go:linkname convertAssign database/sql.convertAssign
func convertAssign(dest, src any) error

// DriverValue is what a database driver gets for v.
func DriverValue(v any) (driver.Value, error) { return sql.Null[any]{V: v, Valid: true}.Value() }
