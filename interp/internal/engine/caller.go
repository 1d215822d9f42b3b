package engine

import (
	"fmt"
	"go/token"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// Interpreted code has no program counters. What asks package runtime for its
// callers gets numbers of sites instead, in a range of addresses where no code
// is; pc-1 means the same site as pc.
const (
	firstPC  = 1 << 62
	spacePC  = 16
	offsetPC = 8
)

// A site is a place in a function of interpreted code; its position is that of
// the function for the function itself.
type site struct {
	name string // as compiled Go names the function: main.(*T).M.func1
	pos  token.Pos
}

// sites are the ones that have been asked for.
type sites struct {
	sync.Mutex
	list  []site
	index map[site]int
	funcs map[int]*inlined
}

// inlined mirrors runtime.funcinl, the form of a *runtime.Func that says by
// itself what it is.
type inlined struct {
	ones            uint32
	entry           uintptr
	name, file      string
	line, startLine int32
}

func (s *sites) pc(at site) uintptr {
	s.Lock()
	defer s.Unlock()
	i, ok := s.index[at]
	if !ok {
		if s.index == nil {
			s.index, s.funcs = map[site]int{}, map[int]*inlined{}
		}
		i = len(s.list)
		s.index[at], s.list = i, append(s.list, at)
	}
	return firstPC + uintptr(i)*spacePC + offsetPC
}

// at finds the site that a number stands for; ok is false for addresses of
// compiled code.
func (s *sites) at(pc uintptr) (i int, at site, ok bool) {
	s.Lock()
	defer s.Unlock()
	if pc < firstPC || (pc-firstPC)/spacePC >= uintptr(len(s.list)) {
		return 0, site{}, false
	}
	i = int((pc - firstPC) / spacePC)
	return i, s.list[i], true
}

// place is what people see of a position.
func (m *Machine) place(pos token.Pos) (file string, line int) {
	p := m.cfg.Fset.Position(pos)
	if m.cfg.Display != nil {
		p.Filename = m.cfg.Display(p.Filename)
	}
	if path := m.cfg.Files[p.Filename]; path != "" {
		p.Filename = path
	}
	if p.Filename == "" {
		p.Filename = "??"
	}
	return p.Filename, p.Line
}

// funcForPC is runtime.FuncForPC.
func (m *Machine) funcForPC(pc uintptr) *runtime.Func {
	i, at, ok := m.sites.at(pc)
	if !ok {
		return runtime.FuncForPC(pc)
	}
	m.sites.Lock()
	defer m.sites.Unlock()
	fi := m.sites.funcs[i]
	if fi == nil {
		file, line := m.place(at.pos)
		fi = &inlined{ones: ^uint32(0), entry: firstPC + uintptr(i)*spacePC, name: at.name, file: file, line: int32(line), startLine: int32(line)}
		m.sites.funcs[i] = fi
	}
	return (*runtime.Func)(unsafe.Pointer(fi))
}

// callers lists the calls that are active, innermost first: those that a
// panic has left too, while deferred calls see it.
func (f *F) callers() (list []site) {
	for instead := false; f != nil; f = f.up {
		native := f.code.native && !instead
		if instead = f.code.instead; f.code.asked || native {
			for _, t := range f.th.m.nativeFrames() {
				list = append(list, site{t.full, t.Pos})
			}
		}
		if f.code.hidden {
			continue
		}
		list = append(list, site{f.code.full, f.pos})
		if f.rec != nil && f.rec.trace != nil {
			list = append(list, site{"runtime.gopanic", token.NoPos})
			for _, t := range f.rec.trace {
				list = append(list, site{t.full, t.Pos})
			}
			break
		}
	}
	if n := len(list); n > 0 && list[n-1].name == "main.main" {
		list = append(list, site{"runtime.main", token.NoPos})
	}
	return append(list, site{"runtime.goexit", token.NoPos})
}

// stack writes the active calls as package runtime does.
func (f *F) stack() string {
	var b strings.Builder
	b.WriteString("goroutine 1 [running]:\n")
	for _, s := range f.callers() {
		file, line := f.th.m.place(s.pos)
		fmt.Fprintf(&b, "%s()\n\t%s:%d +0x0\n", s.name, file, line)
	}
	return b.String()
}

// reflection makes what tells about calls tell about interpreted ones.
func (m *Machine) reflection() {
	m.hosts["runtime.Caller"] = func(f *F, params unsafe.Pointer) {
		p := (*struct {
			skip int
			pc   uintptr
			file string
			line int
			ok   bool
		})(params)
		p.pc, p.file, p.line, p.ok = 0, "", 0, false
		if list := f.callers(); p.skip >= 0 && p.skip < len(list) {
			p.pc, p.ok = m.sites.pc(list[p.skip]), true
			p.file, p.line = m.place(list[p.skip].pos)
		}
	}
	m.hosts["runtime.Callers"] = func(f *F, params unsafe.Pointer) {
		p := (*struct {
			skip int
			pcs  []uintptr
			n    int
		})(params)
		list := append([]site{{"runtime.Callers", token.NoPos}}, f.callers()...)
		p.n = 0
		for i := max(p.skip, 0); i < len(list) && p.n < len(p.pcs); i++ {
			p.pcs[p.n] = m.sites.pc(list[i])
			p.n++
		}
	}
	m.hosts["runtime.FuncForPC"] = func(f *F, params unsafe.Pointer) {
		p := (*struct {
			pc uintptr
			fn *runtime.Func
		})(params)
		p.fn = m.funcForPC(p.pc)
	}
	m.hosts["runtime.Frames.Next"] = m.nextFrame
	m.hosts["runtime.Stack"] = func(f *F, params unsafe.Pointer) {
		p := (*struct {
			buf []byte
			all bool
			n   int
		})(params)
		p.n = copy(p.buf, f.stack())
	}
	m.hosts["runtime/debug.Stack"] = func(f *F, params unsafe.Pointer) { *(*[]byte)(params) = []byte(f.stack()) }
	m.hosts["runtime/debug.PrintStack"] = func(f *F, params unsafe.Pointer) { os.Stderr.WriteString(f.stack()) }
	m.hosts["reflect.ChanOf"] = func(f *F, params unsafe.Pointer) {
		p := (*struct {
			dir       reflect.ChanDir
			elem, out reflect.Type
		})(params)
		p.out = rtype.ChanOf(p.dir, p.elem)
	}
	m.hosts["reflect.Value.Pointer"] = func(f *F, params unsafe.Pointer) {
		v := *(*reflect.Value)(f.receiver(params))
		*(*uintptr)(params) = m.funcPointer(v)
	}
	m.hosts["reflect.Value.UnsafePointer"] = func(f *F, params unsafe.Pointer) {
		v := *(*reflect.Value)(f.receiver(params))
		if u := m.funcPointer(v); v.Kind() == reflect.Func && u >= firstPC {
			*(*uintptr)(params) = u
			return
		}
		*(*unsafe.Pointer)(params) = v.UnsafePointer()
	}
}

// nextFrame is (*runtime.Frames).Next.
func (m *Machine) nextFrame(f *F, params unsafe.Pointer) {
	fr := (*runtime.Frames)(f.receiver(params))
	out := (*struct {
		frame runtime.Frame
		more  bool
	})(params)
	callers := (*[]uintptr)(unsafe.Pointer(fr)) // its first field
	if len(*callers) == 0 || (*callers)[0] < firstPC {
		out.frame, out.more = fr.Next()
		return
	}
	pc := (*callers)[0]
	*callers = (*callers)[1:]
	fn := m.funcForPC(pc)
	file, line := fn.FileLine(pc)
	out.frame = runtime.Frame{PC: pc - 1, Func: fn, Function: fn.Name(), File: file, Line: line, Entry: fn.Entry()}
	out.more = len(*callers) > 0
}

// funcPointer is reflect.Value.Pointer. The code of interpreted functions is
// that of their kind; they are told apart by their sites.
func (m *Machine) funcPointer(v reflect.Value) uintptr {
	if v.Kind() == reflect.Func && !v.IsNil() {
		fv := *(*unsafe.Pointer)(addressable(v))
		if r := redirectOf(fv); r != nil {
			return m.sites.pc(site{r.fn.thunks.full, r.fn.thunks.pos})
		}
		if b := boundOf(fv); b != nil {
			return m.sites.pc(b.kind.site)
		}
		pc, _, _ := thunkOf(v.Type())
		if cl := closureOf(fv, pc); cl != nil {
			return m.sites.pc(site{cl.code.full, cl.code.pos})
		}
	}
	return v.Pointer()
}

// addressable is where a copy of v is.
func addressable(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.UnsafePointer()
}
