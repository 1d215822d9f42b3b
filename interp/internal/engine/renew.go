package engine

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// When a type of the session is made anew, because a method was added to it,
// values of it that lie in interfaces still say that they are of the type as
// it was: compiled code would not find the method, and the value would differ
// from one that is put into an interface today. So what the session's variables
// lead to is looked through, and such interfaces are given the new type.
//
// What lies behind variables of compiled struct types is left alone: compiled
// goroutines may be at work on it.

// A head is the first word of the interfaces that code makes of values of one
// type: the type, or the itab. It changes when the type is made anew, also for
// function literals that were compiled before.
type head struct{ word unsafe.Pointer }

func (h *head) get() unsafe.Pointer { return atomic.LoadPointer(&h.word) }

// headKey is what a head is for; to is nil for empty interfaces.
type headKey struct{ to, typ unsafe.Pointer }

// head finds the head of interfaces of type to that hold a typ; nil: typ does
// not implement to.
func (m *Machine) head(to, typ unsafe.Pointer) *head {
	key := headKey{to, typ}
	if h := m.heads[key]; h != nil {
		return h
	}
	h := &head{headOf(to, typ)}
	if h.word == nil {
		return nil
	}
	if rt := rtype.FromWord(typ); rt.Name() == "" || m.world.Interp(rt) {
		m.heads[key] = h
	}
	return h
}

func headOf(to, typ unsafe.Pointer) unsafe.Pointer {
	if to == nil {
		return typ
	}
	return rtype.Itab(to, typ)
}

// renewHeads gives the heads the types of today.
func (m *Machine) renewHeads() {
	for key, h := range m.heads {
		if now := headOf(key.to, m.world.Current(key.typ)); now != nil {
			atomic.StorePointer(&h.word, now)
		}
	}
}

// A renewal looks through memory for interfaces that hold values of types that
// have been made anew.
type renewal struct {
	m     *Machine
	leads map[reflect.Type]bool // whether a value can lead to an interface
	seen  map[memory]bool
	todo  []memory
	found int
}

// memory is n values of a type in a row.
type memory struct {
	p unsafe.Pointer
	t reflect.Type
	n int
}

// Refresh ends what Add has begun where it has made types anew: what is put into
// interfaces from now on, and what the session's variables lead to, is of the
// new types. While goroutines may be running code of cells it leaves variables
// to a later call, and reports false.
func (m *Machine) Refresh() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.behind {
		return true
	}
	m.renewHeads()
	if m.asleep.live.Load() > 0 || m.asleep.calling.Load() {
		return false
	}
	m.behind = false
	r := &renewal{m: m, leads: map[reflect.Type]bool{}, seen: map[memory]bool{}}
	for _, g := range m.globals {
		r.later(g.Addr, g.RT, 1)
	}
	for _, src := range m.sources {
		for _, g := range src.vars {
			if g != nil {
				r.later(g.Addr, g.RT, 1)
			}
		}
	}
	for len(r.todo) > 0 {
		next := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		for i := range next.n {
			r.value(unsafe.Add(next.p, uintptr(i)*next.t.Size()), next.t)
		}
	}
	return true
}

// later puts memory in line that has not been looked through.
func (r *renewal) later(p unsafe.Pointer, t reflect.Type, n int) {
	at := memory{p, t, n}
	if p == nil || n == 0 || t.Size() == 0 || !r.mayLead(t) || r.seen[at] {
		return
	}
	r.seen[at] = true
	r.todo = append(r.todo, at)
}

// mayLead reports whether a value of type t can lead to an interface. While
// that is being found out the answer is no, which is right for a type that
// leads to itself only.
func (r *renewal) mayLead(t reflect.Type) bool {
	if known, ok := r.leads[t]; ok {
		return known
	}
	r.leads[t] = false
	leads := false
	switch t.Kind() {
	case reflect.Interface, reflect.Func:
		leads = true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		leads = r.mayLead(t.Elem())
	case reflect.Map:
		leads = r.mayLead(t.Key()) || r.mayLead(t.Elem())
	case reflect.Struct:
		if t.PkgPath() != "" && !r.m.world.Interp(t) {
			break
		}
		for i := range t.NumField() {
			leads = leads || r.mayLead(t.Field(i).Type)
		}
	}
	r.leads[t] = leads
	return leads
}

