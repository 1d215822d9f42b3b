package engine

import (
	"cmp"
	"go/ast"
	"go/token"
	"runtime"
	"slices"
	"sort"
	"strings"
	"unsafe"
)

// Calls of native code are not in the chain of frames: they are read off the
// stack, by the files and lines that their compiler was told.

// nativePC is where the code begins that runs native forms.
var nativePC = func() uintptr {
	body := nativeBody(nil, nil)
	return **(**uintptr)(unsafe.Pointer(&body))
}()

// nativeFrames are the calls of native code on the stack, innermost first, up to
// the interpreted code that has called the last of them.
func (m *Machine) nativeFrames() (list []Frame) {
	var pcs [8 * maxTrace]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for more := true; more && len(list) < maxTrace; {
		var fr runtime.Frame
		fr, more = frames.Next()
		if fr.Entry == nativePC {
			break
		}
		if m.isNative(fr.File) {
			list = append(list, m.nativeFrame(fr))
		}
	}
	return list
}

// calledBack are the calls of native code that has panicked, innermost first,
// where compiled code has called it, as sort.Slice does, that interpreted code
// has called. Functions of this package stand below all of them.
func (m *Machine) calledBack() (list []Frame) {
	var pcs [8 * maxTrace]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	panicked := false
	for more := true; more && len(list) < maxTrace; {
		var fr runtime.Frame
		fr, more = frames.Next()
		switch {
		case !panicked:
			panicked = fr.Function == "runtime.gopanic"
		case strings.HasPrefix(fr.Function, enginePath):
			return list
		case m.isNative(fr.File):
			list = append(list, m.nativeFrame(fr))
		}
	}
	return list
}

// enginePath is what the names of this package's functions begin with.
var enginePath = func() string {
	path, _ := cutFunction(runtime.FuncForPC(nativePC).Name())
	return path + "."
}()

func (m *Machine) isNative(file string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files[m.fileNamed(file)]
}

// Shown tells the name that native code has for a file instead of that of its
// positions.
func (m *Machine) Shown(name, shown string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shown == nil {
		m.shown = map[string]string{}
	}
	m.shown[shown] = name
}

// fileNamed is the name that positions have for a file of native code.
func (m *Machine) fileNamed(file string) string {
	if name := m.shown[file]; name != "" {
		return name
	}
	return file
}

func (m *Machine) nativeFrame(fr runtime.Frame) Frame {
	path, name := cutFunction(fr.Function)
	short, name := nativeName(name)
	if m.cfg.Display != nil {
		short, name = m.cfg.Display(short), m.cfg.Display(name)
	}
	return Frame{Func: short, Pos: m.posOfFrame(fr), full: path + "." + name}
}

// cutFunction takes the package path off a function's name.
func cutFunction(full string) (path, name string) {
	dir := strings.LastIndexByte(full, '/') + 1
	last, name, _ := strings.Cut(full[dir:], ".")
	return full[:dir] + last, name
}

// placeOf is the position of a call in native code.
func (m *Machine) placeOf(pc uintptr) token.Pos {
	fr, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return m.posOfFrame(fr)
}

// posOf is where a prepared call is.
func (m *Machine) posOf(c *prepared) token.Pos {
	if c.pc != 0 {
		return m.placeOf(c.pc)
	}
	return c.pos
}

// located is native code of which it is known where its parts come from.
type located struct {
	from, to uintptr
	pos      func(pc uintptr) token.Pos
}

// Locate makes pos tell the positions of native code between two addresses.
func (m *Machine) Locate(from, to uintptr, pos func(pc uintptr) token.Pos) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, _ := slices.BinarySearchFunc(m.located, from, func(l located, at uintptr) int { return cmp.Compare(l.from, at) })
	m.located = slices.Insert(slices.Clone(m.located), i, located{from, to, pos}) // others may be reading the list
}

// Unlocate says that the native code that begins at these addresses cannot run
// any more.
func (m *Machine) Unlocate(from map[uintptr]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.located = slices.DeleteFunc(slices.Clone(m.located), func(l located) bool { return from[l.from] })
}

// posOfFrame is the position of a call in native code. Where only its line is
// known, it is the first one there.
func (m *Machine) posOfFrame(fr runtime.Frame) token.Pos {
	m.mu.Lock()
	list := m.located
	m.mu.Unlock()
	i := sort.Search(len(list), func(i int) bool { return fr.PC < list[i].to })
	if i < len(list) && fr.PC >= list[i].from {
		if pos := list[i].pos(fr.PC); pos.IsValid() {
			return pos
		}
	}
	return m.posAt(fr.File, fr.Line)
}

// posAt is the first position on a line of a function that has had a native
// form.
func (m *Machine) posAt(file string, line int) (pos token.Pos) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, file := m.cfg.Fset.Position, m.fileNamed(file)
	for _, d := range m.places {
		if from := at(d.Pos()); from.Filename != file || from.Line > line || at(d.End()).Line < line {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil || at(n.Pos()).Line > line || at(n.End()).Line < line {
				return false
			}
			if at(n.Pos()).Line == line && (!pos.IsValid() || n.Pos() < pos) {
				pos = n.Pos()
			}
			return true
		})
		if pos.IsValid() {
			return pos
		}
	}
	return token.NoPos
}
