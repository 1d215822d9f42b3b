package loader

import (
	"runtime"
	"unsafe"
)

// A Stacks is where all goroutines were at one time.
type Stacks struct {
	pcs  []uintptr
	deep bool // some stacks have more calls than are known
}

// TakeStacks looks at the stacks of all goroutines.
func TakeStacks() *Stacks {
	records := make([]runtime.StackRecord, runtime.NumGoroutine()+8)
	n, ok := runtime.GoroutineProfile(records)
	for !ok {
		records = make([]runtime.StackRecord, n+n/4)
		n, ok = runtime.GoroutineProfile(records)
	}
	s := &Stacks{}
	for i := range records[:n] {
		pcs := records[i].Stack()
		s.pcs = append(s.pcs, pcs...)
		s.deep = s.deep || len(pcs) == len(records[i].Stack0)
	}
	return s
}

// Runs reports whether a goroutine may have been in the code of a module.
func (m *Module) Runs(s *Stacks) bool {
	if s.deep {
		return true
	}
	from := uintptr(unsafe.Pointer(unsafe.SliceData(m.code)))
	for _, pc := range s.pcs {
		if from <= pc && pc <= from+uintptr(len(m.code)) { // a call may be the last instruction
			return true
		}
	}
	return false
}
