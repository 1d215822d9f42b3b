package engine

import (
	"go/types"
	"slices"
	"sync"
	"unsafe"
)

// An entry is a place in a method table of the session's types: compiled code
// that calls through interfaces jumps there.
type entry struct {
	set     func(fv unsafe.Pointer)
	pointer bool // its data word is the address of the receiver that the method wants
}

// lead makes the entry jump to a native form.
func (e entry) lead(n Native) {
	fv := n.Func
	if e.pointer {
		fv = n.Pointer
	}
	e.set(fv) // nil, where the form is missing, is the interpreted one
}

// entries are those that no function has been found for yet, by the keys of
// their methods. They have a lock of their own: types are made while the machine
// is locked.
type entries struct {
	sync.Mutex
	m map[string][]pending
}

type pending struct {
	sel *types.Selection
	set func(fv unsafe.Pointer)
}

// tableEntry notes how an entry can be replaced.
func (m *Machine) tableEntry(sel *types.Selection, set func(fv unsafe.Pointer)) {
	if len(sel.Index()) != 1 { // promoted: reached through a function of the engine's
		return
	}
	key := m.key(sel.Obj().(*types.Func))
	m.entries.Lock()
	defer m.entries.Unlock()
	if m.entries.m == nil {
		m.entries.m = map[string][]pending{}
	}
	m.entries.m[key] = append(m.entries.m[key], pending{sel, set})
}

// take returns the entries of a method that are fn's by what is says.
func (m *Machine) take(key string, is func(*types.Selection) bool) (list []entry) {
	m.entries.Lock()
	waiting := slices.Clone(m.entries.m[key])
	m.entries.Unlock()
	waiting = slices.DeleteFunc(waiting, func(p pending) bool { return !is(p.sel) }) // which may make types
	m.entries.Lock()
	defer m.entries.Unlock()
	m.entries.m[key] = slices.DeleteFunc(m.entries.m[key], func(p pending) bool {
		if !slices.ContainsFunc(waiting, func(q pending) bool { return q.sel == p.sel }) {
			return false
		}
		byPointer := isPointer(p.sel.Obj().(*types.Func).Signature().Recv().Type())
		list = append(list, entry{p.set, isPointer(p.sel.Recv()) && !byPointer})
		return true
	})
	if len(m.entries.m[key]) == 0 {
		delete(m.entries.m, key)
	}
	return list
}

// enterTables finds the entries of a method that gets a native form. The machine
// is locked.
func (m *Machine) enterTables(fn *Func) {
	src := m.sources[fn.src]
	if src.obj.Signature().Recv() == nil {
		return
	}
	fn.entries = append(fn.entries, m.take(m.key(src.obj), func(sel *types.Selection) bool {
		return m.sourceKey(sel.Obj().(*types.Func)) == fn.src && m.instKey(selArgs(sel)) == fn.inst
	})...)
}

// selArgs are the type arguments of the type that a method is selected on.
func selArgs(sel *types.Selection) []types.Type {
	t := types.Unalias(sel.Recv())
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	return recvArgs(t)
}

// enterTable finds the entry of o's method, which is fn. The machine is locked.
func (o *outsideMethod) enterTable(fn *Func) {
	if fn == nil || fn.src == "" || o.m.sources[fn.src] == nil {
		return
	}
	list := o.m.take(o.m.key(o.sel.Obj().(*types.Func)), func(sel *types.Selection) bool { return sel == o.sel })
	fn.entries = append(fn.entries, list...)
	if n, ok := o.m.sources[fn.src].forms[fn.inst]; ok {
		for _, e := range list {
			e.lead(n)
		}
	}
}