// value looks at the value of type t at p.
func (r *renewal) value(p unsafe.Pointer, t reflect.Type) {
	if !r.mayLead(t) {
		return
	}
	switch t.Kind() {
	case reflect.Interface:
		r.iface((*iface)(p), t)
	case reflect.Func:
		r.function(*(*unsafe.Pointer)(p), t)
	case reflect.Pointer:
		r.later(*(*unsafe.Pointer)(p), t.Elem(), 1)
	case reflect.Slice:
		s := (*slice)(p)
		r.later(s.p, t.Elem(), s.cap)
	case reflect.Array:
		for i := range t.Len() {
			r.value(unsafe.Add(p, uintptr(i)*t.Elem().Size()), t.Elem())
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			r.value(unsafe.Add(p, f.Offset), f.Type)
		}
	case reflect.Chan:
		r.later(buffer(*(*unsafe.Pointer)(p)), t.Elem(), reflect.NewAt(t, p).Elem().Cap())
	case reflect.Map:
		r.entries(reflect.NewAt(t, p).Elem())
	}
}

// bufferAt is where a channel keeps the address of its buffer; 0: not known.
var bufferAt = func() uintptr {
	ch := make(chan uintptr, 1)
	ch <- 0xbeef
	const at = 2 * word // after the count and the size
	p := *(*unsafe.Pointer)(unsafe.Add(*(*unsafe.Pointer)(unsafe.Pointer(&ch)), at))
	if start := uintptr(p) - uintptr(*(*unsafe.Pointer)(unsafe.Pointer(&ch))); start > 32*word || *(*uintptr)(p) != 0xbeef {
		return 0
	}
	return at
}()

// buffer is the memory of a channel's buffer, nil if it is not to be found.
func buffer(ch unsafe.Pointer) unsafe.Pointer {
	if ch == nil || bufferAt == 0 {
		return nil
	}
	return *(*unsafe.Pointer)(unsafe.Add(ch, bufferAt))
}

// iface gives an interface of type t the new type of the value that it holds.
func (r *renewal) iface(v *iface, t reflect.Type) {
	if v.t == nil {
		return
	}
	old := v.t
	if t.NumMethod() > 0 {
		old = rtype.ItabType(v.t)
	}
	now := r.m.world.Current(old)
	if now != old {
		var to unsafe.Pointer
		if t.NumMethod() > 0 {
			to = rtype.Word(t)
		}
		if word := headOf(to, now); word != nil { // else it does not implement t any more
			v.t = word
			r.found++
		}
	}
	if held := rtype.FromWord(now); rtype.IsDirect(now) {
		r.value(unsafe.Pointer(&v.d), held)
	} else {
		r.later(v.d, held, 1)
	}
}

// function looks at the variables that an interpreted function has captured.
func (r *renewal) function(fv unsafe.Pointer, t reflect.Type) {
	if fv == nil {
		return
	}
	if b := boundOf(fv); b != nil {
		r.bound(b)
		return
	}
	pc, _, _ := thunkOf(t)
	cl := closureOf(fv, pc)
	if cl == nil {
		return
	}
	for i, w := range cl.code.caps {
		r.later(*cl.captured(i), rtype.FromWord(w), 1)
	}
}

// entries looks at the keys and elements of a map, which have no addresses:
// they are looked at in copies, and those that change are set again.
func (r *renewal) entries(m reflect.Value) {
	if m.IsNil() || r.seen[memory{m.UnsafePointer(), m.Type(), 0}] {
		return
	}
	r.seen[memory{m.UnsafePointer(), m.Type(), 0}] = true
	copied := func(v reflect.Value) (reflect.Value, bool) {
		c := reflect.New(v.Type())
		c.Elem().Set(v)
		before := r.found
		r.value(c.UnsafePointer(), v.Type())
		return c.Elem(), r.found > before
	}
	type entry struct{ was, key, elem reflect.Value }
	var changes []entry
	for it := m.MapRange(); it.Next(); {
		key, newKey := copied(it.Key())
		elem, newElem := copied(it.Value())
		if newKey || newElem {
			changes = append(changes, entry{it.Key(), key, elem})
		}
	}
	for _, c := range changes {
		if m.MapIndex(c.was).IsValid() { // what holds a NaN is not to be found
			m.SetMapIndex(c.was, reflect.Value{})
			m.SetMapIndex(c.key, c.elem)
		}
	}
}
